"""What a purchase would cost now, by what the ledger knows of it."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from resources.core.errors import Charge, StudioError
from resources.models.prices.billing import reported_usd
from resources.purchasing.ledger import Claim, Ledger, Verdict
from resources.purchasing.requests.quotes import Quote, is_paid, once, quote_of
from tests.empty_ledger import empty_ledger
from tests.resources.purchasing.ledger.helpers import CAPS, estimate, media, purchase

WANTED = purchase("wanted", usd=0.7)


@pytest.fixture
def ledger(tmp_path: Path) -> Iterator[Ledger]:
    """An empty one."""
    with Ledger(empty_ledger(tmp_path / "ledger.db"), caps=CAPS) as opened:
        yield opened


def sent(ledger: Ledger) -> Claim:
    """The purchase, on its way."""
    return ledger.sending(ledger.claim(WANTED))


def test_what_nobody_bought_costs_its_estimate(ledger: Ledger) -> None:
    quote = quote_of(ledger, WANTED, exact=False)
    assert (quote.usd, quote.saved_usd, quote.reused, quote.exact, quote.note) == (0.7, 0, False, False, None)
    assert (quote.key, quote.estimate) == (WANTED.key, WANTED.estimate)


@pytest.mark.parametrize("state", ["sending", "unknown", "submitted", "collected"])
def test_what_is_or_may_be_paid_for_costs_nothing_more(ledger: Ledger, state: str) -> None:
    claim = sent(ledger)
    if state == "unknown":
        ledger.unknown(claim, "no answer came")
    if state in ("submitted", "collected"):
        claim = ledger.submitted(claim, "r1")
    if state == "collected":
        ledger.collected(claim, media=media(), billed=reported_usd(0.6))
    quote = quote_of(ledger, WANTED)
    assert (quote.usd, quote.saved_usd, quote.reused) == (0, 0.7, True)
    assert is_paid(ledger, WANTED)
    assert not is_paid(ledger, WANTED.model_copy(update={"take": 2}))


def test_what_was_intended_and_never_sent_costs_its_estimate(ledger: Ledger) -> None:
    ledger.claim(WANTED)
    assert (quote_of(ledger, WANTED).usd, is_paid(ledger, WANTED)) == (0.7, False)


def test_what_failed_for_nothing_costs_its_estimate_again(ledger: Ledger) -> None:
    ledger.failed(sent(ledger), charge=Charge.NONE, reason="503", retryable=True)
    quote = quote_of(ledger, WANTED)
    assert (quote.usd, quote.reused, quote.note) == (0.7, False, None)


@pytest.mark.parametrize("charge", [Charge.POSSIBLE, Charge.CHARGED])
def test_what_was_charged_and_brought_nothing_says_how_it_may_be_bought_again(ledger: Ledger, charge: Charge) -> None:
    entry = ledger.failed(sent(ledger), charge=charge, reason="policy", retryable=False)
    told = quote_of(ledger, WANTED).note
    assert told == f"charged before and brought nothing: `ninja ledger settle {entry.id} buy-again` allows it"
    ledger.settle(entry.id, Verdict.BUY_AGAIN)
    assert (quote_of(ledger, WANTED).usd, quote_of(ledger, WANTED).note) == (0.7, None)


def test_what_was_refused_at_no_cost_says_that_it_is_not_sent_again_as_it_is(ledger: Ledger) -> None:
    entry = ledger.failed(sent(ledger), charge=Charge.NONE, reason="no face", retryable=False)
    with pytest.raises(StudioError, match="refused before, at no cost"):
        ledger.claim(WANTED)
    note = f"refused before, at no cost: change it, or `ninja ledger settle {entry.id} not-charged` allows it"
    assert quote_of(ledger, WANTED).note == note
    ledger.settle(entry.id, Verdict.NOT_CHARGED)
    assert (quote_of(ledger, WANTED).usd, quote_of(ledger, WANTED).note) == (0.7, None)


# Several at once


def quoted(key: str | None, amount: float, *, reused: bool = False) -> Quote:
    """A listener's loop."""
    return Quote(
        asset="listener_clips",
        endpoint="loop",
        estimate=estimate(amount),
        usd=amount,
        exact=True,
        reused=reused,
        key=key,
    )


def test_one_purchase_of_several_segments_is_paid_in_the_first_alone() -> None:
    settled = once([quoted("a", 0.5), quoted("b", 0.2), quoted("a", 0.5), quoted("a", 0.5)])
    assert [quote.usd for quote in settled] == [0.5, 0.2, 0, 0]
    assert [quote.saved_usd for quote in settled] == [0, 0, 0.5, 0.5]
    assert [quote.reused for quote in settled] == [False, False, True, True]
    assert "the same as in an earlier segment: saves $0.50" in str(settled[2].note)


def test_what_is_not_known_yet_is_never_taken_for_the_same_and_what_is_bought_stays_as_it_is() -> None:
    unknown = [quoted(None, 0.5), quoted(None, 0.5)]
    bought = [quoted("a", 0.0, reused=True), quoted("a", 0.0, reused=True)]
    assert once([*unknown, *bought]) == [*unknown, *bought]
