"""An episode as it is reviewed: what is shown of it, as values, and the one self-contained file that shows it.

The desk shows the same values by the same template (`templates/review.html`), with what can be done beside them. In the
file, media are linked by paths from the page's own folder, so that the folder can be moved whole.
"""

from collections.abc import Sequence
from enum import StrEnum
from pathlib import Path

from pydantic import Field

from resources.core.values import Value
from resources.deliver.page_templates import pages


class CheckResult(Value):
    """A check's result."""

    check: str
    passed: bool
    message: str


class Standing(StrEnum):
    """How a segment stands."""

    MADE = "made"
    WORKING = "working"  # a run is making it
    WAITING = "waiting"  # for a person's yes
    FAILED = "failed"
    MISSING = "missing"
    CHANGED = "changed"  # made from what is no longer so


_STANDING_WORDS = {
    Standing.MADE: "made",
    Standing.WORKING: "being made",
    Standing.WAITING: "waits for you",
    Standing.FAILED: "failed",
    Standing.MISSING: "not made yet",
    Standing.CHANGED: "out of date",
}


class MadeBy(Value):
    """Who made a part of a segment, for how much, and why that one."""

    part: str
    model: str
    cost_usd: float  # when it was made
    take: int
    reason: str = ""


class Take(Value):
    """An earlier performance of a segment that is still there. Its `number` is its place in the segment's list."""

    number: int = 0

    take: int
    text: str
    seconds: float
    cost_usd: float
    video: str
    speaker: str


class ReviewWord(Value):
    """A word, in seconds of the whole cut."""

    text: str
    start: float
    end: float


class ReviewSegment(Value):
    """A segment as it is shown. Seconds are of the whole cut, in which a shot may have no place; paths are the page's.

    What is not made yet has no path. `failure`: why the last run did not make it.
    """

    segment: str
    name: str
    color: str
    line: str  # its words, or its prompt
    start: float | None = None
    end: float | None = None
    chapter: str | None = None
    words: tuple[ReviewWord, ...] = ()
    cost_usd: float = 0.0
    take: int = 1
    layout: str = ""
    poster: str | None = None
    video: str | None = None
    voice: str | None = None
    clips: dict[str, str] = Field(default_factory=dict)  # what is seen in it -> path
    checks: tuple[CheckResult, ...] = ()
    made_by: tuple[MadeBy, ...] = ()
    retake: str = ""  # the command
    takes: tuple[Take, ...] = ()
    state: Standing = Standing.MADE
    failure: str = ""
    parts: tuple[str, ...] = ()  # what of it can be made anew

    @property
    def state_words(self) -> str:
        """How it stands, in words."""
        return _STANDING_WORDS[self.state]


class Other(Value):
    """Another cut to lay beside this one."""

    label: str
    video: str
    review: str


class Review(Value):
    """A whole episode as it is reviewed. Without a cut, `video` is None. `captions`: the address of a WebVTT file."""

    episode: str
    title: str
    mode: str
    seconds: float
    width: int
    height: int
    cost_usd: float
    video: str | None
    segments: tuple[ReviewSegment, ...]
    checks: tuple[CheckResult, ...]
    captions: str | None = None
    language: str = "en"
    others: tuple[Other, ...] = ()

    @property
    def placed(self) -> tuple[ReviewSegment, ...]:
        """The segments that have a place in the cut."""
        return tuple(each for each in self.segments if each.start is not None)

    @property
    def every_check(self) -> tuple[CheckResult, ...]:
        """All results, of the cut and of its segments."""
        return (*self.checks, *(check for each in self.segments for check in each.checks))


def review_page(review: Review) -> str:
    """The page as HTML."""
    return pages().get_template("review.html").render(review=review)


def others_in(output: Path, here: Path) -> tuple[Other, ...]:
    """All other cuts below an output folder, `output/<episode>/<mode>/final.mp4` and its other formats.

    As seen from the folder of the cut `here`.
    """
    cuts: Sequence[Path] = sorted(output.glob("*/*/final*.mp4"))
    return tuple(_other(cut) for cut in cuts if cut != here)


def _other(cut: Path) -> Other:
    episode, mode, shape = cut.parent.parent.name, cut.parent.name, cut.stem.removeprefix("final")
    return Other(
        label=" · ".join(filter(None, (episode, mode, shape.removeprefix("-")))),
        video=f"../../{episode}/{mode}/{cut.name}",
        review=f"../../{episode}/{mode}/review{shape}.html",
    )
