"""Everything that a segment of the cut was made of, read once: what is checked, reviewed and published."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from ninja_assets.partitions import CellKey
from ninja_assets.records import Stored
from ninja_assets.specs import LISTENER_CLIPS, SPEAKER_CLIPS, TTS_AUDIO
from ninja_assets.values import Listeners, Segment
from ninja_assets.work import EpisodeWork
from resources.seams import Clip, Receipt, VoiceTrack
from resources.show.turns import Script, Turn


@dataclass(frozen=True)
class Materials:
    """A turn with its voice, its clips and its composite."""

    turn: Turn
    voice: VoiceTrack
    speaker: Clip
    listeners: Mapping[str, Clip]
    composite: Segment

    @property
    def segment(self) -> str:
        """The segment's key."""
        return self.turn.segment

    @property
    def receipts(self) -> tuple[Receipt, ...]:
        """The receipts of all that could be paid for."""
        return (self.voice.receipt, self.speaker.receipt, *(clip.receipt for clip in self.listeners.values()))

    @property
    def worth_usd(self) -> float:
        """What the segment cost when it was made, whether or not this run paid for it."""
        return sum(receipt.cost_usd + receipt.saved_usd for receipt in self.receipts)

    @property
    def take(self) -> int:
        """The newest take of the performance."""
        return max(self.voice.receipt.take, self.speaker.receipt.take, self.turn.take)


def materials_of(work: EpisodeWork, script: Script, segments: Sequence[Stored[Segment]]) -> list[Materials]:
    """The materials of every turn, in order. `segments` are the current composites. Raises ContentError."""
    found = []
    for turn, composite in zip(script.turns, segments, strict=True):
        cell = CellKey(work.episode, turn.segment)
        found.append(
            Materials(
                turn=turn,
                voice=work.records.read(TTS_AUDIO, cell, VoiceTrack).value,
                speaker=work.records.read(SPEAKER_CLIPS, cell, Clip).value,
                listeners=work.records.read(LISTENER_CLIPS, cell, Listeners).value.clips,
                composite=composite.value,
            )
        )
    return found
