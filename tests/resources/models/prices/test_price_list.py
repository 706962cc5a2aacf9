"""The price list: what is known, what is refused, and how an answer of the pricing API changes it."""

from datetime import date
from pathlib import Path
from typing import Any

import pytest

from resources.core.errors import ContentError, StudioError
from resources.models.prices import PriceList, PriceSheet, Unit, read_sheet
from resources.models.prices.offers import offers_of

PRO = "fal-ai/kling-video/ai-avatar/v2/pro"
I2V = "fal-ai/kling-video/v2.6/pro/image-to-video"
V3 = "fal-ai/kling-video/v3/pro/image-to-video"
LISTENER = "fal-ai/kling-video/v2.5-turbo/standard/image-to-video"
SYNC = "fal-ai/sync-lipsync/v3/image-to-video"
BANANA = "fal-ai/nano-banana-2"
TODAY = date(2026, 12, 1)


def answer(endpoint: str, price: float, unit: str = "seconds", currency: str = "USD") -> dict[str, object]:
    return {"prices": [{"endpoint_id": endpoint, "unit_price": price, "unit": unit, "currency": currency}]}


def test_the_shipped_list_has_dated_prices_with_a_source() -> None:
    price = PriceList.load().price(PRO)
    assert (price.unit, price.unit_usd, price.date) == (Unit.SECOND, 0.115, date(2026, 11, 21))
    assert all(item.source for item in PriceList.load().prices())


def test_a_minute_of_avatar_standard_costs_what_the_provider_says() -> None:
    estimate = PriceList.load().estimate("fal-ai/kling-video/ai-avatar/v2/standard", 60)
    assert estimate.usd == 3.372


def test_sound_changes_the_price_of_a_clip_so_the_variant_must_be_named() -> None:
    prices = PriceList.load()
    assert [prices.price(I2V, name).unit_usd for name in ("silent", "audio", "voice")] == [0.07, 0.14, 0.168]
    with pytest.raises(ContentError, match="depends on a variant") as refusal:
        prices.price(I2V)
    assert refusal.value.why == "known: audio, silent, voice"


def test_an_endpoint_with_one_price_takes_any_variant() -> None:
    assert PriceList.load().price("fal-ai/kling-video/v2.5-turbo/standard/image-to-video", "silent").unit_usd == 0.042


def test_an_unknown_endpoint_is_refused_with_the_lines_to_add_and_they_work(tmp_path: Path) -> None:
    with pytest.raises(ContentError, match="no price is known for made/up") as refusal:
        PriceList.load().price("made/up")
    lines = str(refusal.value.hint).partition("\n")[2]
    own = tmp_path / "prices.toml"
    own.write_text(lines.replace("0.00", "0.5"), encoding="utf-8")
    assert PriceList.load(own).price("made/up").unit_usd == 0.5


def test_a_persons_own_price_wins_over_the_shipped_one(tmp_path: Path) -> None:
    own = tmp_path / "prices.toml"
    own.write_text(
        f'[[price]]\nendpoint = "{PRO}"\nunit = "second"\nunit_usd = 0.2\ndate = 2026-11-30\nsource = "my contract"\n',
        encoding="utf-8",
    )
    assert PriceList.load(own).price(PRO).unit_usd == 0.2


@pytest.mark.parametrize("text", ["[[price]]\nendpoint = 3", "[[price", "[[price]]\nendpoint='a'\nunit_usd=0"])
def test_a_price_file_with_a_mistake_is_refused_by_name(tmp_path: Path, text: str) -> None:
    own = tmp_path / "prices.toml"
    own.write_text(text, encoding="utf-8")
    with pytest.raises(ContentError) as refusal:
        PriceList.load(own)
    assert refusal.value.where == f"{own}:1"


def test_a_refreshed_price_is_dated_and_what_was_taken_makes_the_same_list_again() -> None:
    fresh, report = PriceList.load().refreshed(answer(PRO, 0.12), TODAY)
    assert report.changed == (PRO,)
    again = PriceList.load(taken=report.taken)
    assert again.price(PRO) == fresh.price(PRO)
    assert (again.price(PRO).unit_usd, again.price(PRO).date) == (0.12, TODAY)
    assert again.price(PRO).source == "fal.ai pricing API: moved with its unit, $0.115 before and $0.12 now"
    assert again.platform(PRO) == fresh.platform(PRO)


