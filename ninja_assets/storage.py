"""Dagster's SQLite event log with its connections kept open. Named in `dagster_home/dagster.yaml`.

Dagster's own class builds an SQLAlchemy engine for each statement, which compiles all SQL anew: about 20 ms of CPU an
event, and an episode of 16 slots writes 224 of them (docs/sources/dagster.md#event-log). Nor does it store a batch of
events at once, which Dagster hands over when DAGSTER_EVENT_BATCH_SIZE says so. The tables, the files and all queries
are Dagster's.
"""

import os
import threading
from collections import OrderedDict
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import dagster as dg
from dagster._core.storage.event_log import SqliteEventLogStorage
from dagster._core.storage.event_log.sqlite.sqlite_event_log import INDEX_SHARD_NAME
from dagster._serdes import ConfigurableClassData
from sqlalchemy import Connection, Engine, create_engine
from sqlalchemy.pool import StaticPool

_BUSY_SECONDS = 60  # as Dagster's own: how long a writer waits for another process
_OPEN_SHARDS = 8  # a run has a database of its own; those of ended runs are closed again
_BATCH = "500"  # events at most: what the cells of one asset, or the plan of a run, say at one time


class PooledSqliteEventLog(SqliteEventLogStorage):
    """One open connection for each database, used by one thread at a time."""

    _engines: OrderedDict[str, Engine]
    _tables: set[str]  # seen in the index: Dagster asks before each use of some, and a table never goes away
    _held: dict[str, Connection]  # open transactions of a batch that is being stored

    def __init__(self, base_dir: str, inst_data: ConfigurableClassData | None = None) -> None:
        self._engines = OrderedDict()
        self._tables = set()
        self._held = {}
        self._lock = threading.RLock()  # a batch keeps it over all its events
        super().__init__(base_dir, inst_data)
        os.environ.setdefault("DAGSTER_EVENT_BATCH_SIZE", _BATCH)

    @classmethod
    def from_config_value(
        cls, inst_data: ConfigurableClassData | None, config_value: Mapping[str, Any]
    ) -> "PooledSqliteEventLog":
        """Built by Dagster from dagster.yaml; `base_dir` is DAGSTER_HOME, the databases live in its `events`."""
        return cls(base_dir=str(Path(config_value["base_dir"]) / "events"), inst_data=inst_data)

    def has_table(self, table_name: str) -> bool:
        """Whether the index has a table."""
        if table_name not in self._tables and super().has_table(table_name):
            self._tables.add(table_name)
        return table_name in self._tables

    def store_event_batch(self, events: Sequence[dg.EventLogEntry]) -> None:
        """Store events of one run, all or none, with one transaction in each database."""
        run_id = events[0].run_id
        with self._connect(run_id) as run, self._connect(INDEX_SHARD_NAME) as index:
            self._held = {run_id: run, INDEX_SHARD_NAME: index}
            try:
                super().store_event_batch(events)
            finally:
                self._held = {}

    @contextmanager
    def _connect(self, shard: str) -> Iterator[Connection]:
        with self._lock:
            if shard in self._held:
                yield self._held[shard]
                return
            engine = self._engine(shard)
            if shard not in self._initialized_dbs:
                self._initdb(engine)
                self._initialized_dbs.add(shard)
            with engine.connect() as connection, connection.begin():
                yield connection

    def dispose(self) -> None:
        """Close every database."""
        for engine in self._engines.values():
            engine.dispose()
        self._engines.clear()
        super().dispose()

    def _engine(self, shard: str) -> Engine:
        engine = self._engines.pop(shard, None) or create_engine(
            self.conn_string_for_shard(shard),
            poolclass=StaticPool,
            connect_args={"timeout": _BUSY_SECONDS, "check_same_thread": False},
        )
        self._engines[shard] = engine
        while len(self._engines) > _OPEN_SHARDS:
            self._engines.popitem(last=False)[1].dispose()
        return engine
