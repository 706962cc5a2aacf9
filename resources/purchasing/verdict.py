"""What may be believed about a paid request: the one place that says when it may be sent again.

A request that was sent becomes free only by two witnesses: what it answered says that it failed, and the provider's own
history, asked for exactly what was sent, does not show it; or its status and its result both say that it failed. One
witness alone leaves it where it is. fal's history shows what has ended, ElevenLabs' what was made: what still runs is
in neither, so an answer that is no plain refusal is waited out until the request must have ended, and only then do two
empty looks count. What risk remains is told in docs/money.md.

Pure: nothing is asked, sent or stored here. Who asks is `worker`; what is remembered, the ledger's journal.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Final

from resources.core.errors import Charge
from resources.failures import Failure, Kind, Step
from resources.purchasing.ledger.steps.journal import Event, Happening, since_sent

LEAST_PAUSE_SECONDS: Final = 10.0  # between an answer and the next POST, and between two looks that count

# Refusals of an account, made before anything is queued: a request that is told one is not rendered in the background.
_ACCOUNT: Final = frozenset({Kind.NO_KEY, Kind.KEY_REFUSED, Kind.NO_CREDIT, Kind.PLAN, Kind.LOCKED, Kind.FORBIDDEN})
_TRY_AGAIN: Final = frozenset({429, 503})  # statuses of fal's submit after which the same run may send again


class Answered(StrEnum):
    """What an answer to a POST that buys says about it. Every one is a single witness, but for the first."""

    NOT_SENT = "not_sent"  # it never left this machine
    REFUSED = "refused"  # it has ended, refused: two empty looks free it, and it is not sent again by this run
    BUSY = "busy"  # it has ended, for now: after a pause and two empty looks this run may send it again
    NOT_KNOWN = "not_known"  # it may be under way: it is waited out, and looked for


@dataclass(frozen=True)
class Window:
    """How long what was sent may still turn up, in seconds from when it was sent. After it, it must have ended.

    Looks into a history count when they lie at least `apart` seconds from each other.
    """

    seconds: float
    apart: float = LEAST_PAUSE_SECONDS

    def ends(self, sent_at: datetime) -> datetime:
        """When a request that was sent then must have ended."""
        return sent_at + timedelta(seconds=self.seconds)


def of_answer(failure: Failure, step: Step, status: int | None) -> Answered:
    """What the failure of a POST says. `step`: SUBMIT renders in a queue, SPEAK answers when it has ended.

    An answer of a service that renders while one waits (SPEAK) says that the request has ended, whatever its status;
    the answer of a queue (SUBMIT) says so only where the account was refused at its door.
    """
    if failure.kind in (Kind.NOT_SENT, Kind.NO_KEY):
        return Answered.NOT_SENT
    if status is None or failure.kind is Kind.ODD_ANSWER:
        return Answered.NOT_KNOWN
    if step is Step.SPEAK:
        return Answered.BUSY if failure.retryable or status >= 500 else Answered.REFUSED
    if status in _TRY_AGAIN:
        return Answered.BUSY
    return Answered.REFUSED if failure.kind in _ACCOUNT else Answered.NOT_KNOWN


def is_free(events: Iterable[Happening], sent_at: datetime, window: Window) -> bool:
    """Whether two witnesses let a request be sent again: what it answered, and looks that found nothing.

    Looks count from when the request had ended: after its refusal, past the window where that is not known. The
    last of them comes no earlier than the provider asked to be left alone. `sent_at` is for a row whose journal began
    after it was sent.
    """
    events = list(events)
    sent = next((event for event in reversed(events) if event.event is Event.SENT), None)
    sent = sent or Happening(event=Event.SENT, at=sent_at, data={})
    since = since_sent(events)
    answered, after = _answered(since)
    looks = [event for event in after if event.event is Event.LOOKED and _is_empty(event)]
    ended = 0.0 if answered in (Answered.REFUSED, Answered.BUSY) else window.seconds
    empty = [look for look in looks if _passed(sent, look) >= ended]
    return len(empty) > 1 and _passed(empty[0], empty[-1]) >= window.apart and _left_alone(since, empty[-1])


def shown(events: Iterable[Happening]) -> list[str]:
    """The requests that looks have found since it last went out, the newest first: a history forgets, a journal not."""
    found = [event.data.get("found") for event in since_sent(events) if event.event is Event.LOOKED]
    return list(dict.fromkeys(str(one) for one in reversed(found) if one))


def retry_seconds(failure: Failure, window: Window) -> float:
    """How long to wait before the same is sent again: what the provider says, and never less than looks need."""
    return max(window.apart, failure.retry_after or 0.0)


def charge_of_end(failure: Failure, billed_units: float | None) -> Charge:
    """What a request that failed, by both witnesses, has cost: by the model's own header, else by its kind.

    fal bills no 5xx (docs/sources), and a header of 0 units says so of anything; units above 0 are a charge whatever
    the status. Units below 0 say nothing.
    """
    if billed_units is not None and billed_units >= 0:
        return Charge.CHARGED if billed_units > 0 else Charge.NONE
    return failure.charge


def _answered(since: Sequence[Happening]) -> tuple[Answered, Sequence[Happening]]:
    """What the last answer said, and what came after it: a look before a refusal is no witness of it.

    A process that died heard nothing.
    """
    for number in reversed(range(len(since))):
        answered = since[number].data.get("answered") if since[number].event is Event.ANSWERED else None
        if answered:
            return Answered(str(answered)), since[number + 1 :]
    return Answered.NOT_KNOWN, since


def _left_alone(since: Iterable[Happening], look: Happening) -> bool:
    """Whether the look came after the time that the provider, with its last answer, asked to be left alone for."""
    asked = [event for event in since if event.event is Event.ANSWERED and "retry_after" in event.data]
    asked = [event for event in asked if isinstance(event.data["retry_after"], (int, float))]
    return not asked or _passed(asked[-1], look) >= float(str(asked[-1].data["retry_after"]))


def _passed(earlier: Happening, later: Happening) -> float:
    """The seconds between two events. Never more than the machine counted, where it noted both since one start."""
    by_clock = (later.at - earlier.at).total_seconds()
    boot, began, ended = earlier.data.get("boot"), earlier.data.get("ticks"), later.data.get("ticks")
    if boot is None or boot != later.data.get("boot"):
        return by_clock
    if not isinstance(began, (int, float)) or not isinstance(ended, (int, float)):
        return by_clock
    return min(by_clock, ended - began)


def _is_empty(event: Happening) -> bool:
    return event.data.get("found") is None and event.data.get("trouble") is None
