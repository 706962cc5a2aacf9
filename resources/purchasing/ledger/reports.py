"""Sums of the ledger, for `ninja costs` and the cost report: added by the database, in whole millionths of a dollar.

A year of a studio is some ten thousand requests: none of them becomes an object here, but those that are flagged.
"""

from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from datetime import datetime, tzinfo
from typing import Any, Final, TypeAlias

from sqlalchemy import ColumnElement, Select, and_, func, or_, select, text
from sqlalchemy.orm import InstrumentedAttribute

from resources.core.errors import Charge
from resources.purchasing.ledger.steps.caps import IN_FLIGHT, WORTH, counts_nothing, dollars
from resources.purchasing.ledger.tables.entry import NOBODYS, UNSEEN, Flagged, Grouping, Saving, State, Total, flag_of
from resources.purchasing.ledger.tables.rows import PurchaseRow, ReuseRow

_ROW: Final = PurchaseRow
_NOT_KNOWN: Final = (State.UNKNOWN, State.SENDING)
# What stands in a row's JSON is read by the database, and never decoded where it does not count.
_BY_ESTIMATE: Final = func.coalesce(_ROW.billing["by_estimate"].as_boolean(), False)
_FLAGGED: Final = func.coalesce(_ROW.billing["flagged"].as_boolean(), False)
_UNSEEN: Final = _ROW.facts[UNSEEN].as_string()
UNPRICED_ROW: Final = and_(  # `Entry.unpriced`, for the database
    _ROW.episode == NOBODYS,
    _ROW.estimated_micros == 0,
    _ROW.cost_micros.is_(None),
    or_(_ROW.state != State.FAILED, _ROW.charge != Charge.NONE),
)

_Column: TypeAlias = InstrumentedAttribute[Any] | ColumnElement[Any]


def _columns(by: Grouping, cell: type[PurchaseRow | ReuseRow], moment: _Column) -> tuple[_Column, ...]:
    """What a group's name is made of. `cell` has the cell that counts; days and months are made of its moment."""
    columns: dict[Grouping, tuple[_Column, ...]] = {
        Grouping.EPISODE: (cell.episode,),
        Grouping.SEGMENT: (cell.episode, cell.segment),
        Grouping.ASSET: (cell.asset,),
        Grouping.PROVIDER: (_ROW.provider,),
        Grouping.ENDPOINT: (_ROW.endpoint,),
        Grouping.MODE: (cell.mode,),
        Grouping.DAY: (moment,),
        Grouping.MONTH: (moment,),
    }
    return columns[by]


def _namer(by: Grouping, zone: tzinfo) -> Callable[..., str]:
    """The name of a group, from what `_columns` reads."""
    forms = {Grouping.DAY: "%Y-%m-%d", Grouping.MONTH: "%Y-%m"}
    if form := forms.get(by):
        return lambda moment: f"{datetime.fromtimestamp(moment, zone):{form}}"
    return lambda *parts: "/".join(parts)


def totals_query(by: Grouping) -> Select[Any]:
    """The query for what `totals_of` reads. It takes the moment `now`."""
    groups = (*_columns(by, _ROW, _ROW.intended_at), _ROW.state, _BY_ESTIMATE)
    return _grouped(groups, func.count(), func.sum(WORTH), func.sum(_ROW.estimated_micros))


def _grouped(groups: Sequence[_Column], *sums: ColumnElement[Any]) -> Select[Any]:
    # By their places: an expression that is repeated has other parameters, and is another one to some databases.
    return select(*groups, *sums).group_by(*(text(str(number)) for number in range(1, len(groups) + 1)))


def totals_of(rows: Iterable[Sequence[Any]], by: Grouping, zone: tzinfo) -> list[Total]:
    """The sums by group, in order of their names."""
    named, groups = _namer(by, zone), defaultdict[str, list[tuple[State, bool, int, int, int]]](list)
    for *parts, state, by_estimate, requests, spent, estimated in rows:
        groups[named(*parts)].append((state, bool(by_estimate), requests, int(spent), int(estimated)))
    return [
        Total(
            name=name,
            requests=sum(requests for _, _, requests, _, _ in group),
            spent_usd=dollars(sum(spent for _, _, _, spent, _ in group)),
            in_flight_usd=dollars(sum(spent for state, _, _, spent, _ in group if state in IN_FLIGHT)),
            estimated_usd=dollars(sum(estimated for *_, estimated in group)),
            unknown=sum(requests for state, _, requests, _, _ in group if state in _NOT_KNOWN),
            unknown_usd=dollars(sum(spent for state, _, _, spent, _ in group if state in _NOT_KNOWN)),
            by_estimate=sum(requests for _, by_estimate, requests, _, _ in group if by_estimate),
            by_estimate_usd=dollars(sum(spent for _, by_estimate, _, spent, _ in group if by_estimate)),
        )
        for name, group in sorted(groups.items())
    ]


