"""Guards: the behaviours of Dagster that this project leans on, each seen on a real instance.

When an upgrade changes one of them, the test that fails names the design decision to look at again.
"""

from collections import Counter
from collections.abc import Iterator

import dagster as dg
import pytest

from ninja_assets.partitions import cells, range_tags, segments_of

CELLS = cells(3)
SEGMENTS = segments_of(3)


@pytest.fixture
def instance() -> Iterator[dg.DagsterInstance]:
    with dg.DagsterInstance.ephemeral() as ephemeral:
        ephemeral.add_dynamic_partitions("episode", ["demo", "other"])
        yield ephemeral


def _run(asset: dg.AssetsDefinition, instance: dg.DagsterInstance) -> dg.ExecuteInProcessResult:
    job = dg.define_asset_job("job", selection=[*asset.keys])
    defs = dg.Definitions(assets=[asset], jobs=[job], executor=dg.in_process_executor)
    return defs.resolve_job_def("job").execute_in_process(
        instance=instance, tags=range_tags("demo", SEGMENTS), raise_on_error=False
    )


def _statuses(instance: dg.DagsterInstance, name: str) -> dict[str, str]:
    """Each cell's last status as Dagster stores it."""
    materialized = instance.get_materialized_partitions(dg.AssetKey(name))
    states = instance.get_status_by_partition(dg.AssetKey(name), [f"demo|{s}" for s in SEGMENTS], CELLS) or {}
    return {
        key: ("materialized" if key in materialized else "") + (f" {state.value}" if state else "")
        for key, state in states.items()
    }


def test_a_range_over_the_two_dimensions_is_one_run_with_all_its_keys(instance: dg.DagsterInstance) -> None:
    seen: list[list[str]] = []

    @dg.asset(partitions_def=CELLS, backfill_policy=dg.BackfillPolicy.single_run())
    def cell(context: dg.AssetExecutionContext) -> None:
        seen.append([str(key) for key in context.partition_keys])

    assert _run(cell, instance).success
    assert seen == [[f"demo|{segment}" for segment in SEGMENTS]]


def test_metadata_of_each_partition_makes_one_event_for_each(instance: dg.DagsterInstance) -> None:
    @dg.multi_asset(
        specs=[dg.AssetSpec("one"), dg.AssetSpec("two")],
        partitions_def=CELLS,
        backfill_policy=dg.BackfillPolicy.single_run(),
        can_subset=True,
    )
    def both(context: dg.AssetExecutionContext) -> Iterator[dg.MaterializeResult[None]]:
        for name in ("one", "two"):
            for key in context.partition_keys:
                context.add_asset_metadata({"cell": str(key)}, asset_key=name, partition_key=key)
        yield from (dg.MaterializeResult(asset_key=name) for name in ("one", "two"))

    result = _run(both, instance)
    events = [event.materialization for event in result.all_events if event.is_step_materialization]
    assert Counter((made.asset_key.to_user_string(), made.partition) for made in events) == Counter(
        {(name, f"demo|{segment}"): 1 for name in ("one", "two") for segment in SEGMENTS}
    )
    assert all(made.metadata["cell"].value == made.partition for made in events)


def test_events_before_a_failure_keep_the_successes_and_show_exactly_the_rest_as_failed(
    instance: dg.DagsterInstance,
) -> None:
    @dg.asset(partitions_def=CELLS, backfill_policy=dg.BackfillPolicy.single_run())
    def cell(context: dg.AssetExecutionContext) -> None:
        for segment in ("s01", "s03"):
            context.log_event(dg.AssetMaterialization("cell", partition=f"demo|{segment}"))
        raise dg.Failure("s02 failed", allow_retries=False)

    assert not _run(cell, instance).success
    assert _statuses(instance, "cell") == {
        "demo|s01": "materialized MATERIALIZED",
        "demo|s02": " FAILED",
        "demo|s03": "materialized MATERIALIZED",
    }


def test_an_event_of_a_cell_outside_the_run_is_recorded(instance: dg.DagsterInstance) -> None:
    @dg.asset(partitions_def=CELLS, backfill_policy=dg.BackfillPolicy.single_run())
    def cell(context: dg.AssetExecutionContext) -> None:
        context.log_event(dg.AssetMaterialization("cell", partition="other|s01", metadata={"starts_at": 1.0}))

    assert _run(cell, instance).success
    assert "other|s01" in instance.get_materialized_partitions(dg.AssetKey("cell"))


def test_a_dynamic_key_is_not_validated_by_dagster(instance: dg.DagsterInstance) -> None:
    instance.add_dynamic_partitions("episode", [".."])  # so every asset checks the episode itself
    assert ".." in instance.get_dynamic_partitions("episode")


def test_a_job_cannot_mix_two_partitions_definitions() -> None:
    @dg.asset(partitions_def=CELLS)
    def cell() -> None: ...

    @dg.asset(partitions_def=dg.StaticPartitionsDefinition(["a"]))
    def other() -> None: ...

    job = dg.define_asset_job("job", selection="*")
    with pytest.raises(dg.DagsterInvalidDefinitionError):
        dg.Definitions(assets=[cell, other], jobs=[job]).resolve_job_def("job")


def test_a_check_of_a_range_is_evaluated_once_a_run_and_not_once_a_partition(instance: dg.DagsterInstance) -> None:
    @dg.multi_asset(
        specs=[dg.AssetSpec("cell")],
        check_specs=[dg.AssetCheckSpec("good", asset="cell"), dg.AssetCheckSpec("bad", asset="cell")],
        partitions_def=CELLS,
        backfill_policy=dg.BackfillPolicy.single_run(),
        can_subset=True,
    )
    def cell(context: dg.AssetExecutionContext) -> Iterator[dg.MaterializeResult[None] | dg.AssetCheckResult]:
        assert {key.name for key in context.selected_asset_check_keys} == {"good", "bad"}  # selected with their asset
        yield dg.MaterializeResult(asset_key="cell")
        for name in ("good", "bad"):
            yield dg.AssetCheckResult(asset_key="cell", check_name=name, passed=name == "good")

    result = _run(cell, instance)
    assert result.success  # a failed check alone fails no run: what must stop a cut raises
    shown = [(each.check_name, each.passed, each.partition) for each in result.get_asset_check_evaluations()]
    assert shown == [("good", True, None), ("bad", False, None)]


def test_a_check_told_before_a_failure_is_kept(instance: dg.DagsterInstance) -> None:
    @dg.multi_asset(
        specs=[dg.AssetSpec("cell")],
        check_specs=[dg.AssetCheckSpec("bad", asset="cell")],
        partitions_def=CELLS,
        backfill_policy=dg.BackfillPolicy.single_run(),
        can_subset=True,
    )
    def cell() -> Iterator[dg.AssetCheckResult]:
        yield dg.AssetCheckResult(asset_key="cell", check_name="bad", passed=False)
        raise dg.Failure("stopped", allow_retries=False)

    result = _run(cell, instance)
    assert not result.success
    assert [each.passed for each in result.get_asset_check_evaluations()] == [False]
