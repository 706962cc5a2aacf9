"""The files of `deploy/`, read, and the names of the environment that may stand in them."""

import re
import tomllib
from collections.abc import Iterator
from functools import cache
from typing import Any

import yaml

from resources.core.settings import ROOT

DEPLOY = ROOT / "deploy"
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
# Variables that others read: Dagster, boto3 and s3fs, Python and the tools of Unix, the images of the other services.
OTHERS = {
    *("DAGSTER_HOME", "DAGSTER_DISABLE_TELEMETRY", "DAGSTER_EVENT_BATCH_SIZE"),
    *("AWS_ENDPOINT_URL", "AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_DEFAULT_REGION"),
    *("PATH", "HOME", "TMPDIR", "MALLOC_ARENA_MAX", "PYTHONOPTIMIZE", "PYTHONDONTWRITEBYTECODE", "PYTHONUNBUFFERED"),
}


def text(name: str) -> str:
    """A file of `deploy/`."""
    return (DEPLOY / name).read_text(encoding="utf-8")


@cache
def parsed(name: str) -> Any:
    """A YAML file of `deploy/`."""
    return yaml.safe_load(text(name))


def asked_of_environment(value: Any) -> Iterator[str]:
    """The variables that a file of Dagster's settings reads: `{env: NAME}`, in any place."""
    if isinstance(value, dict):
        if set(value) == {"env"} and isinstance(value["env"], str):
            yield value["env"]
        for each in value.values():
            yield from asked_of_environment(each)
    elif isinstance(value, list):
        for each in value:
            yield from asked_of_environment(each)


@cache
def known() -> set[str]:
    """Every variable that the program, its dagster.yaml, or one of the others reads."""
    source = "".join(
        path.read_text(encoding="utf-8") for top in ("resources", "ninja_assets") for path in (ROOT / top).rglob("*.py")
    )
    own = set(re.findall(r'"((?:NINJA|FAL|ELEVENLABS)_[A-Z_]+)"', source))
    return own | OTHERS | set(asked_of_environment(parsed("dagster.yaml")))
