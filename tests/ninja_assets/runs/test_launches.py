"""What a run is launched with: its own cells and config, and the rest of one that waited as a further try of it."""

from collections.abc import Iterator, Mapping
from typing import Any

import dagster as dg
import pytest

from ninja_assets.cells.running.launch import EPISODE_TAG, MODE_TAG, ROOT_TAG, run_tags
from ninja_assets.jobs import JOB_NAME
from ninja_assets.partitions import RANGE_END, RANGE_START, range_tags
from ninja_assets.reports.model_comparison import JOB, OP
from ninja_assets.runs.launches import launch_again, launch_of, launch_of_comparison
from resources.core.errors import ContentError
from resources.core.names import CellKey, Mode
from resources.purchasing.state.consent import Item, Offer

ROOT = "00000000-0000-0000-0000-000000000001"
NEXT = "00000000-0000-0000-0000-000000000002"


@pytest.fixture
def instance() -> Iterator[dg.DagsterInstance]:
    with dg.DagsterInstance.ephemeral() as opened:
        yield opened


def ran(instance: dg.DagsterInstance, run_id: str, **more: Any) -> None:
    """A run that Dagster knows."""
    instance.add_run(dg.DagsterRun(job_name=JOB_NAME, run_id=run_id, status=dg.DagsterRunStatus.FAILURE, **more))


def studio(config: Mapping[str, Any]) -> Mapping[str, Any]:
    return dict(config["resources"]["studio"]["config"])


def test_a_run_of_an_episode_says_whose_it_is_and_makes_all_or_what_is_named() -> None:
    launch = launch_of("demo", Mode.DRAFT, ["s01", "s02", "s03"])
    assert launch.tags == {**range_tags("demo", ["s01", "s02", "s03"]), EPISODE_TAG: "demo", MODE_TAG: "draft"}
    assert studio(launch.config) == {"mode": "draft"}
    assert (launch.assets, launch.job) == (None, JOB_NAME)
    assert launch_of("demo", Mode.DRAFT, ["s02"], assets=("tts_audio",)).assets == ("tts_audio",)


def test_a_retake_is_of_the_segments_and_parts_that_are_named() -> None:
    launch = launch_of("demo", Mode.FINAL, ["s01", "s02"], retake=("s02",), retake_of=("voice",))
    assert studio(launch.config) == {"mode": "final", "retake": ["s02"], "retake_of": ["voice"]}


def test_each_run_of_several_ranges_is_asked_for_its_own_retakes() -> None:
    asked = {"retake": ("s02", "s05"), "retake_of": ("voice",)}
    own = [studio(launch_of("demo", Mode.FINAL, block, **asked).config) for block in (["s02"], ["s03"], ["s05", "s06"])]
    assert own == [
        {"mode": "final", "retake": ["s02"], "retake_of": ["voice"]},
        {"mode": "final"},
        {"mode": "final", "retake": ["s05"], "retake_of": ["voice"]},
    ]


def test_a_comparison_is_made_of_what_was_agreed_to_and_for_no_more() -> None:
    items = tuple(Item(segment="s02", label="NINJA", asset="compare", usd=usd, what=f"{usd}") for usd in (0.1, 0.2))
    offer = Offer(episode="demo", mode=Mode.DRAFT, items=items, models=("a", "b"))
    launch = launch_of_comparison(offer)
    assert launch.job == JOB
    asked = launch.config["ops"][OP]["config"]
    assert asked == {"episode": "demo", "segment": "s02", "models": ["a", "b"], "cap_usd": 0.3}
    assert studio(launch.config) == {"mode": "draft"}


def test_the_rest_of_a_run_that_waited_has_its_cells_assets_and_retakes(instance: dg.DagsterInstance) -> None:
    config = {"resources": {"studio": {"config": {"mode": "draft", "retake": ["s02"]}}, "other": {"config": {"a": 1}}}}
    cells = range_tags("demo", ["s02", "s03"])
    picked = frozenset({dg.AssetKey("speaker_clips"), dg.AssetKey("composites")})
    ran(instance, ROOT, run_config=config, tags={**cells, "ninja/waits": "x", "team": "us"}, asset_selection=picked)
    launch = launch_again(instance, ROOT, "demo", Mode.DRAFT)
    assert launch.tags == {**cells, EPISODE_TAG: "demo", MODE_TAG: "draft", ROOT_TAG: ROOT}
    assert studio(launch.config) == {"mode": "draft", "retake": ["s02"]}
    assert launch.config["resources"]["other"] == {"config": {"a": 1}}
    assert launch.assets == ("composites", "speaker_clips")


@pytest.mark.parametrize("tag", [ROOT_TAG, "dagster/root_run_id"])
def test_of_several_tries_the_newest_tells_what_is_left(instance: dg.DagsterInstance, tag: str) -> None:
    ran(instance, ROOT, tags=range_tags("demo", ["s01", "s02"]))
    ran(instance, NEXT, tags={**range_tags("demo", ["s02"]), tag: ROOT})
    launch = launch_again(instance, ROOT, "demo", Mode.FINAL)
    assert launch.tags == {**range_tags("demo", ["s02"]), EPISODE_TAG: "demo", MODE_TAG: "final", ROOT_TAG: ROOT}
    assert studio(launch.config) == {"mode": "final"}  # a run of a page may have no config at all
    assert launch.assets is None


def test_of_a_run_over_several_episodes_only_the_one_goes_on_to_whose_price_a_person_said_yes(
    instance: dg.DagsterInstance,
) -> None:
    cells = [CellKey(episode, "s02") for episode in ("monday", "tuesday")]
    first_cell = {"dagster/partition/episode": "monday", "dagster/partition/segment": "s02"}  # of the job's page
    ends = {RANGE_START: "monday|s02", RANGE_END: "tuesday|s03", **first_cell}
    ran(instance, ROOT, tags={**ends, **run_tags(cells, "draft")})
    monday = launch_again(instance, ROOT, "monday", Mode.DRAFT)
    assert monday.tags == {
        **range_tags("monday", ["s02", "s03"]),
        EPISODE_TAG: "monday",
        MODE_TAG: "draft",
        ROOT_TAG: ROOT,
    }
    ran(instance, NEXT, tags=monday.tags)
    tuesday = launch_again(instance, ROOT, "tuesday", Mode.DRAFT)
    assert tuesday.tags == {**monday.tags, **range_tags("tuesday", ["s02", "s03"]), EPISODE_TAG: "tuesday"}


def test_a_run_whose_first_one_was_deleted_goes_on_by_its_further_try(instance: dg.DagsterInstance) -> None:
    ran(instance, NEXT, tags={**range_tags("demo", ["s02"]), ROOT_TAG: ROOT})
    assert launch_again(instance, ROOT, "demo", Mode.DRAFT).tags[ROOT_TAG] == ROOT


def test_a_run_that_dagster_does_not_know_any_more_says_which_command_goes_on(instance: dg.DagsterInstance) -> None:
    ran(instance, NEXT, tags=range_tags("demo", ["s02"]))
    with pytest.raises(ContentError, match="the run of demo that waited is not in Dagster any more") as raised:
        launch_again(instance, ROOT, "demo", Mode.DRAFT)
    assert str(raised.value.hint).startswith("ninja produce demo --mode draft")
