"""What the failed steps of a run told of themselves, as Dagster kept it: how `failure_table` is read again."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, Self

import dagster as dg

from ninja_assets.cells.failure_table import FAILED_CELLS
from resources.purchasing.state.consent import LISTEN, WAITING

NO_REASON = "the run did not end well; see its log in Dagster"


@dataclass(frozen=True)
class FailedStep:
    """A step that failed. `metadata` and `description` are what it told: nothing, where nobody foresaw the failure."""

    error: str
    description: str = ""
    metadata: Mapping[str, Any] = field(default_factory=dict)

    @classmethod
    def of(cls, event: dg.DagsterEvent) -> Self:
        """By the event of its failure."""
        data = event.step_failure_data
        failure = data.user_failure_data
        error = data.error_display_string
        return cls(error, failure.description or "", failure.metadata) if failure else cls(error)

    @property
    def cells(self) -> list[dict[str, Any]]:
        """The cells that failed in it, as `failure_table` lists them for programs."""
        listed = self.metadata.get(FAILED_CELLS)
        return listed.value if listed is not None and isinstance(listed.value, list) else []


def failed_steps(instance: dg.DagsterInstance, run_id: str) -> list[FailedStep]:
    """The steps of a run that failed, in order."""
    records = instance.get_records_for_run(run_id, of_type=dg.DagsterEventType.STEP_FAILURE).records
    events = [record.event_log_entry.dagster_event for record in records]
    return [FailedStep.of(event) for event in events if event is not None]


def waited(cell: Mapping[str, Any]) -> bool:
    """Whether what is listed of a cell is that it waits for a person's yes, or ear."""
    return any(f"{waits} " in str(cell.get("error", "")) for waits in (WAITING, f"{LISTEN}:"))


def why_failed(steps: Iterable[FailedStep]) -> str:
    """Why a run did not end well, as its first failed step tells."""
    return next((step.description or step.error for step in steps), NO_REASON)


def how_ended(instance: dg.DagsterInstance, run_id: str) -> str:
    """What Dagster says of a run that failed without a failed step; empty where it says nothing."""
    ends = instance.get_records_for_run(run_id, of_type=dg.DagsterEventType.RUN_FAILURE).records
    return next((record.event_log_entry.message for record in ends), "")
