"""A shell's run by the daemon of a live `ninja ui`: asked for over its pages, followed by Dagster's log to its end.

Only a `ninja ui` of this very show, code and keys is asked, and only while its daemon lives.
"""

import os
import time
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import replace
from typing import Any, Final
from uuid import uuid4

import dagster as dg
import httpx

from ninja_assets.cells.consent.barrier import Barrier
from ninja_assets.cells.consent.doors import DOOR_TAG, Door
from ninja_assets.cells.failed_steps import NO_REASON, failed_steps, how_ended
from ninja_assets.cells.running.launch import EPISODE_TAG
from ninja_assets.desk.ports import HEALTH
from ninja_assets.desk.server_probe import CANCEL, CANCEL_SECONDS
from ninja_assets.desk.site.graphql_launches import LAUNCH, WHERE, Code
from ninja_assets.jobs import JOB_NAME
from ninja_assets.partitions import parse_key
from ninja_assets.runs.home import dagster_home
from ninja_assets.runs.host import this_host
from ninja_assets.runs.launches import Launch
from ninja_assets.runs.production import Ended
from ninja_assets.served import Served, find_served, identity_of
from resources.core.progress import Progress, Step, parse, report
from resources.core.settings import Settings

_DAEMON: Final = "QUEUED_RUN_COORDINATOR"
_HEARTBEAT_SECONDS: Final = 60  # it is written every 30 s
_LOOK_SECONDS: Final = 0.25
_ANSWER_SECONDS: Final = 5.0
_LAUNCH_SECONDS: Final = 60.0
_AT_ONCE: Final = 500  # records
_NO_ANSWER: Final = (httpx.HTTPError, StopIteration, ValueError, KeyError, TypeError)
ASKED: Final = "ninja/asked"  # of a run that a shell has asked for
_NOT_BEGUN = (dg.DagsterRunStatus.QUEUED, dg.DagsterRunStatus.NOT_STARTED)


