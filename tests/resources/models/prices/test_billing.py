"""What a bill comes to: the recorded ones to the cent, and no number that a provider may send is believed blindly."""

import json
import math
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from resources.models.prices import Billed, PriceList, billed_usd
from resources.models.prices.billing import MOST_TIMES, TOLERANCE, number_of

RECORDED = Path(__file__).parents[3] / "recorded" / "answers.json"
BILLS: list[dict[str, Any]] = json.loads(RECORDED.read_text(encoding="utf-8"))["billing"]
DOLLARS = st.floats(min_value=1e-4, max_value=1e4)


@pytest.mark.parametrize("bill", BILLS, ids=lambda bill: bill["endpoint"].removeprefix("fal-ai/kling-video/"))
def test_a_recorded_bill_comes_to_what_the_provider_took(bill: dict[str, Any]) -> None:
    seconds = float(bill["ordered"].split()[0])
    estimate = PriceList.load().estimate(bill["endpoint"], seconds, "silent")
    assert estimate.platform_unit_usd == bill["platform_unit_usd"]
    billed = billed_usd(number_of(bill["x-fal-billable-units"]), estimate.platform_unit_usd, estimate.usd)
    assert (billed.usd, billed.counted_usd) == (bill["billed_usd"], bill["billed_usd"])
    assert not billed.flagged
    assert not billed.by_estimate


def test_aurora_is_billed_in_dollars_a_unit() -> None:
    estimate = PriceList.load().estimate("fal-ai/creatify/aurora", 10, "480p")
    billed = billed_usd(0.7, estimate.platform_unit_usd, estimate.usd)
    assert (billed.usd, billed.flagged) == (0.7, False)


def test_a_clip_of_another_length_costs_what_was_billed_and_is_flagged() -> None:
    billed = billed_usd(16.0, 0.07, 0.3)
    assert (billed.usd, billed.counted_usd, billed.flagged) == (1.12, 1.12, True)
    assert billed.why == "provider said 16 units, $1.12, where $0.30 were expected"


def test_caps_count_the_larger_of_a_bill_and_the_estimate() -> None:
    billed = billed_usd(2.0, 0.07, 0.35)
    assert (billed.usd, billed.counted_usd, billed.flagged) == (0.14, 0.35, True)


@pytest.mark.parametrize("header", ["-5", "1e9", "nan", "inf", "-inf", "1e308", "lots"])
def test_units_that_cannot_be_are_not_believed_and_the_estimate_counts(header: str) -> None:
    billed = billed_usd(number_of(header), 0.14, 0.56)
    assert (billed.usd, billed.counted_usd) == (0.56, 0.56)
    assert billed.flagged
    assert billed.by_estimate
    assert "provider said" in str(billed.why)
    assert "not believed" in str(billed.why)
    assert Billed.model_validate_json(billed.model_dump_json()) == billed


def test_without_units_or_without_their_price_the_estimate_counts_and_says_so() -> None:
    for billed in (billed_usd(None, 0.14, 0.56), billed_usd(4.0, None, 0.56)):
        assert (billed.usd, billed.by_estimate, billed.flagged) == (0.56, True, False)
    assert billed_usd(4.0, None, 0.56).units == 4.0


@given(st.none() | st.floats(), st.none() | DOLLARS, DOLLARS)
def test_whatever_a_provider_says_the_sums_are_sane(units: float | None, unit_usd: float | None, usd: float) -> None:
    billed = billed_usd(units, unit_usd, usd)
    assert 0 <= billed.usd <= MOST_TIMES * usd + 1e-6
    assert billed.counted_usd >= billed.usd
    assert math.isfinite(billed.counted_usd)
    assert billed.counted_usd <= MOST_TIMES * usd + 1e-6
    if billed.flagged:
        assert billed.counted_usd >= usd - 1e-6
        assert billed.why
    elif not billed.by_estimate:
        assert abs(billed.usd - usd) <= TOLERANCE * usd + 1e-6


@given(st.text())
def test_any_header_is_a_number_or_told_to_be_none(text: str) -> None:
    assert isinstance(number_of(text), float)
