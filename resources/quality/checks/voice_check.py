"""A voice as it was delivered: is it the line, said once and to its end? Judged before a clip is bought for it.

Voices are cheap and clips are not. What is measured here is only how a take stands to its text: nobody's performance.
A take that is doubted may still be right, so a person listens and may accept it.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from resources.content.lines.speech import UNSPACED, UNSPACED_WORDS, estimate_seconds
from resources.core.values import Word
from resources.media.audio.voice_track import WINDOW, Samples, audible, window_levels
from resources.media.timebase import RATE

_STEP: Final = WINDOW / RATE  # seconds
_LETTERS_A_SECOND: Final = 13.0  # of an alphabet: 172 words a minute of English, 130 of German
_SLOW, _SLACK_SECONDS = 1.45, 0.4  # a good take is at most so many times as long as estimated, and so much longer
_SLOW_IF_ALIKE: Final = 1.2  # where its second half sounds like its first
_ALIKE: Final = 0.55  # Pearson of two halves' loudness: the same words again .6 and more, other words up to .5
_FAST: Final = 0.74  # a take of 12 % faster speech is .8 and more
_MOST_LETTERS_A_SECOND: Final = 24.0  # nobody speaks so fast: the fastest presenters reach 20
_FULL, _DYING = 0.3, 0.4  # the last 20 ms of a take, to loud speech and to the 100 ms before them
_EDGE, _FALLING = 0.1, 0.25  # the last 10 ms of a take, to loud speech; the 10 ms before them, to the 50 ms before that
_LOST: Final = 0.08  # of the letters
_LITTLE: Final = 0.35  # of the estimate: so little sound is no line
_LONGEST_PAUSE: Final = 2.5  # seconds inside a take; a tag may ask for a longer one
_TAG_SECONDS: Final = 3.5  # a laugh, a sigh, a pause: longer is a tag that was read out or ran away
_WORDLESS: Final = 0.35  # of the sound: so much of it belongs to no word
_MUTE: Final = 0.3  # of the letters: so many stand where nothing is heard
_TAG: Final = re.compile(r"\[[^\[\]]*\]")


@dataclass(frozen=True)
class Take:
    """A take and its line. `sound` is 48 kHz mono, `words` have their times in it, `performance` has `[tags]`."""

    sound: Samples
    words: Sequence[Word]
    spoken: str
    performance: str
    words_per_minute: float


def judge_take(take: Take) -> list[str]:
    """Why a person should listen to a take before more is bought for it; nothing where it may be its line."""
    levels = window_levels(take.sound)
    found = audible(levels)
    places = np.flatnonzero(found)
    least, most = _estimates(take)
    heard = len(places) * _STEP
    if heard < _LITTLE * least:
        return [f"almost nothing is heard: {heard:.1f} s of sound for a line of about {least:.1f} s"]
    begin, end = int(places[0]), int(places[-1]) + 1
    tags, wordless = len(_TAG.findall(take.performance)), _wordless(take.words, found)
    spoken = (end - begin) * _STEP - min(wordless, tags * _TAG_SECONDS)
    return [
        *_doubled(spoken, most, levels[begin:end]),
        *_cut_off(spoken, least, take, levels[begin:end]),
        *_silent(take.words, found, places, tags),
        *_run_away(wordless, heard, tags),
    ]


def _estimates(take: Take) -> tuple[float, float]:
    """How long the line takes, in seconds: by its words, and by its letters; the shorter and the longer of both."""
    by_words = estimate_seconds(take.spoken, take.words_per_minute)
    letters = _letters(take.spoken)
    unspaced, digits = len(UNSPACED.findall(take.spoken)), sum(map(str.isdigit, take.spoken))
    word = 60 / take.words_per_minute
    by_letters = letters / _LETTERS_A_SECOND + word * (UNSPACED_WORDS * unspaced + digits)
    return min(by_words, by_letters), max(by_words, by_letters)


def _letters(spoken: str) -> int:
    """Letters of scripts with spaces."""
    return sum(map(str.isalpha, UNSPACED.sub("", spoken)))


def _doubled(spoken: float, most: float, levels: Samples) -> list[str]:
    if spoken > _SLOW * most + _SLACK_SECONDS:
        return [f"it lasts {spoken:.1f} s, and its line takes about {most:.1f} s: perhaps it is said twice"]
    if spoken > _SLOW_IF_ALIKE * most + _SLACK_SECONDS and _alike(levels) > _ALIKE:
        return [f"its second half sounds like its first, and it lasts {spoken:.1f} s for about {most:.1f} s"]
    return []


def _cut_off(spoken: float, least: float, take: Take, levels: Samples) -> list[str]:
    if spoken < _FAST * least:
        return [f"it lasts {spoken:.1f} s, and its line takes about {least:.1f} s: perhaps its end is missing"]
    pace = _letters(take.spoken) / max(spoken, _STEP)
    if pace > _MOST_LETTERS_A_SECOND:
        return [f"{pace:.0f} letters a second: perhaps some of them are missing"]
    if _unheard_end(take.words):
        return ["its last words have no sound"]
    if _breaks_off(levels):
        return ["it breaks off in full voice"]
    return []


def _unheard_end(words: Sequence[Word]) -> bool:
    """Whether the last words have no time of their own, for there is no sound left for them."""
    total = sum(len(word.text) for word in words)
    lost = 0
    for word in reversed(words):
        if word.end - word.start > 2 * _STEP:
            break
        lost += len(word.text)
    return lost > _LOST * total


def _breaks_off(levels: Samples) -> bool:
    """Whether the sound ends in full voice: words die away, over some hundredths of a second at least.

    Between two syllables a voice is low, too: it is then still to be heard in the very last windows, and does not fall.
    """
    if len(levels) < 20:
        return False
    loud = float(np.percentile(levels, 90))
    last, before = float(levels[-3:-1].mean()), float(levels[-13:-3].mean())
    in_full_voice = last > _FULL * loud and last > _DYING * before
    between_syllables = levels[-1] > _EDGE * loud and levels[-2] > _FALLING * float(levels[-7:-2].mean())
    return in_full_voice or bool(between_syllables)


def _silent(words: Sequence[Word], found: NDArray[np.bool_], places: NDArray[np.intp], tags: int) -> list[str]:
    pause = float(np.diff(places).max(initial=0)) * _STEP
    if pause > _LONGEST_PAUSE + tags * _TAG_SECONDS:
        return [f"{pause:.1f} s in the middle of it are silent"]
    total = sum(len(word.text) for word in words)
    mute = sum(len(word.text) for word in words if not _part(found, word).any())
    return ["some of its words are not heard"] if mute > _MUTE * total else []


def _run_away(wordless: float, heard: float, tags: int) -> list[str]:
    if wordless > _TAG_SECONDS * max(tags, 1) and wordless > _WORDLESS * heard:
        what = "its tags take" if tags else "there are"
        return [f"{what} {wordless:.1f} s of sound that are no words"]
    return []


def _wordless(words: Sequence[Word], found: NDArray[np.bool_]) -> float:
    """How much sound belongs to no word, in seconds."""
    rest = found.copy()
    for word in words:
        _part(rest, word)[:] = False
    return float(rest.sum()) * _STEP


def _part(windows: NDArray[np.bool_], word: Word) -> NDArray[np.bool_]:
    return windows[int(word.start / _STEP) : int(np.ceil(word.end / _STEP))]


def _alike(levels: Samples) -> float:
    """How much a later part of a sound is like its beginning: Pearson's r of their loudness, at the best place."""
    steps = len(levels) // 3 * 3
    loud = np.log(np.maximum(levels[:steps].reshape(-1, 3).mean(axis=1), 1e-4))
    best = -1.0
    for lag in range(int(0.4 * len(loud)), int(0.62 * len(loud))):
        for stretch in (0.92, 0.96, 1.0, 1.04, 1.08):
            count = int(min(len(loud) - lag, lag / stretch))
            later = np.interp(np.arange(count) * stretch, np.arange(len(loud) - lag), loud[lag:])
            first = loud[:count]
            if count > 12 and first.std() > 0 and later.std() > 0:
                best = max(best, float(np.corrcoef(first, later)[0, 1]))
    return best
