"""The studio of `deploy/` while its broker forgets what waits there."""

import os
import signal
from pathlib import Path

import httpx
import pytest
import redis

from tests.browser.server import until
from tests.machines.studio import broker, studio
from tests.machines.test_studio import ENDED, RUN_SECONDS, START_SECONDS, known, launch
from tests.machines.workers import ObjectStore
from tests.postgres import fresh_database
from tests.stage import build_stage

pytestmark = pytest.mark.machines

WORKERS = ("worker-one", "worker-two")
_RUNS = "{ runsOrError(limit: 50) { ... on Runs { results { runId status parentRunId rootRunId } } } }"


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
        known_to = redis.Redis.from_url(broker())
        known_to.client_kill_filter(_type="normal", skipme=True)  # else a task goes to a worker that stands still
        first = launch(here, "demo")
        until("the run's task", lambda: any(known_to.llen(name) for name in known_to.keys("dagster*")) or None, 120)
        known_to.flushall()
        for name in WORKERS:
            os.killpg(here.pids[name], signal.SIGCONT)
        until("the end of what is lost", lambda: runs()[first]["status"] == "FAILURE" or None, START_SECONDS)

        def again() -> str | None:
            found = [each["status"] for each in runs().values() if each["parentRunId"] == first]
            return next((status for status in found if status in ENDED), None)

        assert until("the run that begins it again", again, RUN_SECONDS) == "SUCCESS", here.said("daemon")[-3000:]
        assert len(runs()) == 2
