"""What a media file says of itself, and its sound as samples, whatever it is stored as."""

import wave
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from resources.core.errors import MediaError
from resources.media.audio.voice_track import wav_bytes
from resources.media.ffmpeg import run
from resources.media.probe import blocks, picture_size, samples, samples_at, tells_colours, video_facts
from resources.media.timebase import RATE

SOUND = (0.5 * np.sin(2 * np.pi * 220 * np.arange(RATE // 2) / RATE)).astype(np.float32)


@pytest.fixture(scope="module")
def voice(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("sound") / "voice.wav"
    path.write_bytes(wav_bytes(SOUND))
    return path


def test_a_finished_voice_has_the_samples_that_were_written(voice: Path) -> None:
    assert np.abs(samples(voice) - SOUND).max() < 1 / 32768


@pytest.mark.parametrize(
    ("name", "options"),
    [
        ("stereo.wav", ["-ac", "2"]),
        ("slow.wav", ["-ar", "24000"]),
        ("float.wav", ["-c:a", "pcm_f32le"]),
        ("deep.wav", ["-c:a", "pcm_s24le"]),
        ("voice.flac", []),
    ],
)
def test_another_file_gives_the_same_sound(voice: Path, tmp_path: Path, name: str, options: list[str]) -> None:
    run(["-i", str(voice), *options, str(tmp_path / name)])
    found = samples(tmp_path / name)
    assert len(found) == pytest.approx(len(SOUND), abs=100)
    inside = slice(1000, len(SOUND) - 1000)
    assert np.abs(found[inside] - SOUND[inside]).max() < 0.01


def test_a_voice_read_and_a_voice_decoded_are_the_same_to_the_bit(voice: Path, tmp_path: Path) -> None:
    run(["-i", str(voice), "-c", "copy", str(tmp_path / "voice.mka")])
    assert (samples(tmp_path / "voice.mka") == samples(voice)).all()


@pytest.fixture(scope="module")
def long_sound(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A tone that climbs, coded as a cut is: a coder's delay before it, frames that need the one before, a picture."""
    path = tmp_path_factory.mktemp("sound") / "cut.mp4"
    tone, picture = "aevalsrc=0.4*sin(300*t*t+900*t):s=48000:d=8", "testsrc=s=64x48:r=30:d=8"
    run(["-f", "lavfi", "-i", tone, "-f", "lavfi", "-i", picture, "-ac", "2", "-c:a", "aac", str(path)])
    return path


def test_parts_of_a_sound_are_those_of_the_whole_to_the_bit_in_any_order(long_sound: Path) -> None:
    whole = samples(long_sound, RATE)
    spans = [(0, 700), (RATE * 5 + 17, RATE * 6), (100, 9000), (5000, 5001), (RATE * 3, RATE * 3 + 1500)]
    for (first, last), part in zip(spans, samples_at(long_sound, spans, RATE), strict=True):
        assert np.array_equal(part, whole[first:last]), (first, last)


def test_a_part_past_the_end_is_what_there_is_of_it(long_sound: Path) -> None:
    whole = samples(long_sound, RATE)
    after, over = samples_at(long_sound, [(len(whole) + 9000, len(whole) + 9500), (len(whole) - 300, RATE * 9)], RATE)
    assert len(after) == 0
    assert np.array_equal(over, whole[-300:])


def test_a_long_sound_is_decoded_a_second_at_a_time(long_sound: Path) -> None:
    assert max(map(len, blocks(long_sound, RATE))) == RATE


def test_parts_of_what_has_no_sound_are_an_error_that_names_it(tmp_path: Path) -> None:
    (tmp_path / "note.mp4").write_text("no sound", encoding="utf-8")
    with pytest.raises(MediaError, match=r"note\.mp4"):
        samples_at(tmp_path / "note.mp4", [(0, 10)], RATE)


def test_a_voice_that_breaks_off_is_what_there_is_of_it(voice: Path, tmp_path: Path) -> None:
    broken = tmp_path / "broken.wav"
    broken.write_bytes(voice.read_bytes()[:20_000])
    with wave.open(str(voice)) as whole:
        assert 0 < len(samples(broken)) < whole.getnframes()


def test_what_has_no_sound_is_an_error_that_names_it(tmp_path: Path) -> None:
    (tmp_path / "note.wav").write_text("no sound", encoding="utf-8")
    for path in (tmp_path / "note.wav", tmp_path / "none.wav"):
        with pytest.raises(MediaError) as caught:
            samples(path)
        assert str(path) in str(caught.value)


def test_a_video_says_its_size_rate_frames_and_colours(tmp_path: Path) -> None:
    clip = tmp_path / "clip.mp4"
    run(["-f", "lavfi", "-i", "testsrc=s=64x48:r=15:d=2", "-pix_fmt", "yuv420p", "-colorspace", "bt709", str(clip)])
    facts = video_facts(clip)
    assert (facts.width, facts.height, facts.fps, facts.frames, facts.has_audio) == (64, 48, 15.0, 30, False)
    assert facts.seconds == pytest.approx(2.0, abs=1e-6)
    assert tells_colours(clip)
    assert picture_size(clip) == (64, 48)


@pytest.mark.parametrize("look", [video_facts, picture_size, tells_colours])
def test_pictures_that_nothing_here_decodes_are_refused_by_every_door(
    tmp_path: Path, look: Callable[[Path], object]
) -> None:
    """What a server sends in the place of a clip: the demuxer knows the kind, and there is no decoder."""
    (tmp_path / "clip.mp4").write_text('<svg xmlns="http://www.w3.org/2000/svg" width="9" height="9"><g/></svg>')
    with pytest.raises(MediaError, match="nothing here decodes"):
        look(tmp_path / "clip.mp4")
