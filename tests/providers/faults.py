"""What can be made to go wrong, and when: rules that fit the n-th matching request of a step."""

import json
import threading
from collections.abc import Callable
from enum import StrEnum
from fnmatch import fnmatchcase
from typing import Any

from pydantic import BaseModel, ConfigDict, Field


class Act(StrEnum):
    """What a fault does. Those marked * obey `accepted`: whether the request takes effect before it is spoiled."""

    DROP = "drop"  # * close the connection without an answer
    HANG = "hang"  # * say nothing for `seconds`, then close
    REPLY = "reply"  # * answer with `status`, `body`, `headers` instead
    PATCH = "patch"  # merge `patch` into the JSON answer and take `remove` away
    TRUNCATE = "truncate"  # announce the whole length, send a `fraction`, close
    SHORTEN = "shorten"  # send a `fraction` as if it were all
    REPEAT = "repeat"  # answer what the last request of this step was answered
    DELAY = "delay"  # wait `seconds`, then go on
    JOB = "job"  # the job itself: `seconds` of work, the error it ends with, a spoiled file (see `Job`)


class Job(BaseModel):
    """How a job goes wrong. With `status`, it is COMPLETED with an error that fetching the result answers."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    status: int | None = None
    detail: Any = None  # text, or fal's list of {loc, msg, type}
    error_type: str | None = None
    billed: bool = False  # whether the failed job costs what a good one would
    stretch: float = 1.0  # the clip's length is multiplied by this
    hold: bool = False  # stays IN_PROGRESS for ever


class Fault(BaseModel):
    """A rule. It fits requests of `step` (a pattern such as `fal.*`) that contain `contains` in path or body, and acts
    on the `nth` such request and the following, `times` in all (None: for ever)."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    step: str
    act: Act
    nth: int = Field(1, ge=1)
    times: int | None = 1
    contains: str = ""
    accepted: bool = True
    seconds: float = 0.0
    status: int = 500
    body: Any = ""
    content_type: str = "application/json"
    headers: dict[str, str] = Field(default_factory=dict)
    patch: dict[str, Any] = Field(default_factory=dict)
    remove: tuple[str, ...] = ()
    fraction: float = Field(0.5, ge=0, le=1)
    job: Job = Job()

    def content(self) -> bytes:
        """The bytes of `body`: a text as it is, anything else as JSON."""
        return self.body.encode() if isinstance(self.body, str) else json.dumps(self.body).encode()


class Faults:
    """The rules in force, with how often each one fitted."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._rules: list[Fault] = []
        self._seen: list[int] = []

    def add(self, fault: Fault) -> None:
        """Put a rule in force; earlier rules come first."""
        with self._lock:
            self._rules.append(fault)
            self._seen.append(0)

    def clear(self) -> None:
        """Take all rules away."""
        with self._lock:
            self._rules.clear()
            self._seen.clear()

    def pick(self, step: str, text: Callable[[], str]) -> Fault | None:
        """The first rule that acts on this request. Every rule that fits counts it. `text` is read only if needed."""
        chosen: Fault | None = None
        with self._lock:
            for index, rule in enumerate(self._rules):
                if not fnmatchcase(step, rule.step) or (rule.contains and rule.contains not in text()):
                    continue
                self._seen[index] += 1
                past = self._seen[index] - rule.nth
                if chosen is None and past >= 0 and (rule.times is None or past < rule.times):
                    chosen = rule
        return chosen
