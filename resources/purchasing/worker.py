"""A studio's way to what it may do about a purchase: claim it, wait while another worker has it, be told to stop.

The same for every provider, so it is here once. What is sent and fetched is the studios' matter; nothing is sent here.
"""

import threading
import time
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Final

from resources import failures
from resources.core.errors import Charge, StudioError
from resources.core.library import Library
from resources.failures import Kind, Provider, Step
from resources.purchasing.ledger import Claim, ClaimKind, Ledger, Purchase

_FIRST_SECONDS: Final = 2.0  # between the first two looks into a history
_MOST_SECONDS: Final = 30.0  # between any two
# Where a person sees what a provider took and billed.
_PAGES: Final = {
    Provider.FAL: "https://fal.ai/dashboard/requests",
    Provider.ELEVENLABS: "https://elevenlabs.io/app/history",
}


def looks(sent_at: datetime | None, seconds: float) -> Iterator[float]:
    """The pauses before each look for a lost request into a history that lags: one at once, then ever farther apart.

    They end `seconds` after it was sent; what was sent long ago is looked for a little while.
    """
    age = (datetime.now(UTC) - sent_at).total_seconds() if sent_at else 0.0
    left, pause = max(seconds - age, seconds / 20), min(_FIRST_SECONDS, seconds / 8)
    yield 0.0
    while left > 0:
        yield min(pause, left)
        left -= pause
        pause = min(1.6 * pause, _MOST_SECONDS)


class Claims:
    """Claims of one provider's purchases. Safe for threads; `stop` ends every wait and cancels nothing.

    `wait` is the seconds between looks at a purchase that another worker makes.
    """

    def __init__(self, provider: Provider, ledger: Ledger, library: Library, *, wait: float) -> None:
        self._provider = provider
        self._ledger = ledger
        self._library = library
        self._wait = wait
        self.stopped = threading.Event()

    def claimed(self, purchase: Purchase, deadline: float) -> Claim:
        """A claim that is not busy and whose file, if it has one, is there. Raises as `Ledger.claim` and `wait` do.

        `deadline` is in monotonic seconds.
        """
        while True:
            self.check_stop()
            claim = self._ledger.wait(
                self._ledger.claim(purchase),
                timeout_seconds=deadline - time.monotonic(),
                poll_seconds=self._wait,
                pause=self.pause,
            )
            if claim.kind is not ClaimKind.REUSE or claim.entry.media is None or self._library.has(claim.entry.media):
                return claim
            claim = self._ledger.recollect(claim)
            if claim.kind is not ClaimKind.BUSY:
                return claim

    def unsettled(self, claim: Claim, trouble: str) -> StudioError:
        """Leave a request `unknown`, and the error that says so: only a person's word sends it again.

        A history that does not show it proves nothing: fal's is sorted by the end of requests, so what waits or renders
        may not be in it yet, and neither provider says how soon it lists what it took.
        """
        self._ledger.unknown(claim, trouble)
        entry, page = claim.entry, _PAGES[self._provider]
        return failures.noticed(self._provider, Step.LOOKUP, Kind.UNSETTLED, trouble).error(
            entry.where,
            mend="it may have been charged, and may still be under way: a history shows what has ended. Run again to "
            f"look once more; when it must have ended, look at {page} and tell what it shows: "
            f"`ninja ledger settle {entry.id} not-charged`, and the next run sends it, or "
            f"`ninja ledger settle {entry.id} found --request-id REQUEST_ID`, and the next run collects it",
        )

    def stop(self) -> None:
        """End every wait with an error that says to run again."""
        self.stopped.set()

    def pause(self, seconds: float) -> None:
        """Wait. Raises StudioError when told to stop."""
        if seconds > 0:
            self.stopped.wait(seconds)
        self.check_stop()

    def check_stop(self) -> None:
        """Raise StudioError when told to stop."""
        if self.stopped.is_set():
            raise StudioError(
                "stopped before it was finished",
                mend="run again: what was bought goes on at the provider, is found again and is not paid twice",
                retryable=True,
                charge=Charge.POSSIBLE,
            )
