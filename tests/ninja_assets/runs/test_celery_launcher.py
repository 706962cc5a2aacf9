"""With Celery, too, a killed shell's run is seen to be gone, and no run of a shell is asked of the broker.

A broker that was started again knows no task; the workers do.
"""

import os
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import dagster as dg
import pytest

from ninja_assets.runs.host import HOST_TAG, this_host
from ninja_assets.runs.launcher import WorkerStatus

NOWHERE = "redis://127.0.0.1:9/0"  # a broker that is not there


@pytest.fixture
def instance(tmp_path: Path) -> Iterator[dg.DagsterInstance]:
    """An instance with the launcher of `deploy/dagster.yaml`."""
    with instance_by(tmp_path, broker=NOWHERE, backend=NOWHERE) as opened:
        yield opened


@contextmanager
def instance_by(folder: Path, **addresses: str) -> Iterator[dg.DagsterInstance]:
    """An instance whose launcher has these addresses of a broker and of what it keeps."""
    pytest.importorskip("dagster_celery", reason="pip install 'ninja-assets[celery]'")
    launcher = {
        "module": "ninja_assets.runs.celery_launcher",
        "class": "WatchedCeleryRunLauncher",
        "config": {**addresses, "default_queue": "dagster"},
    }
    with dg.DagsterInstance.local_temp(str(folder), overrides={"run_launcher": launcher}) as opened:
        yield opened


@dg.job
def idle() -> None:
    """A job without work."""


def test_a_shells_run_is_as_alive_as_its_process(instance: dg.DagsterInstance) -> None:
    with subprocess.Popen([sys.executable, "-c", ""]) as ended:
        ended.wait()
    for worker, status in {
        f"{this_host()}:{os.getpid()}": WorkerStatus.RUNNING,
        f"{this_host()}:{ended.pid}": WorkerStatus.NOT_FOUND,
        f"another-machine:{ended.pid}": WorkerStatus.RUNNING,
    }.items():
        run = instance.create_run_for_job(idle, tags={HOST_TAG: worker})
        assert instance.run_launcher.check_run_worker_health(run).status is status, worker
        assert not instance.run_launcher.terminate(run.run_id)


class Workers:
    """Those that answer, each with the task that it is at."""

    def __init__(self, *tasks: str) -> None:
        self.tasks = tasks

    def active(self) -> dict[str, list[dict[str, str]]] | None:
        """As Celery tells it: nothing at all where none answers."""
        return {f"celery@{task}": [{"id": task}] for task in self.tasks} or None


def test_a_run_that_a_new_broker_does_not_know_goes_on_while_a_worker_has_it_or_may_come_back(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with instance_by(tmp_path, broker="memory://", backend="cache+memory://") as instance:
        launcher: Any = instance.run_launcher
        now = time.monotonic()
        run = instance.create_run_for_job(idle, tags={"dagster-celery/task_id": "mine"})

        def looked(*tasks: str, after: float = 0.0) -> WorkerStatus:
            monkeypatch.setattr(launcher.celery.control, "inspect", lambda **_: Workers(*tasks))
            monkeypatch.setattr("ninja_assets.runs.celery_launcher.time.monotonic", lambda: now + after)
            status: WorkerStatus = launcher.check_run_worker_health(run).status
            return status

        assert looked("another", "mine") is WorkerStatus.RUNNING
        assert looked() is WorkerStatus.RUNNING  # the workers look for the broker
        assert looked("mine", after=1000) is WorkerStatus.RUNNING
        assert looked("another", after=2000) is WorkerStatus.RUNNING
        assert looked("another", after=2299) is WorkerStatus.RUNNING
        assert looked("another", after=2301) is WorkerStatus.NOT_FOUND


@pytest.mark.parametrize("state", ["SUCCESS", "FAILURE"])
def test_a_run_whose_task_ended_and_whose_end_nobody_told_is_ended_after_a_minute(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, state: str
) -> None:
    """Celery says SUCCESS of a task whose run failed, too; Dagster would take either for a run at work."""
    with instance_by(tmp_path, broker="memory://", backend="cache+memory://") as instance:
        launcher: Any = instance.run_launcher
        now = time.monotonic()
        run = instance.create_run_for_job(idle, tags={"dagster-celery/task_id": "mine"})
        launcher.celery.backend.store_result("mine", RuntimeError("away") if state == "FAILURE" else 1, state)

        def looked(after: float) -> WorkerStatus:
            monkeypatch.setattr("ninja_assets.runs.celery_launcher.time.monotonic", lambda: now + after)
            status: WorkerStatus = launcher.check_run_worker_health(run).status
            return status

        assert looked(0) is WorkerStatus.RUNNING  # it is told in this moment
        assert looked(59) is WorkerStatus.RUNNING
        assert looked(61) is WorkerStatus.NOT_FOUND
