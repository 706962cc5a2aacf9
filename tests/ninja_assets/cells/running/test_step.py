"""The step of an episode on a real instance: every form of a launch, what is red, what is carried, what is told."""

from collections.abc import Iterator, Mapping
from pathlib import Path

import dagster as dg
import pytest
import yaml

from ninja_assets.cells.failed_steps import FailedStep
from ninja_assets.cells.running.launch import waiting_tags
from ninja_assets.partitions import range_tags
from resources.core.settings import ROOT
from tests.ninja_assets.cells.toy import SEGMENTS, Toy, fill_up, green, red
from tests.stage import fill_home, open_home

WHOLE = range_tags("demo", SEGMENTS)
USED = {"s01", "s02", "s03"}  # s04 is a slot that the script does not use
ASSETS = ("script", "tts_audio", "speaker_clips", "composites", "final_video")


def cell(segment: str, episode: str = "demo") -> dict[str, str]:
    """The tags of a run of one cell, as the asset's page launches it."""
    return {
        "dagster/partition": f"{episode}|{segment}",
        "dagster/partition/episode": episode,
        "dagster/partition/segment": segment,
    }


def events(result: dg.ExecuteInProcessResult) -> list[tuple[str, str]]:
    """The materializations of a run in their order: (asset, cell)."""
    made = [event.materialization for event in result.all_events if event.is_step_materialization]
    return [(each.asset_key.to_user_string(), str(each.partition)) for each in made]


def test_each_cell_of_a_run_has_one_event_whatever_dagster_takes_for_its_cells(
    toy: Toy, instance: dg.DagsterInstance
) -> None:
    as_the_jobs_page = {**WHOLE, "dagster/partition/episode": "demo", "dagster/partition/segment": "s01"}
    for tags in (WHOLE, as_the_jobs_page):
        result = toy.launch(instance, tags)
        assert result.success
        told = events(result)
        assert sorted(told) == sorted((asset, f"demo|{segment}") for asset in ASSETS for segment in SEGMENTS)


def test_the_jobs_page_with_a_retake_makes_all_and_retakes_one(toy: Toy, instance: dg.DagsterInstance) -> None:
    tags = {**WHOLE, "dagster/partition/episode": "demo", "dagster/partition/segment": "s01"}
    result = toy.launch(instance, tags, retake=["s02"])
    assert result.success
    assert {segment for asset, segment in toy.made if asset == "composites"} == USED


@pytest.mark.parametrize("tags", [cell("s02"), range_tags("demo", ["s02"])])
def test_a_single_cell_is_made_alone(toy: Toy, instance: dg.DagsterInstance, tags: Mapping[str, str]) -> None:
    assert toy.launch(instance, WHOLE).success
    result = toy.launch(instance, tags, "tts_audio")
    assert events(result) == [("tts_audio", "demo|s02")]


def test_a_range_over_two_episodes_makes_both(toy: Toy, instance: dg.DagsterInstance) -> None:
    toy.stage.write_episode("other", "NINJA: Only one line here.\n")
    result = toy.launch(
        instance,
        {"dagster/asset_partition_range_start": "demo|s01", "dagster/asset_partition_range_end": "other|s04"},
    )
    assert result.success
    assert green(instance, "final_video") == green(instance, "final_video", "other") == set(SEGMENTS)
    run = instance.get_run_by_id(result.run_id)
    assert run is not None
    assert run.tags["ninja/episode"] == "demo, other"


def test_a_range_over_several_episodes_is_executed_again_only_while_it_holds_the_same(
    toy: Toy, instance: dg.DagsterInstance
) -> None:
    for name in ("other", "third"):
        toy.stage.write_episode(name, "NINJA: Only one line here.\n")
    instance.add_dynamic_partitions("episode", ["third"])
    over_all = {"dagster/asset_partition_range_start": "demo|s01", "dagster/asset_partition_range_end": "third|s01"}
    first = instance.get_run_by_id(toy.launch(instance, over_all, "script").run_id)
    assert first is not None
    again = {**first.tags, "dagster/parent_run_id": first.run_id, "dagster/root_run_id": first.run_id}
    assert toy.launch(instance, again, "script").success
    instance.delete_dynamic_partition("episode", "other")
    result = toy.launch(instance, again, "script")
    assert not result.success
    assert events(result) == []
    instance.add_dynamic_partitions("episode", ["other"])  # it is the last one now
    assert not toy.launch(instance, again, "script").success
    assert toy.launch(instance, over_all, "script").success  # a launch of its own is what its range says


