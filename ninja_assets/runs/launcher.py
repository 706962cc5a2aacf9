"""The run launcher of `dagster.yaml`: Dagster's own, which also knows whether the process of a run is alive.

Without it a run whose machine lost its power stays "Started" for ever, holds its place of the run queue, and its cells
cannot be launched again. With `run_monitoring` the daemon asks here every few seconds, about the runs of shells too,
and ends those whose process is gone.

`CheckRunHealthResult` and `WorkerStatus` are public in no module of Dagster, and the instance is a protected property
of its launchers: the project's one use of private parts, held by a test.
"""

from datetime import UTC, datetime, timedelta

import dagster as dg
from dagster._core.launcher.base import CheckRunHealthResult, LaunchRunContext, WorkerStatus

from ninja_assets.runs.host import HOST_TAG, launched_here, lives, this_host, worker_of

__all__ = ["CheckRunHealthResult", "WatchedRunLauncher", "WorkerStatus", "end_unbegun", "health_of", "unbegun"]

_SIGNS_WITHIN = timedelta(seconds=60)  # from a run's start to the event that names its process


def end_unbegun(instance: dg.DagsterInstance, before: datetime) -> None:
    """Fail the runs that this machine was about to begin at a time before its code server was started.

    Dagster itself waits for `start_timeout_seconds`, which a busy machine needs. Whatever begins such a run late sees
    that it has ended, and makes nothing. A run of a shell that was killed before it began is ended, too.
    """
    for record in unbegun(instance):
        instance.report_run_failed(record.dagster_run, "Its command was killed before the run began.")
    for record in instance.get_run_records(dg.RunsFilter(statuses=[dg.DagsterRunStatus.STARTING])):
        run = record.dagster_run
        if launched_here(run.tags) and record.update_timestamp < before:
            instance.report_run_failed(run, "The machine went down, or `ninja ui` was killed, before the run began.")


def unbegun(instance: dg.DagsterInstance) -> list[dg.RunRecord]:
    """The runs that a shell of this machine was about to begin when it was killed: Dagster watches begun ones alone."""
    found = []
    for record in instance.get_run_records(dg.RunsFilter(statuses=[dg.DagsterRunStatus.NOT_STARTED])):
        host, shell = worker_of(record.dagster_run.tags)
        if host == this_host() and shell is not None and not lives(shell, record.create_timestamp):
            found.append(record)
    return found


class WatchedRunLauncher(dg.DefaultRunLauncher):
    """Launches runs through the code server, and looks after their processes."""

    def launch_run(self, context: LaunchRunContext) -> None:
        """Launch, as Dagster does, with the name of this machine on the run."""
        self._instance.add_run_tags(context.dagster_run.run_id, {HOST_TAG: this_host()})
        super().launch_run(context)

    @property
    def supports_check_run_worker_health(self) -> bool:
        """Yes."""
        return True

    def check_run_worker_health(self, run: dg.DagsterRun) -> CheckRunHealthResult:
        """Whether the process of a started run is alive. A run of another machine is left to that machine."""
        return health_of(self._instance, run)


def health_of(instance: dg.DagsterInstance, run: dg.DagsterRun) -> CheckRunHealthResult:
    """Whether the process of a started run is alive, as far as this machine can see it."""
    host, shell = worker_of(run.tags)
    if host != this_host() and not (host is None and _one_machine(instance)):
        return CheckRunHealthResult(WorkerStatus.RUNNING, f"{host or 'another machine'} looks after it")
    named = _named(instance, run.run_id, shell)
    if any(lives(pid, at) for pid, at in named):
        return CheckRunHealthResult(WorkerStatus.RUNNING)
    if not named and datetime.now(UTC) - _begun(instance, run.run_id) < _SIGNS_WITHIN:
        return CheckRunHealthResult(WorkerStatus.RUNNING, "it has just begun")
    return CheckRunHealthResult(
        WorkerStatus.NOT_FOUND,
        f"its process {named[-1][0] if named else '(it never named one)'} is gone from {host or 'this machine'}: "
        "it was killed, or the machine went down. What it made is kept; launch what is missing",
    )


def _one_machine(instance: dg.DagsterInstance) -> bool:
    """Whether all runs must be this machine's: SQLite files are not shared between machines."""
    return "sqlite" in type(instance.run_storage).__name__.lower()


def _named(instance: dg.DagsterInstance, run_id: str, shell: int | None) -> list[tuple[int, datetime]]:
    """Every process that says it makes the run, each with a time at which it was alive."""
    found = [] if shell is None else [(shell, _begun(instance, run_id))]
    for record in instance.get_records_for_run(run_id, of_type=dg.DagsterEventType.ENGINE_EVENT).records:
        entry = record.event_log_entry
        metadata = entry.dagster_event.engine_event_data.metadata if entry.dagster_event else {}
        if "pid" in metadata:
            found.append((int(f"{metadata['pid'].value}"), datetime.fromtimestamp(entry.timestamp, UTC)))
    return found


def _begun(instance: dg.DagsterInstance, run_id: str) -> datetime:
    record = instance.get_run_record_by_id(run_id)
    if record is None:
        return datetime.now(UTC)
    return datetime.fromtimestamp(record.start_time, UTC) if record.start_time else record.create_timestamp
