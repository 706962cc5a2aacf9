"""A purchase's way through the ledger, and what is refused on it."""

import threading
from collections.abc import Callable
from datetime import UTC, datetime

import pytest
from sqlalchemy import create_engine, inspect, text
from sqlalchemy.engine import make_url

from resources.core.errors import CapError, Charge, LedgerError, StudioError
from resources.core.names import Mode
from resources.models.prices.billing import billed_usd, reported_usd
from resources.purchasing.ledger import ClaimKind, Collected, Ledger, State
from tests.resources.purchasing.ledger.helpers import NOON, URLS, Clock, buy, elsewhere, estimate, media, purchase

Opener = Callable[..., Ledger]


def test_a_purchase_is_sent_collected_and_then_reused(ledger: Ledger) -> None:
    claim = ledger.claim(purchase())
    assert (claim.kind, claim.entry.state) == (ClaimKind.SEND, State.INTENDED)
    assert claim.entry.intended_at == datetime.fromtimestamp(NOON, UTC)
    ledger.sending(claim, {"audio_url": "https://cdn.test/a.mp3"})
    attached = ledger.submitted(claim, "r1", *URLS)
    assert (attached.kind, attached.entry.request_id, attached.entry.response_url) == (ClaimKind.ATTACH, "r1", URLS[1])
    entry = ledger.collected(
        attached, media=media(), billed=reported_usd(0.57), seconds=10.04, facts={"queue_seconds": 3, "fps": 30}
    )
    assert (entry.state, entry.cost_usd, entry.spent_usd, entry.charge) == (State.COLLECTED, 0.57, 0.57, Charge.CHARGED)
    again = ledger.claim(purchase(segment="s05"))
    assert (again.kind, again.token, again.entry.media) == (ClaimKind.REUSE, None, media())
    assert again.entry.sent == {"audio_url": "https://cdn.test/a.mp3"}
    assert again.entry.facts == {"queue_seconds": 3, "fps": 30}


def test_a_receipt_tells_what_was_paid_or_saved(ledger: Ledger) -> None:
    buy(ledger, purchase(), request_id="r1", cost=0.6)
    entry = ledger.claim(purchase()).entry
    bought, reused = entry.receipt(reused=False), entry.receipt(reused=True)
    assert (bought.cost_usd, bought.saved_usd, bought.estimated_usd, bought.request_id) == (0.6, 0.0, 1.0, "r1")
    assert (reused.cost_usd, reused.saved_usd, reused.reused) == (0.0, 0.6, True)


def test_another_worker_is_told_to_wait_while_the_lease_lives(opened: Opener, clock: Clock) -> None:
    first, second = opened(), opened()
    claim = first.claim(purchase())
    for step in (lambda: None, lambda: first.sending(claim), lambda: first.submitted(claim, "r1", *URLS)):
        step()
        busy = second.claim(purchase())
        assert (busy.kind, busy.token) == (ClaimKind.BUSY, None)
    assert first.claim(purchase()).kind is ClaimKind.BUSY  # another thread of the same process


def test_an_intent_whose_lease_ran_out_is_sent_by_the_next_and_by_no_other(opened: Opener, clock: Clock) -> None:
    first, second = opened(), opened()
    late = first.claim(purchase())
    elsewhere(first)
    clock.now += 61
    taken = second.claim(purchase(segment="s02"))
    assert (taken.kind, taken.entry.id, taken.entry.cell.segment) == (ClaimKind.SEND, late.entry.id, "s02")
    with pytest.raises(LedgerError, match="took this purchase over"):
        first.sending(late)
    second.sending(taken)


def test_a_lease_that_ran_out_sends_nothing_even_if_nobody_took_it(ledger: Ledger, clock: Clock) -> None:
    claim = ledger.claim(purchase())
    clock.now += 61
    with pytest.raises(LedgerError, match="lease ran out"):
        ledger.sending(claim)


@pytest.mark.parametrize("steps", [1, 2, 3])
def test_a_dead_workers_purchase_is_taken_up_at_once_where_it_stood(opened: Opener, steps: int) -> None:
    dead, next_one = opened(), opened()
    claim = dead.claim(purchase())
    if steps > 1:
        dead.sending(claim)
    if steps > 2:
        dead.submitted(claim, "r1", *URLS)
    dead.close()
    kind = {1: ClaimKind.SEND, 2: ClaimKind.RECONCILE, 3: ClaimKind.ATTACH}[steps]
    assert next_one.claim(purchase()).kind is kind


