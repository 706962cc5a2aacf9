"""The ledger's clock goes on evenly when the machine's is set, and is the database's where that has one."""

import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import text

from resources.purchasing.ledger import ClaimKind, Ledger, State
from resources.purchasing.ledger.steps.reservations import Wanted
from resources.purchasing.ledger.tables.clock import mark
from tests.resources.purchasing.ledger.helpers import CAPS, purchase


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


def ahead(seconds: float) -> Callable[[], float]:
    return lambda: time.time() + seconds


def test_a_process_whose_clock_is_ahead_steals_no_lease_and_no_reservation(url: str) -> None:
    wanted = purchase("two", segment="s02")
    with Ledger(url, caps=CAPS) as first, Ledger(url, caps=CAPS, clock=ahead(1200)) as other:
        claim = first.claim(purchase("one"))
        first.reserve([Wanted(wanted.cell, wanted.asset, wanted.estimate.usd, wanted)])
        assert other.claim(purchase("one")).kind is ClaimKind.BUSY
        other.claim(purchase("three", segment="s03"))  # whoever claims gives back what the dead had reserved
        assert first.sending(claim).entry.state is State.SENDING
        with other.store.reading() as session:
            assert session.execute(text("SELECT count(*) FROM reservations")).scalar_one() == 1


def test_what_a_look_waits_out_is_noted_by_the_count_that_the_processes_of_a_machine_share(url: str) -> None:
    with Ledger(url, caps=CAPS) as ledger:
        claim = ledger.sending(ledger.claim(purchase("one")))
        noted = ledger.history(claim.entry.id)[-1].data
        counted = mark() if ledger.store.sqlite else {}  # machines that share a database share no count
    assert noted.keys() == {"sent", *counted}
    assert float(str(noted.get("ticks", 0.0))) <= float(str(mark().get("ticks", 0.0)))
