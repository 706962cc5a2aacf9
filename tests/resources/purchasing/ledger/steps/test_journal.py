"""What the events of a request add up to, and what of them is kept."""

from datetime import UTC, datetime, timedelta

import pytest
from pydantic import JsonValue

from resources.core.errors import Charge
from resources.purchasing.ledger import Ledger, State
from resources.purchasing.ledger.steps.journal import Event, Happening, since_sent
from tests.resources.purchasing.ledger.helpers import NOON, Clock, purchase
from tests.resources.purchasing.ledger.summed import Summed, summed

NOTHING, POSSIBLE, CHARGED = Charge.NONE, Charge.POSSIBLE, Charge.CHARGED


def event(kind: Event, **data: JsonValue) -> Happening:
    return Happening(event=kind, at=datetime.fromtimestamp(NOON, UTC), data=data)


BOUGHT = [event(Event.INTENDED), event(Event.SENT), event(Event.ACCEPTED, request_id="r1")]
BILLED = [*BOUGHT, event(Event.BILLED, cost_micros=5)]


@pytest.mark.parametrize(
    ("events", "state", "charge"),
    [
        ([event(Event.INTENDED)], State.INTENDED, NOTHING),
        ([event(Event.SENT)], State.SENDING, POSSIBLE),
        ([event(Event.SENT), event(Event.ANSWERED)], State.UNKNOWN, POSSIBLE),
        ([event(Event.SENT), event(Event.ANSWERED), event(Event.LOOKED, found=None)], State.UNKNOWN, POSSIBLE),
        ([event(Event.SENT), event(Event.ANSWERED), event(Event.FREED)], State.INTENDED, NOTHING),
        (BOUGHT, State.SUBMITTED, POSSIBLE),
        (BILLED, State.SUBMITTED, POSSIBLE),
        ([*BOUGHT, event(Event.FAILED, charge="none")], State.FAILED, NOTHING),
        ([*BOUGHT, event(Event.FAILED, charge="charged")], State.FAILED, CHARGED),
        ([*BOUGHT, event(Event.SETTLED, verdict="not-charged")], State.FAILED, NOTHING),
        ([*BOUGHT, event(Event.SETTLED, verdict="charged")], State.FAILED, CHARGED),
        ([*BOUGHT, event(Event.SETTLED, verdict="buy-again")], State.FAILED, CHARGED),
        ([event(Event.SENT), event(Event.SETTLED, verdict="found", request_id="r1")], State.SUBMITTED, POSSIBLE),
        ([*BOUGHT, event(Event.DELIVERED, cost_micros=5, media_sha256="a")], State.COLLECTED, CHARGED),
        ([event(Event.IMPORTED, cost_micros=5, media_sha256="a")], State.COLLECTED, CHARGED),
        ([event(Event.CARRIED, state="unknown", charge="possible", settled=False)], State.UNKNOWN, POSSIBLE),
    ],
)
def test_events_add_up_to_a_state_and_a_charge(events: list[Happening], state: State, charge: Charge) -> None:
    assert (summed(events).state, summed(events).charge) == (state, charge)


def test_nothing_adds_up_to_nothing() -> None:
    with pytest.raises(ValueError, match="without an event"):
        summed([])


def test_only_a_persons_buy_again_settles() -> None:
    verdicts = ["not-charged", "charged", "buy-again"]
    assert [summed([*BOUGHT, event(Event.SETTLED, verdict=each)]).settled for each in verdicts] == [False, False, True]


def test_what_another_request_cost_is_no_cost_of_this_one() -> None:
    assert summed([*BILLED, event(Event.ACCEPTED, request_id="r1")]).cost_micros == 5
    assert summed([*BILLED, event(Event.ACCEPTED, request_id="r2")]).cost_micros is None
    assert summed([*BILLED, event(Event.SETTLED, verdict="found", request_id="r2")]).cost_micros is None


def test_a_file_that_is_fetched_again_and_a_bill_that_is_corrected_change_that_alone() -> None:
    delivered = [*BILLED, event(Event.DELIVERED, cost_micros=5, media_sha256="a")]
    whole = Summed(state=State.COLLECTED, charge=CHARGED, cost_micros=5, request_id="r1", media_sha256="a")
    assert summed(delivered) == whole
    fetched = summed([*delivered, event(Event.FETCHED, media_sha256="b")])
    assert fetched == whole.model_copy(update={"media_sha256": "b"})
    corrected = summed([*delivered, event(Event.CORRECTED, cost_micros=7, charge="charged")])
    assert corrected == whole.model_copy(update={"cost_micros": 7})


def test_a_failure_keeps_what_was_known_unless_it_says_otherwise() -> None:
    assert summed([*BILLED, event(Event.FAILED, charge="charged")]).cost_micros == 5
    assert summed([*BILLED, event(Event.FAILED, charge="charged", cost_micros=9)]).cost_micros == 9


def test_what_happened_since_the_last_post_is_without_it() -> None:
    first, second, after = event(Event.ANSWERED), event(Event.SENT), event(Event.LOOKED)
    assert since_sent([first, after]) == [first, after]
    assert since_sent([event(Event.SENT), first, second, after]) == [after]
    assert since_sent([first, second]) == []


def test_events_are_given_out_in_their_order_each_entry_s_own(ledger: Ledger, clock: Clock) -> None:
    claim, other = ledger.claim(purchase()), ledger.claim(purchase("other"))
    clock.now += 5
    ledger.sending(claim)
    told = [(each.event, each.at - datetime.fromtimestamp(NOON, UTC)) for each in ledger.history(claim.entry.id)]
    assert told == [(Event.INTENDED, timedelta(0)), (Event.SENT, timedelta(seconds=5))]
    assert [each.event for each in ledger.history(other.entry.id)] == [Event.INTENDED]


def test_no_key_of_a_provider_gets_into_the_journal(ledger: Ledger, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("FAL_KEY", "very-secret-key")
    claim = ledger.claim(purchase())
    ledger.sending(claim)
    ledger.unknown(claim, "refused very-secret-key", header={"authorization": "Key very-secret-key"})
    assert "very-secret-key" not in str(ledger.history(claim.entry.id))
