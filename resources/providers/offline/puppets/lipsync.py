"""What a puppet's mouth does in each drawing: the shapes that its voice tells, else the letters of its words.

How far it opens follows the loudness either way. How mouths look is each puppet's own; everything else that moves is
`resources.providers.offline.puppets.motion`'s.
"""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from resources.core.values import MouthCue, Viseme, Word
from resources.providers.offline.puppets.parts import DRAWN_FPS, PRESSED, SHUT, Lips, Mouth, mouth_index

Curve = NDArray[np.float64]

_MOUTHS = {
    Viseme.REST: Mouth(Lips.FREE),
    Viseme.MBP: Mouth(Lips.PRESSED),
    Viseme.FV: Mouth(Lips.BITE, 0.3, 0.1),
    Viseme.L: Mouth(Lips.TONGUE, 0.55, 0.3),
    Viseme.ETC: Mouth(Lips.TEETH, 0.34, 0.4),
    Viseme.AI: Mouth(Lips.FREE, 1.0, 0.1),
    Viseme.E: Mouth(Lips.FREE, 0.62, 0.9),
    Viseme.OH: Mouth(Lips.FREE, 0.85, -0.55),
    Viseme.U: Mouth(Lips.FREE, 0.5, -0.85),
    Viseme.WQ: Mouth(Lips.FREE, 0.26, -1.0),
}
_CLOSURES = (Lips.PRESSED, Lips.BITE)  # seen however short: the eye misses them at once
_LEAD = 0.02  # seconds by which lips are ahead of the sound that they shape
_FINE = 16  # steps of a drawing
_BLEND = 19  # steps: 80 ms, in which one shape becomes another
_FULL = 1.6  # the envelope is in decibels; this power opens the mouth wide on stressed syllables only
_LEAST = 0.3  # of a shape's own opening, where a syllable is faint
_ROUND, _SPREAD = set("ouwq"), set("eiy")


def mouths(loud: Curve, words: Sequence[Word], cues: Sequence[MouthCue] | None) -> tuple[list[int], Curve]:
    """For each drawing its mouth, as an index of MOUTHS, and how far it is open, 0 … 1.

    `loud` is how loud the time of each is, 0 … 1. Without `cues` the letters of `words` say how wide the mouth is.
    """
    return _by_words(loud, words) if cues is None else _by_cues(loud, cues)


def smooth(values: Curve, width: int) -> Curve:
    """A moving average under a Hann window of `width` samples, an odd number."""
    window = np.hanning(width + 2)[1:-1]
    padded = np.pad(values, width // 2, mode="edge")
    return np.convolve(padded, window / window.sum(), mode="valid")[: len(values)]


def _by_cues(loud: Curve, cues: Sequence[MouthCue]) -> tuple[list[int], Curve]:
    drawings = len(loud)
    shapes = [_MOUTHS[cue.shape] for cue in cues]
    starts = np.array([cue.start for cue in cues]) - _LEAD
    steps = (np.arange(drawings * _FINE) + 0.5) / (DRAWN_FPS * _FINE)
    which = np.maximum(np.searchsorted(starts, steps, side="right") - 1, 0)
    middles = which[_FINE // 2 :: _FINE][:drawings].copy()
    for index, (mouth, start, end) in enumerate(zip(shapes, starts, [*starts[1:], drawings / DRAWN_FPS], strict=True)):
        if mouth.lips in _CLOSURES:
            seen = min(max(round((start + end) / 2 * DRAWN_FPS - 0.5), 0), drawings - 1)
            middles[seen] = index
    opening, width = (
        smooth(np.array([getattr(mouth, name) for mouth in shapes])[which], _BLEND)[_FINE // 2 :: _FINE][:drawings]
        for name in ("opening", "width")
    )
    opening = opening * (_LEAST + (1 - _LEAST) * loud**_FULL)
    # A stop is silent for a moment and keeps its shape; where nothing is heard for longer, nothing is said.
    quiet = np.array([loud[max(0, drawing - 1) : drawing + 2].max() == 0 for drawing in range(drawings)])
    opening[quiet] = 0
    drawn: list[int] = []
    for drawing, cue in enumerate(middles.tolist()):
        lips = shapes[cue].lips
        if quiet[drawing]:
            drawn.append(SHUT)
        elif lips is Lips.PRESSED:
            opening[drawing] = 0
            drawn.append(PRESSED)
        else:
            wanted = opening[drawing] if lips is Lips.FREE else shapes[cue].opening * (0.6 + 0.4 * loud[drawing])
            drawn.append(mouth_index(lips, float(wanted), float(width[drawing])))
    return drawn, opening


def _by_words(loud: Curve, words: Sequence[Word]) -> tuple[list[int], Curve]:
    drawings = len(loud)
    opening, width = loud**_FULL, np.zeros(drawings)
    for word in words:
        letters = [letter for letter in word.text.lower() if letter.isalpha()]
        first, last = round(word.start * DRAWN_FPS), min(round(word.end * DRAWN_FPS), drawings)
        for drawing in range(max(first, 0), last if letters else 0):
            letter = letters[min(len(letters) - 1, (drawing - first) * len(letters) // max(last - first, 1))]
            width[drawing] = -0.5 if letter in _ROUND else 0.5 if letter in _SPREAD else 0.0
    drawn = [mouth_index(Lips.FREE, share, wide) for share, wide in zip(opening.tolist(), width.tolist(), strict=True)]
    return drawn, opening
