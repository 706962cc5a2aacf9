"""Real processes: how they end, how often they are started again, and that nothing of them is left."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path

import psutil
import pytest

from ninja_assets.desk.child import MOST_STARTS, Child
from resources.core.errors import StudioError

PATIENCE_SECONDS = 120.0
WAITS = "import signal; print('here', flush=True); signal.pause()"
# A program that starts another in its group and tells its number.
STARTS = (
    "import subprocess, sys, signal; "
    "print(subprocess.Popen([sys.executable, '-c', 'import signal; signal.pause()']).pid, flush=True); signal.pause()"
)


def _until(look: Callable[[], object]) -> None:
    deadline = time.monotonic() + PATIENCE_SECONDS
    while not look():
        assert time.monotonic() < deadline
        time.sleep(0.02)


@pytest.fixture
def log(tmp_path: Path) -> Path:
    return tmp_path / "log"


@pytest.fixture
def child(log: Path) -> Iterator[Callable[[str], Child]]:
    made: list[Child] = []

    def make(program: str) -> Child:
        made.append(Child("helper", ["-c", program], log))
        return made[-1]

    yield make
    for one in made:
        one.end(0)


def test_it_is_told_how_a_process_ended(child: Callable[[str], Child], log: Path) -> None:
    waits = child(WAITS)
    assert not waits.started
    waits.start()
    _until(lambda: log.exists() and "here" in log.read_text())
    assert waits.ended() is None
    assert waits.pid is not None
    os.kill(waits.pid, signal.SIGKILL)
    _until(waits.ended)
    assert waits.ended() == "killed by SIGKILL"
    fails = child("raise SystemExit(3)")
    fails.start()
    _until(fails.ended)
    assert fails.ended() == "exit status 3"


def test_it_is_started_again_but_not_for_ever(child: Callable[[str], Child]) -> None:
    fails = child("raise SystemExit('the reason')")
    for _ in range(MOST_STARTS):
        fails.start()
        _until(fails.ended)
    with pytest.raises(StudioError, match=f"the helper ended {MOST_STARTS} times") as raised:
        fails.start()
    assert "the reason" in (raised.value.why or "")


def test_what_it_started_ends_with_it(child: Callable[[str], Child], log: Path) -> None:
    starts = child(STARTS)
    starts.start()
    _until(lambda: log.exists() and log.read_text().strip())
    grandchild = psutil.Process(int(log.read_text()))
    assert starts.has_child()
    starts.tell_to_end()
    starts.end(PATIENCE_SECONDS)
    _until(lambda: not grandchild.is_running() or grandchild.status() == psutil.STATUS_ZOMBIE)
    assert not starts.has_child()


def test_what_it_started_may_outlive_it_until_the_end(child: Callable[[str], Child], log: Path) -> None:
    starts = child(STARTS)
    starts.start()
    _until(lambda: log.exists() and log.read_text().strip())
    grandchild = psutil.Process(int(log.read_text()))
    assert starts.pid is not None
    os.kill(starts.pid, signal.SIGKILL)
    starts.let_go(PATIENCE_SECONDS)
    starts.start()
    _until(lambda: len(log.read_text().split()) == 2)
    assert grandchild.is_running()
    starts.end(0)
    _until(lambda: not grandchild.is_running() or grandchild.status() == psutil.STATUS_ZOMBIE)


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux tells a process of its parent's death")
def test_it_ends_when_its_parent_is_killed(log: Path) -> None:
    parent = (
        "import signal; from pathlib import Path; from ninja_assets.desk.child import Child; "
        f"child = Child('helper', ['-c', {WAITS!r}], Path({str(log)!r})); child.start(); "
        "print(child.pid, flush=True); signal.pause()"
    )
    with subprocess.Popen([sys.executable, "-c", parent], stdout=subprocess.PIPE) as process:
        assert process.stdout is not None
        pid = int(process.stdout.readline())
        _until(lambda: log.exists() and "here" in log.read_text())
        child = psutil.Process(pid)
        process.kill()
    with suppress(psutil.NoSuchProcess):
        _until(lambda: not child.is_running() or child.status() == psutil.STATUS_ZOMBIE)
