"""What each cell's asset delivered, as small JSON files beside the media that a person opens.

A record holds a typed value, the digest of what was made, and the digests of what it was made from. Reading one checks
that chain up to the script, so that a cut can never be joined from a composite of yesterday's words. Receipts and line
numbers are not part of a digest: what a thing cost, or where its line stands now, does not change what it is.
"""

import hashlib
import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Generic, TypeVar

from pydantic import BaseModel, ConfigDict, ValidationError

from resources.content.segments import Script
from resources.core.errors import ContentError
from resources.core.files import write_text
from resources.core.names import CellKey, Mode, episode_folder, segment_folder

_FOLDER = ".records"
_NOT_CONTENT = frozenset({"receipt", "line", "url", "expires_at"})
# Settings that are younger than a person's records: where they are not given, the records stay current.
_YOUNGER = frozenset({"acting", "recipe"})

ValueT = TypeVar("ValueT", bound=BaseModel)


@dataclass(frozen=True)
class Stored(Generic[ValueT]):
    """A record as it is read: its value and the digest of its content."""

    value: ValueT
    digest: str


class _Document(BaseModel):
    model_config = ConfigDict(extra="forbid")

    asset: str
    digest: str
    made_from: dict[str, str]
    value: dict[str, Any]


def digest_of(value: BaseModel) -> str:
    """The digest of what a value is, without what it cost or where it stands."""
    document = json.dumps(_content(value.model_dump(mode="json")), sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(document.encode()).hexdigest()[:16]


def _content(value: Any) -> Any:
    if isinstance(value, dict):
        shown = {key: item for key, item in value.items() if item is not None or key not in _YOUNGER}
        return {key: _content(item) for key, item in shown.items() if key not in _NOT_CONTENT}
    if isinstance(value, list):
        return [_content(item) for item in value]
    return value


def of_segment(asset: str, segment: str) -> str:
    """How a record names what it was made from, where that is of another segment of the episode."""
    return f"{segment}/{asset}"


def _source(name: str, cell: CellKey) -> tuple[str, CellKey]:
    segment, _, asset = name.rpartition("/")
    return asset, CellKey(cell.episode, segment) if segment else cell


class Records:
    """The records of one mode below one output folder."""

    def __init__(self, output: Path, mode: Mode) -> None:
        self._output = output
        self.mode = mode

    def folder(self, cell: CellKey) -> Path:
        """The cell's folder, the one that a person opens."""
        return segment_folder(self._output, cell.episode, self.mode, cell.segment)

    def episode_folder(self, episode: str) -> Path:
        """The episode's folder in this mode."""
        return episode_folder(self._output, episode, self.mode)

    def write(self, asset: str, cell: CellKey, value: BaseModel, made_from: dict[str, str]) -> str:
        """Store what an asset delivered for a cell; returns its digest."""
        digest = digest_of(value)
        document = _Document(asset=asset, digest=digest, made_from=made_from, value=value.model_dump(mode="json"))
        write_text(self._path(asset, cell), document.model_dump_json(indent=1))
        return digest

    def write_script(self, script: Script) -> None:
        """Store a parsed episode: the whole, and each segment as the `script` record of its cell."""
        write_text(self._script_path(script.episode), script.model_dump_json(indent=1))
        for content in script.segments:
            self.write("script", CellKey(script.episode, content.segment), content, {})

    def script(self, episode: str) -> Script:
        """The episode as the `script` asset last read it. Raises ContentError when it never did."""
        try:
            return Script.model_validate_json(self._script_path(episode).read_text(encoding="utf-8"))
        except (FileNotFoundError, ValidationError):
            raise ContentError(
                f"the script of {episode} has not been read in {self.mode} mode yet",
                mend=f"materialize script for {episode}, or: ninja produce {episode} --mode {self.mode}",
            ) from None

    def forget(self, asset: str, cell: CellKey) -> None:
        """Remove a record, as for a slot that the script no longer uses."""
        self._path(asset, cell).unlink(missing_ok=True)

    def find(self, asset: str, cell: CellKey, kind: type[ValueT]) -> Stored[ValueT] | None:
        """The record of an asset for a cell as it is, current or not; None when there is none that can be read."""
        document = self._read(asset, cell)
        if document is None:
            return None
        try:
            return Stored(kind.model_validate(document.value), document.digest)
        except ValidationError:  # written by another version: it is made again, and reuse makes that free
            return None

    def read(self, asset: str, cell: CellKey, kind: type[ValueT]) -> Stored[ValueT]:
        """The current record of an asset for a cell. Raises ContentError when it is missing or out of date."""
        stored = self.find(asset, cell, kind)
        if stored is None:
            raise ContentError(
                f"{cell.segment} has no {asset} in {self.mode} mode yet",
                where=str(cell),
                mend=f"materialize {asset} for {cell}, or: ninja produce {cell.episode} --mode {self.mode} "
                f"--segments {cell.segment}",
            )
        self._check_chain(asset, cell)
        return stored

    def _check_chain(self, asset: str, cell: CellKey) -> None:
        document = self._read(asset, cell)
        for source, digest in document.made_from.items() if document else ():
            of, made_from = _source(source, cell)
            current = self._read(of, made_from)
            if current is None or current.digest != digest:
                whose = "its" if made_from == cell else f"{made_from.segment}'s"
                raise ContentError(
                    f"the {asset} of {cell.segment} is out of date: {whose} {of} has changed since",
                    where=str(cell),
                    mend=f"materialize {asset} for {cell} again, or: ninja produce {cell.episode} --mode {self.mode} "
                    f"--segments {cell.segment}; what has not changed is reused",
                )
            self._check_chain(of, made_from)

    def _read(self, asset: str, cell: CellKey) -> _Document | None:
        try:
            return _Document.model_validate_json(self._path(asset, cell).read_text(encoding="utf-8"))
        except (FileNotFoundError, ValidationError):
            return None

    def _script_path(self, episode: str) -> Path:
        return self.episode_folder(episode) / _FOLDER / "script.json"

    def _path(self, asset: str, cell: CellKey) -> Path:
        return self.folder(cell) / _FOLDER / f"{asset}.json"
