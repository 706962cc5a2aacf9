"""Purchases in a transaction of the ledger's own: what is read is held, what is changed is written, and no more."""

from collections import Counter

import pytest
from sqlalchemy import event, select

from resources.core.errors import Charge, LedgerError
from resources.purchasing.ledger import Ledger, State
from resources.purchasing.ledger.steps import changes
from resources.purchasing.ledger.tables.rows import ReuseRow
from tests.resources.purchasing.ledger.conftest import Opener
from tests.resources.purchasing.ledger.helpers import URLS, buy, media, purchase


def statements(ledger: Ledger) -> list[str]:
    """Filled with the first word of each statement from now on."""
    said: list[str] = []
    event.listen(ledger.store._engine, "before_cursor_execute", lambda *given: said.append(given[2].split()[0]))
    return said


def test_a_request_takes_fourteen_statements_in_four_transactions(ledger: Ledger) -> None:
    ledger.claim(purchase("the owner of leases has its name now"))
    said = statements(ledger)
    commits: list[object] = []
    event.listen(ledger.store._engine, "commit", commits.append)
    buy(ledger, purchase(), request_id="r-1")
    locks = 0 if ledger.store.sqlite else 1
    assert (len(commits), Counter(said)) == (4, {"SELECT": 6 + locks, "INSERT": 5, "UPDATE": 3})


def test_a_row_that_is_read_twice_is_one_object(ledger: Ledger) -> None:
    buy(ledger, purchase(), request_id="r-1")
    with ledger.store.changing() as transaction:
        row = changes.locked(transaction, 1)
        row.reason = "read, and changed"
        assert changes.requested(transaction, "fal", "r-1") is row
        assert changes.latest(transaction, purchase()) is row
    assert ledger.entry(1).reason == "read, and changed"


def test_what_was_only_read_is_not_written(ledger: Ledger) -> None:
    buy(ledger, purchase(), request_id="r-1")
    said = statements(ledger)
    with ledger.store.changing() as transaction:
        row = changes.locked(transaction, 1)
        row.arguments = dict(row.arguments)
    assert said == ["SELECT"]


def test_a_new_row_is_written_whole_and_what_is_changed_afterwards_too(ledger: Ledger) -> None:
    with ledger.store.changing() as transaction:
        row = changes.new(purchase("first"), ledger.show, 1.0)
        transaction.add(row)
        transaction.flush()
        row.charge = Charge.POSSIBLE
        assert changes.locked(transaction, row.id) is row
    entry = ledger.entry(row.id)
    assert (entry.state, entry.charge, entry.purchase) == (State.INTENDED, Charge.POSSIBLE, purchase("first"))


def test_a_transaction_that_fails_writes_nothing(ledger: Ledger) -> None:
    buy(ledger, purchase(), request_id="r-1")

    def fail() -> None:
        with ledger.store.changing() as transaction:
            changes.locked(transaction, 1).reason = "lost"
            transaction.add(changes.new(purchase("another"), ledger.show, 1.0))
            transaction.flush()
            changes.locked(transaction, 7)

    with pytest.raises(LedgerError, match="no entry 7"):
        fail()
    assert ledger.entry(1).reason is None
    assert len(ledger.rows()) == 1


def test_what_another_ledger_changed_meanwhile_is_read_by_the_next_step(ledger: Ledger, opened: Opener) -> None:
    claim = ledger.claim(purchase())
    ledger.sending(claim)
    other = opened()
    with other.store.changing() as transaction:
        changes.locked(transaction, claim.entry.id).facts = {"width": 1080}
    assert ledger.submitted(claim, "r-1", *URLS).entry.facts == {"width": 1080}


def test_a_purchase_that_is_used_again_counts_in_one_row_a_cell(ledger: Ledger) -> None:
    buy(ledger, purchase(), request_id="r-1")
    for _ in range(3):
        ledger.claim(purchase(segment="s02"))
    ledger.claim(purchase(segment="s03"))
    with ledger.store.reading() as session:
        reuses = [
            (reuse.segment, reuse.times) for reuse in session.scalars(select(ReuseRow).order_by(ReuseRow.segment))
        ]
    assert reuses == [("s02", 3), ("s03", 1)]
    assert ledger.entry(1).media == media("r-1")
