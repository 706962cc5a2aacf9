"""What a speech engine delivers, and word times from its marks: every written word gets one, whatever it says of it.

eSpeak NG marks what it speaks, not what is written: "I am" has one mark, "$499.99" six, a dash none.
"""

import re
from bisect import bisect_right
from collections.abc import Sequence
from itertools import pairwise
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from resources.core.values import Word
from resources.media.audio.voice_track import WINDOW, Samples
from resources.media.timebase import RATE


class Spoken(NamedTuple):
    """A line as an engine spoke it: mono samples, and when each word and each phoneme begins.

    `marks` are (character of the text from 0, second), in spoken order; `phonemes` (IPA, second), with a space or a
    sign where nothing is said.
    """

    sound: Samples
    rate: int
    marks: Sequence[tuple[int, float]]
    phonemes: Sequence[tuple[str, float]]


_WINDOW_SECONDS = WINDOW / RATE


def word_times(
    text: str, marks: Sequence[tuple[int, float]], heard: NDArray[np.bool_], seconds: float
) -> tuple[Word, ...]:
    """The words of `text.split()` with times. `marks` are (character of the text from 0, second), in spoken order.

    `heard` tells for each window of `media.audio.voice_track.heard` whether there is sound in it, `seconds` is the
    sound's length: a word starts at its first mark and ends where sound last is before the next word, so that a pause
    belongs to no word.
    """
    tokens = list(re.finditer(r"\S+", text))
    if not tokens:
        return ()
    starts = _starts(tokens, marks, seconds)
    return tuple(
        Word(text=token[0], start=start, end=_end(start, after, heard))
        for token, (start, after) in zip(tokens, pairwise([*starts, seconds]), strict=True)
    )


def _starts(tokens: Sequence[re.Match[str]], marks: Sequence[tuple[int, float]], seconds: float) -> list[float]:
    """A start for each token: its first mark; tokens without one share the time since the token before, by length."""
    ends = [token.end() for token in tokens]
    anchors = {0: 0.0}
    for character, second in marks:
        # A mark in the space before a word is that word's: positions can be one short after an accent.
        index = min(bisect_right(ends, character), len(tokens) - 1)
        if index > max(anchors):
            anchors[index] = min(second, seconds)
    starts: list[float] = []
    for (index, second), (later, until) in pairwise([*anchors.items(), (len(tokens), seconds)]):
        lengths = np.array([len(token[0]) for token in tokens[index:later]])
        shares = np.concatenate([[0], np.cumsum(lengths)[:-1]]) / lengths.sum()
        starts += (second + shares * (until - second)).tolist()
    return starts


def _end(start: float, after: float, heard: NDArray[np.bool_]) -> float:
    first, last = round(start / _WINDOW_SECONDS), round(after / _WINDOW_SECONDS)
    sounding = np.flatnonzero(heard[first:last])
    return min((first + int(sounding[-1]) + 1) * _WINDOW_SECONDS, after) if sounding.size else after
