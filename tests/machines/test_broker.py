"""The studio of `deploy/` while its broker forgets what waits there."""

import os
import signal
import subprocess
from pathlib import Path

import httpx
import pytest

from tests.browser.server import until
from tests.machines.studio import broker, studio
from tests.machines.test_studio import ENDED, RUN_SECONDS, START_SECONDS, known, launch
from tests.machines.workers import ObjectStore
from tests.postgres import fresh_database
from tests.stage import build_stage

pytestmark = pytest.mark.machines

WORKERS = ("worker-one", "worker-two")
_RUNS = "{ runsOrError(limit: 50) { ... on Runs { results { runId status parentRunId rootRunId } } } }"


def _redis(*command: str) -> list[str]:
    """What the broker answers, by lines; Debian's package of the server has the client."""
    asked = ["redis-cli", "-u", broker(), "--raw", *command]
    return subprocess.run(asked, capture_output=True, text=True, check=True).stdout.split()


def _queues() -> list[str]:
    return _redis("KEYS", "dagster*")


def test_a_run_that_the_broker_lost_before_a_worker_had_it_is_ended_and_begun_again(
    tmp_path: Path, database: str, store: ObjectStore
) -> None:
    stage = build_stage(tmp_path / "content")
    sooner = {
        "start_timeout_seconds: 600": "start_timeout_seconds: 20",
        "poll_interval_seconds: 30": "poll_interval_seconds: 5",
    }
    with (
        fresh_database() as dagster,
        studio(tmp_path, stage.show, (database, dagster), store, replaced=sooner) as here,
    ):

        def served() -> bool | None:
            try:
                return "demo" in known(here) or None
            except httpx.HTTPError:
                return None

        def runs() -> dict[str, dict[str, str]]:
            return {each["runId"]: each for each in here.ask(_RUNS)["runsOrError"]["results"]}

        until("the desk and its sensor", served, START_SECONDS)
        for name in WORKERS:
            os.killpg(here.pids[name], signal.SIGSTOP)
        _redis("CLIENT", "KILL", "TYPE", "normal", "SKIPME", "yes")  # else a task goes to a worker that stands still
        first = launch(here, "demo")
        until("the run's task", lambda: any(_redis("LLEN", name) != ["0"] for name in _queues()) or None, 120)
        _redis("FLUSHALL")
        for name in WORKERS:
            os.killpg(here.pids[name], signal.SIGCONT)
        until("the end of what is lost", lambda: runs()[first]["status"] == "FAILURE" or None, START_SECONDS)

        def again() -> str | None:
            found = [each["status"] for each in runs().values() if each["parentRunId"] == first]
            return next((status for status in found if status in ENDED), None)

        assert until("the run that begins it again", again, RUN_SECONDS) == "SUCCESS", here.said("daemon")[-3000:]
        assert len(runs()) == 2
