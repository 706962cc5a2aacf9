"""Progress as structured log records: any part may report, and whoever shows it (Dagster, the CLI) listens.

The standard library's logging is the channel: Dagster captures the logger `ninja` into a run's event log, and the CLI
attaches a handler of its own. A message never holds a secret.
"""

import logging
import re
from dataclasses import dataclass
from enum import StrEnum

LOGGER = logging.getLogger("ninja")
_FIELD = "ninja_progress"
_NOTICE = "ninja_notice"


class Step(StrEnum):
    """What is happening to a cell's asset."""

    STARTED = "started"
    WAITING = "waiting"  # in a provider's queue
    WORKING = "working"  # the provider renders
    MADE = "made"
    REUSED = "reused"
    FAILED = "failed"


@dataclass(frozen=True)
class Progress:
    """One change in the state of one asset of one cell. Dollars are what it cost now."""

    asset: str
    episode: str
    segment: str
    step: Step
    detail: str = ""
    cost_usd: float = 0.0


def notice(message: str) -> None:
    """Tell whoever listens of what holds up more than one cell."""
    LOGGER.warning("%s", message, extra={_NOTICE: True})


def is_notice(record: logging.LogRecord) -> bool:
    """Whether a record is one of `notice`."""
    return bool(getattr(record, _NOTICE, False))


_MESSAGE = re.compile(
    rf"(?P<segment>s\d+) (?P<asset>[a-z_]+) (?P<step>{'|'.join(Step)})(?:: (?P<detail>.*))?\Z", re.DOTALL
)


def report(progress: Progress) -> None:
    """Tell whoever listens."""
    detail = f": {progress.detail}" if progress.detail else ""
    level = logging.ERROR if progress.step is Step.FAILED else logging.INFO
    message = f"{progress.segment} {progress.asset} {progress.step}{detail}"
    LOGGER.log(level, message, extra={_FIELD: progress})


def parse(message: str, episode: str) -> Progress | None:
    """The progress that a message of `report` tells, as another process wrote it down; None for any other."""
    found = _MESSAGE.match(message)
    if found is None:
        return None
    return Progress(found["asset"], episode, found["segment"], Step(found["step"]), found["detail"] or "")


def progress_of(record: logging.LogRecord) -> Progress | None:
    """The progress that a log record carries, if it does."""
    value = getattr(record, _FIELD, None)
    return value if isinstance(value, Progress) else None
