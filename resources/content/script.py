"""Reads an episode file: front matter, then turns and shots. Every mistake is told with its line, all of them at once.

In three steps: the text is cut into blocks (`lines.blocks`), each block is read by what its label stands for (a
character speaks a turn, a kind is a shot), and the segments are looked at together. How a line becomes speech is
`lines.speech`; what a shot is, `shots`; where a file lies, `named_files`. The format is told to its writer in
docs/episode-file.md.
"""

import hashlib
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path

from pydantic import Field, model_validator

from resources.content.lines.blocks import MAX_TURN_LETTERS, Block, blocks_of
from resources.content.lines.speech import Speech, clean_speech, estimate_seconds, sentences
from resources.content.named_files import check_sounds
from resources.content.pauses import overlaps, pause_before
from resources.content.segments import PlacedShot, Script, Turn, with_pauses_after
from resources.content.settings.fields import Strict
from resources.content.shots import SHOTS, AnyShot, is_shot, parse_shot
from resources.content.show import Format, Formats, Show, SoundChoice
from resources.core.errors import ContentError
from resources.core.files import read_regular
from resources.core.names import MAX_SLOTS, episode_file, is_episode, segment_key
from resources.core.text.diagnostics import Mistakes, nearest, shorten, shown_path
from resources.core.text.located_yaml import fill, misread, read_yaml
from resources.core.text.text_files import MAX_BYTES, line_count, read_text

MAX_SENTENCE_SECONDS = 60.0  # no avatar model takes more at once, and a longer turn is cut between sentences

_FENCE = "---"


class FrontMatter(Strict):
    """The settings of a whole episode, between two lines of `---`."""

    title: str | None = Field(None, min_length=1, max_length=100, description="without it, the episode's name")
    format: Format | None = None
    formats: Formats | None = Field(None, description="several, cut from the same clips; without it, the show's")
    sound: SoundChoice = Field(SoundChoice(), description="this episode's own music, in place of the show's")

    @model_validator(mode="after")
    def _says_it_once(self) -> "FrontMatter":
        if self.format and self.formats:
            raise ValueError("`format` and `formats` are both given: keep one")
        return self

    def cut_in(self, show: Show) -> tuple[Format, ...]:
        """The formats of the episode: its own, else the show's."""
        return self.formats or ((self.format,) if self.format else show.formats)


class TurnSettings(Strict):
    """The settings of one turn, in braces after its label."""

    take: int = Field(1, ge=1, le=999, description="a higher number makes, and pays for, the turn anew")
    camera: str | None = Field(None, description="a camera of show.yaml")
    mood: str | None = Field(None, description="the listener's mood")
    model: str | None = Field(None, min_length=1, description="avatar endpoint of this turn")
    acting: str | None = Field(
        None, min_length=1, max_length=1000, description="how it is performed, added to the character's own prompt"
    )
    broll: str | None = Field(None, min_length=1, description="a picture or clip of the show's folder, over the turn")
    beat: float | None = Field(None, ge=0, le=5, description="seconds of silence before its first word")
    overlap: float | None = Field(None, gt=0, le=2, description="seconds by which it begins before the last word ends")

    @model_validator(mode="after")
    def _waits_or_falls_in(self) -> "TurnSettings":
        if self.beat is not None and self.overlap is not None:
            raise ValueError("`beat` and `overlap` are both given: keep one")
        return self


@dataclass(frozen=True)
class _Draft:
    """A turn before it has a number and listeners."""

    speaker: str
    settings: TurnSettings
    speech: Speech
    chapter: str | None
    line: int


@dataclass(frozen=True)
class _ShotDraft:
    """A shot before it has a number and a place."""

    shot: AnyShot
    chapter: str | None
    line: int


@dataclass(frozen=True)
class WrittenScript:
    """A script as it is written; `mistakes` may still be added to before they are told.

    `said` has the lines of each turn and shot as they stand in the file, by the line of its label.
    """

    script: Script
    mistakes: Mistakes
    said: Mapping[int, Sequence[str]]


