"""Running the ffmpeg program that comes with the wheel: one place that starts it, reads its errors and kills it.

Graphs are built with ffmpeg-python and only compiled there: its own `run` hides stderr, inherits stdin and has no cwd
(docs/sources/media.md#building-graphs).
"""

import errno
import os
import subprocess
import tempfile
import threading
from collections.abc import Iterable, Sequence
from functools import cache
from pathlib import Path
from typing import Any
from uuid import uuid4

import imageio_ffmpeg
from ffmpeg.nodes import FilterableStream, FilterNode, InputNode, Node

from resources.core.errors import MediaError
from resources.core.settings import child_environment
from resources.media import cores

_QUIET = ("-hide_banner", "-nostdin", "-nostats", "-loglevel", "error", "-y")
# Fonts come from `fontsdir` alone: reading the system's costs 130 ms at every start and could hide a missing font.
_ENVIRONMENT = {"FONTCONFIG_FILE": str(Path(__file__).with_name("fonts.conf"))}
_STDERR_TAIL = 2000  # characters of ffmpeg's complaint that an error shows
_SECONDS = 900.0  # after which the program is taken to hang
WHOLE_CUT_SECONDS = 3600.0  # the same, of a run over the sound of a whole cut, which may last hours
_PIPE_BYTES = 1 << 20  # fewer changes between the two processes than with the usual 64 kB


@cache
def executable() -> str:
    """The path of the ffmpeg program: of IMAGEIO_FFMPEG_EXE, else the wheel's own, else the system's. MediaError.

    The wheel's `get_ffmpeg_exe` tries the program out, and gives it the keys of this process: it is asked only where
    the wheel brought none.
    """
    if found := os.environ.get("IMAGEIO_FFMPEG_EXE") or own():
        return found
    try:
        return str(imageio_ffmpeg.get_ffmpeg_exe())
    except RuntimeError as error:
        hint = "install a full build of ffmpeg, then: export IMAGEIO_FFMPEG_EXE=$(command -v ffmpeg)"
        raise MediaError("there is no ffmpeg", why="no wheel fits this system", hint=hint) from error


def own() -> str | None:
    """The path of the program that the wheel brings, where it brings one."""
    found = sorted(Path(imageio_ffmpeg.__file__).with_name("binaries").glob("ffmpeg-*"))
    return str(found[-1]) if found else None


def environment() -> dict[str, str]:
    """What the program gets of the environment: no key, and the fonts of the project alone."""
    return {**child_environment(), **_ENVIRONMENT}


def run(
    arguments: Sequence[str], *, cwd: Path | None = None, stdin: bytes | None = None, timeout: float = _SECONDS
) -> bytes:
    """Run ffmpeg with `arguments`, on a place of this machine, and return its stdout. MediaError has its last words.

    `timeout` in seconds, from when it has its place.
    """
    with cores.shared().place():
        return _run(arguments, cwd, stdin, timeout)


def feed(
    source: Sequence[str], frames: Iterable[bytes], arguments: Sequence[str], *, timeout: float = _SECONDS
) -> None:
    """Run ffmpeg with `arguments` on `frames`, which its first input, as `source` describes it, reads one by one.

    Frames are asked for once there is a place: whoever waits for one holds none of them. MediaError, as of `run`;
    what `frames` raises goes on to the caller, and ffmpeg is killed: half of its output file is left.
    """
    command = [executable(), *_QUIET, *source, "-i", "pipe:0", *arguments]
    with cores.shared().place(), tempfile.TemporaryFile() as complaint:
        process = subprocess.Popen(
            command,
            stdin=subprocess.PIPE,
            stdout=subprocess.DEVNULL,
            stderr=complaint,
            pipesize=_PIPE_BYTES,
            env=environment(),
        )
        late = threading.Event()
        watch = threading.Timer(timeout, _end, (process, late))
        watch.start()
        try:
            _write(process, frames)
            process.wait()
        except BaseException:
            process.kill()
            process.wait()
            raise
        finally:
            watch.cancel()
        if late.is_set():
            raise _too_slow(timeout, arguments)
        complaint.seek(0)
        _raise_failed(process.returncode, complaint.read(), arguments)


