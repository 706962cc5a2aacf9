"""How many processors this process may use, and a place on one: no more programs work than it has, over all runs.

Every process of a user on this machine (or in this container) shares the places. A place is a file lock: the kernel
frees it when its holder dies. What waits for a provider holds none.
"""

import math
import os
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from pathlib import Path
from typing import Final

from filelock import AcquireReturnProxy, FileLock, Timeout

from resources.core.files import users_folder
from resources.core.memory import give_back, trim

_LOOK_SECONDS: Final = 0.1  # between looks for a place that another process leaves; threads of this one are called
_LONG_SECONDS: Final = 2.0  # of waiting, from which on a process gives back the memory that it has freed
_CGROUPS: Final = Path("/sys/fs/cgroup")
_OWN_CGROUPS: Final = Path("/proc/self/cgroup")


@cache
def usable() -> int:
    """How many processors this process may use: by its affinity, and by its control groups' quota, at least 1."""
    return max(1, math.ceil(min(_by_affinity(), quota(_CGROUPS, _OWN_CGROUPS))))


def quota(mounted: Path, own: Path) -> float:
    """The processors that control groups leave a process, infinite where none limits it.

    `mounted` is where they are mounted; `own` names those of the process, a line each: `number:controllers:path`.
    In a container its own path may not be there: then the root that it sees is its own.
    """
    try:
        lines = own.read_text(encoding="utf-8").splitlines()
    except OSError:
        return math.inf
    found = [math.inf]
    for line in lines:
        _, controllers, path = line.split(":", 2)
        if controllers and "cpu" not in controllers.split(","):
            continue
        root = mounted / "cpu" if controllers else mounted
        folder = root / path.lstrip("/")
        found += [_limit(each) for each in (folder, *folder.parents) if each.is_relative_to(root)]
    return min(found)


def _limit(folder: Path) -> float:
    """The processors of one control group, of either version of them."""
    try:
        if (folder / "cpu.max").is_file():
            allowed, period = (folder / "cpu.max").read_text(encoding="ascii").split()
        else:
            allowed = (folder / "cpu.cfs_quota_us").read_text(encoding="ascii").strip()
            period = (folder / "cpu.cfs_period_us").read_text(encoding="ascii")
        return float(allowed) / float(period) if allowed not in ("max", "-1") else math.inf
    except (OSError, ValueError):
        return math.inf


def _by_affinity() -> int:
    affinity = getattr(os, "sched_getaffinity", None)  # Linux alone has it
    return len(affinity(0)) if affinity else os.cpu_count() or 1


class Places:
    """So many places, shared by all processes that name the same folder. Safe for threads."""

    def __init__(self, folder: Path, places: int) -> None:
        self._folder = folder
        self._places = places
        self._here = threading.BoundedSemaphore(places)  # a thread that waits for its own process is called at once

    @contextmanager
    def place(self) -> Iterator[None]:
        """Wait for a place and hold it for the block. Whoever holds one must not ask for another within.

        What was drawn and decoded for it is free afterwards, and given back: the next is long in coming, among many.
        """
        with self._here, self._taken():
            yield
        trim()

    def _taken(self) -> AcquireReturnProxy[FileLock]:
        """A place, held until its block ends: not until nobody knows its lock any more, which may be never."""
        long = time.monotonic() + _LONG_SECONDS
        while True:
            for number in range(self._places):
                lock = FileLock(self._folder / f"{number}.lock", timeout=0, thread_local=False, fallback_to_soft=False)
                try:
                    return lock.acquire()
                except Timeout:
                    continue
            if time.monotonic() > long:  # among many runs: each holds what its next picture needs, and no more
                give_back()
                long = math.inf
            time.sleep(_LOOK_SECONDS)


@cache
def shared() -> Places:
    """The places of this machine, for this user."""
    return Places(users_folder("ninja-cores"), usable())