def read_script(show_folder: Path, show: Show, episode: str) -> WrittenScript:
    """The script of an episode of a show. Raises ContentError for a bad name, no such file, and as `written_script`."""
    path = episode_file(show_folder, episode)
    where = shown_path(path)
    try:
        content = read_regular(path, MAX_BYTES + 1)
    except OSError as error:
        known = list_episodes(show_folder)
        raise ContentError(
            f"there is no script of {episode!r}" if isinstance(error, FileNotFoundError) else "it cannot be read",
            where=f"{where}:1",
            why=error.strerror,
            hint=f"{nearest(episode, known)}episodes: {', '.join(known[-10:]) or 'none yet'}",
            code="file-unreadable",
        ) from error
    return written_script(content, episode=episode, show=show, where=where, folder=show_folder)


def written_script(
    content: str | bytes, *, episode: str, show: Show, where: str, folder: Path | None = None
) -> WrittenScript:
    """The script that an episode file holds, and every mistake that it shows by itself. `where`: the file for errors.

    `folder` is the show's, where the sounds are that it names; without it they are not looked for. Raises ContentError
    for a file that is no text.
    """
    raw = content if isinstance(content, bytes) else content.encode("utf-8", "surrogatepass")
    mistakes = Mistakes(where, "episode-wrong")
    text = read_text(raw, mistakes)
    if text is None:
        raise mistakes.error()
    front, body_line = _front_matter(text, folder, mistakes)
    formats = front.cut_in(show)
    _check_one_front(text, body_line, mistakes)
    blocks = list(blocks_of(text, body_line, show.characters, mistakes))
    drafts = [draft for block in blocks[:MAX_SLOTS] if (draft := _draft(block, show, mistakes))]
    if not blocks and not mistakes.found:
        mistakes.add(
            line_count(text), "nobody says anything", hint=f"write a line such as `{next(iter(show.characters))}: Hi!`"
        )
    _check_count(blocks, show, mistakes)
    script = Script(
        episode=episode,
        title=" ".join((front.title or "").split()) or episode,
        format=formats[0],
        also=formats[1:],
        sound=front.sound,
        sha256=hashlib.sha256(raw).hexdigest(),
        segments=with_pauses_after(_segments(drafts, show, mistakes)),
    )
    return WrittenScript(script, mistakes, {block.line: tuple(block.lines) for block in blocks})


def list_episodes(show_folder: Path) -> list[str]:
    """The names of all episodes that have a file, sorted."""
    return sorted(path.stem for path in _visible_files(show_folder) if _is_episode(path))


def list_misnamed_files(show_folder: Path) -> list[Path]:
    """The visible files beside the episodes whose names cannot be episodes: nothing would ever make them."""
    return sorted(path for path in _visible_files(show_folder) if not _is_episode(path))


def _visible_files(show_folder: Path) -> list[Path]:
    folder = show_folder / "episodes"
    return [path for path in folder.glob("*") if path.is_file() and not path.name.startswith(".")]


def _is_episode(path: Path) -> bool:
    return path.suffix == ".md" and is_episode(path.stem)


def _front_matter(text: str, folder: Path | None, mistakes: Mistakes) -> tuple[FrontMatter, int]:
    """The front matter and the line after it."""
    lines = text.split("\n")
    start = next((number for number, line in enumerate(lines, start=1) if line.strip()), 1)
    if lines[start - 1].rstrip() != _FENCE:
        return FrontMatter(), 1
    end = next((number for number, line in enumerate(lines[start:], start + 1) if line.rstrip() == _FENCE), None)
    if end is None:
        mistakes.add(start, "the front matter is not closed", hint="end it with a line of three dashes: ---")
        return FrontMatter(), 1 + line_count(text)
    marked = read_yaml("\n".join(lines[start : end - 1]), mistakes, first_line=min(start + 1, end - 1))
    front = fill(FrontMatter, marked, mistakes) if marked else None
    if front and marked and folder:
        check_sounds(front.sound, folder.resolve(), marked, mistakes)
    return front or FrontMatter(), end + 1


def _check_one_front(text: str, body_line: int, mistakes: Mistakes) -> None:
    """Tell front matter that stands in the body, as in two files that were joined: it would be spoken."""
    lines = text.split("\n")[body_line - 1 :]
    for number, (fence, line) in enumerate(pairwise(lines), start=body_line):
        if fence.rstrip() == _FENCE and line.partition(":")[0].strip() in FrontMatter.model_fields and ":" in line:
            mistakes.add(
                number,
                "front matter stands here",
                why="it is read at the top alone",
                hint="move it to the top, or delete it",
            )


