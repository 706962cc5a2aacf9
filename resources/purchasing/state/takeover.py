"""What earlier versions kept below the output folder is found where it is, and taken over once.

They had `<output>/.library`: the ledger, media and recipes, which takes are current (as recipes), refreshed prices.
Each step is whole or is done again at the next start, and nothing is deleted but what has a new place: the old ledger
stays, as `ledger.db.taken-over`. The records of cells lie with their media in the output folder: whoever reads the
first of an episode brings them over (the graph's records). Prices go where later versions had them (`taken_prices`).
"""

import hashlib
import json
import shutil
import sqlite3
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import closing, suppress
from pathlib import Path
from typing import Any, Final, NamedTuple

from filelock import FileLock
from pydantic import ValidationError
from sqlalchemy import (
    ColumnElement,
    PrimaryKeyConstraint,
    Table,
    UniqueConstraint,
    delete,
    func,
    insert,
    select,
    tuple_,
    update,
)
from sqlalchemy.orm import Session

from resources.core.errors import LedgerError
from resources.core.library import recipe_key
from resources.core.names import DEFAULT_SHOW, SHOW_FILE, CellKey, Mode, is_episode, segment_key
from resources.core.progress import LOGGER
from resources.core.recipes import Recipe
from resources.core.settings import ROOT, Settings
from resources.core.values import Part, Value
from resources.purchasing.ledger.steps.leases import seconds_held
from resources.purchasing.ledger.tables.rows import NOT_FAILED, Base, PurchaseRow
from resources.purchasing.ledger.tables.store import Store, shown_address
from resources.purchasing.state.place import is_own, sqlite_file
from resources.purchasing.state.state import Retaken, ShowState
from resources.purchasing.state.tables import ShowRow

_FOLDER: Final = ".library"
_LEDGER: Final = "ledger.db"
_TAKEN: Final = "ledger.db.taken-over"
_NOTE: Final = "taken-over.json"  # where it is now
_PRICES: Final = "prices.json"
_MEDIA: Final = ("media", "recipes", "receipts", "spool")
_CARRIED: Final = ("purchases", "reuses", "uploads", "journal")
_OF_SHOWS: Final = tuple(table for table in ShowRow.metadata.sorted_tables if "show" in table.columns)
_OF_EPISODES: Final = tuple(table for table in _OF_SHOWS if "episode" in table.columns)


class Claimed(NamedTuple):
    """What a show without an id had: so many purchases, and rows of all kinds."""

    purchases: int
    rows: int


class _Raise(Value):
    """A retake as earlier versions remembered it."""

    retakes: int = 0
    root_run: str = ""


def take_over(state: ShowState, settings: Settings, slots: int) -> None:
    """Bring what earlier versions left of a show into its state, if there is anything left to bring.

    `slots` are the segments that the show's episodes may have. Raises LedgerError when two ledgers have purchases, and
    while a run of an earlier version is under way; what was begun is finished by the next start.
    """
    left = old_ledgers(settings)
    if not left and _progress(state).finished:
        return
    with FileLock(_lock_of(settings)):
        left = old_ledgers(settings)
        if len(left) > 1:
            raise _two(*map(str, left))
        for ledger in left:
            _take_ledger(state, settings, ledger)
        if not _progress(state).finished:
            _refuse_taken_by_another(settings)
            _take_rows(state, settings)
            _take_library(settings)
            _take_retakes(state, settings, slots)
            _finish(state)


def old_ledgers(settings: Settings) -> list[Path]:
    """The ledgers of earlier versions in which something was bought, and which are not taken over yet."""
    present = sqlite_file(settings.ledger_url)
    files = (folder / _LEDGER for folder in _old_folders(settings))
    return [file for file in files if file.is_file() and file != present and _purchases(file)]


def _old_folders(settings: Settings) -> list[Path]:
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
    return bought & set(_scripts(show))


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


# The ledger


def _take_ledger(state: ShowState, settings: Settings, file: Path) -> None:
    """Bring the rows of an old ledger over, in one transaction, and then give it another name."""
    known = _progress(state)
    if known.taken_from != str(file) or known.finished:
        with tempfile.TemporaryDirectory(prefix="ninja-") as folder:
            copied = Path(folder) / _LEDGER
            _copy(file, copied)
            with closing(Store(f"sqlite:///{copied}")) as old:  # brought to this version's schema
                _refuse_running(old, file)
                _bring(old, state, file)
    with closing(sqlite3.connect(file)) as connection:
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    aside = file.with_name(_TAKEN)
    note = {"show": state.show, "ledger": state.store.shown, "library": settings.library}
    file.with_name(_NOTE).write_text(json.dumps(note, indent=1) + "\n", encoding="utf-8")
    file.rename(aside)
    LOGGER.info("the ledger %s was taken over into %s; it is kept as %s", file, state.store.shown, aside.name)


