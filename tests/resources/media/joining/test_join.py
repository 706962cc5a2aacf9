import os
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from types import SimpleNamespace

import av
import numpy as np
import pytest
from numpy.typing import NDArray

from resources.content.shots import parse_shot
from resources.content.show import Format
from resources.core.errors import MediaError
from resources.core.library import Library
from resources.core.names import Mode
from resources.media.audio.music import Music
from resources.media.ffmpeg import run
from resources.media.joining.join import CutFacts, Finish, final_cut
from resources.media.picture.composite import composite
from resources.media.picture.fullframe import FullFrameOrder, make_full_frame
from resources.media.probe import video_facts
from resources.media.profiles import PROFILES
from tests.resources.media.footage import (
    FLASH,
    RATE,
    bright,
    burst,
    channels,
    clip,
    lag,
    order,
    pictures,
    times,
    voice,
    wav,
)

SEGMENTS = 12
SOURCES = [(24, (182, 206)), (25, (300, 300)), (30, (270, 240)), (48, (272, 306))]


@dataclass
class Episode:
    """Twelve segments of odd lengths from clips of four rates and sizes, and their cut."""

    voices: list[NDArray[np.float32]]
    segments: list[Path]
    final: Path
    facts: CutFacts


@pytest.fixture(scope="module")
def episode(tmp_path_factory: pytest.TempPathFactory) -> Episode:
    folder = tmp_path_factory.mktemp("it's an episode")
    library = Library(folder / "library")
    voices = [burst(1.1 + 0.0371 * number, seed=number) for number in range(SEGMENTS)]

    def segment(number: int) -> Path:
        fps, size = SOURCES[number % 4]
        seconds = len(voices[number]) / RATE
        speaker = clip(library, folder, seconds=round(seconds + (-0.13, 0.2)[number % 2], 3), fps=fps, size=size)
        wanted = order(speaker, None, voice(library, voices[number]), seconds, captions="off")
        return composite(library, wanted, folder / f"s{number + 1:02d}.mp4", threads=1)

    with ThreadPoolExecutor(2) as pool:
        segments = list(pool.map(segment, range(SEGMENTS)))
    final = folder / "final.mp4"
    facts = final_cut(segments, final, title="Patch 2.1: it's here; = {x}", comment="REHEARSAL · not for publishing")
    return Episode(voices, segments, final, facts)


