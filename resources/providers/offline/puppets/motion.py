"""How a puppet moves: one Pose for each frame, from the sound it speaks or the mood it listens in.

Everything is seeded by content: the same line moves the same way every time. What a mouth does follows the sound
without lag; all else is a sum of slow waves, a few gestures, and a spring for what hangs loose.
"""

from collections.abc import Sequence
from functools import cache
from random import Random

import numpy as np
from numpy.typing import NDArray

from resources.content.moods import PLAYED, played_mood
from resources.core.values import MouthCue, Word
from resources.media.timebase import FPS
from resources.providers.offline.puppets.lipsync import Curve, mouths, smooth
from resources.providers.offline.puppets.parts import HELD, LOOP_FRAMES, SHUT, SMILE, Eyes, Pose, dice

TURNS_AT = LOOP_FRAMES // 2  # the pose from which a loop goes back the way it came
_BOB = 7.0  # units that the head nods down on a stress
_BLINK = (Eyes.HALF, Eyes.SHUT, Eyes.SHUT, Eyes.HALF)  # 130 ms, as a person's


def mood_of(mood: str | None) -> str:
    """The mood that a puppet can show for the show's own name of one: attentive unless it is known."""
    return played_mood(mood) or PLAYED[0]


def speaking(
    envelope: NDArray[np.float32],
    drawings: int,
    words: Sequence[Word],
    seed: int,
    cues: Sequence[MouthCue] | None = None,
) -> list[Pose]:
    """The drawings of a line. `envelope`: how loud each frame is, 0 … 1; `cues`, else `words`, shape the mouth."""
    random = dice(seed)
    frames = drawings * HELD
    loud = np.zeros(frames)
    loud[: min(frames, len(envelope))] = envelope[:frames]
    beats = _beats(loud)
    # From where every calm loop begins, as a model's clips begin with their picture.
    way = _sway()[:, np.arange(frames) % LOOP_FRAMES]
    eyes = [Eyes.OPEN] * frames
    for beat in beats[::2]:
        _hold(eyes, beat - 2, 9, Eyes.WIDE)
    start = random.randint(3 * FPS, 6 * FPS)
    while start < frames - FPS // 2:  # a smile of the eyes now and then, as long as a phrase
        _hold(eyes, start, random.randint(18, 30), Eyes.HAPPY)
        start += random.randint(5 * FPS, 9 * FPS)
    _blinks(eyes, random, frames)
    drawn, opening = mouths(loud.reshape(-1, HELD).mean(axis=1), words, cues)
    slips = _slips(random, frames)
    turn, nod, roll, lift, swing = way
    bob = _BOB * _bumps(beats, frames, 9)
    return _poses(turn, nod, roll, lift, swing, _scan(frames, 100), 0.5 * turn, eyes, drawn, opening, slips, bob)


def _mood_way(mood: str, random: Random) -> Curve:
    """A way like `_sway`, held as a mood holds the head; painted for its own loop alone."""
    calm = {"amused": 1.25, "surprised": 0.7, "doubtful": 0.8}[mood]
    turn = calm * 0.55 * _there_and_back(random, (1, 2, 3))
    nod = 0.22 * _there_and_back(random, (1, 2)) + {"surprised": -0.35, "doubtful": 0.15}.get(mood, 0.0)
    roll = calm * (1.0 * _there_and_back(random, (1, 2)) + 0.8 * turn)
    roll += {"amused": 1.2, "doubtful": -2.4}.get(mood, 0.0)
    lift = 0.6 * _there_and_back(random, (2,))
    swing = _spring(turn * 1.6 + roll * 0.5 + 0.5 * _there_and_back(random, (3, 5)), warm=2)
    return np.stack([turn, nod, roll, lift, swing])


@cache
def _sway() -> Curve:
    """How heads sway, the end meeting the start: turn, nod, roll, lift and swing in each of LOOP_FRAMES poses.

    Every line and every calm listener goes this way from its beginning: what is painted for one serves all.
    """
    random = dice(11)
    turn = 0.85 * _there_and_back(random, (1, 2, 4))
    nod = 0.45 * _there_and_back(random, (2, 3))
    roll = 1.2 * _there_and_back(random, (1, 2, 3)) + 0.9 * turn
    lift = 0.7 * _there_and_back(random, (1,))
    swing = _spring(turn * 1.6 + roll * 0.5 + 0.6 * _there_and_back(random, (2, 4)), warm=2)
    return np.stack([turn, nod, roll, lift, swing])


