"""Money that a run has set aside for what it is about to buy, so that nobody else spends it and no half is bought.

All of a run's clips are reserved in one transaction or none. A reservation becomes the row of its purchase, in the
transaction that claims it, so that it is never counted twice; what is not used is freed when its run ends, and with its
lease where the run has no end. Whoever buys the same thing first takes the reservation along: it is bought once.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import NamedTuple, Self

from sqlalchemy import ColumnElement, Connection, Update, and_, delete, func, insert, or_, select, update

from resources.core.values import Cell
from resources.purchasing.ledger.steps.caps import micros
from resources.purchasing.ledger.steps.owners import Owner
from resources.purchasing.ledger.tables.purchase import Purchase
from resources.purchasing.ledger.tables.rows import RESERVATIONS, ReservationRow

_OWNERS = select(ReservationRow.lease_owner, func.min(ReservationRow.lease_until)).group_by(ReservationRow.lease_owner)


@dataclass(frozen=True)
class Wanted:
    """Something that a run is about to buy for a cell, and its price in US dollars.

    `purchase` is None for what is made from something that is not there yet: its price is an estimate.
    """

    cell: Cell
    asset: str
    usd: float
    purchase: Purchase | None = None

    @classmethod
    def of(cls, purchase: Purchase) -> Self:
        """A purchase, at its estimate."""
        return cls(purchase.cell, purchase.asset, purchase.estimate.usd, purchase)


def reserve(
    connection: Connection, wanted: Sequence[Wanted], *, show: str, token: str, owner: str, until: float
) -> None:
    """Set aside each of these."""
    rows = [
        {
            "show": show,
            "episode": each.cell.episode,
            "segment": each.cell.segment,
            "mode": each.cell.mode,
            "content": each.cell.content,
            "asset": each.asset,
            "key": each.purchase.key if each.purchase else None,
            "micros": micros(each.usd),
            "lease_token": token,
            "lease_owner": owner,
            "lease_until": until,
        }
        for each in wanted
    ]
    connection.execute(insert(RESERVATIONS), rows)


class Reserved(NamedTuple):
    """What is set aside for something: its row, how much in millionths of a dollar, and under which content's cap."""

    id: int
    micros: int
    content: str | None


def found(connection: Connection, wanted: Wanted, *, show: str, now: float) -> Reserved | None:
    """What is set aside for it, by this run or by another that is about to buy the same."""
    row = ReservationRow
    query = select(row.id, row.micros, row.content).where(row.show == show, row.lease_until > now, _same_as(wanted))
    first = connection.execute(query.order_by(row.key.is_(None)).with_for_update()).first()
    return None if first is None else Reserved(*first)


def taken(connection: Connection, purchase: Purchase, *, show: str, now: float) -> Reserved | None:
    """What is set aside for a purchase, which becomes its row: the reservation is gone with it."""
    row = found(connection, Wanted.of(purchase), show=show, now=now)
    if row is not None:
        connection.execute(delete(ReservationRow).where(ReservationRow.id == row.id))
    return row


def free(connection: Connection, tokens: Collection[str]) -> None:
    """Give back what runs have not used."""
    connection.execute(delete(ReservationRow).where(ReservationRow.lease_token.in_(tokens)))


def sweep(connection: Connection, owners: Owner, now: float, until: float) -> bool:
    """Give back what those left who are gone: seen to be dead, or past their lease and not seen at work.

    Who is at work keeps it, until `until` at the least. Returns whether anything is reserved still.
    """
    row = ReservationRow
    oldest = {owner: ends for owner, ends in connection.execute(_OWNERS)}  # noqa: C416  (rows are no pairs to a type checker)
    dead = [owner for owner in oldest if owners.alive(owner) is False]
    late = [owner for owner, ends in oldest.items() if ends <= now]
    at_work = [owner for owner in late if owners.works(owner)]
    if at_work:  # by another clock than this one's
        kept = update(row).where(row.lease_owner.in_(at_work), row.lease_until <= now)
        connection.execute(kept.values(lease_until=until))
    if dead or len(late) > len(at_work):
        connection.execute(delete(row).where(or_(row.lease_until <= now, row.lease_owner.in_(dead))))
    return len(oldest) > len(dead)


def renewed(tokens: Collection[str], now: float, until: float) -> Update:
    """The statement that keeps reservations alive. What ran out is not brought back: its room may be another's."""
    row = ReservationRow
    return update(row).where(row.lease_token.in_(tokens), row.lease_until > now).values(lease_until=until)


def _same_as(wanted: Wanted) -> ColumnElement[bool]:
    """By the key, or, where it was not known, by the cell and asset."""
    row, cell = ReservationRow, wanted.cell
    here = (row.episode == cell.episode, row.segment == cell.segment, row.mode == cell.mode, row.asset == wanted.asset)
    by_place = and_(row.key.is_(None), *here)
    return by_place if wanted.purchase is None else or_(row.key == wanted.purchase.key, by_place)
