"""A scheduler of chains: each task begins as soon as what it needs is there. What tasks are is not known here.

Lanes bound how many run at a time: waiting for a provider needs none of this machine's cores, drawing needs one each.
Of tasks that could begin, the one that stands first in the given order does.
"""

from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from dataclasses import dataclass
from graphlib import TopologicalSorter
from typing import Generic, TypeVar

KeyT = TypeVar("KeyT")
ResultT = TypeVar("ResultT")


@dataclass(frozen=True)
class Task(Generic[KeyT, ResultT]):
    """What is to be done, and when it may begin.

    It is not begun when something that it `needs` has failed; what it `follows` must have ended, well or badly. Keys
    that are no tasks of the same flow are not waited for.
    """

    run: Callable[[], ResultT]
    lane: str
    needs: frozenset[KeyT] = frozenset()
    follows: frozenset[KeyT] = frozenset()


@dataclass(frozen=True)
class Made(Generic[KeyT, ResultT]):
    """A task that ended well."""

    key: KeyT
    result: ResultT


@dataclass(frozen=True)
class Broken(Generic[KeyT]):
    """A task that raised."""

    key: KeyT
    error: Exception


@dataclass(frozen=True)
class NotBegun(Generic[KeyT]):
    """A task that waited in vain: `because` has the tasks that raised."""

    key: KeyT
    because: frozenset[KeyT]


Ended = Made[KeyT, ResultT] | Broken[KeyT] | NotBegun[KeyT]


def flow(
    tasks: Mapping[KeyT, Task[KeyT, ResultT]], *, lanes: Mapping[str, int], on_interrupt: Callable[[], None]
) -> Iterator[Ended[KeyT, ResultT]]:
    """Run every task, in each lane as many at a time as it has room for, and yield each as it ends.

    While the caller looks at what has ended, the others go on. Interrupted, or left by its caller, `on_interrupt` is
    called, nothing more is begun, and what runs is waited for. Raises CycleError for tasks that wait for each other.
    """
    sorter = TopologicalSorter({key: (task.needs | task.follows) & tasks.keys() for key, task in tasks.items()})
    sorter.prepare()
    places = {key: place for place, key in enumerate(tasks)}
    ready: list[KeyT] = []
    free = dict(lanes)
    failed: dict[KeyT, frozenset[KeyT]] = {}
    running: dict[Future[ResultT], KeyT] = {}
    with ThreadPoolExecutor(max_workers=max(1, min(sum(lanes.values()), len(tasks)))) as pool:
        try:
            while sorter.is_active():
                ended: list[Ended[KeyT, ResultT]] = []
                if running:
                    for future in wait(running, return_when=FIRST_COMPLETED).done:
                        key = running.pop(future)
                        free[tasks[key].lane] += 1
                        ended.append(_ended(key, future))
                        if isinstance(ended[-1], Broken):
                            failed[key] = frozenset({key})
                        sorter.done(key)
                while found := sorter.get_ready():
                    for key in found:
                        because = frozenset().union(*(failed[each] for each in tasks[key].needs & failed.keys()))
                        if because:
                            failed[key] = because
                            ended.append(NotBegun(key, because))
                            sorter.done(key)
                        else:
                            ready.append(key)
                for key in sorted(ready, key=places.__getitem__):
                    if free[tasks[key].lane] > 0:
                        free[tasks[key].lane] -= 1
                        ready.remove(key)
                        running[pool.submit(tasks[key].run)] = key
                yield from ended
        except BaseException:  # Ctrl-C, a terminated run, a caller that could not go on
            on_interrupt()
            pool.shutdown(wait=True, cancel_futures=True)
            raise


def _ended(key: KeyT, future: Future[ResultT]) -> Made[KeyT, ResultT] | Broken[KeyT]:
    error = future.exception()
    if error is None:
        return Made(key, future.result())
    if isinstance(error, Exception):
        return Broken(key, error)
    raise error
