"""What a command does with streams that nobody reads any more, and with a terminal that is closed."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from ninja_assets.cli import INTERRUPTED, UNTOLD
from ninja_assets.cli.terminal import own_stderr

FULL = Path("/dev/full")
BEGUN = "from ninja_assets.cli.terminal import *; import os, signal, sys; ready_streams(); "


def said(code: str, **streams: object) -> subprocess.CompletedProcess[str]:
    return subprocess.run([sys.executable, "-c", BEGUN + code], text=True, check=False, timeout=120, **streams)  # type: ignore[call-overload,no-any-return]


@pytest.mark.skipif(not FULL.exists(), reason="there is no /dev/full")
def test_progress_that_cannot_be_written_ends_nothing() -> None:
    with FULL.open("w") as full:
        done = said("sys.stderr.write('on its way\\n'); print('made')", stdout=subprocess.PIPE, stderr=full)
    assert (done.returncode, done.stdout) == (0, "made\n")


def test_progress_into_a_pipe_that_was_closed_ends_nothing() -> None:
    read, write = os.pipe()
    os.close(read)
    code = "own_stderr().write('on its way\\n'); from rich.console import Console; "
    code += "Console(file=own_stderr()).print('and on'); print('made')"
    done = said(code, stdout=subprocess.PIPE, stderr=write)
    os.close(write)
    assert (done.returncode, done.stdout) == (0, "made\n")


def test_a_result_waits_for_a_pipe_that_is_full_and_progress_does_not() -> None:
    """Whoever started the command may have made its streams such that they do not wait: `write` says None then."""
    read, write = os.pipe()
    code = "os.set_blocking(1, False); os.set_blocking(2, False); print('m' * 2**20); sys.stderr.write('p' * 2**20)"
    done = said(code, stdout=subprocess.PIPE, stderr=write)
    os.close(read)
    os.close(write)
    assert (done.returncode, done.stdout) == (0, "m" * 2**20 + "\n")


@pytest.mark.skipif(not FULL.exists(), reason="there is no /dev/full")
@pytest.mark.parametrize("more", [[], ["--json"]], ids=["in words", "in JSON"])
def test_a_result_that_cannot_be_written_is_told_and_is_no_refusal(tmp_path: Path, more: list[str]) -> None:
    command = [sys.executable, "-c", "from ninja_assets.cli import main; main()", "models", *more]
    with FULL.open("w") as full:
        done = subprocess.run(
            command, stdout=full, stderr=subprocess.PIPE, text=True, check=False, cwd=tmp_path, timeout=120
        )
    assert done.returncode == UNTOLD
    assert done.stderr.startswith("ninja: the result cannot be written to where the output goes")
    assert "Traceback" not in done.stderr
    assert "Exception ignored" not in done.stderr


@pytest.mark.parametrize(("under_nohup", "status"), [(False, INTERRUPTED), (True, 0)], ids=["closed", "nohup"])
def test_a_terminal_that_is_closed_interrupts_but_not_under_nohup(under_nohup: bool, status: int) -> None:
    begun_with = "SIG_IGN" if under_nohup else "SIG_DFL"  # whatever these tests were begun with
    code = f"signal.signal(signal.SIGHUP, signal.{begun_with})\nend_with_the_terminal()\n"
    code += "try:\n    os.kill(os.getpid(), signal.SIGHUP)\n"
    code += f"except KeyboardInterrupt:\n    sys.exit({INTERRUPTED})"
    assert said(code).returncode == status


def test_a_terminal_that_is_closed_ends_a_run_as_whoever_runs_it_ends_it_by_ctrl_c() -> None:
    code = "signal.signal(signal.SIGHUP, signal.SIG_DFL); end_with_the_terminal(); "
    code += "signal.signal(signal.SIGINT, lambda number, frame: sys.exit(7)); "
    assert said(code + "os.kill(os.getpid(), signal.SIGHUP)").returncode == 7


def test_letters_that_a_stream_has_not_are_escaped() -> None:
    done = said("print('né 中')", stdout=subprocess.PIPE, env={**os.environ, "PYTHONIOENCODING": "ascii"})
    assert done.stdout == "n\\xe9 \\u4e2d\n"


def test_this_processs_stderr_is_a_stream_of_its_own() -> None:
    stream = own_stderr()
    assert stream.fileno() != sys.__stderr__.fileno()  # type: ignore[union-attr]
    stream.close()
