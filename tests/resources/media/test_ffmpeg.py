from collections.abc import Iterator
from pathlib import Path

import pytest
from filelock import FileLock, Timeout

from resources.core.errors import MediaError
from resources.media import cores
from resources.media.ffmpeg import feed, run
from resources.media.probe import video_facts

RAW = ("-f", "rawvideo", "-pix_fmt", "gray", "-s", "32x32", "-r", "30")
CODED = ("-c:v", "libx264", "-pix_fmt", "yuv420p")


def frames(count: int) -> Iterator[bytes]:
    yield from [bytes(32 * 32)] * count


def test_frames_that_are_fed_become_a_file(tmp_path: Path) -> None:
    feed(RAW, frames(7), [*CODED, str(tmp_path / "made.mp4")])
    assert video_facts(tmp_path / "made.mp4").frames == 7


def test_no_frame_is_made_while_a_place_is_waited_for(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(cores, "shared", lambda: cores.Places(tmp_path, 1))

    def made_on_a_place() -> Iterator[bytes]:
        with pytest.raises(Timeout):
            FileLock(tmp_path / "0.lock", timeout=0).acquire()
        yield from frames(3)

    feed(RAW, made_on_a_place(), [*CODED, str(tmp_path / "made.mp4")])
    FileLock(tmp_path / "0.lock", timeout=0).acquire().lock.release()  # and it is free again


def test_what_goes_wrong_while_frames_are_made_ends_the_program_and_is_raised(tmp_path: Path) -> None:
    def broken() -> Iterator[bytes]:
        yield from frames(2)
        raise MediaError("a picture cannot be drawn")

    with pytest.raises(MediaError, match="a picture cannot be drawn"):
        feed(RAW, broken(), [*CODED, str(tmp_path / "made.mp4")])


def test_a_program_that_ends_before_its_frames_do_is_told_in_its_own_words(tmp_path: Path) -> None:
    with pytest.raises(MediaError, match="ffmpeg ended with") as raised:
        feed(RAW, frames(5000), ["-c:v", "no-such-encoder", str(tmp_path / "made.mp4")])
    assert "no-such-encoder" in (raised.value.why or "")


def test_a_program_that_finds_no_room_is_told_with_what_makes_some() -> None:
    with pytest.raises(MediaError, match="found no room") as told:
        run(["-f", "lavfi", "-i", "sine=300:d=9", "-f", "s16le", "/dev/full"])
    assert told.value.why == "No space left on device where it writes /dev/full"
    assert "df -h" in str(told.value.hint)


def test_a_program_that_hangs_is_ended_and_may_be_tried_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    hangs = tmp_path / "ffmpeg"
    hangs.write_text("#!/bin/sh\nexec sleep 600\n")  # and reads nothing of what it is fed
    hangs.chmod(0o755)
    monkeypatch.setattr("resources.media.ffmpeg.executable", lambda: str(hangs))
    with pytest.raises(MediaError, match="did not finish in 0 s") as raised:
        feed(RAW, frames(50_000), ["-f", "null", "-"], timeout=0.2)
    assert raised.value.retryable
