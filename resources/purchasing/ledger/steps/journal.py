"""The journal: what happened to each paid request, in order, appended in the transaction that changes its row.

Nothing here is ever changed or deleted. A row of `purchases` is the sum of its events: a test adds them up, and holds
every row to the sum. What an event means for what may be done next is `resources.purchasing.verdict`.
"""

from collections.abc import Iterable
from datetime import UTC, datetime
from enum import StrEnum

from pydantic import JsonValue
from sqlalchemy import insert, select
from sqlalchemy.orm import Session

from resources.core.values import Value
from resources.purchasing.ledger.tables.purchase import scrubbed_json
from resources.purchasing.ledger.tables.rows import JOURNAL, JournalRow, PurchaseRow
from resources.purchasing.ledger.tables.transaction import Transaction

_WRITE = insert(JOURNAL)


class Event(StrEnum):
    """What can happen to a request."""

    CARRIED = "carried"  # the row was there before the journal was
    INTENDED = "intended"  # wanted, at a price, within the caps
    SENT = "sent"  # the one POST goes out now
    ANSWERED = "answered"  # something came back that is no acceptance; or nothing did
    LOOKED = "looked"  # the provider's history was asked for exactly what was sent
    FREED = "freed"  # the provider did not take it: it may be sent again
    ACCEPTED = "accepted"  # the provider has it, under a request id
    BILLED = "billed"  # the provider said what it costs, before its file was here
    DELIVERED = "delivered"  # its file is in the library, and what it cost is known
    FETCHED = "fetched"  # a lost or damaged file was fetched again, for nothing
    FAILED = "failed"  # it ended without a file
    SETTLED = "settled"  # a person told what became of it
    CORRECTED = "corrected"  # the provider's own bill says another cost than was known
    IMPORTED = "imported"  # a file that was paid for elsewhere


class Happening(Value):
    """An event as it is given out."""

    event: Event
    at: datetime
    data: dict[str, JsonValue]


def note(transaction: Transaction, row: PurchaseRow, event: Event, now: float, **data: JsonValue) -> None:
    """Append what happened to a row. No key of a provider gets in."""
    transaction.flush()  # a new row gets its id
    if row.receipt is not None:
        row.receipt = None  # of what was before this
    clean = scrubbed_json(data)
    transaction.connection.execute(_WRITE, {"purchase_id": row.id, "at": now, "event": event.value, "data": clean})


def happenings(session: Session, purchase_id: int) -> list[Happening]:
    """Everything that happened to a request, oldest first."""
    query = select(JournalRow).where(JournalRow.purchase_id == purchase_id).order_by(JournalRow.id)
    return [
        Happening(event=Event(row.event), at=datetime.fromtimestamp(row.at, UTC), data=row.data)
        for row in session.scalars(query)
    ]


def since_sent(events: Iterable[Happening]) -> list[Happening]:
    """What happened since the request last went out."""
    kept: list[Happening] = []
    for event in events:
        kept = [] if event.event is Event.SENT else [*kept, event]
    return kept