def test_a_stopped_worker_that_was_about_to_send_is_waited_for(opened: Opener, clock: Clock) -> None:
    stopped, other = opened(), opened()
    claim = stopped.claim(purchase())
    stopped.sending(claim)
    clock.now += 3600  # by which its lease has run out
    assert other.claim(purchase()).kind is ClaimKind.BUSY
    stopped.submitted(claim, "r1", *URLS)
    stopped.release(claim)
    assert other.claim(purchase()).kind is ClaimKind.ATTACH


def test_an_unknown_request_that_is_found_is_adopted(ledger: Ledger) -> None:
    claim = ledger.claim(purchase())
    ledger.sending(claim)
    doubt = ledger.unknown(claim, "read timeout")
    assert (doubt.kind, doubt.entry.state, doubt.entry.spent_usd) == (ClaimKind.RECONCILE, State.UNKNOWN, 1.0)
    adopted = ledger.adopt(doubt, "r9", *URLS)
    assert (adopted.kind, adopted.entry.status_url) == (ClaimKind.ATTACH, URLS[0])


def test_an_unknown_request_stays_in_doubt_until_someone_decides(ledger: Ledger) -> None:
    for _ in range(3):
        claim = ledger.claim(purchase())
        if claim.kind is ClaimKind.SEND:
            ledger.sending(claim)
        ledger.unknown(claim, "no answer")
        ledger.release(claim)
    assert ledger.claim(purchase()).kind is ClaimKind.RECONCILE
    assert len(ledger.rows()) == 1


def test_a_request_that_provably_never_left_is_sent_again_through_a_new_claim(ledger: Ledger) -> None:
    claim = ledger.claim(purchase())
    ledger.sending(claim)
    entry = ledger.not_taken(claim, "connection refused")
    assert (entry.state, entry.spent_usd, entry.reason) == (State.INTENDED, 0.0, "connection refused")
    with pytest.raises(LedgerError, match="took this purchase over"):
        ledger.sending(claim)
    assert ledger.claim(purchase()).kind is ClaimKind.SEND


def test_one_request_of_the_provider_cannot_stand_for_two_purchases(ledger: Ledger) -> None:
    buy(ledger, purchase("one"), request_id="r1")
    claim = ledger.claim(purchase("two"))
    ledger.sending(claim)
    with pytest.raises(LedgerError, match="request r1 belongs to entry"):
        ledger.adopt(claim, "r1")


def test_an_id_that_arrives_after_the_lease_was_lost_is_kept(opened: Opener, clock: Clock) -> None:
    late, heir = opened(), opened()
    claim = late.claim(purchase())
    late.sending(claim)
    late.release(claim)
    assert heir.claim(purchase()).kind is ClaimKind.RECONCILE
    late.submitted(claim, "r1", *URLS)
    found = heir.find("fal", "r1")
    assert found is not None
    assert found.state is State.SUBMITTED


def test_an_id_that_arrives_before_the_heir_sends_stops_the_heir(opened: Opener) -> None:
    late, heir = opened(), opened()
    claim = late.claim(purchase())
    late.sending(claim)
    late.release(claim)
    heir.not_taken(heir.claim(purchase()))
    again = heir.claim(purchase())
    late.submitted(claim, "r1", *URLS)
    with pytest.raises(LedgerError, match="the entry is submitted"):
        heir.sending(again)


def test_a_second_accepted_request_is_told_and_counted(opened: Opener) -> None:
    late, heir = opened(), opened()
    claim = late.claim(purchase())
    late.sending(claim)
    late.release(claim)
    heir.not_taken(heir.claim(purchase()))
    buy(heir, purchase(), request_id="r2")
    with pytest.raises(LedgerError, match="sent twice") as refusal:
        late.submitted(claim, "r1", *URLS)
    assert refusal.value.charge is Charge.CHARGED
    assert [(row.request_id, row.charge, row.spent_usd) for row in late.rows()] == [
        ("r2", Charge.CHARGED, 1.0),
        ("r1", Charge.CHARGED, 1.0),
    ]
    assert heir.claim(purchase()).kind is ClaimKind.REUSE


def test_a_delivery_counts_even_when_the_lease_is_lost(opened: Opener) -> None:
    late, heir = opened(), opened()
    claim = late.claim(purchase())
    late.sending(claim)
    attached = late.submitted(claim, "r1", *URLS)
    late.release(attached)
    other = heir.claim(purchase())
    first = late.collected(attached, media=media(), billed=reported_usd(0.5))
    second = heir.collected(other, media=media(), billed=reported_usd(0.5))
    assert first.id == second.id
    assert [row.spent_usd for row in heir.rows()] == [0.5]


