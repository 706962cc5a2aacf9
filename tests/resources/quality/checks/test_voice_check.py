"""Takes with random parameters: those that are said twice, cut off or silent are doubted, and good ones are not."""

from collections.abc import Callable
from dataclasses import dataclass, replace

import numpy as np
import pytest

from resources.content.lines.speech import clean_speech
from resources.core.values import Word
from resources.media.audio.voice_track import Samples
from resources.media.timebase import RATE
from resources.quality.checks.voice_check import Take, judge_take

TAKES, SEED = 200, 2026  # of a seed that the check was not tuned on
LINES = {
    "en": [
        "[excited] What's up ninjas! Big news today, and nobody saw it coming.",
        "Oh yeah, this one is wild.",
        "The new patch breaks the meta, again. [laughs] They did it twice in one week!",
        "No way.",
        "It sold two million copies in its first week, which is more than all others together, and they are not done.",
    ],
    "de": [
        "Der neue Patch verändert wirklich alles, und niemand hat damit gerechnet.",
        "[lacht] Das ist doch völlig verrückt, oder?",
        "Die Geschwindigkeitsbegrenzung wurde überraschend aufgehoben. Endlich!",
    ],
    "es": [
        "El nuevo parche lo cambia todo, y nadie lo esperaba.",
        "[risas] ¡No me lo puedo creer! Otra vez lo mismo.",
        "Se vendieron muchas copias en la primera semana, más que todas las demás juntas.",
    ],
    "ja": ["新しいパッチですべてが変わりました。誰も予想していませんでした。", "[笑] 本当に信じられない。またですか。"],
}
RATE_OF_SHOW = 172.0
_PAUSES = {",": 0.2, "、": 0.25, ".": 0.4, "!": 0.4, "?": 0.4, "。": 0.4}


@dataclass(frozen=True)
class Said:
    """A take under way: its sound, and its words with their times."""

    sound: Samples
    words: tuple[Word, ...]

    @property
    def seconds(self) -> float:
        return len(self.sound) / RATE


_TIME = np.arange(12 * RATE) / RATE
_TONE = np.asarray(sum(np.sin(2 * np.pi * 140 * harmonic * _TIME) / harmonic for harmonic in (1, 2, 3)), np.float32)
_NOISE = np.asarray(np.random.default_rng(0).normal(0, 1e-4, 40 * RATE), dtype=np.float32)


def burst(chance: np.random.Generator, seconds: float, level: float) -> Samples:
    """A word: a pitched sound in syllables, each of which rises and dies away."""
    count = max(int(seconds * RATE), 1)
    syllable = seconds / max(round(seconds / 0.18), 1)
    shape = 0.55 - 0.45 * np.cos(2 * np.pi * _TIME[:count] / syllable)
    fade = np.minimum(1, np.arange(count, 0, -1) / (chance.uniform(0.04, 0.08) * RATE))
    return np.asarray(level * _TONE[:count] * shape * fade, dtype=np.float32)


def quiet(seconds: float) -> Samples:
    """A room in which nobody speaks."""
    return _NOISE[: int(seconds * RATE)]


def say(chance: np.random.Generator, performance: str, pace: float) -> Said:
    """Say a line: words by their letters, pauses by their points, laughter where a tag asks for it."""
    pieces, words, clock = [quiet(0.06)], [], 0.06
    for token in performance.replace("[", " [").replace("]", "] ").split():
        if token.startswith("["):
            laughs = int(chance.integers(2, 10)) if token != "[excited]" else 0
            for _ in range(laughs):
                pieces += [burst(chance, 0.12, 0.15), quiet(0.1)]
                clock += 0.22
            continue
        letters = sum(map(str.isalnum, token))
        is_wide = any(ord(letter) > 0x3000 for letter in token)
        steady = 0.03 if is_wide else 0.15  # a token without spaces is a whole sentence
        seconds = pace * chance.uniform(1 - steady, 1 + steady)
        seconds *= 0.2 * letters if is_wide else 0.08 + 0.055 * letters
        words.append(Word(text=token, start=clock, end=clock + seconds))
        pause = pace * (_PAUSES.get(token[-1], 0.0) * chance.uniform(0.5, 1.3) + chance.uniform(0, 0.05))
        pieces += [burst(chance, seconds, chance.uniform(0.12, 0.25)), quiet(pause)]
        clock += seconds + pause
    return Said(np.concatenate(pieces), tuple(words))


