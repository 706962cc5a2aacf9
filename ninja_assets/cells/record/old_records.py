"""Records as earlier versions kept them: JSON files in `.records` folders beside the media that a person opens."""

import json
import shutil
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any, Final

from pydantic import BaseModel, ConfigDict, ValidationError

from resources.core.names import SCRIPT, SEGMENT_PATTERN
from resources.purchasing.state.state import EPISODE, Record

_FOLDER: Final = ".records"


class _Document(BaseModel):
    model_config = ConfigDict(extra="forbid")

    asset: str
    digest: str
    made_from: dict[str, str]
    value: dict[str, Any]


def read_old_records(folder: Path) -> list[Record]:
    """Every record below an episode's folder of one mode; what cannot be read is left out, and made again."""
    return [*_episode(folder / _FOLDER / "script.json"), *_segments(folder)]


def remove_old_records(folder: Path) -> None:
    """Remove them: they were taken over, and would be of yesterday tomorrow."""
    for found in [folder / _FOLDER, *folder.glob(f"*/{_FOLDER}")]:
        shutil.rmtree(found, ignore_errors=True)


def _episode(path: Path) -> Iterator[Record]:
    if path.is_file():
        with suppress(UnicodeDecodeError):
            yield Record(EPISODE, SCRIPT, "", {}, path.read_text(encoding="utf-8"))


def _segments(folder: Path) -> Iterator[Record]:
    for path in sorted(folder.glob(f"*/{_FOLDER}/*.json")):
        segment = path.parent.parent.name
        try:
            found = _Document.model_validate_json(path.read_bytes())
        except ValidationError:
            continue
        if SEGMENT_PATTERN.fullmatch(segment):
            yield Record(segment, found.asset, found.digest, found.made_from, json.dumps(found.value))
