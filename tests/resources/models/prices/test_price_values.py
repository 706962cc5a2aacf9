"""Dollars in words and an estimate for other units: nothing is rounded away."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from resources.models.prices.price_values import Estimate, exact_usd, usd
from tests.resources.purchasing.ledger.helpers import estimate


@pytest.mark.parametrize(
    ("amount", "message"),
    [(0, "$0.00"), (0.5, "$0.50"), (0.51, "$0.51"), (0.5102, "$0.5102"), (12.0, "$12.00"), (1e-6, "$0.000001")],
)
def test_dollars_are_told_with_all_their_digits(amount: float, message: str) -> None:
    assert exact_usd(amount) == message


@given(st.integers(0, 10**12))
def test_every_millionth_of_a_dollar_is_told(micros: int) -> None:
    assert round(float(exact_usd(micros / 1e6)[1:]) * 1e6) == micros


def test_an_estimate_of_other_units_is_at_the_same_price() -> None:
    assert estimate(1.0).of(3).usd == 0.3
    assert estimate(1.0).of(3).unit_price_usd == estimate(1.0).unit_price_usd


@pytest.mark.parametrize("wrong", [{"usd": -0.01}, {"usd": float("nan")}, {"units": float("inf")}])
def test_what_cannot_be_a_price_is_none(wrong: dict[str, float]) -> None:
    with pytest.raises(ValidationError):
        Estimate.model_validate({**estimate().model_dump(), **wrong})


@pytest.mark.parametrize(
    ("amount", "shown"),
    [
        (0, "$0.00"),
        (0.0042, "$0.0042"),
        (0.005, "$0.0050"),
        (0.01, "$0.01"),
        (0.0109, "$0.0109"),
        (0.0149, "$0.0149"),
        (0.05 + 0.02, "$0.07"),
        (0.1049, "$0.10"),
        (3.6, "$3.60"),
        (0.00004, "$0.00004"),
        (-0.001, "-$0.0010"),
        (-2.5, "-$2.50"),
    ],
)
def test_a_sum_too_small_for_cents_keeps_its_digits_and_no_cent_stands_for_a_cent_and_a_half(
    amount: float, shown: str
) -> None:
    assert usd(amount) == shown
