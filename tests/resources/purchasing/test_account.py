"""Threads wait for a place at an account, over processes, and never more are inside than it has places."""

import multiprocessing
import os
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ProcessPoolExecutor, ThreadPoolExecutor
from pathlib import Path

import pytest

from resources.purchasing.account import Account
from resources.purchasing.ledger import Ledger
from resources.purchasing.ledger.tables.rows import PlaceRow
from tests.resources.purchasing.ledger.helpers import CAPS

PROCESSES = multiprocessing.get_context("forkserver")
PROCESSES.set_forkserver_preload(["tests.resources.purchasing.test_account"])
NEVER = threading.Event()


@pytest.fixture
def ledger(url: str) -> Iterator[Ledger]:
    with Ledger(url, caps=CAPS) as opened:
        yield opened


def account(ledger: Ledger, size: int | None, most: int | None = None, due: Callable[[str], float] = len) -> Account:
    return Account(ledger, "fal", size, most=most, due=due)


def most_inside(shared: Account, folder: Path, rounds: int) -> int:
    """The most that were inside at once, by the files that those inside see of each other."""

    def work(number: int) -> int:
        with shared.place("monday", NEVER) as admitted:
            assert admitted
            mine = folder / f"{os.getpid()}-{number}"
            mine.touch()
            seen = len(list(folder.iterdir()))
            mine.unlink()
        return seen

    with ThreadPoolExecutor(6) as pool:
        return max(pool.map(work, range(rounds)))


def in_a_process(url: str, folder: Path) -> int:
    with Ledger(url, caps=CAPS) as ledger:
        return most_inside(account(ledger, 2), folder, 12)


def test_no_more_are_inside_than_there_are_places_over_threads_and_processes(url: str, tmp_path: Path) -> None:
    inside = tmp_path / "inside"
    inside.mkdir()
    with ProcessPoolExecutor(3, PROCESSES) as pool:
        assert max(pool.map(in_a_process, [url] * 3, [inside] * 3)) <= 2


def test_the_earliest_due_thread_is_let_in_first(ledger: Ledger) -> None:
    due = {"now": 0.0, "tonight": 10.0, "tomorrow": 20.0}
    shared, entered = account(ledger, 1, due=due.__getitem__), list[str]()

    def work(episode: str) -> None:
        with shared.place(episode, NEVER):
            entered.append(episode)

    with ThreadPoolExecutor(3) as pool, shared.place("now", NEVER):
        for waiting, episode in enumerate(["tomorrow", "tonight"], start=1):
            pool.submit(work, episode)
            while ledger.places("fal")[1] < waiting:
                threading.Event().wait(0.01)
        pool.submit(work, "now")
        while ledger.places("fal")[1] < 3:
            threading.Event().wait(0.01)
    assert entered == ["now", "tonight", "tomorrow"]


def test_a_wider_account_lets_more_in_and_a_limit_of_its_own_is_never_passed(ledger: Ledger) -> None:
    shared = account(ledger, 1, most=3)
    with shared.place("a", NEVER), ThreadPoolExecutor(1) as pool:

        def second() -> bool:
            with shared.place("b", NEVER) as admitted:
                return admitted

        waits = pool.submit(second)
        shared.resize(15)
        assert waits.result(60)
    assert shared.size == 3
    shared.resize(0)
    assert shared.size == 1


def test_a_stop_ends_the_wait_without_a_place(ledger: Ledger) -> None:
    shared, stop = account(ledger, 1), threading.Event()
    with shared.place("a", NEVER):
        threading.Timer(0.05, stop.set).start()
        with shared.place("b", stop) as admitted:
            assert not admitted
    assert ledger.places("fal") == (0, 0)
    with shared.place("b", NEVER) as admitted:
        assert admitted


def test_an_account_without_a_size_leaves_no_trace(ledger: Ledger) -> None:
    shared = account(ledger, None)
    with shared.place("a", NEVER) as first, shared.place("b", NEVER) as second:
        assert first
        assert second
        with ledger.store.reading() as session:
            assert session.query(PlaceRow).count() == 0


def test_what_is_under_way_already_goes_on_beside_a_full_account(ledger: Ledger) -> None:
    shared = account(ledger, 1)
    with shared.place("a", NEVER), shared.place("b", NEVER, waits=False) as admitted:
        assert admitted
        assert ledger.places("fal") == (2, 0)
