"""Letters can be read on what they stand on."""

from hypothesis import given
from hypothesis import strategies as st

from resources.media.typography.colours import INK, PAPER, ink_on, legible, told_apart

COLOURS = st.integers(0, 0xFFFFFF).map(lambda number: f"#{number:06x}")


def test_a_colour_that_can_be_read_stays_and_one_that_cannot_becomes_lighter_or_darker() -> None:
    assert legible("#22d3ee", INK) == "#22d3ee"
    assert legible("#050505", INK) == "#696969"
    assert legible("#22d3ee", PAPER) == "#1ca2ba"


@given(COLOURS, COLOURS)
def test_what_is_made_legible_can_be_told_from_its_ground(color: str, ground: str) -> None:
    assert told_apart(legible(color, ground), ground)
    assert told_apart(ink_on(ground), ground)
