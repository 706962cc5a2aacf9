"""Sums over the ledger's entries, for `ninja costs` and the cost report. Added in whole millionths of a dollar."""

from collections import defaultdict
from collections.abc import Iterable
from datetime import datetime, tzinfo

from resources.core.values import Cell
from resources.purchasing.ledger.caps import IN_FLIGHT, dollars, micros
from resources.purchasing.ledger.entry import Entry, Grouping, Saving, Total
from resources.purchasing.ledger.schema import ReuseRow


def totals_of(entries: Iterable[Entry], by: Grouping, zone: tzinfo) -> list[Total]:
    """The entries' sums by group, in order of their names."""
    groups: dict[str, list[Entry]] = defaultdict(list)
    for entry in entries:
        groups[_name(entry, by, entry.cell, entry.asset, entry.intended_at.astimezone(zone))].append(entry)
    return [
        Total(
            name=name,
            requests=len(group),
            spent_usd=_sum(entry.spent_usd for entry in group),
            in_flight_usd=_sum(entry.spent_usd for entry in group if entry.state in IN_FLIGHT),
            estimated_usd=_sum(entry.estimated_usd for entry in group),
        )
        for name, group in sorted(groups.items())
    ]


def savings_of(reuses: Iterable[tuple[ReuseRow, Entry]], by: Grouping, zone: tzinfo) -> list[Saving]:
    """What reuse saved, by group of the reusing cell and the moment of its first reuse."""
    groups: dict[str, list[tuple[ReuseRow, Entry]]] = defaultdict(list)
    for reuse, entry in reuses:
        cell = Cell(episode=reuse.episode, segment=reuse.segment, mode=reuse.mode)
        name = _name(entry, by, cell, reuse.asset, datetime.fromtimestamp(reuse.first_at, zone))
        groups[name].append((reuse, entry))
    return [
        Saving(
            name=name,
            reuses=sum(reuse.times for reuse, _ in group),
            saved_usd=_sum(entry.spent_usd * _first_uses(reuse, entry) for reuse, entry in group),
            rerun_usd=_sum(entry.spent_usd * (reuse.times - _first_uses(reuse, entry)) for reuse, entry in group),
        )
        for name, group in sorted(groups.items())
    ]


def _first_uses(reuse: ReuseRow, entry: Entry) -> int:
    """1 for a cell that never paid for this, 0 for the one that did."""
    bought = (entry.asset, entry.cell.episode, entry.cell.segment, entry.cell.mode)
    return int((reuse.asset, reuse.episode, reuse.segment, reuse.mode) != bought)


def _name(entry: Entry, by: Grouping, cell: Cell, asset: str, moment: datetime) -> str:
    names = {
        Grouping.EPISODE: cell.episode,
        Grouping.SEGMENT: f"{cell.episode}/{cell.segment}",
        Grouping.ASSET: asset,
        Grouping.PROVIDER: entry.provider,
        Grouping.ENDPOINT: entry.endpoint,
        Grouping.MODE: cell.mode.value,
        Grouping.DAY: f"{moment:%Y-%m-%d}",
        Grouping.MONTH: f"{moment:%Y-%m}",
    }
    return names[by]


def _sum(amounts: Iterable[float]) -> float:
    return dollars(sum(micros(amount) for amount in amounts))