def _refuse_taken_by_another(settings: Settings) -> None:
    """Raise LedgerError where another show's state has the ledger in which this one's episodes were bought, too."""
    for folder in _old_folders(settings):
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


def _refuse_running(old: Store, file: Path) -> None:
    left = seconds_held(old)
    if left > 0:
        raise LedgerError(
            "a run of an earlier version of this program is under way, or was a minute ago",
            where=str(file),
            hint=f"let it end; if it was killed, run again in {left:.0f} s",
            retryable=True,
        )


def _bring(old: Store, state: ShowState, file: Path) -> None:
    with old.reading() as source, state.store.writing(alone=True) as target:
        row = PurchaseRow
        if target.scalars(select(row.id).where(row.show == state.show).limit(1)).first() is not None:
            raise _two(state.store.shown, str(file))
        live = set(source.scalars(select(row.key).where(NOT_FAILED)))
        if live & set(target.scalars(select(row.key).where(NOT_FAILED))):
            raise _two(state.store.shown, str(file))
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


def _two(first: str, second: str) -> LedgerError:
    return LedgerError(
        "there are two ledgers of this show, and purchases in both",
        where=f"{first} and {second}",
        why="one purchase would be looked for in one of them, and bought again",
        hint="move the one away that is not this show's, for example: mv "
        f"{second.removeprefix('sqlite:///')} {second.removeprefix('sqlite:///')}.other",
    )


# What lies in the database already


def claim(state: ShowState, settings: Settings) -> Claimed:
    """Make the rows of a show without an id this one's, where their episodes are called like its own.

    For a person who knows that they are. What this show has itself stays. Raises LedgerError for a show that has no id,
    and while a run is under way.
    """
    if state.show == DEFAULT_SHOW:
        raise LedgerError(
            "this show has no id, so nothing could be told apart",
            where=str(settings.show / SHOW_FILE),
            hint="add a line to show.yaml, such as: id: my-show",
        )
    left = seconds_held(state.store)
    if left > 0:
        raise LedgerError(
            "a run is under way: what it makes may be what is claimed",
            where=state.store.shown,
            hint=f"let it end; if it was killed, claim again in {left:.0f} s",
            retryable=True,
        )
    with state.store.writing(alone=True) as session:
        return _move_rows(session, state.show, _scripts(settings.show))


def _take_rows(state: ShowState, settings: Settings) -> None:
    """Make the rows this show's that are older than shows in a database, or than this show's own id.

    In the show's own database all of them. In one that may hold more shows, those of its episode files; LedgerError
    where they may be those of a show that has no id and works there, too: whose they are, a person knows.
    """
    if state.show == DEFAULT_SHOW:
        return
    episodes = None if is_own(settings) else _scripts(settings.show)
    with state.store.writing(alone=True) as session:
        if episodes is not None:
            _refuse_unclear(session, state, episodes)
        _move_rows(session, state.show, episodes)


def _refuse_unclear(session: Session, state: ShowState, episodes: Sequence[str]) -> None:
    if session.get(ShowRow, DEFAULT_SHOW) is None:  # rows from before shows were told apart
        return
    found: set[str] = set()
    for table in _OF_EPISODES:
        found |= set(session.scalars(select(table.c.episode).where(*_without_id(table, episodes)).distinct()))
    if found:
        raise LedgerError(
            "a show without an id has episodes that are called like this show's",
            where=state.store.shown,
            why=f"{', '.join(sorted(found)[:5])}: what was made and bought of them is this show's from before it had "
            f"its id ({state.show}), or another show's",
            hint="if it is this show's: ninja ledger claim; if not, give that one an id, and there: ninja ledger claim",
        )


def _move_rows(session: Session, show: str, episodes: Sequence[str] | None) -> Claimed:
    """Give rows without an id to a show: of these episodes, or all. Where it has one in that place, its own stays."""
    found: dict[str, int] = {}
    for table in _OF_SHOWS if episodes is None else _OF_EPISODES:
        mine = _without_id(table, episodes)
        found[table.name] = session.scalars(select(func.count()).select_from(table).where(*mine)).one()
        for names in _places(table):
            place = tuple_(*(table.c[name] for name in names))
            own = select(*(table.c[name] for name in names)).where(table.c.show == show)
            session.execute(delete(table).where(*mine, place.in_(own)))
        named = {"show": show, **({"receipt": None} if "receipt" in table.columns else {})}
        session.execute(update(table).where(*mine).values(named))
    return Claimed(purchases=found[PurchaseRow.__tablename__], rows=sum(found.values()))


