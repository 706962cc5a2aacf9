"""What earlier versions kept below the output folder is found where it is, and taken over once.

They had `<output>/.library`: the ledger, media and recipes, which takes are current (as recipes), refreshed prices.
Each step is whole or is done again at the next start, and nothing is deleted but what has a new place: the old ledger
stays, as `ledger.db.taken-over`. The records of cells lie with their media in the output folder: whoever reads the
first of an episode brings them over (the graph's records). Prices go where later versions had them (`taken_prices`).
"""

import hashlib
import shutil
from collections.abc import Iterator, Sequence
from contextlib import suppress
from pathlib import Path, PurePath
from typing import Final, NamedTuple

from filelock import FileLock
from sqlalchemy import select

from resources.core.errors import MediaError
from resources.core.files import users_folder
from resources.core.library import Library, recipe_key
from resources.core.names import CellKey, Mode, is_episode, segment_key
from resources.core.recipes import Recipe
from resources.core.settings import Settings, is_local
from resources.core.values import Part, Value
from resources.purchasing.ledger.tables.rows import PurchaseRow
from resources.purchasing.state.state import Retaken, ShowState
from resources.purchasing.state.tables import ShowRow
from resources.purchasing.state.takeover.claims import scripts_of, take_rows
from resources.purchasing.state.takeover.old_ledger import (
    old_folders,
    old_ledgers,
    refuse_taken_by_another,
    take_ledger,
    two_ledgers,
)

_PRICES: Final = "prices.json"
_MEDIA: Final = ("media", "recipes", "receipts", "spool")


class _Raise(Value):
    """A retake as earlier versions remembered it."""

    retakes: int = 0
    root_run: str = ""


def take_over(state: ShowState, settings: Settings, slots: int, *, apart: bool = False) -> None:
    """Bring what earlier versions left of a show into its state, if there is anything left to bring.

    `slots` are the segments that the show's episodes may have. `apart`: a person has said that what other shows have in
    its database is theirs. Raises MediaError for a library that cannot be read, LedgerError when two ledgers have
    purchases, while a run of an earlier version is under way, and as `take_rows`; what was begun is finished by the
    next start.
    """
    left = old_ledgers(settings)
    if not left and _progress(state).finished:
        return
    with FileLock(_lock_of(settings)):
        left = old_ledgers(settings)
        if len(left) > 1:
            raise two_ledgers(*map(str, left))
        for ledger in left:
            known = _progress(state)
            take_ledger(state, settings, ledger, brought=known.taken_from == str(ledger) and not known.finished)
        if not _progress(state).finished:
            refuse_taken_by_another(settings)
            take_rows(state, settings, apart=apart)
            _take_library(settings)
            _take_retakes(state, settings, slots)
            _finish(state)


# The library


def _take_library(settings: Settings) -> None:
    """Move media, recipes and prices to their new place. Files are named by content: one that is there stays."""
    for folder in old_folders(settings):
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
    known, library = _recipes(settings), Library.of(settings)
    found: dict[Retaken, tuple[int, str]] = {}
    for of in _candidates(_episodes(state, settings), slots) if known else ():
        key = recipe_key(Recipe.RETAKES, scope=of.scope, part=of.part, episode=of.cell.episode, segment=of.cell.segment)
        if key in known and (raised := library.recall(key, _Raise)) is not None:
            found[of] = (raised.retakes, raised.root_run)
    if found:
        state.carry_retakes(found)


def _recipes(settings: Settings) -> set[str]:
    """The keys of the library's recipes. Raises MediaError where it cannot be read: none would look like no retake."""
    if is_local(settings.library):
        return {path.stem for path in (Path(settings.library.rpartition("://")[2]) / "recipes").glob("*/*.json")}
    from resources.core.library.object_store import shared_store  # noqa: PLC0415  (0.2 s that a folder does not need)

    store = shared_store(settings.library, "NINJA_LIBRARY")
    try:
        store.check_bucket()
        return {PurePath(name).stem for name in store.names("recipes")}
    except OSError as error:
        raise MediaError(
            "the library cannot be read",
            where=settings.library,
            why=str(error),
            hint="mend the connection or the rights, and run again: `ninja doctor` tries them",
            retryable=True,
        ) from error


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
    return sorted({*scripts_of(settings.show), *bought, *filter(is_episode, made)})


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
    return users_folder("ninja-takeovers") / f"{name}.lock"
