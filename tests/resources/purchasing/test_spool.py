"""Proof of money that the ledger cannot be told: kept on the disk and in the library, and told at the next opening."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from resources.core.errors import Charge, LedgerError
from resources.core.library import Library
from resources.core.names import DEFAULT_SHOW
from resources.failures import Provider
from resources.models.prices.billing import reported_usd
from resources.purchasing.ledger import Claim, ClaimKind, Ledger, State, Verdict
from resources.purchasing.spool import Acceptance, Delivery, Spool
from resources.purchasing.verdict import Window
from resources.purchasing.worker import Worker
from tests.empty_ledger import empty_ledger
from tests.resources.purchasing.ledger.helpers import CAPS, purchase


@contextmanager
def away(ledger: Ledger, folder: Path) -> Iterator[None]:
    """The database's disk is gone for a while."""
    ledger.store.close()
    gone = folder.rename(folder.with_name("gone"))
    try:
        yield
    finally:
        gone.rename(folder)


def worker(ledger: Ledger, library: Library) -> Worker:
    return Worker(Provider.FAL, ledger, library, lambda _: None, window=Window(1, 1), wait=0.01, keep=0.0)


def sent(ledger: Ledger) -> Claim:
    return ledger.sending(ledger.claim(purchase()), {"prompt": "x"})


def test_an_acceptance_and_a_delivery_outlive_a_database_that_is_away(tmp_path: Path) -> None:
    url, library = f"sqlite:///{tmp_path}/books/ledger.db", Library(tmp_path / "library")
    ledger = Ledger(url, caps=CAPS)
    claim = sent(ledger)
    with away(ledger, tmp_path / "books"):
        with pytest.raises(LedgerError, match="request r1 of fal was taken") as raised:
            worker(ledger, library).accepted(claim, "r1", "https://s", "https://r", "https://c")
        assert raised.value.charge is Charge.POSSIBLE
        assert str(tmp_path / "library" / "spool") in str(raised.value.hint)
        clip = library.put_bytes(b"a clip", ".mp4")
        with pytest.raises(LedgerError):
            worker(ledger, library).delivered(
                Delivery(claim=claim, request_id="r1", media=clip, billed=reported_usd(0.5), seconds=1.0)
            )
    with Ledger(url, caps=CAPS) as again:
        assert again.entry(1).state is not State.COLLECTED
        assert Spool(library).replay(again) == 2
        assert Spool(library).replay(again) == 0
        entry = again.entry(1)
    assert (entry.state, entry.request_id, entry.media, entry.cost_usd) == (State.COLLECTED, "r1", clip, 0.5)


def test_what_was_told_already_changes_nothing(tmp_path: Path) -> None:
    library = Library(tmp_path / "library")
    with Ledger(empty_ledger(tmp_path / "ledger.db"), caps=CAPS) as ledger:
        claim = ledger.submitted(sent(ledger), "r1")
        clip = library.put_bytes(b"a clip", ".mp4")
        delivery = Delivery(claim=claim, request_id="r1", media=clip, billed=reported_usd(0.5))
        before = worker(ledger, library).delivered(delivery)
        Spool(library).keep(delivery)
        assert Spool(library).replay(ledger) == 1
        assert ledger.entry(1).model_dump() == before.model_dump(exclude={"reused"})


def test_what_cannot_be_read_stays_where_it_is(tmp_path: Path) -> None:
    library = Library(tmp_path / "library")
    library.spool("odd.json", b"{")
    with Ledger(empty_ledger(tmp_path / "ledger.db"), caps=CAPS) as ledger:
        assert Spool(library).replay(ledger) == 0
    assert [name for name, _ in library.spooled()] == ["odd.json"]


def test_a_ledger_that_was_made_anew_is_told_of_the_purchase_and_not_of_whatever_has_its_number(tmp_path: Path) -> None:
    library = Library(tmp_path / "library")
    with Ledger(empty_ledger(tmp_path / "before.db"), caps=CAPS) as before:
        Spool(library).keep(Acceptance(claim=sent(before), request_id="r1", urls=("https://s",)))
    with Ledger(empty_ledger(tmp_path / "anew.db"), caps=CAPS) as anew:
        other = anew.sending(anew.claim(purchase("another")), {"prompt": "another"})
        assert Spool(library).replay(anew) == 1
        assert (anew.entry(other.entry.id).state, anew.entry(other.entry.id).request_id) == (State.SENDING, None)
        claim = anew.claim(purchase())
        assert (claim.kind, claim.entry.request_id, claim.entry.sent) == (ClaimKind.ATTACH, "r1", {"prompt": "x"})
        assert anew.entry(claim.entry.id).spent_usd > 0


