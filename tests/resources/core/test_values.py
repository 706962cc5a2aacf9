"""Receipts as one: every dollar and request is in the sum, and units only where they can be added."""

from resources.core.values import Receipt, Word

ONE = Receipt(
    provider="fal",
    endpoint="kling",
    take=1,
    cost_usd=0.1,
    estimated_usd=0.2,
    billed_units=5.0,
    unit="seconds",
    unit_price_usd=0.02,
    request_id="r1",
    queue_seconds=4.0,
)
TWO = Receipt(
    provider="fal",
    endpoint="kling",
    take=3,
    reused=True,
    saved_usd=0.4,
    billed_units=2.5,
    unit="seconds",
    unit_price_usd=0.03,
    request_id="r2",
    queue_seconds=9.0,
    flag="odd",
    by_estimate=True,
)


def test_receipts_are_added_up() -> None:
    total = Receipt.sum_of([ONE, TWO, ONE.model_copy(update={"cost_usd": 0.2, "request_id": None})])
    assert (total.cost_usd, total.estimated_usd, total.saved_usd) == (0.3, 0.4, 0.4)
    assert (total.provider, total.endpoint, total.request_id) == ("fal", "kling", "r1, r2")
    assert (total.take, total.billed_units, total.queue_seconds, total.unit_price_usd) == (3, 12.5, 9.0, 0.03)
    assert (total.flag, total.by_estimate) == ("odd", True)


def test_only_what_is_wholly_reused_counts_as_reused() -> None:
    assert not Receipt.sum_of([ONE, TWO]).reused
    assert Receipt.sum_of([TWO, TWO]).reused


def test_units_that_are_not_all_told_or_of_other_kinds_make_no_sum() -> None:
    assert Receipt.sum_of([ONE, TWO.model_copy(update={"billed_units": None})]).billed_units is None
    assert Receipt.sum_of([ONE, TWO.model_copy(update={"unit": "units"})]).billed_units is None
    assert Receipt.sum_of([ONE, TWO]).billed_units == 7.5


def test_a_word_in_a_sound_that_begins_earlier_is_later() -> None:
    assert Word(text="a", start=0.5, end=0.75).later(1.0) == Word(text="a", start=1.5, end=1.75)
