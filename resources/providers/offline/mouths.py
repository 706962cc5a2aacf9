"""Mouth shapes from phonemes: which of the ten a viewer sees, and when. Nothing is drawn here.

Phonemes are IPA of any language; what the table does not know is a consonant of the kind that shows little.
"""

from collections.abc import Iterator, Sequence
from itertools import pairwise

from resources.core.values import MouthCue, Viseme

_SOUNDS = {
    Viseme.MBP: "mbpɓʙɱ",
    Viseme.FV: "fvʋⱱ",
    Viseme.L: "lɫɭʎʟɬɮθð",
    Viseme.WQ: "wʍɥqɸβ",
    Viseme.U: "uʊyʏʉɯøœ",
    Viseme.OH: "oɔɒɤɵ",
    Viseme.AI: "aɑæʌɐɶ",
    Viseme.E: "eɛɜɘɞəɚɝiɪɨᵻᵊ",
}
_SHAPES = {sound: shape for shape, sounds in _SOUNDS.items() for sound in sounds}
_NEXT = frozenset("ˈˌ'hɦʔ")  # the mouth is on its way to what follows
_SAME = frozenset("ːˑ\u0329\u0303ʰʲ- ")  # and here it stays
_PAUSES = frozenset(';:,.!?—…"()“”_|‖')


def mouth_cues(phonemes: Sequence[tuple[str, float]], seconds: float) -> tuple[MouthCue, ...]:
    """The shapes of a line that lasts `seconds`, each until the next begins, the first at 0.

    `phonemes` are (IPA, second at which it begins), in order; one of several letters, such as a diphthong or an
    affricate, goes through the shape of each. A sign of punctuation, an empty one and the end are a mouth at rest.
    """
    cues = [MouthCue(shape=Viseme.REST, start=0.0)]
    for shape, second in _shapes(phonemes, seconds):
        start = round(second, 3)
        if start <= cues[-1].start:  # nothing was seen of the one before
            start = cues.pop().start
        if not cues or shape is not cues[-1].shape:
            cues.append(MouthCue(shape=shape, start=start))
    return tuple(cues)


def _shapes(phonemes: Sequence[tuple[str, float]], seconds: float) -> Iterator[tuple[Viseme, float]]:
    waiting: float | None = None  # since when the mouth is on its way
    for (letters, start), (_, end) in pairwise([*phonemes, ("", max(seconds, phonemes[-1][1] if phonemes else 0.0))]):
        seen = [letter for letter in letters if letter not in _SAME] if letters else ["."]
        for index, letter in enumerate(seen):
            at = start + (end - start) * index / len(seen)
            if letter in _NEXT:
                waiting = at if waiting is None else waiting
                continue
            yield (
                _SHAPES.get(letter, Viseme.REST if letter in _PAUSES else Viseme.ETC),
                at if waiting is None else waiting,
            )
            waiting = None
    yield Viseme.REST, seconds
