"""What Dagster tells of an episode: the runs under way, and why the last ones did not make what they were asked for."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import dagster as dg

from ninja_assets.cells.failure_table import FAILED_CELLS
from ninja_assets.cells.launch import EPISODE_TAG, MODE_TAG, WAITS_TAG, read_cells
from ninja_assets.jobs import UNDER_WAY
from ninja_assets.partitions import EPISODE, segments_of
from resources.content.show import Show
from resources.core.errors import ContentError
from resources.core.names import CellKey, Mode
from resources.core.settings import Settings

_LAST_RUNS = 5  # in which a cell's failure is looked for


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

    `waits`: what the last run waits for; empty where it waits for nobody.
    """

    run_id: str | None
    status: str
    failures: Mapping[str, str]
    waits: str = ""


def live_runs(instance: dg.DagsterInstance, show: Show, settings: Settings) -> list[LiveRun]:
    """All runs of this show's episodes that are under way."""
    episodes = instance.get_dynamic_partitions(EPISODE)
    found = []
    for run in instance.get_runs(dg.RunsFilter(statuses=UNDER_WAY)):
        try:
            cells = read_cells(run.tags, episodes=episodes, segments=segments_of(show.slots))
        except ContentError:  # it will be refused when it begins
            continue
        config = _studio_config(run.run_config)
        mode = run.tags.get(MODE_TAG) or str(config.get("mode", settings.mode.value))
        retake = config.get("retake", [])
        anew = frozenset(retake) if isinstance(retake, list) else frozenset()
        if cells:
            found.append(LiveRun(run.run_id, run.status.value, mode, cells, anew))
    return found


def ended_run(instance: dg.DagsterInstance, episode: str, mode: Mode) -> EndedRun:
    """How the last runs of an episode in a mode ended."""
    tags = {EPISODE_TAG: episode, MODE_TAG: mode.value}
    runs = [run for run in instance.get_runs(dg.RunsFilter(tags=tags), limit=_LAST_RUNS) if run.is_finished]
    failures: dict[str, str] = {}
    for run in reversed(runs):
        if run.status is dg.DagsterRunStatus.FAILURE:
            failures |= _failures(instance, run.run_id)
    if not runs:
        return EndedRun(None, "", {})
    last = runs[0]
    return EndedRun(last.run_id, last.status.value, failures, last.tags.get(WAITS_TAG, ""))


def _failures(instance: dg.DagsterInstance, run_id: str) -> dict[str, str]:
    """What a run tells of its cells that failed: segment -> asset and reason."""
    records = instance.get_records_for_run(run_id, of_type=dg.DagsterEventType.STEP_FAILURE).records
    found: dict[str, list[str]] = {}
    for record in records:
        event = record.event_log_entry.dagster_event
        failure = event.step_failure_data.user_failure_data if event else None
        told = failure.metadata.get(FAILED_CELLS) if failure else None
        cells = told.value if told is not None else []
        for cell in cells if isinstance(cells, list) else []:
            mend = f"\nnext: {cell['next']}" if cell.get("next") else ""
            found.setdefault(cell["segment"], []).append(f"{cell['asset']}: {cell['error']}{mend}")
    return {segment: "\n".join(dict.fromkeys(told)) for segment, told in found.items()}


def _studio_config(run_config: Mapping[str, Any]) -> Mapping[str, Any]:
    """The studio's config of a run: whatever a person wrote there, if it is a mapping."""
    found: Any = run_config
    for name in ("resources", "studio", "config"):
        found = found.get(name) if isinstance(found, Mapping) else None
    return found if isinstance(found, Mapping) else {}


def of_episode(runs: Sequence[LiveRun], episode: str, mode: Mode) -> list[LiveRun]:
    """The runs under way that make something of an episode in a mode."""
    return [run for run in runs if episode in run.episodes and run.mode == mode.value]
