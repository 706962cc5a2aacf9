"""An episode of dialogue and shots through the real Dagster job, in rehearsal: what is seen, and what is remade."""

from pathlib import Path

import av
import dagster as dg
import numpy as np
import pytest
from numpy.typing import NDArray
from PIL import Image

from ninja_assets.runs.produced import Production
from tests.stage import Stage, build_stage

EPISODE = """\
    NINJA: One two three, here we go now.
    BROLL {over: true, begins: 1, seconds: 3}: A rain-soaked street.
    IMAGE {name: hero}: A ninja in a hall.
    BROLL {image: hero, seconds: 3}: He looks up.
    """
SLOTS = 5


@pytest.fixture(scope="module")
def mixed(tmp_path_factory: pytest.TempPathFactory, rehearsed_library: Path) -> tuple[Stage, Production]:
    """A stage whose mixed episode has been made once."""
    stage = build_stage(tmp_path_factory.mktemp("mixed"), library=rehearsed_library)
    _write(stage, EPISODE)
    return stage, stage.produce()


def _write(stage: Stage, episode: str) -> None:
    text = (stage.show / "show.yaml").read_text(encoding="utf-8").replace("slots: 4", f"slots: {SLOTS}")
    (stage.show / "show.yaml").write_text(text, encoding="utf-8")
    stage.write_episode(text=episode)


def _frame(video: Path, at: float) -> NDArray[np.float32]:
    """The frame at `at` seconds, in colours, small."""
    with av.open(str(video)) as file:
        frames = list(file.decode(video=0))
        picture = Image.fromarray(frames[round(at * 30)].to_ndarray(format="rgb24")).resize((54, 96))
    return np.asarray(picture, dtype=np.float32)


def _apart(one: NDArray[np.float32], other: NDArray[np.float32]) -> float:
    return float(np.abs(one - other).mean())


def test_a_mixed_episode_is_made_for_nothing_and_holds_what_is_shown(mixed: tuple[Stage, Production]) -> None:
    _, production = mixed
    assert production.error is None
    assert production.cost_usd == 0
    places = {segment.segment: (segment.speaker, segment.starts_at is not None) for segment in production.segments}
    assert places == {
        "s01": ("NINJA", True),
        "s02": ("BROLL", False),
        "s03": ("IMAGE", False),
        "s04": ("BROLL", True),
    }
    turn, shot = production.segments[0], production.segments[3]
    assert shot.seconds == pytest.approx(3, abs=0.01)
    assert production.seconds == pytest.approx((turn.seconds or 0) + 3, abs=0.01)


def test_a_shot_is_seen_over_its_turn_while_the_voice_goes_on(mixed: tuple[Stage, Production]) -> None:
    stage, _ = mixed
    folder = stage.output / "demo" / "rehearsal"
    shot = _frame(folder / "s02" / "shot.mp4", 1.0)
    before, during = (_frame(folder / "s01" / "segment.mp4", at) for at in (0.9, 2.0))
    assert _apart(during, shot) < 12  # all of it but the caption and the mark
    assert _apart(before, shot) > 40
    with av.open(str(folder / "s01" / "segment.mp4")) as file:
        heard = np.concatenate([frame.to_ndarray().reshape(-1) for frame in file.decode(audio=0)])
    second = heard[2 * 48000 * 1 : 2 * 48000 * 2]  # from 1 s to 2 s, in two channels
    assert np.abs(second.astype(np.float64)).max() > 1000


def test_a_shot_that_is_made_from_a_picture_shows_it(mixed: tuple[Stage, Production]) -> None:
    stage, _ = mixed
    folder = stage.output / "demo" / "rehearsal"
    with Image.open(folder / "s03" / "shot.png") as file:
        picture = np.asarray(file.convert("RGB").resize((54, 96)), dtype=np.float32)
    assert _apart(_frame(folder / "s04" / "segment.mp4", 1.5), picture) < 25
    with av.open(str(folder / "s04" / "segment.mp4")) as clip:
        assert {stream.type for stream in clip.streams} == {"video", "audio"}


def test_what_a_cell_does_not_need_says_so(mixed: tuple[Stage, Production]) -> None:
    stage, _ = mixed
    told = {
        ("tts_audio", "s02"): "no voice of its own",
        ("speaker_clips", "s04"): "no voice of its own",
        ("shots", "s01"): "a turn of dialogue",
        ("composites", "s02"): "seen over s01",
        ("composites", "s03"): "made for other shots",
        ("final_video", "s03"): "no place of its own in the cut",
    }
    with stage.instance() as instance:
        for (asset, segment), words in told.items():
            metadata = _latest(instance, asset, segment)
            assert metadata["in_script"] is True
            assert words in str(metadata["not_needed"])
        shot = _latest(instance, "shots", "s04")
        assert (shot["shot"], shot["cost_usd"], shot["seconds"]) == ("broll", 0.0, 3.0)
        assert "rehearsal" in str(shot["model_reason"])
        assert _latest(instance, "script", "s02")["seen"] == "over s01, from 1 s on"
        assert _latest(instance, "script", "s05") == {} or "in_script" in _latest(instance, "script", "s05")


def _latest(instance: dg.DagsterInstance, asset: str, segment: str) -> dict[str, object]:
    wanted = dg.AssetRecordsFilter(asset_key=dg.AssetKey(asset), asset_partitions=[f"demo|{segment}"])
    records = instance.fetch_materializations(wanted, limit=1).records
    made = records[0].asset_materialization if records else None
    return {name: value.value for name, value in made.metadata.items()} if made else {}


def test_only_what_changed_is_remade_and_what_was_made_from_it(mixed: tuple[Stage, Production]) -> None:
    stage, _ = mixed
    _write(stage, EPISODE.replace("A ninja in a hall", "A ninja on a roof"))
    production = stage.produce()
    assert production.error is None
    assert {segment.segment: segment.reused for segment in production.segments} == {
        "s01": True,
        "s02": True,
        "s03": False,
        "s04": False,
    }


def test_a_shot_over_a_turn_is_made_again_with_the_turns_picture(mixed: tuple[Stage, Production]) -> None:
    stage, _ = mixed
    production = stage.produce(segments=("s02",), retake=True)
    assert production.error is None
    assert [(segment.segment, segment.take) for segment in production.segments] == [("s01", 1), ("s02", 2)]


def test_a_cut_is_not_made_with_a_shot_whose_picture_has_changed(mixed: tuple[Stage, Production]) -> None:
    stage, _ = mixed
    production = stage.produce(segments=("s03",), retake=True)
    assert production.error is not None
    assert "the shots of s04 is out of date: s03's shots has changed since" in production.error
    assert stage.produce().error is None


def test_a_shot_that_begins_after_its_turn_is_refused_with_its_line(mixed: tuple[Stage, Production]) -> None:
    stage, _ = mixed
    _write(stage, EPISODE.replace("begins: 1", "begins: 40"))
    production = stage.produce()
    assert production.error is not None
    assert "demo.md:2: it begins 40 s into s01, which lasts" in production.error
    assert "s04" not in production.error.split("next:")[0]  # its sibling is made
