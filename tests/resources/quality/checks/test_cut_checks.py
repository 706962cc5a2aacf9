"""Finished files: each check proven by a file made to fail it."""

from pathlib import Path

import pytest

from resources.core.errors import MediaError
from resources.core.library import Library
from resources.core.names import Mode
from resources.media.audio.voice_track import Loudness, loudness
from resources.media.ffmpeg import run
from resources.media.joining.join import CutFacts, final_cut
from resources.media.layouts import Area
from resources.media.picture.composite import composite
from resources.quality.checks.caption_checks import judge_captions
from resources.quality.checks.cut_checks import (
    judge_comment,
    judge_joint,
    judge_loudness,
    judge_music,
    judge_streams,
    measure_joints,
    measure_streams,
)
from resources.quality.checks.report import CHECKS, Check, Finding, stop_if_unfit
from tests.resources.media.footage import burst, clip, order, voice, words

SIZE = (270, 480)
BEATS = (0.1, 0.4, 0.8, 1.1)


class Made:
    """A small cut of two segments, its voices and its facts."""

    def __init__(self, folder: Path) -> None:
        library = Library(folder / "library")
        sounds = [voice(library, burst(1.5, seed=seed, at=BEATS)) for seed in (1, 2)]
        self.voices = [(f"s0{number}", library.path(sound)) for number, sound in enumerate(sounds, 1)]
        picture = clip(library, folder, seconds=1.5)
        self.segments = [
            composite(library, order(picture, None, sound, 1.5), folder / f"s{number}.mp4")
            for number, sound in enumerate(sounds)
        ]
        self.final = folder / "final.mp4"
        self.facts: CutFacts = final_cut(self.segments, self.final, title="t", comment="REHEARSAL: demo")


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Made:
    return Made(tmp_path_factory.mktemp("cut"))


def test_a_good_cut_passes_every_check(made: Made) -> None:
    streams = measure_streams(made.final)
    assert judge_streams("", streams, size=SIZE).passed
    assert judge_comment(streams, rehearsal=True).passed
    assert judge_loudness(loudness(made.final)).passed
    assert all(judge_joint(joint).passed for joint in measure_joints(made.final, made.voices, made.facts.places))


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (["-an", "-c:v", "copy"], "no sound"),
        (["-vn", "-c:a", "copy"], "no picture"),
        (["-r", "25"], "25 fps"),
        (["-vf", "scale=200:480"], "200x480"),
        (["-ar", "44100", "-c:v", "copy"], "44100 Hz"),
    ],
)
def test_a_missing_stream_a_wrong_size_or_rate_is_told(
    made: Made, tmp_path: Path, change: list[str], message: str
) -> None:
    wrong = tmp_path / "wrong.mp4"
    run(["-i", str(made.final), *change, str(wrong)])
    finding = judge_streams("s01", measure_streams(wrong), size=SIZE)
    assert not finding.passed
    assert message in finding.message


def test_a_voice_that_drifts_by_an_audio_frame_is_seen(made: Made, tmp_path: Path) -> None:
    late = tmp_path / "late.mp4"
    run(["-i", str(made.final), "-af", "adelay=25:all=1", "-c:v", "copy", str(late)])
    joints = measure_joints(late, made.voices, made.facts.places)
    assert [joint.samples for joint in joints] == pytest.approx([1200, 1200], abs=20)
    assert not any(judge_joint(joint).passed for joint in joints)


def test_a_joint_without_its_key_frame_is_seen(made: Made, tmp_path: Path) -> None:
    encoded = tmp_path / "encoded.mp4"
    run(
        [
            "-i",
            str(made.final),
            "-c:v",
            "libx264",
            "-g",
            "600",
            "-x264-params",
            "scenecut=0",
            "-c:a",
            "copy",
            str(encoded),
        ]
    )
    first, second = measure_joints(encoded, made.voices, made.facts.places)
    assert first.keyed
    assert not second.keyed
    assert not judge_joint(second).passed


def test_another_voice_in_a_segments_place_is_seen(made: Made) -> None:
    swapped = [("s01", made.voices[1][1]), ("s02", made.voices[0][1])]
    # Both beat at the same times, so the best match of another voice is near; its samples are never exactly there.
    joints = measure_joints(made.final, swapped, made.facts.places)
    assert any(joint.samples != 0 for joint in joints)


