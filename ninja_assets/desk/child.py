"""One process under the supervisor's eye: how it is started, how it ended, how often it may be started again."""

import os
import signal
import subprocess
import sys
import time
from collections import deque
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path

import psutil

from resources.core.errors import StudioError

MOST_STARTS = 5  # within _WINDOW_SECONDS: more is a fault that another start does not mend
_WINDOW_SECONDS = 300
_LAST_LINES = 8
# One arena of memory for all threads (mallopt(3), M_ARENA_MAX): each thread's own keeps what it has freed.
_SMALL = {"MALLOC_ARENA_MAX": "1"}


@dataclass
class Child:
    """A program with arguments, in a process group of its own: Ctrl-C reaches the supervisor alone.

    What it says goes to the log. It is told to end when the supervisor dies (`ninja_assets.desk.tether`).
    """

    name: str
    command: Sequence[str]
    log: Path
    _process: subprocess.Popen[bytes] | None = None
    _left: list[psutil.Process] = field(default_factory=list)
    _starts: deque[float] = field(default_factory=lambda: deque(maxlen=MOST_STARTS))

    @property
    def pid(self) -> int | None:
        """Its process; None before the first start."""
        return self._process.pid if self._process else None

    @property
    def started(self) -> bool:
        """Whether it was ever started."""
        return self._process is not None

    def start(self) -> None:
        """Start it (again). Raises StudioError when it has ended too often."""
        now = time.monotonic()
        if len(self._starts) == MOST_STARTS and now - self._starts[0] < _WINDOW_SECONDS:
            raise StudioError(
                f"the {self.name} ended {MOST_STARTS} times within {_WINDOW_SECONDS // 60} minutes",
                where=f"{self.log}",
                why=end_of(self.log) or "it says nothing about it",
                hint="ninja doctor",
            )
        self._starts.append(now)
        with self.log.open("ab") as log:
            self._process = subprocess.Popen(
                [sys.executable, "-m", "ninja_assets.desk.tether", f"{os.getpid()}", sys.executable, *self.command],
                env={**_SMALL, **os.environ},
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )

    def ended(self) -> str | None:
        """How it ended, in words; None while it runs or before it was started."""
        status = self._process.poll() if self._process else None
        if status is None:
            return None
        return f"killed by {signal.Signals(-status).name}" if status < 0 else f"exit status {status}"

    def has_child(self) -> bool:
        """Whether a process that it started is alive."""
        if self._process is None:
            return False
        with suppress(psutil.NoSuchProcess):
            return any(one.status() != psutil.STATUS_ZOMBIE for one in psutil.Process(self._process.pid).children())
        return False

    def tell_to_end(self) -> None:
        """Ask it to end, as `kill` does."""
        if self._process and self._process.poll() is None:
            self._process.terminate()

    def let_go(self, seconds: float) -> None:
        """See it end within that time, but leave alone what it started: a run under way goes on until `end`."""
        if self._process is None:
            return
        with suppress(subprocess.TimeoutExpired):
            self._process.wait(seconds)
        self._process.kill()
        self._process.wait()
        self._left += [one for one in psutil.process_iter() if _group_of(one) == self._process.pid]

    def end(self, seconds: float) -> None:
        """See it end within that time; then nothing is left of it, of its group, and of what was let go."""
        if self._process is None:
            return
        with suppress(subprocess.TimeoutExpired):
            self._process.wait(max(0.0, seconds))
        with suppress(ProcessLookupError):  # its group lives on in what it started
            os.killpg(self._process.pid, signal.SIGKILL)
        self._process.wait()
        for one in self._left:
            with suppress(psutil.NoSuchProcess):  # also when its number is another's by now
                for process in (one, *one.children(recursive=True)):
                    process.kill()


def _group_of(process: psutil.Process) -> int | None:
    with suppress(ProcessLookupError):
        return os.getpgid(process.pid)
    return None


def end_of(log: Path) -> str:
    """The last lines of a log."""
    lines = log.read_text(encoding="utf-8", errors="replace").splitlines()
    return "\n       ".join(line for line in lines[-_LAST_LINES:] if line.strip())
