"""Doing things side by side, each after those that it waits for. What they are is not known here."""

from collections.abc import Callable, Collection, Iterator, Mapping
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from typing import TypeVar

from resources.core.errors import ContentError

TaskT = TypeVar("TaskT")
ResultT = TypeVar("ResultT")


def side_by_side(
    tasks: Mapping[TaskT, Callable[[], ResultT]],
    *,
    after: Mapping[TaskT, Collection[TaskT]],
    workers: int,
    name: Callable[[TaskT], str],
    on_interrupt: Callable[[], None],
) -> Iterator[tuple[TaskT, ResultT | Exception]]:
    """Run every task, `workers` at a time, and yield each with its result or its exception as it ends.

    `after` has what a task waits for; who is not in `tasks` is not waited for. The caller has a result before anything
    begins that waited for it; what waits for a failure fails too, with a ContentError. Interrupted, `on_interrupt` is
    called, no further task is begun, and the interruption goes on.
    """
    held = dict(tasks)
    waits = {task: set(after.get(task, ())) & tasks.keys() for task in tasks}
    done: set[TaskT] = set()
    failed: set[TaskT] = set()
    running: dict[Future[ResultT], TaskT] = {}
    with ThreadPoolExecutor(max_workers=max(1, min(workers, len(tasks)))) as pool:
        try:
            while held or running:
                for task in [task for task in held if waits[task] & failed]:
                    del held[task]
                    failed.add(task)
                    yield task, _in_vain(sorted(map(name, waits[task] & failed)))
                for task in [task for task in held if waits[task] <= done]:
                    running[pool.submit(held.pop(task))] = task
                for future in wait(running, return_when=FIRST_COMPLETED).done:
                    task, error = running.pop(future), future.exception()
                    if error is not None and not isinstance(error, Exception):
                        raise error
                    (done if error is None else failed).add(task)
                    yield task, error if isinstance(error, Exception) else future.result()
        except BaseException:  # Ctrl-C or a terminated run: what is under way is told to stop, nothing new begins
            on_interrupt()
            pool.shutdown(wait=True, cancel_futures=True)
            raise


def _in_vain(failed: Collection[str]) -> ContentError:
    return ContentError(
        "it is made from what could not be made",
        why=f"{', '.join(failed)} failed",
        mend="mend that first; nothing was begun here",
    )
