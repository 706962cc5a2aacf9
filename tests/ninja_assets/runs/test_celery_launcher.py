"""With Celery, too, a killed shell's run is seen to be gone, and no run of a shell is asked of the broker."""

import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import dagster as dg
import pytest
from dagster._core.launcher.base import WorkerStatus

from ninja_assets.runs.host import HOST_TAG, this_host

NOWHERE = "redis://127.0.0.1:9/0"  # a broker that is not there


@pytest.fixture
def instance(tmp_path: Path) -> Iterator[dg.DagsterInstance]:
    """An instance with the launcher of `deploy/dagster.yaml`."""
    pytest.importorskip("dagster_celery", reason="pip install 'ninja-assets[celery]'")
    launcher = {
        "module": "ninja_assets.runs.celery_launcher",
        "class": "WatchedCeleryRunLauncher",
        "config": {"broker": NOWHERE, "backend": NOWHERE, "default_queue": "dagster"},
    }
    with dg.DagsterInstance.local_temp(str(tmp_path), overrides={"run_launcher": launcher}) as opened:
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
