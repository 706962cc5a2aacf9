"""A real `dagster dev` (webserver, daemon, code server) of a small show, on a free port, with a home of its own.

The browser acts; what came of it is asked here, over the same GraphQL that the pages use.
"""

import os
import shutil
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar

import httpx

from resources.core.settings import ROOT
from tests.stage import Stage, build_stage

START_SECONDS = 300  # loading the definitions takes ten on an idle machine, minutes on a busy one
SENSOR_SECONDS = 90  # it looks every 30 s
RUN_SECONDS = 240  # the backfill daemon looks every 30 s, then a process starts, then three segments are made
_ENDED = frozenset({"SUCCESS", "FAILURE", "CANCELED"})
_RUNS = """{ runsOrError { ... on Runs { results {
    runId status tags { key value } assetSelection { path } runConfigYaml
} } } }"""
_EPISODES = """{ assetNodes { assetKey { path } partitionKeysByDimension { name partitionKeys } } }"""
_TICKS = (
    "{ repositoriesOrError { ... on RepositoryConnection { nodes { sensors { sensorState { "
    "ticks(limit: 1, statuses: [SUCCESS, SKIPPED]) { timestamp } } } } } } }"
)
_SCHEDULES = "{ repositoriesOrError { ... on RepositoryConnection { nodes { schedules { cronSchedule } } } } }"

ResultT = TypeVar("ResultT")


@dataclass(frozen=True)
class Run:
    """A run as Dagster tells it."""

    run_id: str
    status: str
    tags: Mapping[str, str]
    config: str

    @property
    def cells(self) -> tuple[str, str]:
        """The first and the last cell of the run's range."""
        one = self.tags.get("dagster/partition", "")
        return (
            self.tags.get("dagster/asset_partition_range_start", one),
            self.tags.get("dagster/asset_partition_range_end", one),
        )


def until(what: str, look: Callable[[], ResultT | None], seconds: float) -> ResultT:
    """Wait until `look` finds something; fails with what was waited for."""
    deadline = time.monotonic() + seconds
    while (found := look()) is None:
        if time.monotonic() > deadline:
            raise AssertionError(f"waited {seconds:.0f} s in vain for {what}")
        time.sleep(0.5)
    return found


class DagsterDev:
    """`dagster dev` over a stage. `start` returns when it answers."""

    def __init__(self, root: Path) -> None:
        self.stage: Stage = build_stage(root)
        self.log = root / "dagster.log"
        self._home = root / "home"
        self._home.mkdir()
        shutil.copy(ROOT / "dagster_home" / "dagster.yaml", self._home)
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            self._port = int(probe.getsockname()[1])
        self._process: subprocess.Popen[bytes] | None = None

    @property
    def url(self) -> str:
        """Where the pages are."""
        return f"http://127.0.0.1:{self._port}"

    def start(self) -> None:
        """Start it, in a process group of its own, and wait until the code location is loaded."""
        environment = {
            **os.environ,
            "DAGSTER_HOME": str(self._home),
            "DAGSTER_DISABLE_TELEMETRY": "1",
            "NINJA_SHOW": str(self.stage.show),
            "NINJA_OUTPUT": str(self.stage.output),
        }
        command = [sys.executable, "-m", "dagster", "dev", "-w", "workspace.yaml", "-h", "127.0.0.1"]
        with self.log.open("wb") as log:
            self._process = subprocess.Popen(
                [*command, "-p", str(self._port)],
                cwd=ROOT,
                env=environment,
                stdout=log,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )
        until(f"dagster dev (see {self.log})", self._answers, START_SECONDS)

    def stop(self) -> None:
        """Stop it and everything that it started."""
        if self._process is None:
            return
        os.killpg(self._process.pid, signal.SIGINT)
        try:
            self._process.wait(timeout=30)
        except subprocess.TimeoutExpired:
            os.killpg(self._process.pid, signal.SIGKILL)
            self._process.wait()

    def ask(self, query: str, **variables: object) -> dict[str, Any]:
        """The answer's data of a GraphQL query."""
        answer = httpx.post(f"{self.url}/graphql", json={"query": query, "variables": variables}, timeout=60)
        document: dict[str, Any] = answer.raise_for_status().json()
        assert "errors" not in document, document["errors"]
        data: dict[str, Any] = document["data"]
        return data

    def episodes(self) -> list[str]:
        """The episodes that Dagster knows."""
        dimensions = self.ask(_EPISODES)["assetNodes"][0]["partitionKeysByDimension"]
        return next(list(one["partitionKeys"]) for one in dimensions if one["name"] == "episode")

    def cron(self) -> str:
        """When the daily schedule ticks."""
        schedules = self.ask(_SCHEDULES)["repositoriesOrError"]["nodes"][0]["schedules"]
        return str(schedules[0]["cronSchedule"])

    def await_tick(self) -> None:
        """Wait until the sensor has just looked: what is done next it sees no sooner than 30 s later."""
        before = self._last_tick()
        until("the sensor's next look", lambda: self._last_tick() > before or None, SENSOR_SECONDS)

    def _last_tick(self) -> float:
        sensors = self.ask(_TICKS)["repositoriesOrError"]["nodes"][0]["sensors"]
        return max((tick["timestamp"] for sensor in sensors for tick in sensor["sensorState"]["ticks"]), default=0.0)

    def runs(self) -> list[Run]:
        """All runs, newest first."""
        return [
            Run(
                run_id=run["runId"],
                status=run["status"],
                tags={tag["key"]: tag["value"] for tag in run["tags"]},
                config=run["runConfigYaml"],
            )
            for run in self.ask(_RUNS)["runsOrError"]["results"]
        ]

    def runs_of(self, episode: str) -> list[Run]:
        """The runs of an episode, newest first."""
        return [run for run in self.runs() if run.cells[0].startswith(f"{episode}|")]

    def ended_run(self, episode: str, *, number: int) -> Run:
        """Wait for the episode's run of that number (from 1) to end. There must be no more runs than that."""

        def look() -> Run | None:
            runs = self.runs_of(episode)
            assert len(runs) <= number, f"{len(runs)} runs of {episode}, not {number}"
            return runs[0] if len(runs) == number and runs[0].status in _ENDED else None

        return until(f"run {number} of {episode} to end", look, RUN_SECONDS)

    def _answers(self) -> bool | None:
        if self._process is None or self._process.poll() is not None:
            raise AssertionError(f"dagster dev ended at once:\n{self.log.read_text()[-2000:]}")
        try:
            return bool(self.episodes()) or None  # the sensor has registered the first script
        except (httpx.HTTPError, StopIteration, IndexError):
            return None
