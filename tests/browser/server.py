"""A real `ninja ui` (supervisor, webserver, daemon, code server) of a small show, on a free port, in its own home.

The browser acts; what came of it is asked here, over the same GraphQL that the pages use.
"""

import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar

import httpx
import psutil

from ninja_assets.desk.ports import take_port
from resources.core.settings import ROOT
from tests.stage import Stage, build_stage

START_SECONDS = 300  # loading the definitions takes ten on an idle machine, minutes on a busy one
BEGIN_SECONDS = 240  # for a run to begin: its process loads the definitions
STOP_SECONDS = 90  # a run under way is cancelled first
SENSOR_SECONDS = 90  # it looks every 30 s
RUN_SECONDS = 240  # the backfill daemon looks every 30 s, then a process starts, then three segments are made
ENDED = frozenset({"SUCCESS", "FAILURE", "CANCELED"})
_RUNS = """{ runsOrError { ... on Runs { results {
    runId status tags { key value } assetSelection { path } runConfigYaml creationTime endTime
} } } }"""
_EPISODES = """{ assetNodes { assetKey { path } partitionKeysByDimension { name partitionKeys } } }"""
_TICKS = (
    "{ repositoriesOrError { ... on RepositoryConnection { nodes { sensors { name sensorState { "
    "ticks(limit: 1, statuses: [SUCCESS, SKIPPED]) { timestamp } } } } } } }"
)
_SCHEDULES = "{ repositoriesOrError { ... on RepositoryConnection { nodes { schedules { cronSchedule } } } } }"

_WITH_US = [sys.executable, "-m", "ninja_assets.desk.tether"]  # a session that is ended from outside leaves no server
NINJA = [sys.executable, "-c", "from ninja_assets.cli import main; main()"]

ResultT = TypeVar("ResultT")


def is_alive(process: psutil.Process) -> bool:
    """Whether a process runs: no zombie is left of it alone."""
    try:
        return process.is_running() and process.status() != psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return False


@dataclass(frozen=True)
class Run:
    """A run as Dagster tells it."""

    run_id: str
    status: str
    tags: Mapping[str, str]
    config: str
    begun: float  # seconds since 1970
    ended: float | None

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


class NinjaUi:
    """`ninja ui` over a stage. `start` returns when it answers and has found the first script.

    `environment` is added to that of this process: keys, and where providers are.
    """

    def __init__(self, root: Path, stage: Stage | None = None, environment: Mapping[str, str] | None = None) -> None:
        self.stage: Stage = stage or build_stage(root)
        self._added = environment or {}
        self.log = root / "said.log"
        self.home = root / "home"
        self.home.mkdir()
        shutil.copy(ROOT / "dagster_home" / "dagster.yaml", self.home)
        self.port = take_port("127.0.0.1", 0)
        self.process: subprocess.Popen[bytes] | None = None

    @property
    def url(self) -> str:
        """Where the pages are."""
        return f"http://127.0.0.1:{self.port}"

    @property
    def environment(self) -> dict[str, str]:
        """What it and every command of the same show are started with."""
        return {
            **os.environ,
            "DAGSTER_HOME": str(self.home),
            "DAGSTER_DISABLE_TELEMETRY": "1",
            "NINJA_SHOW": str(self.stage.show),
            "NINJA_OUTPUT": str(self.stage.output),
            **self._added,
        }

    @property
    def said(self) -> str:
        """What it has said so far; of this start and those before it."""
        return self.log.read_text(encoding="utf-8")

    def start(self) -> None:
        """Start it and wait until the code location is loaded."""
        with self.log.open("ab") as log:
            self.process = subprocess.Popen(
                [*_WITH_US, f"{os.getpid()}", *NINJA, "ui", "--port", str(self.port)],
                cwd=ROOT,
                env=self.environment,
                stdout=log,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )
        until(f"ninja ui (see {self.log})", self._answers, START_SECONDS)

    def stop(self, number: int = signal.SIGINT) -> int:
        """End it, as Ctrl-C does; returns its exit status."""
        if self.process is None:
            return 0
        self.process.send_signal(number)
        try:
            return self.process.wait(timeout=STOP_SECONDS)
        except subprocess.TimeoutExpired:
            self.process.kill()
            raise

    def command(self, *arguments: str, status: int = 0) -> str:
        """What a command of the same show prints, which ends with this exit status."""
        done = subprocess.run(
            [*NINJA, *arguments], cwd=ROOT, env=self.environment, capture_output=True, text=True, check=False
        )
        assert done.returncode == status, done.stderr
        return done.stdout

    def processes(self) -> list[psutil.Process]:
        """Everything that it has started and that is alive, itself included."""
        if self.process is None or not psutil.pid_exists(self.process.pid):
            return []
        own = psutil.Process(self.process.pid)
        return [one for one in (own, *own.children(recursive=True)) if is_alive(one)]

    def lose_power(self) -> None:
        """Kill it, and every run that it makes, at once and with -9, as a machine that goes down does."""
        everything = self.processes()
        for process in everything:
            with suppress(psutil.NoSuchProcess):
                process.kill()
        psutil.wait_procs(everything, STOP_SECONDS)
        if self.process is not None:
            self.process.wait()

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
        """Wait until `new_scripts` has just looked: what is done next it sees no sooner than 30 s later."""
        before = self._last_tick()
        until("the sensor's next look", lambda: self._last_tick() > before or None, SENSOR_SECONDS)

    def _last_tick(self) -> float:
        sensors = self.ask(_TICKS)["repositoriesOrError"]["nodes"][0]["sensors"]
        ticks = [sensor["sensorState"]["ticks"] for sensor in sensors if sensor["name"] == "new_scripts"]
        return max((tick["timestamp"] for each in ticks for tick in each), default=0.0)

    def runs(self) -> list[Run]:
        """All runs, newest first."""
        return [
            Run(
                run_id=run["runId"],
                status=run["status"],
                tags={tag["key"]: tag["value"] for tag in run["tags"]},
                config=run["runConfigYaml"],
                begun=run["creationTime"],
                ended=run["endTime"],
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
            return runs[0] if len(runs) == number and runs[0].status in ENDED else None

        return until(f"run {number} of {episode} to end", look, RUN_SECONDS)

    def _answers(self) -> bool | None:
        if self.process is None or self.process.poll() is not None:
            raise AssertionError(f"ninja ui ended at once:\n{self.said[-2000:]}")
        try:
            return bool(self.episodes()) or None  # the sensor has registered the first script
        except (httpx.HTTPError, StopIteration, IndexError, KeyError):
            return None
