"""fal.ai's own list and bills, held against the ledger: both ways, and to the cent."""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import httpx
import pytest

from resources.core.errors import Charge, StudioError
from resources.models.prices.billing import reported_usd
from resources.models.prices.price_values import exact_usd
from resources.providers.fal.statement import _listed, statement
from resources.purchasing.accounts.reconciler import AccountBooks, Listed, reconcile
from resources.purchasing.ledger import Ledger, Purchase, State
from resources.purchasing.ledger.tables.entry import NOBODYS
from tests.resources.providers.fal.conftest import FAST, LISTENER, STANDARD, Bench, MakeBench
from tests.resources.purchasing.ledger.summed import summed

HOUR = timedelta(hours=1)


def books(bench: Bench, *planned: Purchase, correct: bool = False, later: timedelta = HOUR) -> AccountBooks:
    """The books of the last day, as they are `later`."""

    def plan(_: Collection[Listed]) -> Iterable[Purchase]:
        return planned

    now = datetime.now(UTC)
    listed = statement(bench.client, [LISTENER, STANDARD], now - timedelta(days=1))
    since, until = now - timedelta(days=1), now + later + HOUR
    return reconcile(bench.ledger, listed, since=since, until=until, planned=plan, correct=correct)


def post(bench: Bench, arguments: Mapping[str, Any], endpoint: str = STANDARD) -> str:
    """A request that this program did not send, and that has ended."""
    with httpx.Client(headers={"Authorization": f"Key {bench.providers.fal_key}"}) as client:
        answer = client.post(f"{bench.providers.base_url}/queue/{endpoint}", json=dict(arguments))
        taken = answer.raise_for_status().json()
        while client.get(taken["status_url"]).json()["status"] != "COMPLETED":
            pass
        return str(taken["request_id"])


def sent(bench: Bench) -> dict[str, Any]:
    """What the first entry was sent with."""
    return dict(bench.ledger.entry(1).sent or {})


def test_what_was_bought_is_listed_and_billed_as_the_ledger_has_it(bench: Bench) -> None:
    bench.studio.speaker(bench.speaker())
    bench.studio.listener(bench.listener())
    bench.providers.settings(fal_scope="ADMIN")
    found = books(bench)
    spent = bench.providers.report().spent_usd
    assert found.agree
    assert (found.listed, found.known, found.compared, found.untold) == (2, 2, 2, None)
    assert found.ledger_usd == found.provider_usd == found.account_usd == pytest.approx(spent)


def test_a_key_that_may_not_read_bills_compares_requests_and_says_so(bench: Bench) -> None:
    bench.studio.speaker(bench.speaker())
    found = books(bench)
    assert found.agree
    assert (found.known, found.compared, found.account_usd) == (1, 0, None)
    assert "ADMIN" in str(found.untold)


def test_another_bill_is_shown_to_the_cent_and_taken_where_a_person_says_so(bench: Bench) -> None:
    bench.studio.speaker(bench.speaker())
    bench.providers.settings(fal_scope="ADMIN", percent_discount=10)
    spent = bench.providers.report().spent_usd
    found = books(bench)
    [differing] = found.differing
    assert not found.agree
    assert differing.ledger_usd == pytest.approx(spent)
    assert differing.provider_usd == pytest.approx(0.9 * spent)
    assert differing.what == f"{exact_usd(0.1 * spent)} less was billed than the ledger has"
    before = bench.ledger.entry(1)
    corrected = books(bench, correct=True)
    assert corrected.agree
    assert [each.entry for each in corrected.corrected] == [1]
    entry = bench.ledger.entry(1)
    assert entry.cost_usd == pytest.approx(0.9 * spent)
    assert (entry.state, entry.estimate, entry.media) == (State.COLLECTED, before.estimate, before.media)
    told = [event.data.get("cost_micros") for event in bench.ledger.history(1)]
    assert round(spent * 1e6) in told  # what was known before is not overwritten
    assert summed(bench.ledger.history(1)).cost_micros == round(0.9 * spent * 1e6)
    assert books(bench).agree


