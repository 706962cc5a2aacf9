"""What counts as spent, and the refusal to go over a cap. Called inside the transaction that records the intent."""

from datetime import UTC, datetime, timedelta, tzinfo

from sqlalchemy import ColumnElement, and_, case, func, select
from sqlalchemy.orm import Session

from resources.errors import CapError, Charge, ContentError
from resources.ledger.entry import State
from resources.ledger.purchase import Purchase
from resources.ledger.schema import PurchaseRow
from resources.show.model import Caps

_MICROS = 1_000_000
IN_FLIGHT = (State.INTENDED, State.SENDING, State.SUBMITTED, State.UNKNOWN)


def micros(usd: float) -> int:
    """Dollars as whole millionths: sums of them are exact."""
    return round(usd * _MICROS)


def dollars(amount: int) -> float:
    """Millionths of a dollar as dollars."""
    return amount / _MICROS


def spent(now: float) -> ColumnElement[int]:
    """What a row counts for, in millionths of a dollar.

    Finished: what it cost. Failed: nothing when that is certain, else its cost or estimate. Under way: its estimate.
    An intent that nobody holds was provably never sent, and counts nothing until it is claimed again.
    """
    row = PurchaseRow
    return case(
        (and_(row.state == State.FAILED, row.charge == Charge.NONE), 0),
        (and_(row.state == State.INTENDED, row.lease_until <= now), 0),
        else_=func.coalesce(row.cost_micros, row.estimated_micros),
    )


def worth(row: PurchaseRow, now: float) -> int:
    """`spent` for a row that is already read."""
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
    now: float,
    zone: tzinfo = UTC,
    besides: int | None = None,
) -> None:
    """Raise CapError when buying `purchase` would go over a cap; `besides` is its own row, already there.

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
    row = PurchaseRow
    in_episode = row.episode == cell.episode
    scopes: tuple[tuple[str, str, float, ColumnElement[bool]], ...] = (
        (
            "segment_usd",
            f"segment {cell.segment} of {cell.episode}",
            caps.segment_usd,
            and_(in_episode, row.segment == cell.segment),
        ),
        ("episode_usd", f"episode {cell.episode}", caps.episode_usd, in_episode),
        ("day_usd", "today", caps.day_usd, and_(row.intended_at >= start, row.intended_at < end)),
    )
    price = micros(purchase.estimated_usd)
    for name, place, cap, counts in scopes:
        done, open_ = _sums(session, and_(counts, row.imported.is_(False), row.id != (besides or -1)), now)
        if done + open_ + price > micros(cap):
            total = dollars(done + open_ + price)
            raise CapError(
                f"{place} would come to ${total:.4f}, over the cap of ${cap:.2f}: nothing was sent",
                where=f"show.yaml, caps.{name}",
                why=f"paid ${dollars(done):.4f}, under way ${dollars(open_):.4f}, this {purchase.asset} request "
                f"${dollars(price):.4f} ({purchase.units:g} {purchase.unit} at ${purchase.unit_price_usd:g})",
                mend=f"`ninja ledger` shows what was spent; raise caps.{name} to at least {total:.2f} and run again "
                "(what is paid for is reused)",
            )


def _sums(session: Session, counts: ColumnElement[bool], now: float) -> tuple[int, int]:
    """Paid and under way, in millionths of a dollar."""
    open_ = case((PurchaseRow.state.in_(IN_FLIGHT), spent(now)), else_=0)
    total, flying = session.execute(select(func.sum(spent(now)), func.sum(open_)).where(counts)).one()
    return int(total or 0) - int(flying or 0), int(flying or 0)
