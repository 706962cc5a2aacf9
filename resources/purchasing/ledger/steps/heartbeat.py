"""The heartbeat: one thread that renews all leases a process holds, as long as it holds any."""

import logging
import threading
from collections.abc import Callable, Collection

from resources.core.errors import LedgerError

_log = logging.getLogger(__name__)


class Heartbeat:
    """Calls `renew` with the held tokens every `period` seconds. Its thread ends a period after the last is dropped."""

    def __init__(self, renew: Callable[[Collection[str]], None], period: float) -> None:
        self._renew = renew
        self._period = period
        self._held: set[str] = set()
        self._changed = threading.Condition()
        self._beating = False
        self._stopped = False

    def hold(self, token: str) -> None:
        """Renew this lease from now on."""
        with self._changed:
            self._held.add(token)
            self._stopped = False
            if not self._beating:
                self._beating = True
                threading.Thread(target=self._beat, name="ledger-leases", daemon=True).start()

    def drop(self, token: str) -> None:
        """Renew it no more."""
        with self._changed:
            self._held.discard(token)

    def stop(self) -> None:
        """Renew nothing any more; the thread ends at once."""
        with self._changed:
            self._held.clear()
            self._stopped = True
            self._changed.notify()

    def _beat(self) -> None:
        while True:
            with self._changed:
                self._changed.wait_for(lambda: self._stopped, timeout=self._period)
                if not self._held:
                    self._beating = False
                    return
                tokens = tuple(self._held)
            try:
                self._renew(tokens)
            except LedgerError as error:
                # A lease that could not be renewed shows itself: the next step under it is refused.
                _log.warning("leases could not be renewed: %s", error)