def test_a_request_whose_answer_was_lost_is_adopted_and_collected_by_the_next_run(make_bench: MakeBench) -> None:
    bench = make_bench()
    bench.providers.fault("fal.submit", "drop")
    bench.providers.settings(history_delay=3600)
    with pytest.raises(StudioError):
        bench.studio.speaker(bench.speaker())
    bench.ledger.close()
    bench.providers.settings(history_delay=0, history_shows_running=True)
    again = make_bench()
    found = books(again)
    assert not found.agree
    assert [each.entry for each in found.adopted] == [1]
    assert again.ledger.entry(1).state is State.SUBMITTED
    again.studio.speaker(again.speaker())
    assert again.bought() == 1
    assert books(again).agree


def test_a_second_request_of_one_purchase_counts_beside_it(bench: Bench) -> None:
    bench.studio.speaker(bench.speaker())
    bench.providers.settings(fal_scope="ADMIN")
    other = post(bench, sent(bench))
    found = books(bench)
    [adopted] = found.adopted
    assert (adopted.request_id, adopted.what) == (other, "bought a second time, beside entry 1")
    entries = bench.ledger.rows()
    assert [entry.charge for entry in entries] == [Charge.CHARGED] * 2
    assert sum(entry.spent_usd for entry in entries) == pytest.approx(bench.providers.report().spent_usd)
    assert books(bench).agree


def test_a_request_that_no_row_knows_is_the_plans_own_and_is_collected_for_nothing(make_bench: MakeBench) -> None:
    bench = make_bench()
    order = bench.speaker()
    [request] = order.requests
    urls = {name: bench.uploads.upload(media).url for name, media in request.media.items()}
    given = {name: urls.get(str(value), value) for name, value in request.purchase.arguments.items()}
    lost = post(bench, given)
    found = books(bench, request.purchase)
    assert [each.request_id for each in found.adopted] == [lost]
    bench.studio.speaker(order)
    assert bench.bought() == 1
    assert [entry.request_id for entry in bench.ledger.rows()] == [lost]
    assert books(bench).agree


def test_a_request_with_our_files_that_nobody_plans_any_more_is_kept_in_the_books(bench: Bench) -> None:
    bench.studio.speaker(bench.speaker())
    bench.providers.settings(fal_scope="ADMIN")
    lost = post(bench, {**sent(bench), "prompt": "Words of a ledger that is gone."})
    found = books(bench)
    assert [each.request_id for each in found.adopted] == [lost]
    entry = bench.ledger.find("fal", lost)
    assert entry is not None
    assert (entry.state, entry.cell.episode) == (State.SUBMITTED, NOBODYS)
    assert sum(each.spent_usd for each in bench.ledger.rows()) == pytest.approx(bench.providers.report().spent_usd)
    again = books(bench)
    assert (again.agree, [each.request_id for each in again.open]) == (True, [lost])


def test_a_request_with_our_files_is_found_by_whoever_wants_it(make_bench: MakeBench) -> None:
    bench = make_bench()
    order = bench.speaker()
    [request] = order.requests
    urls = {name: bench.uploads.upload(media).url for name, media in request.media.items()}
    lost = post(bench, {name: urls.get(str(value), value) for name, value in request.purchase.arguments.items()})
    assert [each.request_id for each in books(bench).adopted] == [lost]
    bench.studio.speaker(order)
    [entry] = bench.ledger.rows()
    assert (bench.bought(), entry.request_id, entry.cell) == (1, lost, order.cell)
    assert (entry.estimate, entry.cost_usd) == (request.purchase.estimate, bench.providers.report().spent_usd)


def test_requests_of_others_are_listed_and_left_alone(bench: Bench) -> None:
    bench.studio.speaker(bench.speaker())
    theirs = post(bench, {"prompt": "A cat.", "image_url": "https://example.com/cat.png"}, LISTENER)
    bench.providers.settings(fal_scope="ADMIN")
    found = books(bench)
    assert found.agree
    assert [each.request_id for each in found.foreign] == [theirs]
    assert len(bench.ledger.rows()) == 1


