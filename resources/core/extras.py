"""Which extra of this project brings a package that a setting needs, and the command that installs it."""

import importlib.util
from collections.abc import Mapping
from typing import Final

# The module that a setting opens -> the extra whose requirements bring it (pyproject.toml; a test holds them together).
EXTRAS: Final[Mapping[str, str]] = {
    "psycopg": "postgres",  # NINJA_LEDGER_URL=postgresql://…
    "dagster_postgres": "postgres",  # dagster.yaml: storage
    "s3fs": "s3",  # NINJA_LIBRARY=s3://…
    "dagster_aws": "s3",  # dagster.yaml: compute logs
    "gcsfs": "gcs",  # NINJA_LIBRARY=gs://…
    "dagster_k8s": "k8s",  # dagster.yaml: the run launcher
    "dagster_celery": "celery",
    "dagster_docker": "docker",
}


def is_missing(module: str) -> bool:
    """Whether a package is not installed. It is not imported."""
    return importlib.util.find_spec(module) is None


def installs(module: str) -> str:
    """The command that installs a package, by its extra where it has one."""
    extra = EXTRAS.get(module)
    what = module if extra is None else f"'ninja-assets[{extra}]'"
    return f"python -m pip install {what}"
