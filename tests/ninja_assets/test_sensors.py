"""What the sensor makes of the episode files it finds, and of the episodes that Dagster knows; and what it launches."""

from pathlib import Path

import dagster as dg
import pytest

from ninja_assets.partitions import EPISODE
from ninja_assets.sensors import new_scripts, news
from resources.core.names import Mode
from resources.models.loading import load_show
from tests.stage import PAID_SHOW, SHOW, Stage, build_stage, paid_show


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


@pytest.fixture(autouse=True)
def _keys(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("FAL_KEY", "ELEVENLABS_API_KEY"):
        monkeypatch.setenv(name, "a-key-of-the-test")


def _tick(stage: Stage, *known: str, cursor: str | None = None) -> dg.SensorResult | dg.SkipReason:
    """What the sensor answers to a Dagster that knows some episodes."""
    return _ticked(stage, *known, cursor=cursor)[0]


def _ticked(stage: Stage, *known: str, cursor: str | None = None) -> tuple[dg.SensorResult | dg.SkipReason, str | None]:
    """The same, and the cursor that it leaves."""
    sensor = new_scripts(show=load_show(stage.show), settings=stage.settings())
    with dg.DagsterInstance.ephemeral() as instance:
        instance.add_dynamic_partitions(EPISODE, list(known))
        with dg.build_sensor_context(instance=instance, cursor=cursor) as context:
            answer = sensor(context)
            left = context.cursor
    assert isinstance(answer, dg.SensorResult | dg.SkipReason)
    return answer, left


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
    stage = paid_show(tmp_path)
    stage.write_show(f"{PAID_SHOW}sensor: {{launch: true, mode: {mode}}}\n")
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


# What the gate holds up

UNSPOKEN = "NINJA: Hello there, all of you. (laughs) It is *really* late.\n"


def test_a_new_script_that_the_gate_refuses_is_told_once_and_launched_when_it_is_mended(tmp_path: Path) -> None:
    stage = paid_show(tmp_path)
    stage.write_show(f"{PAID_SHOW}sensor: {{launch: true, mode: draft}}\n")
    stage.write_episode("later", UNSPOKEN)
    answer, cursor = _ticked(stage, "demo")
    assert isinstance(answer, dg.SkipReason)
    assert "later is held up before its draft run" in str(answer.skip_message)
    assert "episodes/later.md:1: " in str(answer.skip_message)
    assert "[direction-spoken]; mend: " in str(answer.skip_message)

    again, cursor = _ticked(stage, "demo", cursor=cursor)
    assert isinstance(again, dg.SkipReason)
    assert "later is still held up" in str(again.skip_message)
    assert "[direction-spoken]" not in str(again.skip_message)

    stage.write_episode("later")
    mended = _tick(stage, "demo", cursor=cursor)
    assert isinstance(mended, dg.SensorResult)
    assert [request.run_key for request in mended.run_requests or ()] == ["new|later|draft"]
    assert _changes(mended) == {"AddDynamicPartitionsRequest": ["later"]}


def test_one_that_is_held_up_holds_up_no_other(tmp_path: Path) -> None:
    stage = paid_show(tmp_path)
    stage.write_show(f"{PAID_SHOW}sensor: {{launch: true, mode: draft}}\n")
    stage.write_episode("later", UNSPOKEN)
    answer = _tick(stage)
    assert isinstance(answer, dg.SensorResult)
    assert [request.run_key for request in answer.run_requests or ()] == ["new|demo|draft"]
    assert _changes(answer) == {"AddDynamicPartitionsRequest": ["demo"]}


def test_where_nothing_is_launched_or_bought_a_new_script_is_not_held_up(tmp_path: Path) -> None:
    stage = paid_show(tmp_path)
    stage.write_episode("later", UNSPOKEN)
    for sensor in ("{launch: false, mode: draft}", "{launch: true, mode: rehearsal}"):
        stage.write_show(f"{PAID_SHOW}sensor: {sensor}\n")
        assert isinstance(_tick(stage, "demo"), dg.SensorResult)
