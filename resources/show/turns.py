"""An episode as typed values: what `resources.show.script` makes of an episode file, and what all else reads."""

from typing import Literal

from pydantic import BaseModel, ConfigDict

from resources.show.model import Format, SoundChoice


class Turn(BaseModel):
    """One turn of dialogue: who says what, and how it is shot. Shapes: `segment` is s01…, `line` counts from 1."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    kind: Literal["turn"] = "turn"
    segment: str
    speaker: str  # a label of show.yaml
    listeners: tuple[str, ...] = ()  # labels, in order of appearance; empty in a show of one
    performance: str  # what v3 is sent: spoken words with [tags]
    spoken: str  # what is heard and captioned: no tags, no Markdown marks, no emoji
    take: int = 1
    camera: str | None = None
    mood: str | None = None  # the listeners' mood
    model: str | None = None  # avatar endpoint of this turn
    chapter: str | None = None  # the section heading that this turn opens
    line: int  # where it stands in the episode file

    @property
    def words(self) -> int:
        """How many words are spoken."""
        return len(self.spoken.split())


class Script(BaseModel):
    """A whole episode file, parsed and checked."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    episode: str
    title: str
    format: Format
    sound: SoundChoice = SoundChoice()
    sha256: str  # of the file's bytes
    turns: tuple[Turn, ...]

    def turn(self, segment: str) -> Turn | None:
        """The turn of a segment, or None for a slot that this script does not use."""
        return next((turn for turn in self.turns if turn.segment == segment), None)
