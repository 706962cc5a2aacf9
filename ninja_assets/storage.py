"""Dagster's SQLite event log with its connections kept open. Named in `dagster_home/dagster.yaml`.

Dagster's own class builds an SQLAlchemy engine for each statement, which compiles all SQL anew: about 20 ms of CPU an
event, and an episode of 16 slots writes 224 of them. The tables, the files and all queries are Dagster's.
"""

from collections import OrderedDict
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from dagster._core.storage.event_log import SqliteEventLogStorage
from dagster._serdes import ConfigurableClassData
from sqlalchemy import Connection, Engine, create_engine
from sqlalchemy.pool import StaticPool

_BUSY_SECONDS = 60  # as Dagster's own: how long a writer waits for another process
_OPEN_SHARDS = 8  # a run has a database of its own; those of ended runs are closed again


class PooledSqliteEventLog(SqliteEventLogStorage):
    """One open connection for each database, used by one thread at a time (Dagster's lock around `_connect`)."""

    _engines: OrderedDict[str, Engine]
    _tables: set[str]  # seen in the index: Dagster asks before each use of some, and a table never goes away

    def __init__(self, base_dir: str, inst_data: ConfigurableClassData | None = None) -> None:
        self._engines = OrderedDict()
        self._tables = set()
        super().__init__(base_dir, inst_data)

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

    @contextmanager
    def _connect(self, shard: str) -> Iterator[Connection]:
        with self._db_lock:
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
