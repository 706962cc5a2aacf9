"""What the pricing API answers, held against what is known of an endpoint: confirmed, moved, contradicted or new."""

from datetime import date
from typing import Any

import pytest

from resources.core.errors import StudioError
from resources.models.prices.offers import SOURCE, Known, contradiction, near, offers_of, same_unit, taken
from resources.models.prices.price_values import PlatformPrice, Price, Unit

THEN, TODAY = date(2026, 11, 1), date(2026, 12, 1)
NOTHING = Known((), None)


def item(**changes: Any) -> dict[str, Any]:
    return {"endpoint_id": "fal-ai/x", "unit_price": 0.1, "unit": "seconds", "currency": "USD", **changes}


def platform(usd: float = 0.1, unit: str = "seconds", day: date = TODAY) -> PlatformPrice:
    return PlatformPrice(endpoint="fal-ai/x", unit=unit, unit_usd=usd, date=day, source=SOURCE)


def listed(usd: float, variant: str | None = None, unit: Unit = Unit.SECOND, *, adds: bool = False) -> Price:
    return Price(
        endpoint="fal-ai/x", unit=unit, unit_usd=usd, variant=variant, adds=adds, date=THEN, source="the model's page"
    )


# Reading


def test_an_answer_is_read_item_by_item_and_a_bad_one_spoils_no_other() -> None:
    bad = [
        item(endpoint_id="a", currency="EUR"),
        item(endpoint_id="b", unit_price="0.1"),
        item(endpoint_id="", unit=""),
    ]
    found, refused = offers_of({"prices": [*bad, item(unit=" Seconds ", currency="usd")]}, TODAY)
    assert found == [platform()]
    assert refused.keys() == {"a", "b", ""}
    assert refused["a"] == "its currency is EUR"


@pytest.mark.parametrize("price", [0, -1, float("nan"), float("inf"), None, "1", True])
def test_what_is_no_price_is_never_taken_for_one(price: object) -> None:
    found, refused = offers_of({"prices": [item(unit_price=price)]}, TODAY)
    assert (found, list(refused)) == ([], ["fal-ai/x"])


@pytest.mark.parametrize("answer", [{}, {"prices": None}, {"prices": {}}, {"prices": ["x"]}, {"prices": [item(), 1]}])
def test_an_answer_without_a_list_is_another_try_and_no_empty_list(answer: dict[str, Any]) -> None:
    with pytest.raises(StudioError) as refused:
        offers_of(answer, TODAY)
    assert refused.value.retryable


# Contradicting


@pytest.mark.parametrize(
    ("usd", "same"), [(0.1, True), (0.1049, True), (0.0951, True), (0.10501, False), (0.0949, False), (0.2, False)]
)
def test_five_percent_to_either_side_are_the_same(usd: float, same: bool) -> None:
    assert near(usd, 0.1) is same
    assert (contradiction(platform(usd), Known((), platform())) is None) is same
    assert (contradiction(platform(usd), Known((listed(0.1),), None)) is None) is same


def test_what_is_nothing_known_of_is_contradicted_by_nothing() -> None:
    assert contradiction(platform(99.0), NOTHING) is None
    assert contradiction(platform(99.0), Known((listed(0.1, unit=Unit.IMAGE),), None)) is None  # it counts other things
    assert contradiction(platform(99.0), Known((listed(0.1, adds=True),), None)) is None  # it is a price on top


def test_any_variants_price_is_agreement_and_none_is_told_with_all_of_them() -> None:
    known = Known((listed(0.07, "silent"), listed(0.14, "audio")), None)
    assert contradiction(platform(0.14), known) is None
    assert contradiction(platform(0.5), known) == (
        "$0.5 for one of its seconds, and the price list has $0.07 silent, $0.14 audio a second"
    )


# Taking


def test_a_units_price_moves_all_list_prices_in_step_and_says_so() -> None:
    known = Known((listed(0.07, "silent"), listed(0.14, "audio"), listed(0.5, adds=True)), platform(0.1, day=THEN))
    new = taken(platform(0.2), known)
    assert [(price.unit_usd, price.variant, price.date) for price in new.prices] == [
        (0.14, "silent", TODAY),
        (0.28, "audio", TODAY),
    ]
    assert "$0.1 before and $0.2 now" in new.prices[0].source
    assert new.platform == platform(0.2)


def test_the_same_price_gives_its_variant_alone_todays_date() -> None:
    known = Known((listed(0.07, "silent"), listed(0.14, "audio")), platform(0.07, day=THEN))
    assert [(price.variant, price.date) for price in taken(platform(0.07), known).prices] == [("silent", TODAY)]


def test_the_first_offer_for_a_single_price_is_its_list_price() -> None:
    [price] = taken(platform(0.12), Known((listed(0.115),), None)).prices
    assert (price.unit_usd, price.source) == (0.12, SOURCE)


@pytest.mark.parametrize(
    "known",
    [
        Known((listed(0.07, "silent"), listed(0.14, "audio")), None),  # whose would it be?
        Known((listed(3.0, unit=Unit.IMAGE),), None),
        Known((listed(0.1),), platform(6.0, "minutes", THEN)),  # another unit than before
    ],
)
def test_what_cannot_be_said_of_a_list_price_changes_none(known: Known) -> None:
    assert taken(platform(0.12), known).prices == ()


@pytest.mark.parametrize(
    ("word", "unit"), [("seconds", Unit.SECOND), ("images", Unit.IMAGE), ("1000 characters", Unit.KILO_CHARACTERS)]
)
def test_an_endpoint_that_nobody_knew_gets_a_price_where_its_unit_is_the_lists(word: str, unit: Unit) -> None:
    [price] = taken(platform(0.3, word), NOTHING).prices
    assert (price.unit, price.unit_usd, price.date) == (unit, 0.3, TODAY)
    assert taken(platform(0.3, "compute seconds"), NOTHING).prices == ()


def test_one_and_many_of_a_unit_are_the_same() -> None:
    assert same_unit(platform(unit="second"), platform(unit="seconds"))
    assert not same_unit(platform(unit="seconds"), platform(unit="compute seconds"))
