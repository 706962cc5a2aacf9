"""What the gate holds up: an episode that a clock or a sensor would launch, and whose run would be refused.

Only asked and told here; who launches, and when, is the schedule's and the sensors'. Nothing is written down: that an
episode may be launched is remembered as long as the files are as they are. What holds one up is looked at each time: it
may be a price that was taken since, a bucket that was made, a place that can be written to again.
"""

import hashlib
import os
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Final

import dagster as dg

from resources.core.errors import NinjaError
from resources.core.names import SHOW_FILE, Mode
from resources.core.settings import Settings
from resources.models.loading import load_show, load_written
from resources.purchasing.gate import judge, lint_command, over_caps
from resources.quality.lint import Finding, findings_of

_REMEMBERED: Final = 64  # episodes; more than a week of missed days
_MOST_SHOWN: Final = 10


@dataclass(frozen=True)
class HeldUp:
    """An episode, and what it would be refused for in a mode: at least one finding."""

    episode: str
    mode: Mode
    findings: Sequence[Finding]

    @property
    def mark(self) -> str:
        """Changes with what is found, and where; not with the dollars in it."""
        found = sorted((each.rule, each.where) for each in self.findings)
        return hashlib.sha256(repr((self.episode, self.mode.value, found)).encode()).hexdigest()[:16]

    @property
    def count(self) -> str:
        """How many errors there are."""
        return "1 error" if len(self.findings) == 1 else f"{len(self.findings)} errors"

    def lines(self) -> list[str]:
        """Each error in a line: place, what, code, mend."""
        messages = [
            f"{each.where}: {each.message} [{each.rule}]; mend: {each.hint}" for each in self.findings[:_MOST_SHOWN]
        ]
        more = len(self.findings) - len(messages)
        return [*messages, *([f"and {more} more: {lint_command(self.episode, self.mode)}"] if more > 0 else [])]

    def __str__(self) -> str:
        return "\n".join([f"{self.episode} is held up before its {self.mode} run: {self.count}", *self.lines()])


def held_up(settings: Settings, episode: str, *, caps: bool = True) -> HeldUp | None:
    """What holds a whole episode up in the mode of `settings`; None where it may be launched.

    A rehearsal is held up only by what it cannot be made without. What was in order is judged again when a file has
    changed; with `caps`, its price is held against them each time. Raises ContentError where no `show.yaml` can be
    read.
    """
    try:
        _check(settings, episode, _look_of(settings))
        findings: tuple[Finding, ...] = ()
    except _HeldError as held:
        findings = held.findings
    if caps and not findings and settings.mode.paid:
        show = load_show(settings.show)
        findings = tuple(over_caps(settings, show, load_written(settings.show, show, episode).script))
    return HeldUp(episode, settings.mode, findings) if findings else None


def said_once(context: dg.SensorEvaluationContext, held: Sequence[HeldUp]) -> str:
    """What a tick of a sensor says of episodes that are held up: the whole of it once, until something changes."""
    marks = ",".join(each.mark for each in held)
    if marks == (context.cursor or ""):
        return "; ".join(f"{each.episode} is still held up: {each.count}, as told before" for each in held)
    context.update_cursor(marks)
    return "\n".join(map(str, held))


class _HeldError(Exception):
    """What holds an episode up; an exception, so that it is not remembered."""

    def __init__(self, findings: tuple[Finding, ...]) -> None:
        super().__init__(findings)
        self.findings = findings


@lru_cache(maxsize=_REMEMBERED)
def _check(settings: Settings, episode: str, _: str) -> None:
    """Raise _HeldError for what an episode is held up by."""
    show = load_show(settings.show)
    try:
        written = load_written(settings.show, show, episode)
        findings = tuple(judge(settings, show, written, environment=os.environ, quoted=False).stops)
    except NinjaError as error:
        findings = tuple(findings_of(error))
    if findings:
        raise _HeldError(findings)


def _look_of(settings: Settings) -> str:
    """Changes with any file of a show's folder that a person has written."""
    look = hashlib.sha256()
    for path in sorted(_written(settings)):
        try:
            stat = path.stat()
        except OSError:
            continue  # gone, or a link to nowhere
        look.update(f"{path}|{stat.st_mtime_ns}|{stat.st_size}\n".encode("utf-8", "surrogateescape"))
    return look.hexdigest()


def _written(settings: Settings) -> Iterator[Path]:
    """`show.yaml` and all files below its folder, but for what is made there and what is hidden."""
    yield settings.show / SHOW_FILE
    made = {settings.output, settings.state}
    for folder, below, files in os.walk(settings.show):
        here = Path(folder)
        below[:] = [name for name in below if not name.startswith(".") and here / name not in made]
        yield from (here / name for name in files)
