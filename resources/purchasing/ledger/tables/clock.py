"""The ledger's clock: seconds since 1970 that go on evenly, however the machine's own clock is set meanwhile.

Leases and look-ups are spans between two of its readings. Where several machines share a database, it is the database's
clock that they share too. On one machine the processes share the clock that counts since it was started: what a look-up
waits out is told by `mark`, too, so that no process whose clock was set meanwhile takes a minute for an hour.
"""

import time
from collections.abc import Callable
from contextlib import suppress
from functools import cache
from pathlib import Path
from typing import Final

from pydantic import JsonValue

# Counts while the machine sleeps, too, where the system has such a clock.
_TICKS: Final = getattr(time, "CLOCK_BOOTTIME", getattr(time, "CLOCK_MONOTONIC", None))


def steady(seconds: float) -> Callable[[], float]:
    """A clock that reads `seconds` (since 1970) now, and goes on evenly from there."""
    began = _ticks()
    return lambda: seconds + _ticks() - began


def _ticks() -> float:
    return time.monotonic() if _TICKS is None else time.clock_gettime(_TICKS)


def mark() -> dict[str, JsonValue]:
    """This moment by the machine's own count: which start of which machine, and the seconds since.

    Empty where a system has no such count that all its processes share (elsewhere than on Linux).
    """
    boot = _boot()
    return {} if boot is None else {"boot": boot, "ticks": round(_ticks(), 3)}


def no_mark() -> dict[str, JsonValue]:
    """Nothing beside the time: of a clock that several machines share, or that a test gave."""
    return {}


@cache
def _boot() -> str | None:
    with suppress(OSError):
        return Path("/proc/sys/kernel/random/boot_id").read_text(encoding="ascii").strip()
    return None