def _draft(block: Block, show: Show, mistakes: Mistakes) -> _Draft | _ShotDraft | None:
    """What a character says, or a shot; None for a label that is neither."""
    if is_shot(block.label):
        return _shot_draft(block, mistakes)
    if block.label not in show.characters:
        known = [*show.characters, *SHOTS]
        mistakes.add(
            block.line,
            f"nobody is called {shorten(block.label)}",
            hint=f"{_choice(block.label, known)}; if it is meant to be spoken, write `\\:`",
        )
        return None
    marked = read_yaml(block.settings, mistakes, first_line=block.line)
    settings = fill(TurnSettings, marked, mistakes) if marked else None
    written = "\n".join(block.lines).strip()
    if len(written) > MAX_TURN_LETTERS:
        mistakes.add(
            block.line,
            f"this turn has {len(written):,} characters",
            why=f"a voice is asked for at most {MAX_TURN_LETTERS:,} at once",
            hint=f"make several `{block.label}:` turns of it",
        )
        return None
    speech = clean_speech(written)
    _check_speech(block, speech, show, mistakes)
    return _Draft(block.label, settings or TurnSettings(), speech, block.chapter, block.line)


def _shot_draft(block: Block, mistakes: Mistakes) -> _ShotDraft | None:
    marked = read_yaml(block.settings, mistakes, first_line=block.line)
    if marked is None or misread(SHOTS[block.label], marked, mistakes):
        return None
    try:
        shot = parse_shot(block.label, marked.value, "\n".join(block.lines))
    except ContentError as error:
        mistakes.add(block.line, error.what, why=error.why, hint=error.hint)
        return None
    return _ShotDraft(shot, block.chapter, block.line)


def _check_speech(block: Block, speech: Speech, show: Show, mistakes: Mistakes) -> None:
    if speech.loose_bracket:
        mistakes.add(
            _bracket_line(block),
            "a bracket has no other half",
            why="a performance tag is written [excited]",
            hint="close it; a bracket that is no tag is written `\\[`",
        )
    if not speech.has_words:
        mistakes.add(block.line, f"{block.label} says nothing", hint="write words after the label, or delete the turn")
    rate = show.characters[block.label].voice.offline.rate
    longest = max(sentences(speech.spoken), key=lambda sentence: estimate_seconds(sentence, rate), default="")
    seconds = estimate_seconds(longest, rate)
    if seconds > MAX_SENTENCE_SECONDS:
        mistakes.add(
            block.line,
            f"a sentence of this turn would speak for about {seconds:.0f} s",
            why=f"a long turn is cut between sentences, and no avatar model takes over {MAX_SENTENCE_SECONDS:.0f} s",
            hint=f"end a sentence after {shorten(_split_point(longest, rate), 60)}",
        )


def _bracket_line(block: Block) -> int:
    """The line of the first bracket without its other half; the label's where the halves stand on several lines."""
    loose = (number for number, line in enumerate(block.lines) if clean_speech(line).loose_bracket)
    return block.line + next(loose, 0)


def _split_point(sentence: str, rate: float) -> str:
    """The last words of a first part that is about half the sentence, or as much as fits."""
    target = min(estimate_seconds(sentence, rate) / 2, MAX_SENTENCE_SECONDS * 0.9)
    ends = [match.end() for match in re.finditer(r"\s", sentence)]
    cut = min(ends, key=lambda end: abs(estimate_seconds(sentence[:end], rate) - target), default=len(sentence))
    return "…" + sentence[max(0, cut - 40) : cut].strip()


def _check_count(blocks: list[Block], show: Show, mistakes: Mistakes) -> None:
    if len(blocks) <= show.slots:
        return
    hint = f"set `slots: {len(blocks)}` in show.yaml" if len(blocks) <= MAX_SLOTS else "make two episodes of it"
    mistakes.add(
        blocks[show.slots].line,
        f"there are {len(blocks)} turns and shots",
        why=f"`slots` in show.yaml allows {show.slots} (at most {MAX_SLOTS}); this is the first beyond",
        hint=hint,
    )


