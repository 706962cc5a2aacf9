"""What a cell was charged: only what is known is called charged, and what was told before is not told as new."""

from datetime import UTC, datetime, timedelta

from pydantic import JsonValue

from resources.core.errors import Charge
from resources.models.prices.billing import reported_usd
from resources.purchasing.accounts.charges import Charges, charges_of
from resources.purchasing.ledger import Ledger
from tests.resources.purchasing.ledger.helpers import CAPS, NOON, URLS, Clock, buy, purchase

START = datetime.fromtimestamp(NOON, UTC)


def failed(ledger: Ledger, words: str, charge: Charge, *, request: str | None = "r1", **message: JsonValue) -> None:
    claim = ledger.claim(purchase(words))
    ledger.sending(claim)
    if request:
        claim = ledger.submitted(claim, request, *URLS)
    if "usd" in message:
        ledger.charged(claim, reported_usd(float(str(message["usd"]))))
    ledger.failed(claim, charge=charge, reason="no", retryable=False)


def charges(ledger: Ledger, since: datetime = START) -> Charges:
    return charges_of(ledger, purchase().cell, "speaker_clips", since)


def test_what_each_end_of_a_request_makes_of_its_dollars(url: str) -> None:
    clock = Clock()
    with Ledger(url, caps=CAPS, clock=clock) as ledger:
        assert charges(ledger) == Charges()
        buy(ledger, purchase("collected"), request_id="r0", cost=0.5)
        assert charges(ledger) == Charges(charged_usd=0.5)
        failed(ledger, "charged", Charge.CHARGED, request="r1", usd=0.25)
        assert charges(ledger) == Charges(charged_usd=0.75, requests=("r1",))
        failed(ledger, "perhaps", Charge.POSSIBLE, request="r2")
        assert charges(ledger) == Charges(charged_usd=0.75, possibly_usd=1.0, requests=("r1", "r2"))
        failed(ledger, "free", Charge.NONE, request=None)
        assert charges(ledger) == Charges(charged_usd=0.75, possibly_usd=1.0, requests=("r1", "r2"))
        ledger.submitted(ledger.sending(ledger.claim(purchase("open"))), "r3", *URLS)
        assert charges(ledger) == Charges(charged_usd=0.75, possibly_usd=2.0, requests=("r1", "r2", "r3"))


def test_what_ended_before_is_told_as_before_only_where_it_brought_nothing(url: str) -> None:
    clock = Clock()
    with Ledger(url, caps=CAPS, clock=clock) as ledger:
        buy(ledger, purchase("collected"), request_id="r0", cost=0.5)
        failed(ledger, "charged", Charge.CHARGED, request="r1", usd=0.25)
        ledger.submitted(ledger.sending(ledger.claim(purchase("open"))), "r3", *URLS)
        told = charges(ledger, START + timedelta(seconds=1))
    assert told == Charges(before_usd=0.25, possibly_usd=1.0, requests=("r1", "r3"))


def test_another_cell_and_another_asset_are_not_its(url: str) -> None:
    with Ledger(url, caps=CAPS, clock=Clock()) as ledger:
        buy(ledger, purchase("other", segment="s02"), request_id="r0")
        assert charges(ledger) == Charges()
        assert charges_of(ledger, purchase(segment="s02").cell, "tts_audio", START) == Charges()
