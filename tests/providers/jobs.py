"""fal's queue: jobs wait for a free runner in the order they came, work for a while, and end.

Nothing runs in the background: the state of every job is a function of the clock, worked out when someone asks.
"""

import heapq
import math
from collections.abc import Callable
from concurrent.futures import Future
from dataclasses import dataclass, field
from typing import Any

from tests.providers.account import Clock, Purchase
from tests.providers.cdn import File
from tests.providers.faults import Job as Mishap
from tests.providers.schemas import Endpoint


@dataclass
class Job:
    """One request in the queue. Times in Unix seconds; `work` is how long it takes once started."""

    endpoint: Endpoint
    arguments: dict[str, Any]
    purchase: Purchase
    work: float
    mishap: Mishap
    problems: list[dict[str, Any]]
    units: float  # what a good end bills
    cost_usd: float
    media_seconds: float | None  # lifetime of the output
    rendering: "list[Future[Any]]"
    finish: Callable[["Job"], dict[str, Any]]  # makes the output document, once
    inputs: dict[str, list[File]] = field(default_factory=dict)
    started: float | None = None
    cancelled: bool = False
    output: dict[str, Any] | None = None

    @property
    def request_id(self) -> str:
        """fal's id."""
        return self.purchase.request_id

    @property
    def ends(self) -> float:
        """When the work is over; infinite before it started."""
        return math.inf if self.started is None else self.started + self.work

    @property
    def failure(self) -> tuple[int, Any, str | None] | None:
        """The error it ends with: HTTP status, detail, error type."""
        if self.cancelled:
            return 499, "Request was cancelled", "client_cancelled"
        if self.mishap.status is not None:
            return self.mishap.status, self.mishap.detail, self.mishap.error_type
        if self.problems:
            return 422, self.problems, None
        return None

    def rendered(self) -> bool:
        """Whether its files exist."""
        return all(future.done() for future in self.rendering)


class Queue:
    """All jobs of the account. Callers hold the account's lock."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self.jobs: dict[str, Job] = {}
        self._waiting: list[Job] = []
        self._busy: list[float] = []  # when each taken runner is free again

    def add(self, job: Job) -> None:
        """Put a job at the end of the queue."""
        self.jobs[job.request_id] = job
        self._waiting.append(job)

    def advance(self, runners: int) -> None:
        """Bring every job to the present."""
        now = self._clock.now()
        while self._waiting and (start := self._start(self._waiting[0], runners)) <= now:
            job = self._waiting.pop(0)
            job.started = start
            heapq.heappush(self._busy, job.ends)
        for job in self.jobs.values():
            if not job.purchase.ended and job.ends <= now and job.rendered():
                self._end(job)

    def _start(self, job: Job, runners: int) -> float:
        while len(self._busy) >= runners and self._busy[0] <= max(job.purchase.at, self._clock.now()):
            freed = heapq.heappop(self._busy)
            if len(self._busy) < runners:
                return max(job.purchase.at, freed)
        return job.purchase.at if len(self._busy) < runners else math.inf

    def _end(self, job: Job) -> None:
        job.purchase.ended = "failed" if job.failure else "ok"
        if job.failure is None or job.mishap.billed:
            job.purchase.billed_units = job.units
            job.purchase.cost_usd = job.cost_usd

    def position(self, job: Job) -> int:
        """How many jobs are before it."""
        return self._waiting.index(job)

    def working(self) -> int:
        """How many are IN_PROGRESS."""
        now = self._clock.now()
        return sum(1 for job in self.jobs.values() if job.started is not None and now < job.ends)

    def cancel(self, job: Job) -> bool:
        """Take a job out of the queue, for nothing. One in progress goes on to its end. False: it had ended."""
        job.purchase.cancels += 1
        if job.purchase.ended:
            return False
        if job in self._waiting:
            self._waiting.remove(job)
            job.cancelled = True
            job.purchase.ended = "cancelled"
        return True
