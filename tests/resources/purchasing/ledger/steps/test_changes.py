"""A row's changes: which row decides about a purchase, what leaves the way free, and which word of a cost stays."""

from collections.abc import Callable
from itertools import product

import pytest

from resources.core.errors import Charge
from resources.models.prices.billing import reported_usd
from resources.purchasing.ledger import Ledger, State
from resources.purchasing.ledger.steps import changes
from resources.purchasing.ledger.tables.entry import NOBODYS
from resources.purchasing.ledger.tables.rows import PurchaseRow
from tests.resources.purchasing.ledger.helpers import NOON, URLS, buy, estimate, purchase

Opener = Callable[..., Ledger]


def row(usd: float = 1.0) -> PurchaseRow:
    return changes.new(purchase(usd=usd), "default", NOON)


def test_a_failed_row_leaves_the_way_free_by_a_person_or_at_no_cost_where_another_try_helps() -> None:
    for settled, charge, retryable in product((False, True), Charge, (None, False, True)):
        failed = row()
        failed.settled, failed.charge, failed.retryable = settled, charge, retryable
        free = settled or (charge is Charge.NONE and retryable in {None, True})
        assert changes.may_be_bought_again(failed) is free, (settled, charge, retryable)


def test_the_first_word_about_a_cost_stays_until_it_is_taken_back() -> None:
    bought = row()
    changes.bill(bought, reported_usd(0.0), NOON)
    changes.bill(bought, reported_usd(5.0), NOON)
    assert (bought.cost_micros, bought.counted_micros) == (0, 0)
    changes.unbill(bought)
    changes.bill(bought, reported_usd(5.0), NOON)
    assert bought.cost_micros == 5_000_000


def test_what_was_billed_belongs_to_the_request_that_was_billed() -> None:
    bought = row()
    changes.submit(bought, "r1", URLS, NOON)
    changes.bill(bought, reported_usd(0.5), NOON)
    changes.submit(bought, "r1", URLS, NOON)
    assert bought.cost_micros == 500_000
    changes.submit(bought, "r2", URLS, NOON)
    assert [bought.cost_micros, bought.counted_micros, bought.billing, bought.billed_at] == [None] * 4


def test_what_was_agreed_is_read_whole() -> None:
    price = estimate(0.33).model_copy(update={"platform_unit": "units", "platform_unit_usd": 0.14})
    agreed = row()
    changes.agree(agreed, price)
    assert changes.agreed(agreed) == price


def test_an_intent_is_its_first_buyers_and_owes_nothing() -> None:
    again = row()
    again.charge, again.state = Charge.POSSIBLE, State.UNKNOWN
    changes.intend(again, purchase(episode="tuesday", usd=2.0), "other", NOON + 1)
    assert (again.state, again.charge, again.show, again.episode) == (State.INTENDED, Charge.NONE, "other", "tuesday")
    assert (again.estimated_micros, again.intended_at) == (2_000_000, NOON + 1)


def test_only_a_request_of_nobody_becomes_anothers() -> None:
    known, nobodys = row(), row()
    nobodys.episode = NOBODYS
    for each in (known, nobodys):
        changes.claim_unknown(each, purchase(episode="tuesday", usd=2.0), "other")
    assert (known.episode, known.show, known.estimated_micros) == ("monday", "default", 1_000_000)
    assert (nobodys.episode, nobodys.show, nobodys.estimated_micros) == ("tuesday", "other", 2_000_000)


def test_no_key_stands_in_an_address(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("FAL_KEY", "very-secret-key")
    assert "very-secret-key" not in str(changes.clean(("https://x.test/?k=very-secret-key", None, None)))


def failed(ledger: Ledger, charge: Charge, retryable: bool = True) -> int:
    claim = ledger.claim(purchase())
    ledger.sending(claim)
    return ledger.failed(claim, charge=charge, reason="no", retryable=retryable).id


def test_the_row_that_decides_is_the_live_one_then_the_charged_one_then_the_last(ledger: Ledger) -> None:
    def deciding() -> int | None:
        with ledger.store.changing() as transaction:
            found = changes.latest(transaction, purchase())
            return None if found is None else found.id

    assert deciding() is None
    first = failed(ledger, Charge.NONE)
    second = failed(ledger, Charge.NONE)
    assert deciding() == second
    third = failed(ledger, Charge.CHARGED)
    assert (first, second, third) == (1, 2, 3)
    assert deciding() == third
    buy(ledger, purchase("another"), request_id="r1")
    assert deciding() == third


def test_a_stray_that_is_known_is_charged_and_no_second_row(ledger: Ledger) -> None:
    buy(ledger, purchase(), request_id="r1")
    with ledger.store.changing() as transaction:
        bought = changes.locked(transaction, 1)
        stray = changes.stray(transaction, bought, "r2", NOON)
        assert (stray.state, stray.charge, stray.retryable) == (State.FAILED, Charge.CHARGED, False)
        stray.charge = Charge.NONE
        again = changes.stray(transaction, bought, "r2", NOON)
        assert (again.id, again.charge) == (stray.id, Charge.CHARGED)
        assert changes.stray(transaction, bought, "r1", NOON).state is State.COLLECTED
    assert [entry.request_id for entry in ledger.rows()] == ["r1", "r2"]


def test_a_live_row_beside_a_failed_one_is_seen(ledger: Ledger) -> None:
    failed(ledger, Charge.NONE)
    with ledger.store.changing() as transaction:
        assert not changes.other_live(transaction, changes.locked(transaction, 1))
    ledger.claim(purchase())
    with ledger.store.changing() as transaction:
        assert changes.other_live(transaction, changes.locked(transaction, 1))
