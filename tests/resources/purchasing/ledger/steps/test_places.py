"""Places at an account: so many at once over all processes, the earliest due first, and a dead holder frees its own."""

import os
import signal
from collections.abc import Callable
from multiprocessing.connection import Connection

from sqlalchemy import update

from resources.purchasing.ledger import Ledger
from resources.purchasing.ledger.tables.rows import PlaceRow
from tests.resources.purchasing.ledger.helpers import CAPS, NOON, Clock
from tests.resources.purchasing.ledger.test_processes import LIMIT, PROCESSES, finished, started

Opener = Callable[..., Ledger]


def ask(ledger: Ledger, due: float = NOON) -> dict[str, float]:
    return {ledger.ask_place("fal", due): due}


def test_the_earliest_due_goes_first_and_then_who_asked_first(opened: Opener) -> None:
    here, there = opened(), opened()
    late, first, second = ask(here, NOON + 60), ask(there), ask(here)
    assert here.take_places("fal", late, 1) == frozenset()
    assert there.take_places("fal", first, 1) == first.keys()
    assert here.take_places("fal", {**late, **second}, 2) == second.keys()
    assert here.take_places("fal", late, 2) == frozenset()
    there.leave_place(*first)
    assert here.take_places("fal", late, 2) == late.keys()
    assert here.places("fal") == (2, 0)


def test_accounts_do_not_wait_for_each_other(opened: Opener) -> None:
    here = opened()
    assert here.take_places("fal", ask(here), 1)
    voice = here.ask_place("elevenlabs", NOON)
    assert here.take_places("elevenlabs", {voice: NOON}, 1) == {voice}


def test_what_is_under_way_already_counts_and_waits_for_nobody(opened: Opener) -> None:
    here = opened()
    here.ask_place("fal", NOON, held=True)
    here.ask_place("fal", NOON, held=True)
    assert here.places("fal") == (2, 0)
    waiting = ask(here)
    assert here.take_places("fal", waiting, 2) == frozenset()
    assert here.take_places("fal", waiting, 3) == waiting.keys()


def test_the_place_of_another_machine_is_free_when_its_lease_has_run_out(
    opened: Opener, clock: Clock, url: str
) -> None:
    gone, here = opened(), opened()
    assert gone.take_places("fal", held := ask(gone), 1)
    rename_owner(gone, "another-machine-1-abc")
    waiting = ask(here)
    assert here.take_places("fal", waiting, 1) == frozenset()
    clock.now += 61
    assert here.take_places("fal", waiting, 1) == waiting.keys()
    assert held.keys().isdisjoint(waiting)


def rename_owner(ledger: Ledger, name: str) -> None:
    """As a process of another machine would have leased it: nobody here sees whether it lives."""
    with ledger.store.writing() as session:
        session.execute(update(PlaceRow).values(lease_owner=name))


def test_a_wait_that_the_database_has_forgotten_is_asked_for_again(opened: Opener) -> None:
    here = opened()
    waiting = ask(here)
    here.leave_place(*waiting)
    assert here.take_places("fal", waiting, 1) == waiting.keys()
    assert here.places("fal") == (1, 0)


def hold(url: str, message: Connection) -> None:
    """Take the one place, say so, and keep it for ever."""
    ledger = Ledger(url, caps=CAPS)
    assert ledger.take_places("fal", ask(ledger), 1)
    message.send("held")
    message.recv()


def test_a_killed_holder_of_this_machine_frees_its_place_at_once(url: str) -> None:
    here, there = PROCESSES.Pipe()
    holder = started(hold, url, there)
    assert here.poll(LIMIT)
    assert here.recv() == "held"
    with Ledger(url, caps=CAPS) as ledger:
        waiting = ask(ledger)
        assert ledger.take_places("fal", waiting, 1) == frozenset()
        os.kill(holder.pid or 0, signal.SIGKILL)
        finished(holder)
        assert ledger.take_places("fal", waiting, 1) == waiting.keys()
        assert ledger.places("fal")[0] <= 2  # the dead one's row goes when somebody asks next
        ask(ledger)
        assert ledger.places("fal") == (1, 1)
