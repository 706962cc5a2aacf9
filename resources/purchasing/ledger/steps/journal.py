"""The journal: what happened to each paid request, in order, appended in the transaction that changes its row.

Nothing here is ever changed or deleted. A row of `purchases` is the sum of its events, and `summed` is that sum: a test
holds every row to it. What an event means for what may be done next is `resources.purchasing.verdict`.
"""

from collections.abc import Iterable
from datetime import UTC, datetime
from enum import StrEnum

from pydantic import JsonValue
from sqlalchemy import insert, select
from sqlalchemy.orm import Session

from resources.core.errors import Charge
from resources.core.values import Value
from resources.purchasing.ledger.tables.entry import State, Verdict
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


class Summed(Value):
    """What a request's events add up to. `cost_micros` is None until it is known, in millionths of a dollar."""

    state: State
    charge: Charge
    settled: bool = False
    cost_micros: int | None = None
    request_id: str | None = None
    media_sha256: str | None = None


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


def summed(events: Iterable[Happening]) -> Summed:
    """The row that these events make. There must be one."""
    total: Summed | None = None
    for event in events:
        total = _after(total, event)
    if total is None:
        raise ValueError("a request without an event")
    return total


def _after(before: Summed | None, event: Happening) -> Summed:  # noqa: PLR0911, PLR0912  (one line for each event)
    data = event.data
    if event.event is Event.CARRIED:
        return Summed.model_validate({name: data.get(name) for name in Summed.model_fields})
    if event.event is Event.INTENDED:
        return Summed(state=State.INTENDED, charge=Charge.NONE)
    if before is None:
        before = Summed(state=State.INTENDED, charge=Charge.NONE)
    match event.event:
        case Event.SENT:
            return _with(before, state=State.SENDING, charge=Charge.POSSIBLE)
        case Event.ANSWERED:
            return _with(before, state=State.UNKNOWN, charge=Charge.POSSIBLE)
        case Event.FREED:
            return _with(before, state=State.INTENDED, charge=Charge.NONE)
        case Event.ACCEPTED:
            return _accepted(before, data["request_id"])
        case Event.BILLED:
            return _with(before, cost_micros=data["cost_micros"])
        case Event.CORRECTED:
            return _with(before, cost_micros=data["cost_micros"], charge=data["charge"])
        case Event.DELIVERED | Event.IMPORTED:
            known = {name: data[name] for name in ("cost_micros", "media_sha256")}
            request_id = data.get("request_id") or before.request_id
            return _with(before, state=State.COLLECTED, charge=Charge.CHARGED, request_id=request_id, **known)
        case Event.FETCHED:
            return _with(before, media_sha256=data["media_sha256"])
        case Event.FAILED:
            return _with(
                before,
                state=State.FAILED,
                charge=data["charge"],
                **{name: data[name] for name in ("cost_micros", "request_id", "media_sha256") if name in data},
            )
        case Event.SETTLED:
            return _settled(before, data)
        case _:
            return before


def _accepted(before: Summed, request_id: JsonValue) -> Summed:
    """What another request cost is no cost of this one."""
    other = before.request_id not in (None, request_id)
    cost = None if other else before.cost_micros
    return _with(before, state=State.SUBMITTED, charge=Charge.POSSIBLE, request_id=request_id, cost_micros=cost)


def _settled(before: Summed, data: dict[str, JsonValue]) -> Summed:
    verdict = Verdict(str(data["verdict"]))
    if verdict is Verdict.FOUND:
        return _with(_accepted(before, data["request_id"]), settled=False)
    charge = Charge.NONE if verdict is Verdict.NOT_CHARGED else Charge.CHARGED
    return _with(before, state=State.FAILED, charge=charge, settled=verdict is Verdict.BUY_AGAIN)


def _with(before: Summed, **changed: object) -> Summed:
    return Summed.model_validate({**before.model_dump(), **changed})
