"""What each cell's asset delivered, in the show's state: a typed value, its digest, and the digests of what it was made
from.

Reading a record checks that chain up to the script, so that a cut can never be joined from a composite of yesterday's
words. Receipts and line numbers are not part of a digest: what a thing cost, or where its line stands now, does not
change what it is. The folders that a person opens are laid out from records; nothing is read back from them.
"""

import hashlib
import json
import threading
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final, Generic, TypeVar

from pydantic import BaseModel, TypeAdapter, ValidationError

from ninja_assets.cells.record.old_records import read_old_records, remove_old_records
from resources.content.segments import Script
from resources.core.errors import ContentError
from resources.core.names import SCRIPT, CellKey, Mode, episode_folder, segment_folder
from resources.purchasing.state.outputs import claim_folder
from resources.purchasing.state.state import EPISODE, Record, ShowState

_NOT_CONTENT: Final = frozenset({"receipt", "line", "url", "expires_at", "origin"})
# Settings that are younger than a person's records: where they are not given, the records stay current.
_YOUNGER: Final = frozenset({"acting", "recipe", "visemes", "pause", "pause_after", "overlaps", "emoji", "progress"})

TAKES: Final = "takes"  # of a segment, all that were ever in a cut; no asset of the graph is called so
_CONTENT: Final = "content"  # of the episode: the version of its content that it was read from last
_ASKED_FOR: Final = "asked"  # of the episode: what runs have not made yet
_ASKED: Final = TypeAdapter(dict[str, frozenset[str]])

ValueT = TypeVar("ValueT", bound=BaseModel)


