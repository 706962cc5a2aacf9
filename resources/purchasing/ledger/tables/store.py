"""The database under the ledger: opening it, its transactions, its migrations.

SQLite (the default) runs in WAL mode: what was committed survives a kill, and where it matters (`durable`) a power cut.
Each writing transaction there is `BEGIN IMMEDIATE`, so writers queue and none fails half-way. On PostgreSQL a
transaction that must be alone (caps are checked in it) takes one advisory lock for all processes.
"""

import sqlite3
import threading
import time
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager, suppress
from importlib import import_module
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, Engine, Executable, Table, inspect, text
from sqlalchemy.engine import URL, make_url
from sqlalchemy.exc import ArgumentError, DBAPIError, OperationalError, SQLAlchemyError
from sqlalchemy.exc import TimeoutError as NoConnectionError
from sqlalchemy.orm import Session

from resources.core.errors import CutOffError, LedgerError
from resources.core.settings import OF_A_COMMAND, Patience
from resources.purchasing.ledger.tables.clock import steady
from resources.purchasing.ledger.tables.engines import DURABLE, WRITES, postgresql_engine, sqlite_engine
from resources.purchasing.ledger.tables.patience import is_away, is_refused, waiting
from resources.purchasing.ledger.tables.rows import REVISIONS, Base
from resources.purchasing.ledger.tables.transaction import Transaction

_ADVISORY_LOCK = 0x4E494E4A41  # "NINJA": any number that no other program of the same database uses
# One address may serve the ledger and Dagster's storage, which wants a driver's name in it; the ledger has its own.
_POSTGRESQL = ("postgres", "postgresql", "postgresql+psycopg", "postgresql+psycopg2")
_AT_ONCE = 500  # values that one statement takes
_DAMAGED = (
    "`ninja ledger restore FILE` brings back what `ninja ledger backup FILE` wrote; without a backup, "
    "`ninja ledger rebuild` makes it anew from the receipts in the library"
)
_REFUSED = (
    "let NINJA_LEDGER_URL have the user, password and database that the server knows now, wherever runs are made, and "
    "start what has the old ones anew: `ninja doctor` tries it, and the next run finds what was paid for"
)
# By PostgreSQL's code of what it refuses: a write where nothing is written, what its user has no right to.
_HINTS = {
    "22P05": "its database does not have these letters: make one that has all, createdb --encoding=UTF8 "
    "--template=template0 shows, and bring this one along: `ninja ledger backup FILE`, then, with the new one in "
    "NINJA_LEDGER_URL, `ninja ledger restore FILE`",
    "25006": "name the server that takes writes in NINJA_LEDGER_URL: this one is a copy of it, or only read",
    "42501": "as the server's administrator let {user} own it: psql -d {database} -c 'ALTER DATABASE {database} OWNER "
    "TO {user}; GRANT ALL ON ALL TABLES IN SCHEMA public TO {user}; "
    "GRANT ALL ON ALL SEQUENCES IN SCHEMA public TO {user}'",
}
_FAILURES = (SQLAlchemyError, sqlite3.Error)  # a BEGIN fails in the driver's own way


