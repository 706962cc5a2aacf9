"""The run launcher of a studio with Celery: Dagster's own, which a shell's run does not confuse.

A shell's run has no task of Celery, which Dagster's launcher takes for granted: where a run is looked after it raises,
and the run of a killed shell would hold its episode and its place of the queue for ever. Its own machine sees that its
process is gone; `max_runtime_seconds` ends what no machine sees.
"""

import dagster as dg
from dagster_celery.launcher import CeleryRunLauncher

from ninja_assets.runs.host import worker_of
from ninja_assets.runs.launcher import CheckRunHealthResult, health_of


class WatchedCeleryRunLauncher(CeleryRunLauncher):
    """Launches runs as tasks of Celery, and knows those of shells."""

    def check_run_worker_health(self, run: dg.DagsterRun) -> CheckRunHealthResult:
        """Whether whoever makes a started run is at work: its task, or the process of a shell."""
        if _is_shells(run):
            return health_of(self._instance, run)
        return super().check_run_worker_health(run)

    def terminate(self, run_id: str) -> bool:
        """Ask a run to end. A shell ends its own: False."""
        run = self._instance.get_run_by_id(run_id)
        return run is not None and not _is_shells(run) and super().terminate(run_id)


def _is_shells(run: dg.DagsterRun) -> bool:
    return worker_of(run.tags)[1] is not None
