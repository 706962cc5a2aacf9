"""What counts as spent, and the one rule of the caps. Called inside the transaction that records an intent.

A cap holds for what would be spent with what is wanted: paid, under way (what runs have reserved is), and new, in whole
millionths of a dollar. Every request of the show in the scope counts, in all modes and takes, but for imported files.

A segment's cap is for what stands in it, not for its place: it counts the requests of the same content in the episode
(its label and words, see `resources.content.segments.content_key`). A line that moves takes its cost along, another
take adds to it, and other words begin anew, while the episode's cap still has what the old ones cost. Rows from before
a row knew its content count for the place that they were bought for.
"""

import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta, tzinfo
from itertools import compress
from typing import Any

from sqlalchemy import ColumnElement, Connection, Select, String, and_, bindparam, case, func, or_, select, true
from sqlalchemy.orm import InstrumentedAttribute

from resources.content.show import CAPS_HINT, Caps
from resources.core.errors import Charge, ContentError
from resources.core.values import Cell
from resources.models.prices.billing import TOLERANCE
from resources.models.prices.price_values import exact_usd
from resources.purchasing.ledger.tables.entry import State
from resources.purchasing.ledger.tables.rows import PurchaseRow, ReservationRow

_MICROS = 1_000_000
IN_FLIGHT = (State.INTENDED, State.SENDING, State.SUBMITTED, State.UNKNOWN)


def micros(usd: float) -> int:
    """Dollars as whole millionths: sums of them are exact."""
    return round(usd * _MICROS)


def dollars(amount: int) -> float:
    """Millionths of a dollar as dollars."""
    return amount / _MICROS


