"""Everything that a segment of the cut was made of, read once: what is checked, reviewed and published."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from ninja_assets.cells.cell_values import Composites, Listeners, Segment
from ninja_assets.cells.engine import EpisodeWork
from ninja_assets.cells.records import Stored
from resources.content.segments import PlacedShot, Script, Turn
from resources.content.show import Format, Show
from resources.core.names import LISTENER_CLIPS, SHOTS, SPEAKER_CLIPS, TTS_AUDIO, CellKey
from resources.core.values import Clip, Footage, Receipt, VoiceTrack

SHOT_COLOR = "#ffd166"  # of shots, where turns have their speaker's


@dataclass(frozen=True)
class Materials:
    """A turn with its voice, its clips, its composite and the shots that are seen over it."""

    turn: Turn
    voice: VoiceTrack
    speaker: Clip
    listeners: Mapping[str, Clip]
    composite: Segment
    over: Mapping[str, Footage] = field(default_factory=dict)  # by the shot's own segment

    @property
    def content(self) -> Turn:
        """What the script says of it."""
        return self.turn

    @property
    def segment(self) -> str:
        """The segment's key."""
        return self.turn.segment

    @property
    def receipts(self) -> tuple[Receipt, ...]:
        """The receipts of all that could be paid for. Shots over it are segments of their own."""
        return (self.voice.receipt, self.speaker.receipt, *(clip.receipt for clip in self.listeners.values()))

    @property
    def worth_usd(self) -> float:
        """What the segment cost when it was made, whether or not this run paid for it."""
        return _worth(self.receipts)

    @property
    def take(self) -> int:
        """The newest take of the performance."""
        return max(self.voice.receipt.take, self.speaker.receipt.take, self.turn.take)


@dataclass(frozen=True)
class ShotMaterials:
    """A shot that is a segment of the cut, with its footage and its composite."""

    placed: PlacedShot
    footage: Footage
    composite: Segment

    @property
    def content(self) -> PlacedShot:
        """What the script says of it."""
        return self.placed

    @property
    def segment(self) -> str:
        """The segment's key."""
        return self.placed.segment

    @property
    def worth_usd(self) -> float:
        """What the segment cost when it was made, whether or not this run paid for it."""
        return _worth([self.footage.receipt])

    @property
    def take(self) -> int:
        """The take that is seen."""
        return max(self.footage.receipt.take, self.placed.take)


SegmentMaterials = Materials | ShotMaterials


def materials_of(
    work: EpisodeWork, script: Script, segments: Sequence[Stored[Composites]], shape: Format
) -> list[SegmentMaterials]:
    """The materials of the cut in one format, in order. `segments` are its current composites. Raises ContentError."""
    return [
        _of(work, script, content, composites.value.by_format[shape])
        for content, composites in zip(script.cut, segments, strict=True)
    ]


def _of(work: EpisodeWork, script: Script, content: Turn | PlacedShot, composite: Segment) -> SegmentMaterials:
    cell = CellKey(work.episode, content.segment)
    if isinstance(content, PlacedShot):
        return ShotMaterials(content, _footage(work, content), composite)
    return Materials(
        turn=content,
        voice=work.records.read(TTS_AUDIO, cell, VoiceTrack).value,
        speaker=work.records.read(SPEAKER_CLIPS, cell, Clip).value,
        listeners=work.records.read(LISTENER_CLIPS, cell, Listeners).value.clips,
        composite=composite,
        over={placed.segment: _footage(work, placed) for placed in script.shots_over(content.segment)},
    )


def unseen_usd(work: EpisodeWork, script: Script) -> float:
    """What the shots cost that have no place of their own in the cut."""
    cells = [CellKey(work.episode, placed.segment) for placed in script.shots if not placed.in_cut]
    found = [work.records.find(SHOTS, cell, Footage) for cell in cells]
    return _worth([stored.value.receipt for stored in found if stored])


def title_of(show: Show, content: Turn | PlacedShot) -> tuple[str, str]:
    """How a segment is called where a person sees it, and its colour: its speaker's, or a shot's."""
    if isinstance(content, PlacedShot):
        return content.label, SHOT_COLOR
    character = show.characters[content.speaker]
    return character.name, character.color


def _footage(work: EpisodeWork, placed: PlacedShot) -> Footage:
    return work.records.read(SHOTS, CellKey(work.episode, placed.segment), Footage).value


def _worth(receipts: Sequence[Receipt]) -> float:
    return sum(receipt.cost_usd + receipt.saved_usd for receipt in receipts)
