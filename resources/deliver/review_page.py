"""The review page: what it shows, as values, and the one self-contained file that shows it.

Media are linked by paths from the page's own folder, so that the folder can be moved whole. How the page looks and
acts is `review_page.html`; everything that came from a person reaches it as JSON and is shown as text, never as HTML.
"""

import json
from collections.abc import Sequence
from pathlib import Path

from resources.core.values import Value

_TEMPLATE = Path(__file__).with_name("review_page.html")
_SLOT = "/*REVIEW*/null"


class Told(Value):
    """A check's result."""

    check: str
    passed: bool
    told: str


class Take(Value):
    """An earlier performance of a segment that is still there."""

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
    """A segment of the cut. Paths are relative to the page; seconds are of the whole cut."""

    segment: str
    name: str
    color: str
    start: float
    end: float
    chapter: str | None
    words: tuple[ReviewWord, ...]
    cost_usd: float
    take: int
    layout: str
    poster: str
    video: str
    clips: dict[str, str]  # what is seen in it -> path
    checks: tuple[Told, ...]
    retake: str  # the command
    takes: tuple[Take, ...] = ()


class Other(Value):
    """Another cut to lay beside this one."""

    label: str
    video: str
    review: str


class Review(Value):
    """A whole episode as it is reviewed."""

    episode: str
    title: str
    mode: str
    seconds: float
    width: int
    height: int
    cost_usd: float
    video: str
    segments: tuple[ReviewSegment, ...]
    checks: tuple[Told, ...]
    others: tuple[Other, ...] = ()


def review_page(review: Review) -> str:
    """The page as HTML."""
    return filled(_TEMPLATE, review)


def filled(template: Path, shown: Value) -> str:
    """A page's template with what it shows."""
    data = json.dumps(shown.model_dump(mode="json"), ensure_ascii=False, separators=(",", ":"))
    # Inside a script element only '<' could end it; the two separators are no line breaks in JSON but are in old JS.
    safe = data.replace("<", "\\u003c").replace("\u2028", "\\u2028").replace("\u2029", "\\u2029")
    head, slot, tail = template.read_text(encoding="utf-8").partition(_SLOT)
    if not slot:
        raise ValueError(f"{template.name} has no place for its data")
    return head + safe + tail


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
