"""Thirty paid episodes at once in the studio of `deploy/`: what the runs of its two workers hold, all together.

    make bench-machines     (or: tests/with-postgres tests/with-redis python -m bench.studio [EPISODES_AT_ONCE])

Its workers make as many runs at once as there are, and share the processors of this machine, as `NINJA_WORKER_CPUS`
lets them. PSS counts what a worker shares with its runs once.
"""

import os
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

import httpx
import psutil

from bench.machines import LOOK_SECONDS, MB, TURNS, family, is_ffmpeg, pss, spoken
from ninja_assets.desk.site.graphql_launches import LAUNCH, Code
from ninja_assets.runs.launches import launch_of
from resources.core.names import Mode
from tests.browser.server import until
from tests.machines.studio import Studio, studio
from tests.machines.workers import object_store
from tests.paid.runs import PaidStage
from tests.postgres import fresh_database
from tests.providers.fixture import provider_process

LATENCY = 240.0  # seconds a clip takes: long enough that all runs are begun before the first has its clips
START_SECONDS, RUN_SECONDS = 600, 3600
CALM_SECONDS = 5.0
TARGET_MB = 6000
WORKERS = ("worker-one", "worker-two")
SEGMENTS = ("s01", "s02", "s03", "s04")
_EPISODES = "{ assetNodes { partitionKeysByDimension { name partitionKeys } } }"
_RUNS = "{ runsOrError(limit: 500) { ... on Runs { results { status } } } }"


def main(count: str = "30") -> None:
    """Make so many, half of them drafts, and print what the workers and their runs held."""
    episodes = [f"e{number:02}" for number in range(1, int(count) + 1)]
    with (
        tempfile.TemporaryDirectory(prefix="ninja-bench-") as name,
        fresh_database() as ledger,
        fresh_database() as dagster,
        object_store() as store,
        provider_process(Path(name) / "providers", video_height=480, latency=LATENCY, concurrency=500) as providers,
    ):
        stage = PaidStage.build(Path(name) / "content", providers, slots=len(SEGMENTS))
        for number, episode in enumerate(episodes):
            stage.write_episode(episode, spoken(number))
        runs = -(-len(episodes) // len(WORKERS))
        here = (Path(name), stage.root / "show", (ledger, dagster), store)
        with studio(*here, runs=runs, **providers.environment) as found:
            until("the desk and its sensor", lambda: _known(found) >= set(episodes) or None, START_SECONDS)
            _share_processors(found)
            idle = sum(map(pss, _at_work(found)))
            for number, episode in enumerate(episodes):
                _launch(found, episode, (Mode.DRAFT, Mode.FINAL)[number % 2])
            waiting, most, composing = _watched(
                found, lambda: len(providers.report().of("fal")), len(TURNS) * len(episodes)
            )
            made = _statuses(found).count("SUCCESS")
    print(f"{len(episodes)} paid episodes at once, by two workers of {runs} each; {os.cpu_count()} cores; {made} made")
    print(f"both workers, idle            {idle / MB:>7.0f} MB")
    told = f"{waiting / MB:>7.0f} MB, {waiting / MB / len(episodes):.0f} a run" if waiting else "never seen at once"
    print(f"all wait for their clips      {told}")
    print(f"the most                      {most / MB:>7.0f} MB   <= {TARGET_MB}")
    print(f"ffmpeg at once                {composing:>7}   <= {max(len(WORKERS), os.cpu_count() or 1)}")


def _watched(found: Studio, submitted: Callable[[], int], wanted: int) -> tuple[float, float, int]:
    """The memory of workers and runs while all clips are under way, the most that it ever was, and ffmpeg at once."""
    waiting = most = 0.0
    composing = 0
    calm: float | None = None
    end = time.monotonic() + RUN_SECONDS
    while not _ended(found):
        assert time.monotonic() < end, found.said("worker-one")
        at_work = _at_work(found)
        now = sum(map(pss, at_work))
        most, composing = max(most, now), max(composing, sum(map(is_ffmpeg, at_work)))
        if not waiting and submitted() >= wanted:
            calm = calm or time.monotonic()
            if time.monotonic() - calm > CALM_SECONDS:
                waiting = now
        time.sleep(LOOK_SECONDS)
    return waiting, most, composing


def _share_processors(found: Studio) -> None:
    """Give each worker, and what it forks from now on, its part of them: at least one."""
    cores = sorted(os.sched_getaffinity(0))
    for number, name in enumerate(WORKERS):
        for process in family(found.pids[name]):
            process.cpu_affinity(cores[number :: len(WORKERS)] or cores)


def _at_work(found: Studio) -> list[psutil.Process]:
    return [each for name in WORKERS for each in family(found.pids[name])]


def _known(found: Studio) -> set[str]:
    """The episodes that Dagster knows, by its sensor."""
    try:
        nodes = found.ask(_EPISODES)["assetNodes"]
    except httpx.HTTPError:
        return set()
    dimensions = nodes[0]["partitionKeysByDimension"] if nodes else []
    return {key for one in dimensions if one["name"] == "episode" for key in one["partitionKeys"]}


def _launch(found: Studio, episode: str, mode: Mode) -> None:
    """Launch an episode as the desk does."""
    params = Code("__repository__", "ninja_assets").params(launch_of(episode, mode, SEGMENTS))
    assert "run" in (launched := found.ask(LAUNCH, params=params)["launchPipelineExecution"]), launched


def _ended(found: Studio) -> bool:
    return set(_statuses(found)) <= {"SUCCESS", "FAILURE", "CANCELED"}


def _statuses(found: Studio) -> list[str]:
    return [str(each["status"]) for each in found.ask(_RUNS)["runsOrError"]["results"]]


if __name__ == "__main__":
    main(*sys.argv[1:])
