"""Dagster's own SQLite files: written without waiting for the disk, never lost by a kill, and only Dagster's."""

import signal
import sqlite3
import subprocess
import sys
from contextlib import closing
from pathlib import Path

import dagster as dg
import pytest
import sqlalchemy as sa

from ninja_assets.cells.running.event_files import spare_the_disk

FULL, NORMAL = 2, 1
KILLED = "os.kill(os.getpid(), signal.SIGKILL)"
WRITES = """
import os, signal
import dagster as dg
from ninja_assets.cells.running.event_files import spare_the_disk
spare_the_disk()
instance = dg.DagsterInstance.get()
for number in range({count}):
    instance.report_runless_asset_event(dg.AssetMaterialization("kept", partition=str(number)))
{end}
"""


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("DAGSTER_HOME", str(tmp_path))
    (tmp_path / "dagster.yaml").write_text("telemetry:\n  enabled: false\n")
    spare_the_disk()
    return tmp_path


def level(file: Path) -> int:
    """How long a commit to a file waits, on a connection that SQLAlchemy makes."""
    engine = sa.create_engine(f"sqlite:///{file}")
    with engine.connect() as connection:
        value = connection.exec_driver_sql("PRAGMA synchronous").scalar_one()
    engine.dispose()
    return int(value)


def test_the_journal_of_dagsters_index_stays_between_two_writes(home: Path) -> None:
    with dg.DagsterInstance.get() as instance:
        instance.report_runless_asset_event(dg.AssetMaterialization("one"))
        index = home / "history" / "runs" / "index.db"
        assert index.with_name("index.db-wal").stat().st_size > 0
        assert level(index) == NORMAL


def test_a_killed_process_loses_nothing_that_it_wrote(home: Path) -> None:
    ended = subprocess.run([sys.executable, "-c", WRITES.format(count=7, end=KILLED)], check=False)
    assert ended.returncode == -signal.SIGKILL
    with dg.DagsterInstance.get() as instance:
        assert instance.get_materialized_partitions(dg.AssetKey("kept")) == {str(number) for number in range(7)}


def test_a_process_that_ends_leaves_no_journal(home: Path) -> None:
    """`gc.freeze` is how a command ends: nothing is closed by going out of use."""
    subprocess.run([sys.executable, "-c", WRITES.format(count=1, end="import gc; gc.freeze()")], check=True)
    assert (home / "history" / "runs" / "index.db").exists()
    assert not list(home.rglob("*.db-wal"))


@pytest.mark.parametrize("place", ["ledger.db", "history.db", "other/history/runs/index.db"])
def test_no_other_database_is_touched(home: Path, place: str) -> None:
    file = home / place
    file.parent.mkdir(parents=True, exist_ok=True)
    engine = sa.create_engine(f"sqlite:///{file}")
    with engine.connect() as connection:
        connection.exec_driver_sql("PRAGMA journal_mode=WAL")
        connection.exec_driver_sql("CREATE TABLE t (x)")
    engine.dispose()
    assert level(file) == FULL
    assert not file.with_name(f"{file.name}-wal").exists(), "nobody holds it open"


def test_a_new_file_is_made_without_waiting_for_the_disk(home: Path) -> None:
    file = home / "history" / "new.db"
    file.parent.mkdir(exist_ok=True)
    assert level(file) == NORMAL


def test_a_file_that_another_process_is_making_is_left_as_it_is(home: Path) -> None:
    file = home / "history" / "locked.db"
    file.parent.mkdir(exist_ok=True)
    with closing(sqlite3.connect(file)) as other:
        other.execute("CREATE TABLE t (x)")
        other.execute("BEGIN EXCLUSIVE")
        engine = sa.create_engine(f"sqlite:///{file}", connect_args={"timeout": 0})
        with engine.connect() as connection:
            other.rollback()
            assert connection.exec_driver_sql("PRAGMA synchronous").scalar_one() == FULL


def test_as_many_files_are_held_as_a_run_needs_and_no_more(home: Path) -> None:
    with dg.DagsterInstance.get() as instance:
        for number in range(12):
            instance.create_run_for_job(nothing, run_id=_run_id(number))
            instance.report_engine_event("begun", instance.get_run_by_id(_run_id(number)))
        journals = list((home / "history").rglob("*.db-wal"))
    assert 1 < len(journals) <= 8


def test_without_a_home_nothing_is_dagsters(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("DAGSTER_HOME", raising=False)
    spare_the_disk()
    assert level(tmp_path / "any.db") == FULL


def _run_id(number: int) -> str:
    return f"00000000-0000-4000-8000-{number:012d}"


@dg.job
def nothing() -> None: ...
