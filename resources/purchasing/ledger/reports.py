"""Sums over the ledger's lines, for `ninja costs` and the cost report. Added in whole millionths of a dollar.

A year of a studio is some ten thousand requests: what is read of each is what a sum needs, and nothing is made of it.
"""

from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from datetime import datetime, tzinfo
from typing import Any, Final

from sqlalchemy import Select, select

from resources.purchasing.ledger.steps.caps import IN_FLIGHT, counts_nothing, dollars
from resources.purchasing.ledger.tables.entry import UNSEEN, Grouping, Line, Reuse, Saving, Total, flag_of
from resources.purchasing.ledger.tables.rows import PurchaseRow, ReuseRow

_ROW: Final = PurchaseRow
_COLUMNS: Final = (
    *(_ROW.id, _ROW.provider, _ROW.endpoint, _ROW.asset, _ROW.episode, _ROW.segment, _ROW.mode, _ROW.intended_at),
    *(_ROW.state, _ROW.charge, _ROW.lease_until),
    *(_ROW.estimated_micros, _ROW.cost_micros, _ROW.counted_micros),
    # Read by the database: what else stands in them is never decoded.
    *(_ROW.billing[name].as_boolean() for name in ("by_estimate", "flagged")),
    *(_ROW.billing["why"].as_string(), _ROW.facts[UNSEEN].as_string()),
)
_REUSED: Final = (ReuseRow.asset, ReuseRow.episode, ReuseRow.segment, ReuseRow.mode, ReuseRow.first_at, ReuseRow.times)


def lines_query() -> Select[Any]:
    """The query for what `line_of` reads."""
    return select(*_COLUMNS)


def line_of(row: Sequence[Any], now: float) -> Line:
    """A line, as it is at the moment `now`."""
    entry, provider, endpoint, asset, episode, segment, mode, intended_at, *rest = row
    state, charge, lease_until, estimated, cost, counted, by_estimate, flagged, why, unseen = rest
    spent = estimated if cost is None else cost
    if counts_nothing(state, charge, lease_until, now):
        spent = counted = 0
    return Line(
        *(entry, provider, endpoint, asset, episode, segment, mode, state, intended_at),
        spent=spent,
        counted=spent if counted is None else counted,
        estimated=estimated,
        cost=cost,
        by_estimate=bool(by_estimate),
        flag=flag_of(why if flagged else None, unseen) if flagged or unseen else None,
    )


def reuses_query(show: str) -> Select[Any]:
    """The query for what `reuse_of` reads."""
    joined = select(*_COLUMNS, *_REUSED).join(PurchaseRow, PurchaseRow.id == ReuseRow.purchase_id)
    return joined.where(ReuseRow.show == show)


def reuse_of(row: Sequence[Any], now: float) -> Reuse:
    """A reuse, with what the entry has cost at the moment `now`."""
    line = line_of(row[: len(_COLUMNS)], now)
    asset, episode, segment, mode, first_at, times = row[len(_COLUMNS) :]
    given = line._replace(asset=asset, episode=episode, segment=segment, mode=mode)
    return Reuse(given._replace(intended_at=first_at), times, bought=given == line)


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