class Store:
    """An opened and migrated database. Safe for threads; every process opens its own.

    `patience`: how long a transaction waits to begin. A server that is away is told at once, where no more is said.
    """

    def __init__(self, url: str, patience: Patience = OF_A_COMMAND) -> None:
        self.url = _checked(url)
        self.waiting = waiting(patience, self.shown)
        self.sqlite = self.url.get_backend_name() == "sqlite"
        self._clock: Callable[[], float] | None = None
        self._turn = threading.Lock()  # threads of a process queue here, not in SQLite's sleep-and-retry
        try:
            self._engine = sqlite_engine(self.url, patience.busy) if self.sqlite else postgresql_engine(self.url)
            options = {durable: {WRITES: True, DURABLE: durable} for durable in (True, False)}
            self._writers = {durable: self._engine.execution_options(**each) for durable, each in options.items()}
            self._migrate()
            if not self.sqlite:
                self.now()  # it may be asked for within a transaction, and that has a connection already
        except _FAILURES as error:
            raise self._failure("the ledger cannot be opened", error) from error

    def close(self) -> None:
        """Close every connection. Of SQLite, all that is committed is in the one file afterwards."""
        try:
            if self.sqlite:
                self._settle()
        finally:
            self._engine.dispose()

    def _settle(self) -> None:
        """Bring what is committed from SQLite's log into the database. What others still read stays in the log."""
        with suppress(*_FAILURES), self._engine.connect() as connection:
            connection.detach()  # its short patience is nobody else's
            driver: Any = connection.connection.dbapi_connection
            driver.execute("PRAGMA busy_timeout=1000")  # whoever holds it settles it at its own end
            driver.execute("PRAGMA wal_checkpoint(TRUNCATE)")

    def seconds(self) -> float:
        """The present, in seconds since 1970: by the database where it has a clock of its own, else by this machine."""
        if self.sqlite:
            return time.time()
        with self.reading() as session:
            return float(session.execute(text("SELECT extract(epoch FROM clock_timestamp())")).scalar_one())

    def now(self) -> float:
        """The present, as `seconds` told it once, and evenly on from there: asked for as often as one likes."""
        if self._clock is None:
            self._clock = steady(self.seconds())
        return self._clock()

    @contextmanager
    def reading(self) -> Iterator[Session]:
        """A session that sees one moment of the ledger and writes nothing."""
        with (
            self._begun(self._engine, "the ledger cannot be read") as connection,
            Session(connection, autoflush=False) as session,
            session.begin(),
        ):
            yield session

    @contextmanager
    def writing(self, *, alone: bool = False, durable: bool = True) -> Iterator[Session]:
        """One transaction, committed at the end of the block.

        `alone`: no other such one runs meanwhile, anywhere. `durable`: it is on the disk before the block ends; without
        it (SQLite) a power cut may take it back, until the next durable one.
        """
        with (
            self._turn_taken(),
            self._begun(self._writers[durable], "the ledger cannot be written", alone=alone) as connection,
            Session(connection, expire_on_commit=False) as session,
            session.begin(),
        ):
            yield session

    @contextmanager
    def changing(self, *, alone: bool = False, durable: bool = True) -> Iterator[Transaction]:
        """One transaction as by `writing`, in which purchases take a step: what was changed of them is saved."""
        unwritten = "the ledger cannot be written"
        with self._turn_taken(), self._begun(self._writers[durable], unwritten, alone=alone) as connection:
            transaction = Transaction(connection)
            yield transaction
            transaction.save()

    @contextmanager
    def _begun(self, engine: Engine, what: str, *, alone: bool = False) -> Iterator[Connection]:
        """A transaction, which waits to begin for as long as `patience` says. `what` cannot be done if it fails."""

        def begin() -> Connection:
            connection = engine.connect()
            try:
                connection.begin()
                if alone:
                    self._lock(connection)
            except BaseException:
                connection.close()
                raise
            return connection

        try:
            connection = self.waiting.ask(begin)
        except _FAILURES as error:
            raise self._failure(what, error) from error
        try:
            with connection, connection.get_transaction() or connection.begin():
                yield connection
        except _FAILURES as error:
            raise self._failure(what, error, CutOffError if is_away(error) else LedgerError) from error

    def _lock(self, connection: Connection) -> None:
        """Wait until no other transaction holds what only one may, and hold it to the end. SQLite has one writer."""
        if not self.sqlite:
            connection.execute(text(f"SELECT pg_advisory_xact_lock({_ADVISORY_LOCK})"))

    def upsert(self, table: type[Base], of: Mapping[str, Any], values: Mapping[str, Any]) -> Executable:
        """The statement that inserts a row, or gives the one with the primary key `of` these values."""
        insert = import_module(f"sqlalchemy.dialects.{self.url.get_backend_name()}").insert
        statement: Any = insert(table).values(**of, **values)  # the two dialects share no type
        return statement.on_conflict_do_update(index_elements=list(of), set_=dict(values))  # type: ignore[no-any-return]

    def number_on(self, session: Session, table: Table) -> None:
        """Let the table's own numbers go on after those that rows were given: PostgreSQL does not look at them.

        Never back: another transaction may have taken one that is not seen yet.
        """
        if not self.sqlite:
            asked = (
                "SELECT setval(own, greatest(most, pg_sequence_last_value(own))) FROM (SELECT max(id) AS most, "
                "pg_get_serial_sequence('{0}', 'id')::regclass AS own FROM {0}) AS numbers"
            )
            session.execute(text(asked.format(table.name)))

    @contextmanager
    def _turn_taken(self) -> Iterator[None]:
        if not self.sqlite:
            yield
            return
        with self._turn:
            yield

    def _migrate(self) -> None:
        if self._revision() == REVISIONS[-1]:
            return
        from alembic import command  # noqa: PLC0415  (half a second, with all that it brings, once in a ledger's life)
        from alembic.config import Config  # noqa: PLC0415

        with self._engine.execution_options(**{WRITES: True}).begin() as connection:
            self._lock(connection)
            config = Config()
            config.set_main_option("script_location", str(Path(__file__).parent / "migrations"))
            config.attributes["connection"] = connection
            # Another process may have migrated between the first look and the lock: alembic looks again.
            command.upgrade(config, "head")

    def _revision(self) -> str | None:
        with self._engine.connect() as connection:
            revision = _stored_revision(connection)
            oldest = _oldest_supported(connection) if revision not in (None, *REVISIONS) else None
        if revision is not None and revision not in REVISIONS:
            if oldest is None and not self._has("purchases"):
                raise LedgerError(
                    "the database is another program's",
                    where=self.shown,
                    why="it has no ledger, and the version of other tables, as Dagster's storage keeps it",
                    hint="make a database of its own, and name it in NINJA_LEDGER_URL: createdb shows",
                )
            if oldest in REVISIONS:
                return REVISIONS[-1]  # a newer program has added to it, and says that this one can go on
            raise LedgerError(
                f"the ledger has schema {revision}; this program knows up to {REVISIONS[-1]}",
                where=self.shown,
                why="a newer version of the program has moved it on",
                hint="update this program; an older one must not write to it",
            )
        return revision

    def _has(self, table: str) -> bool:
        with self._engine.connect() as connection:
            return inspect(connection).has_table(table)

    @property
    def shown(self) -> str:
        """The database's address without its password."""
        return shown_address(self.url)

    def _hint(self, cause: object) -> str:
        """What helps where the database is whole, as far as anybody can tell."""
        if getattr(cause, "sqlite_errorcode", 0) & 0xFF == sqlite3.SQLITE_BUSY:
            return "close the program that holds that file, such as a browser of databases or a copy, and try again"
        if self.sqlite:
            return "mend what is said there, and run again: `ninja doctor` tries the ledger"
        if (state := str(getattr(cause, "sqlstate", ""))) in _HINTS:
            return _HINTS[state].format(database=self.url.database, user=self.url.username)
        return "start that server, or correct NINJA_LEDGER_URL, and run again: `ninja doctor` tries it"

    def _failure(self, what: str, error: Exception, kind: type[LedgerError] = LedgerError) -> LedgerError:
        # The driver's own words only: SQLAlchemy's add the statement and its values.
        cause = error.orig if isinstance(error, DBAPIError) and error.orig is not None else error
        refused = is_refused(error)
        passing = isinstance(error, (OperationalError, sqlite3.OperationalError, NoConnectionError)) and not refused
        damaged = type(cause) is sqlite3.DatabaseError  # those with another cause have a class of their own
        return kind(
            what,
            where=self.shown,
            why=" ".join(str(cause).split()),
            hint=_DAMAGED if damaged else _REFUSED if refused else self._hint(cause),
            retryable=passing,
        )


