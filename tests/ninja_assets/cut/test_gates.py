"""The checks of a whole episode: what Dagster shows of them, what stops a cut, and that nothing is measured twice."""

import dataclasses
import shutil
from collections.abc import Sequence
from pathlib import Path

import dagster as dg
import pytest

from ninja_assets.build import GRAPH
from ninja_assets.cells.check_results import summary, verdict
from ninja_assets.cells.record.cell_values import Composites, ShownCut
from ninja_assets.cells.record.records import Records
from ninja_assets.cells.work import EpisodeWork
from ninja_assets.cut.delivery import write_bundle
from ninja_assets.cut.gates import check_segments
from ninja_assets.cut.ingredients import Ingredients, ingredients_of
from ninja_assets.cut.past_takes import KeptTake, read_takes
from ninja_assets.cut.review import Sight
from resources.content.show import Format
from resources.core.errors import ContentError, MediaError
from resources.core.library import Library
from resources.core.names import CellKey, Mode
from resources.media.ffmpeg import run
from resources.media.joining.join import CutFacts, Place
from resources.models.loading import load_show
from resources.providers.elevenlabs.resource import ElevenLabsResource
from resources.providers.fal.resource import FalResource
from resources.purchasing.books import open_state
from resources.quality.checks.report import CHECKS, LIPS, STREAMS, stop_if_unfit
from resources.studio import PlacesResource, StudioResource
from tests.stage import Stage, build_stage

STANDING = {(asset.name, check.name) for asset in GRAPH.declared for check in asset.checks}


def takes_of(stage: Stage, segment: str) -> tuple[KeptTake, ...]:
    """The performances of a segment that the records list."""
    settings = stage.settings()
    with open_state(settings, load_show(settings.show)) as state:
        records = Records(state, stage.output, settings.mode)
        return read_takes(Library(settings.library), records, CellKey("demo", segment))


def _studio(stage: Stage) -> StudioResource:
    return StudioResource(
        mode="rehearsal",
        places=PlacesResource.of(stage.settings()),
        fal=FalResource(key=""),
        elevenlabs=ElevenLabsResource(api_key=""),
    )


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory, rehearsed_library: Path) -> Stage:
    """A stage whose episode has been rehearsed once."""
    stage = build_stage(tmp_path_factory.mktemp("made"), library=rehearsed_library)
    assert stage.produce().error is None
    return stage


@pytest.fixture
def work(made: Stage) -> EpisodeWork:
    """The episode as its final video finds it."""
    studio = _studio(made).open()
    return EpisodeWork(
        "final_video", "demo", ["s01", "s02", "s03"], studio, Records(studio.state, made.output, Mode.REHEARSAL)
    )


def _materials(work: EpisodeWork) -> list[Ingredients]:
    script = work.records.script("demo")
    composites = [work.records.read("composites", CellKey("demo", turn.segment), Composites) for turn in script.turns]
    return ingredients_of(work.records, script, composites, script.format)


def _evaluations(stage: Stage) -> dict[tuple[str, str], dg.AssetCheckEvaluation]:
    found: dict[tuple[str, str], dg.AssetCheckEvaluation] = {}
    with stage.instance() as instance:
        for asset, name in STANDING:
            key = dg.AssetCheckKey(dg.AssetKey(asset), name)
            latest = instance.event_log_storage.get_asset_check_execution_history(key, limit=1)
            shown = latest[0].event.asset_check_evaluation if latest[0].event else None
            assert shown is not None
            found[asset, name] = shown
    return found


def test_every_check_stands_on_what_it_judges() -> None:
    assert {name for _, name in STANDING} == {check.name for check in CHECKS}
    assert {asset for asset, name in STANDING if name == LIPS.name} == {"speaker_clips"}
    assert {asset for asset, name in STANDING if name == "captions_fit"} == {"composites"}


def test_a_rehearsal_passes_every_check_and_each_names_every_segment(made: Stage) -> None:
    shown = _evaluations(made)
    assert set(shown) == STANDING
    assert {key: each.description for key, each in shown.items() if not each.passed} == {}
    lips = shown["speaker_clips", LIPS.name]
    assert lips.description == "demo: all 3 pass"
    table = str(lips.metadata["segments"].value)
    assert all(segment in table for segment in ("s01", "s02", "s03"))


def test_an_unchanged_episode_is_not_measured_again(made: Stage, work: EpisodeWork) -> None:
    recipes = Path(made.settings().library) / "recipes"
    before = {path: path.stat().st_mtime_ns for path in recipes.rglob("*.json")}
    found = check_segments(work, work.records.script("demo").format, _materials(work))
    assert {finding.segment for finding in found} == {"s01", "s02", "s03"}
    assert {path: path.stat().st_mtime_ns for path in recipes.rglob("*.json")} == before


