"""What a command has of its terminal: streams that may be closed, full or gone, and its end.

Progress that nobody hears any more is said to nobody: a pipe that was closed, a terminal that went away or a full disk
ends no run that a person has paid for. A result that cannot be written is told, and the command has failed.
"""

import io
import os
import select
import signal
import sys
from types import FrameType
from typing import TYPE_CHECKING, Final

from resources.core.errors import NinjaError

if TYPE_CHECKING:
    from _typeshed import ReadableBuffer

_STDERR: Final = 2


class OutputLostError(NinjaError):
    """What a command prints cannot be written; what it has made is made."""


class _Heard(io.FileIO):
    """A stream for people: what cannot be written is left out."""

    def write(self, data: "ReadableBuffer", /) -> int:
        try:
            written = super().write(data)
        except OSError:
            written = None
        return memoryview(data).nbytes if written is None else written  # None: full, and nobody waits for it


class _Kept(io.FileIO):
    """A stream for results: the first that cannot be written is an error, what comes after it is left out.

    Who closed the pipe had enough: that stays the BrokenPipeError that it is.
    """

    lost = False

    def write(self, data: "ReadableBuffer", /) -> int:
        if self.lost:
            return memoryview(data).nbytes
        try:
            while (written := super().write(data)) is None:  # of a pipe that does not wait, and is full
                select.select([], [self], [])
            return written
        except BrokenPipeError:
            self.lost = True
            raise
        except OSError as error:
            self.lost = True
            raise OutputLostError(
                "the result cannot be written to where the output goes",
                why=error.strerror,
                hint="ask once more, into a place that has room: what was made is kept",
            ) from error


def own_stderr() -> io.TextIOWrapper:
    """This process's stderr as it is now, for people: Dagster redirects the stream itself while a step runs."""
    return _stream(_Heard(os.dup(_STDERR), "w"), sys.stderr)


def ready_streams() -> None:
    """Make stdin, stdout and stderr such that neither what they are nor what is written to them ends a command.

    What a terminal cannot write becomes an escape, and no traceback: letters that it has not, a name's odd bytes.
    """
    _fill_closed_streams()
    if sys.stdout is sys.__stdout__ and sys.stdout is not None:
        sys.stdout = _stream(_Kept(sys.stdout.fileno(), "w", closefd=False), sys.stdout)
    if sys.stderr is sys.__stderr__ and sys.stderr is not None:
        sys.stderr = _stream(_Heard(sys.stderr.fileno(), "w", closefd=False), sys.stderr)
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="backslashreplace")


def end_with_the_terminal() -> None:
    """A terminal that is closed ends a command as Ctrl-C does: a run is cancelled, and gone on with later.

    Not under `nohup`, which asks for the contrary.
    """
    hang_up = getattr(signal, "SIGHUP", None)  # Windows has none
    if hang_up is not None and signal.getsignal(hang_up) == signal.SIG_DFL:
        signal.signal(hang_up, _interrupted)


def _interrupted(_number: int, frame: FrameType | None) -> None:
    handler = signal.getsignal(signal.SIGINT)  # Dagster's own, while a run lasts
    if not callable(handler):
        raise KeyboardInterrupt
    handler(signal.SIGINT, frame)


def _stream(raw: io.FileIO, like: object) -> io.TextIOWrapper:
    terminal = raw.isatty()
    encoding = getattr(like, "encoding", None) or "utf-8"
    direct = isinstance(raw, _Heard)
    return io.TextIOWrapper(
        io.BufferedWriter(raw), encoding, "backslashreplace", line_buffering=terminal or direct, write_through=direct
    )


def _fill_closed_streams() -> None:
    """Give a stream that is closed (`>&-`) to nobody: else a file that is opened, such as the ledger, would be it."""
    for number, name, how in ((0, "stdin", "r"), (1, "stdout", "w"), (2, "stderr", "w")):
        try:
            os.fstat(number)
        except OSError:
            os.open(os.devnull, os.O_RDWR)  # takes the lowest number that is free
        if getattr(sys, name) is None:
            setattr(sys, name, open(number, how, encoding="utf-8", closefd=False))  # noqa: SIM115