def test_a_delivery_without_an_id_reaches_a_ledger_that_has_no_row_of_it(tmp_path: Path) -> None:
    library = Library(tmp_path / "library")
    clip = library.put_bytes(b"a voice", ".mp3")
    with Ledger(empty_ledger(tmp_path / "before.db"), caps=CAPS) as before:
        Spool(library).keep(Delivery(claim=sent(before), request_id=None, media=clip, billed=reported_usd(0.5)))
    with Ledger(empty_ledger(tmp_path / "anew.db"), caps=CAPS) as anew:
        assert Spool(library).replay(anew) == 1
        claim = anew.claim(purchase())
        assert (claim.kind, claim.entry.media, claim.entry.cost_usd) == (ClaimKind.REUSE, clip, 0.5)
        assert list(library.spooled()) == []


def test_proof_of_what_was_bought_a_second_time_is_recorded_beside_it(tmp_path: Path) -> None:
    library = Library(tmp_path / "library")
    with Ledger(empty_ledger(tmp_path / "before.db"), caps=CAPS) as before:
        Spool(library).keep(Acceptance(claim=sent(before), request_id="r1"))
    with Ledger(empty_ledger(tmp_path / "anew.db"), caps=CAPS) as anew:
        anew.submitted(sent(anew), "r2")
        assert Spool(library).replay(anew) == 1
        assert [(row.request_id, row.spent_usd > 0) for row in anew.of(purchase())] == [("r2", True), ("r1", True)]


def test_a_show_that_has_got_its_id_since_tells_what_it_was_sold_without_one(tmp_path: Path) -> None:
    library, url = Library(tmp_path / "library"), empty_ledger(tmp_path / "ledger.db")
    with Ledger(url, caps=CAPS) as nameless:
        Spool(library).keep(Acceptance(claim=sent(nameless), request_id="r1"))
    with Ledger(url, show="mine", caps=CAPS) as mine:
        assert Spool(library).replay(mine) == 1
        assert mine.entry(1).request_id == "r1"


@pytest.mark.parametrize("owner", ["mine", DEFAULT_SHOW], ids=["with an id", "without one"])
def test_a_show_that_shares_the_library_leaves_another_shows_proof_to_it(tmp_path: Path, owner: str) -> None:
    library = Library(tmp_path / "library")
    with Ledger(empty_ledger(tmp_path / "mine.db"), show=owner, caps=CAPS) as mine:
        Spool(library).keep(Acceptance(claim=sent(mine), request_id="r1"))
        with Ledger(empty_ledger(tmp_path / "other.db"), show="other", caps=CAPS) as other:
            assert Spool(library).replay(other) == 0
            assert other.of(purchase()) == []
        assert Spool(library).replay(mine) == 1
        assert mine.entry(1).request_id == "r1"


@pytest.mark.parametrize("verdict", [Verdict.NOT_CHARGED, Verdict.BUY_AGAIN])
def test_proof_of_what_a_person_gave_up_is_recorded_beside_what_was_bought_since(
    tmp_path: Path, verdict: Verdict
) -> None:
    library = Library(tmp_path / "library")
    with Ledger(empty_ledger(tmp_path / "ledger.db"), caps=CAPS) as ledger:
        claim = sent(ledger)
        ledger.release(claim)
        ledger.settle(claim.entry.id, verdict)
        ledger.submitted(sent(ledger), "r2")
        Spool(library).keep(Acceptance(claim=claim, request_id="r1"))
        assert Spool(library).replay(ledger) == 1
        charged = {row.request_id: row.spent_usd > 0 for row in ledger.of(purchase()) if row.request_id}
        assert charged == {"r1": True, "r2": True}
        assert list(library.spooled()) == []


def test_proof_of_what_a_person_gave_up_that_is_replayed_twice_is_one_request(tmp_path: Path) -> None:
    library = Library(tmp_path / "library")
    with Ledger(empty_ledger(tmp_path / "ledger.db"), caps=CAPS) as ledger:
        claim = sent(ledger)
        ledger.release(claim)
        ledger.settle(claim.entry.id, Verdict.NOT_CHARGED)
        for _ in range(2):  # a replay that was killed before it could drop the proof
            Spool(library).keep(Acceptance(claim=claim, request_id="r1"))
            assert Spool(library).replay(ledger) == 1
            rows = [(row.state, row.request_id) for row in ledger.of(purchase())]
            assert rows == [(State.SUBMITTED, "r1")]
        assert list(library.spooled()) == []


