"""What an asset of a segment was charged, by its own requests in the ledger: also where it failed and has no file."""

from collections.abc import Iterable
from datetime import datetime

from resources.core.errors import Charge
from resources.core.values import Cell, Value
from resources.purchasing.ledger import Entry, Ledger, State


class Charges(Value):
    """US dollars of requests: what was charged, and what beyond it may yet be, because nobody knows or it goes on.

    `before_usd` was charged, or may have been, before: for what brought nothing. `requests` are the provider's ids of
    those that brought nothing yet. `known`: the ledger told it; else nobody knows.
    """

    charged_usd: float = 0.0
    possibly_usd: float = 0.0
    before_usd: float = 0.0
    requests: tuple[str, ...] = ()
    known: bool = True

    @classmethod
    def of(cls, entries: Iterable[Entry], since: datetime) -> "Charges":
        """The charges of entries. What was known before `since` was told before; what is open is told each time."""
        known, possible, before = 0.0, 0.0, 0.0
        requests: list[str] = []
        for entry in entries:
            when = entry.billed_at or entry.ended_at
            if entry.request_id and entry.state is not State.COLLECTED:
                requests.append(entry.request_id)
            if when is None:
                possible += entry.spent_usd
            elif when >= since and (entry.billed_at or entry.charge is Charge.CHARGED):
                known += entry.spent_usd
            elif when >= since:
                possible += entry.spent_usd
            elif entry.state is State.FAILED:
                before += entry.spent_usd
        return cls(
            charged_usd=round(known, 6),
            possibly_usd=round(possible, 6),
            before_usd=round(before, 6),
            requests=tuple(requests),
        )


def charges_of(ledger: Ledger, cell: Cell, asset: str, since: datetime) -> Charges:
    """What an asset of a cell was charged since a moment, and what it may yet be charged."""
    entries = ledger.rows(episode=cell.episode, segment=cell.segment, mode=cell.mode, asset=asset)
    return Charges.of(entries, since)
