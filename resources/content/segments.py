"""An episode as typed values: what `resources.content.script` makes of an episode file, and what all else reads.

An episode is a row of segments. A segment holds a turn of dialogue or a shot, and every segment is a cell of the graph
with its own cost, take and failure. Not every segment has a place in the cut: a shot may be seen over a turn, or be
made only for other shots.
"""

import hashlib
import json
from collections.abc import Collection
from typing import Annotated, Literal

from pydantic import AliasChoices, BaseModel, ConfigDict, Field

from resources.content.shots import AnyShot
from resources.content.show import Format, SoundChoice
from resources.core.names import in_format


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
    acting: str | None = None  # how it is performed, after the character's own way
    broll: str | None = None  # a file of the show's folder that is seen over it
    chapter: str | None = None  # the section heading that this turn opens
    line: int  # where it stands in the episode file

    @property
    def label(self) -> str:
        """The label that it stands under."""
        return self.speaker

    @property
    def text(self) -> str:
        """What a person knows it by: its words."""
        return self.spoken

    @property
    def words(self) -> int:
        """How many words are spoken."""
        return len(self.spoken.split())

    @property
    def in_cut(self) -> bool:
        """Whether it has a place of its own in the cut: every turn has."""
        return True


class PlacedShot(BaseModel):
    """A shot where it stands in an episode. `over` is the segment of the turn over which it is seen, if it is."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    kind: Literal["shot"] = "shot"
    segment: str
    shot: AnyShot
    over: str | None = None
    chapter: str | None = None  # the section heading that this shot opens
    line: int  # where it stands in the episode file

    @property
    def label(self) -> str:
        """The label that it stands under: BROLL."""
        return self.shot.label

    @property
    def text(self) -> str:
        """What a person knows it by: its prompt."""
        return self.shot.prompt

    @property
    def words(self) -> int:
        """How many words are spoken: none by a voice of this show."""
        return 0

    @property
    def take(self) -> int:
        """The take that the episode file asks for."""
        return self.shot.take

    @property
    def in_cut(self) -> bool:
        """Whether it has a place of its own in the cut, and is not seen over a turn or made for other shots."""
        return self.shot.is_segment


def content_key(segment: Turn | PlacedShot) -> str:
    """What a segment is, wherever it stands: a hash of its label, its words and the files that a shot refers to.

    Its take, its model and its camera are not in it: another take of the same words is the same content.
    """
    needs = segment.shot.needs() if isinstance(segment, PlacedShot) else {}
    document = json.dumps([segment.label, " ".join(segment.text.split()), needs], sort_keys=True, ensure_ascii=False)
    return hashlib.sha256(document.encode()).hexdigest()[:16]


ScriptSegment = Annotated[Turn | PlacedShot, Field(discriminator="kind")]


class Script(BaseModel):
    """A whole episode file, parsed and checked."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    episode: str
    title: str
    format: Format  # the first: what clips are made for
    also: tuple[Format, ...] = ()  # further ones that it is cut in, from the same clips
    sound: SoundChoice = SoundChoice()
    sha256: str  # of the file's bytes
    # Scripts that were stored before there were shots call it `turns`.
    segments: tuple[ScriptSegment, ...] = Field(validation_alias=AliasChoices("segments", "turns"))

    @property
    def formats(self) -> tuple[Format, ...]:
        """The formats that the episode is cut in."""
        return (self.format, *self.also)

    def named(self, name: str, shape: Format) -> str:
        """The name of one of the episode's files in a format, from its name in the first."""
        return in_format(name, shape.value, self.format.value)

    @property
    def turns(self) -> tuple[Turn, ...]:
        """The segments in which somebody speaks."""
        return tuple(segment for segment in self.segments if isinstance(segment, Turn))

    @property
    def shots(self) -> tuple[PlacedShot, ...]:
        """The segments that hold a shot, seen in the cut or not."""
        return tuple(segment for segment in self.segments if isinstance(segment, PlacedShot))

    @property
    def cut(self) -> tuple[Turn | PlacedShot, ...]:
        """The segments that have a place in the cut, in its order."""
        return tuple(segment for segment in self.segments if segment.in_cut)

    def segment(self, key: str) -> Turn | PlacedShot | None:
        """What a segment holds, or None for a slot that this script does not use."""
        return next((segment for segment in self.segments if segment.segment == key), None)

    def shots_over(self, turn: str) -> tuple[PlacedShot, ...]:
        """The shots that are seen over a turn, those that begin first in front."""
        return tuple(sorted((placed for placed in self.shots if placed.over == turn), key=lambda p: p.shot.begins))

    def with_what_shows(self, segments: Collection[str]) -> list[str]:
        """Segments, and the turns over which their shots are seen: a new shot makes a new picture of the turn."""
        under = {placed.over for placed in self.shots if placed.segment in segments}
        return [each.segment for each in self.segments if each.segment in segments or each.segment in under]

    def owner(self, reference: str) -> Turn | PlacedShot | None:
        """The segment that a shot's reference means: a segment's key or a shot's name; None for a file or nothing."""
        named = (placed for placed in self.shots if placed.shot.name == reference)
        return self.segment(reference) or next(named, None)
