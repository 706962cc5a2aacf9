"""One episode cut in two formats in one run: from the same voices and clips, each with all that goes with a cut."""

from pathlib import Path

import dagster as dg
import pytest

from ninja_assets.runs.produced import Production
from resources.media.probe import video_facts
from resources.models.loading import load_show
from resources.purchasing.books import open_state
from tests.stage import Stage, build_stage

EPISODE = """\
    ---
    formats: [short, long]
    ---
    NINJA: [excited] One two three, here we go.
    GLITCH: Four five six, I can count too.
    """


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory, rehearsed_library: Path) -> tuple[Stage, Production]:
    """A stage whose episode has been rehearsed in both formats."""
    stage = build_stage(tmp_path_factory.mktemp("formats"), library=rehearsed_library)
    stage.write_episode(text=EPISODE)
    return stage, stage.produce()


def folder_of(stage: Stage) -> Path:
    return stage.output / "demo" / "rehearsal"


def test_one_run_makes_a_cut_in_each_format_of_the_same_length(made: tuple[Stage, Production]) -> None:
    stage, production = made
    assert production.error is None
    folder = folder_of(stage)
    assert production.final_video == str(folder / "final.mp4")
    assert production.videos == {"short": str(folder / "final.mp4"), "long": str(folder / "final-long.mp4")}
    upright, wide = (video_facts(Path(path)) for path in production.videos.values())
    assert ((upright.width, upright.height), (wide.width, wide.height)) == ((540, 960), (960, 540))
    assert upright.frames == wide.frames
    assert (folder / "final.srt").read_text() == (folder / "final-long.srt").read_text()
    assert (folder / "storyboard-long.webp").exists()
    page = (folder / "review-long.html").read_text(encoding="utf-8")
    for path in ("final-long.mp4", "s02/segment-long.mp4", "s02/poster-long.webp", "s02/speaker.mp4"):
        assert f'"{path}"' in page
        assert (folder / path).exists()


@pytest.mark.parametrize(
    ("asset", "places"),
    [("composites", ("s01 (short)", "s01 (long)")), ("final_video", ("whole cut (short)", "whole cut (long)"))],
)
def test_checks_say_which_format_they_looked_at(
    made: tuple[Stage, Production], asset: str, places: tuple[str, str]
) -> None:
    stage, _ = made
    with stage.instance() as instance:
        key = dg.AssetCheckKey(dg.AssetKey(asset), "streams_size_and_rate")
        (latest,) = instance.event_log_storage.get_asset_check_execution_history(key, limit=1)
    shown = latest.event.asset_check_evaluation if latest.event else None
    assert shown is not None
    table = str(shown.metadata["segments"].value)
    assert shown.passed
    assert all(words in table for words in (*places, "540x960", "960x540"))


def digests(stage: Stage) -> dict[str, str]:
    """What the voice and the speaker of the first segment are."""
    settings = stage.settings()
    with open_state(settings, load_show(settings.show)) as state:
        found = {each.asset: each.digest for each in state.records("demo", settings.mode) if each.segment == "s01"}
    return {name: found[name] for name in ("tts_audio", "speaker_clips")}


def test_another_format_makes_no_voice_and_no_clip_and_one_left_out_takes_its_cut_away(
    made: tuple[Stage, Production],
) -> None:
    stage, _ = made
    folder = folder_of(stage)
    before = digests(stage)
    stage.write_episode(text=EPISODE.replace("[short, long]", "[short, square]"))
    again = stage.produce()
    assert again.error is None
    assert digests(stage) == before
    assert set(again.videos) == {"short", "square"}
    assert video_facts(folder / "final-square.mp4").width == 540
    assert not [path.name for path in folder.rglob("*-long*")]
