"""Spoken words to SRT and VTT, for players: the words of the picture's captions, in lines as broadcasters have them."""

import math
from collections.abc import Iterable, Iterator
from functools import lru_cache
from itertools import chain

from resources.core.values import Value, Word
from resources.media.typography.bidi import leftwards, marked
from resources.media.typography.cues import Cue, cues_of, text_of
from resources.media.typography.phrases import columns

_COLUMNS, _LINES, _WORDS = 42, 2, 16


class Spoken(Value):
    """Who says what, from `start` seconds of the whole cut on. Words' times count from that start."""

    start: float
    name: str
    words: tuple[Word, ...]


def srt(turns: Iterable[Spoken], language: str = "en") -> str:
    """SubRip text of a whole cut, one caption for each one or two lines. `language`: where words are hyphenated."""
    blocks = (
        f"{number}\n{clock(start, ',')} --> {clock(end, ',')}\n{_escape(text)}\n"
        for number, (start, end, _, text) in enumerate(_plain(turns, language), 1)
    )
    return "\n".join(blocks)


def vtt(turns: Iterable[Spoken], language: str = "en") -> str:
    """WebVTT text of a whole cut; each caption says who speaks. `language`: see `srt`."""
    blocks = (
        f"{clock(start, '.')} --> {clock(end, '.')}\n<v {_escape(name)}>{_escape(text)}\n"
        for start, end, name, text in _plain(turns, language)
    )
    return "\n".join(["WEBVTT\n", *blocks])


def clock(seconds: float, mark: str) -> str:
    """HH:MM:SS and milliseconds after `mark`."""
    minutes, milliseconds = divmod(round(seconds * 1000), 60_000)
    hours, minutes = divmod(minutes, 60)
    return f"{hours:02d}:{minutes:02d}:{milliseconds // 1000:02d}{mark}{milliseconds % 1000:03d}"


def _plain(turns: Iterable[Spoken], language: str) -> Iterator[tuple[float, float, str, str]]:
    """Start, end, name and text of every caption of a cut."""
    shown = [
        (turn.start + cue.start, turn.start + cue.end, turn.name, _read(turn, cue))
        for turn in turns
        for cue in _cues(turn.words, language)
    ]
    nexts = chain((start for start, _, _, _ in shown[1:]), [math.inf])  # none has a next one where none is
    for (start, end, name, text), following in zip(shown, nexts, strict=False):
        yield start, min(end, following), name, text  # no player shows two at once well


@lru_cache(maxsize=512)
def _cues(words: tuple[Word, ...], language: str) -> tuple[Cue, ...]:
    """The captions of a turn: the same in each of a cut's files and pages, and in each of its formats."""
    return tuple(cues_of(words, lambda text: columns(text) <= _COLUMNS, lines=_LINES, most=_WORDS, language=language))


def _read(turn: Spoken, cue: Cue) -> str:
    """The lines of a caption, each to be read the way that the turn is: players go by a line's first letter."""
    leftward = leftwards(" ".join(word.text for word in turn.words))
    return "\n".join(marked(text_of(line), leftward=leftward) for line in cue.lines)


def _escape(text: str) -> str:
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