@dataclass(frozen=True)
class Stored(Generic[ValueT]):
    """A record as it is read: its value and the digest of its content."""

    value: ValueT
    digest: str


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
    """The records of a show in one mode, and the folders below `output` that are laid out from them.

    An episode's are read at once, when the first of them is asked for, and again by `refresh`. Safe for threads.
    """

    def __init__(self, state: ShowState, output: Path, mode: Mode) -> None:
        self._state = state
        self._output = output
        self.mode = mode
        self._read_already: dict[str, dict[tuple[str, str], Record]] = {}
        self._claimed: set[str] = set()
        self._turn = threading.RLock()

    def folder(self, cell: CellKey) -> Path:
        """The cell's folder, the one that a person opens. Raises ContentError where another show has the episode's."""
        self._claim(cell.episode)
        return segment_folder(self._output, cell.episode, self.mode, cell.segment)

    def episode_folder(self, episode: str) -> Path:
        """The episode's folder in this mode. Raises as `folder`."""
        self._claim(episode)
        return episode_folder(self._output, episode, self.mode)

    def refresh(self, episode: str) -> None:
        """Read an episode's records anew when they are asked for next: another process may have written some."""
        with self._turn:
            self._read_already.pop(episode, None)

    def write(self, asset: str, cell: CellKey, value: BaseModel, made_from: Mapping[str, str]) -> str:
        """Store what an asset delivered for a cell; returns its digest."""
        record = _record(asset, cell.segment, value, made_from)
        self._write(cell.episode, [record])
        return record.digest

    def write_script(self, script: Script, version: str = "") -> None:
        """Store a parsed episode, the whole and each segment as the `script` record of its cell, and its version.

        What is recorded of a slot that the script no longer uses is forgotten, whether or not the run holds it; but for
        its takes: their line may stand elsewhere by now.
        """
        kept = [Record(EPISODE, _CONTENT, version, {}, json.dumps(version))] if version else []
        cells = [_record(SCRIPT, each.segment, each, {}) for each in script.segments]
        self._write(script.episode, [_record(SCRIPT, EPISODE, script, {}), *kept, *cells])
        used = {EPISODE, *(each.segment for each in script.segments)}
        for segment, asset in [key for key in self._of(script.episode) if key[0] not in used and key[1] != TAKES]:
            self.forget(asset, CellKey(script.episode, segment))

    def version(self, episode: str) -> str | None:
        """The version of the content that the script was last read from; None where no version was kept."""
        record = self._of(episode).get((EPISODE, _CONTENT))
        return record.digest if record is not None else None

    def script(self, episode: str) -> Script:
        """The episode as the `script` asset last read it. Raises ContentError when it never did."""
        record = self._of(episode).get((EPISODE, SCRIPT))
        try:
            if record is not None:
                return Script.model_validate_json(record.value)
        except ValidationError:  # written by another version
            pass
        raise ContentError(
            f"the script of {episode} has not been read in {self.mode} mode yet",
            hint=f"materialize script for {episode}, or: ninja produce {episode} --mode {self.mode}",
        )

    def asked(self, episode: str) -> dict[str, frozenset[str]]:
        """What runs were asked to make of an episode and have not made: segment -> assets."""
        record = self._of(episode).get((EPISODE, _ASKED_FOR))
        try:
            return _ASKED.validate_json(record.value) if record is not None else {}
        except ValidationError:  # written by another version
            return {}

    def ask(self, episode: str, asked: Mapping[str, Collection[str]]) -> None:
        """Write down what is asked for and not made yet; nothing of it is left when everything is."""
        listed = {segment: sorted(assets) for segment, assets in asked.items() if assets}
        if listed:
            text = json.dumps(listed, sort_keys=True)
            digest = hashlib.sha256(text.encode()).hexdigest()
            self._write(episode, [Record(EPISODE, _ASKED_FOR, digest, {}, text)])
            return
        with self._turn:
            if self._of(episode).pop((EPISODE, _ASKED_FOR), None) is not None:
                self._state.forget(episode, self.mode, EPISODE, _ASKED_FOR)

    def forget(self, asset: str, cell: CellKey) -> None:
        """Remove a record, as for a slot that the script no longer uses."""
        with self._turn:
            if self._of(cell.episode).pop((cell.segment, asset), None) is not None:
                self._state.forget(cell.episode, self.mode, cell.segment, asset)

    def find(self, asset: str, cell: CellKey, kind: type[ValueT]) -> Stored[ValueT] | None:
        """The record of an asset for a cell as it is, current or not; None when there is none that can be read."""
        record = self._find(asset, cell)
        if record is None:
            return None
        try:
            return Stored(kind.model_validate_json(record.value), record.digest)
        except ValidationError:  # written by another version: it is made again, and reuse makes that free
            return None

    def read(self, asset: str, cell: CellKey, kind: type[ValueT]) -> Stored[ValueT]:
        """The current record of an asset for a cell. Raises ContentError when it is missing or out of date."""
        stored = self.find(asset, cell, kind)
        if stored is None:
            raise ContentError(
                f"{cell.segment} has no {asset} in {self.mode} mode yet",
                where=str(cell),
                hint=f"materialize {asset} for {cell}, or: ninja produce {cell.episode} --mode {self.mode} "
                f"--segments {cell.segment}",
            )
        self._check_chain(asset, cell)
        return stored

    def _check_chain(self, asset: str, cell: CellKey) -> None:
        record = self._find(asset, cell)
        for source, digest in record.made_from.items() if record else ():
            of, made_from = _source(source, cell)
            current = self._find(of, made_from)
            if current is None or current.digest != digest:
                whose = "its" if made_from == cell else f"{made_from.segment}'s"
                raise ContentError(
                    f"the {asset} of {cell.segment} is out of date: {whose} {of} has changed since",
                    where=str(cell),
                    hint=f"materialize {asset} for {cell} again, or: ninja produce {cell.episode} --mode {self.mode} "
                    f"--segments {cell.segment}; what has not changed is reused",
                )
            self._check_chain(of, made_from)

    def _find(self, asset: str, cell: CellKey) -> Record | None:
        return self._of(cell.episode).get((cell.segment, asset))

    def _write(self, episode: str, records: list[Record]) -> None:
        with self._turn:
            known = self._of(episode)
            self._state.write(episode, self.mode, records)
            known.update({(record.segment, record.asset): record for record in records})

    def _of(self, episode: str) -> dict[tuple[str, str], Record]:
        with self._turn:
            if episode not in self._read_already:
                found = self._state.records(episode, self.mode) or self._taken_over(episode)
                self._read_already[episode] = {(record.segment, record.asset): record for record in found}
            return self._read_already[episode]

    def _taken_over(self, episode: str) -> list[Record]:
        """The records that an earlier version left in the output folder, brought into the state once."""
        folder = episode_folder(self._output, episode, self.mode)
        old = read_old_records(folder)
        if not old:
            return []
        self._claim(episode)
        self._state.write(episode, self.mode, old, only_where_none=True)
        remove_old_records(folder)
        return self._state.records(episode, self.mode)

    def _claim(self, episode: str) -> None:
        if episode not in self._claimed:
            known = self._state.has_records(episode)
            claim_folder(self._output, episode, self._state.show, known=known)
            self._claimed.add(episode)


def _record(asset: str, segment: str, value: BaseModel, made_from: Mapping[str, str]) -> Record:
    return Record(segment, asset, digest_of(value), dict(made_from), value.model_dump_json())
