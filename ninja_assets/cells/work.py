"""What the function of an asset is handed, and what it delivers: one cell, or one episode of a run."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import Any, TypeVar

from pydantic import BaseModel

from ninja_assets.cells.record.records import Records, Stored
from resources.content.segments import PlacedShot, Script, Segment, Turn
from resources.core.names import TTS_AUDIO, UPLOADED_URLS, CellKey, episode_file
from resources.core.values import Cell, Part, Receipt, VoiceTrack
from resources.purchasing.requests.segment_kinds import requests_of
from resources.purchasing.requests.segment_requests import RequestContext, SegmentRequests
from resources.purchasing.requests.takes import line_of
from resources.quality.checks.report import Finding
from resources.studio import Studio

ValueT = TypeVar("ValueT", bound=BaseModel)
Metadata = Mapping[str, Any]


@dataclass(frozen=True)
class Delivered:
    """What an asset's function delivers for one cell: a value to store, what it was made from, what to show of it."""

    value: BaseModel
    made_from: Mapping[str, str] = field(default_factory=dict)
    receipts: Sequence[Receipt] = ()
    metadata: Metadata = field(default_factory=dict)


@dataclass(frozen=True)
class SegmentWork:
    """One cell to be made: what the script says of it, and the studio to make it with."""

    asset: str
    key: CellKey
    script: Script
    content: Segment
    studio: Studio
    records: Records
    root_run: str

    @property
    def turn(self) -> Turn:
        """The turn of the cell. Raises ContentError for a cell in which nobody speaks."""
        return self.script.turn(self.key.segment)

    @property
    def placed(self) -> PlacedShot:
        """The shot of the cell. Raises ContentError for a cell that has none."""
        return self.script.shot(self.key.segment)

    @property
    def folder(self) -> Path:
        """The folder of this cell that a person opens."""
        return self.records.folder(self.key)

    @property
    def script_file(self) -> Path:
        """The episode file, for errors that have no better place to name."""
        return episode_file(self.studio.settings.show, self.key.episode)

    @property
    def cell(self) -> Cell:
        """The cell as studios and the ledger know it."""
        return self.context.cell(self.content)

    def read(self, asset: str, kind: type[ValueT], *, segment: str | None = None) -> Stored[ValueT]:
        """The current record of an upstream asset for this cell, or for another segment of the episode."""
        return self.records.read(asset, CellKey(self.key.episode, segment or self.key.segment), kind)

    @property
    def context(self) -> RequestContext:
        """What the cell's requests are built from."""
        return self.studio.context(self.script, self.root_run)

    @property
    def requests(self) -> SegmentRequests:
        """What the cell asks for, by what is bought and what lies in the show."""
        return requests_of(self.context, self.content)

    def as_recorded(self, requests: SegmentRequests) -> SegmentRequests:
        """What the cell asks for, for what is recorded of it."""
        return as_recorded(requests, self.records, self.key)

    def retaken(self, part: Part) -> RequestContext:
        """The context for a part of the cell; a retake of it that this launch asked for is counted first."""
        context = self.context
        if self.key.segment in self.studio.retake and part in self.studio.retake_of:
            requests = self.requests
            context.takes.retake(
                self.key,
                part,
                self.content.take,
                line=line_of(self.script, self.content, part),
                under_way=lambda: self._under_way(part),
                keys_at=partial(requests.keys_at, part),
            )
        return context

    def price_usd(self) -> float:
        """What making this asset of the cell would cost now; $0 for what is free or paid for. Raises NinjaError."""
        return 0.0 if self.studio.market is None else self.as_recorded(self.requests).usd(self.asset)

    def _under_way(self, part: Part) -> bool:
        if self.studio.market is None:
            return False
        asked = self.requests if part is Part.VOICE else self.as_recorded(self.requests)
        return asked.under_way(part)


def as_recorded(requests: SegmentRequests, records: Records, key: CellKey) -> SegmentRequests:
    """What a cell asks for, for the voice and of the files that are recorded of it: its clips are made of those.

    A picture that lies in the show now may be another one.
    """
    voice = records.find(TTS_AUDIO, key, VoiceTrack)
    requests = requests if voice is None else requests.for_voice(voice.value)
    uploads = records.find(UPLOADED_URLS, key, requests.uploads)
    return requests if uploads is None else requests.for_files(uploads.value.media)


@dataclass(frozen=True)
class EpisodeWork:
    """One episode of a run, with the segments that the run holds."""

    asset: str
    episode: str
    segments: Sequence[str]
    studio: Studio
    records: Records
    findings: list[Finding] = field(default_factory=list)  # what its checks found, also of a cut that they stop
