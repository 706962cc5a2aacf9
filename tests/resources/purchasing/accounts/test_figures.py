"""The figures of a database: dollars, purchases, what waits, of every show side by side."""

from contextlib import closing

from resources.core.names import Mode
from resources.models.prices.billing import reported_usd
from resources.purchasing.accounts.figures import figures_of
from resources.purchasing.ledger import Ledger
from resources.purchasing.ledger.tables.store import Store
from resources.purchasing.state.approvals import Approvals
from resources.purchasing.state.consent import Offer
from tests.resources.purchasing.ledger.helpers import CAPS, buy, media, purchase


def test_an_empty_database_has_no_figures(url: str) -> None:
    with closing(Store(url)) as store:
        found = figures_of(store)
    assert (found.spent_usd, found.purchases, found.approvals, found.places) == ({}, {}, {}, {})


def test_the_figures_of_all_shows_stand_side_by_side(url: str) -> None:
    with Ledger(url, show="morning", caps=CAPS) as ledger:
        buy(ledger, purchase("one"), request_id="r1", cost=0.75)
        ledger.sending(ledger.claim(purchase("two", provider="elevenlabs", usd=0.5)))
        ledger.ask_place("fal", 0.0, held=True)
        ledger.ask_place("fal", 0.0)
        found = figures_of(ledger.store)
        assert found.spent_usd == {("morning", "fal"): 0.75, ("morning", "elevenlabs"): 0.5}
        assert found.in_flight_usd == {("morning", "fal"): 0.0, ("morning", "elevenlabs"): 0.5}
        assert found.purchases == {("morning", "collected"): 1, ("morning", "sending"): 1}
        assert found.places == {("fal", "held"): 1, ("fal", "waiting"): 1}
    with Ledger(url, show="evening", caps=CAPS) as ledger:
        claim = ledger.claim(purchase("three"))
        ledger.sending(claim)
        accepted = ledger.submitted(claim, "r3")
        ledger.collected(accepted, media=media("three"), billed=reported_usd(2.0))
        offer = Offer(episode="monday", mode=Mode.DRAFT, items=())
        Approvals(ledger.store, "evening").ask(offer, "run-1")
        found = figures_of(ledger.store)
    assert found.spent_usd["evening", "fal"] == 2.0
    assert found.approvals == {"evening": 1}
