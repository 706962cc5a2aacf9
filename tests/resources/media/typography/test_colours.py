"""Letters can be read on what they stand on."""

import colorsys

from hypothesis import assume, given
from hypothesis import strategies as st

from resources.media.typography.colours import GOLD, INK, LIT, PAPER, ink_on, legible, set_apart, told_apart

COLOURS = st.integers(0, 0xFFFFFF).map(lambda number: f"#{number:06x}")


def test_a_colour_that_can_be_read_stays_and_one_that_cannot_becomes_lighter_or_darker() -> None:
    assert legible("#22d3ee", INK) == "#22d3ee"
    assert legible("#050505", INK) == "#cdcdcd"  # black has no hue to shine in: it is silver
    assert legible("#0a0a12", INK) == legible("#0a0a12", INK, LIT)
    assert legible("#1a0033", INK) == "#8303ff"  # what is nearly black and has one shines in it
    assert legible("#22d3ee", PAPER) == "#0e9cb2"
    assert legible("#d40000", INK, LIT) == "#ff4c4c"


def test_letters_on_a_field_are_dark_or_white_as_they_are_read_better() -> None:
    assert [ink_on(field) for field in ("#22d3ee", "#ff4fd8", "#d40000", "#0000ff")] == [INK, INK, PAPER, PAPER]


def test_what_would_be_taken_for_the_other_letters_is_gold() -> None:
    assert [set_apart(color, PAPER) for color in ("#22d3ee", "#ffffff", "#cdcdcd", "#fffde0", "#ffc0cb")] == [
        "#22d3ee",
        GOLD,
        GOLD,
        GOLD,
        "#ffc0cb",
    ]


@given(COLOURS, COLOURS)
def test_what_is_made_legible_can_be_told_from_its_ground(color: str, ground: str) -> None:
    assert told_apart(legible(color, ground), ground)
    assert told_apart(ink_on(ground), ground)


@given(COLOURS)
def test_a_brands_colour_that_is_made_lighter_keeps_its_hue(color: str) -> None:
    light = legible(color, INK, LIT)
    hues = [
        colorsys.rgb_to_hls(*(int(each[place : place + 2], 16) / 255 for place in (1, 3, 5))) for each in (color, light)
    ]
    assume(hues[0][2] > 0.3 and hues[0][1] > 0.15 and hues[1][1] < 0.9)  # black, white and grey have next to none
    apart = abs(hues[0][0] - hues[1][0])
    assert min(apart, 1 - apart) < 0.03