def listening(mood: str, seed: int) -> list[Pose]:
    """The drawings of a loop in a mood of `mood_of`: the last leads into the first. The mouth is shut."""
    random = dice(seed)
    frames = LOOP_FRAMES
    nods = [start + random.randint(-6, 6) for start in (32, 46, 118)] if mood != "surprised" else [40]
    bob = _BOB * _bumps(nods, frames, 13, loop=True)
    turn, nod, roll, lift, swing = _sway() if mood == "attentive" else _mood_way(mood, random)
    rest = {"surprised": Eyes.WIDE, "doubtful": Eyes.HALF}.get(mood, Eyes.OPEN)
    eyes = [rest] * frames
    drawn = [SMILE if mood == "amused" else SHUT] * (frames // HELD)
    for start, length in {"attentive": ((128, 34),), "amused": ((20, 50), (100, 56))}.get(mood, ()):
        at = start + random.randint(-8, 8)
        _hold(eyes, at, length, Eyes.HAPPY)
        drawn[at // HELD : (at + length) // HELD] = [SMILE] * ((at + length) // HELD - at // HELD)
    for start in (14, 78, 110) if mood != "amused" else (84, 168):
        _blink(eyes, start + random.randint(-6, 6))
    gaze = turn * 0.4 + (0.6 if mood == "doubtful" else 0.0)
    still = np.zeros(frames // HELD)
    slips = _slips(random, frames)
    return _poses(turn, nod, roll, lift, swing, _scan(frames, 90), gaze, eyes, drawn, still, slips, bob)


def _poses(
    turn: Curve, nod: Curve, roll: Curve, lift: Curve, swing: Curve, scan: Curve, gaze: Curve,
    eyes: list[Eyes], drawn: list[int], opening: Curve, slips: list[int], bob: Curve,
) -> list[Pose]:  # fmt: skip
    """The poses that are drawn, each to be held for HELD frames; mouths are told by drawing, all else by frame."""
    columns = [curve[::HELD].tolist() for curve in (turn, nod, roll, lift, swing, scan, gaze)]
    mouth = (drawn, opening.tolist())
    return [Pose(*row) for row in zip(*columns, eyes[::HELD], *mouth, slips[::HELD], bob[::HELD].tolist(), strict=True)]


def _there_and_back(random: Random, rates: Sequence[float]) -> Curve:
    """A sum of sines within -1 … 1 over LOOP_FRAMES, of about `rates` turns, that goes back the way it came.

    Half of the loop's poses are the other half's, to the last bit: they are painted once. It comes to rest where it
    turns round.
    """
    way = (1 - np.cos(np.pi * np.arange(TURNS_AT + 1) / TURNS_AT)) / 2
    total = np.zeros(TURNS_AT + 1)
    for index, rate in enumerate(rates):
        total += np.sin(2 * np.pi * (rate / 2 * way + random.random())) / (1 + index * 0.6)
    there = total / sum(1 / (1 + index * 0.6) for index in range(len(rates)))
    return np.asarray(np.concatenate([there, there[-2:0:-1]]))


def _beats(loud: Curve) -> list[int]:
    """Frames of stress: the loudest of each neighbourhood, at least 0.5 s apart."""
    level = smooth(loud, 5)
    found: list[int] = []
    for frame in range(2, len(level) - 2):
        peak = level[frame] == level[max(0, frame - 7) : frame + 8].max()
        if peak and level[frame] > 0.75 and (not found or frame - found[-1] >= FPS // 2):
            found.append(frame)
    return found


def _bumps(centres: Sequence[int], frames: int, width: int, *, loop: bool = False) -> Curve:
    bump = np.hanning(2 * width + 1)
    curve = np.zeros(frames)
    for centre in centres:
        places = np.arange(centre - width, centre + width + 1)
        inside = np.ones(len(places), dtype=bool) if loop else (places >= 0) & (places < frames)
        np.add.at(curve, places[inside] % frames, bump[inside])
    return curve


def _hold(eyes: list[Eyes], start: int, length: int, state: Eyes) -> None:
    for frame in range(max(start, 0), min(start + length, len(eyes))):
        eyes[frame] = state


def _blink(eyes: list[Eyes], start: int) -> None:
    for offset, state in enumerate(_BLINK):
        if 0 <= start + offset < len(eyes) and eyes[start + offset] is not Eyes.HAPPY:
            eyes[start + offset] = state


def _blinks(eyes: list[Eyes], random: Random, frames: int) -> None:
    start = random.randint(12, 50)
    while start < frames - len(_BLINK):
        _blink(eyes, start)
        start += random.choice((7, 0, 0, 0)) + random.randint(2 * FPS, 4 * FPS)


def _slips(random: Random, frames: int) -> list[int]:
    slips = [0] * frames
    start = random.randint(20, 60)
    while start < frames - 6:
        for offset in range(random.randint(2, 4)):
            slips[start + offset] = random.randint(1, 99)
        start += random.randint(50, 110)
    return slips


def _scan(frames: int, period: int) -> Curve:
    return (np.arange(frames) % period) / period


def _spring(pull: Curve, warm: int) -> Curve:
    """What hangs loose, in degrees: a damped spring drawn along by `pull`; `warm` rounds of a loop settle it first."""
    angle, speed = float(pull[0]), 0.0
    curve = np.zeros(len(pull))
    for _ in range(warm + 1):
        for frame, target in enumerate(pull.tolist()):
            speed = 0.86 * speed + 0.055 * (target - angle)
            angle += speed
            curve[frame] = angle
    return curve * 5