def _without_id(table: Table, episodes: Sequence[str] | None) -> list[ColumnElement[bool]]:
    return [table.c.show == DEFAULT_SHOW, *([] if episodes is None else [table.c.episode.in_(episodes)])]


def _places(table: Table) -> Iterator[list[str]]:
    """By which columns, beside the show, a table tells rows apart."""
    constraints = (each for each in table.constraints if isinstance(each, PrimaryKeyConstraint | UniqueConstraint))
    keys = (*constraints, *(index for index in table.indexes if index.unique))
    for names in ([column.name for column in key.columns] for key in keys):
        if "show" in names:
            yield [name for name in names if name != "show"]


# The library


def _take_library(settings: Settings) -> None:
    """Move media, recipes and prices to their new place. Files are named by content: one that is there stays."""
    for folder in _old_folders(settings):
        if settings.library == str(settings.state / "library"):
            for name in _MEDIA:
                _move(folder / name, Path(settings.library) / name)
        _move(folder / _PRICES, settings.state / _PRICES)


def _move(source: Path, target: Path) -> None:
    if not source.exists():
        return
    target.parent.mkdir(parents=True, exist_ok=True)
    if not target.exists():
        try:
            source.rename(target)
        except OSError:  # another file system
            part = target.with_name(f".{target.name}.part")
            _copy_all(source, part)
            part.rename(target)
            shutil.rmtree(source) if source.is_dir() else source.unlink()
    elif source.is_dir():
        for child in source.iterdir():
            _move(child, target / child.name)
        with suppress(OSError):  # something is left that is not the library's
            source.rmdir()
    else:
        source.unlink()


def _copy_all(source: Path, target: Path) -> None:
    if source.is_dir():
        shutil.copytree(source, target, dirs_exist_ok=True)
    else:
        shutil.copyfile(source, target)


# Retakes


def _take_retakes(state: ShowState, settings: Settings, slots: int) -> None:
    """Bring over which takes are current. A recipe's name is a hash: all that there may be are asked for."""

    from upath import UPath  # noqa: PLC0415  (once in a show's life)

    recipes = UPath(settings.library) / "recipes"
    known = {path.stem for path in recipes.glob("*/*.json")} if recipes.exists() else set()
    found: dict[Retaken, tuple[int, str]] = {}
    for of in _candidates(_episodes(state, settings), slots) if known else ():
        key = recipe_key(Recipe.RETAKES, scope=of.scope, part=of.part, episode=of.cell.episode, segment=of.cell.segment)
        if key in known:
            try:
                raised = _Raise.model_validate_json((recipes / key[:2] / f"{key}.json").read_bytes())
            except ValidationError:
                continue
            found[of] = (raised.retakes, raised.root_run)
    if found:
        state.carry_retakes(found)


def _candidates(episodes: Sequence[str], slots: int) -> Iterator[Retaken]:
    for episode in episodes:
        for number in range(1, slots + 1):
            cell = CellKey(episode, segment_key(number))
            yield from {Retaken.of(mode, part, cell) for mode in Mode for part in Part}


def _episodes(state: ShowState, settings: Settings) -> list[str]:
    """Every episode that may have been retaken: with a script, with purchases, or with a folder of output."""
    with state.store.reading() as session:
        bought = session.scalars(select(PurchaseRow.episode).where(PurchaseRow.show == state.show).distinct()).all()
    made = [path.name for path in settings.output.iterdir()] if settings.output.is_dir() else []
    return sorted({*_scripts(settings.show), *bought, *filter(is_episode, made)})


def _scripts(show: Path) -> list[str]:
    """The episodes that have a file."""
    from resources.content.script import list_episodes  # noqa: PLC0415  (as above)

    return list_episodes(show)


# How far it has come


class _Progress(NamedTuple):
    taken_from: str | None
    finished: bool


def _progress(state: ShowState) -> _Progress:
    query = select(ShowRow.taken_from, ShowRow.finished).where(ShowRow.id == state.show)
    with state.store.reading() as session:
        found = session.execute(query).one_or_none()
    return _Progress(*found) if found else _Progress(None, finished=False)


def _finish(state: ShowState) -> None:
    with state.store.writing() as session:  # several machines may begin at once
        session.execute(state.store.upsert(ShowRow, {"id": state.show}, {"finished": True}))


def _lock_of(settings: Settings) -> Path:
    """One start at a time takes a show's state over, on this machine."""
    name = hashlib.sha256(str(settings.show).encode()).hexdigest()[:16]
    return Path(tempfile.gettempdir()) / f"ninja-takeover-{name}.lock"
