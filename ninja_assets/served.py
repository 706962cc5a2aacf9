"""Where `ninja ui` serves a Dagster home, and for whom: the show with its places, the code, the keys.

It imports no Dagster and no show. The keys are in it as part of one digest.
"""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Final

from resources.core.files import write_text
from resources.core.settings import ELEVENLABS_KEYS, FAL_KEYS, ROOT, Settings

FILE: Final = "ui.json"  # in DAGSTER_HOME, while it serves
_VARIABLES: Final = (*FAL_KEYS, "FAL_BASE_URL", *ELEVENLABS_KEYS, "ELEVENLABS_BASE_URL")


@dataclass(frozen=True)
class Served:
    """A `ninja ui`. `identity` is of whom it serves."""

    url: str
    pid: int
    host: str
    identity: str = ""


def write_served(home: Path, served: Served) -> None:
    """Say where it is."""
    write_text(home / FILE, json.dumps(asdict(served)))


def find_served(home: Path) -> Served | None:
    """What the last `ninja ui` of a home said of itself, though it may have been killed since."""
    try:
        return Served(**json.loads((home / FILE).read_text(encoding="utf-8")))
    except (OSError, ValueError, TypeError):
        return None


def identity_of(settings: Settings, environment: Mapping[str, str]) -> str:
    """What tells whether two processes make the same: the show and its places, the code as it lies there, the keys."""
    places = (settings.show, settings.output, settings.library, settings.ledger_url, settings.publish)
    values = [*map(str, places), *(environment.get(name, "") for name in _VARIABLES), *_code()]
    return hashlib.sha256("\0".join(values).encode()).hexdigest()


def _code() -> list[str]:
    files = sorted(path for top in ("ninja_assets", "resources") for path in (ROOT / top).rglob("*.py"))
    return [f"{path.relative_to(ROOT)} {path.stat().st_mtime_ns} {path.stat().st_size}" for path in files]