class RunQueue:
    """The run queue of a live `ninja ui`, as `runs.production.Queue`."""

    def __init__(self, served: Served, instance: dg.DagsterInstance) -> None:
        self.url = served.url
        self._instance = instance

    def lives(self) -> bool:
        """Whether its server answers and its daemon takes runs out of the queue."""
        heartbeat = self._instance.get_daemon_heartbeats().get(_DAEMON)
        if heartbeat is None or time.time() - heartbeat.timestamp > _HEARTBEAT_SECONDS:
            return False
        try:
            return httpx.get(f"{self.url}{HEALTH}", timeout=_ANSWER_SECONDS).status_code == httpx.codes.OK
        except httpx.HTTPError:
            return False

    def __call__(self, launch: Launch, barrier: Barrier) -> Ended | None:
        """Ask for the run, and follow it. None where it was not taken, or the daemon died before it began."""
        asked = uuid4().hex  # by which the run is found, if its answer is lost
        try:
            run_id = self._ask_for(launch, {**launch.tags, **barrier.tags, DOOR_TAG: Door.SHELL.value, ASKED: asked})
            return self._follow(run_id, launch.tags.get(EPISODE_TAG, "")) if run_id else None
        except KeyboardInterrupt:
            self._cancel(asked)
            raise

    def _ask_for(self, launch: Launch, tags: Mapping[str, str]) -> str | None:
        """The run that was launched, though the answer may have been lost; None where there is none."""
        try:
            nodes = self._ask(WHERE, _ANSWER_SECONDS)["repositoriesOrError"].get("nodes", [])
            place = next(one for one in nodes if any(job["name"] == JOB_NAME for job in one["jobs"]))
        except _NO_ANSWER:
            return None
        params = Code(place["name"], place["location"]["name"]).params(replace(launch, tags=tags))
        try:
            answer = self._ask(LAUNCH, _LAUNCH_SECONDS, params=params)["launchPipelineExecution"]
            return str(answer["run"]["runId"])
        except _NO_ANSWER:
            return next(iter(self._asked_for(tags[ASKED])), None)

    def _asked_for(self, asked: str) -> list[str]:
        return [run.run_id for run in self._instance.get_runs(dg.RunsFilter(tags={ASKED: asked}))]

    def _follow(self, run_id: str, episode: str) -> Ended | None:
        shown, cursor = _Shown(episode), None
        while True:
            run = self._instance.get_run_by_id(run_id)
            found = self._instance.get_records_for_run(run_id, cursor=cursor, limit=_AT_ONCE)
            cursor = found.cursor
            for record in found.records:
                shown.take(record.event_log_entry)
            if run is None:
                return Ended(run_id, "the run was deleted in Dagster while it was under way", untold=True)
            if found.has_more:
                continue
            if run.is_finished:
                return self._ended(run)
            if run.status in _NOT_BEGUN and not self.lives():
                self._instance.report_run_canceled(run, message="The daemon has died: a shell makes it.")
                return None
            time.sleep(_LOOK_SECONDS)

    def _ended(self, run: dg.DagsterRun) -> Ended:
        if run.is_success:
            return Ended(run.run_id, None)
        if run.status is dg.DagsterRunStatus.CANCELED:
            why = "the run was cancelled, in Dagster's pages or with `ninja ui`; what was made is kept"
            return Ended(run.run_id, why, untold=True)
        steps = failed_steps(self._instance, run.run_id)
        return Ended.badly(run.run_id, steps, how_ended(self._instance, run.run_id) or NO_REASON)

    def _cancel(self, asked: str) -> None:
        """End the run, and wait until it has; a second Ctrl-C leaves it to the daemon."""
        deadline = time.monotonic() + CANCEL_SECONDS
        while not (runs := self._asked_for(asked)) and time.monotonic() < deadline - CANCEL_SECONDS + _ANSWER_SECONDS:
            time.sleep(_LOOK_SECONDS)
        with suppress(*_NO_ANSWER):
            if runs:
                self._ask(CANCEL, CANCEL_SECONDS, runs=runs)
        while time.monotonic() < deadline:
            found = [self._instance.get_run_by_id(run_id) for run_id in runs]
            if all(run is None or run.is_finished for run in found):
                return
            time.sleep(_LOOK_SECONDS)

    def _ask(self, query: str, seconds: float, **variables: object) -> dict[str, Any]:
        answer = httpx.post(f"{self.url}/graphql", json={"query": query, "variables": variables}, timeout=seconds)
        answer.raise_for_status()
        data: dict[str, Any] = answer.json()["data"]
        return data


class _Shown:
    """What is shown here of a run that another process makes: its progress, and what each cell cost."""

    def __init__(self, episode: str) -> None:
        self._episode = episode
        self._made: dict[tuple[str, str], Progress] = {}

    def take(self, entry: dg.EventLogEntry) -> None:
        """Show what an entry of its log tells. That a cell is made is shown with its cost, which its event tells."""
        event = entry.dagster_event
        if event is None:
            progress = parse(entry.user_message, self._episode)
            if progress is not None and progress.step in (Step.MADE, Step.REUSED):
                self._made[progress.segment, progress.asset] = progress
            elif progress is not None:
                report(progress)
            return
        made = entry.asset_materialization
        if made is not None and made.partition is not None:
            asset, segment = made.asset_key.to_user_string(), parse_key(made.partition).segment
            progress = self._made.pop((segment, asset), None)
            cost = made.metadata.get("cost_usd")
            if progress is not None:
                usd = float(f"{cost.value}") if cost is not None else 0.0
                report(Progress(asset, self._episode, segment, progress.step, progress.detail, usd))


def live_queue(
    settings: Settings, instance: dg.DagsterInstance, environment: Mapping[str, str] = os.environ
) -> RunQueue | None:
    """The queue of the `ninja ui` that serves this show from this machine; None where there is none that is ours."""
    served = find_served(dagster_home(dict(environment)))
    if served is None or served.host != this_host() or served.identity != identity_of(settings, environment):
        return None
    queue = RunQueue(served, instance)
    return queue if queue.lives() else None
