"""An empty database for a test, and one episode bought in draft from the provider server for all of this folder."""

from collections.abc import Iterator, Sequence
from pathlib import Path
from textwrap import dedent

import pytest

from resources.core.names import Mode
from resources.purchasing.state.consent import Offer
from tests.empty_ledger import empty_ledger
from tests.postgres import fresh_database
from tests.providers.client import Providers
from tests.providers.fixture import pointed_server
from tests.resources.purchasing.shop import TWO_TURNS, Shop
from tests.stage import BOUGHT, PAID_SHOW, paid_show


@pytest.fixture(scope="package")
def market(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Providers]:
    """The provider server of this folder; this process talks to it."""
    with pointed_server(tmp_path_factory.mktemp("market")) as client:
        yield client


@pytest.fixture(scope="package")
def shop(market: Providers, tmp_path_factory: pytest.TempPathFactory) -> Shop:
    stage = paid_show(tmp_path_factory.mktemp("shop"))
    stage.write_episode(text=TWO_TURNS)
    stage.write_show(f"{dedent(PAID_SHOW)}approval: always\n")
    offers: list[Offer] = []

    def approve(shown: Sequence[Offer]) -> bool:
        offers.extend(shown)
        return True

    with pytest.MonkeyPatch.context() as patch:
        for name, value in market.environment.items():
            patch.setenv(name, value)
        made = stage.produce(mode=Mode.DRAFT, approve=approve, assets=BOUGHT)
    stage.write_show(PAID_SHOW)
    assert made.error is None, made.error
    [offered] = offers
    return Shop(stage, market, offered, made)


@pytest.fixture
def keys(market: Providers, monkeypatch: pytest.MonkeyPatch) -> None:
    """Keys and addresses, for the few tests that buy or ask: all others run without."""
    for name, value in market.environment.items():
        monkeypatch.setenv(name, value)


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.postgres)])
def url(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    if request.param == "sqlite":
        yield empty_ledger(tmp_path / "ledger.db")
        return
    with fresh_database() as address:
        yield address