def test_a_unit_price_that_doubles_doubles_every_list_price_and_no_addition() -> None:
    prices, _ = PriceList.load().refreshed(answer(V3, 0.28, "units"), TODAY)
    assert [prices.price(V3, name).unit_usd for name in ("silent", "audio", "voice")] == [0.224, 0.336, 0.392]
    assert prices.estimate(V3, 5, "silent").platform_unit_usd == 0.28
    banana, _ = prices.refreshed(answer(BANANA, 0.08, "images"), TODAY)
    banana, _ = banana.refreshed(answer(BANANA, 0.16, "images"), TODAY)
    assert (banana.price(BANANA, "4K").unit_usd, banana.addition(BANANA, "web search").unit_usd) == (0.32, 0.015)


def test_the_price_of_a_unit_that_was_not_known_is_learned_whatever_its_name() -> None:
    prices, report = PriceList.load().refreshed(answer(SYNC, 8.0, "Minutes"), TODAY)
    assert report.learned == (SYNC,)
    assert PriceList.load(taken=report.taken).platform(SYNC) == prices.platform(SYNC)
    assert prices.estimate(SYNC, 30).platform_unit == "minutes"
    assert prices.price(SYNC) == PriceList.load().price(SYNC)


@pytest.mark.parametrize(
    "unit", ["seconds", "megapixels", "images", "units", "compute seconds", "1000 characters", "videos"]
)
def test_every_word_that_the_api_has_for_units_is_taken(unit: str) -> None:
    prices, report = PriceList.load().refreshed(answer("fal-ai/new", 0.5, unit), TODAY)
    assert not report.refused
    assert ("fal-ai/new" in prices.endpoints) is (
        unit not in ("units", "compute seconds")
    )  # a list counts no such thing
    found = prices.platform("fal-ai/new")
    assert found is not None
    assert (found.unit, found.unit_usd) == (unit, 0.5)


def test_a_file_of_a_version_that_knew_no_units_is_read(tmp_path: Path) -> None:
    old = tmp_path / "prices.json"
    price = PriceList.load().price(PRO).model_copy(update={"unit_usd": 0.2})
    old.write_text(f"[{price.model_dump_json(exclude={'adds'})}]", encoding="utf-8")
    [read] = read_sheet(old).price
    assert (read.endpoint, read.unit_usd) == (PRO, 0.2)


@pytest.mark.parametrize(
    ("given", "why"),
    [
        (answer(PRO, 0.23), "$0.23 for one of its seconds, and the price list has $0.115 for one of its seconds"),
        (answer(V3, 0.20, "units"), "$0.2 for one of its units"),
        (answer(PRO, 0.20, "units"), "the price list has $0.115 for one of its seconds"),
        (answer(LISTENER, 0.09), "the price list has $0.042 a second"),
        (answer(PRO, 0.1199), None),
        (answer(PRO, 0.1151, "second"), None),
        (answer(LISTENER, 0.042), None),
        (answer(SYNC, 8.0, "minutes"), None),  # nothing is known of its minutes
        (answer("fal-ai/new", 8.0, "units"), None),
    ],
)
def test_a_price_contradicts_what_is_known_from_five_percent_on(given: dict[str, Any], why: str | None) -> None:
    [offer] = offers_of(given, TODAY)[0]
    told = PriceList.load().contradiction(offer)
    assert why is None if told is None else why is not None and why in told


def test_an_equal_price_confirms_and_moves_the_date() -> None:
    fresh, report = PriceList.load().refreshed(answer(PRO, 0.115), TODAY)
    assert (report.changed, report.confirmed) == ((), (PRO,))
    assert fresh.price(PRO).date == TODAY


def test_one_price_for_an_endpoint_with_variants_confirms_the_variant_that_has_it() -> None:
    fresh, report = PriceList.load().refreshed(answer(I2V, 0.07), TODAY)
    assert report.confirmed == (I2V,)
    assert fresh.price(I2V, "silent").date == TODAY
    assert fresh.price(I2V, "audio").date == date(2026, 11, 21)


@pytest.mark.parametrize(
    ("given", "why"),
    [
        (answer(PRO, 0.12, currency="EUR"), "its currency is EUR"),
        (answer(PRO, 0.2, unit="furlongs"), "its unit is furlongs; the list has seconds: `ninja prices accept"),
        (answer(PRO, 0.2, unit="images"), "its unit is images; the list has seconds"),
        (answer(PRO, 0.0), "'0.0' is not more than 0"),
        (answer(PRO, float("nan")), "'nan' is not a number"),
    ],
)
def test_an_answer_that_cannot_be_compared_is_refused_and_changes_nothing(given: dict[str, object], why: str) -> None:
    prices = PriceList.load()
    fresh, report = prices.refreshed(given, TODAY)
    assert why in next(iter(report.refused.values()))
    assert fresh.prices() == prices.prices()
    assert report.taken == PriceSheet()


def test_an_answer_without_prices_is_refused() -> None:
    with pytest.raises(StudioError, match="no list of prices"):
        PriceList.load().refreshed({"detail": "nope"}, TODAY)
