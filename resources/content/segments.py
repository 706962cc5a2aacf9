"""An episode as typed values: what `resources.content.script` makes of an episode file, and what all else reads.

An episode is a row of segments. A segment holds a turn of dialogue or a shot, and every segment is a cell of the graph
with its own cost, take and failure. Not every segment has a place in the cut: a shot may be seen over a turn, or be
made only for other shots.

What kinds there are is known here alone: everybody else asks a `Segment` and gets the answer of its kind. A new kind
answers here, and has its requests in `purchasing.requests.segment_kinds`.
"""

import hashlib
import json
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from typing import Annotated, Final, Literal, Protocol

from pydantic import AliasChoices, BaseModel, ConfigDict, Field

from resources.content.shots import AnyShot, is_file
from resources.content.show import Format, Show, SoundChoice
from resources.core.errors import ContentError
from resources.core.names import COMPOSITES, LISTENER_CLIPS, SHOTS, SPEAKER_CLIPS, TTS_AUDIO, in_format
from resources.core.values import Part, Word

SHOT_COLOR: Final = "#ffd166"  # of shots, where turns have their speaker's


class Segment(Protocol):
    """What stands in one place of an episode, whatever its kind."""

    @property
    def segment(self) -> str:
        """Its key: s01…"""

    @property
    def line(self) -> int:
        """Where it stands in the episode file, from 1."""

    @property
    def chapter(self) -> str | None:
        """The section heading that it opens."""

    @property
    def take(self) -> int:
        """The take that the episode file asks for."""

    @property
    def label(self) -> str:
        """The label that it stands under: a character's, or BROLL."""

    @property
    def text(self) -> str:
        """What a person knows it by: its words, or its prompt."""

    @property
    def wording(self) -> str:
        """What a provider is asked for in words: a line with its tags, or the prompt."""

    @property
    def words(self) -> int:
        """How many words a voice of this show speaks in it."""

    @property
    def pause_after(self) -> float | None:
        """The seconds that the pause after it is longer, or shorter, than the show's; None for no difference."""

    @property
    def in_cut(self) -> bool:
        """Whether it has a place of its own in the cut, and is not seen over another or made for others alone."""

    @property
    def needs(self) -> Mapping[str, str]:
        """What must be there before it is made: slot -> reference to a file, a segment or a shot's name."""

    @property
    def listening(self) -> str:
        """Who listens, and in which mood: what another take of them is of. Empty where nobody does."""

    @property
    def files(self) -> tuple[str, ...]:
        """The files of the show's folder that it is made from, or shown with."""

    @property
    def parts(self) -> tuple[Part, ...]:
        """What of it can be made anew."""

    @property
    def picture_asset(self) -> str:
        """The asset that makes its picture, which a shot may be made from."""

    @property
    def moves(self) -> bool:
        """Whether its picture is a moving one."""

    def not_needed(self, asset: str) -> str | None:
        """Why an asset has nothing to do for it, for a person to read; None for an asset that has."""

    def title(self, show: Show) -> tuple[str, str]:
        """How it is called where a person sees it, and its colour."""

    def pictured(self, show: Show) -> str:
        """How its own picture is called where a person sees its clips."""

    def written(self, words: Sequence[Word], shown: Callable[[str], bool]) -> tuple[Word, ...]:
        """The words of its voice with the emoji of its text that are `shown`."""

    def who(self) -> Mapping[str, str]:
        """Whose it is, as metadata: its speaker, or the kind of its shot."""

    def metadata(self) -> Mapping[str, str | int]:
        """What the script says of it, as metadata."""


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
    pause: float | None = None  # seconds that the pause before it is longer (or shorter) than the show's
    overlaps: bool | None = None  # the end of what was said before is still heard in it
    pause_after: float | None = None  # the same of the pause after it, where another turn follows
    chapter: str | None = None  # the section heading that this turn opens
    emoji: tuple[tuple[int, str], ...] | None = None  # of its text, each with how many words stand before it
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
    def wording(self) -> str:
        """What a provider is asked for: its words with their tags."""
        return self.performance

    @property
    def words(self) -> int:
        """How many words are spoken."""
        return len(self.spoken.split())

    def written(self, words: Sequence[Word], shown: Callable[[str], bool]) -> tuple[Word, ...]:
        """The words of its voice with the emoji of its text that are `shown`, after their word or before all."""
        beside: dict[int, str] = {}
        for number, sign in self.emoji or ():
            if shown(sign):
                place = min(number, len(words))
                beside[place] = beside.get(place, "") + sign
        texts = [f"{word.text} {beside.get(number, '')}".rstrip() for number, word in enumerate(words, start=1)]
        if texts and 0 in beside:
            texts[0] = f"{beside[0]} {texts[0]}"
        return tuple(word.model_copy(update={"text": text}) for word, text in zip(words, texts, strict=True))

    @property
    def in_cut(self) -> bool:
        """Whether it has a place of its own in the cut: every turn has."""
        return True

    @property
    def needs(self) -> Mapping[str, str]:
        """What it is made from: of its words alone."""
        return {}

    @property
    def listening(self) -> str:
        """Who listens, and in which mood."""
        return json.dumps([self.listeners, self.mood]) if self.listeners else ""

    @property
    def files(self) -> tuple[str, ...]:
        """The picture or clip that is seen over it."""
        return (self.broll,) if self.broll else ()

    @property
    def parts(self) -> tuple[Part, ...]:
        """What of it can be made anew: a performance."""
        return (Part.VOICE, Part.SPEAKER, Part.LISTENER)

    @property
    def picture_asset(self) -> str:
        """The speaker's clip is its picture."""
        return SPEAKER_CLIPS

    @property
    def moves(self) -> bool:
        """Whether its picture is a moving one: the speaker's is."""
        return True

    def not_needed(self, asset: str) -> str | None:
        """Why an asset has nothing to do for it: it has no shot."""
        return "a turn of dialogue" if asset == SHOTS else None

    def title(self, show: Show) -> tuple[str, str]:
        """Its speaker's name and colour."""
        character = show.characters[self.speaker]
        return character.name, character.color

    def pictured(self, show: Show) -> str:
        """Its speaker, who speaks."""
        return f"{show.characters[self.speaker].name}, speaking"

    def who(self) -> Mapping[str, str]:
        """Whose it is: its speaker."""
        return {"speaker": self.speaker}

    def metadata(self) -> Mapping[str, str | int]:
        """What the script says of it: its line."""
        return {"speaker": self.speaker, "line": self.performance, "words": self.words}


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
    def wording(self) -> str:
        """What a provider is asked for: its prompt."""
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
    def pause_after(self) -> None:
        """The show's own: nobody falls in with a picture."""
        return None

    @property
    def in_cut(self) -> bool:
        """Whether it has a place of its own in the cut, and is not seen over a turn or made for other shots."""
        return self.shot.is_segment

    @property
    def needs(self) -> Mapping[str, str]:
        """What it is made from: slot -> reference."""
        return self.shot.needs()

    @property
    def listening(self) -> str:
        """Nobody does beside a shot."""
        return ""

    @property
    def files(self) -> tuple[str, ...]:
        """The files that it is made from."""
        return tuple(filter(is_file, self.needs.values()))

    @property
    def parts(self) -> tuple[Part, ...]:
        """What of it can be made anew: all of it."""
        return (Part.SHOT,)

    @property
    def picture_asset(self) -> str:
        """The shot is its picture."""
        return SHOTS

    @property
    def moves(self) -> bool:
        """Whether it becomes a clip and not a still picture."""
        return not self.shot.is_picture

    def not_needed(self, asset: str) -> str | None:
        """Why an asset has nothing to do for it: nobody of the show speaks in it, and it may have no place in the cut.

        What it becomes is composed where it has one.
        """
        if asset in (TTS_AUDIO, SPEAKER_CLIPS, LISTENER_CLIPS):
            return f"a {self.shot.kind} shot has no voice of its own"
        if asset == COMPOSITES and not self.in_cut:
            return f"it is seen over {self.over}" if self.over else "it is made for other shots and not seen by itself"
        return None

    def written(self, words: Sequence[Word], shown: Callable[[str], bool]) -> tuple[Word, ...]:  # noqa: ARG002
        """Those words: it has none of its own."""
        return tuple(words)

    def title(self, show: Show) -> tuple[str, str]:  # noqa: ARG002  (a shot is no character's)
        """Its label, and the colour of shots."""
        return self.label, SHOT_COLOR

    def pictured(self, show: Show) -> str:  # noqa: ARG002  (a shot is no character's)
        """Its label and its prompt."""
        return f"{self.label}: {self.text}"

    def who(self) -> Mapping[str, str]:
        """Whose it is: the kind of shot."""
        return {"shot": self.shot.kind}

    def metadata(self) -> Mapping[str, str | int]:
        """What the script says of it: its prompt, where it is seen, and what it is made from."""
        made_from = {"made_from": ", ".join(self.needs.values())} if self.needs else {}
        return {"shot": self.shot.kind, "prompt": self.shot.prompt, "seen": self.seen, **made_from}

    @property
    def seen(self) -> str:
        """Where it is seen, in words."""
        if self.over:
            return f"over {self.over}, from {self.shot.begins:g} s on"
        return "as a segment of its own" if self.in_cut else "nowhere by itself: it is made for other shots"


