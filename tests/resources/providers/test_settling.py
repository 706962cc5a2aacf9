"""A person's verdict is held against what the history shows: nothing that can be collected is ever bought again."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from resources.core.errors import Charge, LedgerError, StudioError, UntoldError
from resources.models.prices.billing import reported_usd
from resources.providers.settling import History, history_of, settle
from resources.purchasing.ledger import Entry, Ledger, State, Verdict
from resources.purchasing.telling import untold
from tests.empty_ledger import empty_ledger
from tests.resources.purchasing.ledger.helpers import CAPS, URLS, Clock, purchase


@pytest.fixture
def ledger(tmp_path: Path) -> Iterator[Ledger]:
    with Ledger(empty_ledger(tmp_path / "ledger.db"), caps=CAPS, clock=Clock()) as opened:
        yield opened


@pytest.fixture
def lost(ledger: Ledger) -> Entry:
    """A request whose answer was lost, and that no worker holds."""
    wanted = purchase()
    claim = ledger.sending(ledger.claim(wanted), sent=dict(wanted.arguments))
    ledger.release(ledger.unknown(claim, "no answer came"))
    return claim.entry


def shows(request_id: str | None = None, *, ours: bool = True) -> History:
    """A history that shows a request as the entry's, or none."""
    return History(look=lambda _: request_id, is_of=lambda _, asked: ours and asked == request_id)


def broken(_: Entry, __: str = "") -> bool:
    raise StudioError("the history cannot be read")


@pytest.mark.parametrize("verdict", [Verdict.NOT_CHARGED, Verdict.BUY_AGAIN])
def test_what_the_history_shows_is_not_written_off_and_the_command_that_collects_it_is_named(
    ledger: Ledger, lost: Entry, verdict: Verdict
) -> None:
    with pytest.raises(LedgerError) as refused:
        settle(ledger, lost.id, verdict, None, history=shows("r7"))
    assert f"`ninja ledger settle {lost.id} found --request-id r7`" in str(refused.value.hint)
    assert ledger.entry(lost.id).state is State.UNKNOWN


@pytest.mark.parametrize(
    ("verdict", "charge", "spent"), [(Verdict.NOT_CHARGED, Charge.NONE, 0), (Verdict.BUY_AGAIN, Charge.CHARGED, 1.0)]
)
def test_what_it_does_not_show_is_as_the_person_says(
    ledger: Ledger, lost: Entry, verdict: Verdict, charge: Charge, spent: float
) -> None:
    settled = settle(ledger, lost.id, verdict, None, history=shows(None))
    assert (settled.state, settled.charge, settled.spent_usd) == (State.FAILED, charge, spent)


def test_a_found_request_must_be_of_exactly_what_was_sent(ledger: Ledger, lost: Entry) -> None:
    with pytest.raises(LedgerError, match="request r8 is not one of entry"):
        settle(ledger, lost.id, Verdict.FOUND, "r8", history=shows("r7"))
    settled = settle(ledger, lost.id, Verdict.FOUND, "r7", history=shows("r7"))
    assert (settled.state, settled.request_id) == (State.SUBMITTED, "r7")


def test_found_without_an_id_is_refused(ledger: Ledger, lost: Entry) -> None:
    with pytest.raises(LedgerError, match="request id"):
        settle(ledger, lost.id, Verdict.FOUND, None, history=shows("r7"))


def test_a_person_who_says_that_it_was_charged_is_believed_without_a_look(ledger: Ledger, lost: Entry) -> None:
    settled = settle(ledger, lost.id, Verdict.CHARGED, None, history=History(broken, broken))  # type: ignore[arg-type]
    assert (settled.state, settled.charge, settled.spent_usd) == (State.FAILED, Charge.CHARGED, 1.0)


