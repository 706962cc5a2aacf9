"""Another ffmpeg is tried out before it is used: what it cannot do is told in a line."""

import sys
from pathlib import Path

import pytest

from resources.media.ffmpeg import executable
from resources.media.trial import unfit


def test_the_wheels_own_program_can_do_it() -> None:
    assert unfit(executable()) is None


@pytest.mark.parametrize("missing", ["format_opts", "fill=black", "ass=", "libx264", "flac", "latency=true"])
def test_a_program_without_one_of_the_parts_is_found_with_its_own_words(tmp_path: Path, missing: str) -> None:
    program = tmp_path / "ffmpeg"
    program.write_text(
        "#!/bin/sh\n"
        f"""case "$*" in *"{missing}"*) echo "Option '{missing}' not found" >&2; exit 1;; esac\n"""
        f'exec "{executable()}" "$@"\n'
    )
    program.chmod(0o755)
    assert unfit(str(program)) == f"Option '{missing}' not found"


def test_what_is_no_ffmpeg_is_told(tmp_path: Path) -> None:
    page = tmp_path / "page.html"
    page.write_text("<html>")
    assert unfit(str(page)) == "it cannot be started: Permission denied"
    assert unfit(str(tmp_path / "nowhere")) == "it cannot be started: No such file or directory"
    assert unfit("/bin/false") == "ffmpeg ended with 1"
    assert unfit("/bin/true") == "it made 0 frames of 3"
    assert unfit(sys.executable) is not None