def test_a_voice_is_collected_without_ever_being_submitted(ledger: Ledger) -> None:
    claim = ledger.claim(purchase(provider="elevenlabs"))
    ledger.sending(claim)
    entry = ledger.collected(claim, media=media(), billed=reported_usd(0.02), request_id="history-1")
    assert (entry.state, entry.request_id) == (State.COLLECTED, "history-1")


def test_a_second_voice_for_the_same_words_is_recorded_beside_the_first(opened: Opener) -> None:
    late, heir = opened(), opened()
    claim = late.claim(purchase())
    late.sending(claim)
    late.release(claim)
    doubt = heir.claim(purchase())
    heir.not_taken(doubt)
    again = heir.claim(purchase())
    heir.sending(again)
    heir.collected(again, media=media("b"), billed=reported_usd(0.03))
    with pytest.raises(LedgerError, match="sent twice"):
        late.collected(claim, media=media("c"), billed=reported_usd(0.02))
    assert [(row.state, row.spent_usd) for row in heir.rows()] == [(State.COLLECTED, 0.03), (State.FAILED, 0.02)]


def test_a_request_cannot_be_submitted_that_was_never_announced(ledger: Ledger) -> None:
    claim = ledger.claim(purchase())
    with pytest.raises(LedgerError):
        ledger.submitted(claim, "r1", *URLS)
    with pytest.raises(LedgerError, match="the entry is intended"):
        ledger.failed(claim, charge=Charge.NONE, reason="x", retryable=False)


def test_a_failure_that_cost_nothing_may_be_bought_again(ledger: Ledger) -> None:
    claim = ledger.claim(purchase())
    ledger.sending(claim)
    entry = ledger.failed(claim, charge=Charge.NONE, reason="503", retryable=True)
    assert (entry.spent_usd, entry.retryable) == (0.0, True)
    assert ledger.claim(purchase()).kind is ClaimKind.SEND


@pytest.mark.parametrize("charge", [Charge.CHARGED, Charge.POSSIBLE])
def test_a_failure_that_may_have_cost_is_not_bought_again_by_itself(ledger: Ledger, charge: Charge) -> None:
    claim = ledger.claim(purchase())
    ledger.sending(claim)
    entry = ledger.failed(claim, charge=charge, reason="422 policy", retryable=False)
    assert entry.spent_usd == 1.0
    with pytest.raises(StudioError, match="it is not sent again") as refusal:
        ledger.claim(purchase())
    assert f"ninja ledger settle {entry.id} buy-again" in str(refusal.value)
    assert refusal.value.charge is charge
    assert ledger.claim(purchase(take=2)).kind is ClaimKind.SEND


def test_a_file_gone_from_the_library_is_fetched_again_and_not_bought(ledger: Ledger) -> None:
    buy(ledger, purchase(), request_id="r1", cost=0.8)
    before = ledger.entry(1)
    fetch = ledger.recollect(ledger.claim(purchase()))
    assert (fetch.kind, fetch.entry.response_url) == (ClaimKind.FETCH, URLS[1])
    assert ledger.entry(1) == before  # a vain try changes nothing for another machine that has the file
    ledger.release(fetch)
    fetch = ledger.recollect(ledger.claim(purchase()))
    kept = Collected.of(before.model_copy(update={"media": media("r1")}), reused=True)
    assert ledger.fetched(fetch, media("r1")) == kept
    assert ledger.claim(purchase()).kind is ClaimKind.REUSE


def test_what_was_billed_is_kept_whatever_becomes_of_the_file(ledger: Ledger, clock: Clock) -> None:
    claim = ledger.submitted(ledger.sending(ledger.claim(purchase())), "r1", *URLS)
    entry = ledger.charged(claim, billed_usd(16.0, 0.07, 1.0))
    assert (entry.state, entry.cost_usd, entry.spent_usd, entry.billed_units) == (State.SUBMITTED, 1.12, 1.12, 16.0)
    assert entry.flag == "provider said 16 units, $1.12, where $1.00 were expected"
    clock.now += 100
    ledger.release(claim)
    attached = ledger.claim(purchase(usd=9))
    assert (attached.kind, attached.entry.cost_usd) == (ClaimKind.ATTACH, 1.12)
    ledger.failed(attached, charge=Charge.CHARGED, reason="another length", retryable=False, billed=reported_usd(3))
    assert ledger.rows()[0].spent_usd == 1.12


