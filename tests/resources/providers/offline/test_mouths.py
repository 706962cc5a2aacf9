"""Which mouth shape a phoneme is, and how long it is held."""

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from resources.core.values import Viseme
from resources.providers.offline.mouths import mouth_cues


def shapes(*phonemes: tuple[str, float], seconds: float = 9.0) -> list[tuple[str, float]]:
    return [(cue.shape.value, cue.start) for cue in mouth_cues(phonemes, seconds)]


@pytest.mark.parametrize(
    ("phonemes", "shape"),
    [
        ("mbp", Viseme.MBP),
        ("fv", Viseme.FV),
        ("lθð", Viseme.L),
        ("tdnkɡsʃʒɹj", Viseme.ETC),
        ("aɑæʌ", Viseme.AI),
        ("eɛiɪə", Viseme.E),
        ("oɔ", Viseme.OH),
        ("uʊ", Viseme.U),
        ("w", Viseme.WQ),
        (".,?!…—", Viseme.REST),
    ],
)
def test_a_sound_has_the_shape_that_animators_give_it(phonemes: str, shape: Viseme) -> None:
    for phoneme in phonemes:
        assert mouth_cues([("k" if shape is not Viseme.ETC else "a", 0.0), (phoneme, 0.5)], 1.0)[1].shape is shape


def test_a_word_goes_through_the_shapes_of_its_sounds() -> None:
    assert shapes(("b", 0.1), ("ˈʌ", 0.2), ("t", 0.3), (" ", 0.4), ("m", 0.5), ("iː", 0.6), (".", 0.8)) == [
        ("rest", 0.0), ("mbp", 0.1), ("ai", 0.2), ("etc", 0.3), ("mbp", 0.5), ("e", 0.6), ("rest", 0.8),
    ]  # fmt: skip


def test_a_diphthong_goes_from_shape_to_shape() -> None:
    assert shapes(("aʊ", 0.0), ("t", 0.4)) == [("ai", 0.0), ("u", 0.2), ("etc", 0.4), ("rest", 9.0)]


def test_stress_and_breath_belong_to_the_vowel_that_follows() -> None:
    assert shapes(("ˈ", 0.1), ("ɔ", 0.2)) == [("rest", 0.0), ("o", 0.1), ("rest", 9.0)]
    assert shapes(("h", 0.1), ("u", 0.2)) == [("rest", 0.0), ("u", 0.1), ("rest", 9.0)]


def test_nothing_said_is_a_mouth_at_rest() -> None:
    assert shapes() == [("rest", 0.0)]
    assert shapes(("", 0.2), (".", 0.5)) == [("rest", 0.0)]


@given(
    st.lists(st.tuples(st.text(max_size=4), st.floats(0, 5)), max_size=20).map(
        lambda found: sorted(found, key=lambda each: each[1])
    )
)
def test_cues_rise_and_no_shape_follows_itself(phonemes: list[tuple[str, float]]) -> None:
    cues = mouth_cues(phonemes, 5.0)
    starts = [cue.start for cue in cues]
    assert starts[0] == 0
    assert starts == sorted(set(starts))
    assert all(cue.shape is not after.shape for cue, after in pairwise(cues))