@pytest.mark.parametrize(
    ("verdict", "request_id"), [(Verdict.FOUND, "r7"), (Verdict.NOT_CHARGED, None), (Verdict.BUY_AGAIN, None)]
)
def test_a_history_that_cannot_be_read_settles_nothing(
    ledger: Ledger, lost: Entry, verdict: Verdict, request_id: str | None
) -> None:
    with pytest.raises(StudioError, match="cannot be read"):
        settle(ledger, lost.id, verdict, request_id, history=History(broken, broken))  # type: ignore[arg-type]
    assert ledger.entry(lost.id).state is State.UNKNOWN


@pytest.mark.parametrize("provider", ["fal", "elevenlabs"])
def test_without_a_key_there_is_no_history(ledger: Ledger, provider: str) -> None:
    with pytest.raises(StudioError):
        history_of(provider, ledger, {})


# Requests that do not tell what they were asked with


def untelling(entry: Entry) -> History:
    """A history with a request of about then that nobody has, and that does not tell what it was asked with."""

    def look(_: Entry) -> str | None:
        raise untold(entry, "r9")

    return History(look=look, is_of=lambda _, asked: asked == "r9")


def test_a_request_that_does_not_tell_keeps_a_row_from_being_free_and_the_commands_that_go_on_are_named(
    ledger: Ledger, lost: Entry
) -> None:
    with pytest.raises(UntoldError) as refused:
        settle(ledger, lost.id, Verdict.NOT_CHARGED, None, history=untelling(lost))
    hint = str(refused.value.hint)
    assert f"`ninja ledger settle {lost.id} found --request-id r9`" in hint
    assert f"`ninja ledger settle {lost.id} buy-again`" in hint
    assert ledger.entry(lost.id).state is State.UNKNOWN


def test_who_pays_once_more_all_the_same_may_and_it_counts_as_spent(ledger: Ledger, lost: Entry) -> None:
    settled = settle(ledger, lost.id, Verdict.BUY_AGAIN, None, history=untelling(lost))
    assert (settled.state, settled.spent_usd, settled.settled) == (State.FAILED, 1.0, True)
    looked = [event.data for event in ledger.history(lost.id) if event.event == "looked"]
    assert "r9" in str(looked[-1]["trouble"])


def test_who_has_seen_that_it_is_the_one_may_say_so(ledger: Ledger, lost: Entry) -> None:
    settled = settle(ledger, lost.id, Verdict.FOUND, "r9", history=untelling(lost))
    assert (settled.state, settled.request_id) == (State.SUBMITTED, "r9")


# A request that was taken


@pytest.fixture
def taken(ledger: Ledger) -> Entry:
    """A request that the provider has taken, and that no worker holds."""
    wanted = purchase()
    claim = ledger.sending(ledger.claim(wanted), sent=dict(wanted.arguments))
    claim = ledger.submitted(claim, "r1", *URLS)
    ledger.release(claim)
    return claim.entry


@pytest.mark.parametrize("stands", ["delivered", "under way"])
def test_what_the_provider_has_delivered_or_works_on_is_not_free_of_charge(
    ledger: Ledger, taken: Entry, stands: str
) -> None:
    history = History(look=lambda _: None, is_of=lambda *_: False, stands=lambda _: stands)
    with pytest.raises(LedgerError, match=stands) as refused:
        settle(ledger, taken.id, Verdict.NOT_CHARGED, None, history=history)
    assert f"`ninja ledger settle {taken.id} buy-again`" in str(refused.value.hint)
    assert ledger.entry(taken.id).state is State.SUBMITTED
    assert settle(ledger, taken.id, Verdict.BUY_AGAIN, None, history=history).spent_usd == 1.0


def test_what_was_billed_is_not_free_of_charge(ledger: Ledger, taken: Entry) -> None:
    claim = ledger.claim(taken.purchase)
    ledger.charged(claim, reported_usd(0.8))
    ledger.release(claim)
    with pytest.raises(LedgerError, match=r"billed, \$0\.80"):
        settle(ledger, taken.id, Verdict.NOT_CHARGED, None, history=shows(None))


def test_what_the_provider_does_not_know_any_more_is_as_the_person_says(ledger: Ledger, taken: Entry) -> None:
    assert settle(ledger, taken.id, Verdict.NOT_CHARGED, None, history=shows(None)).charge is Charge.NONE
