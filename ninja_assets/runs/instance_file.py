"""What `dagster.yaml` asks for, looked at before Dagster reads it: packages, variables, an address that it cannot use.

Dagster tells each by a traceback of its own, deep in the first process that opens its storage. It imports no Dagster.
"""

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, Final

import yaml

from resources.core.errors import ContentError
from resources.core.extras import EXTRAS, installs, is_missing

_POSTGRES: Final = "dagster_postgres"  # what `storage: {postgres: …}` stands for
# What a module of this project needs.
_STANDS_FOR: Final = {"ninja_assets.runs.celery_launcher": "dagster_celery.launcher"}
_LOOKED_AFTER: Final = ("run_launcher", "run_monitoring", "run_retries")
_STORED: Final = ("run_storage", "event_log_storage", "schedule_storage")  # each for itself, as Dagster's chart has it
_IN_THE_HOME: Final = ("sqlite", "localcompute")  # in the name of what keeps something there
_PLAIN: Final = ("postgresql://", "postgres://")


def check_instance_file(file: Path, environment: Mapping[str, str]) -> None:
    """Raise ContentError for the first thing in the file that cannot work here. A file that is not there is well."""
    if not file.is_file():
        return
    try:
        asked = yaml.safe_load(file.read_text(encoding="utf-8"))
    except (OSError, yaml.YAMLError):
        return  # Dagster says it, with the line
    for module in modules_of(asked):
        name = module.partition(".")[0]
        if name in EXTRAS and is_missing(name):
            raise ContentError(
                f"dagster.yaml asks for {name}, which is not installed", where=str(file), hint=installs(name)
            )
    for variable in _variables(asked):
        if variable not in environment:
            raise ContentError(
                f"dagster.yaml takes {variable} from the environment, where it is not set",
                where=str(file),
                hint=f"export {variable}=…  (docs/machines.md, deploy/compose.yaml)",
            )
    for address in _addresses(asked):
        url = environment.get(address["env"], "") if isinstance(address, dict) and "env" in address else address
        if isinstance(url, str) and url.startswith(_PLAIN):
            raise ContentError(
                "Dagster's storage cannot use a plain postgresql:// address",
                where=str(file),
                why="it needs the driver's name, since SQLAlchemy takes another one for it",
                hint="write postgresql+psycopg2://… (the ledger takes that address, too)",
            )


def keeps_elsewhere(file: Path) -> bool:
    """Whether Dagster keeps nothing in the folder of this settings file: no runs, and nothing that they write.

    An image has such a folder where nobody may write.
    """
    try:
        asked = yaml.safe_load(file.read_text(encoding="utf-8"))
    except (OSError, yaml.YAMLError):
        return False
    if not isinstance(asked, dict):
        return False
    stored = ("storage",) if "storage" in asked else _STORED
    return all(_is_elsewhere(asked.get(name)) for name in (*stored, "compute_logs"))


def lines_to_add(file: Path, own: str) -> str:
    """What a settings file lacks of `own`, the project's: how runs that died or failed are looked after.

    A file that is not there has nothing of it.
    """
    try:
        asked = yaml.safe_load(file.read_text(encoding="utf-8")) if file.is_file() else {}
    except (OSError, yaml.YAMLError):
        return ""  # Dagster says it, with the line
    missing = [name for name in _LOOKED_AFTER if name not in (asked or {})]
    known = yaml.safe_load(own)
    return yaml.safe_dump({name: known[name] for name in missing}, sort_keys=False) if missing else ""


def modules_of(asked: Any) -> Iterator[str]:
    """The modules that a settings file needs, in any place."""
    for part in _mappings(asked):
        for name, value in part.items():
            if name == "module" and isinstance(value, str):
                yield _STANDS_FOR.get(value, value)
            elif name == "postgres" and isinstance(value, dict):
                yield _POSTGRES


def _is_elsewhere(part: Any) -> bool:
    if not isinstance(part, dict):
        return False
    names = " ".join([*part, f"{part.get('class')}"]).lower()
    return not any(word in names for word in _IN_THE_HOME)


def _variables(asked: Any) -> Iterator[str]:
    """What a settings file takes from the environment: wherever it says `env: NAME` in place of a value."""
    for part in _mappings(asked):
        if set(part) == {"env"} and isinstance(part["env"], str):
            yield part["env"]


def _addresses(asked: Any) -> Iterator[Any]:
    return (part["postgres_url"] for part in _mappings(asked) if "postgres_url" in part)


def _mappings(asked: Any) -> Iterator[dict[Any, Any]]:
    """Every mapping of a settings file, at any depth, what is around it first."""
    if isinstance(asked, dict):
        yield asked
    for each in asked.values() if isinstance(asked, dict) else asked if isinstance(asked, list) else ():
        yield from _mappings(each)
