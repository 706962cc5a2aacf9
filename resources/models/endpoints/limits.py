"""What a file must be before an endpoint takes it: its length, size, shape and form, each with its source.

Pure figures and their check. Measuring a file is `media.probe` and `quality.lint.picture_rules`; what is not
measured is not judged.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date

from resources.models.endpoints.arguments import Arguments

MEGABYTE = 1_000_000


@dataclass(frozen=True)
class MediaFacts:
    """What was measured of a file. None is "not measured". Lengths in seconds, sides in pixels, size in bytes."""

    suffix: str | None = None  # with the dot, lower case
    size: int | None = None
    seconds: float | None = None
    width: int | None = None
    height: int | None = None
    fps: float | None = None
    transparent: bool | None = None  # some pixel can be seen through


@dataclass(frozen=True)
class Span:
    """An allowed range; `under` says that the upper end itself is already too much."""

    least: float
    most: float
    under: bool = False

    def holds(self, value: float) -> bool:
        """Whether `value` lies in the range."""
        return self.least <= value and (value < self.most if self.under else value <= self.most)

    def text(self, unit: str = "") -> str:
        """The range in words: `2-60 s`, `0 to under 30 s`."""
        between = " to under " if self.under else "-"
        return f"{self.least:g}{between}{self.most:g}{' ' + unit if unit else ''}"


@dataclass(frozen=True)
class MediaLimit:
    """What one file argument takes.

    `seconds_by` names an argument (`resolution`, `character_orientation`) and gives the allowed length for each of its
    values. Ratios are width / height.
    """

    source: str
    on: date  # the day of the source
    suffixes: frozenset[str] = frozenset()
    seconds: Span | None = None
    seconds_by: tuple[str, Mapping[str, Span]] | None = None
    max_bytes: int | None = None
    sides: Span | None = None
    ratio: Span | None = None
    fps: Span | None = None
    opaque: bool = False
    advice: str | None = None

    def length(self, arguments: Arguments | None = None) -> Span | None:
        """The allowed length under these arguments; without arguments, the widest that any choice allows."""
        if self.seconds_by is None:
            return self.seconds
        name, spans = self.seconds_by
        if arguments is None:
            return max(spans.values(), key=lambda span: span.most)
        return spans[str(getattr(arguments, name))]

    def problems(self, facts: MediaFacts, arguments: Arguments | None = None) -> Iterator[str]:
        """What is wrong with a file, each as half a sentence; nothing when it is fit."""
        if self.suffixes and facts.suffix is not None and facts.suffix not in self.suffixes:
            yield f"is a {facts.suffix} and must be {', '.join(sorted(self.suffixes))}"
        if self.max_bytes and facts.size is not None and facts.size > self.max_bytes:
            yield f"is {facts.size / MEGABYTE:.2f} MB and may be {self.max_bytes / MEGABYTE:g} MB"
        length = self.length(arguments)
        if length and facts.seconds is not None and not length.holds(facts.seconds):
            yield f"lasts {facts.seconds:.2f} s and must last {length.text('s')}"
        if self.fps and facts.fps is not None and not self.fps.holds(facts.fps):
            yield f"has {facts.fps:g} frames a second and must have {self.fps.text()}"
        if self.opaque and facts.transparent:
            yield "is transparent in places, which come out black"
        yield from self._shape(facts)

    def _shape(self, facts: MediaFacts) -> Iterator[str]:
        if facts.width is None or facts.height is None:
            return
        size = f"{facts.width}x{facts.height}"
        if self.sides and not all(self.sides.holds(side) for side in (facts.width, facts.height)):
            most = f" to {self.sides.most:g}" if self.sides.most < float("inf") else " or more"
            yield f"is {size} and each side must be {self.sides.least:g}{most} px"
        if self.ratio and not self.ratio.holds(facts.width / facts.height):
            yield f"is {size}, a shape of {facts.width / facts.height:.2f}, and must be {self.ratio.text()}"
