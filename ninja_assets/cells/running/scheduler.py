"""A scheduler of chains: each task begins as soon as what it needs is there. What tasks are is not known here.

Lanes bound how many run at a time: waiting for a provider needs none of this machine's cores, drawing needs one each.
Of tasks that could begin, the one that stands first in the given order does. Who is told of them may take its time:
what could begin does so meanwhile.
"""

from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from graphlib import TopologicalSorter
from queue import SimpleQueue
from threading import Lock
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
class Begun(Generic[KeyT]):
    """A task that was begun."""

    key: KeyT


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
Outcome = Begun[KeyT] | Ended[KeyT, ResultT]


@contextmanager
def flow(
    tasks: Mapping[KeyT, Task[KeyT, ResultT]], *, lanes: Mapping[str, int], on_interrupt: Callable[[], None]
) -> Iterator[Iterator[Outcome[KeyT, ResultT]]]:
    """Run every task, in each lane as many at a time as it has room for; hands out each as it begins and as it ends.

    The tasks begin when the block is entered. Interrupted, or left before the last has ended, `on_interrupt` is called,
    nothing more is begun, and what runs is waited for. Raises CycleError for tasks that wait for each other.
    """
    with ThreadPoolExecutor(max_workers=max(1, min(sum(lanes.values()), len(tasks)))) as pool:
        flowing = _Flow(tasks, lanes, pool)
        try:
            flowing.begin()
            yield flowing.outcomes()
        finally:
            if flowing.leave():  # Ctrl-C, a terminated run, a caller that could not go on
                on_interrupt()
                pool.shutdown(wait=True, cancel_futures=True)


class _Flow(Generic[KeyT, ResultT]):
    """The state of a flow: the thread in which a task ended begins what can follow it."""

    def __init__(
        self, tasks: Mapping[KeyT, Task[KeyT, ResultT]], lanes: Mapping[str, int], pool: ThreadPoolExecutor
    ) -> None:
        self._tasks, self._pool, self._free = tasks, pool, dict(lanes)
        self._sorter = TopologicalSorter(
            {key: (task.needs | task.follows) & tasks.keys() for key, task in tasks.items()}
        )
        self._sorter.prepare()
        self._places = {key: place for place, key in enumerate(tasks)}
        self._ready: list[KeyT] = []
        self._failed: dict[KeyT, frozenset[KeyT]] = {}
        self._lock = Lock()
        self._left = False  # nothing more is begun
        self._done = False
        self._outcomes: SimpleQueue[Outcome[KeyT, ResultT] | BaseException | None] = SimpleQueue()  # None is the end

    def begin(self) -> None:
        with self._lock:
            self._go_on()

    def leave(self) -> bool:
        """Begin nothing more; returns whether there was more to do."""
        with self._lock:
            self._left = True
            return not self._done

    def outcomes(self) -> Iterator[Outcome[KeyT, ResultT]]:
        while (each := self._outcomes.get()) is not None:
            if isinstance(each, BaseException):
                raise each
            yield each

    def _go_on(self) -> None:
        """Begin what can begin; what waited in vain has ended."""
        while found := self._sorter.get_ready():
            for key in found:
                because = frozenset().union(
                    *(self._failed[each] for each in self._tasks[key].needs & self._failed.keys())
                )
                if because:
                    self._failed[key] = because
                    self._outcomes.put(NotBegun(key, because))
                    self._sorter.done(key)
                else:
                    self._ready.append(key)
        for key in sorted(self._ready, key=self._places.__getitem__):
            lane = self._tasks[key].lane
            if self._free[lane] > 0:
                self._free[lane] -= 1
                self._ready.remove(key)
                self._pool.submit(self._run, key)
        if not self._sorter.is_active():
            self._done = True
            self._outcomes.put(None)

    def _run(self, key: KeyT) -> None:
        try:
            self._outcomes.put(Begun(key))
            ended = self._end_of(key)
            with self._lock:
                if self._left:
                    return
                self._outcomes.put(ended)
                self._free[self._tasks[key].lane] += 1
                if isinstance(ended, Broken):
                    self._failed[key] = frozenset({key})
                self._sorter.done(key)
                self._go_on()
        except BaseException as error:  # noqa: BLE001  an interruption, or a fault of this module: the caller raises it
            self._outcomes.put(error)

    def _end_of(self, key: KeyT) -> Made[KeyT, ResultT] | Broken[KeyT]:
        try:
            return Made(key, self._tasks[key].run())
        except Exception as error:  # noqa: BLE001  whatever it is, the others go on
            return Broken(key, error)