def batches_of(values: Iterable[str]) -> Iterator[list[str]]:
    """Each value once, in order, as many at a time as one statement takes."""
    listed = sorted(set(values))
    yield from (listed[first : first + _AT_ONCE] for first in range(0, len(listed), _AT_ONCE))


def shown_address(url: str | URL) -> str:
    """A database's address as it may be shown: without its passwords. Raises LedgerError for what is none."""
    parsed = _parsed(url)
    given = [name for name in parsed.query if "password" in name.lower()]  # libpq reads them there, too
    return parsed.difference_update_query(given).render_as_string(hide_password=True)


def _parsed(address: str | URL) -> URL:
    try:
        url = make_url(address)
    except (ArgumentError, ValueError) as error:  # SQLAlchemy reads a port as a number without a look
        raise LedgerError(
            "the ledger's address is not a database URL",
            where="NINJA_LEDGER_URL",
            hint="set NINJA_LEDGER_URL to sqlite:///path/to/ledger.db or postgresql://user@host/database",
        ) from error
    if "@" in (url.host or ""):  # what stands before it is a part of the password, which nobody may be shown
        raise LedgerError(
            "the ledger's address has more than one @",
            where="NINJA_LEDGER_URL",
            hint="write an @ of its user or password as %40",
        )
    return url


def _checked(address: str) -> URL:
    url = _parsed(address)
    if url.drivername == "sqlite" and url.database not in (None, "", ":memory:"):
        return url
    if url.drivername in _POSTGRESQL:
        return url.set(drivername="postgresql+psycopg")
    raise LedgerError(
        f"a ledger cannot live in {url.drivername}{':memory:' if url.drivername == 'sqlite' else ''}",
        why="what was paid for must outlive the process: a SQLite file or a PostgreSQL database",
        hint="set NINJA_LEDGER_URL to sqlite:///path/to/ledger.db or postgresql://user@host/database",
    )


def _stored_revision(connection: Connection) -> str | None:
    if not inspect(connection).has_table("alembic_version"):
        return None
    return connection.execute(text("SELECT version_num FROM alembic_version")).scalar_one_or_none()


def _oldest_supported(connection: Connection) -> str | None:
    """The oldest schema whose program can work with the database, as the newest migration says."""
    if not inspect(connection).has_table("supported"):
        return None
    return connection.execute(text("SELECT oldest FROM supported")).scalar_one_or_none()
