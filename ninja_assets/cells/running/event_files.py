"""Dagster's SQLite files, as a process of this project writes them: a commit does not wait for the disk.

Dagster opens a connection for each thing that it writes. The commit waits for the disk, and closing the last connection
waits four times more: the journal is copied into the file and deleted. A run of ten segments waits 2,800 times, on a
disk that is at work longer than it takes to draw them.

What a machine that loses its power can lose by it is Dagster's newest events, and never the file
(docs/sources/dagster.md, "Event log"). What was made, approved and paid for is in the show's own state, whose
commits do wait. A process that is killed loses nothing.
"""

import atexit
import os
import sqlite3
import threading
from collections import OrderedDict
from contextlib import closing
from pathlib import Path
from typing import Any, Final

import sqlalchemy as sa

_FOLDERS: Final = ("history", "schedules")  # of a Dagster home
_MOST: Final = 8  # files that are held open: those of the whole instance, and of the runs that were written last
_lock = threading.Lock()
_held: OrderedDict[Path, sqlite3.Connection] = OrderedDict()


def spare_the_disk() -> None:
    """Let what this process writes for Dagster, from now on, be taken to the disk when the system does it.

    May be called again. Not before a fork: no connection to a file of SQLite survives one.
    """
    if not sa.event.contains(sa.Engine, "connect", _connected):
        sa.event.listen(sa.Engine, "connect", _connected)
        atexit.register(_let_go)


def _connected(connection: Any, _record: object) -> None:
    if not isinstance(connection, sqlite3.Connection):
        return
    with closing(connection.cursor()) as cursor:
        file = Path(cursor.execute("PRAGMA database_list").fetchone()[2])
        if file not in _held and not (_is_dagsters(file) and _has_journal(cursor)):
            return
        cursor.execute("PRAGMA synchronous=NORMAL")
    _hold(file)


def _is_dagsters(file: Path) -> bool:
    home = os.environ.get("DAGSTER_HOME")
    return home is not None and any(Path(os.path.realpath(home), folder) in file.parents for folder in _FOLDERS)


def _has_journal(cursor: sqlite3.Cursor) -> bool:
    """Whether the file is in WAL mode: Dagster puts a new one there when it has made its tables, here it is first."""
    try:
        return bool(cursor.execute("PRAGMA journal_mode=WAL").fetchone()[0] == "wal")
    except sqlite3.OperationalError:  # another process makes the file at this moment
        return False


def _hold(file: Path) -> None:
    """Keep a file open: the journal stays where it is until the last connection to it is closed."""
    with _lock:
        if file not in _held:
            _held[file] = sqlite3.connect(file, check_same_thread=False)
            _held[file].execute("SELECT count(*) FROM sqlite_master").fetchone()  # the first read opens the journal
        _held.move_to_end(file)
        if len(_held) > _MOST:
            _held.popitem(last=False)[1].close()


def _let_go() -> None:
    """Close all: the last process that does takes the journal into the file and deletes it."""
    with _lock:
        while _held:
            _held.popitem()[1].close()