def test_what_another_show_of_the_database_bought_is_known_and_compared_by_that_show(bench: Bench) -> None:
    bench.studio.speaker(bench.speaker())
    bench.providers.settings(fal_scope="ADMIN", percent_discount=10)
    other = replace(bench, ledger=Ledger(bench.ledger.store, show="other", caps=None))
    found = books(other)
    assert (found.agree, found.known, found.compared, found.foreign) == (True, 1, 0, ())


def test_what_the_ledger_alone_has_is_told(bench: Bench) -> None:
    order = bench.speaker()
    [request] = order.requests
    claim = bench.ledger.claim(request.purchase)
    with bench.ledger.lease(claim):
        bench.ledger.sending(claim, sent={"prompt": "x"})
        claim = bench.ledger.submitted(claim, "never-heard-of")
        media = bench.library.put_bytes(b"clip", ".mp4")
        bench.ledger.collected(claim, media=media, billed=reported_usd(0.5))
    assert books(bench, later=-HOUR).open[0].what == "not listed yet"  # a list lags
    found = books(bench)
    assert [(each.entry, each.ledger_usd, each.provider_usd) for each in found.missing] == [(1, 0.5, None)]
    assert not found.agree


def test_what_is_under_way_is_no_difference(make_bench: MakeBench) -> None:
    bench = make_bench(times=FAST)
    [request] = bench.speaker().requests
    claim = bench.ledger.claim(request.purchase)
    bench.ledger.sending(claim, sent={"prompt": "x"})
    bench.ledger.submitted(claim, post(bench, {"prompt": "x"}))
    found = books(bench)
    assert (found.agree, len(found.open)) == (True, 1)


def test_a_free_failure_that_was_delivered_after_all_differs(bench: Bench) -> None:
    bench.studio.speaker(bench.speaker())
    [request] = bench.speaker(seconds=3.0).requests
    claim = bench.ledger.claim(request.purchase)
    bench.ledger.sending(claim, sent=sent(bench))
    claim = bench.ledger.submitted(claim, post(bench, sent(bench)))
    bench.ledger.failed(claim, charge=Charge.NONE, reason="a word of a gateway", retryable=True)
    found = books(bench)
    assert [each.what for each in found.differing] == ["it was delivered, and the ledger counts nothing for it"]
    bench.providers.settings(fal_scope="ADMIN")
    books(bench, correct=True)
    assert sum(each.spent_usd for each in bench.ledger.rows()) == pytest.approx(bench.providers.report().spent_usd)


@pytest.mark.parametrize(
    "answer",
    [{"status": 500}, {"body": {"has_more": False}}, {"body": {"billing_events": [{"request_id": "a"}]}}],
)
def test_bills_that_cannot_be_read_are_never_taken_for_none(bench: Bench, answer: dict[str, Any]) -> None:
    bench.providers.settings(fal_scope="ADMIN")
    bench.providers.fault("fal.bills", "reply", times=None, **answer)
    with pytest.raises(StudioError):
        books(bench)


def test_every_page_of_the_list_and_of_the_bills_is_read(bench: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("resources.providers.fal.wire.history._PAGE", 1)
    monkeypatch.setattr("resources.providers.fal.statement._PAGE", 1)
    for seconds in (2.0, 2.4, 2.8):
        bench.studio.speaker(bench.speaker(seconds=seconds))
    bench.providers.settings(fal_scope="ADMIN")
    found = books(bench)
    assert (found.agree, found.compared) == (True, 3)


@pytest.mark.parametrize(("given", "told"), [({"prompt": "x"}, True), ({}, True), (None, False), ("cut", False)])
def test_a_request_whose_input_is_not_there_does_not_tell_it(given: object, told: bool) -> None:
    item = {"request_id": "r1", "sent_at": "2026-11-30T10:00:00Z", "json_input": given}
    assert _listed(item, None).readable is told