@pytest.mark.parametrize(
    "tags",
    [
        {},
        {**range_tags("demo", ["s01", "s02"]), "dagster/partition/episode": "demo", "dagster/partition/segment": "s04"},
    ],
    ids=["no cell", "a contradiction"],
)
def test_what_cannot_be_read_is_refused_before_anything_is_begun(
    toy: Toy, instance: dg.DagsterInstance, tags: Mapping[str, str]
) -> None:
    result = toy.launch(instance, tags)
    assert not result.success
    assert events(result) == []
    assert toy.made == []
    assert not toy.stage.output.exists()


def test_a_run_bears_the_episodes_name_and_the_mode_whatever_launched_it(
    toy: Toy, instance: dg.DagsterInstance
) -> None:
    for tags, assets in ((WHOLE, ()), (cell("s02"), ("tts_audio",))):
        run = instance.get_run_by_id(toy.launch(instance, tags, *assets).run_id)
        assert run is not None
        assert (run.tags["ninja/episode"], run.tags["ninja/mode"]) == ("demo", "rehearsal")


def test_a_failure_ends_its_chain_alone_and_is_red_in_exactly_its_cells(toy: Toy, instance: dg.DagsterInstance) -> None:
    toy.broken = {("speaker_clips", "s02")}
    result = toy.launch(instance, WHOLE)
    assert not result.success
    assert {asset: red(instance, asset) for asset in ASSETS} == {
        "script": set(),
        "tts_audio": set(),
        "speaker_clips": {"s02"},
        "composites": {"s02"},
        "final_video": USED,  # an unused slot has no place in any cut
    }
    assert ("composites", "s03") in toy.made
    assert ("composites", "s02") not in toy.made


def test_a_failed_run_tells_its_table_first_and_what_nobody_foresaw_with_its_trace_last(
    toy: Toy, instance: dg.DagsterInstance
) -> None:
    toy.broken, toy.unforeseen = {("tts_audio", "s03")}, {("speaker_clips", "s02")}
    result = toy.launch(instance, WHOLE)
    [failure] = [event.step_failure_data for event in result.all_events if event.is_step_failure]
    assert failure.user_failure_data is not None
    table = str(failure.user_failure_data.description)
    assert table.splitlines()[0].startswith("2 failed")
    assert "s02 speaker_clips: RuntimeError: nobody foresaw this" in table
    assert "s03 tts_audio:" in table
    assert "not begun: speaker_clips, composites of s03" in table
    assert "Traceback" not in table
    assert failure.error is not None
    whole = failure.error.to_string()
    assert whole.index("2 failed") < whole.index("RuntimeError: nobody foresaw this\n")
    assert "made.append" in whole or "raise RuntimeError" in whole


def test_a_red_cell_is_carried_to_its_composite_and_the_cut_in_one_launch(
    toy: Toy, instance: dg.DagsterInstance
) -> None:
    toy.broken = {("speaker_clips", "s02")}
    assert not toy.launch(instance, WHOLE).success
    toy.broken = set()
    result = toy.launch(instance, cell("s02"), "speaker_clips")
    assert result.success
    assert toy.made == [("speaker_clips", "s02"), ("composites", "s02"), ("final_video", "")]
    assert {asset: red(instance, asset) for asset in ASSETS} == {asset: set() for asset in ASSETS}
    assert green(instance, "final_video") == set(SEGMENTS)


def test_a_cell_that_is_not_red_is_made_alone_and_buys_nothing_that_waits(
    toy: Toy, instance: dg.DagsterInstance
) -> None:
    toy.broken = {("speaker_clips", "s02")}
    assert not toy.launch(instance, WHOLE).success
    toy.broken = set()
    result = toy.launch(instance, cell("s02"), "tts_audio")  # its voice was made: it is heard again, no more
    assert result.success
    assert toy.made == [("tts_audio", "s02")]


def test_what_nobody_asked_for_is_not_carried(toy: Toy, instance: dg.DagsterInstance) -> None:
    toy.broken = {("tts_audio", "s02")}
    assert not toy.launch(instance, WHOLE, "script", "tts_audio").success
    toy.broken = set()
    assert toy.launch(instance, cell("s02"), "tts_audio").success
    assert toy.made == [("tts_audio", "s02")]


def test_a_mended_cell_makes_no_cut_while_another_one_is_missing(toy: Toy, instance: dg.DagsterInstance) -> None:
    toy.broken = {("speaker_clips", "s02"), ("speaker_clips", "s03")}
    assert not toy.launch(instance, WHOLE).success
    toy.broken = set()
    result = toy.launch(instance, cell("s02"), "speaker_clips")
    assert result.success  # it made what it was asked for; the cut was asked of another run
    assert toy.made == [("speaker_clips", "s02"), ("composites", "s02")]
    assert toy.launch(instance, cell("s03"), "speaker_clips").success
    assert toy.made == [("speaker_clips", "s03"), ("composites", "s03"), ("final_video", "")]


