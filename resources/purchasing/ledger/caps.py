"""What counts as spent, and the refusal to go over a cap. Called inside the transaction that records the intent."""

import math
from datetime import UTC, datetime, timedelta, tzinfo
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, bindparam, case, func, not_, or_, select
from sqlalchemy.orm import Session

from resources.content.show import Caps
from resources.core.errors import CapError, Charge, ContentError
from resources.purchasing.ledger.entry import State
from resources.purchasing.ledger.purchase import Purchase
from resources.purchasing.ledger.schema import PurchaseRow

_MICROS = 1_000_000
IN_FLIGHT = (State.INTENDED, State.SENDING, State.SUBMITTED, State.UNKNOWN)


def micros(usd: float) -> int:
    """Dollars as whole millionths: sums of them are exact."""
    return round(usd * _MICROS)


def dollars(amount: int) -> float:
    """Millionths of a dollar as dollars."""
    return amount / _MICROS


def _spent() -> ColumnElement[int]:
    row = PurchaseRow
    return case(
        (and_(row.state == State.FAILED, row.charge == Charge.NONE), 0),
        (and_(row.state == State.INTENDED, row.lease_until <= bindparam("now")), 0),
        else_=func.coalesce(row.cost_micros, row.estimated_micros),
    )


# What a row counts for at the moment `now`, in millionths of a dollar. Finished: what it cost. Failed: nothing when
# that is certain, else its cost or estimate. Under way: its estimate. An intent that nobody holds was provably never
# sent, and counts nothing until it is claimed again.
SPENT = _spent()


def _scopes() -> dict[str, ColumnElement[bool]]:
    row = PurchaseRow
    mine = row.show == bindparam("show")
    in_episode = and_(mine, row.episode == bindparam("episode"))
    return {
        "segment_usd": and_(in_episode, row.segment == bindparam("segment")),
        "episode_usd": in_episode,
        "day_usd": and_(mine, row.intended_at >= bindparam("start"), row.intended_at < bindparam("end")),
    }


def _sums_query() -> Select[Any]:
    """One row: for each scope what is paid and what is under way. Built once: it runs before every request."""
    row = PurchaseRow
    flying = row.state.in_(IN_FLIGHT)
    sums = [
        func.coalesce(func.sum(case((and_(scope, is_open), SPENT), else_=0)), 0)
        for scope in _scopes().values()
        for is_open in (not_(flying), flying)
    ]
    scopes = _scopes()
    return select(*sums).where(
        or_(scopes["episode_usd"], scopes["day_usd"]), row.imported.is_(False), row.id != bindparam("besides")
    )


_SUMS = _sums_query()


def worth(row: PurchaseRow, now: float) -> int:
    """`SPENT` for a row that is already read."""
    if row.state is State.FAILED and row.charge is Charge.NONE:
        return 0
    if row.state is State.INTENDED and row.lease_until <= now:
        return 0
    return row.estimated_micros if row.cost_micros is None else row.cost_micros


def day_of(moment: float, zone: tzinfo) -> tuple[float, float]:
    """The first moment of the calendar day around `moment`, and of the next one, in seconds since 1970."""
    start = datetime.fromtimestamp(moment, zone).replace(hour=0, minute=0, second=0, microsecond=0)
    return start.timestamp(), (start + timedelta(days=1)).timestamp()


def check(
    session: Session,
    purchase: Purchase,
    caps: Caps | None,
    *,
    show: str,
    now: float,
    zone: tzinfo = UTC,
    besides: int | None = None,
) -> None:
    """Raise CapError when buying `purchase` would go over a cap of its show; `besides` is its own row, already there.

    Every request of the segment, of the episode (all modes and takes) and of the day counts, but for imported clips.
    """
    if caps is None:
        raise ContentError(
            f"nothing can be bought in {purchase.cell.mode.value} mode: show.yaml sets no caps",
            where="show.yaml",
            mend="add these lines, with what you are ready to spend:\n"
            "caps:\n  segment_usd: 3.00\n  episode_usd: 15.00\n  day_usd: 30.00",
        )
    cell = purchase.cell
    start, end = day_of(now, zone)
    values = {
        "now": now,
        "show": show,
        "episode": cell.episode,
        "segment": cell.segment,
        "start": start,
        "end": end,
        "besides": besides or -1,
    }
    amounts = [int(amount) for amount in session.execute(_SUMS, values).one()]
    scopes = (
        ("segment_usd", f"segment {cell.segment} of {cell.episode}", caps.segment_usd),
        ("episode_usd", f"episode {cell.episode}", caps.episode_usd),
        ("day_usd", "today", caps.day_usd),
    )
    price = micros(purchase.estimated_usd)
    for (name, place, cap), paid, flying in zip(scopes, amounts[::2], amounts[1::2], strict=True):
        if paid + flying + price > micros(cap):
            total = dollars(paid + flying + price)
            raise CapError(
                f"{place} would come to ${total:.4f}, over the cap of ${cap:.2f}: nothing was sent",
                where=f"show.yaml, caps.{name}",
                why=f"paid ${dollars(paid):.4f}, under way ${dollars(flying):.4f}, this {purchase.asset} request "
                f"${dollars(price):.4f} ({purchase.units:g} {purchase.unit} at ${purchase.unit_price_usd:g})",
                mend=f"`ninja ledger` shows what was spent; raise caps.{name} to at least "
                f"{math.ceil(total * 100) / 100:.2f} and run again (what is paid for is reused)",
            )
