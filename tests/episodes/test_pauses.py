"""A whole rehearsal with a beat and an overlap, at half its size: what is seen and heard, and what a change makes."""

from pathlib import Path

import av
import numpy as np
import pytest
from numpy.typing import NDArray

from ninja_assets.runs.produced import Production
from resources.media.audio.voice_track import WINDOW, heard
from resources.media.joining.join import LOOP
from resources.media.probe import samples
from tests.stage import SHOW, Stage, build_stage

HALF = SHOW.replace("rehearsal_size: half", "rehearsal_size: half, direction: lively, titles: {progress: on}")
TURNS = """\
    NINJA: One two three, here we go.
    GLITCH {beat: 1}: Four five six, I can count too.
    NINJA {overlap: 0.4}: Seven eight nine, that will do.
    """


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory, rehearsed_library: Path) -> tuple[Stage, Production]:
    stage = build_stage(tmp_path_factory.mktemp("pauses"), library=rehearsed_library)
    stage.write_show(HALF)
    stage.write_episode(text=TURNS)
    return stage, stage.produce()


def sounds(path: Path) -> NDArray[np.bool_]:
    """Which 10 ms windows are heard."""
    return heard(samples(path))


def spoken(stage: Stage, segment: str) -> float:
    """The seconds from the first to the last sound of a voice."""
    windows = np.flatnonzero(sounds(stage.output / "demo" / "rehearsal" / segment / "voice.wav"))
    return float(windows[-1] + 1 - windows[0]) * WINDOW / 48000


def test_a_beat_is_so_long_and_an_overlap_takes_so_much_from_word_to_word(made: tuple[Stage, Production]) -> None:
    stage, production = made
    assert production.error is None, production.error
    folder = stage.output / "demo" / "rehearsal"
    windows = np.flatnonzero(sounds(folder / "final.mp4"))
    [pause] = [gap for gap in np.diff(windows) * 0.01 if gap > 0.7]
    assert pause == pytest.approx(1.0, abs=0.06)
    whole = (windows[-1] - windows[0]) * 0.01
    assert whole == pytest.approx(sum(spoken(stage, name) for name in ("s01", "s02", "s03")) + 1.0 - 0.4, abs=0.12)


def test_it_is_drawn_at_half_its_size_and_passes_all_checks(made: tuple[Stage, Production]) -> None:
    stage, production = made
    assert production.final_video is not None
    for path in (production.final_video, *(stage.output / "demo" / "rehearsal").glob("s0?/segment.mp4")):
        with av.open(str(path)) as file:
            assert (file.streams.video[0].width, file.streams.video[0].height) == (540, 960)
    with av.open(str(stage.output / "demo" / "rehearsal" / "s01" / "speaker.mp4")) as file:
        assert (file.streams.video[0].width, file.streams.video[0].height) == (540, 480)


def test_the_progress_bar_runs_by_the_time_of_the_cut_over_pauses_shots_and_joints(
    made: tuple[Stage, Production],
) -> None:
    _, production = made
    assert production.final_video is not None
    with av.open(str(production.final_video)) as file:
        rows = [frame.to_ndarray(format="gray")[1] for frame in file.decode(video=0)]
    seen = range(len(rows) - LOOP.frames)  # the last pictures become the first one
    long = [int(np.argmin(np.append(rows[number], 0) > 190)) for number in seen]
    wanted = [number / len(rows) * len(rows[0]) for number in seen]
    assert np.abs(np.array(long) - wanted).max() <= 1.5  # a pixel, and what the encoder makes of its edge


def test_a_turn_that_overlaps_is_made_anew_with_the_one_before_it(made: tuple[Stage, Production]) -> None:
    stage, _ = made
    stage.write_episode(text=TURNS.replace("count too", "count as well"))
    again = stage.produce(segments=("s02",))
    assert again.error is None, again.error
    stage.write_episode(text=TURNS)
