"""How many requests are under way at once. The number is the plan's, and the plan is told by each answer."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager

_LOOK_SECONDS = 0.2  # how often a waiting worker looks whether it is to stop


class Gate:
    """A semaphore whose size can change while it is held. `most` is a limit of its own, above which it never grows."""

    def __init__(self, size: int, most: int | None = None) -> None:
        self._most = most
        self._size = self._bounded(size)
        self._inside = 0
        self._changed = threading.Condition()

    @property
    def size(self) -> int:
        """How many may be inside now."""
        return self._size

    def resize(self, size: int) -> None:
        """Let `size` in from now on (at least 1). Who is inside stays."""
        with self._changed:
            self._size = self._bounded(size)
            self._changed.notify_all()

    @contextmanager
    def place(self, stop: threading.Event) -> Iterator[bool]:
        """Wait for a place and hold it for the block. False when `stop` was set first: then no place is held."""
        with self._changed:
            while self._inside >= self._size and not stop.is_set():
                self._changed.wait(_LOOK_SECONDS)
            admitted = not stop.is_set()
            self._inside += admitted
        try:
            yield admitted
        finally:
            with self._changed:
                self._inside -= admitted
                self._changed.notify_all()

    def _bounded(self, size: int) -> int:
        return max(1, size if self._most is None else min(size, self._most))
