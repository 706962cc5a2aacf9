"""Music under speech: how far below it lies, where it comes up, and that nothing is heard of a loop's end."""

import wave
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from resources.content.show import Sound, SoundChoice
from resources.core.errors import MediaError
from resources.core.settings import ROOT
from resources.media.audio.music import Music, check_music, ducking, heard_within, lay_under, looped, music_of
from resources.media.audio.voice_track import raw_loudness
from resources.media.ffmpeg import run
from resources.media.probe import samples
from resources.media.timebase import RATE
from resources.models.loading import load_show
from tests.resources.media.footage import wav

WINDOWS = 100  # a second


def stereo(mono: NDArray[np.float64]) -> NDArray[np.float32]:
    return np.repeat(mono.astype("<f4")[:, None], 2, axis=1)


def noise(seconds: float, level: float, seed: int = 1) -> NDArray[np.float64]:
    """Pink-ish noise: as wide as speech, without its pauses."""
    spectrum = np.fft.rfft(np.random.default_rng(seed).normal(size=round(seconds * RATE)))
    hertz = np.fft.rfftfreq(round(seconds * RATE), 1 / RATE)
    sound = np.fft.irfft(spectrum / np.sqrt(np.maximum(hertz, 50)) * (hertz < 8000), round(seconds * RATE))
    return np.asarray(sound / np.sqrt(np.mean(sound**2)) * level)


def write(folder: Path, name: str, sound: NDArray[np.float32]) -> Path:
    path = folder / name
    path.write_bytes(sound.tobytes())
    return path


def tune(folder: Path, seconds: float = 3.0, level: float = 0.3) -> Path:
    """A music file: a wave file of noise."""
    path = folder / f"tune-{seconds}.wav"
    with wave.open(str(path), "wb") as out:
        out.setnchannels(2)
        out.setsampwidth(2)
        out.setframerate(RATE)
        out.writeframes((stereo(noise(seconds, level, seed=5)) * 32767).astype("<i2").tobytes())
    return path


def spoken(*lengths: float) -> NDArray[np.float64]:
    """Speech and silence in turn, as many seconds each as `lengths`, beginning with speech."""
    parts = [
        noise(length, 0.1) if number % 2 == 0 else np.zeros(round(length * RATE))
        for number, length in enumerate(lengths)
    ]
    return np.concatenate(parts)


def bed_alone(folder: Path, speech: NDArray[np.float64], music: Music) -> tuple[NDArray[np.float32], float]:
    """What is added to the dialogue, and the dialogue's loudness."""
    dialogue = write(folder, "speech.raw", stereo(speech))
    lufs = raw_loudness(dialogue).integrated_lufs
    mixed = np.fromfile(lay_under(dialogue, music, lufs, folder / "mixed.raw"), dtype="<f4").reshape(-1, 2)
    return mixed - stereo(speech), lufs


def lufs_of(folder: Path, sound: NDArray[np.float32]) -> float:
    return raw_loudness(write(folder, "part.raw", np.ascontiguousarray(sound))).integrated_lufs


@pytest.mark.parametrize("level", [0.02, 0.6])
def test_the_bed_lies_as_far_under_speech_as_set_whatever_its_file_is_at(tmp_path: Path, level: float) -> None:
    speech = spoken(6.0, 0.3, 4.0)
    bed, lufs = bed_alone(tmp_path, speech, Music(bed=tune(tmp_path, level=level)))
    assert lufs - lufs_of(tmp_path, bed[: 9 * RATE]) == pytest.approx(20, abs=0.5)
    assert np.abs(bed[6 * RATE : round(6.3 * RATE)]).max() > 0  # in the pause between two turns it is there, and low
    assert lufs - lufs_of(tmp_path, bed[round(5.5 * RATE) : 7 * RATE]) >= 18


def test_the_bed_comes_up_in_a_long_pause_and_is_down_again_before_the_next_word(tmp_path: Path) -> None:
    speech = spoken(3.0, 4.0, 3.0)
    bed, lufs = bed_alone(tmp_path, speech, Music(bed=tune(tmp_path)))
    assert lufs - lufs_of(tmp_path, bed[round(4.2 * RATE) : round(6.4 * RATE)]) == pytest.approx(10, abs=1)
    assert lufs - lufs_of(tmp_path, bed[7 * RATE : round(9 * RATE)]) >= 18
    assert np.abs(bed[-10:]).max() < 0.001  # it has faded out where the cut ends


