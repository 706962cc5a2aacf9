"""Whose the rows of a database are, where a show's id was given later, or has changed.

A show without an id is one, `DEFAULT_SHOW`. Rows follow a show to its id by themselves only where they cannot be
another show's; else a person says so, once.
"""

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Final, NamedTuple

from sqlalchemy import (
    ColumnElement,
    PrimaryKeyConstraint,
    Table,
    UniqueConstraint,
    delete,
    func,
    select,
    tuple_,
    update,
)
from sqlalchemy.orm import Session

from resources.core.errors import LedgerError
from resources.core.names import DEFAULT_SHOW
from resources.core.settings import Settings
from resources.purchasing.ledger.steps.leases import refuse_held
from resources.purchasing.ledger.tables.rows import PURCHASES
from resources.purchasing.state.outputs import episodes_of, hand_over
from resources.purchasing.state.place import is_own
from resources.purchasing.state.state import ShowState
from resources.purchasing.state.tables import ShowRow

_OF_SHOWS: Final = tuple(table for table in ShowRow.metadata.sorted_tables if "show" in table.columns)
_OF_EPISODES: Final = tuple(table for table in _OF_SHOWS if "episode" in table.columns)


class Claimed(NamedTuple):
    """What a show had that another one has now: so many purchases, and rows of all kinds."""

    purchases: int
    rows: int


def claim(state: ShowState, settings: Settings, owner: str = DEFAULT_SHOW) -> Claimed:
    """Make the rows of the show `owner` this one's, and its output folders: for a person who knows that they are one.

    All of them in this show's own database, else those of episodes that are called like this show's. What this show has
    itself stays. Raises LedgerError where `owner` is this show, or one that is not known here, and while a run is under
    way.
    """
    if owner == state.show:
        raise LedgerError(
            f"what {owner!r} has is this show's already" + (", which has no id" if owner == DEFAULT_SHOW else ""),
            where=state.store.shown,
            hint="name the id that this show had before, such as: ninja ledger claim its-old-id",
        )
    refuse_held(state.store, "a run is under way: what it makes may be what is claimed", "claim")
    episodes = _episodes(settings)
    with state.store.writing(alone=True) as session:
        if not episodes_of(settings.output, owner):
            _check_known(session, state, owner)
        claimed = _move_rows(session, owner, state.show, episodes)
        if episodes is None:  # nothing is left of it: under that id again, it is asked for
            session.execute(delete(ShowRow).where(ShowRow.id == owner))
    hand_over(settings.output, owner, state.show, episodes)
    return claimed


def take_rows(state: ShowState, settings: Settings, *, apart: bool = False) -> None:
    """Make the rows this show's that are older than shows in a database, or than its own id.

    In its own database those of a show without an id; in one that may hold more shows, those of its episode files from
    before shows were told apart. Raises LedgerError where another show's may be this one's, unless a person has said
    that they are `apart`.
    """
    episodes = _episodes(settings)
    with state.store.writing(alone=True) as session:
        unclear = _changed(session, state.show) if episodes is None else _unnamed(session, state.show, episodes)
        if unclear and not apart:
            raise _unknown(state, unclear)
        if state.show != DEFAULT_SHOW and (episodes is None or not unclear):
            _move_rows(session, DEFAULT_SHOW, state.show, episodes)


def scripts_of(show: Path) -> list[str]:
    """The episodes that have a file."""
    from resources.content.script import list_episodes  # noqa: PLC0415  (once in a show's life)

    return list_episodes(show)


def _check_known(session: Session, state: ShowState, owner: str) -> None:
    """Raise LedgerError for a show that the database has nothing of."""
    known = set(session.scalars(select(ShowRow.id)))
    for table in _OF_SHOWS:
        known |= set(session.scalars(select(table.c.show).distinct()))
    if owner not in known - {state.show}:
        others = ", ".join(sorted(known - {state.show})) or "none"
        raise LedgerError(
            f"the database knows no show {owner!r} beside this one",
            where=state.store.shown,
            hint=f"ninja ledger claim --none; shows that it knows: {others}",
        )


def _episodes(settings: Settings) -> list[str] | None:
    """Those whose rows may be this show's; None: all of its own database."""
    return None if is_own(settings) else scripts_of(settings.show)


def _changed(session: Session, show: str) -> str:
    """The other show that something was bought for in this one's own database: its earlier self, or its model."""
    others = PURCHASES.c.show.not_in([show, DEFAULT_SHOW])
    return (
        session.scalars(select(PURCHASES.c.show).where(others).order_by(PURCHASES.c.id.desc()).limit(1)).first() or ""
    )


def _unnamed(session: Session, show: str, episodes: Sequence[str]) -> str:
    """The show without an id, where it works in this database, too, and has episodes that are called like these."""
    if show == DEFAULT_SHOW or session.get(ShowRow, DEFAULT_SHOW) is None:
        return ""
    found = (
        session.scalars(select(table).where(*_rows(table, DEFAULT_SHOW, episodes)).limit(1)) for table in _OF_EPISODES
    )
    return DEFAULT_SHOW if any(each.first() is not None for each in found) else ""


def _unknown(state: ShowState, owner: str) -> LedgerError:
    command = "ninja ledger claim" if owner == DEFAULT_SHOW else f"ninja ledger claim {owner}"
    name = "a show without an id" if owner == DEFAULT_SHOW else f"the show {owner!r}"
    return LedgerError(
        f"{name} has made, or bought, what may be this show's",
        where=state.store.shown,
        why=f"this is {state.show!r}: the same show under another id, or another one that is to buy for itself",
        hint=f"if it is the same show: {command}; if not: ninja ledger claim --none",
    )


def _move_rows(session: Session, owner: str, show: str, episodes: Sequence[str] | None) -> Claimed:
    """Give a show's rows to another: of these episodes, or all. Where that has one in their place, its own stays."""
    found: dict[str, int] = {}
    for table in _OF_SHOWS if episodes is None else _OF_EPISODES:
        rows = _rows(table, owner, episodes)
        found[table.name] = session.scalars(select(func.count()).select_from(table).where(*rows)).one()
        for names in _places(table):
            place = tuple_(*(table.c[name] for name in names))
            own = select(*(table.c[name] for name in names)).where(table.c.show == show)
            session.execute(delete(table).where(*rows, place.in_(own)))
        named = {"show": show, **({"receipt": None} if "receipt" in table.columns else {})}
        session.execute(update(table).where(*rows).values(named))
    return Claimed(purchases=found[PURCHASES.name], rows=sum(found.values()))


def _rows(table: Table, show: str, episodes: Sequence[str] | None) -> list[ColumnElement[bool]]:
    return [table.c.show == show, *([] if episodes is None else [table.c.episode.in_(episodes)])]


def _places(table: Table) -> Iterator[list[str]]:
    """By which columns, beside the show, a table tells rows apart."""
    constraints = (each for each in table.constraints if isinstance(each, PrimaryKeyConstraint | UniqueConstraint))
    keys = (*constraints, *(index for index in table.indexes if index.unique))
    for names in ([column.name for column in key.columns] for key in keys):
        if "show" in names:
            yield [name for name in names if name != "show"]
