"""The mouth of a puppet, drawing by drawing: closed on m, b and p, open as loud as the voice, shut in silence."""

import numpy as np
import pytest

from resources.core.values import MouthCue, Viseme, Word
from resources.providers.offline.puppets.lipsync import mouths
from resources.providers.offline.puppets.parts import DRAWN_FPS, MOUTHS, PRESSED, SHUT, Lips, mouth_index

LOUD = np.full(60, 0.9)


def cues(*shapes: tuple[Viseme, float]) -> list[MouthCue]:
    return [MouthCue(shape=shape, start=start) for shape, start in shapes]


def drawn(*shapes: tuple[Viseme, float], loud: np.ndarray = LOUD) -> list[int]:
    return mouths(loud, (), cues(*shapes))[0]


@pytest.mark.parametrize("start", np.arange(0.2, 0.3, 0.007))
@pytest.mark.parametrize(("closure", "lips"), [(Viseme.MBP, Lips.PRESSED), (Viseme.FV, Lips.BITE)])
def test_a_closure_is_seen_however_short_it_is(start: float, closure: Viseme, lips: Lips) -> None:
    found = drawn((Viseme.AI, 0.0), (closure, start), (Viseme.AI, start + 0.012))
    closed = [drawing for drawing, index in enumerate(found) if MOUTHS[index].lips is lips]
    assert closed
    assert all(abs((drawing + 0.5) / DRAWN_FPS - start) < 0.05 for drawing in closed)


def test_lips_are_pressed_and_the_jaw_is_up_on_m() -> None:
    found, opening = mouths(LOUD, (), cues((Viseme.AI, 0.0), (Viseme.MBP, 0.5), (Viseme.AI, 0.7)))
    assert set(found[8:10]) == {PRESSED}
    assert opening[8:10].max() == 0
    assert opening[:6].min() > 0.5


def test_every_viseme_is_drawn_otherwise() -> None:
    found = {shape: drawn((shape, 0.0))[30] for shape in Viseme}
    assert len(set(found.values())) == len(Viseme) == 10
    assert found[Viseme.REST] == SHUT


def test_round_shapes_are_narrow_and_spread_ones_wide() -> None:
    width = {shape: MOUTHS[drawn((shape, 0.0))[30]].width for shape in Viseme}
    assert width[Viseme.WQ] < width[Viseme.OH] < width[Viseme.AI] <= width[Viseme.E]


def test_a_louder_syllable_opens_wider() -> None:
    faint, full = (MOUTHS[drawn((Viseme.AI, 0.0), loud=np.full(60, share))[30]].opening for share in (0.3, 1.0))
    assert full > faint + 0.3


def test_silence_shuts_the_mouth_whatever_is_told() -> None:
    loud = LOUD.copy()
    loud[10:20] = 0
    found = drawn((Viseme.AI, 0.0), loud=loud)
    assert set(found[11:19]) == {SHUT}
    assert SHUT not in found[:10]


def test_one_shape_becomes_another_by_way_of_what_lies_between() -> None:
    opening = mouths(LOUD, (), cues((Viseme.WQ, 0.0), (Viseme.AI, 0.5)))[1]
    assert 0.2 < (opening[7] - opening[4]) / (opening[10] - opening[4]) < 0.97


def test_without_shapes_letters_and_loudness_move_it() -> None:
    words = (Word(text="oooo", start=0.0, end=1.0), Word(text="eeee", start=1.0, end=2.0))
    found, opening = mouths(LOUD, words, None)
    assert {MOUTHS[index].width for index in found[:14]} == {-0.5}
    assert {MOUTHS[index].width for index in found[16:30]} == {0.5}
    assert opening.min() == opening.max() > 0.8


def test_a_voice_without_shapes_is_no_silent_one() -> None:
    assert SHUT not in mouths(LOUD, (), None)[0]


def test_every_drawing_is_found_by_what_it_shows() -> None:
    assert [mouth_index(*mouth) for mouth in MOUTHS] == list(range(len(MOUTHS)))
