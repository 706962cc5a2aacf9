"""What Dagster tells of an episode: the runs under way, and why the last ones did not make what they were asked for."""

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Self

import dagster as dg
from pydantic import BaseModel

from ninja_assets.cells.failed_steps import NO_REASON, failed_steps, waited
from ninja_assets.cells.running.launch import EPISODE_TAG, MODE_TAG, read_cells, waits_for
from ninja_assets.jobs import UNDER_WAY, runs_of
from ninja_assets.partitions import EPISODE, segments_of
from ninja_assets.reports.model_comparison import JOB, OP
from ninja_assets.runs.launcher import unbegun
from resources.content.show import Show
from resources.core.errors import ContentError
from resources.core.names import CellKey, Mode
from resources.core.settings import Settings

_LAST_RUNS = 5  # in which a cell's failure is looked for
_LAST_MATCHES = 20  # of an episode, in which a segment's is looked for


class Pulse(BaseModel):
    """Whether a run is under way, and a text that changes when a page does.

    Of a page that is made after it, it is at most too old, never too new.
    """

    live: bool
    version: str

    @classmethod
    def of(cls, *seen: object, live: bool) -> Self:
        """The pulse of what a page was made from, as JSON can tell it."""
        return cls(live=live, version=hashlib.sha256(json.dumps(seen).encode()).hexdigest()[:16])


@dataclass(frozen=True)
class LiveRun:
    """A run under way of an episode. `retake` are the segments that it makes anew."""

    run_id: str
    status: str
    mode: str
    cells: tuple[CellKey, ...]
    retake: frozenset[str]

    @property
    def episodes(self) -> frozenset[str]:
        """The episodes that it makes."""
        return frozenset(cell.episode for cell in self.cells)


@dataclass(frozen=True)
class EndedRun:
    """The last run of an episode that has ended, and what failed in the last ones: segment -> why.

    `waits`: what the last run waits for; empty where it waits for nobody. `declined`: what it waited for, a
    price or a voice, where a person said no to it.
    """

    run_id: str | None
    status: str
    failures: Mapping[str, str]
    waits: str = ""
    declined: str = ""


@dataclass(frozen=True)
class RunOfMatch:
    """The last run that made a segment by several models. `why`: in words, where it failed."""

    run_id: str
    status: str
    live: bool
    why: str = ""


def live_runs(instance: dg.DagsterInstance, show: Show, settings: Settings) -> list[LiveRun]:
    """All runs of this show's episodes that are under way."""
    episodes = instance.get_dynamic_partitions(EPISODE)
    found, killed = [], {record.dagster_run.run_id for record in unbegun(instance)}
    for run in instance.get_runs(dg.RunsFilter(statuses=UNDER_WAY)):
        if run.run_id in killed:
            continue
        try:
            cells = read_cells(run.tags, episodes=episodes, segments=segments_of(show.slots))
        except ContentError:  # it will be refused when it begins
            continue
        config = _part(run.run_config, "resources", "studio", "config")
        # Of a run that is executed again with another config, the tag is the first one's until it begins.
        mode = str(config.get("mode") or run.tags.get(MODE_TAG) or settings.mode.value)
        retake = config.get("retake", [])
        anew = frozenset(retake) if isinstance(retake, list) else frozenset()
        if cells:
            found.append(LiveRun(run.run_id, run.status.value, mode, cells, anew))
    return found


def check_not_made_now(
    instance: dg.DagsterInstance, show: Show, settings: Settings, episode: str, segment: str | None = None
) -> None:
    """Raise ContentError where a run makes an episode, or this segment of it: it would mix the takes of two times."""
    runs = of_episode(live_runs(instance, show, settings), episode, settings.mode)
    if any(segment is None or CellKey(episode, segment) in run.cells for run in runs):
        raise ContentError(f"a run is making {segment or episode}", hint="wait until it has ended, then choose")