def _segments(drafts: Sequence[_Draft | _ShotDraft], show: Show, mistakes: Mistakes) -> Iterator[Turn | PlacedShot]:
    """Turns and shots with their numbers, listeners and places.

    A chapter begins where its first segment is seen: it is handed on by shots that have no place in the cut.
    """
    spoken = [draft for draft in drafts if isinstance(draft, _Draft)]
    under: str | None = None  # the last segment that has a place in the cut, if it is a turn
    chapter: tuple[str, int] | None = None
    said = 0
    for number, draft in enumerate(drafts, start=1):
        segment = segment_key(number)
        chapter = (draft.chapter, draft.line) if draft.chapter else chapter
        if isinstance(draft, _Draft):
            before = spoken[said - 1].speech.spoken if under else None
            yield _turn(spoken, said, segment, chapter and chapter[0], before, show, mistakes)
            said, under, chapter = said + 1, segment, None
            continue
        shot = draft.shot
        if shot.over and under is None:
            mistakes.add(
                draft.line,
                f"{shot.label} is to be seen over a turn, and there is none before it",
                why="`over: true` lays it over the turn before it, whose voice goes on",
                hint="put it after a turn, or take `over` out",
            )
        opened = chapter[0] if chapter and shot.is_segment else None
        yield PlacedShot(segment=segment, shot=shot, over=under if shot.over else None, chapter=opened, line=draft.line)
        if shot.is_segment:
            under, chapter = None, None
    if chapter:
        mistakes.add(chapter[1], f"nothing of the chapter {shorten(chapter[0])} is seen", hint="add a turn to it")


def _turn(
    drafts: Sequence[_Draft],
    index: int,
    segment: str,
    chapter: str | None,
    said_before: str | None,
    show: Show,
    mistakes: Mistakes,
) -> Turn:
    draft = drafts[index]
    settings, listeners = draft.settings, _listeners(drafts, index, show)
    if settings.camera is not None and settings.camera not in show.cameras:
        written = f"cameras: {{{settings.camera}: {{}}}}"
        hint = _choice(settings.camera, show.cameras, written)
        mistakes.add(draft.line, f"there is no camera {settings.camera!r}", hint=hint)
    moods = [mood for label in listeners for mood in show.characters[label].listening.moods]
    if settings.mood is not None and settings.mood not in moods:
        written = f"listening: {{moods: {{{settings.mood}: how it is seen}}}}"
        hint = _choice(settings.mood, moods, written) if listeners else "take `mood` out"
        who = " and ".join(listeners) or "nobody"
        mistakes.add(draft.line, f"{who} listens here and has no mood {settings.mood!r}", hint=hint)
    if settings.overlap is not None and said_before is None:
        mistakes.add(
            draft.line,
            "nobody speaks right before this turn, so that nothing can overlap",
            hint="take `overlap` out, or put the turn after another one",
        )
    pause = pause_before(show, said_before, beat=settings.beat, overlap=settings.overlap)
    return Turn(
        segment=segment,
        speaker=draft.speaker,
        listeners=listeners,
        performance=draft.speech.performance,
        spoken=draft.speech.spoken,
        take=settings.take,
        camera=settings.camera or _directed(show, index, len(drafts)),
        mood=settings.mood,
        model=settings.model,
        acting=settings.acting,
        broll=settings.broll,
        pause=pause,
        overlaps=True if overlaps(show, pause) else None,
        chapter=chapter,
        emoji=draft.speech.emoji or None,
        line=draft.line,
    )


def _directed(show: Show, index: int, turns: int) -> str | None:
    """The camera of a turn that asks for none, by the show's rule."""
    rule = show.look.direction
    if index == 0 and rule.opening:
        return rule.opening
    if index == turns - 1 and rule.closing:
        return rule.closing
    return rule.turns


def _listeners(drafts: Sequence[_Draft], index: int, show: Show) -> tuple[str, ...]:
    """Who is seen listening: one, since the layouts have two panes; nobody in a show of one.

    It is who spoke last before this turn; before anybody did, who answers first; else the first other in show.yaml.
    """
    speaker = drafts[index].speaker
    order = [*(draft.speaker for draft in reversed(drafts[:index])), *(draft.speaker for draft in drafts[index + 1 :])]
    return tuple(label for label in [*order, *show.characters] if label != speaker)[:1]


def _choice(wrong: str, known: Iterable[str], written: str = "") -> str:
    """What there is instead, and how a new one is `written` into show.yaml; nothing where none can be."""
    names = list(known)
    more = f"; show.yaml has them as `{written}`" if written else ""
    return f"{nearest(wrong, names)}known here: {', '.join(names) or 'none'}{more}"
