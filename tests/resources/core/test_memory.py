import subprocess
import sys

import pytest

from resources.core.memory import give_back, keep_one_arena

# Threads that free what they took, one after the other, and how many arenas glibc has for them afterwards.
ARENAS = """\
import ctypes, re, threading
from resources.core.memory import give_back, keep_one_arena
{first}
def work():
    held = [ctypes.create_string_buffer(100_000) for _ in range(50)]
gate = threading.Barrier(4)
threads = [threading.Thread(target=lambda: (gate.wait(), work(), gate.wait())) for _ in range(4)]
[each.start() for each in threads]; [each.join() for each in threads]
give_back()
ctypes.CDLL(None).malloc_stats()
"""


def arenas(first: str) -> int:
    done = subprocess.run(
        [sys.executable, "-c", ARENAS.format(first=first)], capture_output=True, text=True, check=True
    )
    return done.stderr.count("Arena ")


@pytest.mark.skipif(sys.platform != "linux", reason="glibc's")
def test_threads_share_one_arena() -> None:
    assert arenas("keep_one_arena()") == 1
    assert arenas("") > 1


def test_it_may_be_asked_for_anywhere_and_again() -> None:
    for _ in range(2):
        keep_one_arena()
        give_back()


# Objects that live on, and how often they were searched for garbage.
SEARCHES = """\
import gc
from resources.core.memory import let_what_is_imported_live
{first}
before = gc.get_stats()[0]["collections"]
kept = [[] for _ in range(90_000)]
print(gc.get_stats()[0]["collections"] - before)
"""


def searches(first: str) -> int:
    done = subprocess.run(
        [sys.executable, "-c", SEARCHES.format(first=first)], capture_output=True, text=True, check=True
    )
    return int(done.stdout)


def test_what_lives_on_is_not_searched_for_garbage() -> None:
    assert searches("") > 20
    assert searches("let_what_is_imported_live(); let_what_is_imported_live()") <= 1


def test_a_run_from_dagsters_pages_searches_as_seldom_as_a_command() -> None:
    assert searches("from ninja_assets.definitions import defs; defs()") <= 1
