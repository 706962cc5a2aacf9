"""What a process holds that only waits: memory that was freed goes back to the system.

glibc alone keeps such memory, and knows these calls (mallopt(3), malloc_trim(3)); elsewhere nothing is done.
"""

import ctypes
import gc
import sys
from collections.abc import Callable
from typing import Any, Final

_ARENA_MAX: Final = -8  # M_ARENA_MAX


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
