"""The ledger's clock goes on evenly when the machine's is set, and is the database's where that has one."""

import time
from datetime import UTC, datetime, timedelta

import pytest

from resources.purchasing.ledger import Ledger


@pytest.mark.parametrize("jump", [timedelta(hours=5), timedelta(hours=-5)], ids=["forward", "back"])
def test_a_clock_that_is_set_meanwhile_moves_no_time_of_the_ledger(
    url: str, monkeypatch: pytest.MonkeyPatch, jump: timedelta
) -> None:
    with Ledger(url, caps=None) as ledger:
        before, now = ledger.now(), time.time()
        monkeypatch.setattr(time, "time", lambda: now + jump.total_seconds())
        assert timedelta(0) <= ledger.now() - before < timedelta(hours=1)


def test_it_begins_with_the_present(url: str) -> None:
    with Ledger(url, caps=None) as ledger:
        assert abs(ledger.now() - datetime.now(UTC)) < timedelta(hours=1)
