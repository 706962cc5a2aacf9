"""What of a database is waited for before a transaction begins: a server that is away, or is started anew.

Nothing was done by then, so nothing can be done twice: a begin is tried again, whatever is to follow. A transaction
that broke off in its middle is told as `CutOffError`, and done once more by who knows that it may be.
"""

import threading
import time
from collections.abc import Callable
from typing import Final, TypeVar

from sqlalchemy.exc import DBAPIError, OperationalError
from sqlalchemy.exc import TimeoutError as NoConnectionError
from tenacity import (
    RetryCallState,
    Retrying,
    retry_if_exception,
    sleep_using_event,
    stop_after_delay,
    stop_any,
    stop_when_event_set,
    wait_exponential,
)

from resources.core.progress import notice
from resources.core.settings import Patience

# What PostgreSQL says of an address that is wrong, or is not wrong any more: waiting mends none of it. It has no code.
_REFUSALS: Final = ("password authentication failed", "no pg_hba.conf entry", "does not exist", "no password supplied")
_BeganT = TypeVar("_BeganT")


class Waiting:
    """The patience of one opened database. Safe for threads, who wait together: what for is told once, and its end."""

    def __init__(self, patience: Patience, shown: str) -> None:
        self._patience = patience
        self._shown = shown
        self._ended = threading.Event()
        self._away_since: float | None = None
        self._telling = threading.Lock()

    def end(self) -> None:
        """Wait for nothing from now on."""
        self._ended.set()

    def begun(self, begin: Callable[[], _BeganT]) -> _BeganT:
        """What `begin` gives; while the server is away it is tried again. Raises what the last try raised."""
        tries = Retrying(
            retry=retry_if_exception(is_away),
            stop=stop_any(stop_after_delay(self._patience.away), stop_when_event_set(self._ended)),
            wait=wait_exponential(multiplier=0.1, max=2),
            sleep=sleep_using_event(self._ended),
            before_sleep=self._tell,
            reraise=True,
        )
        found = tries(begin)
        self._tell_back()
        return found

    def _tell(self, state: RetryCallState) -> None:
        error = state.outcome.exception() if state.outcome else None
        with self._telling:
            if self._away_since is not None:
                return
            self._away_since = time.monotonic()
        most = f"{self._patience.away:.0f} s at the most"
        notice(f"the ledger's database is away, and is waited for, {most}: {self._shown} ({_words(error)})")

    def _tell_back(self) -> None:
        if self._away_since is None:
            return
        with self._telling:
            since, self._away_since = self._away_since, None
        if since is not None:
            notice(f"the ledger's database is there again, after {time.monotonic() - since:.0f} s")


def is_away(error: BaseException) -> bool:
    """Whether a server could not be reached, went away, or lets nobody in yet: nothing is wrong with what was asked."""
    if isinstance(error, NoConnectionError):
        return True
    if not isinstance(error, DBAPIError) or error.orig is None:
        return False
    state = getattr(error.orig, "sqlstate", "")  # SQLite has none
    if error.connection_invalidated or str(state).startswith(("57P", "08")):
        return True
    new = state is None and isinstance(error, OperationalError)
    return new and not any(words in str(error.orig) for words in _REFUSALS)


def _words(error: BaseException | None) -> str:
    return " ".join(str(error.orig if isinstance(error, DBAPIError) else error).split())
