"""What a Celery worker has loaded when it forks for a run, in a process of its own."""

import importlib.util
import json
import subprocess
import sys

import pytest

pytestmark = pytest.mark.skipif(
    importlib.util.find_spec("dagster_celery") is None, reason="pip install 'ninja-assets[celery]'"
)

# As Celery does before it forks: the app, then the signal.
BEFORE_THE_FORK = """\
import gc, json, sys, threading
from celery.signals import worker_init
from ninja_assets.runs.celery_worker import app
worker_init.send(sender=None)
import psutil
opened = (threading.active_count(), len(psutil.Process().net_connections()))
print(json.dumps([sorted(app.tasks), sorted(sys.modules), opened, gc.get_freeze_count()]))
"""
OF_RUNS = {"av", "numpy", "PIL", "sqlalchemy.orm", "fal_client", "elevenlabs", "httpx", "ninja_assets.build"}


def test_runs_share_what_they_need_and_nothing_is_opened_before_the_fork() -> None:
    done = subprocess.run([sys.executable, "-c", BEFORE_THE_FORK], capture_output=True, text=True, check=True)
    tasks, modules, opened, frozen = json.loads(done.stdout)
    assert {"execute_job", "resume_job"} <= set(tasks)
    assert set(modules) >= OF_RUNS
    assert opened == [1, 0]  # threads, connections
    assert frozen > 100_000
