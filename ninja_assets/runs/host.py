"""Which machine and process makes a run: a tag of the run, since only its own machine can see whether it lives.

`ninja/host` is the machine's name where its code server makes the run, and NAME:PID where a shell does. It imports no
Dagster.
"""

import os
import socket
from collections.abc import Mapping
from datetime import datetime

import psutil

HOST_TAG = "ninja/host"
# A process's start is known to hundredths of a second, by a clock that may have been set since.
_CLOCK_SLACK_SECONDS = 5


def this_host() -> str:
    """The name of this machine."""
    return socket.gethostname()


def this_process() -> str:
    """The tag's value for a run that is made in this process."""
    return f"{this_host()}:{os.getpid()}"


def worker_of(tags: Mapping[str, str]) -> tuple[str | None, int | None]:
    """The host of a run, and its process where a shell makes it; None for what the tag does not say."""
    host, _, pid = tags.get(HOST_TAG, "").partition(":")
    return host or None, int(pid) if pid.isdecimal() else None


def launched_here(tags: Mapping[str, str]) -> bool:
    """Whether the run is made by a code server of this machine."""
    return worker_of(tags) == (this_host(), None)


def lives(pid: int, at: datetime) -> bool:
    """Whether the process that was `pid` at a time (aware) is alive: a later one of the same number is another."""
    try:
        process = psutil.Process(pid)
        begun: float = process.create_time()
        return process.status() != psutil.STATUS_ZOMBIE and begun <= at.timestamp() + _CLOCK_SLACK_SECONDS
    except psutil.NoSuchProcess:
        return False
    except psutil.AccessDenied:
        return True
