"""One episode bought in draft from the provider server, for all tests of this folder."""

from collections.abc import Iterator

import pytest

from resources.core.names import Mode
from resources.purchasing.episode_quote import EpisodeQuote
from tests.providers.client import Providers
from tests.providers.fixture import pointed_server
from tests.resources.purchasing.shop import TWO_TURNS, Shop
from tests.stage import paid_show


@pytest.fixture(scope="package")
def market(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Providers]:
    """The provider server of this folder; this process talks to it."""
    with pointed_server(tmp_path_factory.mktemp("market")) as client:
        yield client


@pytest.fixture(scope="package")
def shop(market: Providers, tmp_path_factory: pytest.TempPathFactory) -> Shop:
    stage = paid_show(tmp_path_factory.mktemp("shop"))
    stage.write_episode(text=TWO_TURNS)
    offers: list[EpisodeQuote] = []

    def approve(quote: EpisodeQuote) -> bool:
        offers.append(quote)
        return True

    with pytest.MonkeyPatch.context() as patch:
        for name, value in market.environment.items():
            patch.setenv(name, value)
        made = stage.produce(mode=Mode.DRAFT, approve=approve)
    assert made.error is None, made.error
    [offered] = offers
    return Shop(stage, market, offered, made)


@pytest.fixture
def keys(market: Providers, monkeypatch: pytest.MonkeyPatch) -> None:
    """Keys and addresses, for the few tests that buy or ask: all others run without."""
    for name, value in market.environment.items():
        monkeypatch.setenv(name, value)
