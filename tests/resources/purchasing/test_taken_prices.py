"""Prices that were taken: one truth in the show's state, and what an earlier version kept in a file."""

from datetime import date
from pathlib import Path

import pytest

from resources.core.errors import LedgerError
from resources.core.names import Mode
from resources.models.loading import load_show
from resources.models.prices import PlatformPrice, Price, PriceSheet, Unit
from resources.purchasing.books import open_state
from resources.purchasing.ledger.tables.store import Store
from resources.purchasing.show_prices import open_prices
from resources.purchasing.state.state import ShowState
from resources.purchasing.taken_prices import TakenPrices
from tests.stage import Stage, build_stage

PRO = "fal-ai/kling-video/ai-avatar/v2/pro"
DAY = date(2026, 12, 1)


def price(usd: float, day: date = DAY, variant: str | None = None) -> Price:
    return Price(endpoint=PRO, variant=variant, unit=Unit.SECOND, unit_usd=usd, date=day, source="fal.ai pricing API")


def unit(usd: float, day: date = DAY) -> PlatformPrice:
    return PlatformPrice(endpoint=PRO, unit="seconds", unit_usd=usd, date=day, source="fal.ai pricing API")


@pytest.fixture
def stage(tmp_path: Path) -> Stage:
    return build_stage(tmp_path)


def leave(stage: Stage, sheet: PriceSheet) -> Path:
    """What an earlier version kept."""
    file = stage.settings().state / "prices.json"
    file.parent.mkdir(exist_ok=True)
    file.write_text(sheet.model_dump_json(), encoding="utf-8")
    return file


def test_what_one_machine_takes_another_one_finds_and_the_newest_of_each_stays(tmp_path: Path) -> None:
    address = f"sqlite:///{tmp_path / 'ledger.db'}"
    with ShowState(Store(address), "news") as here, ShowState(Store(address), "news") as there:
        TakenPrices(here).keep(PriceSheet(price=(price(0.2), price(0.3, variant="audio")), platform=(unit(0.2),)))
        TakenPrices(there).keep(PriceSheet(price=(price(0.25),)))
        found = TakenPrices(here).sheet()
    assert set(found.price) == {price(0.25), price(0.3, variant="audio")}
    assert found.platform == (unit(0.2),)


def test_each_show_of_a_database_has_prices_of_its_own(tmp_path: Path) -> None:
    address = f"sqlite:///{tmp_path / 'ledger.db'}"
    with ShowState(Store(address), "news") as news, ShowState(Store(address), "games") as games:
        TakenPrices(news).keep(PriceSheet(price=(price(0.2),)))
        assert TakenPrices(games).sheet() == PriceSheet()


def test_the_prices_of_a_new_show_are_those_that_ship_and_no_database_is_made(stage: Stage) -> None:
    assert open_prices(stage.settings()).price(PRO).unit_usd == 0.115
    assert not stage.settings().state.exists()


def test_a_file_of_an_earlier_version_is_taken_over_once_and_kept_under_another_name(stage: Stage) -> None:
    file = leave(stage, PriceSheet(price=(price(0.2),), platform=(unit(0.2),)))
    assert open_prices(stage.settings()).price(PRO).unit_usd == 0.2
    assert not file.exists()
    assert file.with_name("prices.json.taken-over").exists()
    assert open_prices(stage.settings()).platform(PRO) == unit(0.2)


@pytest.mark.parametrize(("day", "usd"), [(date(2026, 11, 30), 0.2), (DAY, 0.2), (date(2026, 12, 2), 0.3)])
def test_of_two_machines_files_the_newest_price_counts_whichever_comes_first(
    stage: Stage, day: date, usd: float
) -> None:
    for kept in (price(0.2), price(0.3, day)):
        leave(stage, PriceSheet(price=(kept,)))
        assert open_prices(stage.settings()).price(PRO).unit_usd in (0.2, 0.3)
    assert open_prices(stage.settings()).price(PRO).unit_usd == usd


def test_a_file_that_cannot_be_read_stops_what_would_buy_and_says_how_to_mend_it(stage: Stage) -> None:
    file = leave(stage, PriceSheet())
    file.write_text("{", encoding="utf-8")
    settings = stage.settings(Mode.DRAFT)
    with pytest.raises(LedgerError, match="cannot be read") as refused:
        open_state(settings, load_show(settings.show))
    assert f"mv {file} {file}.bad" in str(refused.value.hint)
    assert file.exists()
