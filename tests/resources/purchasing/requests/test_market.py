"""Where a mode buys: what counts as bought there, what a cell keeps, and what a question about other models forgets."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any, cast

import pytest

from resources.core.library import Library
from resources.models.prices.billing import reported_usd
from resources.purchasing.ledger import Ledger, Purchase
from resources.purchasing.requests.market import Market
from tests.resources.purchasing.ledger.helpers import CAPS, URLS, Clock, buy, purchase

NOT_ASKED = cast("Any", None)  # prices, models, words and pictures: nothing here needs them


@pytest.fixture
def ledger(url: str) -> Iterator[Ledger]:
    with Ledger(url, caps=CAPS, clock=Clock()) as opened:
        yield opened


@pytest.fixture
def market(ledger: Ledger, tmp_path: Path) -> Market:
    library = Library(tmp_path / "library")
    return Market(ledger, library, prices=NOT_ASKED, models=NOT_ASKED, book=NOT_ASKED, portraits=NOT_ASKED)


def given(words: str, key: str = "hello") -> Purchase:
    """A purchase of a cell for which a person gave these words, whatever its key."""
    return purchase(key).model_copy(update={"given": {"who": "NINJA", "take": "1", "words": words}})


def test_what_a_cell_has_bought_for_the_same_is_kept_under_whatever_key(ledger: Ledger, market: Market) -> None:
    buy(ledger, given("a", key="old key"), request_id="r1")
    wanted = given("a", key="new key")
    assert market.kept(wanted).key == given("a", key="old key").key
    assert market.kept(wanted).cell == wanted.cell
    assert market.kept(given("b", key="new key")).key == wanted.key
    assert market.kept(purchase("new key")).key == wanted.key  # of which nobody knows what was given


def test_what_is_not_collected_is_not_kept(ledger: Ledger, market: Market) -> None:
    ledger.submitted(ledger.sending(ledger.claim(given("a", key="old key"))), "r1", *URLS)
    wanted = given("a", key="new key")
    assert market.kept(wanted) == wanted


def test_what_a_person_changed_is_named(ledger: Ledger, market: Market) -> None:
    assert market.changed(given("b")) == ()
    buy(ledger, given("a"), request_id="r1")
    assert market.changed(given("b", key="other")) == ("words",)
    assert market.changed(given("a")) == ()


@pytest.mark.parametrize(("steps", "under_way", "bought"), [(0, False, False), (1, True, True), (2, True, True)])
def test_what_was_sent_is_under_way_and_costs_nothing_more(
    ledger: Ledger, market: Market, steps: int, under_way: bool, bought: bool
) -> None:
    claim = ledger.claim(purchase())
    if steps > 0:
        ledger.sending(claim)
    if steps > 1:
        ledger.submitted(claim, "r1", *URLS)
    assert market.under_way(purchase()) is under_way
    assert market.is_bought(purchase()) is bought
    assert (market.quote(purchase()).usd == 0) is bought


def test_a_question_about_other_models_counts_nothing_as_bought(ledger: Ledger, market: Market) -> None:
    buy(ledger, given("a"), request_id="r1")
    asking = replace(market, reuse=False)
    assert (market.quote(given("a")).usd, asking.quote(given("a")).usd) == (0.0, 1.0)
    assert market.is_bought(given("a"))
    assert not asking.is_bought(given("a"))
    wanted = given("a", key="new key")
    assert asking.kept(wanted) == wanted
    assert replace(market, cast=cast("Any", "another speaker")).kept(wanted) == wanted
    assert asking.changed(given("b")) == ()


def test_what_is_collected_is_there_while_its_file_is(ledger: Ledger, market: Market, tmp_path: Path) -> None:
    assert market.collected(purchase()) is None
    (tmp_path / "clip.mp4").write_bytes(b"a clip")
    claim = ledger.submitted(ledger.sending(ledger.claim(purchase())), "r1", *URLS)
    media = market.library.put(tmp_path / "clip.mp4")
    ledger.collected(claim, media=media, billed=reported_usd(1.0))
    found = market.collected(purchase())
    assert found is not None
    assert (found.media, found.reused) == (media, True)
    market.library.path(media).unlink()
    assert market.collected(purchase()) is None
