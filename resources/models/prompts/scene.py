"""Scenes of several shots, voices or references: timestamps, voice syntax, and the labels of Omni Reference."""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from resources.core.errors import ContentError
from resources.core.text.diagnostics import nearest
from resources.models.prompts.book import Book
from resources.models.prompts.builders import sentences

_CLOCK = r"(\d+):([0-5]\d)"
_TIMED_SHOT = re.compile(rf"\s*(?:shot\s+\d+\s*)?\[{_CLOCK}\s*[-–]\s*{_CLOCK}\]\s*:?\s*(\S.*)", re.IGNORECASE)
# No two parts of it can share a run of blanks: a line that is none is seen to be none in one pass.
_SPOKEN_LINE = re.compile(
    r"\[(?P<who>[^\W\d](?:[^\[\],]*[^\[\],\s])?)\s*(?:,\s*?(?P<voice>[^\[\]\s][^\[\]]*?|\s))?\]\s*:\s*(?P<words>\S.*)"
)
_REFERENCE = re.compile(r"(?<![\w@])@([A-Za-z][\w-]*)")
_ENDING = "The scene ends with them"


@dataclass(frozen=True)
class TimedShot:
    """One shot of a multi-shot prompt: whole seconds from the start of the clip."""

    start: int
    end: int
    prompt: str

    @property
    def seconds(self) -> int:
        """How long the shot lasts."""
        return self.end - self.start


def scene_direction(book: Book, text: str) -> str:
    """Scene direction for v3 and O3: lines `[Ninja]: Hello` become `[Ninja, energetic male voice]: "Hello"`.

    How these models read it: docs/sources/avatars.md#kling-3. A voice given in the brackets stays; one that is not is
    the book's. All other lines are direction and stay as written. Raises ContentError for a speaker without any voice.
    """
    return "\n".join(_directed(book, line.strip()) for line in text.splitlines() if line.strip())


def speaks(text: str) -> bool:
    """Whether a prompt has lines that the model is to speak."""
    return any(_SPOKEN_LINE.fullmatch(line.strip()) for line in text.splitlines())


def _directed(book: Book, line: str) -> str:
    found = _SPOKEN_LINE.fullmatch(line)
    if found is None:
        return line
    who = found["who"].strip()
    voices = {name.casefold(): voice for name, voice in book.voices.items()}
    voice = found["voice"] or voices.get(who.casefold())
    if voice is None:
        raise ContentError(
            f"nobody knows how {who!r} sounds",
            hint=f"{nearest(who, book.voices)}write `[{who}, raspy deep voice]: …`, or add {who} to `voices` of "
            "prompts.yaml",
        )
    return f'[{who}, {voice}]: "{found["words"].strip().strip(chr(34))}"'


def timed_shots(text: str) -> tuple[TimedShot, ...]:
    """The shots of a prompt with timestamps, `Shot 1 [0:00-0:04] A close-up…`; empty for a prompt without any.

    Raises ContentError for shots that do not follow each other from 0:00, or words before the first.
    """
    shots: list[TimedShot] = []
    loose: list[str] = []
    for line in filter(str.strip, text.splitlines()):
        found = _TIMED_SHOT.fullmatch(line)
        if found:
            minute, second, end_minute, end_second = map(int, found.groups()[:4])
            shots.append(TimedShot(minute * 60 + second, end_minute * 60 + end_second, found[5].strip()))
        elif shots:
            last = shots.pop()
            shots.append(TimedShot(last.start, last.end, f"{last.prompt} {line.strip()}"))
        else:
            loose.append(line.strip())
    if shots and loose:
        raise ContentError(f"{loose[0]!r} stands before the first shot", hint="move it into a shot")
    _check_order(shots)
    return tuple(shots)


def _check_order(shots: Sequence[TimedShot]) -> None:
    now = 0
    for number, shot in enumerate(shots, start=1):
        if shot.start != now:
            raise ContentError(
                f"shot {number} starts at {_clock(shot.start)}, and it is {_clock(now)} then",
                hint="let each shot start where the one before it ends, the first at 0:00",
            )
        if shot.end <= shot.start:
            raise ContentError(f"shot {number} ends at {_clock(shot.end)}, before it has lasted a second")
        now = shot.end


def timestamps(shots: Iterable[TimedShot]) -> str:
    """Shots as one prompt with timestamps, for models without a list of shots."""
    return "\n".join(
        f"Shot {number} [{_clock(shot.start)}-{_clock(shot.end)}] {sentences(shot.prompt)}"
        for number, shot in enumerate(shots, start=1)
    )


def omni(
    book: Book, *, scene: str, references: Sequence[str], frame: str | None = None, ending: str | None = None
) -> str:
    """An Omni Reference prompt: `@ninja` becomes the label of the reference of that name, in the order given.

    The last line says how the scene ends, in the picture `frame` (the first reference unless said otherwise): without
    it a third of all clips cut to the reference sheet. Raises ContentError for a reference that does not exist.
    """
    labels = {name: f"@Image{number}" for number, name in enumerate(references, start=1)}
    stage = frame if frame is not None else next(iter(references), None)
    text = labelled(scene, references)
    if stage is None:
        raise ContentError("an Omni Reference prompt needs a reference", hint="add `references: {scene: frame.png}`")
    if _ENDING.casefold() in text.casefold():
        return sentences(text)
    return sentences(text, f"{_ENDING} {(ending or book.defaults.omni_ending).strip(' .')} in {_label(stage, labels)}")


def labelled(text: str, references: Sequence[str]) -> str:
    """A text whose `@name` became `@Image1`, …, in the order of the references. Raises ContentError for others."""
    labels = {name: f"@Image{number}" for number, name in enumerate(references, start=1)}
    return _REFERENCE.sub(lambda found: _label(found[1], labels), text)


def by_place(text: str, references: Sequence[str]) -> str:
    """A text whose `@name` became `image 1`, …: as picture models know inputs (docs/sources/avatars.md#upscaling)."""
    labels = {name: f"image {number}" for number, name in enumerate(references, start=1)}
    return _REFERENCE.sub(lambda found: _label(found[1], labels), text)


def _label(name: str, labels: Mapping[str, str]) -> str:
    if name in labels:
        return labels[name]
    if re.fullmatch(r"(?:Image|Element|Video)\d+", name):
        return f"@{name}"
    raise ContentError(
        f"there is no reference @{name}", hint=f"{nearest(name, labels)}references: {', '.join(labels) or 'none'}"
    )


def _clock(seconds: int) -> str:
    return f"{seconds // 60}:{seconds % 60:02d}"
