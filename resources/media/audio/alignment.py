"""From characters on the model's clock to written words on the sound's own.

The clock of the model runs up to 12 % apart from the sound it made, tags stand among the characters, and a pause
belongs to the punctuation before it. What comes out is always `spoken.split()`, in order, within the sound.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from resources.core.values import Word
from resources.media.audio.voice_track import WINDOW
from resources.media.timebase import RATE

_WINDOW_SECONDS = WINDOW / RATE
_WORD_BASE = 2  # letters: a short word takes longer than its letters tell
_NEAR_SILENCE = 15  # windows: a word that would begin so close to the end of a silence begins there
_BRACKETED = re.compile(r"\[[^\[\]]*\]")


@dataclass(frozen=True)
class Alignment:
    """Each character of the sent text with its start and end, in seconds of the model's clock. Equal lengths."""

    characters: Sequence[str]
    starts: Sequence[float]
    ends: Sequence[float]


def aligned_words(spoken: str, alignment: Alignment, seconds: float, *, tags: bool) -> tuple[Word, ...] | None:
    """The words of `spoken` with times in seconds of the sound, which is `seconds` long. `tags`: brackets are unspoken.

    A word ends with its last letter or digit, not with the pause after it. None when the alignment is of another text,
    or of no length: then there is nothing to go by.
    """
    timed = _spoken_characters(alignment, tags=tags)
    tokens = spoken.split()
    clock = max(alignment.ends, default=0.0)
    if clock <= 0 or "".join(character for character, _, _ in timed) != "".join(tokens):
        return None
    ratio = seconds / clock
    words: list[Word] = []
    begin = 0
    for token in tokens:
        letters = timed[begin : begin + len(token)]
        begin += len(token)
        heard = [end for character, _, end in letters if character.isalnum()] or [letters[-1][2]]
        start = min(max(letters[0][1] * ratio, words[-1].end if words else 0.0), seconds)
        words.append(Word(text=token, start=start, end=min(max(heard[-1] * ratio, start), seconds)))
    return tuple(words)


def words_by_sound(spoken: str, heard: NDArray[np.bool_], seconds: float) -> tuple[Word, ...]:
    """The words of `spoken` over the time in which there is sound, each by its length: for audio without an alignment.

    `heard` tells for each 10 ms window whether there is sound in it. Pauses fall where the sound has them; inside
    running speech a word may be off by some tenths of a second.
    """
    tokens = spoken.split()
    sounding = np.flatnonzero(heard)
    if not tokens or not sounding.size:
        return ()
    lengths = np.array([_WORD_BASE + sum(map(str.isalnum, token)) for token in tokens], dtype=np.float64)
    edges = np.concatenate([[0.0], np.cumsum(lengths)]) / lengths.sum() * sounding.size
    begun = np.concatenate([[0], np.flatnonzero(np.diff(sounding) > 1) + 1, [sounding.size]])  # after each silence
    nearest = begun[np.abs(begun[None, :] - edges[:, None]).argmin(axis=1)]
    edges = np.where(np.abs(nearest - edges) <= _NEAR_SILENCE, nearest, edges)
    first = sounding[np.minimum(edges[:-1].astype(int), sounding.size - 1)]
    last = sounding[np.maximum(np.ceil(edges[1:]).astype(int) - 1, 0)] + 1
    return tuple(
        Word(text=token, start=min(start, seconds), end=min(max(end, start), seconds))
        for token, start, end in zip(
            tokens, (first * _WINDOW_SECONDS).tolist(), (last * _WINDOW_SECONDS).tolist(), strict=True
        )
    )


def _spoken_characters(alignment: Alignment, *, tags: bool) -> list[tuple[str, float, float]]:
    """Code points that are spoken, with their times: no white space and, with `tags`, no bracketed phrase."""
    timed = [
        (point, start, end)
        for character, start, end in zip(alignment.characters, alignment.starts, alignment.ends, strict=True)
        for point in character
    ]
    text = "".join(point for point, _, _ in timed)
    unspoken = {index for match in _BRACKETED.finditer(text) for index in range(*match.span())} if tags else set()
    return [one for index, one in enumerate(timed) if index not in unspoken and not one[0].isspace()]
