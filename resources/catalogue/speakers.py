"""The models that speak a recording: every way to order one, how long it may be, and the split of a longer turn.

Pure: a turn is its words and their times. Cutting the sound and joining the clips is the editor's.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import get_args

from resources.catalogue import registry
from resources.catalogue.arguments import Arguments
from resources.catalogue.endpoint import Endpoint, Kind
from resources.catalogue.limits import Span
from resources.errors import ContentError
from resources.seams import Word

_ENDS = (".", "!", "?", "…", "。", "！", "？")
_CLOSERS = "\"'”’»)]"
# Words whose full stop ends no sentence.
_ABBREVIATIONS = frozenset({"mr.", "mrs.", "ms.", "dr.", "prof.", "vs.", "e.g.", "i.e.", "approx."})
_UNBOUNDED = Span(0, float("inf"))
_PLACEHOLDER = "https://example.invalid/file"  # where only the other settings of arguments matter


@dataclass(frozen=True)
class SpeakerOption:
    """An avatar model with the resolution that it is ordered at; "" where the model offers no choice."""

    endpoint: Endpoint
    resolution: str = ""

    @property
    def name(self) -> str:
        """What a person reads: `OmniHuman v1.5 at 720p`."""
        return f"{self.endpoint.name} at {self.resolution}" if self.resolution else self.endpoint.name

    def arguments(self, *, image_url: str, audio_url: str, prompt: str | None) -> Arguments:
        """The arguments of one turn; a prompt is left out where the model takes none."""
        settings = {"image_url": image_url, "audio_url": audio_url, "resolution": self.resolution, "prompt": prompt}
        return self.endpoint.parse(
            {name: value for name, value in settings.items() if value and name in self.endpoint.settings()}
        )

    def sample(self) -> Arguments:
        """Arguments without files, for limits and prices."""
        return self.arguments(image_url=_PLACEHOLDER, audio_url=_PLACEHOLDER, prompt=None)

    def span(self) -> Span:
        """How long the sound may be, in seconds."""
        return self.endpoint.media["audio_url"].length(self.sample()) or _UNBOUNDED


@dataclass(frozen=True)
class Part:
    """A piece of a turn: `start` and `end` in seconds of the whole sound; the words' times count from `start`."""

    start: float
    end: float
    words: tuple[Word, ...]

    @property
    def seconds(self) -> float:
        """How long the piece lasts."""
        return self.end - self.start

    @property
    def text(self) -> str:
        """What is said in it."""
        return " ".join(word.text for word in self.words)


def options() -> tuple[SpeakerOption, ...]:
    """Every avatar model at each of its resolutions."""
    return tuple(
        SpeakerOption(endpoint, resolution)
        for endpoint in registry.by_kind(Kind.AVATAR)
        for resolution in resolutions(endpoint)
    )


def resolutions(endpoint: Endpoint) -> tuple[str, ...]:
    """The resolutions that an endpoint offers, its default first; ("",) where there is no choice."""
    field = endpoint.arguments.model_fields.get("resolution")
    if field is None:
        return ("",)
    choices = tuple(str(choice) for choice in get_args(field.annotation))
    return tuple(sorted(choices, key=lambda choice: choice != field.default))


def option(endpoint: str, resolution: str | None = None) -> SpeakerOption:
    """The option of a model id. Raises ContentError for a model that does not speak or has not this resolution."""
    entry = registry.get(endpoint)
    if entry.kind is not Kind.AVATAR:
        speakers = ", ".join(speaker.id for speaker in registry.by_kind(Kind.AVATAR))
        raise ContentError(f"{entry.name} does not speak a recording", where=endpoint, mend=f"use one of {speakers}")
    offered = resolutions(entry)
    if resolution is not None and resolution not in offered:
        raise ContentError(
            f"{entry.name} has no resolution {resolution!r}",
            where=endpoint,
            mend=f"it has {', '.join(offered)}"
            if offered != ("",)
            else "it offers no choice: leave the resolution out",
        )
    return SpeakerOption(entry, offered[0] if resolution is None else resolution)


def able(seconds: float) -> tuple[SpeakerOption, ...]:
    """The options that take `seconds` of speech in one piece."""
    return tuple(choice for choice in options() if choice.span().holds(seconds))


def fit(speaker: SpeakerOption, words: Sequence[Word], seconds: float) -> tuple[Part, ...]:
    """The pieces of a turn for this model: one if it fits, else as few and as even as sentences allow.

    `words` have times within the turn's `seconds` of sound. Cuts lie in the middle of the silence between two
    sentences; the pieces touch each other, so that they can be joined without a seam. Raises ContentError, naming the
    models that take the turn whole, if no cut at sentences fits.
    """
    span = speaker.span()
    if span.holds(seconds):
        return (Part(0.0, seconds, tuple(words)),)
    cuts = _best_cuts(_sentence_ends(words), seconds, span) if seconds > span.least else None
    if cuts is None:
        raise _too_long(speaker, seconds, span)
    edges = [(0, 0.0), *cuts, (len(words), seconds)]
    return tuple(
        Part(begin, end, tuple(_shifted(word, begin) for word in words[first:last]))
        for (first, begin), (last, end) in pairwise(edges)
    )


def _sentence_ends(words: Sequence[Word]) -> list[tuple[int, float]]:
    """For each sentence but the last: how many words come before the cut, and the second at which to cut."""
    return [
        (index + 1, (word.end + following.start) / 2)
        for index, (word, following) in enumerate(pairwise(words))
        if _ends_a_sentence(word.text)
    ]


def _ends_a_sentence(word: str) -> bool:
    bare = word.rstrip(_CLOSERS)
    return bare.endswith(_ENDS) and bare.lower() not in _ABBREVIATIONS


def _best_cuts(places: list[tuple[int, float]], seconds: float, span: Span) -> list[tuple[int, float]] | None:
    """The fewest cuts whose pieces all lie in `span`; among those, the ones with the shortest longest piece."""
    best: dict[int, tuple[int, float, list[tuple[int, float]]]] = {}  # place -> pieces, longest piece, cuts so far
    times = [0.0, *(time for _, time in places), seconds]
    best[0] = (0, 0.0, [])
    for end in range(1, len(times)):
        reached = [
            (pieces + 1, max(longest, times[end] - times[begin]), [*cuts, *([places[begin - 1]] if begin else [])])
            for begin, (pieces, longest, cuts) in best.items()
            if span.holds(times[end] - times[begin])
        ]
        if reached:
            best[end] = min(reached, key=lambda found: found[:2])
    found = best.get(len(times) - 1)
    return found[2] if found else None


def _shifted(word: Word, by: float) -> Word:
    return Word(text=word.text, start=word.start - by, end=word.end - by)


def _too_long(speaker: SpeakerOption, seconds: float, span: Span) -> ContentError:
    whole = ", ".join(choice.name for choice in able(seconds))
    if seconds < span.least:
        return ContentError(
            f"a turn of {seconds:.2f} s is too short for {speaker.name}, which takes {span.text('s')}",
            mend=f"say a few words more, or use {whole}" if whole else "say a few words more",
        )
    return ContentError(
        f"a turn of {seconds:.2f} s cannot be split for {speaker.name}",
        why=f"it takes {span.text('s')}, and no cut between sentences leaves pieces of that length",
        mend=f"write shorter sentences, or use {whole}" if whole else "write shorter sentences, or make it two turns",
    )