def test_failed_and_missing_only_makes_just_those(toy: Toy, instance: dg.DagsterInstance) -> None:
    toy.broken = {("speaker_clips", "s02")}
    assert not toy.launch(instance, WHOLE).success
    toy.broken = set()
    missing = range_tags("demo", ["s02"])
    assert toy.launch(instance, missing, "speaker_clips", "composites", "final_video").success
    assert toy.made == [("speaker_clips", "s02"), ("composites", "s02"), ("final_video", "")]
    assert red(instance, "final_video") == set()


def test_no_page_shows_an_empty_slot_as_the_newest_and_an_empty_slot_says_whose_it_is(
    toy: Toy, instance: dg.DagsterInstance
) -> None:
    assert toy.launch(instance, WHOLE).success
    for asset in ASSETS:
        last = instance.get_latest_materialization_event(dg.AssetKey(asset))
        assert last is not None
        assert last.asset_materialization is not None
        assert last.asset_materialization.partition != "demo|s04"
        wanted = dg.AssetRecordsFilter(asset_key=dg.AssetKey(asset), asset_partitions=["demo|s04"])
        [record] = instance.fetch_materializations(wanted, limit=1).records
        assert record.asset_materialization is not None
        metadata = record.asset_materialization.metadata
        assert (metadata["in_script"].value, metadata["episode_title"].value) == (False, "A test")
        assert metadata["desk"].value == "/desk/episodes/demo/rehearsal"


def test_every_cell_has_its_line(toy: Toy, instance: dg.DagsterInstance) -> None:
    assert toy.launch(instance, WHOLE).success
    for asset in ASSETS:
        wanted = dg.AssetRecordsFilter(asset_key=dg.AssetKey(asset), asset_partitions=["demo|s02"])
        [record] = instance.fetch_materializations(wanted, limit=1).records
        assert record.asset_materialization is not None
        assert "Four five six" in str(record.asset_materialization.metadata["line"].value)


def checks(result: dg.ExecuteInProcessResult) -> dict[tuple[str, str], dg.AssetCheckEvaluation]:
    return {(each.asset_key.to_user_string(), each.check_name): each for each in result.get_asset_check_evaluations()}


def test_a_check_stands_on_what_it_judges_and_names_the_episode_and_all_its_segments(
    toy: Toy, instance: dg.DagsterInstance
) -> None:
    toy.muffled = {"s02"}
    shown = checks(toy.launch(instance, WHOLE))
    assert set(shown) == {("speaker_clips", "lips_follow_the_speech"), ("final_video", "streams_size_and_rate")}
    lips = shown["speaker_clips", "lips_follow_the_speech"]
    assert (lips.passed, lips.description) == (False, "demo: 1 of 3 fail: s02")
    alone = checks(toy.launch(instance, cell("s01"), "speaker_clips"))["speaker_clips", "lips_follow_the_speech"]
    assert alone.description == "demo: 1 of 3 fail: s02"  # the others stand as they were made


def test_a_cell_has_the_line_of_its_own_checks(toy: Toy, instance: dg.DagsterInstance) -> None:
    toy.muffled = {"s02"}
    toy.launch(instance, WHOLE)
    told = {}
    for segment in ("s01", "s02"):
        wanted = dg.AssetRecordsFilter(asset_key=dg.AssetKey("speaker_clips"), asset_partitions=[f"demo|{segment}"])
        [record] = instance.fetch_materializations(wanted, limit=1).records
        assert record.asset_materialization is not None
        told[segment] = record.asset_materialization.metadata["checks"].value
    assert told == {"s01": "all 1 passed", "s02": "lips_follow_the_speech: r = 0.9"}


def test_a_finding_that_stops_the_cut_is_still_shown_as_a_failed_check(toy: Toy, instance: dg.DagsterInstance) -> None:
    toy.broken = {("final_video", "")}
    result = toy.launch(instance, WHOLE)
    assert not result.success
    shown = checks(result)["final_video", "streams_size_and_rate"]
    assert (shown.passed, shown.severity) == (False, dg.AssetCheckSeverity.ERROR)
    assert shown.description == "demo: 1 of 2 fail: s02"
    assert red(instance, "final_video") == USED


def test_execute_all_checks_again_what_was_made_last_and_turns_nothing_red(
    toy: Toy, instance: dg.DagsterInstance
) -> None:
    toy.stage.write_episode("other", "NINJA: Only one line here.\n")
    assert toy.launch(instance, WHOLE).success
    assert toy.launch(instance, range_tags("other", SEGMENTS)).success
    result = toy.launch(instance, {}, checks=[("speaker_clips", "lips_follow_the_speech")])
    assert result.success
    assert toy.made == []
    assert checks(result)["speaker_clips", "lips_follow_the_speech"].description == "other: all 1 pass"
    run = instance.get_run_by_id(result.run_id)
    assert run is not None
    assert run.tags["ninja/episode"] == "other"


