"""Paid episodes at once on this machine, with PostgreSQL and an object store, as a worker of a studio makes them.

    make bench-machines     (or: tests/with-postgres python -m bench.machines [EPISODES_AT_ONCE …], such as 1 4 16)

Each episode has three turns, whose clips take CLIP_SECONDS at a server that pretends to be the providers: long enough
that all runs only wait for a while, which is when their memory is read. CPU is that of the runs' own processes.
"""

import os
import resource
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

import psutil
from sqlalchemy import create_engine, text
from sqlalchemy.engine import make_url

from tests.machines.workers import Machines, object_store
from tests.paid.runs import PaidStage, Run
from tests.postgres import fresh_database
from tests.providers.fixture import provider_process

TURNS = ("one two three, here we go", "four five six, count", "seven eight, done")
CLIP_SECONDS = 45.0
LOOK_SECONDS = 1.0
MB = 1e6


@dataclass(frozen=True)
class Measured:
    """What so many episodes at once took. Sums are over all of them."""

    episodes: int
    cpu: float  # seconds
    wall: float
    waiting: float  # bytes of PSS while all only wait
    most: float
    requests: int
    sessions: int
    event_bytes: int  # of Dagster's own files: runs, events and their index
    bought: int
    composing: int  # ffmpeg at once, at the most


def main(*counts: str) -> None:
    """Measure each number of episodes at once, and print a row for it."""
    print(f"{os.cpu_count()} cores; three turns an episode, {CLIP_SECONDS:g} s a clip")
    print(f"{'at once':>8}{'CPU s':>9}{'wall s':>9}{'waiting MB':>12}{'most MB':>9}{'requests':>10}", end="")
    print(f"{'sessions':>10}{'Dagster kB':>11}{'bought':>8}{'ffmpeg':>8}", end="")
    print("    (an episode, but for `at once`, `wall`, `ffmpeg`)")
    for count in counts or ("1", "4"):
        found = measure(int(count))
        each = found.episodes
        print(f"{each:>8}{found.cpu / each:>9.1f}{found.wall:>9.1f}{found.waiting / each / MB:>12.0f}", end="")
        print(f"{found.most / each / MB:>9.0f}{found.requests / each:>10.0f}{found.sessions / each:>10.0f}", end="")
        print(f"{found.event_bytes / each / 1e3:>11.0f}{found.bought / each:>8.1f}{found.composing:>8}", flush=True)


def spoken(number: int) -> list[str]:
    """The lines of an episode that sounds like no other of them, up to 36: what sounds alike is bought once for all."""
    words = f"{'o' * (1 + number % 6)} {'o' * (1 + number // 6)}"
    return [f"{who}: {words}, {turn}." for who, turn in zip(("NINJA", "GLITCH", "NINJA"), TURNS, strict=True)]


def measure(episodes: int) -> Measured:
    """Make so many episodes at once by as many processes on one worker."""
    with (
        tempfile.TemporaryDirectory(prefix="ninja-bench-") as name,
        fresh_database() as database,
        object_store() as store,
        provider_process(Path(name) / "providers", video_height=480, latency=CLIP_SECONDS) as providers,
    ):
        stage = PaidStage.build(Path(name) / "content", providers, slots=4)
        names = [f"e{number:02}" for number in range(1, episodes + 1)]
        for number, episode in enumerate(names):
            stage.write_episode(episode, spoken(number))
        machines = Machines(Path(name), stage, store, database, f"{name}/w")
        worker = machines.worker("one")
        store.requests()
        before, cpu, began = _sessions(database), _cpu(), time.monotonic()
        runs = [worker.ninja("produce", each, "--mode", "draft", "--yes", "--json") for each in names]
        waiting, most, composing = _watched(runs, lambda: len(providers.report().of("fal")), episodes * len(TURNS))
        for run in runs:
            assert run.end(3600).status == 0, run.ended
        wall = time.monotonic() - began
        home = Path(worker.environment["DAGSTER_HOME"])
        events = sum(file.stat().st_size for file in home.rglob("*.db*"))
        requests = sum(store.requests().values())
        sessions = _sessions(database) - before
        used, bought = _cpu() - cpu, machines.bought()
        return Measured(episodes, used, wall, waiting, most, requests, sessions, events, bought, composing)


def _watched(runs: Sequence[Run], submitted: Callable[[], int], wanted: int) -> tuple[float, float, int]:
    """The memory of the runs while all their clips are under way, the most that it ever was, and of ffmpeg at once."""
    waiting = most = 0.0
    composing = 0
    calm: float | None = None
    while any(run.alive() for run in runs):
        at_work = [process for run in runs for process in family(run.pid)]
        now = sum(map(pss, at_work))
        most, composing = max(most, now), max(composing, sum(map(is_ffmpeg, at_work)))
        if not waiting and submitted() >= wanted:
            calm = calm or time.monotonic()
            if time.monotonic() - calm > 5:
                waiting = now
        time.sleep(LOOK_SECONDS)
    return waiting, most, composing


def family(pid: int) -> list[psutil.Process]:
    """A process and all that it started."""
    try:
        own = psutil.Process(pid)
        return [own, *own.children(recursive=True)]
    except psutil.Error:
        return []


def pss(process: psutil.Process) -> float:
    """The proportional share of memory of a process, in bytes."""
    try:
        return float(process.memory_full_info().pss)
    except psutil.Error:
        return 0.0


def is_ffmpeg(process: psutil.Process) -> bool:
    """Whether a process is an ffmpeg."""
    try:
        return process.name().startswith("ffmpeg")
    except psutil.Error:
        return False


def _cpu() -> float:
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def _sessions(database: str) -> int:
    """How many connections the database has had."""
    engine = create_engine(make_url(database).set(drivername="postgresql+psycopg", database="postgres"))
    with engine.connect() as connection:
        asked = text("SELECT sessions FROM pg_stat_database WHERE datname = :name")
        found = connection.execute(asked, {"name": make_url(database).database}).scalar_one()
    engine.dispose()
    return int(found)


if __name__ == "__main__":
    main(*sys.argv[1:])
