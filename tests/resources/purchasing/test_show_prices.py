"""The price list that a show uses: what ships, the show's own file over it, and what was taken over both."""

from datetime import date
from pathlib import Path

import pytest

from resources.core.errors import ContentError
from resources.models.loading import load_show
from resources.models.prices import Price, PriceSheet, Unit
from resources.purchasing.books import open_state
from resources.purchasing.show_prices import open_prices
from resources.purchasing.state.place import sqlite_file
from resources.purchasing.taken_prices import TakenPrices
from tests.empty_ledger import empty_ledger
from tests.stage import Stage, build_stage

PRO = "fal-ai/kling-video/ai-avatar/v2/pro"
SHIPPED = 0.115


@pytest.fixture
def stage(tmp_path: Path) -> Stage:
    return build_stage(tmp_path)


def own(stage: Stage, usd: float, day: str) -> None:
    """A price that a person gave."""
    row = f'[[price]]\nendpoint = "{PRO}"\nunit = "second"\nunit_usd = {usd}\ndate = {day}\nsource = "my contract"\n'
    (stage.show / "prices.toml").write_text(row, encoding="utf-8")


def taken(stage: Stage, usd: float, day: date) -> None:
    file = sqlite_file(stage.settings().ledger_url)
    assert file is not None
    empty_ledger(file)
    price = Price(endpoint=PRO, unit=Unit.SECOND, unit_usd=usd, date=day, source="fal.ai pricing API")
    with open_state(stage.settings(), load_show(stage.show)) as state:
        TakenPrices(state).keep(PriceSheet(price=(price,)))


def told(stage: Stage) -> float:
    """The price, with the show at hand and without: both are one."""
    settings = stage.settings()
    usd = open_prices(settings, load_show(stage.show)).price(PRO).unit_usd
    assert open_prices(settings).price(PRO).unit_usd == usd
    return usd


def test_a_new_show_uses_what_ships_and_opens_no_database(stage: Stage) -> None:
    assert told(stage) == SHIPPED
    assert not stage.settings().state.exists()


def test_where_there_is_no_show_at_all_the_prices_are_those_that_ship(tmp_path: Path) -> None:
    stage = Stage(tmp_path)
    assert open_prices(stage.settings()).price(PRO).unit_usd == SHIPPED
    stage.settings().state.mkdir(parents=True)  # a state, and no show.yaml
    assert open_prices(stage.settings()).price(PRO).unit_usd == SHIPPED


def test_a_persons_own_price_holds_in_a_new_show_and_in_one_with_a_state(stage: Stage) -> None:
    own(stage, 0.09, "2026-12-01")
    assert told(stage) == 0.09
    stage.settings().state.mkdir()
    assert told(stage) == 0.09


def test_what_was_taken_from_the_platform_holds_over_what_ships_and_over_a_persons_own(stage: Stage) -> None:
    own(stage, 0.09, "2026-12-02")
    taken(stage, 0.2, date(2026, 12, 1))
    assert told(stage) == 0.2


def test_a_file_of_prices_that_cannot_be_read_is_told_by_whoever_asks(stage: Stage) -> None:
    (stage.show / "prices.toml").write_text("[[price]]\nendpoint = 3\n", encoding="utf-8")
    for settled in (False, True):
        if settled:
            stage.settings().state.mkdir()
        with pytest.raises(ContentError, match="price") as refused:
            open_prices(stage.settings())
        assert "prices.toml" in str(refused.value)
