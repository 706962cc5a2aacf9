"""A run whose process is gone is seen to be gone, by its own machine alone. Pins what the launcher uses of Dagster."""

import os
import shutil
import signal
import subprocess
import sys
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import dagster as dg
import pytest
from dagster._core.launcher.base import CheckRunHealthResult, WorkerStatus

from ninja_assets.runs import launcher
from ninja_assets.runs.host import HOST_TAG, lives, this_host
from ninja_assets.runs.launcher import WatchedRunLauncher
from resources.core.settings import ROOT

# A run in a process of its own that waits, once it has begun, until it is killed.
RUN = """
import signal, sys
import dagster as dg

@dg.op
def wait():
    print("here", flush=True)
    signal.pause()

@dg.job
def waiting():
    wait()

waiting.execute_in_process(instance=dg.DagsterInstance.get(), run_id=sys.argv[1])
"""
RUN_ID = "11111111-1111-4111-8111-111111111111"
ELSEWHERE = "another-machine"


@pytest.fixture
def instance(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[dg.DagsterInstance]:
    """An instance as this project's own `dagster.yaml` describes it."""
    shutil.copy(ROOT / "dagster_home" / "dagster.yaml", tmp_path)
    monkeypatch.setenv("DAGSTER_HOME", str(tmp_path))
    with dg.DagsterInstance.get() as opened:
        yield opened


def _health(instance: dg.DagsterInstance, run_id: str = RUN_ID) -> CheckRunHealthResult:
    run = instance.get_run_by_id(run_id)
    assert run is not None
    return instance.run_launcher.check_run_worker_health(run)


def test_the_instance_watches_its_runs(instance: dg.DagsterInstance) -> None:
    assert isinstance(instance.run_launcher, WatchedRunLauncher)
    assert instance.run_launcher.supports_check_run_worker_health
    assert instance.run_monitoring_enabled
    assert instance.run_monitoring_start_timeout_seconds == 180


def test_a_killed_run_is_gone_on_its_own_machine_and_unknown_to_others(instance: dg.DagsterInstance) -> None:
    with subprocess.Popen([sys.executable, "-c", RUN, RUN_ID], stdout=subprocess.PIPE) as process:
        try:
            assert process.stdout is not None
            assert process.stdout.readline() == b"here\n"
            assert _health(instance).status is WorkerStatus.RUNNING
        finally:
            process.send_signal(signal.SIGKILL)
    gone = _health(instance)  # without a tag: its database is a file of this machine
    assert gone.status is WorkerStatus.NOT_FOUND
    assert f"process {process.pid} is gone" in (gone.msg or "")
    for tag, status in {
        this_host(): WorkerStatus.NOT_FOUND,
        f"{this_host()}:{process.pid}": WorkerStatus.NOT_FOUND,
        ELSEWHERE: WorkerStatus.RUNNING,
        f"{ELSEWHERE}:{process.pid}": WorkerStatus.RUNNING,
    }.items():
        instance.add_run_tags(RUN_ID, {HOST_TAG: tag})
        assert _health(instance).status is status, tag


@dg.job
def idle() -> None:
    """A job without work."""


def test_a_run_that_never_names_its_process_has_a_minute(
    instance: dg.DagsterInstance, monkeypatch: pytest.MonkeyPatch
) -> None:
    run = instance.create_run_for_job(idle, tags={HOST_TAG: this_host()})
    assert _health(instance, run.run_id).status is WorkerStatus.RUNNING
    monkeypatch.setattr(launcher, "_SIGNS_WITHIN", timedelta(0))
    assert _health(instance, run.run_id).status is WorkerStatus.NOT_FOUND


def test_runs_that_never_began_are_failed_at_the_next_start(instance: dg.DagsterInstance) -> None:
    before = datetime.now(UTC)
    here, elsewhere = (
        instance.create_run_for_job(idle, tags={HOST_TAG: host}, status=dg.DagsterRunStatus.STARTING).run_id
        for host in (this_host(), ELSEWHERE)
    )

    def statuses() -> list[dg.DagsterRunStatus]:
        return [run.status for run in map(instance.get_run_by_id, (here, elsewhere)) if run]

    launcher.end_unbegun(instance, before - timedelta(seconds=1))  # the time of an update is in whole seconds
    assert statuses() == [dg.DagsterRunStatus.STARTING] * 2
    launcher.end_unbegun(instance, datetime.now(UTC) + timedelta(seconds=1))
    assert statuses() == [dg.DagsterRunStatus.FAILURE, dg.DagsterRunStatus.STARTING]


def test_a_run_whose_shell_was_killed_before_it_began_is_under_way_for_nobody(instance: dg.DagsterInstance) -> None:
    with subprocess.Popen([sys.executable, "-c", ""]) as killed:
        killed.wait()
    gone, lives_on, elsewhere, launched = (
        instance.create_run_for_job(idle, tags={HOST_TAG: host}).run_id
        for host in (
            f"{this_host()}:{killed.pid}",
            f"{this_host()}:{os.getpid()}",
            f"{ELSEWHERE}:{killed.pid}",
            this_host(),
        )
    )
    assert [record.dagster_run.run_id for record in launcher.unbegun(instance)] == [gone]
    launcher.end_unbegun(instance, datetime.now(UTC) + timedelta(seconds=1))
    ended = {
        run_id: run.is_failure
        for run_id in (gone, lives_on, elsewhere, launched)
        if (run := instance.get_run_by_id(run_id))
    }
    assert ended == {gone: True, lives_on: False, elsewhere: False, launched: False}


def test_a_shells_run_names_its_process_from_its_first_moment(instance: dg.DagsterInstance) -> None:
    run = instance.create_run_for_job(idle, tags={HOST_TAG: f"{this_host()}:{os.getpid()}"})
    assert _health(instance, run.run_id).status is WorkerStatus.RUNNING


def test_a_later_process_of_the_same_number_is_another() -> None:
    assert lives(os.getpid(), datetime.now(UTC))
    assert not lives(os.getpid(), datetime.now(UTC) - timedelta(days=365))
    assert lives(1, datetime.now(UTC))
    with subprocess.Popen([sys.executable, "-c", ""]) as ended:
        ended.wait()
        assert not lives(ended.pid, datetime.now(UTC))
