"""Which words of a turn are stressed: those that are said louder than the rest, and those written in capitals."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from resources.core.values import Word
from resources.media.audio.voice_track import WINDOW, window_levels
from resources.media.timebase import RATE

_LOUDER_DB = 2.0  # a word's mean level over the turn's median word: even speech varies by less
_SHORTEST = 0.18  # seconds: articles are no punchlines, however loud
_OF_WORDS = 5  # at most one of so many words is stressed by its loudness


def stressed(words: Sequence[Word], sound: NDArray[np.float32]) -> tuple[int, ...]:
    """The numbers of the stressed words, rising. `sound` is the turn's track, 48 kHz mono."""
    if not words:
        return ()
    levels = np.square(window_levels(sound), dtype=np.float64)
    loud = np.array([_decibels(levels, word) for word in words])
    over = loud - np.median(loud)
    ranked = sorted(range(len(words)), key=lambda number: -over[number])
    chosen = {
        number
        for number in ranked[: len(words) // _OF_WORDS]
        if over[number] >= _LOUDER_DB and words[number].end - words[number].start >= _SHORTEST
    }
    return tuple(sorted(chosen | {number for number, word in enumerate(words) if _shouted(word.text)}))


def _decibels(levels: NDArray[np.float64], word: Word) -> float:
    first = int(word.start * RATE / WINDOW)
    heard = levels[first : max(int(word.end * RATE / WINDOW), first + 1)]
    return float(10 * np.log10(max(heard.mean() if heard.size else 0.0, 1e-10)))


def _shouted(text: str) -> bool:
    letters = [letter for letter in text if letter.isalpha()]
    return len(letters) > 4 and all(letter.isupper() for letter in letters)  # USA, NASA: said, not shouted