def test_a_composite_without_sound_stops_the_cut_by_the_name_of_its_segment(work: EpisodeWork, tmp_path: Path) -> None:
    ingredients, library = _materials(work), work.studio.library
    silent = tmp_path / "silent.mp4"
    run(["-i", str(library.path(ingredients[1].composite.video)), "-an", "-c", "copy", str(silent)])
    composite = ingredients[1].composite.model_copy(update={"video": library.put(silent)})
    ingredients[1] = dataclasses.replace(ingredients[1], composite=composite)
    found = check_segments(work, work.records.script("demo").format, ingredients)
    assert [(each.segment, each.check) for each in found if not each.passed] == [("s02", STREAMS.name)]
    with pytest.raises(MediaError, match="s02") as refused:
        stop_if_unfit(found, episode="demo", mode=Mode.DRAFT)
    assert "no sound" in str(refused.value)


def test_swapped_voices_are_a_warning_that_the_segments_say(work: EpisodeWork) -> None:
    script, ingredients = work.records.script("demo"), _materials(work)
    (one, two), (first, second) = script.turns[:2], ingredients[:2]
    ingredients[:2] = [
        dataclasses.replace(first, picture=second.picture, content=two.model_copy(update={"segment": "s01"})),
        dataclasses.replace(second, picture=first.picture, content=one.model_copy(update={"segment": "s02"})),
    ]
    found = check_segments(work, script.format, ingredients)
    assert {each.segment for each in found if each.check == LIPS.name and not each.passed} == {"s01", "s02"}
    assert LIPS.name in summary(found, "s01")
    assert summary(found, "s03").startswith("all")
    assert (verdict(found, "s01"), verdict(found, "s03")) == ("fails: lips follow the speech", "checks passed")


def test_captions_review_and_takes_lie_beside_the_cut(made: Stage) -> None:
    folder = made.output / "demo" / "rehearsal"
    srt, vtt = (folder / "final.srt").read_text(encoding="utf-8"), (folder / "final.vtt").read_text(encoding="utf-8")
    assert "One two three" in srt
    assert "<v Glitch>" in vtt
    assert srt.count("-->") == vtt.count("-->")
    last = [line for line in srt.splitlines() if "-->" in line][-1]
    assert last > "00:00:03"  # times are of the whole cut
    page = (folder / "review.html").read_text(encoding="utf-8")
    for path in ("final.mp4", "s02/segment.mp4", "s02/speaker.mp4", "s02/listener-ninja.mp4", "s02/poster.webp"):
        assert f'"{path}"' in page
        assert (folder / path).exists()
    assert "ninja produce demo --mode rehearsal --segments s02 --retake" in page
    assert len(takes_of(made, "s02")) == 1
    assert not (folder / "publish").exists()


def test_a_retake_stands_beside_the_take_before_it(made: Stage) -> None:
    assert made.produce(segments=("s02",), retake=True).error is None
    folder = made.output / "demo" / "rehearsal"
    assert [each.take for each in takes_of(made, "s02")] == [1, 2]
    assert (folder / "s02/takes/1/segment.mp4").exists()
    assert (folder / "s02/takes/1/speaker.mp4").exists()
    assert 'src="s02/takes/1/segment.mp4"' in (folder / "review.html").read_text(encoding="utf-8")
    assert len(takes_of(made, "s01")) == 1


def test_the_output_folder_is_laid_out_again_from_records_and_library(made: Stage) -> None:
    folder = made.output / "demo" / "rehearsal"
    assert made.produce().error is None  # the turn after a retake goes on from its new last picture

    def laid_out() -> set[str]:
        return {path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file()}

    before, takes = laid_out(), takes_of(made, "s02")
    shutil.rmtree(made.output)
    again = made.produce()
    assert (again.error, {segment.reused for segment in again.segments}) == (None, {True})
    assert laid_out() == before
    assert takes_of(made, "s02") == takes


def test_a_rehearsal_is_not_published_even_when_it_is_called_final(work: EpisodeWork) -> None:
    studio = work.studio
    records = Records(studio.state, studio.settings.output, Mode.FINAL)
    sight = Sight(studio.show, studio.settings.show, studio.library, records, work.records.script("demo"))
    ingredients, frames = _materials(work), 0
    places = []
    for each in ingredients:
        places.append(Place(first_frame=frames, frames=each.composite.frames))
        frames += each.composite.frames
    facts = CutFacts(frames=frames, width=1080, height=1920, places=tuple(places), loudness_lufs=-14)
    final = work.records.episode_folder("demo") / "final.mp4"
    with pytest.raises(ContentError, match="never published"):
        write_bundle(sight, Format.SHORT, _shown(ingredients, facts), ingredients, final, final.parent / "publish")
    assert not (final.parent / "publish").exists()


def _shown(ingredients: Sequence[Ingredients], facts: CutFacts) -> ShownCut:
    """A cut as pages show it; its files are not looked at."""
    media = ingredients[0].composite.video
    places = {each.segment: place for each, place in zip(ingredients, facts.places, strict=True)}
    return ShownCut(video=media, board=media, wave=media, seconds=facts.seconds, places=places, findings=())
