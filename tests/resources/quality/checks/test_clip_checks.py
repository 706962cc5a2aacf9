"""Each check of a clip, proven by a clip made to fail it."""

from pathlib import Path

import numpy as np
import pytest

from resources.content.settings.characters import Character
from resources.core.errors import MediaError
from resources.core.library import Library
from resources.core.names import Mode
from resources.core.values import Cell
from resources.media.audio.voice_track import wav_bytes
from resources.media.ffmpeg import run
from resources.media.timebase import RATE
from resources.providers.offline.cast import OfflineClipStudio, mouth_box
from resources.purchasing.requests.briefs import ListenerBrief, SpeakerBrief
from resources.quality.checks.clip_checks import (
    assumed_mouth,
    judge_frames,
    judge_freeze,
    judge_length,
    judge_lips,
    judge_listener,
    longest_freeze,
    measure_lips,
    measure_movement,
)

CELL = Cell(episode="demo", segment="s01", mode=Mode.REHEARSAL)
NINJA = Character(name="Ninja", puppet="ninja")
SIZE = (360, 320)
BOX = mouth_box(NINJA, *SIZE)


def _speech(seconds: float, beat: float) -> bytes:
    time = np.arange(round(seconds * RATE)) / RATE
    loud = np.clip(np.sin(2 * np.pi * beat * time) + 0.6 * np.sin(2 * np.pi * 1.8 * beat * time + 1), 0, None)
    return wav_bytes((0.4 * loud * np.sin(2 * np.pi * 180 * time)).astype(np.float32))


@pytest.fixture(scope="module")
def library(tmp_path_factory: pytest.TempPathFactory) -> Library:
    return Library(tmp_path_factory.mktemp("library"))


@pytest.fixture(scope="module")
def voice(library: Library) -> Path:
    return library.path(library.put_bytes(_speech(2.4, 2.1), ".wav"))


@pytest.fixture(scope="module")
def speaker(library: Library, voice: Path) -> Path:
    audio = library.put(voice)
    order = SpeakerBrief(
        cell=CELL,
        label="NINJA",
        character=NINJA,
        track=audio,
        image=None,
        seconds=2.4,
        words=(),
        width=SIZE[0],
        height=SIZE[1],
        take=1,
    )
    return library.path(OfflineClipStudio(library, library.path(audio).parent).speaker(order).video)


@pytest.fixture(scope="module")
def listener(library: Library, tmp_path_factory: pytest.TempPathFactory) -> Path:
    order = ListenerBrief(
        cell=CELL,
        label="NINJA",
        character=NINJA,
        image=None,
        seconds=2.4,
        width=SIZE[0],
        height=SIZE[1],
        mood=None,
        take=1,
    )
    return library.path(OfflineClipStudio(library, tmp_path_factory.mktemp("show")).listener(order).video)


def test_lips_that_speak_the_line_pass(speaker: Path, voice: Path) -> None:
    lips = measure_lips(speaker, voice, BOX, drawn=True)
    assert lips.lag == pytest.approx(0, abs=0.02)
    assert judge_lips("s01", lips, drawn=True).passed


def test_lips_that_speak_another_line_fail(speaker: Path, library: Library) -> None:
    other = library.path(library.put_bytes(_speech(2.4, 3.37), ".wav"))
    finding = judge_lips("s01", measure_lips(speaker, other, BOX, drawn=True), drawn=True)
    assert not finding.passed
    assert "s01" in finding.segment


def test_a_voice_three_frames_late_is_seen(speaker: Path, voice: Path, tmp_path: Path) -> None:
    late = tmp_path / "late.wav"
    run(["-i", str(voice), "-af", "adelay=100", str(late)])
    lips = measure_lips(speaker, late, BOX, drawn=True)
    assert lips.lag == pytest.approx(-0.1, abs=0.04)
    assert not judge_lips("s01", lips, drawn=True).passed


def test_a_face_that_does_not_move_follows_nothing(voice: Path, tmp_path: Path) -> None:
    still = tmp_path / "still.mp4"
    run(["-f", "lavfi", "-i", "color=0x405060:s=360x320:r=30:d=2.4", "-pix_fmt", "yuv420p", str(still)])
    lips = measure_lips(still, voice, assumed_mouth(*SIZE), drawn=False)
    assert lips.follows == 0
    assert not judge_lips("s01", lips, drawn=False).passed


def test_a_listener_is_still_and_a_speaker_in_its_place_is_not(speaker: Path, listener: Path) -> None:
    assert judge_listener("s01", measure_movement(listener, BOX), most=5).passed
    assert not judge_listener("s01", measure_movement(speaker, BOX), most=5).passed


def test_a_clip_that_freezes_for_a_second_is_seen(speaker: Path, tmp_path: Path) -> None:
    frozen = tmp_path / "frozen.mp4"
    run(["-i", str(speaker), "-vf", "tpad=stop_mode=clone:stop_duration=1.5", str(frozen)])
    assert 1.3 <= longest_freeze(frozen) <= 1.6  # the encoder sharpens the first repeats
    assert longest_freeze(speaker) < 0.2
    assert not judge_freeze("s01", {"NINJA": longest_freeze(frozen), "GLITCH": 0.0}).passed
    assert judge_freeze("s01", {"NINJA": longest_freeze(speaker)}).passed


@pytest.mark.parametrize(("clip", "passed"), [(2.4, True), (2.3, True), (1.9, False)])
def test_a_clip_that_ends_before_its_words_fails(clip: float, passed: bool) -> None:
    assert judge_length("s01", voice=2.4, clip=clip).passed is passed


def test_a_composite_without_exactly_its_frames_fails() -> None:
    assert judge_frames("s01", frames=72, wanted=72).passed
    assert not judge_frames("s01", frames=71, wanted=72).passed


def test_what_is_no_clip_is_refused(tmp_path: Path, voice: Path) -> None:
    broken = tmp_path / "broken.mp4"
    broken.write_bytes(b"no video")
    with pytest.raises(MediaError, match="cannot be read"):
        measure_lips(broken, voice, BOX, drawn=True)
    with pytest.raises(MediaError, match="cannot be read"):
        longest_freeze(broken)
    with pytest.raises(MediaError, match="cannot be read"):
        measure_movement(voice, BOX)


def test_a_clip_of_half_the_frames_is_not_judged_to_move_twice_as_much(tmp_path: Path) -> None:
    moves = "testsrc=s=360x320:r=15:d=3"
    run(["-f", "lavfi", "-i", moves, "-pix_fmt", "yuv420p", str(tmp_path / "drawn.mp4")])
    run(["-i", str(tmp_path / "drawn.mp4"), "-vf", "minterpolate=fps=30:mi_mode=blend", str(tmp_path / "smooth.mp4")])
    drawn, smooth = (measure_movement(tmp_path / name, (0, 0, 360, 320)) for name in ("drawn.mp4", "smooth.mp4"))
    assert drawn == pytest.approx(smooth, rel=0.25)
