"""No program that makes media is given a key."""

import subprocess
import sys
from pathlib import Path

import pytest

from resources.content.settings.characters import OfflineVoice
from resources.media import ffmpeg
from resources.providers.offline import espeak_process
from resources.providers.offline.puppets.encode import encode

_SHOWS = '#!/bin/sh\nenv >> "{log}"\nexec "{real}" "$@"\n'


def test_no_child_of_a_rehearsal_sees_a_key(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("FAL_KEY", "ELEVENLABS_API_KEY", "NINJA_LEDGER_URL", "AWS_SECRET_ACCESS_KEY"):
        monkeypatch.setenv(name, "s3cr3t")
    log = tmp_path / "log"
    for name, real in (("ffmpeg", ffmpeg.executable()), ("python", sys.executable)):
        program = tmp_path / name
        program.write_text(_SHOWS.format(log=log, real=real), encoding="utf-8")
        program.chmod(0o755)
    monkeypatch.setattr(ffmpeg, "executable", lambda: str(tmp_path / "ffmpeg"))
    monkeypatch.setattr(sys, "executable", str(tmp_path / "python"))
    ffmpeg.run(["-version"])
    encode([bytes(64 * 64 * 3 // 2)] * 2, 64, 64, 30, tmp_path / "a.mp4")
    assert espeak_process.speak("Hi.", OfflineVoice(voice="espeak"), where="s01", place="show.yaml").rate
    told = log.read_text(encoding="utf-8")
    assert told.count("PATH=") >= 3
    assert "s3cr3t" not in told


def test_the_wheels_program_is_found_without_being_started(monkeypatch: pytest.MonkeyPatch) -> None:
    """Whoever starts it to see whether it runs gives it the environment as it is."""
    monkeypatch.delenv("IMAGEIO_FFMPEG_EXE", raising=False)
    monkeypatch.setattr(subprocess, "Popen", None)
    assert Path(ffmpeg.executable.__wrapped__()).is_file()
    monkeypatch.setenv("IMAGEIO_FFMPEG_EXE", "/opt/ffmpeg")
    assert ffmpeg.executable.__wrapped__() == "/opt/ffmpeg"