def test_a_price_that_changes_while_a_clip_renders_does_not_rewrite_what_was_agreed(ledger: Ledger) -> None:
    agreed = estimate().model_copy(update={"platform_unit": "units", "platform_unit_usd": 0.14})
    claim = ledger.submitted(ledger.sending(ledger.claim(purchase().model_copy(update={"estimate": agreed}))), "r1")
    ledger.release(claim)
    attached = ledger.claim(purchase(usd=2.0))
    assert attached.entry.estimate == agreed
    assert ledger.rows()[0].estimated_usd == 1.0


def test_a_file_gone_without_a_request_id_is_said_to_be_lost(ledger: Ledger) -> None:
    ledger.import_clip(purchase(), media())
    with pytest.raises(LedgerError, match="no request id to fetch it by"):
        ledger.recollect(ledger.claim(purchase()))


def test_leaving_the_lease_without_a_word_leaves_the_request_in_doubt(ledger: Ledger) -> None:
    claim = ledger.claim(purchase())

    def interrupted() -> None:
        with ledger.lease(claim):
            ledger.sending(claim)
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        interrupted()
    entry = ledger.entry(claim.entry.id)
    assert (entry.state, entry.charge) == (State.UNKNOWN, Charge.POSSIBLE)


def test_leaving_the_lease_before_sending_gives_the_money_back(ledger: Ledger) -> None:
    claim = ledger.claim(purchase())
    with ledger.lease(claim):
        assert ledger.entry(claim.entry.id).spent_usd == 1.0
    assert ledger.entry(claim.entry.id).spent_usd == 0.0


def test_a_waiting_worker_gets_what_the_other_one_bought(opened: Opener) -> None:
    first, second = opened(), opened()
    claim = first.claim(purchase())
    busy = second.claim(purchase())

    def finish() -> None:
        first.sending(claim)
        first.collected(first.submitted(claim, "r1", *URLS), media=media(), billed=reported_usd(1))

    timer = threading.Timer(0.1, finish)
    timer.start()
    assert second.wait(busy, timeout_seconds=20, poll_seconds=0.02).kind is ClaimKind.REUSE
    timer.join()


def test_waiting_has_an_end(opened: Opener) -> None:
    first, second = opened(), opened()
    first.claim(purchase())
    with pytest.raises(LedgerError, match="another worker still makes this") as refusal:
        second.wait(second.claim(purchase()), timeout_seconds=0.05, poll_seconds=0.01)
    assert refusal.value.retryable


def test_rehearsal_cannot_buy(ledger: Ledger) -> None:
    with pytest.raises(LedgerError, match="rehearsal buys nothing"):
        ledger.claim(purchase(mode=Mode.REHEARSAL))


def test_ten_threads_and_one_key_send_once(ledger: Ledger) -> None:
    kinds: list[ClaimKind] = []
    barrier = threading.Barrier(10)

    def work() -> None:
        barrier.wait()
        kinds.append(ledger.claim(purchase()).kind)

    threads = [threading.Thread(target=work) for _ in range(10)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(kinds) == sorted([ClaimKind.SEND] + [ClaimKind.BUSY] * 9)


def test_no_secret_reaches_the_database(ledger: Ledger, url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("FAL_KEY", "s3cr3t-value")
    claim = ledger.claim(purchase())
    ledger.sending(claim, {"url": "https://cdn/?k=s3cr3t-value"})
    ledger.unknown(claim, "POST with s3cr3t-value failed")
    ledger.submitted(claim, "r1", "https://q/s3cr3t-value", None, None)
    ledger.collected(claim, media=media(), billed=reported_usd(1), facts={"log": ["s3cr3t-value"]}, request_id="r1")
    ledger.lock_provider("fal", "403 for s3cr3t-value")
    with pytest.raises(LedgerError, match="holds its key"):
        ledger.remember_upload("a" * 64, "fal", "https://cdn/s3cr3t-value", None)
    engine = create_engine(make_url(url).set(drivername=ledger._store.url.drivername))
    with engine.connect() as connection:
        tables = inspect(engine).get_table_names()
        assert len(tables) > 5
        everything = [str(row) for table in tables for row in connection.execute(text(f"SELECT * FROM {table}"))]  # noqa: S608
    engine.dispose()
    assert "s3cr3t-value" not in " ".join(everything)
    assert "[secret]" in " ".join(everything)


def test_over_the_cap_nothing_is_recorded(opened: Opener) -> None:
    ledger = opened()
    with pytest.raises(CapError):
        ledger.claim(purchase(usd=101))
    assert ledger.rows() == []
