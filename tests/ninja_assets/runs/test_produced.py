"""What came of a production: dollars of all of its runs, and a cut only where one was made."""

from collections.abc import Iterator, Mapping
from pathlib import Path

import dagster as dg
import pytest

from ninja_assets.runs.produced import CellEvents, Production, production_of
from resources.core.names import Mode
from resources.models.loading import load_script, load_show
from tests.stage import Stage, build_stage


@pytest.fixture
def stage(tmp_path: Path) -> Stage:
    return build_stage(tmp_path)


@pytest.fixture
def instance() -> Iterator[dg.DagsterInstance]:
    with dg.DagsterInstance.ephemeral() as instance:
        yield instance


def told_in_a_run(
    instance: dg.DagsterInstance, events: CellEvents, asset: str, metadata: Mapping[str, float | bool]
) -> None:
    """Let the first cell of an asset tell this, in a run of its own."""

    @dg.asset(name=asset, partitions_def=dg.StaticPartitionsDefinition(["demo|s01"]))
    def cell() -> dg.MaterializeResult[None]:
        return dg.MaterializeResult(metadata=metadata)

    events.add(instance, dg.materialize([cell], instance=instance, partition_key="demo|s01").run_id)


def produced(stage: Stage, events: CellEvents) -> Production:
    settings, show = stage.settings(Mode.REHEARSAL), load_show(stage.show)
    script = load_script(stage.show, show, "demo")
    return production_of(settings, script, ["s01"], events, run_id="run-2", error=None)


def test_what_a_run_bought_before_it_waited_counts_with_what_it_bought_after(
    stage: Stage, instance: dg.DagsterInstance
) -> None:
    events = CellEvents()
    told_in_a_run(instance, events, "tts_audio", {"cost_usd": 0.1, "reused": False, "take": 1})
    told_in_a_run(instance, events, "tts_audio", {"cost_usd": 0.0, "reused": True, "take": 1})
    told_in_a_run(instance, events, "speaker_clips", {"cost_usd": 0.2, "reused": False, "take": 2})
    made = produced(stage, events)
    assert (made.cost_usd, made.segments[0].cost_usd) == (0.3, 0.3)
    assert (made.segments[0].reused, made.segments[0].take) == (False, 2)


def test_a_run_that_was_asked_for_no_cut_tells_of_none_though_one_is_there(
    stage: Stage, instance: dg.DagsterInstance
) -> None:
    earlier = stage.output / "demo" / "rehearsal" / "final.mp4"
    earlier.parent.mkdir(parents=True)
    earlier.touch()
    events = CellEvents()
    told_in_a_run(instance, events, "speaker_clips", {"cost_usd": 0.2, "reused": False, "take": 1})
    made = produced(stage, events)
    assert (made.final_video, made.videos, made.seconds) == (None, {}, None)
    told_in_a_run(instance, events, "final_video", {"episode_seconds": 7.5, "starts_at": 0.0, "ends_at": 2.5})
    made = produced(stage, events)
    assert (made.final_video, made.seconds) == (str(earlier), 7.5)
    earlier.unlink()
    assert (produced(stage, events).final_video, produced(stage, events).seconds) == (None, 7.5)
