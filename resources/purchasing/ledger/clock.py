"""The ledger's clock: seconds since 1970 that go on evenly, however the machine's own clock is set meanwhile.

Leases and look-ups are spans between two of its readings. Where several machines share a database, it is the database's
clock that they share too.
"""

import time
from collections.abc import Callable
from typing import Final

# Counts while the machine sleeps, too, where the system has such a clock.
_TICKS: Final = getattr(time, "CLOCK_BOOTTIME", getattr(time, "CLOCK_MONOTONIC", None))


def steady(seconds: float) -> Callable[[], float]:
    """A clock that reads `seconds` (since 1970) now, and goes on evenly from there."""
    began = _ticks()
    return lambda: seconds + _ticks() - began


def _ticks() -> float:
    return time.monotonic() if _TICKS is None else time.clock_gettime(_TICKS)