def test_the_cut_is_as_long_as_its_segments_at_one_constant_rate(episode: Episode) -> None:
    each = [video_facts(path).frames for path in episode.segments]
    facts = video_facts(episode.final)
    assert episode.facts.frames == facts.frames == sum(each)
    assert [place.frames for place in episode.facts.places] == each
    assert episode.facts.places[-1].end == episode.facts.seconds == pytest.approx(facts.seconds)
    assert {
        later - earlier for earlier, later in zip(times(episode.final), times(episode.final)[1:], strict=False)
    } == {15360 // 30}
    with av.open(str(episode.final)) as file:
        video, audio = file.streams.video[0], file.streams.audio[0]
        assert video.average_rate == 30
        assert video.codec_context.pix_fmt == "yuv420p"
        assert (audio.codec_context.name, audio.rate, audio.channels) == ("aac", RATE, 2)
        assert len(file.streams) == 2


def test_pictures_are_copied_and_never_encoded_again(episode: Episode) -> None:
    def coded(path: Path) -> list[int]:
        with av.open(str(path)) as file:
            return [packet.size for packet in file.demux(video=0) if packet.size]

    assert coded(episode.final)[5:20] == coded(episode.segments[0])[5:20]


def test_every_joint_is_exact_to_the_sample_and_nothing_drifts(episode: Episode) -> None:
    sound = channels(episode.final)[0]
    for place, meant in zip(episode.facts.places, episode.voices, strict=True):
        first = place.first_frame * 1600
        assert abs(lag(sound[first : first + place.frames * 1600], meant)) <= 1


def test_marks_of_picture_and_sound_stay_together_to_the_last_segment(episode: Episode) -> None:
    shown = bright(pictures(episode.final), 0.5, 0.45)
    loud = np.abs(channels(episode.final)[0]) > 0.05
    apart: dict[int, set[int]] = {}
    for number, place in enumerate(episode.facts.places):
        flash = int(np.argmax(shown[place.first_frame : place.first_frame + place.frames]))
        beep = int(np.argmax(loud[place.first_frame * 1600 :])) // 1600
        apart.setdefault(SOURCES[number % 4][0], set()).add(flash - beep)
        assert abs(flash - FLASH * 30) <= 1
    assert all(len(offsets) == 1 for offsets in apart.values())  # the same at the start as at the end


def measured(path: Path) -> tuple[float, float]:
    """Integrated loudness in LUFS and true peak in dBTP of a finished file."""
    log = run(
        [
            *("-i", str(path), "-vn", "-af"),
            "ebur128=peak=true:metadata=1,ametadata=print:file=-",
            *("-f", "null", "-"),
        ]
    ).decode()
    values = dict(line.split("=", 1) for line in log.splitlines() if "=" in line)
    peaks = [float(value) for key, value in values.items() if key.startswith("lavfi.r128.true_peaks_ch")]
    return float(values["lavfi.r128.I"]), 20 * np.log10(max(peaks))


@pytest.mark.parametrize("mode", [Mode.REHEARSAL, Mode.FINAL])
@pytest.mark.parametrize("level", [0.02, 0.9])
def test_quiet_and_loud_sound_is_mastered_to_the_target(tmp_path: Path, level: float, mode: Mode) -> None:
    library = Library(tmp_path / "library")
    raw = burst(4.0, seed=5, at=(0.1, 0.5, 0.8, 1.3, 1.7, 2.2, 2.6, 3.1, 3.5))
    raw += np.sin(np.arange(len(raw)) * 0.02).astype(np.float32) * 0.05
    sound = voice(library, raw / np.abs(raw).max() * level)
    made = composite(library, order(clip(library, tmp_path), None, sound, 4.0), tmp_path / "s01.mp4")
    facts = final_cut([made, made], tmp_path / "final.mp4", title="t", comment="c", profile=PROFILES[mode])
    loudness, peak = measured(tmp_path / "final.mp4")
    assert loudness == pytest.approx(-14, abs=0.5)
    assert facts.loudness_lufs == pytest.approx(-14, abs=0.5)
    assert peak <= -1.0


def test_a_cut_with_music_is_as_loud_and_as_long_and_its_voices_stand_where_they_stood(
    episode: Episode, tmp_path: Path
) -> None:
    bed = tmp_path / "bed.wav"
    bed.write_bytes(wav(np.sin(np.arange(RATE) * 0.02).astype(np.float32) * 0.3))
    final, music = tmp_path / "final.mp4", Music(bed=bed, opening=bed, closing=bed)
    facts = final_cut(episode.segments, final, title="t", comment="c", finish=Finish(music=music))
    assert facts.places == episode.facts.places
    assert abs(len(channels(final)[0]) - facts.frames * 1600) <= 1024
    loudness, peak = measured(final)
    assert loudness == pytest.approx(-14, abs=0.5)
    assert peak <= -1.0
    sound = channels(final)[0]
    for place, meant in zip(facts.places, episode.voices, strict=True):
        first = place.first_frame * 1600
        assert abs(lag(sound[first : first + place.frames * 1600], meant)) <= 1


def test_music_that_begins_after_the_cut_has_ended_is_left_out_and_said_to_be(episode: Episode, tmp_path: Path) -> None:
    late = tmp_path / "late.wav"
    late.write_bytes(wav(np.concatenate([np.zeros(90 * RATE), np.full(RATE, 0.5)]).astype(np.float32)))
    facts = final_cut(
        episode.segments[:2], tmp_path / "final.mp4", title="t", comment="c", finish=Finish(music=Music(bed=late))
    )
    assert len(facts.left_out) == 1
    assert facts.left_out[0].startswith("the bed is left out: nothing is heard in the first ")


def test_a_cut_that_has_no_room_is_refused_before_anything_is_made(
    episode: Episode, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    target = tmp_path / "final.mp4"

    def join(free: int) -> None:
        monkeypatch.setattr("shutil.disk_usage", lambda _: SimpleNamespace(free=free))
        final_cut(episode.segments, target, title="t", comment="c")

    raw = episode.facts.frames * 1600 * 2 * 4  # two sides in floats
    needed = 2 * raw + sum(path.stat().st_size for path in episode.segments)
    with pytest.raises(MediaError, match="there is no room to join the cut") as refused:
        join(needed - 1)
    assert not target.exists()
    assert "GB are free" in str(refused.value.why)
    assert "TMPDIR" in str(refused.value.hint)
    join(needed)
    assert target.exists()


def test_room_is_looked_for_on_each_disk_that_a_cut_is_kept_on(
    episode: Episode, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    target, full = tmp_path / "final.mp4", tmp_path / "disk"
    full.mkdir()
    size = sum(path.stat().st_size for path in episode.segments)
    stat, free = Path.stat, {full: size - 1}

    def found(path: Path, **how: bool) -> os.stat_result:
        real = stat(path, **how)
        return real if path != full else os.stat_result([*real[:2], real.st_dev + 1, *real[3:]])

    def usage(path: Path) -> SimpleNamespace:
        return SimpleNamespace(free=free.get(path, 10**12))

    def join(setting: str) -> None:
        kept_in = [("NINJA_CACHE", tmp_path), (setting, full / "not" / "made" / "yet")]
        final_cut(episode.segments, target, title="t", comment="c", kept_in=kept_in)

    monkeypatch.setattr(Path, "stat", found)
    monkeypatch.setattr("shutil.disk_usage", usage)
    with pytest.raises(MediaError, match="there is no room to join the cut") as refused:
        join("NINJA_OUTPUT")
    assert refused.value.where == str(full)
    assert "name a folder with more in NINJA_OUTPUT;" in str(refused.value.hint)
    assert not target.exists()
    free[full] = size
    join("NINJA_OUTPUT")
    assert target.exists()


def test_what_one_disk_takes_of_a_cut_is_summed(
    episode: Episode, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    raw, size = episode.facts.frames * 1600 * 2 * 4, sum(path.stat().st_size for path in episode.segments)
    monkeypatch.setattr("shutil.disk_usage", lambda _: SimpleNamespace(free=2 * raw + 3 * size - 1))
    kept_in = [("NINJA_LIBRARY", tmp_path), ("NINJA_OUTPUT", tmp_path)]
    with pytest.raises(MediaError, match="there is no room to join the cut") as refused:
        final_cut(episode.segments, tmp_path / "final.mp4", title="t", comment="c", kept_in=kept_in)
    assert "TMPDIR and NINJA_LIBRARY and NINJA_OUTPUT" in str(refused.value.hint)


def test_the_index_stands_before_the_pictures_and_the_file_says_what_it_is(episode: Episode) -> None:
    content = episode.final.read_bytes()
    assert 0 < content.index(b"moov") < content.index(b"mdat")
    with av.open(str(episode.final)) as file:
        assert file.metadata["title"] == "Patch 2.1: it's here; = {x}"
        assert file.metadata["comment"] == "REHEARSAL · not for publishing"


def test_nothing_but_the_cut_is_left_beside_it(episode: Episode) -> None:
    assert not [path.name for path in episode.final.parent.iterdir() if "part" in path.name]


def test_two_hundred_segments_of_odd_lengths_join_without_a_tick_of_drift(tmp_path: Path) -> None:
    library = Library(tmp_path / "library")
    wanted = order(clip(library, tmp_path), None, voice(library, burst(0.23, seed=1, at=(0.0,))), 0.23)
    short = composite(library, wanted, tmp_path / "short.mp4")
    facts = final_cut([short] * 200, tmp_path / "long.mp4", title="t", comment="c")
    assert len(facts.places) == 200
    assert facts.frames == 200 * 7
    assert times(tmp_path / "long.mp4") == [frame * 512 for frame in range(facts.frames)]


def test_a_cut_that_begins_with_a_silent_picture_has_the_sound_of_what_follows(tmp_path: Path) -> None:
    library = Library(tmp_path / "library")
    face = clip(library, tmp_path)
    said = burst(1.2, seed=1)
    opening = FullFrameOrder(format=Format.SHORT, media=face, still=False, seconds=1.0, sound=False, shrink=4)
    shot = library.path(make_full_frame(library, opening).video)
    wanted = order(face, None, voice(library, said), 1.2, captions="off").model_copy(update={"shrink": 4})
    turn = composite(library, wanted, tmp_path / "s02.mp4", threads=1)
    facts = final_cut([shot, turn], tmp_path / "final.mp4", title="x", comment="x")
    heard = channels(tmp_path / "final.mp4")
    assert np.abs(heard[..., : RATE // 2]).max() < 0.01
    assert np.abs(heard[..., RATE:]).max() > 0.1
    assert facts.loudness_lufs > -20


def test_a_cut_of_one_picture_that_is_seen_as_shortly_as_an_episode_file_may_say_is_made(tmp_path: Path) -> None:
    library = Library(tmp_path / "library")
    shot = parse_shot("IMAGE", {"seconds": 0.1}, "A lamp.")
    seconds = shot.shown_seconds(None)
    assert seconds is not None
    seen = FullFrameOrder(
        format=Format.SHORT, media=clip(library, tmp_path), still=False, seconds=seconds, sound=False, shrink=4
    )
    picture = library.path(make_full_frame(library, seen).video)
    facts = final_cut([picture], tmp_path / "final.mp4", title="x", comment="x", finish=Finish(ending="loop"))
    assert facts.frames == video_facts(tmp_path / "final.mp4").frames == 3


def test_a_segment_that_would_not_join_exactly_is_named_before_anything_is_written(
    episode: Episode, tmp_path: Path
) -> None:
    other = tmp_path / "other.mp4"
    run(["-i", str(episode.segments[0]), "-r", "25", "-c:a", "aac", str(other)])
    target = tmp_path / "final.mp4"
    with pytest.raises(MediaError, match=r"other\.mp4: a segment cannot be joined exactly"):
        final_cut([episode.segments[0], other], target, title="t", comment="c")
    with pytest.raises(MediaError, match="cannot be read"):
        final_cut([tmp_path / "missing.mp4"], target, title="t", comment="c")
    with pytest.raises(MediaError, match="nothing to join"):
        final_cut([], target, title="t", comment="c")
    assert not target.exists()
