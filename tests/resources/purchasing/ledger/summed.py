"""What a request's events add up to: the row that they make, by which tests hold every row to its journal."""

from collections.abc import Iterable

from pydantic import JsonValue

from resources.core.errors import Charge
from resources.core.values import Value
from resources.purchasing.ledger.steps.journal import Event, Happening
from resources.purchasing.ledger.tables.entry import State, Verdict


class Summed(Value):
    """What a request's events add up to. `cost_micros` is None until it is known, in millionths of a dollar."""

    state: State
    charge: Charge
    settled: bool = False
    cost_micros: int | None = None
    request_id: str | None = None
    media_sha256: str | None = None


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
