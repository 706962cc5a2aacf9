"""Sums over the ledger's lines, for `ninja costs` and the cost report. Added in whole millionths of a dollar.

A year of a studio is some ten thousand requests: what is read of each is what a sum needs, and nothing is made of it.
"""

from collections import defaultdict
from collections.abc import Callable, Iterable
from datetime import datetime, tzinfo
from typing import Any, Final

from sqlalchemy import Row, Select, select

from resources.purchasing.ledger.caps import IN_FLIGHT, counted, dollars, worth
from resources.purchasing.ledger.entry import UNSEEN, Grouping, Line, Reuse, Saving, Total, flag_of
from resources.purchasing.ledger.schema import PurchaseRow, ReuseRow

_COLUMNS: Final = (
    *(PurchaseRow.id, PurchaseRow.provider, PurchaseRow.endpoint, PurchaseRow.asset, PurchaseRow.episode),
    *(PurchaseRow.segment, PurchaseRow.mode, PurchaseRow.state, PurchaseRow.charge, PurchaseRow.intended_at),
    *(PurchaseRow.cost_micros, PurchaseRow.counted_micros, PurchaseRow.estimated_micros, PurchaseRow.lease_until),
    *(PurchaseRow.billing, PurchaseRow.facts[UNSEEN].as_string().label("unseen")),
)
_REUSED: Final = (
    *(ReuseRow.asset, ReuseRow.episode, ReuseRow.segment, ReuseRow.mode, ReuseRow.times, ReuseRow.first_at),
)


def lines_query() -> Select[Any]:
    """The query for what `line_of` reads."""
    return select(*_COLUMNS)


def line_of(row: Row[Any], now: float) -> Line:
    """A line, as it is at the moment `now`."""
    bill = row.billing or {}
    return Line(
        id=row.id,
        provider=row.provider,
        endpoint=row.endpoint,
        asset=row.asset,
        episode=row.episode,
        segment=row.segment,
        mode=row.mode,
        state=row.state,
        intended_at=row.intended_at,
        spent=worth(row, now),
        counted=counted(row, now),
        estimated=row.estimated_micros,
        cost=row.cost_micros,
        by_estimate=bool(bill.get("by_estimate")),
        flag=flag_of(bill.get("why") if bill.get("flagged") else None, row.unseen),
    )


def reuses_query(show: str) -> Select[Any]:
    """The query for what `reuse_of` reads."""
    reused = (column.label(f"reused_{column.key}") for column in _REUSED)
    joined = select(*_COLUMNS, *reused).join(PurchaseRow, PurchaseRow.id == ReuseRow.purchase_id)
    return joined.where(ReuseRow.show == show)


def reuse_of(row: Row[Any], now: float) -> Reuse:
    """A reuse, with what the entry has cost at the moment `now`."""
    line = line_of(row, now)
    cell = {name: getattr(row, f"reused_{name}") for name in ("asset", "episode", "segment", "mode")}
    bought = all(getattr(line, name) == value for name, value in cell.items())
    return Reuse(line._replace(**cell, intended_at=row.reused_first_at), row.reused_times, bought)


def totals_of(lines: Iterable[Line], by: Grouping, zone: tzinfo) -> list[Total]:
    """The lines' sums by group, in order of their names."""
    groups: dict[str, list[Line]] = defaultdict(list)
    named = _namer(by, zone)
    for line in lines:
        groups[named(line)].append(line)
    return [
        Total(
            name=name,
            requests=len(group),
            spent_usd=dollars(sum(line.spent for line in group)),
            in_flight_usd=dollars(sum(line.spent for line in group if line.state in IN_FLIGHT)),
            estimated_usd=dollars(sum(line.estimated for line in group)),
        )
        for name, group in sorted(groups.items())
    ]


def savings_of(reuses: Iterable[Reuse], by: Grouping, zone: tzinfo) -> list[Saving]:
    """What reuse saved, by group of the reusing cell and the moment of its first reuse."""
    groups: dict[str, list[Reuse]] = defaultdict(list)
    named = _namer(by, zone)
    for reuse in reuses:
        groups[named(reuse.line)].append(reuse)
    return [
        Saving(
            name=name,
            reuses=sum(reuse.times for reuse in group),
            saved_usd=dollars(sum(reuse.line.spent * _first_uses(reuse) for reuse in group)),
            rerun_usd=dollars(sum(reuse.line.spent * (reuse.times - _first_uses(reuse)) for reuse in group)),
        )
        for name, group in sorted(groups.items())
    ]


def _first_uses(reuse: Reuse) -> int:
    """1 for a cell that never paid for this, 0 for the one that did."""
    return 0 if reuse.bought else 1


def _namer(by: Grouping, zone: tzinfo) -> Callable[[Line], str]:
    """What says in which group a line is."""

    def moment(form: str) -> Callable[[Line], str]:
        return lambda line: f"{datetime.fromtimestamp(line.intended_at, zone):{form}}"

    names: dict[Grouping, Callable[[Line], str]] = {
        Grouping.EPISODE: lambda line: line.episode,
        Grouping.SEGMENT: lambda line: f"{line.episode}/{line.segment}",
        Grouping.ASSET: lambda line: line.asset,
        Grouping.PROVIDER: lambda line: line.provider,
        Grouping.ENDPOINT: lambda line: line.endpoint,
        Grouping.MODE: lambda line: line.mode.value,
        Grouping.DAY: moment("%Y-%m-%d"),
        Grouping.MONTH: moment("%Y-%m"),
    }
    return names[by]