def test_execute_all_before_anything_was_made_says_so(toy: Toy, instance: dg.DagsterInstance) -> None:
    result = toy.launch(instance, {}, checks=[("speaker_clips", "lips_follow_the_speech")])
    assert not result.success


def test_an_older_version_of_the_code_is_told_by_its_tag(toy: Toy, instance: dg.DagsterInstance) -> None:
    assert toy.launch(instance, WHOLE).success
    last = instance.get_latest_materialization_event(dg.AssetKey("composites"))
    assert last is not None
    assert last.asset_materialization is not None
    tags = last.asset_materialization.tags or {}
    assert tags["dagster/code_version"] == "2"
    assert "dagster/input_data_version/speaker_clips" in tags


def test_a_script_that_cannot_be_read_is_red_and_begins_nothing(toy: Toy, instance: dg.DagsterInstance) -> None:
    toy.stage.write_episode(text="NINJA: Hello there, friends of the show.\nNINJAA: Typo.\n")
    result = toy.launch(instance, WHOLE)
    assert not result.success
    assert toy.made == []
    assert red(instance, "script") == set(SEGMENTS)


# Once more, by Dagster itself


@pytest.fixture
def retrying(tmp_path: Path) -> Iterator[dg.DagsterInstance]:
    """An instance that tries runs again as this project's own `dagster.yaml` says."""
    settings = yaml.safe_load((ROOT / "dagster_home" / "dagster.yaml").read_text(encoding="utf-8"))
    home = fill_home(tmp_path / "retrying")
    with open_home(home, events_in_memory=True, run_retries=settings["run_retries"]) as opened:
        opened.add_dynamic_partitions("episode", ["demo"])
        yield opened


def test_a_state_that_cannot_be_written_is_one_error_and_no_trace(toy: Toy, instance: dg.DagsterInstance) -> None:
    assert toy.launch(instance, WHOLE).success
    fill_up(toy.stage.settings().state / "ledger.db")
    result = toy.launch(instance, WHOLE, retake=["s02"])
    [failure] = [FailedStep.of(event) for event in result.all_events if event.is_step_failure]
    assert "the ledger cannot be written" in failure.description
    assert "why: the disk is full" in failure.description
    assert "Traceback" not in failure.description


def test_a_run_is_tried_once_more_where_that_can_help_and_never_for_a_refusal(
    toy: Toy, retrying: dg.DagsterInstance
) -> None:
    def tried_again(**tags: str) -> bool:
        run = retrying.get_run_by_id(toy.launch(retrying, {**WHOLE, **tags}).run_id)
        assert run is not None
        assert run.status is dg.DagsterRunStatus.FAILURE
        return run.tags["dagster/will_retry"] == "true"

    toy.broken = {("speaker_clips", "s02")}
    assert not tried_again()
    toy.in_passing = {("speaker_clips", "s03")}
    assert tried_again()
    assert not tried_again(**{"ninja/door": "shell"})
    toy.broken, toy.in_passing, toy.unforeseen = set(), set(), {("speaker_clips", "s02")}
    assert not tried_again()
    toy.stage.write_episode(text="NOBODY {take: x}: One.\n")
    assert not tried_again()


@pytest.mark.parametrize(("helps", "retries"), [(False, "0"), (True, "1")])
def test_what_a_run_has_from_the_one_that_it_executes_again_does_not_say_what_became_of_it(
    toy: Toy, instance: dg.DagsterInstance, helps: bool, retries: str
) -> None:
    inherited = (
        waiting_tags("waiting for approval of $1.00") if helps else {"dagster/max_retries": "1", "ninja/waits": "x"}
    )
    again = {**WHOLE, **inherited, "dagster/parent_run_id": "a", "dagster/root_run_id": "a"}
    run = instance.get_run_by_id(toy.launch(instance, again).run_id)
    assert run is not None
    assert (run.status, run.tags["ninja/waits"]) == (dg.DagsterRunStatus.SUCCESS, "")
    toy.in_passing, toy.broken = ({("speaker_clips", "s02")}, set()) if helps else (set(), {("speaker_clips", "s02")})
    run = instance.get_run_by_id(toy.launch(instance, again).run_id)
    assert run is not None
    assert (run.tags["dagster/max_retries"], run.tags["ninja/waits"]) == (retries, "")


def test_a_run_that_waits_for_a_person_is_not_tried_again() -> None:
    assert waiting_tags("waiting for approval of $1.00")["dagster/max_retries"] == "0"
