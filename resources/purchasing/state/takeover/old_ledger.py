"""The ledger of an earlier version, below an output folder: found, brought over in one transaction, kept aside."""

import json
import sqlite3
import tempfile
from contextlib import closing
from pathlib import Path
from typing import Any, Final

from sqlalchemy import func, insert, select

from resources.core.errors import LedgerError
from resources.core.progress import LOGGER
from resources.core.settings import ROOT, Settings
from resources.purchasing.ledger.steps.leases import refuse_held
from resources.purchasing.ledger.tables.rows import NOT_FAILED, Base, PurchaseRow
from resources.purchasing.ledger.tables.store import Store, shown_address
from resources.purchasing.state.place import sqlite_file
from resources.purchasing.state.state import ShowState
from resources.purchasing.state.tables import ShowRow
from resources.purchasing.state.takeover.claims import scripts_of

_FOLDER: Final = ".library"
_LEDGER: Final = "ledger.db"
_TAKEN: Final = "ledger.db.taken-over"
_NOTE: Final = "taken-over.json"  # where it is now
_CARRIED: Final = ("purchases", "reuses", "uploads", "journal")


def old_ledgers(settings: Settings) -> list[Path]:
    """The ledgers of earlier versions in which something was bought, and which are not taken over yet."""
    present = sqlite_file(settings.ledger_url)
    files = (folder / _LEDGER for folder in old_folders(settings))
    return [file for file in files if file.is_file() and file != present and _purchases(file)]


def old_folders(settings: Settings) -> list[Path]:
    """Where earlier versions kept what they had: in the output folder, by default the one beside the show's.

    Without NINJA_OUTPUT a show elsewhere had the project's own, where the project's example has what it bought.
    """
    outputs = dict.fromkeys((settings.output, settings.show.parent / "output"))
    common = ROOT / "output"
    if any(_bought_of(settings.show, common / _FOLDER / name) for name in (_LEDGER, _TAKEN)):
        outputs.setdefault(common)
    return [output / _FOLDER for output in outputs if (output / _FOLDER).is_dir()]


def _bought_of(show: Path, file: Path) -> set[str]:
    """The episodes of a show that a ledger has purchases of, by their names."""
    if not file.is_file() or not _purchases(file):
        return set()
    with closing(sqlite3.connect(file)) as connection:
        bought = {str(name) for (name,) in connection.execute("SELECT DISTINCT episode FROM purchases")}
    return bought & set(scripts_of(show))


def _purchases(file: Path) -> int:
    """How many purchases a SQLite file has; what is no ledger has none."""
    try:
        with closing(sqlite3.connect(f"{file.as_uri()}?mode=rw", uri=True)) as connection:
            return int(connection.execute("SELECT count(*) FROM purchases").fetchone()[0])
    except sqlite3.OperationalError:  # no table yet
        return 0
    except sqlite3.DatabaseError as error:
        raise LedgerError(
            "a ledger of an earlier version cannot be read",
            where=str(file),
            why=str(error),
            hint=f"move it away: mv {file} {file}.bad; then, with a backup of it: ninja ledger restore FILE",
        ) from error


def take_ledger(state: ShowState, settings: Settings, file: Path, *, brought: bool) -> None:
    """Bring the rows of an old ledger over, in one transaction, unless they are `brought`, and give it another name."""
    if not brought:
        with tempfile.TemporaryDirectory(prefix="ninja-") as folder:
            copied = Path(folder) / _LEDGER
            _copy(file, copied)
            with closing(Store(f"sqlite:///{copied}")) as old:  # brought to this version's schema
                what = "a run of an earlier version of this program is under way, or was a minute ago"
                refuse_held(old, what, "run", where=str(file))
                _bring(old, state, file)
    with closing(sqlite3.connect(file)) as connection:
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    aside = file.with_name(_TAKEN)
    note = {"show": state.show, "ledger": state.store.shown, "library": settings.library}
    file.with_name(_NOTE).write_text(json.dumps(note, indent=1) + "\n", encoding="utf-8")
    file.rename(aside)
    LOGGER.info("the ledger %s was taken over into %s; it is kept as %s", file, state.store.shown, aside.name)


def refuse_taken_by_another(settings: Settings) -> None:
    """Raise LedgerError where another show's state has the ledger in which this one's episodes were bought, too."""
    for folder in old_folders(settings):
        taken, note = folder / _TAKEN, folder / _NOTE
        if not taken.exists() or not note.exists():
            continue
        owner = json.loads(note.read_text(encoding="utf-8"))
        there = sqlite_file(owner["ledger"])
        here = shown_address(settings.ledger_url)
        if owner["ledger"] == here or (there is not None and not there.exists()):  # the project's folder has moved
            continue
        if both := sorted(_bought_of(settings.show, taken)):
            raise LedgerError(
                "what was bought for this show may be in the state of another one",
                where=f"{taken} and {owner['ledger']}",
                why=f"episodes of both are called {', '.join(both[:5])}, and the show {owner['show']!r} was first to "
                "take over what earlier versions kept for both",
                hint=f"share it: export NINJA_LEDGER_URL={owner['ledger']} NINJA_LIBRARY={owner['library']} and give "
                f"this show an `id:` in show.yaml; or, if none of it is this show's: mv {taken} {taken}.other",
            )


def _copy(file: Path, target: Path) -> None:
    """The database whole, with what still stands in its log."""
    with closing(sqlite3.connect(file)) as source, closing(sqlite3.connect(target)) as copied:
        source.backup(copied)


def _bring(old: Store, state: ShowState, file: Path) -> None:
    with old.reading() as source, state.store.writing(alone=True) as target:
        row = PurchaseRow
        if target.scalars(select(row.id).where(row.show == state.show).limit(1)).first() is not None:
            raise two_ledgers(state.store.shown, str(file))
        live = set(source.scalars(select(row.key).where(NOT_FAILED)))
        if live & set(target.scalars(select(row.key).where(NOT_FAILED))):
            raise two_ledgers(state.store.shown, str(file))
        moved_by = target.scalars(select(func.max(row.id))).one() or 0
        for name in _CARRIED:
            table = Base.metadata.tables[name]
            rows = source.execute(select(table).order_by(table.c.id)).mappings()
            brought = [_moved(dict(found), name, state.show, moved_by) for found in rows]
            if brought:
                target.execute(insert(table), brought)
        state.store.number_on(target, Base.metadata.tables[row.__tablename__])
        values = {"taken_from": str(file), "finished": False}
        target.execute(state.store.upsert(ShowRow, {"id": state.show}, values))


def _moved(row: dict[str, Any], table: str, show: str, moved_by: int) -> dict[str, Any]:
    """A row as it stands in the new database: purchases keep their order, and what belongs to them follows."""
    number = row.pop("id")
    if table == PurchaseRow.__tablename__:
        row["id"] = number + moved_by
    if "purchase_id" in row:
        row["purchase_id"] += moved_by
    if "show" in row:
        row["show"] = show
    return row


def two_ledgers(first: str, second: str) -> LedgerError:
    return LedgerError(
        "there are two ledgers of this show, and purchases in both",
        where=f"{first} and {second}",
        why="one purchase would be looked for in one of them, and bought again",
        hint="move the one away that is not this show's, for example: mv "
        f"{second.removeprefix('sqlite:///')} {second.removeprefix('sqlite:///')}.other",
    )