def test_of_a_long_bed_no_more_is_read_than_the_cut_plays(tmp_path: Path) -> None:
    bed_alone(tmp_path, spoken(3.0), Music(bed=tune(tmp_path, seconds=30.0)))
    assert (tmp_path / "bed.raw").stat().st_size <= 4 * RATE * 2 * 4


def test_no_step_of_the_ducking_is_steeper_than_its_slopes_and_speech_is_never_under_it() -> None:
    heard = np.zeros(20 * WINDOWS, dtype=np.bool_)
    for start, end in ((200, 500), (550, 700), (1200, 1300)):
        heard[start:end] = True
    below = ducking(heard, under_speech=20, in_pauses=8)
    assert below[heard] == pytest.approx(20)
    assert below[500:550] == pytest.approx(20)  # half a second is no pause
    assert (below[:150].min(), below[900:1150].min()) == (pytest.approx(8), pytest.approx(8))
    assert np.diff(below).max() <= 0.4 + 1e-9
    assert np.diff(below).min() >= -0.12 - 1e-9


def test_a_loop_has_no_step_at_its_seam() -> None:
    ramp = stereo(np.linspace(-1, 1, RATE))  # a file whose end and start are as far apart as can be
    sound = looped(ramp, 0, 3 * RATE)
    assert np.abs(np.diff(sound[:, 0])).max() < 0.01
    again = np.concatenate([looped(ramp, 0, RATE + 77), looped(ramp, RATE + 77, 2 * RATE - 77)])
    np.testing.assert_array_equal(sound, again)


