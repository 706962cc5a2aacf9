"""Dagster's event log with its connections kept open: what is stored in a batch is what is stored one by one."""

from collections.abc import Iterator
from pathlib import Path

import dagster as dg
import pytest
from dagster._core.events import AssetMaterializationPlannedData, DagsterEvent, DagsterEventType

from ninja_assets.storage import PooledSqliteEventLog

CLIPS = dg.AssetKey("clips")
RUN = "11111111-2222-3333-4444-555555555555"


@pytest.fixture
def log(tmp_path: Path) -> Iterator[PooledSqliteEventLog]:
    storage = PooledSqliteEventLog(str(tmp_path))
    yield storage
    storage.dispose()


def planned(partition: str) -> dg.EventLogEntry:
    event = DagsterEvent(
        event_type_value=DagsterEventType.ASSET_MATERIALIZATION_PLANNED.value,
        job_name="episode",
        event_specific_data=AssetMaterializationPlannedData(CLIPS, partition=partition),
    )
    return dg.EventLogEntry(  # type: ignore[no-untyped-call]
        error_info=None, level=10, user_message="", run_id=RUN, timestamp=1.0, job_name="episode", dagster_event=event
    )


def partitions(storage: PooledSqliteEventLog) -> set[str]:
    return storage.get_materialized_partitions(CLIPS) | {
        str(record.event_log_entry.dagster_event.partition)  # type: ignore[union-attr]
        for record in storage.get_event_records(
            dg.EventRecordsFilter(dg.DagsterEventType.ASSET_MATERIALIZATION_PLANNED, asset_key=CLIPS)
        )
    }


def test_a_batch_is_found_in_its_run_and_over_all_runs(log: PooledSqliteEventLog) -> None:
    log.store_event_batch([planned("a|s01"), planned("a|s02")])
    log.store_event(planned("a|s03"))
    assert len(log.get_logs_for_run(RUN)) == 3
    assert partitions(log) == {"a|s01", "a|s02", "a|s03"}


def test_a_batch_that_fails_leaves_nothing_and_the_log_goes_on(
    log: PooledSqliteEventLog, monkeypatch: pytest.MonkeyPatch
) -> None:
    stored = log.store_event

    def full_disk(event: dg.EventLogEntry) -> None:
        if event.dagster_event is not None and event.dagster_event.partition == "a|s02":
            raise OSError("no space left on device")
        stored(event)

    monkeypatch.setattr(log, "store_event", full_disk)
    with pytest.raises(OSError, match="no space"):
        log.store_event_batch([planned("a|s01"), planned("a|s02")])
    assert log.get_logs_for_run(RUN) == []
    log.store_event(planned("a|s01"))
    assert len(log.get_logs_for_run(RUN)) == 1
