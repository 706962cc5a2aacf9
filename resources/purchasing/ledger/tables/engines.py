"""The engines of a ledger's database: SQLite's, with what a kill and a power cut demand of it, and PostgreSQL's."""

import os
import sqlite3
from functools import lru_cache, partial
from pathlib import Path
from typing import Any, Final

from sqlalchemy import Connection, Engine, create_engine, event
from sqlalchemy.engine import URL
from sqlalchemy.exc import DisconnectionError, NoSuchModuleError, OperationalError
from sqlalchemy.pool import ConnectionPoolEntry
from tenacity import Retrying, retry_if_exception, stop_after_delay, wait_random

from resources.core.errors import LedgerError
from resources.core.extras import installs
from resources.core.state_folder import PRIVATE_FILE

WRITES: Final = "ninja_writes"  # options of a connection
DURABLE: Final = "ninja_durable"
# Of PostgreSQL, which allows 100 as it comes, and thirty runs at once are usual. A transaction takes milliseconds: the
# threads of a run wait for each other. No thread may ask for a second one while it holds the first.
_CONNECTIONS: Final = 2
_FILE: Final = "ninja_file"
_POOL_SECONDS: Final = 60
# A server whose machine is gone says nothing any more: what was sent to it, and a connection that was asked for, fail
# after so many seconds instead of hours.
_SILENCE: Final = {
    "connect_timeout": 10,
    "keepalives_idle": 10,
    "keepalives_interval": 5,
    "keepalives_count": 4,
    "tcp_user_timeout": 30_000,
}


def sqlite_engine(url: URL, busy_seconds: float) -> Engine:
    """The engine of a SQLite file, made where there is none. `busy_seconds`: how long a writer waits for others."""
    file = Path(str(url.database)).absolute()
    file.parent.mkdir(parents=True, exist_ok=True)
    if not file.exists():
        file.touch(PRIVATE_FILE)  # what SQLite lays beside it takes its mode
    if not file.is_file() or not os.access(file, os.R_OK):  # SQLite says the same of a moment's trouble
        raise LedgerError(
            "the ledger cannot be opened",
            where=str(file),
            why="it is no file" if not file.is_file() else "it belongs to somebody else",
            hint="set NINJA_LEDGER_URL to sqlite:///path/to/ledger.db, a file that you may write to",
        )
    engine = _engine_of(url.set(database=str(file)), busy_seconds, os.getpid())
    # The change to WAL fails at once, whatever the timeout, while another process makes it too.
    for attempt in Retrying(
        retry=retry_if_exception(partial(passes, file.parent)),
        stop=stop_after_delay(busy_seconds),
        wait=wait_random(0.01, 0.1),
        reraise=True,
    ):
        with attempt, engine.connect():
            pass
    return engine


@lru_cache(maxsize=8)
def _engine_of(url: URL, busy_seconds: float, _process: int) -> Engine:
    """The engine of a SQLite file, one in a process: it has its statements ready where a closed store opens again.

    By the whole path, whatever folder one is in. A forked process has its own: SQLite's locks are not handed on.
    """
    file = Path(str(url.database))
    # Threads with a store each may hold as many connections as they need: none waits for another that waits for it.
    engine = create_engine(url, connect_args={"timeout": busy_seconds}, max_overflow=-1)

    @event.listens_for(engine, "do_connect")
    def _look(_dialect: object, record: ConnectionPoolEntry, _arguments: object, _options: object) -> None:
        """Which file it will be, before it is opened: if another takes its place meanwhile, the next checkout tells."""
        record.info[_FILE] = _identity(file)
        if record.info[_FILE] is None:
            raise sqlite3.OperationalError(
                "its file was taken away while it was open"
            )  # SQLite would make an empty one

    @event.listens_for(engine, "connect")
    def _prepare(connection: sqlite3.Connection, _record: object) -> None:
        connection.isolation_level = None  # transactions are begun by `_begin`, and not by the driver
        if connection.execute("PRAGMA journal_mode").fetchone() != ("wal",):
            connection.execute("PRAGMA journal_mode=WAL")

    @event.listens_for(engine, "checkout")
    def _refuse_another_file(_connection: object, record: ConnectionPoolEntry, _proxy: object) -> None:
        if record.info[_FILE] != _identity(file):  # restored, set aside: what is written to the old one would be lost
            raise DisconnectionError

    event.listen(engine, "begin", _begin)
    return engine


def _identity(file: Path) -> tuple[int, int] | None:
    """Which file lies at a path; None where none does."""
    try:
        found = file.stat()
    except OSError:
        return None
    return found.st_dev, found.st_ino


def _begin(connection: Connection) -> None:
    options = connection.get_execution_options()
    driver: Any = connection.connection.dbapi_connection
    driver.execute(f"PRAGMA synchronous={'FULL' if options.get(DURABLE, True) else 'NORMAL'}")
    driver.execute("BEGIN IMMEDIATE" if options.get(WRITES, False) else "BEGIN")


def passes(folder: Path, error: BaseException) -> bool:
    """Whether what SQLite says is about another process: not that nothing can be written, there or at all."""
    code = getattr(error.orig, "sqlite_errorcode", 0) if isinstance(error, OperationalError) else None
    if code is None or code & 0xFF == sqlite3.SQLITE_READONLY:
        return False
    return code & 0xFF != sqlite3.SQLITE_CANTOPEN or os.access(folder, os.W_OK)


def postgresql_engine(url: URL) -> Engine:
    """The engine of a PostgreSQL database. Raises LedgerError where its driver is missing."""
    try:
        return create_engine(
            url,
            pool_pre_ping=True,
            pool_size=_CONNECTIONS,
            max_overflow=0,
            pool_timeout=_POOL_SECONDS,
            connect_args={
                **{name: value for name, value in _SILENCE.items() if name not in url.query},
                "client_encoding": "utf8",  # psycopg would hand out bytes of a database in SQL_ASCII
            },
        )
    except (NoSuchModuleError, ImportError) as error:
        raise LedgerError(
            "the PostgreSQL driver is not installed",
            hint=installs("psycopg"),
        ) from error
