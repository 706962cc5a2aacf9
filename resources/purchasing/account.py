"""A provider's account as all machines share it: how many requests may be under way at once, and the wait for a place.

The database says whose turn it is (`ledger.places`); here threads wait for it. One look is made for all of a process's
threads, and a place that this process leaves is passed on at once.
"""

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from typing import Final

from resources.core.errors import LedgerError
from resources.core.progress import LOGGER
from resources.purchasing.ledger import Ledger

_LOOK_SECONDS: Final = 0.5  # between two looks for a place that another process leaves
_STOP_SECONDS: Final = 0.2  # how often a waiting thread looks whether it is to stop


class Account:
    """The places of one provider's account. Safe for threads.

    `size` requests may be under way at once, and never more than `most`; None: as many as are sent, for the provider
    itself lets them wait. `due` says when an episode is due, in seconds since 1970: the earliest goes first.
    """

    def __init__(
        self, ledger: Ledger, name: str, size: int | None, *, due: Callable[[str], float], most: int | None = None
    ) -> None:
        self._ledger = ledger
        self._name = name
        self._due = due
        self._most = most
        self._size = None if size is None else self._bounded(size)
        self._waiting: dict[str, float] = {}  # token -> due
        self._changed = threading.Condition()
        self._looking = threading.Lock()
        self._next_look = 0.0  # monotonic seconds

    @property
    def size(self) -> int | None:
        """How many may be under way now."""
        return self._size

    def resize(self, size: int) -> None:
        """Let `size` go at once from now on (at least 1). What is under way stays."""
        self._size = self._bounded(size)
        self._look_now()

    @contextmanager
    def place(self, episode: str, stop: threading.Event, *, waits: bool = True) -> Iterator[bool]:
        """Wait for a place and hold it for the block. False when `stop` was set first: then no place is held.

        `waits=False` is for what is under way already: it counts, and goes on. Raises LedgerError where the database
        cannot be asked.
        """
        if self._size is None:
            yield not stop.is_set()
            return
        due = self._due(episode)
        token = self._ledger.ask_place(self._name, due, held=not waits)
        try:
            yield not waits or self._waited(token, due, stop)
        finally:
            with suppress(LedgerError):  # else its lease runs out
                self._ledger.leave_place(token)
            self._look_now()

    def _waited(self, token: str, due: float, stop: threading.Event) -> bool:
        with self._changed:
            self._waiting[token] = due
            self._next_look = 0.0
        try:
            while not stop.is_set():
                self._look()
                with self._changed:
                    if token not in self._waiting:
                        return True
                    self._changed.wait(_STOP_SECONDS)
            return False
        finally:
            with self._changed:
                self._waiting.pop(token, None)

    def _look(self) -> None:
        """Take the places of all threads here whose turn it is; one look at a time, and not more often than is due."""
        with self._looking:
            with self._changed:
                if time.monotonic() < self._next_look:
                    return
                self._next_look = time.monotonic() + _LOOK_SECONDS
                waiting = dict(self._waiting)
            try:
                taken = self._ledger.take_places(self._name, waiting, self._size or 1) if waiting else frozenset()
            except LedgerError as error:
                if not error.retryable:
                    raise
                LOGGER.warning("a place at %s is waited for: %s", self._name, error.what)
                return
            with self._changed:
                for token in taken:
                    self._waiting.pop(token, None)
                if taken:
                    self._changed.notify_all()

    def _look_now(self) -> None:
        with self._changed:
            self._next_look = 0.0
            self._changed.notify_all()

    def _bounded(self, size: int) -> int:
        return max(1, size if self._most is None else min(size, self._most))
