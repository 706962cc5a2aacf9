"""What the sensor makes of the episode files it finds, and of the episodes that Dagster knows; and what it launches."""

from pathlib import Path

import dagster as dg
import pytest

from ninja_assets.partitions import EPISODE
from ninja_assets.sensors import new_scripts, news
from resources.core.names import Mode
from resources.models.loading import load_show
from tests.stage import SHOW, Stage, build_stage


def test_only_episodes_that_dagster_does_not_know_are_new() -> None:
    assert news({"a", "b"}, set(), {"a"}, ()).new == ["b"]


def test_a_file_that_cannot_be_an_episode_is_named() -> None:
    found = news({"a"}, {"My Show.md"}, {"a"}, ())
    assert not found.new
    assert "My Show.md" in found.reason


def test_an_episode_that_was_added_under_an_impossible_name_is_taken_back() -> None:
    found = news({"a"}, set(), {"a", "a|b", "..", "", "x" * 300, "written-later"}, ())
    assert found.impossible == ["", "..", "a|b", "x" * 300]


# The sensor itself


def _stage(root: Path, settings: str = "") -> Stage:
    stage = build_stage(root)
    stage.write_show(f"{SHOW}{settings}\n")
    return stage


def _tick(stage: Stage, *known: str) -> dg.SensorResult | dg.SkipReason:
    """What the sensor answers to a Dagster that knows some episodes."""
    sensor = new_scripts(show=load_show(stage.show), settings=stage.settings())
    with dg.DagsterInstance.ephemeral() as instance:
        instance.add_dynamic_partitions(EPISODE, list(known))
        with dg.build_sensor_context(instance=instance) as context:
            answer = sensor(context)
    assert isinstance(answer, dg.SensorResult | dg.SkipReason)
    return answer


def _changes(answer: dg.SensorResult) -> dict[str, list[str]]:
    return {type(one).__name__: list(one.partition_keys) for one in answer.dynamic_partitions_requests or ()}


@pytest.mark.parametrize("settings", ["", "sensor: {launch: false, mode: final}"])
def test_a_new_script_is_registered_and_launched_by_nobody_unless_the_show_says_so(
    tmp_path: Path, settings: str
) -> None:
    answer = _tick(_stage(tmp_path, settings))
    assert isinstance(answer, dg.SensorResult)
    assert answer.run_requests == []
    assert _changes(answer) == {"AddDynamicPartitionsRequest": ["demo"]}


@pytest.mark.parametrize("mode", list(Mode))
def test_a_show_that_says_so_launches_each_new_script_in_the_sensors_own_mode(tmp_path: Path, mode: Mode) -> None:
    stage = _stage(tmp_path, f"sensor: {{launch: true, mode: {mode}}}")
    stage.write_episode("later")
    answer = _tick(stage, "demo")
    assert isinstance(answer, dg.SensorResult)
    [request] = answer.run_requests or ()
    assert request.run_key == f"new|later|{mode}"
    assert request.run_config == {"resources": {"studio": {"config": {"mode": mode.value}}}}
    assert request.tags["ninja/episode"] == "later"


def test_what_launching_says_is_read_at_each_tick_and_not_when_dagster_started(tmp_path: Path) -> None:
    stage = _stage(tmp_path, "sensor: {launch: true}")
    started = load_show(stage.show)
    stage.write_show(SHOW)
    with dg.DagsterInstance.ephemeral() as instance, dg.build_sensor_context(instance=instance) as context:
        answer = new_scripts(show=started, settings=stage.settings())(context)
    assert isinstance(answer, dg.SensorResult)
    assert answer.run_requests == []


def test_a_tick_without_news_says_so_and_one_with_an_impossible_name_takes_it_back(tmp_path: Path) -> None:
    stage = _stage(tmp_path, "sensor: {launch: true}")
    assert isinstance(_tick(stage, "demo"), dg.SkipReason)
    answer = _tick(stage, "demo", "..")
    assert isinstance(answer, dg.SensorResult)
    assert (answer.run_requests, _changes(answer)) == ([], {"DeleteDynamicPartitionsRequest": [".."]})
