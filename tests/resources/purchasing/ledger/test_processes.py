"""Real processes at one ledger: two that want the same, caps over all of them, and kill -9 between any two steps."""

import multiprocessing
import os
import signal
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from multiprocessing.process import BaseProcess
from multiprocessing.queues import Queue
from typing import Any

import pytest

from resources.content.show import Caps
from resources.core.errors import CapError
from resources.models.prices.billing import reported_usd
from resources.purchasing.ledger import ClaimKind, Ledger, State
from tests.resources.purchasing.ledger.helpers import CAPS, URLS, media, purchase

# Children are forked from a server that has the imports and nothing else: no lock, no thread, no connection.
PROCESSES = multiprocessing.get_context("forkserver")
PROCESSES.set_forkserver_preload(["tests.resources.purchasing.ledger.helpers"])
LIMIT = 60  # seconds


def started(target: Callable[..., None], *arguments: object) -> BaseProcess:
    process = PROCESSES.Process(target=target, args=arguments, daemon=True)
    process.start()
    return process


def finished(process: BaseProcess) -> int | None:
    process.join(LIMIT)
    return process.exitcode


def buy_all(url: str, keys: int, results: "Queue[Any]") -> None:
    """Ten threads that want every purchase; each tells which it sent."""
    with Ledger(url, caps=CAPS) as ledger:

        def work(number: int) -> list[str]:
            sent = []
            for step in range(keys):
                line = f"line {(step + number) % keys}"
                claim = ledger.wait(ledger.claim(purchase(line)), timeout_seconds=LIMIT, poll_seconds=0.01)
                with ledger.lease(claim):
                    if claim.kind is ClaimKind.SEND:
                        ledger.sending(claim)
                        sent.append(line)
                        claim = ledger.submitted(claim, f"{os.getpid()}-{number}-{line}", *URLS)
                        ledger.collected(claim, media=media(line), billed=reported_usd(1.0))
            return sent

        with ThreadPoolExecutor(10) as pool:
            results.put([line for sent in pool.map(work, range(10)) for line in sent])


def test_two_processes_of_ten_threads_buy_each_thing_once(url: str) -> None:
    results = PROCESSES.Queue()
    workers = [started(buy_all, url, 8, results) for _ in range(2)]
    sent = [line for _ in workers for line in results.get(timeout=LIMIT)]
    assert [finished(worker) for worker in workers] == [0, 0]
    assert sorted(sent) == [f"line {number}" for number in range(8)]
    with Ledger(url, caps=CAPS) as ledger:
        assert [row.state for row in ledger.rows()] == [State.COLLECTED] * 8


def spend(url: str, name: str, results: "Queue[Any]") -> None:
    """Five threads that try to spend two dollars each, a dollar at a time, under a cap of seven for all."""
    with Ledger(url, caps=Caps(segment_usd=100, episode_usd=7, day_usd=100)) as ledger:

        def work(number: int) -> int:
            try:
                ledger.sending(ledger.claim(purchase(f"{name} {number}")))
            except CapError:
                return 0
            return 1

        with ThreadPoolExecutor(5) as pool:
            results.put(sum(pool.map(work, range(10))))


def test_a_cap_holds_over_all_processes(url: str) -> None:
    results = PROCESSES.Queue()
    workers = [started(spend, url, name, results) for name in ("a", "b", "c")]
    assert sum(results.get(timeout=LIMIT) for _ in workers) == 7
    assert [finished(worker) for worker in workers] == [0, 0, 0]


def die_after(url: str, steps: int) -> None:
    """Buy, and be killed after so many committed steps."""
    ledger = Ledger(url, caps=CAPS)
    claim = ledger.claim(purchase())
    if steps >= 2:
        ledger.sending(claim, {"audio_url": "https://cdn.test/1"})
    if steps >= 3:
        ledger.submitted(claim, "r1", *URLS)
    if steps >= 4:
        ledger.collected(claim, media=media(), billed=reported_usd(0.9), request_id="r1")
    os.kill(os.getpid(), signal.SIGKILL)


@pytest.mark.parametrize(
    ("steps", "kind", "state"),
    [
        (1, ClaimKind.SEND, State.INTENDED),
        (2, ClaimKind.RECONCILE, State.SENDING),
        (3, ClaimKind.ATTACH, State.SUBMITTED),
        (4, ClaimKind.REUSE, State.COLLECTED),
    ],
)
def test_after_kill_9_the_next_run_goes_on_at_once_where_it_stood(
    url: str, steps: int, kind: ClaimKind, state: State
) -> None:
    assert finished(started(die_after, url, steps)) == -signal.SIGKILL
    with Ledger(url, caps=CAPS) as ledger:
        claim = ledger.claim(purchase())
        assert (claim.kind, claim.entry.state) == (kind, state)
        if kind is ClaimKind.RECONCILE:
            assert claim.entry.sent == {"audio_url": "https://cdn.test/1"}


def stop_before_the_post(url: str) -> None:
    """Announce the request and be stopped (as by a debugger or a sleeping laptop) before it goes out."""
    with Ledger(url, caps=CAPS) as ledger:
        claim = ledger.claim(purchase())
        with ledger.lease(claim):
            ledger.sending(claim)
            os.kill(os.getpid(), signal.SIGSTOP)
            ledger.submitted(claim, "late", *URLS)


def test_a_stopped_process_that_is_about_to_send_keeps_its_purchase(url: str) -> None:
    worker = started(stop_before_the_post, url)
    with Ledger(url, caps=CAPS, clock=lambda: time.time() + 3600) as ledger:  # its lease has run out an hour ago
        deadline = time.monotonic() + LIMIT
        while [row.state for row in ledger.rows()] != [State.SENDING] and time.monotonic() < deadline:
            time.sleep(0.02)
        busy = ledger.claim(purchase())
        assert busy.kind is ClaimKind.BUSY
        assert worker.pid is not None
        os.kill(worker.pid, signal.SIGCONT)
        assert finished(worker) == 0
        attached = ledger.wait(busy, timeout_seconds=LIMIT, poll_seconds=0.02)
        assert (attached.kind, attached.entry.request_id) == (ClaimKind.ATTACH, "late")


def open_new(url: str, results: "Queue[Any]") -> None:
    """Open a ledger that nobody has made yet."""
    with Ledger(url, caps=CAPS) as ledger:
        results.put(ledger.claim(purchase()).kind)


def test_processes_that_make_the_ledger_at_once_agree(url: str, tmp_path: Any) -> None:
    fresh = f"sqlite:///{tmp_path / 'new' / 'ledger.db'}" if url.startswith("sqlite") else url
    results = PROCESSES.Queue()
    workers = [started(open_new, fresh, results) for _ in range(3)]
    kinds = [results.get(timeout=LIMIT) for _ in workers]
    assert [finished(worker) for worker in workers] == [0, 0, 0]
    assert kinds.count(ClaimKind.RECONCILE) == 0
    with Ledger(fresh, caps=CAPS) as ledger:
        assert len(ledger.rows()) == 1