def stretched(words: tuple[Word, ...], ratio: float) -> tuple[Word, ...]:
    """Words as the alignment has them whose clock is fitted to a sound of another length."""
    return tuple(Word(text=word.text, start=word.start * ratio, end=word.end * ratio) for word in words)


def good(chance: np.random.Generator, said: Said, performance: str) -> Said:
    del chance, performance
    return said


def doubled(chance: np.random.Generator, said: Said, performance: str) -> Said:
    """Said twice; the times are of the first time, or spread over both."""
    again = say(chance, performance, chance.uniform(0.9, 1.1))
    both = np.concatenate([said.sound, quiet(chance.uniform(0.1, 0.8)), again.sound])
    words = said.words if chance.random() < 0.5 else stretched(said.words, len(both) / len(said.sound))
    return Said(both, words)


def cut_off(chance: np.random.Generator, said: Said, performance: str) -> Said:
    """Without its end; the times are squeezed into what is there, or go on after it."""
    del performance
    word = said.words[int(len(said.words) * chance.uniform(0.3, 0.8))]
    end = max(word.start + chance.uniform(0.3, 0.8) * (word.end - word.start), 0.25)
    sound = said.sound[: int(end * RATE)]
    if chance.random() < 0.5:
        return Said(sound, stretched(said.words, end / said.seconds))
    words = [Word(text=each.text, start=min(each.start, end), end=min(each.end, end)) for each in said.words]
    return Said(sound, tuple(words))


def silent(chance: np.random.Generator, said: Said, performance: str) -> Said:
    """Nothing at all, next to nothing, or a hole where most of the words should be."""
    del performance
    kind = int(chance.integers(3))
    if kind == 0:
        return replace(said, sound=np.zeros_like(said.sound))
    if kind == 1:
        return replace(said, sound=quiet(said.seconds) / np.float32(100))
    sound = said.sound.copy()
    begin = int(chance.uniform(0.02, 0.2) * len(sound))
    sound[begin : begin + int(0.75 * len(sound))] = 0
    return replace(said, sound=sound)


def doubted(change: Callable[[np.random.Generator, Said, str], Said]) -> float:
    """Which share of takes is doubted."""
    chance = np.random.default_rng(SEED)
    lines = [line for of_language in LINES.values() for line in of_language]
    count = 0
    for number in range(TAKES):
        line = clean_speech(lines[number % len(lines)])
        said = say(chance, line.performance, chance.uniform(0.88, 1.12))
        take = change(chance, said, line.performance)
        count += bool(judge_take(Take(take.sound, take.words, line.spoken, line.performance, RATE_OF_SHOW)))
    return count / TAKES


@pytest.mark.parametrize("change", [doubled, cut_off, silent])
def test_a_take_that_is_not_its_line_is_doubted(change: Callable[[np.random.Generator, Said, str], Said]) -> None:
    assert doubted(change) >= 0.95


def test_a_good_take_is_hardly_ever_doubted() -> None:
    assert doubted(good) <= 0.02


def test_a_doubt_says_what_a_person_should_listen_for() -> None:
    chance, line = np.random.default_rng(SEED), LINES["en"][4]
    said = say(chance, line, 1.0)
    twice = np.concatenate([said.sound, said.sound])
    half = said.sound[: len(said.sound) // 2]
    doubts = [judge_take(Take(sound, said.words, line, line, RATE_OF_SHOW)) for sound in (said.sound, twice, half)]
    assert doubts[0] == []
    assert "perhaps it is said twice" in doubts[1][0]
    assert "perhaps its end is missing" in doubts[2][0]
    assert "almost nothing is heard" in judge_take(Take(said.sound * 0, said.words, line, line, RATE_OF_SHOW))[0]