def last_run(instance: dg.DagsterInstance, episode: str, mode: Mode) -> tuple[str, str] | None:
    """The last run of an episode in a mode, and how it stands: one may begin and end between two looks."""
    runs = runs_of(instance, episode, mode, limit=1)
    return (runs[0].run_id, runs[0].status.value) if runs else None


def ended_run(instance: dg.DagsterInstance, episode: str, mode: Mode) -> EndedRun:
    """How the last runs of an episode in a mode ended."""
    found = [run for run in runs_of(instance, episode, mode, limit=2 * _LAST_RUNS) if run.job_name != JOB]
    runs = [run for run in found[:_LAST_RUNS] if run.is_finished]
    cells = {run.run_id: _failed_cells(instance, run) for run in runs if run.status is dg.DagsterRunStatus.FAILURE}
    failures: dict[str, str] = {}
    for run in reversed(runs):
        failures |= _failures(run, episode, [cell for cell in cells.get(run.run_id, ()) if _is_of(cell, episode)])
    if not runs:
        return EndedRun(None, "", {})
    last, failed = runs[0], cells.get(runs[0].run_id, ())
    mine = [cell for cell in failed if _is_of(cell, episode)]
    if failed and not mine:  # what failed, or waits, is another episode of the run
        return EndedRun(last.run_id, dg.DagsterRunStatus.SUCCESS.value, failures)
    waits, declined = waits_for(last.tags, episode)
    if len(mine) < len(failed) and not any(map(waited, mine)):
        waits = declined = ""
    return EndedRun(last.run_id, last.status.value, failures, waits, declined)


def _failed_cells(instance: dg.DagsterInstance, run: dg.DagsterRun) -> list[dict[str, Any]]:
    """The cells that failed in a run, or wait for a person."""
    return [cell for step in failed_steps(instance, run.run_id) for cell in step.cells]


def _is_of(cell: Mapping[str, Any], episode: str) -> bool:
    """Whether a failed cell is of an episode; earlier versions did not write down of which."""
    return bool(cell.get("episode", episode) == episode)


def _failures(run: dg.DagsterRun, episode: str, cells: Sequence[Mapping[str, Any]]) -> dict[str, str]:
    """What a run tells of cells that failed: segment -> asset and reason. What was declined failed none."""
    found: dict[str, list[str]] = {}
    _, declined = waits_for(run.tags, episode)
    for cell in cells:
        if declined and waited(cell):
            continue
        hint = f"\nnext: {cell['next']}" if cell.get("next") else ""
        found.setdefault(cell["segment"], []).append(f"{cell['asset']}: {cell['error']}{hint}")
    return {segment: "\n".join(dict.fromkeys(failed)) for segment, failed in found.items()}


def last_match_run(instance: dg.DagsterInstance, episode: str, mode: Mode, segment: str) -> RunOfMatch | None:
    """The last run that compared models by a segment; None where Dagster knows of none."""
    wanted = dg.RunsFilter(job_name=JOB, tags={EPISODE_TAG: episode, MODE_TAG: mode.value})
    for run in instance.get_runs(wanted, limit=_LAST_MATCHES):
        asked = _part(run.run_config, "ops", OP, "config")
        if asked.get("segment") == segment:
            why = _why(instance, run.run_id) if run.status is dg.DagsterRunStatus.FAILURE else ""
            return RunOfMatch(run.run_id, run.status.value, not run.is_finished, why)
    return None


def _why(instance: dg.DagsterInstance, run_id: str) -> str:
    """What a run's failed step says of itself."""
    return next((step.description for step in failed_steps(instance, run_id) if step.description), NO_REASON)


def _part(run_config: Mapping[str, Any], *names: str) -> Mapping[str, Any]:
    """A part of a run's config: whatever a person wrote there, if it is a mapping."""
    found: Any = run_config
    for name in names:
        found = found.get(name) if isinstance(found, Mapping) else None
    return found if isinstance(found, Mapping) else {}


def of_episode(runs: Sequence[LiveRun], episode: str, mode: Mode) -> list[LiveRun]:
    """The runs under way that make something of an episode in a mode."""
    return [run for run in runs if episode in run.episodes and run.mode == mode.value]
