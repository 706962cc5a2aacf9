"""What a process holds: memory that was freed goes back to the system, and what lives on is not searched for garbage.

glibc alone keeps freed memory, and knows these calls (mallopt(3), malloc_trim(3)); elsewhere nothing is done.
"""

import atexit
import ctypes
import gc
import sys
from collections.abc import Callable
from typing import Any, Final

_ARENA_MAX: Final = -8  # M_ARENA_MAX
_OBJECTS: Final = 100_000  # new ones between two searches for garbage


def let_what_is_imported_live() -> None:
    """Search less for garbage: Dagster's imports make half a million objects that live as long as the process.

    With Python's own threshold of 700 new objects a run that makes nothing again spent a fifth of its time searching
    them. May be called again.
    """
    gc.set_threshold(_OBJECTS, 20, 20)
    atexit.unregister(gc.freeze)
    atexit.register(gc.freeze)  # the end of the process searches them once more otherwise


def keep_one_arena() -> None:
    """Let all threads share one arena: each thread's own would keep what it has freed. Before threads are begun."""
    mallopt = _of_glibc("mallopt")
    if mallopt is not None:
        mallopt(_ARENA_MAX, 1)


def give_back() -> None:
    """Give freed memory back. Some 100 ms: for the beginning of a long wait."""
    gc.collect()
    trim()


def trim() -> None:
    """Give back what is free already. Some 10 ms."""
    trim = _of_glibc("malloc_trim")
    if trim is not None:
        trim(0)


def _of_glibc(name: str) -> Callable[..., Any] | None:
    return getattr(ctypes.CDLL(None), name, None) if sys.platform == "linux" else None
