"""What arrives by a webhook is believed by its secret, once, and of the purchase that was sent with it."""

from collections.abc import Iterator
from contextlib import closing

import pytest
from sqlalchemy import text

from resources.purchasing.ledger.arrivals import Hooks
from resources.purchasing.ledger.tables.store import Store
from tests.resources.purchasing.ledger.helpers import Clock


@pytest.fixture
def store(url: str) -> Iterator[Store]:
    with closing(Store(url)) as opened:
        yield opened


def test_the_first_arrival_with_a_secret_is_written_down_and_no_later_one(store: Store) -> None:
    hooks = Hooks(store)
    secret = hooks.expect(7)
    assert hooks.expected(secret)
    assert hooks.request_of(7) is None
    assert hooks.arrive(secret, "r1", "OK")
    assert not hooks.arrive(secret, "r2", "ERROR")
    assert hooks.request_of(7) == "r1"
    assert hooks.request_of(8) is None


def test_nothing_arrives_with_a_secret_that_nobody_sent(store: Store) -> None:
    hooks = Hooks(store)
    hooks.expect(7)
    assert not hooks.expected("guessed")
    assert not hooks.arrive("guessed", "r1", "OK")
    assert hooks.request_of(7) is None


def test_of_several_posts_the_last_that_arrived_is_told(store: Store) -> None:
    clock = Clock()
    hooks = Hooks(store, clock)
    first = hooks.expect(7)
    clock.now += 1
    second = hooks.expect(7)
    assert first != second
    hooks.arrive(second, "r2", "OK")
    hooks.arrive(first, "r1", "OK")
    assert hooks.request_of(7) == "r2"


def test_the_secret_itself_is_nowhere_kept(store: Store) -> None:
    secret = Hooks(store).expect(7)
    with store.reading() as session:
        assert secret not in str(session.execute(text("SELECT * FROM hooks")).all())
