"""The run launcher of a studio with Celery: Dagster's own, which neither a shell's run nor a new broker confuses.

A shell's run has no task of Celery, which Dagster's launcher takes for granted: where a run is looked after it raises,
and the run of a killed shell would hold its episode and its place of the queue for ever. Its own machine sees that its
process is gone; `max_runtime_seconds` ends what no machine sees.

A broker that was started again, and kept nothing, knows no task: Dagster would end every run though its worker goes on,
and begin each anew beside it. So the workers are asked, and given the time that they need to find the broker again.

A task ends well for Celery however its run ended. Where Dagster's storage was away just then, nobody has told it the
end: Dagster would take the run for one at work until `max_runtime_seconds`, with its episode and its place held.
"""

import time
from typing import Any, Final

import dagster as dg
from dagster_celery.launcher import CeleryRunLauncher
from dagster_celery.tags import DAGSTER_CELERY_TASK_ID_TAG

from ninja_assets.runs.host import worker_of
from ninja_assets.runs.launcher import CheckRunHealthResult, WorkerStatus, health_of

_ANSWER_SECONDS: Final = 5.0  # for the workers to say what they do
_FOUND_WITHIN: Final = 300.0  # seconds: so long a worker may need to find a broker that was away
_TOLD_WITHIN: Final = 60.0  # seconds from the end of a task to that of its run: both are told at once, as a rule


class WatchedCeleryRunLauncher(CeleryRunLauncher):
    """Launches runs as tasks of Celery, and knows those of shells."""

    def __init__(self, **given: Any) -> None:
        super().__init__(**given)
        self._missed: dict[str, float] = {}  # run -> since when nobody knows of its task, in monotonic seconds
        self._ended: dict[str, float] = {}  # run -> since when its task has ended

    def check_run_worker_health(self, run: dg.DagsterRun) -> CheckRunHealthResult:
        """Whether whoever makes a started run is at work: its task, or the process of a shell."""
        if _is_shells(run):
            return health_of(self._instance, run)
        found = super().check_run_worker_health(run)
        if found.status in (WorkerStatus.SUCCESS, WorkerStatus.FAILED):
            return self._after_its_task(run)
        if found.status is not WorkerStatus.UNKNOWN:
            self._missed.pop(run.run_id, None)
            return found
        if self._at_work(run.tags[DAGSTER_CELERY_TASK_ID_TAG]):
            self._missed.pop(run.run_id, None)
            return CheckRunHealthResult(WorkerStatus.RUNNING, "a worker has it, though the broker has forgotten it")
        if time.monotonic() - self._missed.setdefault(run.run_id, time.monotonic()) < _FOUND_WITHIN:
            return CheckRunHealthResult(WorkerStatus.RUNNING, "the broker has forgotten it; its worker is waited for")
        return CheckRunHealthResult(
            WorkerStatus.NOT_FOUND,
            "the broker has forgotten it, and no worker has it: both were started anew. What it made is kept; launch "
            "what is missing",
        )

    def _after_its_task(self, run: dg.DagsterRun) -> CheckRunHealthResult:
        """Of a run that has not ended though its task has: its end may be told in this moment."""
        if time.monotonic() - self._ended.setdefault(run.run_id, time.monotonic()) < _TOLD_WITHIN:
            return CheckRunHealthResult(WorkerStatus.RUNNING, "its worker has ended it just now")
        del self._ended[run.run_id]
        return CheckRunHealthResult(
            WorkerStatus.NOT_FOUND,
            "its worker is done with it, and could not tell Dagster how it ended: Dagster's storage was away. What it "
            "made is kept; launch what is missing",
        )

    def _at_work(self, task: str) -> bool:
        """Whether a worker that answers is at a task."""
        active = self.celery.control.inspect(timeout=_ANSWER_SECONDS).active() or {}
        return any(each.get("id") == task for tasks in active.values() for each in tasks)

    def terminate(self, run_id: str) -> bool:
        """Ask a run to end. A shell ends its own: False."""
        run = self._instance.get_run_by_id(run_id)
        return run is not None and not _is_shells(run) and super().terminate(run_id)


def _is_shells(run: dg.DagsterRun) -> bool:
    return worker_of(run.tags)[1] is not None
