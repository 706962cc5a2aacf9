"""What a person launched, told by each of its runs: a backfill and what executes it again, each with one config."""

import json
from collections.abc import Mapping, Sequence
from typing import Any

import dagster as dg

from ninja_assets.cells.running.launch import run_tags
from ninja_assets.cells.running.launched import Launched
from ninja_assets.partitions import range_tags
from resources.core.names import CellKey
from tests.ninja_assets.cells.toy import SEGMENTS, Toy

FIRST, AGAIN = "the-first", "once-more"
OF_FIRST = {"dagster/backfill": FIRST}
OF_AGAIN = {"dagster/backfill": AGAIN, "dagster/parent_backfill_id": FIRST, "dagster/root_backfill_id": FIRST}
S01, S02, S05 = (CellKey("demo", segment) for segment in ("s01", "s02", "s05"))


def backfill(
    toy: Toy, instance: dg.DagsterInstance, name: str, cells: Sequence[str], tags: Mapping[str, str] | None = None
) -> None:
    """A backfill of assets, as Dagster writes one down that its pages ask for."""
    cells_of_each = {"__class__": "DefaultPartitionsSubset", "subset": {"__set__": list(cells)}}
    keys = [{"__class__": "AssetKey", "path": list(key.path)} for key in toy.step().keys]
    subset = {"__class__": "AssetGraphSubset", "non_partitioned_asset_keys": {"__set__": []}}
    none = {**subset, "partitions_subsets_by_asset_key": {"__mapping_items__": []}}
    asked = {**subset, "partitions_subsets_by_asset_key": {"__mapping_items__": [[key, cells_of_each] for key in keys]}}
    data = {
        "__class__": "AssetBackfillData",
        "target_subset": asked,
        "requested_runs_for_target_roots": False,
        "latest_storage_id": None,
        "materialized_subset": none,
        "requested_subset": none,
        "failed_and_downstream_subset": none,
        "backfill_start_time": {"__class__": "TimestampWithTimezone", "timestamp": 0.0, "timezone": "UTC"},
    }
    written = {
        "__class__": "PartitionBackfill",
        "backfill_id": name,
        "status": {"__enum__": "BulkActionStatus.REQUESTED"},
        "from_failure": False,
        "tags": dict(tags or {}),
        "backfill_timestamp": 0.0,
        "asset_selection": keys,
        "asset_backfill_data": data,
    }
    read: Any = dg.deserialize_value(json.dumps(written))
    instance.add_backfill(read)


def ran(instance: dg.DagsterInstance, number: int, tags: Mapping[str, str], **more: str) -> dg.DagsterRun:
    run = dg.DagsterRun(job_name="job", run_id=f"00000000-0000-0000-0000-{number:012}", tags=dict(tags), **more)  # type: ignore[arg-type]
    return instance.add_run(run)


def test_a_run_by_itself_is_all_that_was_launched(instance: dg.DagsterInstance) -> None:
    assert Launched.of(instance, ran(instance, 1, {}), (S01, S02)) == Launched((S01, S02))


def test_an_episode_that_goes_on_alone_was_launched_with_the_others_of_its_first_run(
    instance: dg.DagsterInstance,
) -> None:
    other = CellKey("other", "s01")
    first = ran(instance, 1, run_tags([S01, other], "draft"))
    went_on = ran(instance, 2, {"ninja/root_run": first.run_id, **run_tags([S01], "draft")})
    assert Launched.of(instance, went_on, (S01, S02)).cells == (S01, S02, other, CellKey("other", "s02"))


