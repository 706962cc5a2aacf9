"""Backups of a show's database: written while it is in use, and brought back.

A backup is one SQLite file that holds everything, whatever the database itself is.
"""

import shutil
import sqlite3
import tempfile
import time
from collections import Counter, defaultdict
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from shlex import quote
from typing import Final, NamedTuple

from sqlalchemy import Integer, delete, func, insert, select, text

from resources.core.errors import LedgerError
from resources.core.files import atomic_write
from resources.purchasing.ledger.steps.leases import refuse_held
from resources.purchasing.ledger.tables.rows import PurchaseRow
from resources.purchasing.ledger.tables.store import Store
from resources.purchasing.state.place import sqlite_file
from resources.purchasing.state.tables import ShowRow

_TABLES: Final = ShowRow.metadata.sorted_tables  # all tables, those of shows, too
_BOUGHT: Final = PurchaseRow.__tablename__
_OPENED: Final = ("supported", "shows")  # those that opening a database fills
_BESIDE: Final = ("", "-wal", "-shm")  # the files of a SQLite database


class Restored(NamedTuple):
    """What was brought back. `before` is where the database is now that was there; None where there was none."""

    purchases: int
    before: Path | None


def back_up(store: Store, file: Path) -> int:
    """Write the whole database to a SQLite file, whole or not at all; returns how many purchases it has.

    Others may write meanwhile: what is copied is one moment. Raises LedgerError where it cannot be written.
    """
    if not file.name:
        raise LedgerError("FILE names nothing", where=str(file), hint="ninja ledger backup ledger-backup.db")
    try:
        with atomic_write(file) as part:
            _write(store, part)
    except (OSError, sqlite3.Error) as error:
        raise LedgerError("the backup cannot be written", where=str(file), why=str(error)) from error
    with _opened(file) as written:
        return _purchases(written)


def restore(url: str, file: Path, *, replace: bool = False) -> Restored:
    """Bring a backup back in the place of the database, which is kept: of PostgreSQL as a backup beside this one.

    `replace`: also where that has something of shows that the backup has nothing of. Without it LedgerError is raised
    there; always for what is no backup, while a run is under way, and where what is there cannot be kept.
    """
    with _opened(file) as backup:
        own = sqlite_file(url)
        if own is None:
            with closing(Store(url)) as store:
                _check_replaced(store, backup, file, replace=replace)
                before = _kept(store, file) if _has_rows(store) else None
                _copy_rows(backup, store)
            return Restored(_purchases(backup), before)
        if own.exists() and not is_damaged(own):
            with closing(Store(url)) as store:
                _check_replaced(store, backup, file, replace=replace)
        before = set_aside(own)
        with atomic_write(own) as part:
            _write(backup, part)
        return Restored(_purchases(backup), before)


def is_damaged(file: Path) -> bool:
    """Whether a file is there and is no SQLite database, or one that is not whole."""
    if not file.exists():
        return False
    try:
        with closing(sqlite3.connect(file)) as connection:
            return bool(connection.execute("PRAGMA quick_check(1)").fetchone() != ("ok",))
    except sqlite3.OperationalError:  # it is locked, or cannot be read: that is another trouble
        return False
    except sqlite3.DatabaseError:
        return True


def set_aside(file: Path) -> Path | None:
    """Give a SQLite database another name, with its log; returns it, None where there was no database."""
    if not file.exists():
        return None
    aside = _free_name(file)
    for ending in _BESIDE:
        found = file.with_name(f"{file.name}{ending}")
        if found.exists():
            found.rename(aside.with_name(f"{aside.name}{ending}"))
    return aside


def _kept(store: Store, backup: Path) -> Path:
    """The whole database in a file beside the backup that takes its place."""
    aside = _free_name(backup)
    back_up(store, aside)
    return aside