@pytest.mark.parametrize("verdict", [Verdict.NOT_CHARGED, Verdict.BUY_AGAIN])
@pytest.mark.parametrize("known", [False, True], ids=["id not known", "id known"])
@pytest.mark.parametrize("bought_since", [False, True], ids=["not bought since", "bought since"])
@pytest.mark.parametrize("proof_id", ["r1", None], ids=["proof with its id", "proof without one"])
def test_the_delivery_of_what_a_person_gave_up_counts_once(
    tmp_path: Path, verdict: Verdict, known: bool, bought_since: bool, proof_id: str | None
) -> None:
    library = Library(tmp_path / "library")
    clip = library.put_bytes(b"a clip", ".mp4")
    with Ledger(empty_ledger(tmp_path / "ledger.db"), caps=CAPS) as ledger:
        claim = sent(ledger)
        if known:
            claim = ledger.submitted(claim, "r1")
        ledger.release(claim)
        ledger.settle(claim.entry.id, verdict)
        if bought_since:
            ledger.submitted(sent(ledger), "r2")
        for _ in range(2):  # a replay that was killed before it could drop the proof
            Spool(library).keep(Delivery(claim=claim, request_id=proof_id, media=clip, billed=reported_usd(0.5)))
            assert Spool(library).replay(ledger) == 1
        spent = {row.request_id: row.spent_usd for row in ledger.of(purchase()) if row.spent_usd}
        given_up = "r1" if known or proof_id else None
        assert spent == ({given_up: 0.5, "r2": 1.0} if bought_since else {given_up: 0.5})
        assert list(library.spooled()) == []


@pytest.mark.parametrize("verdict", [Verdict.NOT_CHARGED, Verdict.BUY_AGAIN])
@pytest.mark.parametrize("bought_since", [False, True], ids=["not bought since", "bought since"])
def test_the_acceptance_of_a_request_whose_id_was_known_changes_nothing_that_a_person_said(
    tmp_path: Path, verdict: Verdict, bought_since: bool
) -> None:
    library = Library(tmp_path / "library")
    with Ledger(empty_ledger(tmp_path / "ledger.db"), caps=CAPS) as ledger:
        claim = ledger.submitted(sent(ledger), "r1")
        ledger.release(claim)
        ledger.settle(claim.entry.id, verdict)
        if bought_since:
            ledger.submitted(sent(ledger), "r2")
        before = ledger.of(purchase())
        Spool(library).keep(Acceptance(claim=claim, request_id="r1"))
        assert Spool(library).replay(ledger) == 1
        assert ledger.of(purchase()) == before


@pytest.mark.parametrize("proof_id", ["r1", None], ids=["delivery with its id", "delivery without one"])
@pytest.mark.parametrize("charge", [Charge.POSSIBLE, Charge.CHARGED])
@pytest.mark.parametrize("settled", [False, True], ids=["told by nobody", "told as charged"])
def test_proof_of_a_request_that_failed_and_may_have_cost_counts_once(
    tmp_path: Path, charge: Charge, settled: bool, proof_id: str | None
) -> None:
    library = Library(tmp_path / "library")
    clip = library.put_bytes(b"a clip", ".mp4")
    with Ledger(empty_ledger(tmp_path / "ledger.db"), caps=CAPS) as ledger:
        claim = sent(ledger)
        ledger.failed(claim, charge=charge, reason="the answer was lost", retryable=False)
        if settled:
            ledger.settle(claim.entry.id, Verdict.CHARGED)
        Spool(library).keep(Acceptance(claim=claim, request_id="r1"))
        assert Spool(library).replay(ledger) == 1
        assert [(row.state, row.request_id) for row in ledger.of(purchase())] == [(State.SUBMITTED, "r1")]
        Spool(library).keep(Delivery(claim=claim, request_id=proof_id, media=clip, billed=reported_usd(0.5)))
        assert Spool(library).replay(ledger) == 1
        [row] = ledger.of(purchase())
        assert (row.state, row.spent_usd, row.media) == (State.COLLECTED, 0.5, clip)