def test_a_backfills_run_knows_the_cells_of_all_its_runs_also_when_it_is_executed_again(
    toy: Toy, instance: dg.DagsterInstance
) -> None:
    backfill(toy, instance, FIRST, ["demo|s01", "demo|s02", "demo|s04"])
    first = ran(instance, 1, OF_FIRST)
    # Dagster takes the backfill's tags from a run that is executed again by hand once the backfill has ended.
    again = ran(instance, 2, {}, root_run_id=first.run_id, parent_run_id=first.run_id)
    went_on = ran(instance, 3, {"ninja/root_run": first.run_id})  # with a person's yes
    for run in (first, again, went_on):
        found = Launched.of(instance, run, (S01,))
        assert found.cells is not None
        assert {str(cell) for cell in found.cells} == {"demo|s01", "demo|s02", "demo|s04"}
        assert found.earlier == frozenset()


def test_a_backfill_that_is_executed_again_is_the_launch_of_the_first(toy: Toy, instance: dg.DagsterInstance) -> None:
    backfill(toy, instance, FIRST, ["demo|s01", "demo|s02"])
    backfill(toy, instance, AGAIN, ["demo|s02"], OF_AGAIN)  # from its failure: what was made is left out
    first = ran(instance, 1, OF_FIRST)
    anew = ran(instance, 2, OF_AGAIN)
    by_hand = ran(instance, 3, {}, root_run_id=anew.run_id, parent_run_id=anew.run_id)
    for run in (anew, by_hand):
        found = Launched.of(instance, run, (S02,))
        assert found.cells is not None
        assert {cell.segment for cell in found.cells} == {"s01", "s02"}
        assert found.earlier == {first.run_id, anew.run_id}


def test_a_backfill_that_dagster_does_not_know_any_more_says_nothing_of_its_cells(instance: dg.DagsterInstance) -> None:
    assert Launched.of(instance, ran(instance, 1, OF_FIRST), (S01,)).cells is None


def test_a_backfill_that_would_make_nothing_anew_of_what_it_was_asked_to_is_refused(
    toy: Toy, instance: dg.DagsterInstance
) -> None:
    backfill(toy, instance, FIRST, ["demo|s01", "demo|s02", "demo|s04"])
    assert toy.launch(instance, range_tags("demo", SEGMENTS)).success
    tags = {**range_tags("demo", ["s01", "s02"]), **OF_FIRST}
    for retake in (["s03"], ["s01", "s03"]):
        assert not toy.launch(instance, tags, retake=retake).success
        assert toy.made == []
    assert not toy.launch(instance, {**range_tags("demo", ["s04"]), **OF_FIRST}, retake=["s04"]).success
    assert toy.launch(instance, tags, retake=["s01"]).success
    backfill(toy, instance, AGAIN, ["demo|s02", "demo|s03"])
    assert toy.launch(instance, {**range_tags("demo", ["s02"]), "dagster/backfill": AGAIN}, retake=["s03"]).success


def test_what_a_backfill_makes_anew_is_made_anew_once_however_often_it_is_executed_again(
    toy: Toy, instance: dg.DagsterInstance
) -> None:
    assert toy.launch(instance, range_tags("demo", SEGMENTS)).success
    backfill(toy, instance, FIRST, ["demo|s01", "demo|s02"])
    backfill(toy, instance, AGAIN, ["demo|s01"], OF_AGAIN)
    for cells, tags in ((["s01", "s02"], OF_FIRST), (["s01"], OF_AGAIN)):
        assert toy.launch(instance, {**range_tags("demo", cells), **tags}, retake=["s01"]).success
        assert toy.takes["s01"] == 2
    assert toy.launch(instance, range_tags("demo", ["s01"]), retake=["s01"]).success  # another launch is another wish
    assert toy.takes["s01"] == 3


def test_of_several_episodes_one_that_has_the_segment_is_enough(toy: Toy, instance: dg.DagsterInstance) -> None:
    toy.stage.write_episode("other", "NINJA: Only one line here.\n")
    over_both = {
        "dagster/asset_partition_range_start": "demo|s01",
        "dagster/asset_partition_range_end": "other|s04",
    }
    assert toy.launch(instance, over_both, retake=["s03"]).success
    result = toy.launch(instance, over_both, retake=["s04"])
    assert not result.success
    assert toy.made == []