def _free_name(file: Path) -> Path:
    """A name that no file has, of the present second."""
    named = f"{file.name}.{time.strftime('%Y%m%d-%H%M%S')}"
    number = 1
    while (aside := file.with_name(named if number == 1 else f"{named}-{number}")).exists():
        number += 1
    return aside


def _write(store: Store, target: Path) -> None:
    own = sqlite_file(store.url.render_as_string(hide_password=False))
    if own is None:
        with closing(Store(f"sqlite:///{target}")) as copied:
            _copy_rows(store, copied)
        return
    with closing(sqlite3.connect(own)) as source, closing(sqlite3.connect(target)) as copied_file:
        source.backup(copied_file)


def _copy_rows(source: Store, target: Store) -> None:
    """Make every table of `target` what it is in `source`, in one transaction."""
    with source.reading() as read, target.writing(alone=True) as write:
        if not source.sqlite:
            read.execute(text("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ"))
        for table in _TABLES:
            write.execute(delete(table))
            rows = [dict(row) for row in read.execute(select(table)).mappings()]
            if rows:
                write.execute(insert(table), rows)
            if "id" in table.c and isinstance(table.c.id.type, Integer):
                target.number_on(write, table)


@contextmanager
def _opened(file: Path) -> Iterator[Store]:
    """A backup, as a copy of this version's schema: the file itself stays as it is. Raises LedgerError."""
    if not file.is_file() or is_damaged(file):
        raise LedgerError("this is no backup of a ledger", where=str(file), hint="ninja ledger backup FILE writes one")
    with tempfile.TemporaryDirectory(prefix="ninja-") as folder:
        copied = Path(folder) / "ledger.db"
        shutil.copyfile(file, copied)
        with closing(sqlite3.connect(copied)) as connection:
            known = connection.execute("SELECT count(*) FROM sqlite_master WHERE name = 'purchases'").fetchone()[0]
        if not known:
            raise LedgerError("this is no backup of a ledger", where=str(file), why="it has no purchases' table")
        with closing(Store(f"sqlite:///{copied}")) as store:
            yield store


def _purchases(store: Store) -> int:
    with store.reading() as session:
        return session.scalars(select(func.count()).select_from(PurchaseRow)).one()


def _has_rows(store: Store) -> bool:
    """Whether a database holds anything but what opening it writes."""
    with store.reading() as session:
        filled = (session.execute(select(table).limit(1)).first() for table in _TABLES if table.name not in _OPENED)
        return any(row is not None for row in filled)


def _shows(store: Store) -> dict[str, Counter[str]]:
    """How many rows each show has, by their table: notes and approvals are in no receipt, and made by nobody again."""
    found: dict[str, Counter[str]] = defaultdict(Counter)
    with store.reading() as session:
        for table in _TABLES:
            if "show" in table.c and table.name not in _OPENED:
                asked = select(table.c.show, func.count()).group_by(table.c.show)
                for show, rows in session.execute(asked):
                    found[show][table.name] += rows
    return found


def _check_replaced(store: Store, backup: Store, file: Path, *, replace: bool) -> None:
    """Raise LedgerError where a run is under way, or what other shows have would go: purchases, notes, records."""
    refuse_held(store, "a run is under way: what it buys would be lost", "restore")
    known = _shows(backup)
    lost = {
        show: rows
        for show, rows in sorted(_shows(store).items())
        if not known.get(show) or (rows[_BOUGHT] and not known[show][_BOUGHT])
    }
    if lost and not replace:
        sums = [
            f"{show}: {rows[_BOUGHT]} purchases, {rows.total() - rows[_BOUGHT]} further rows"
            for show, rows in lost.items()
        ]
        raise LedgerError(
            "the database has what shows bought and wrote that this backup has nothing of",
            where=store.shown,
            why="; ".join(sums),
            hint=f"ninja ledger restore {quote(str(file))} --replace  (what is there is kept; then "
            "`ninja ledger rebuild` in each of those shows brings back what their libraries have receipts of)",
        )