def _end(process: "subprocess.Popen[bytes]", late: threading.Event) -> None:
    late.set()
    process.kill()


def _write(process: "subprocess.Popen[bytes]", frames: Iterable[bytes]) -> None:
    pipe = process.stdin
    if pipe is None:
        raise MediaError("ffmpeg was started without a pipe")
    try:
        for frame in frames:
            pipe.write(frame)
        pipe.close()
    except BrokenPipeError:
        process.wait()  # it ended by itself: its own words are told by the caller
        if not process.returncode:
            raise


def says(*arguments: str) -> str:
    """What the program says of itself: nothing is encoded, and no place is waited for."""
    return _run(arguments, None, None, 60).decode(errors="replace")


def run_by(program: str, arguments: Sequence[str], *, cwd: Path) -> None:
    """Run another ffmpeg than the one in use, on something small. MediaError as of `run`; OSError for no program."""
    _run(arguments, cwd, None, 60, program)


def _run(
    arguments: Sequence[str], cwd: Path | None, stdin: bytes | None, timeout: float, program: str | None = None
) -> bytes:
    command = [program or executable(), *_QUIET, *arguments]
    try:
        # Without bytes of its own it must not inherit the terminal's.
        feed: dict[str, Any] = {"stdin": subprocess.DEVNULL} if stdin is None else {"input": stdin}
        done = subprocess.run(
            command,
            cwd=cwd,
            env=environment(),
            capture_output=True,
            timeout=timeout,
            check=False,
            **feed,
        )
    except subprocess.TimeoutExpired as error:
        raise _too_slow(timeout, arguments) from error
    _raise_failed(done.returncode, done.stderr, arguments)
    return bytes(done.stdout)


def _too_slow(timeout: float, arguments: Sequence[str]) -> MediaError:
    return MediaError(f"ffmpeg did not finish in {timeout:.0f} s", why=_shown(arguments), retryable=True)


def _raise_failed(code: int, complaint: bytes, arguments: Sequence[str]) -> None:
    if not code:
        return
    words = complaint.decode(errors="replace")[-_STDERR_TAIL:].strip()
    if os.strerror(errno.ENOSPC) in words:
        raise MediaError(
            "ffmpeg found no room on a disk",
            why=f"{os.strerror(errno.ENOSPC)} where it writes {arguments[-1]}",
            hint=f"make room, {tempfile.gettempdir()} included, and run again: `df -h` shows which disk is full",
        )
    raise MediaError(f"ffmpeg ended with {code}", why=f"{words}\n  arguments: {_shown(arguments)}")


class _SourceNode(FilterNode):  # type: ignore[misc]  # ffmpeg-python has no types
    """A filter without inputs, which ffmpeg-python has no node for."""

    def __init__(self, name: str, settings: dict[str, Any]) -> None:
        Node.__init__(self, None, name, {FilterableStream}, FilterableStream, 0, 0, [], settings)


def own_input(path: Path, **options: Any) -> Any:
    """An input of an ffmpeg-python graph, distinct from every other one of the same file.

    Its own `input` takes equal inputs for one, which cannot be read from in two places.
    """
    return InputNode("input", args=[uuid4().hex], kwargs={"filename": str(path), **options}).stream()


def source(name: str, **settings: Any) -> Any:
    """The stream of a filter that makes its own frames (`color`, `movie`), to be used in an ffmpeg-python graph.

    Unlike an input it starts no threads, and nothing has to keep pace with it.
    """
    return _SourceNode(name, settings).stream()


def render(stream: Any, *, cwd: Path | None = None, timeout: float = _SECONDS) -> None:
    """Run an ffmpeg-python output graph. A killed run leaves half of its output file: see `atomic_write`."""
    run([str(argument) for argument in stream.compile(cmd="ffmpeg")[1:]], cwd=cwd, timeout=timeout)


def _shown(arguments: Sequence[str]) -> str:
    return " ".join(arguments)