@dataclass(frozen=True)
class Over:
    """A cap that would be gone over: its name in show.yaml, whose it is, and the sums, in millionths of a dollar."""

    name: str
    place: str
    cap: int
    paid: int
    in_flight: int
    new: int

    @property
    def total(self) -> int:
        """What it would come to."""
        return self.paid + self.in_flight + self.new

    @property
    def message(self) -> str:
        """In one sentence."""
        return f"{self.place} would come to {_usd(self.total)}, over the cap of {_usd(self.cap)}"

    @property
    def sums(self) -> str:
        """What it is made of."""
        return f"paid {_usd(self.paid)}, under way {_usd(self.in_flight)}, new {_usd(self.new)}"

    @property
    def enough(self) -> float:
        """The cap that would let it through, in whole cents: also where what is under way is billed a little higher."""
        return math.ceil((self.total + TOLERANCE * self.in_flight) / (_MICROS // 100)) / 100


def _usd(amount: int) -> str:
    return exact_usd(dollars(amount))  # never rounded: $0.5102 is over $0.51, and reads so


def _amount(*known: InstrumentedAttribute[Any]) -> ColumnElement[int]:
    row = PurchaseRow
    return case(
        (and_(row.state == State.FAILED, row.charge == Charge.NONE), 0),
        (and_(row.state == State.INTENDED, row.lease_until <= bindparam("now")), 0),
        else_=func.coalesce(*known, row.estimated_micros),
    )


# What a row counts for towards caps at the moment `now`, in millionths of a dollar. Finished: what it cost, or more
# where bill and estimate differ. Failed: nothing when that is certain, else its cost or estimate. Under way: its
# estimate. An intent that nobody holds was provably never sent, and counts nothing until it is claimed again.
COUNTED = _amount(PurchaseRow.counted_micros, PurchaseRow.cost_micros)
# What it counts for in sums: what it cost, and no more.
WORTH = _amount(PurchaseRow.cost_micros)


def counted(row: PurchaseRow, now: float) -> int:
    """`COUNTED` for a row that is already read."""
    known = row.cost_micros if row.counted_micros is None else row.counted_micros
    estimated = row.estimated_micros if known is None else known
    return 0 if counts_nothing(row.state, row.charge, row.lease_until, now) else estimated


def worth(row: PurchaseRow, now: float) -> int:
    """What a row that is already read counts for in sums: as `counted`, but what it cost and no more."""
    known = row.estimated_micros if row.cost_micros is None else row.cost_micros
    return 0 if counts_nothing(row.state, row.charge, row.lease_until, now) else known


def counts_nothing(state: State, charge: Charge, lease_until: float, now: float) -> bool:
    """Whether a row counts for nothing: it failed for nothing, or it is an intent that nobody holds."""
    if state is State.FAILED:
        return charge is Charge.NONE
    return state is State.INTENDED and lease_until <= now


def _scopes() -> dict[str, ColumnElement[bool]]:
    row = PurchaseRow
    mine = row.show == bindparam("show")
    in_episode = and_(mine, row.episode == bindparam("episode"))
    content = bindparam("content", type_=String)
    here = and_(row.segment == bindparam("segment"), or_(row.content.is_(None), content.is_(None)))
    return {
        "segment_usd": and_(in_episode, or_(row.content == content, here)),
        "episode_usd": in_episode,
        "day_usd": and_(mine, row.intended_at >= bindparam("day"), row.intended_at < bindparam("day_end")),
        "month_usd": and_(mine, row.intended_at >= bindparam("month"), row.intended_at < bindparam("month_end")),
    }


def _sums_query() -> Select[Any]:
    """What counts, by which scopes it is in and whether it is under way. Built once: it runs before every request."""
    row = PurchaseRow
    scopes = _scopes()
    each = (
        select(
            *(scope.label(name) for name, scope in scopes.items()),
            and_(*(row.state != state for state in State if state not in IN_FLIGHT)).label("in_flight"),
            COUNTED.label("counted"),
        )
        .where(or_(scopes["episode_usd"], scopes["month_usd"]), row.imported.is_(False), row.id != bindparam("besides"))
        .subquery()
    )
    groups = [column for column in each.c if column.name != "counted"]
    return select(*groups, func.sum(each.c.counted)).group_by(*groups)


_SUMS = _sums_query()
_NAMES = tuple(_scopes())


def _reserved_query() -> Select[Any]:
    """One row: for each scope what is reserved. It is about to be bought, so it counts for today and this month."""
    row = ReservationRow
    in_episode = row.episode == bindparam("episode")
    content = bindparam("content", type_=String)
    here = and_(row.segment == bindparam("segment"), or_(row.content.is_(None), content.is_(None)))
    in_segment = and_(in_episode, or_(row.content == content, here))
    scopes = {"segment_usd": in_segment, "episode_usd": in_episode, "day_usd": true(), "month_usd": true()}
    sums = [func.coalesce(func.sum(case((scope, row.micros), else_=0)), 0) for scope in scopes.values()]
    return select(*sums).where(row.show == bindparam("show"), row.lease_until > bindparam("now"))


_RESERVED = _reserved_query()


def day_of(moment: float, zone: tzinfo) -> tuple[float, float]:
    """The first moment of the calendar day around `moment`, and of the next one, in seconds since 1970."""
    start = datetime.fromtimestamp(moment, zone).replace(hour=0, minute=0, second=0, microsecond=0, fold=0)
    return start.timestamp(), (start + timedelta(days=1)).timestamp()


def month_of(moment: float, zone: tzinfo) -> tuple[float, float]:
    """The first moment of the calendar month around `moment`, and of the next one, in seconds since 1970."""
    start = datetime.fromtimestamp(moment, zone).replace(day=1, hour=0, minute=0, second=0, microsecond=0, fold=0)
    later = start + timedelta(days=31)
    return start.timestamp(), later.replace(day=1).timestamp()


@dataclass(frozen=True)
class Scope:
    """Whose sums, and of which moment, in seconds since 1970; days and months are those of `zone`.

    `besides` is a row that is wanted itself and already there. Where nothing is `reserved`, none is looked for.
    """

    show: str
    now: float
    zone: tzinfo = UTC
    besides: int | None = None
    reserved: bool = True


def over(connection: Connection, wanted: Mapping[Cell, float], caps: Caps | None, scope: Scope) -> list[Over]:
    """The caps that would be gone over if all of `wanted` (US dollars by cell) were bought together.

    Segments first, then episodes, the day and the month. Raises ContentError without caps: nothing is bought then.
    What costs nothing goes over no cap.
    """
    if caps is None:
        raise ContentError(
            "nothing can be bought: show.yaml sets no caps",
            where="show.yaml",
            hint=CAPS_HINT,
        )
    new = {cell: micros(usd) for cell, usd in wanted.items() if usd > 0}
    found: dict[tuple[str, str], Over] = {}
    for cell in new:
        spent = _spent(connection, cell, caps, scope)
        for name, place, cap, in_scope in _caps_of(cell, caps):
            total = sum(amount for other, amount in new.items() if in_scope(other))
            each = Over(name, place, micros(cap), *spent[name], new=total)
            if each.total > each.cap:
                found[name, place] = each
    return sorted(found.values(), key=lambda each: _NAMES.index(each.name))


def _caps_of(cell: Cell, caps: Caps) -> Iterator[tuple[str, str, float, Any]]:
    """Each cap that a cell falls under: its name, whose it is, its dollars, and which other cells fall under it too."""
    content = cell.content or cell.segment
    yield (
        "segment_usd",
        f"segment {cell.segment} of {cell.episode}",
        caps.segment_usd,
        lambda other: (other.episode, other.content or other.segment) == (cell.episode, content),
    )
    yield "episode_usd", f"episode {cell.episode}", caps.episode_usd, lambda other: other.episode == cell.episode
    yield "day_usd", "today", caps.day_usd, lambda _: True
    if caps.month_usd is not None:
        yield "month_usd", "this month", caps.month_usd, lambda _: True


def _spent(connection: Connection, cell: Cell, caps: Caps, scope: Scope) -> dict[str, tuple[int, int]]:
    """What is paid and what is under way or reserved in each scope of a cell."""
    day, month = day_of(scope.now, scope.zone), month_of(scope.now, scope.zone)
    if caps.month_usd is None:
        month = day  # fewer rows to read
    values = {
        "now": scope.now,
        "show": scope.show,
        "episode": cell.episode,
        "segment": cell.segment,
        "content": cell.content,
        "day": day[0],
        "day_end": day[1],
        "month": month[0],
        "month_end": month[1],
        "besides": scope.besides or -1,
    }
    paid, flying = dict.fromkeys(_NAMES, 0), dict.fromkeys(_NAMES, 0)
    for *inside, in_flight, amount in connection.execute(_SUMS, values):
        sums = flying if in_flight else paid
        for name in compress(_NAMES, inside):
            sums[name] += int(amount)
    if scope.reserved:
        for name, amount in zip(_NAMES, connection.execute(_RESERVED, values).one(), strict=True):
            flying[name] += int(amount)
    return {name: (paid[name], flying[name]) for name in _NAMES}