def content_key(segment: Segment) -> str:
    """What a segment is, wherever it stands: a hash of its label, its words and the files that a shot refers to.

    Its take, its model and its camera are not in it: another take of the same words is the same content.
    """
    words = " ".join(segment.text.split())
    document = json.dumps([segment.label, words, dict(segment.needs)], sort_keys=True, ensure_ascii=False)
    return hashlib.sha256(document.encode()).hexdigest()[:16]


ScriptSegment = Annotated[Turn | PlacedShot, Field(discriminator="kind")]


def with_pauses_after(segments: Iterable[ScriptSegment]) -> tuple[ScriptSegment, ...]:
    """The segments, each turn knowing how long the pause after it is: it may have to end sooner."""
    known: list[ScriptSegment] = []
    last: int | None = None  # where the turn is that comes right before in the cut
    for segment in segments:
        if isinstance(segment, Turn):
            before = known[last] if last is not None else None
            if last is not None and isinstance(before, Turn) and segment.pause is not None:
                known[last] = before.model_copy(update={"pause_after": segment.pause})
            last = len(known)
        elif segment.in_cut:
            last = None
        known.append(segment)
    return tuple(known)


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
    def cut(self) -> tuple[Segment, ...]:
        """The segments that have a place in the cut, in its order."""
        return tuple(segment for segment in self.segments if segment.in_cut)

    def segment(self, key: str) -> Segment | None:
        """What a segment holds, or None for a slot that this script does not use."""
        return next((segment for segment in self.segments if segment.segment == key), None)

    def turn(self, key: str) -> Turn:
        """The turn of a segment. Raises ContentError for one in which nobody speaks."""
        for turn in self.turns:
            if turn.segment == key:
                return turn
        raise self._has_no("turn", key, [turn.segment for turn in self.turns])

    def shot(self, key: str) -> PlacedShot:
        """The shot of a segment. Raises ContentError for one that has none."""
        for placed in self.shots:
            if placed.segment == key:
                return placed
        raise self._has_no("shot", key, [placed.segment for placed in self.shots])

    def shots_over(self, turn: str) -> tuple[PlacedShot, ...]:
        """The shots that are seen over a turn, those that begin first in front."""
        return tuple(sorted((placed for placed in self.shots if placed.over == turn), key=lambda p: p.shot.begins))

    def before(self, segment: str) -> Turn | None:
        """The turn right before another one in the cut; None of a shot, after a shot, and at the start."""
        cut = self.cut
        place = next((number for number, each in enumerate(cut) if each.segment == segment), 0)
        found = cut[place - 1] if place and isinstance(cut[place], Turn) else None
        return found if isinstance(found, Turn) else None

    def speaks_next(self, segment: str, label: str) -> bool:
        """Whether a character speaks in the turn right after another segment in the cut."""
        return any(
            turn.speaker == label and before is not None and before.segment == segment
            for turn in self.turns
            if (before := self.before(turn.segment)) is not None
        )

    def with_what_shows(self, segments: Collection[str]) -> list[str]:
        """Segments, and those that show or play something of them: turns that a shot is seen over, or that overlap."""
        under = {placed.over for placed in self.shots if placed.segment in segments}
        over = {
            turn.segment
            for turn in self.turns
            if (found := self.overlapped(turn.segment)) and found.segment in segments
        }
        return [each.segment for each in self.segments if each.segment in {*segments, *under, *over}]

    def overlapped(self, segment: str) -> Turn | None:
        """The turn before, where its last words are heard under this one; else None."""
        falls_in = any(turn.segment == segment and turn.overlaps for turn in self.turns)
        return self.before(segment) if falls_in else None

    def find_owner(self, reference: str) -> Segment | None:
        """The segment that a reference means: a segment's key or a shot's name; None for a file or nothing."""
        named = (placed for placed in self.shots if placed.shot.name == reference)
        return self.segment(reference) or next(named, None)

    def owner(self, reference: str) -> Segment:
        """The segment that a reference means. Raises ContentError for one that means none."""
        found = self.find_owner(reference)
        if found is None:
            raise ContentError(
                f"{self.episode} has nothing called {reference!r}",
                hint=f"refer to a segment, a file or a shot's name: ninja lint {self.episode}",
            )
        return found

    def made_from(self, segment: Segment) -> dict[str, Segment]:
        """The segments that a segment is made from, by slot. Raises as `owner`."""
        return {slot: self.owner(reference) for slot, reference in segment.needs.items() if not is_file(reference)}

    def _has_no(self, what: str, key: str, others: list[str]) -> ContentError:
        found = self.segment(key)
        return ContentError(
            f"{key} of {self.episode} is no {what}: {f'it is {found.label}' if found else 'there is no such segment'}",
            hint=f"use one of {', '.join(others)}" if others else f"{self.episode} has no {what}",
        )
