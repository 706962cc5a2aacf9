"""What a person, a bill or a provider's own list tells the ledger, and what it makes of that."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest

from resources.core.errors import Charge, LedgerError, StudioError
from resources.models.prices.billing import billed_usd, reported_usd
from resources.purchasing.ledger import ClaimKind, Ledger, State, Verdict
from tests.resources.purchasing.ledger.helpers import NOON, URLS, buy, media, purchase
from tests.resources.purchasing.ledger.summed import summed

Opener = Callable[..., Ledger]
BEFORE = datetime.fromtimestamp(NOON, UTC) - timedelta(days=2)


def lost(ledger: Ledger) -> int:
    """The entry of a request that was sent, and of which nobody heard again."""
    claim = ledger.claim(purchase())
    ledger.sending(claim)
    ledger.release(claim)
    return claim.entry.id


@pytest.mark.parametrize(
    ("verdict", "spent", "again"),
    [(Verdict.NOT_CHARGED, 0.0, True), (Verdict.CHARGED, 1.0, False), (Verdict.BUY_AGAIN, 1.0, True)],
)
def test_a_person_settles_an_unknown(ledger: Ledger, verdict: Verdict, spent: float, again: bool) -> None:
    claim = ledger.claim(purchase())
    ledger.sending(claim)
    ledger.unknown(claim, "no answer")
    with pytest.raises(LedgerError, match="a running worker holds it"):
        ledger.settle(claim.entry.id, verdict)
    ledger.release(claim)
    entry = ledger.settle(claim.entry.id, verdict)
    assert (entry.state, entry.spent_usd) == (State.FAILED, spent)
    if again:
        assert ledger.claim(purchase()).kind is ClaimKind.SEND
    else:
        with pytest.raises(StudioError, match="settle"):
            ledger.claim(purchase())


def test_a_request_that_a_person_found_is_collected_by_the_next_run(ledger: Ledger) -> None:
    claim = ledger.claim(purchase())
    ledger.sending(claim)
    ledger.release(claim)
    with pytest.raises(LedgerError, match="give the provider's request id"):
        ledger.settle(claim.entry.id, Verdict.FOUND)
    ledger.settle(claim.entry.id, Verdict.FOUND, "r7")
    attached = ledger.claim(purchase())
    assert (attached.kind, attached.entry.request_id) == (ClaimKind.ATTACH, "r7")


@pytest.mark.parametrize("verdict", sorted(set(Verdict) - {Verdict.FOUND}))
def test_a_requests_id_beside_another_verdict_is_not_passed_over(ledger: Ledger, verdict: Verdict) -> None:
    claim = ledger.claim(purchase())
    ledger.sending(claim)
    ledger.release(claim)
    with pytest.raises(LedgerError, match=f"the verdict is {verdict.value}"):
        ledger.settle(claim.entry.id, verdict, "r7")
    assert ledger.entry(claim.entry.id).state is State.UNKNOWN


def test_what_is_collected_needs_no_verdict(ledger: Ledger) -> None:
    claim = buy(ledger, purchase(), request_id="r1")
    with pytest.raises(LedgerError, match="it is collected"):
        ledger.settle(claim.entry.id, Verdict.NOT_CHARGED)
    with pytest.raises(LedgerError, match="no entry 999"):
        ledger.settle(999, Verdict.CHARGED)


def test_a_bill_belongs_to_its_request(ledger: Ledger) -> None:
    claim = ledger.submitted(ledger.sending(ledger.claim(purchase())), "r1", *URLS)
    ledger.failed(claim, charge=Charge.CHARGED, reason="500", retryable=False, billed=reported_usd(0.8))
    assert ledger.settle(claim.entry.id, Verdict.FOUND, "r1").cost_usd == 0.8
    assert ledger.settle(claim.entry.id, Verdict.FOUND, "r2").cost_usd is None


def test_an_imported_clip_is_never_bought_and_counts_towards_no_cap(ledger: Ledger) -> None:
    entry = ledger.import_clip(purchase(usd=99), media(), seconds=10.0)
    assert (entry.imported, entry.spent_usd) == (True, 99.0)
    assert ledger.import_clip(purchase(usd=99), media()).id == entry.id
    assert ledger.claim(purchase()).kind is ClaimKind.REUSE
    assert ledger.claim(purchase("another", usd=99)).kind is ClaimKind.SEND
    with pytest.raises(LedgerError, match="already"):
        ledger.import_clip(purchase(), media("other"))


def test_importing_completes_a_request_whose_fate_was_unknown(ledger: Ledger) -> None:
    claim = ledger.claim(purchase())
    ledger.sending(claim)
    with pytest.raises(LedgerError, match="being bought"):
        ledger.import_clip(purchase(), media())
    ledger.release(claim)
    entry = ledger.import_clip(purchase(), media(), cost_usd=0.9, request_id="r5")
    assert (entry.id, entry.imported, entry.request_id) == (claim.entry.id, False, "r5")
    assert [row.spent_usd for row in ledger.rows()] == [0.9]


def test_a_verdict_is_of_the_shows_own_entries(opened: Opener, url: str) -> None:
    entry = lost(opened())
    with Ledger(url, show="other", caps=None) as other:
        with pytest.raises(LedgerError, match="belongs to the show 'default'"):
            other.settle(entry, Verdict.NOT_CHARGED)
        with pytest.raises(LedgerError, match="belongs to the show 'default'"):
            other.corrected(entry, reported_usd(1))
    assert opened().entry(entry).state is State.UNKNOWN


def test_no_request_is_found_twice_nor_for_what_another_has_replaced(ledger: Ledger) -> None:
    buy(ledger, purchase("another"), request_id="r1")
    entry = lost(ledger)
    with pytest.raises(LedgerError, match="request r1 belongs to entry 1"):
        ledger.settle(entry, Verdict.FOUND, "r1")
    ledger.settle(entry, Verdict.BUY_AGAIN)
    ledger.claim(purchase())
    with pytest.raises(LedgerError, match="was replaced by a later request"):
        ledger.settle(entry, Verdict.FOUND, "r2")


def test_what_is_found_after_all_needs_a_new_word_to_be_bought_again(ledger: Ledger) -> None:
    entry = lost(ledger)
    ledger.settle(entry, Verdict.BUY_AGAIN)
    ledger.settle(entry, Verdict.FOUND, "r7")
    ledger.failed(ledger.claim(purchase()), charge=Charge.CHARGED, reason="422 policy", retryable=False)
    with pytest.raises(StudioError, match="it is not sent again"):
        ledger.claim(purchase())
    [row] = ledger.rows()
    assert (row.settled, summed(ledger.history(entry)).settled) == (False, False)


def test_a_verdict_says_what_was_before(ledger: Ledger) -> None:
    entry = ledger.settle(lost(ledger), Verdict.CHARGED)
    assert entry.reason is not None
    assert entry.reason.startswith("settled as charged; was: the worker stopped")


def test_a_request_beside_another_counts_beside_it(ledger: Ledger) -> None:
    buy(ledger, purchase(), request_id="r1", cost=0.9)
    stray = ledger.beside(1, "r2", sent_at=BEFORE, billed=reported_usd(0.8))
    assert (stray.state, stray.charge, stray.spent_usd) == (State.FAILED, Charge.CHARGED, 0.8)
    assert (stray.sent_at, stray.intended_at) == (BEFORE, BEFORE)
    assert ledger.claim(purchase()).kind is ClaimKind.REUSE
    assert round(sum(row.spent_usd for row in ledger.rows()), 6) == 1.7
    assert ledger.beside(1, "r2", sent_at=BEFORE, billed=reported_usd(5.0)).spent_usd == 0.8  # told once more


def test_a_request_that_no_row_knew_is_under_way_and_no_cap_is_asked(opened: Opener) -> None:
    ledger = opened(caps=None)
    taken = ledger.taken_in(purchase(usd=99), "r1", sent={"prompt": "hello"}, sent_at=BEFORE)
    assert (taken.state, taken.request_id, taken.sent_at, taken.charge) == (
        State.SUBMITTED,
        "r1",
        BEFORE,
        Charge.POSSIBLE,
    )
    assert ledger.claim(purchase()).kind is ClaimKind.ATTACH
    total = summed(ledger.history(taken.id))
    assert (total.state, total.request_id) == (State.SUBMITTED, "r1")


def test_what_was_billed_stays_charged_though_its_request_turns_out_to_have_failed(ledger: Ledger) -> None:
    """A failed request that the provider billed was adopted, and the run that wanted it asks how it ended."""
    wanted = purchase()
    ledger.taken_in(wanted, "r1", sent=dict(wanted.arguments), sent_at=ledger.now(), billed=reported_usd(0.4))
    claim = ledger.claim(wanted)
    assert claim.kind is ClaimKind.ATTACH
    ended = ledger.failed(claim, charge=Charge.NONE, reason="fal answered 500", retryable=True)
    assert (ended.charge, ended.spent_usd, ended.counted_usd) == (Charge.CHARGED, 0.4, 0.4)
    with pytest.raises(StudioError, match="charged before"):
        ledger.claim(wanted)


def test_it_is_taken_in_once_whatever_is_told_again(ledger: Ledger) -> None:
    first = ledger.taken_in(purchase(), "r1", sent={}, sent_at=BEFORE, billed=reported_usd(0.7))
    again = ledger.taken_in(purchase(), "r1", sent={}, sent_at=BEFORE, billed=reported_usd(5))
    assert (again.id, again.cost_usd) == (first.id, 0.7)
    assert len(ledger.rows()) == 1


def test_it_completes_the_request_of_which_nobody_heard_again(ledger: Ledger) -> None:
    entry = lost(ledger)
    taken = ledger.taken_in(purchase(), "r1", sent={}, sent_at=BEFORE)
    assert (taken.id, taken.state, taken.request_id) == (entry, State.SUBMITTED, "r1")
    assert len(ledger.rows()) == 1


@pytest.mark.parametrize("collected", [False, True])
def test_where_the_purchase_has_a_request_it_counts_beside_it(ledger: Ledger, collected: bool) -> None:
    if collected:
        buy(ledger, purchase(), request_id="r1")
    else:
        ledger.submitted(ledger.sending(ledger.claim(purchase())), "r1", *URLS)
    stray = ledger.taken_in(purchase(), "r2", sent={}, sent_at=BEFORE, billed=reported_usd(0.5))
    assert (stray.id, stray.state, stray.charge, stray.cost_usd) == (2, State.FAILED, Charge.CHARGED, 0.5)
    assert ledger.entry(1).state is (State.COLLECTED if collected else State.SUBMITTED)


def test_it_is_what_an_imported_file_was_paid_by(ledger: Ledger) -> None:
    entry = ledger.import_clip(purchase(), media(), cost_usd=0.5)
    taken = ledger.taken_in(purchase(), "r1", sent={}, sent_at=BEFORE, billed=reported_usd(0.7))
    assert (taken.id, taken.state, taken.request_id, taken.cost_usd) == (entry.id, State.COLLECTED, "r1", 0.5)
    assert summed(ledger.history(entry.id)).request_id == "r1"
    assert ledger.by_request("fal", ["r1"])["r1"].id == entry.id  # it is known, and told no more
    assert ledger.taken_in(purchase(), "r2", sent={}, sent_at=BEFORE).state is State.FAILED  # another was paid besides


def test_a_bill_goes_before_what_was_known_and_the_journal_keeps_both(ledger: Ledger) -> None:
    claim = buy(ledger, purchase(), request_id="r1", cost=1.0)
    entry = ledger.corrected(claim.entry.id, billed_usd(20.0, 0.07, 1.0))
    assert (entry.cost_usd, entry.counted_usd, entry.billed_units) == (1.4, 1.4, 20.0)
    told = [event.data["cost_micros"] for event in ledger.history(claim.entry.id) if "cost_micros" in event.data]
    assert told == [1_000_000, 1_400_000]
    assert summed(ledger.history(claim.entry.id)).cost_micros == 1_400_000


def test_a_failure_that_a_bill_names_was_charged_and_one_of_nothing_is_not(ledger: Ledger) -> None:
    claim = ledger.submitted(ledger.sending(ledger.claim(purchase())), "r1", *URLS)
    with pytest.raises(LedgerError, match="under way"):
        ledger.corrected(claim.entry.id, reported_usd(1))
    ledger.failed(claim, charge=Charge.NONE, reason="500", retryable=True)
    assert ledger.corrected(claim.entry.id, reported_usd(0)).charge is Charge.NONE
    assert ledger.corrected(claim.entry.id, reported_usd(0.4)).charge is Charge.CHARGED
    with pytest.raises(StudioError, match="it is not sent again"):
        ledger.claim(purchase())


def test_no_file_is_imported_under_a_request_that_another_entry_has(ledger: Ledger) -> None:
    buy(ledger, purchase("another"), request_id="r1")
    with pytest.raises(LedgerError, match="request r1 belongs to entry 1"):
        ledger.import_clip(purchase(), media("b"), request_id="r1")
    assert len(ledger.rows()) == 1


@pytest.mark.parametrize("ended", [False, True])
def test_a_file_of_another_request_does_not_hide_the_one_that_a_purchase_has(opened: Opener, ended: bool) -> None:
    worker = opened()
    claim = worker.submitted(worker.sending(worker.claim(purchase())), "r1", *URLS)
    if ended:
        worker.failed(claim, charge=Charge.CHARGED, reason="422", retryable=False)
    worker.close()
    ledger = opened()
    with pytest.raises(LedgerError, match="has request r1 for this purchase, and not r2"):
        ledger.import_clip(purchase(), media(), cost_usd=0.5, request_id="r2")
    entry = ledger.import_clip(purchase(), media(), request_id="r1")
    assert (entry.id, entry.state, entry.request_id) == (1, State.COLLECTED, "r1")


def test_a_file_of_another_request_takes_the_place_of_what_cost_nothing(ledger: Ledger) -> None:
    claim = ledger.submitted(ledger.sending(ledger.claim(purchase())), "r1", *URLS)
    ledger.failed(claim, charge=Charge.NONE, reason="500", retryable=True)
    assert ledger.import_clip(purchase(), media(), request_id="r2").request_id == "r2"
    assert [row.request_id for row in ledger.rows()] == ["r1", "r2"]
