"""Ctrl-C that is not lost. Python drops what is raised where nothing can catch it, as in a callback of the garbage
collector; the handler of a run raises wherever the program is. What was dropped there is told once more.
"""

import os
import signal
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Final

import dagster as dg

if TYPE_CHECKING:
    from sys import UnraisableHookArgs

_ENDS: Final = (KeyboardInterrupt, dg.DagsterExecutionInterruptedError)
_SECONDS: Final = 0.05  # until it is told once more: the callback is left by then


@contextmanager
def kept_interrupts() -> Iterator[None]:
    """While this is open, an interrupt that Python dropped comes again. Everything else is told as before."""
    before = sys.unraisablehook

    def once_more(dropped: "UnraisableHookArgs") -> None:
        if not issubclass(dropped.exc_type, _ENDS):
            before(dropped)
            return
        again = threading.Timer(_SECONDS, os.kill, (os.getpid(), signal.SIGINT))
        again.daemon = True
        again.start()

    sys.unraisablehook = once_more
    try:
        yield
    finally:
        sys.unraisablehook = before
