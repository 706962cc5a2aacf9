"""Waiting for a server that is away, by tries with longer and longer pauses: how long, and what is said of it."""

import threading
import time
from collections.abc import Callable
from typing import Final, TypeVar

from tenacity import (
    RetryCallState,
    Retrying,
    retry_if_exception,
    sleep_using_event,
    wait_exponential_jitter,
)
from tenacity.stop import stop_base

from resources.core.progress import notice

_TOLD_AFTER: Final = 3.0  # seconds: what passes sooner is nobody's matter
_FoundT = TypeVar("_FoundT")


class _When(stop_base):
    """Stops when something is so."""

    def __init__(self, so: Callable[[], bool]) -> None:
        self._so = so

    def __call__(self, retry_state: RetryCallState) -> bool:  # noqa: ARG002  (tenacity's form)
        """Whether to try no more."""
        return self._so()


class Waiting:
    """The patience with one server. Safe for threads, who wait together: what for is told once, and its end.

    It is waited for `seconds` at the most. `what` it is and where (`shown`) stand in what is told; `is_away` says which
    errors pass by waiting, and `words` what they say.
    """

    def __init__(
        self,
        what: str,
        shown: str,
        seconds: float,
        *,
        is_away: Callable[[BaseException], bool],
        words: Callable[[BaseException], str] = str,
    ) -> None:
        self._what, self._shown, self._seconds = what, shown, seconds
        self._is_away, self._words = is_away, words
        self._ended = threading.Event()
        self._away_since: float | None = None
        self._said = False
        self._telling = threading.Lock()

    def end(self) -> None:
        """Wait for nothing from now on."""
        self._ended.set()

    def ask(self, do: Callable[[], _FoundT]) -> _FoundT:
        """What `do` gives; while the server is away it is tried again. Raises what the last try raised."""
        tries = Retrying(
            retry=retry_if_exception(self._is_away),
            stop=_When(self._is_over),
            wait=wait_exponential_jitter(multiplier=0.1, max=4, jitter=0.5),
            sleep=sleep_using_event(self._ended),
            before_sleep=self._tell,
            reraise=True,
        )
        found = tries(do)
        if self._away_since is not None:
            self._tell_back()
        return found

    def _is_over(self) -> bool:
        """Whether it was away for too long, for whomever: who comes later does not wait as long once more."""
        since = self._away_since
        away = 0.0 if since is None else time.monotonic() - since
        return self._ended.is_set() or away >= self._seconds

    def _tell(self, state: RetryCallState) -> None:
        error = state.outcome.exception() if state.outcome else None
        now = time.monotonic()
        with self._telling:
            # One that says nothing has been away since it was asked.
            self._away_since = state.start_time if self._away_since is None else self._away_since
            if self._said or now - self._away_since < _TOLD_AFTER or error is None:
                return
            self._said = True
        said = " ".join(self._words(error).split())
        notice(f"{self._what} is away, and is waited for, {self._seconds:.0f} s at the most: {self._shown} ({said})")

    def _tell_back(self) -> None:
        with self._telling:
            since, said = self._away_since, self._said
            self._away_since, self._said = None, False
        if said and since is not None:
            notice(f"{self._what} is there again, after {time.monotonic() - since:.0f} s")
