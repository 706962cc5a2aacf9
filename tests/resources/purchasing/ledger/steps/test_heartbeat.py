"""Leases are renewed as long as they are held, and not a beat longer."""

import logging
import threading
import time
from collections.abc import Callable, Collection

import pytest
from sqlalchemy import text

from resources.core.errors import LedgerError
from resources.purchasing.ledger import ClaimKind, Ledger
from resources.purchasing.ledger.steps.heartbeat import Heartbeat
from tests.resources.purchasing.ledger.helpers import CAPS, Clock, purchase


def eventually(condition: Callable[[], bool]) -> bool:
    deadline = time.monotonic() + 20
    while time.monotonic() < deadline:
        if condition():
            return True
        time.sleep(0.01)
    return False


def test_all_leases_are_renewed_together_by_one_thread_that_ends_with_the_last() -> None:
    beats: list[Collection[str]] = []
    heart = Heartbeat(beats.append, 0.01)
    heart.hold("a")
    heart.hold("b")
    assert eventually(lambda: any(set(beat) == {"a", "b"} for beat in beats))
    assert sum(thread.name == "ledger-leases" for thread in threading.enumerate()) == 1
    heart.drop("a")
    heart.drop("b")
    assert eventually(lambda: all(thread.name != "ledger-leases" for thread in threading.enumerate()))
    heart.hold("c")
    assert eventually(lambda: ("c",) in beats)
    heart.stop()


def test_a_failing_renewal_is_told_and_tried_again(caplog: pytest.LogCaptureFixture) -> None:
    calls: list[int] = []

    def renew(_tokens: Collection[str]) -> None:
        calls.append(1)
        raise LedgerError("the database is away")

    heart = Heartbeat(renew, 0.01)
    with caplog.at_level(logging.WARNING):
        heart.hold("a")
        assert eventually(lambda: len(calls) > 2)
    heart.stop()
    assert "the database is away" in caplog.text


def test_a_held_lease_outlives_its_time_and_a_dropped_one_does_not(url: str, clock: Clock) -> None:
    with (
        Ledger(url, caps=CAPS, lease_seconds=0.3, clock=clock) as holder,
        Ledger(url, caps=CAPS, lease_seconds=0.3, clock=clock) as other,
    ):
        claim = holder.claim(purchase())
        with holder.lease(claim):
            for _ in range(3):
                clock.now += 0.25  # under the lease's time, three times: over it together
                before = clock.now
                assert eventually(lambda: _lease_until(holder) > before + 0.2)  # noqa: B023
                assert other.claim(purchase()).kind is ClaimKind.BUSY
        assert other.claim(purchase()).kind is ClaimKind.SEND


def _lease_until(ledger: Ledger) -> float:
    with ledger._store.reading() as session:
        return float(session.execute(text("SELECT lease_until FROM purchases")).scalar_one())