def savings_query(by: Grouping, show: str) -> Select[Any]:
    """The query for what `savings_of` reads, of the cells that were given an entry. It takes the moment `now`."""
    reuse = ReuseRow
    bought = and_(*(getattr(reuse, name) == getattr(_ROW, name) for name in ("asset", "episode", "segment", "mode")))
    groups = (*_columns(by, reuse, reuse.first_at), bought.label("bought"))
    sums = (func.count(), func.sum(reuse.times), func.sum(WORTH), func.sum(WORTH * reuse.times))
    return _grouped(groups, *sums).join(_ROW, _ROW.id == reuse.purchase_id).where(reuse.show == show)


def savings_of(rows: Iterable[Sequence[Any]], by: Grouping, zone: tzinfo) -> list[Saving]:
    """What reuse saved, by group of the reusing cell and the moment of its first reuse."""
    named, groups = _namer(by, zone), defaultdict[str, list[tuple[int, int, int]]](list)
    for *parts, bought, _, times, once, each in rows:
        # A cell that never paid for this saves its price once; the one that did, never.
        first = 0 if bought else int(once)
        groups[named(*parts)].append((int(times), first, int(each) - first))
    return [
        Saving(
            name=name,
            reuses=sum(times for times, _, _ in group),
            saved_usd=dollars(sum(first for _, first, _ in group)),
            rerun_usd=dollars(sum(again for _, _, again in group)),
        )
        for name, group in sorted(groups.items())
    ]


def days_query() -> Select[Any]:
    """The query for what `days_of` reads. It takes the moment `now`."""
    return _grouped((_ROW.intended_at, _ROW.episode), func.sum(WORTH))


def days_of(rows: Iterable[Sequence[Any]], zone: tzinfo) -> dict[str, dict[str, float]]:
    """Dollars of each day on which something was spent, by episode."""
    named = _namer(Grouping.DAY, zone)
    days: dict[str, dict[str, int]] = defaultdict(lambda: defaultdict(int))
    for moment, episode, spent in rows:
        if spent:
            days[named(moment)][episode] += int(spent)
    return {day: {name: dollars(spent) for name, spent in days[day].items()} for day in sorted(days)}


def flagged_query() -> Select[Any]:
    """The query for what `flagged_of` reads."""
    what: tuple[_Column, ...] = (
        _ROW.id,
        _ROW.episode,
        _ROW.segment,
        _ROW.asset,
        _ROW.state,
        _ROW.charge,
        _ROW.lease_until,
    )
    money = (_ROW.estimated_micros, _ROW.cost_micros, _ROW.counted_micros)
    why = (_FLAGGED, _ROW.billing["why"].as_string(), _UNSEEN, UNPRICED_ROW.label("unpriced"))
    flagged = or_(_FLAGGED, func.coalesce(_UNSEEN, "") != "", UNPRICED_ROW)
    return select(*what, *money, *why).where(flagged).order_by(_ROW.id)


def flagged_of(rows: Iterable[Sequence[Any]], now: float) -> list[Flagged]:
    """Requests of whose price a person should know something, as they are at the moment `now`, oldest first."""
    found = []
    for entry, episode, segment, asset, state, charge, lease_until, *money, flagged, why, unseen, unpriced in rows:
        estimated, cost, counted = money
        known = cost if counted is None else counted
        counts = 0 if counts_nothing(state, charge, lease_until, now) else estimated if known is None else known
        found.append(
            Flagged(
                id=entry,
                episode=episode,
                segment=segment,
                asset=asset,
                estimated_usd=dollars(estimated),
                cost_usd=None if cost is None else dollars(cost),
                counted_usd=dollars(counts),
                why=flag_of(why if flagged else None, unseen, unpriced=bool(unpriced)) or "",
                unpriced=bool(unpriced),
            )
        )
    return found