@pytest.mark.parametrize(("change", "message"), [("volume=-8dB", "LUFS"), ("volume=6dB", "dBTP")])
def test_a_cut_that_is_too_quiet_or_distorts_is_told(made: Made, tmp_path: Path, change: str, message: str) -> None:
    wrong = tmp_path / "wrong.mp4"
    run(["-i", str(made.final), "-af", change, "-c:v", "copy", str(wrong)])
    finding = judge_loudness(loudness(wrong))
    assert not finding.passed
    assert message in finding.message


def test_music_that_was_left_out_of_a_cut_is_told_where_its_checks_are() -> None:
    said = "the bed is left out: nothing is heard in the first 20 s of bed.ogg"
    found = judge_music(3, (said,))
    assert (found.check, found.passed, found.message) == ("music_is_heard", False, said)
    assert (judge_music(0, ()).passed, judge_music(0, ()).message) == (True, "it has no music")
    assert judge_music(1, ()).passed
    assert judge_music(3, ()).message == "3 music files are heard"


def test_a_cut_in_which_nobody_speaks_may_be_softer_but_neither_louder_nor_distorted() -> None:
    def heard(lufs: float, peak: float) -> Loudness:
        return Loudness(integrated_lufs=lufs, true_peak_dbtp=peak, range_lu=0.0)

    click, silence = heard(-37.0, -2.9), heard(-70.0, -120.0)
    assert judge_loudness(click, wordless=True).passed
    assert judge_loudness(silence, wordless=True).passed
    assert not judge_loudness(click).passed
    assert not judge_loudness(heard(-37.0, -0.5), wordless=True).passed
    assert not judge_loudness(heard(-12.0, -1.5), wordless=True).passed


def test_a_rehearsal_that_does_not_say_so_fails_and_so_does_a_final_that_does(made: Made) -> None:
    says = measure_streams(made.final)
    silent = measure_streams(made.segments[0])
    assert not judge_comment(says, rehearsal=False).passed
    assert not judge_comment(silent, rehearsal=True).passed
    assert judge_comment(silent, rehearsal=False).passed


def test_a_word_wider_than_its_area_is_hyphenated_and_told_where_that_does_not_help() -> None:
    area = Area(x=0, y=0, width=400, height=200)
    good = judge_captions("s01", words("one two three"), look="karaoke", size=(1080, 1920), places=[(0, area)])
    assert good.passed
    long = words("one Donaudampfschifffahrtsgesellschaft three")  # hyphenated: each of its parts has room
    assert judge_captions("s01", long, look="karaoke", size=(1080, 1920), places=[(0, area)]).passed
    thin = area.model_copy(update={"width": 90})
    finding = judge_captions("s01", long, look="karaoke", size=(1080, 1920), places=[(0, thin)])
    assert not finding.passed
    assert "one" in finding.message
    flat = area.model_copy(update={"height": 20})
    assert not judge_captions("s01", words("one two"), look="karaoke", size=(1080, 1920), places=[(0, flat)]).passed
    assert judge_captions("s01", long, look="off", size=(1080, 1920), places=[(0, area)]).passed


def test_what_is_no_media_file_is_refused(tmp_path: Path) -> None:
    broken = tmp_path / "broken.mp4"
    broken.write_bytes(b"no video")
    with pytest.raises(MediaError, match="cannot be read"):
        measure_streams(broken)
    with pytest.raises(MediaError, match="cannot be read"):
        measure_joints(broken, [], [])


@pytest.mark.parametrize("check", CHECKS, ids=lambda check: check.name)
def test_a_gate_stops_the_cut_and_names_the_segment_and_another_check_does_not(check: Check) -> None:
    found = [Finding(check=check.name, segment="s02", passed=False, message="7 of 5")]
    if not check.gate:
        stop_if_unfit(found, episode="demo", mode=Mode.DRAFT)
        return
    with pytest.raises(MediaError, match="s02") as refused:
        stop_if_unfit(found, episode="demo", mode=Mode.DRAFT)
    assert "7 of 5" in str(refused.value)