def test_stings_stand_at_the_start_and_after_the_last_word_or_at_the_end(tmp_path: Path) -> None:
    sting = tune(tmp_path, seconds=1.0)
    speech = spoken(4.0, 3.0)
    alone, lufs = bed_alone(tmp_path, speech, Music(opening=sting, closing=sting))
    assert np.abs(alone[: RATE // 10]).max() > 0.001
    assert not alone[RATE + 10 : 4 * RATE - 480].any()
    assert np.abs(alone[4 * RATE : 5 * RATE]).max() > 0.001
    assert not alone[5 * RATE + 480 :].any()
    assert lufs - lufs_of(tmp_path, alone[:RATE]) == pytest.approx(10, abs=0.5)
    at_the_end, _ = bed_alone(tmp_path, spoken(4.0, 0.25), Music(closing=sting))
    assert not at_the_end[: round(3.25 * RATE)].any()
    assert np.abs(at_the_end[round(3.3 * RATE) :]).max() > 0.001


def test_the_hit_of_an_opening_sting_falls_on_the_first_word(tmp_path: Path) -> None:
    rising = np.concatenate([noise(0.5, 0.02), noise(0.5, 0.3)])
    path = tmp_path / "rising.wav"
    path.write_bytes(wav(rising.astype(np.float32)))
    speech = np.concatenate([np.zeros(round(1.2 * RATE)), spoken(4.0)])
    alone, _ = bed_alone(tmp_path, speech, Music(opening=path))
    loud = np.abs(alone[:, 0]) > 0.3 * np.abs(alone).max()
    assert np.argmax(loud) / RATE == pytest.approx(1.2, abs=0.02)
    assert np.abs(alone[: round(0.69 * RATE)]).max() == 0
    soon, _ = bed_alone(tmp_path, spoken(4.0), Music(opening=path))  # nothing begins before the first frame
    assert np.abs(soon[: RATE // 10]).max() > 0


def test_a_room_is_heard_in_pauses_as_far_below_speech_as_set_and_never_changes(tmp_path: Path) -> None:
    speech = spoken(3.0, 4.0, 3.0)
    room, lufs = bed_alone(tmp_path, speech, Music(room=45.0))
    for begin, end in ((0, 3), (3, 7), (7, 10)):
        assert lufs - lufs_of(tmp_path, room[begin * RATE : end * RATE]) == pytest.approx(45, abs=1.5)
    again, _ = bed_alone(tmp_path, speech, Music(room=45.0))
    np.testing.assert_array_equal(room, again)
    assert not Music().plays


def test_a_file_without_sound_is_refused_by_its_name_before_money_and_stops_no_cut_after_it(tmp_path: Path) -> None:
    speech = stereo(spoken(2.0))
    dialogue = write(tmp_path, "speech.raw", speech)
    for level, seconds in ((0.0001, 2.0), (0.3, 0.1)):
        quiet = tune(tmp_path, seconds=seconds, level=level)
        with pytest.raises(MediaError, match=quiet.name):
            check_music(Music(bed=quiet), 60)
        heard, said = heard_within(Music(bed=quiet, closing=quiet), len(speech))
        assert said == tuple(
            f"the {name} is left out: nothing is heard in the first 3 s of {quiet.name}" for name in ("bed", "closing")
        )
        mixed = lay_under(dialogue, heard, -20, tmp_path / "mixed.raw")
        assert mixed.read_bytes() == dialogue.read_bytes()


@pytest.mark.parametrize(
    ("name", "content", "why"),
    [
        ("a.mp3", b" <!doctype html><title>404</title>" + b"<p>log in</p>" * 9000, "it is a web page"),
        ("a.m4a", np.random.default_rng(1).bytes(50_000), "no program here knows it as a sound"),
        ("a.mp3", np.random.default_rng(2).bytes(50_000), "no program here knows it as a sound"),
        ("a.ogg", b"", "nothing is in it"),
    ],
    ids=["a page", "noise", "noise that looks like frames", "nothing"],
)
def test_the_cut_refuses_what_is_no_sound_in_the_words_of_lint(
    tmp_path: Path, name: str, content: bytes, why: str
) -> None:
    file = tmp_path / name
    file.write_bytes(content)
    with pytest.raises(MediaError) as linted:
        check_music(Music(bed=file), 60)
    with pytest.raises(MediaError) as cut:
        heard_within(Music(opening=file), 2 * RATE)
    assert str(linted.value) == str(cut.value)
    assert (linted.value.code, linted.value.why and linted.value.why.startswith(why)) == ("sound-unreadable", True)


def test_a_video_without_sound_is_told_from_a_sound(tmp_path: Path) -> None:
    mute = tmp_path / "a.m4a"
    run(["-f", "lavfi", "-i", "testsrc=d=0.2:s=64x64", "-f", "mp4", str(mute)])
    with pytest.raises(MediaError) as refused:
        check_music(Music(bed=mute), 60)
    assert refused.value.why == "it has no sound, only pictures"
    assert refused.value.hint == "give a file that plays, or `off`"


def test_an_episode_takes_the_shows_music_but_for_what_it_chose(tmp_path: Path) -> None:
    sound = Sound(bed=Path("a.ogg"), opening=Path("b.ogg"), closing=Path("off"), stings_lu=3)
    music = music_of(sound, SoundChoice(bed=Path("c.ogg"), opening=Path("off")), tmp_path)
    assert (music.bed, music.opening, music.closing, music.stings) == (tmp_path / "c.ogg", None, None, 3)


def test_a_file_that_cannot_be_played_is_refused_by_its_name(tmp_path: Path) -> None:
    broken = tmp_path / "broken.ogg"
    broken.write_bytes(b"no sound")
    check_music(Music(bed=tune(tmp_path)), 60)
    with pytest.raises(MediaError, match=r"broken\.ogg"):
        check_music(Music(opening=broken), 60)


def test_the_music_of_the_example_show_loops_and_leaves_room_for_words() -> None:
    show = load_show(ROOT / "show")
    music = music_of(show.sound, SoundChoice(), ROOT / "show")
    assert len(music.files) == 3
    check_music(music, 60)
    bed = samples(ROOT / "show" / "sounds" / "bed.ogg")
    assert len(bed) == 20 * RATE
    assert abs(bed[0] - bed[-1]) < 0.02
    power = np.abs(np.fft.rfft(bed)) ** 2
    hertz = np.fft.rfftfreq(len(bed), 1 / RATE)
    assert power[(hertz > 1000) & (hertz < 4000)].sum() < 0.05 * power.sum()
