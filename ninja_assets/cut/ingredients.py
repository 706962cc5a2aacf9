"""Everything that a segment of the cut was made of, read once: what is checked, reviewed and published."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final

from ninja_assets.cells.asset import NotYetError
from ninja_assets.cells.record.cell_values import Composites, Listeners
from ninja_assets.cells.record.cell_values import Segment as Composed
from ninja_assets.cells.record.records import Records, Stored
from resources.content.segments import Script, Segment
from resources.content.show import Format
from resources.core.errors import ContentError, NinjaError
from resources.core.names import COMPOSITES, LISTENER_CLIPS, SHOTS, SPEAKER_CLIPS, TTS_AUDIO, CellKey
from resources.core.values import Clip, Footage, Media, Part, Receipt, VoiceTrack, Word

# The file of a segment's own picture in its folder, as the asset that makes it links it.
_FILES: Final = {SPEAKER_CLIPS: "speaker", SHOTS: "shot"}


@dataclass(frozen=True)
class Ingredients:
    """A segment of the cut with what it was made of. `voice`, `listeners` and `over` are what a shot has none of."""

    content: Segment
    composite: Composed
    picture: Clip | Footage  # its own: the speaker's clip, or the shot
    voice: VoiceTrack | None = None
    listeners: Mapping[str, Clip] = field(default_factory=dict)
    over: Mapping[str, Footage] = field(default_factory=dict)  # the shots that are seen over it, by their own segment

    @property
    def segment(self) -> str:
        """The segment's key."""
        return self.content.segment

    @property
    def words(self) -> tuple[Word, ...]:
        """What is spoken in it, with times from its start."""
        return self.composite.spoken(self.voice.words) if self.voice else ()

    @property
    def receipts(self) -> tuple[Receipt, ...]:
        """The receipts of all that could be paid for. Shots over it are segments of their own."""
        voice = (self.voice.receipt,) if self.voice else ()
        return (*voice, self.picture.receipt, *(clip.receipt for clip in self.listeners.values()))

    @property
    def worth_usd(self) -> float:
        """What the segment cost when it was made, whether or not this run paid for it."""
        return worth(self.receipts)

    @property
    def take(self) -> int:
        """The newest take of the performance."""
        voice = self.voice.receipt.take if self.voice else 1
        return max(voice, self.picture.receipt.take, self.content.take)

    @property
    def parts(self) -> dict[Part, int]:
        """Which take of each part its performance was made of."""
        if self.voice is None:
            return {Part.SHOT: self.picture.receipt.take}
        return {Part.VOICE: self.voice.receipt.take, Part.SPEAKER: self.picture.receipt.take}

    @property
    def file(self) -> str:
        """Its own picture's path below the episode's folder."""
        return file_of(self.segment, self.content.picture_asset, self.picture.media)

    @property
    def kind_of_file(self) -> str:
        """What its own picture's file is called, without an ending: `speaker`, `shot`."""
        return _FILES[self.content.picture_asset]


def file_of(segment: str, asset: str, media: Media) -> str:
    """The path of a segment's own picture below the episode's folder, as its asset links it."""
    return f"{segment}/{_FILES[asset]}{media.suffix}"


def composites_of(records: Records, script: Script) -> list[Stored[Composites]]:
    """The current composite of all that has a place in the cut, in order.

    Raises one NotYetError that names all that are missing or out of date.
    """
    found: list[Stored[Composites]] = []
    problems: dict[str, NinjaError] = {}
    for content in script.cut:
        try:
            found.append(_composites(records, script, CellKey(script.episode, content.segment)))
        except NinjaError as error:
            problems[content.segment] = error
    if problems:
        raise NotYetError(
            f"the cut waits for {', '.join(problems)}",
            why="; ".join(error.what for error in problems.values()),
            hint=f"launch {script.episode} with failed and missing only, or: ninja produce {script.episode} "
            f"--mode {records.mode}",
        )
    return found


def _composites(records: Records, script: Script, cell: CellKey) -> Stored[Composites]:
    stored = records.read(COMPOSITES, cell, Composites)
    missing = [shape.value for shape in script.formats if shape not in stored.value.by_format]
    if missing:
        raise ContentError(f"{cell.segment} has no composite in {' and '.join(missing)} yet", where=str(cell))
    return stored


def ingredients_of(
    records: Records, script: Script, segments: Sequence[Stored[Composites]], shape: Format
) -> list[Ingredients]:
    """What the cut is made of in one format, in order. `segments` are its current composites. Raises ContentError."""
    return [
        _BY_PICTURE[content.picture_asset](records, script, content, composites.value.by_format[shape])
        for content, composites in zip(script.cut, segments, strict=True)
    ]


def _spoken(records: Records, script: Script, content: Segment, composite: Composed) -> Ingredients:
    cell = CellKey(script.episode, content.segment)
    return Ingredients(
        content=content,
        composite=composite,
        picture=records.read(SPEAKER_CLIPS, cell, Clip).value,
        voice=records.read(TTS_AUDIO, cell, VoiceTrack).value,
        listeners=records.read(LISTENER_CLIPS, cell, Listeners).value.clips,
        over={
            placed.segment: records.read(SHOTS, CellKey(script.episode, placed.segment), Footage).value
            for placed in script.shots_over(content.segment)
        },
    )


def _shown(records: Records, script: Script, content: Segment, composite: Composed) -> Ingredients:
    footage = records.read(SHOTS, CellKey(script.episode, content.segment), Footage).value
    return Ingredients(content, composite, footage)


# What a segment of the cut is made of follows from what its picture is.
_BY_PICTURE: Final[Mapping[str, Callable[[Records, Script, Segment, Composed], Ingredients]]] = {
    SPEAKER_CLIPS: _spoken,
    SHOTS: _shown,
}


def worth(receipts: Sequence[Receipt]) -> float:
    """What deliveries cost when they were made, in US dollars."""
    return sum(receipt.cost_usd + receipt.saved_usd for receipt in receipts)
