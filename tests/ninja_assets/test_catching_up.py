"""Missed days are made one after the other, the oldest first, and stop at the caps: the decision, and the sensor."""

from collections.abc import Iterator
from datetime import UTC, datetime, time, timedelta
from pathlib import Path

import dagster as dg
import pytest

from ninja_assets.build import build_defs
from ninja_assets.catching_up import Missed, catching_up, days_missed, decide
from ninja_assets.cells.running.launch import run_tags
from ninja_assets.jobs import JOB_NAME
from ninja_assets.partitions import EPISODE
from resources.content.show import Schedule
from resources.core.names import CellKey, Mode
from resources.models.loading import load_show
from resources.purchasing.books import open_ledger
from tests.resources.purchasing.ledger.helpers import buy, purchase
from tests.stage import PAID_SHOW, SHOW, Stage, build_stage, paid_show

NOW = datetime(2026, 11, 20, 12, tzinfo=UTC)


def _no_cap(_: str) -> None:
    return None


def test_the_oldest_day_is_launched_first_and_alone() -> None:
    decision = decide([Missed("2026-11-17"), Missed("2026-11-18")], [], NOW, over=_no_cap)
    assert decision.episode == "2026-11-17"


def test_nothing_is_launched_while_another_is_under_way() -> None:
    decision = decide([Missed("2026-11-18")], ["2026-11-17"], NOW, over=_no_cap)
    assert (decision.episode, "2026-11-17 is under way" in decision.reason) == (None, True)


def test_an_episode_for_which_a_cap_has_no_room_stops_all_the_later_ones() -> None:
    missed = [Missed("2026-11-17"), Missed("2026-11-18")]
    decision = decide(missed, [], NOW, over={"2026-11-17": "today would come to $40"}.get)
    assert (decision.episode, "today would come to $40" in decision.reason) == (None, True)


def test_what_a_cap_refused_is_launched_again_on_another_day() -> None:
    refused = [Missed("2026-11-17", NOW - timedelta(hours=3))]
    assert decide(refused, [], NOW, over=_no_cap).episode is None
    assert decide(refused, [], NOW + timedelta(hours=12), over=_no_cap).episode == "2026-11-17"


def test_a_day_is_missed_when_its_time_is_an_hour_over(tmp_path: Path) -> None:
    show = load_show(build_stage(tmp_path).show).model_copy(update={"schedule": Schedule(at=time(6, 30))})
    at = datetime(2026, 11, 20, 6, 30, tzinfo=UTC)
    assert f"{days_missed(at + timedelta(minutes=59), show)[-1]}" == "2026-11-19"
    missed = days_missed(at + timedelta(minutes=61), show)
    assert [f"{missed[0]}", f"{missed[-1]}", len(missed)] == ["2026-11-14", "2026-11-20", 7]


# The sensor itself


def _tick(stage: Stage, instance: dg.DagsterInstance) -> dg.RunRequest | str:
    sensor = catching_up(show=load_show(stage.show), settings=stage.settings())
    with dg.build_sensor_context(instance=instance) as context:
        answer = sensor(context)
    assert isinstance(answer, dg.RunRequest | dg.SkipReason)
    return answer if isinstance(answer, dg.RunRequest) else str(answer.skip_message)


def _days(*back: int) -> list[str]:
    return [f"{datetime.now(UTC) - timedelta(days=days):%Y-%m-%d}" for days in back]


@pytest.fixture(autouse=True)
def _keys(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("FAL_KEY", "ELEVENLABS_API_KEY"):
        monkeypatch.setenv(name, "a-key-of-the-test")


@pytest.fixture
def opened(tmp_path: Path) -> Iterator[tuple[Stage, dg.DagsterInstance]]:
    stage = paid_show(tmp_path, ticks=True)
    with stage.instance() as instance:
        yield stage, instance


@pytest.mark.parametrize(
    ("settings", "message"),
    [("enabled: true", "catch_up is off"), ("catch_up: true", "the schedule is off")],
)
def test_nothing_is_caught_up_unless_the_show_says_so(
    opened: tuple[Stage, dg.DagsterInstance], settings: str, message: str
) -> None:
    stage, instance = opened
    stage.write_show(f"{SHOW}schedule: {{{settings}}}\n")
    stage.write_episode(_days(2)[0])
    assert message in str(_tick(stage, instance))


@pytest.mark.parametrize("mode", list(Mode))
def test_a_missed_day_is_launched_in_the_shows_mode_and_the_next_one_when_it_has_ended(
    opened: tuple[Stage, dg.DagsterInstance], mode: Mode
) -> None:
    stage, instance = opened
    stage.write_show(f"{PAID_SHOW}schedule: {{enabled: true, catch_up: true, mode: {mode}}}\n")
    first, second, produced = _days(4, 2, 1)
    for day in (first, second, produced):
        stage.write_episode(day)
    video = stage.output / produced / mode / "final.mp4"
    video.parent.mkdir(parents=True)
    video.touch()
    request = _tick(stage, instance)
    assert isinstance(request, dg.RunRequest)
    assert request.tags["ninja/episode"] == first
    assert request.run_config == {"resources": {"studio": {"config": {"mode": mode.value}}}}
    assert instance.get_dynamic_partitions(EPISODE) == [first]

    run = instance.create_run_for_job(
        build_defs(settings=stage.settings()).resolve_job_def(JOB_NAME),
        tags=request.tags,
        status=dg.DagsterRunStatus.STARTED,
    )
    assert f"{first} is under way" in str(_tick(stage, instance))
    instance.report_run_canceled(run)
    later = _tick(stage, instance)  # a person ended the first: it is theirs now
    assert isinstance(later, dg.RunRequest)
    assert later.tags["ninja/episode"] == second


def test_a_week_of_missed_days_stops_at_the_days_cap(tmp_path: Path) -> None:
    stage = paid_show(tmp_path, ticks=True)
    caps = "segment_usd: 1, episode_usd: 1, day_usd: 1"
    show = PAID_SHOW.replace("segment_usd: 2, episode_usd: 10, day_usd: 20", caps)
    stage.write_show(f"{show}schedule: {{enabled: true, catch_up: true, mode: draft}}\n")
    first, second = _days(4, 2)
    for day in (first, second):
        stage.write_episode(day, "NINJA: Zero is here, and one is not far.\n")
    with stage.instance() as instance:
        request = _tick(stage, instance)
        assert isinstance(request, dg.RunRequest)
        assert request.tags["ninja/episode"] == first
        with open_ledger(stage.settings(), load_show(stage.show)) as ledger:
            buy(ledger, purchase(episode="another", usd=0.95), request_id="r1", cost=0.95)
        assert "a cap has no room for it: today would come to" in str(_tick(stage, instance))


def test_a_missed_day_that_the_gate_refuses_is_told_and_passed_over_until_it_is_mended(
    opened: tuple[Stage, dg.DagsterInstance],
) -> None:
    stage, instance = opened
    stage.write_show(f"{PAID_SHOW}schedule: {{enabled: true, catch_up: true, mode: draft}}\n")
    first, second = _days(4, 2)
    stage.write_episode(first, "NINJA: Hello there. (laughs) It is *really* late.\n")
    message = str(_tick(stage, instance))
    assert f"{first} is held up before its draft run" in message
    assert "no day was missed" in message
    stage.write_episode(second)
    for day in (second, first):
        request = _tick(stage, instance)
        assert isinstance(request, dg.RunRequest)
        assert request.tags["ninja/episode"] == day
        stage.write_episode(first)


def test_a_day_that_a_person_launched_among_others_is_not_missed(opened: tuple[Stage, dg.DagsterInstance]) -> None:
    stage, instance = opened
    stage.write_show(f"{PAID_SHOW}schedule: {{enabled: true, catch_up: true, mode: draft}}\n")
    first, second = _days(4, 2)
    for day in (first, second):
        stage.write_episode(day)
    run = instance.create_run_for_job(
        build_defs(settings=stage.settings()).resolve_job_def(JOB_NAME),
        tags=run_tags([CellKey(first, "s01"), CellKey(second, "s01")], Mode.DRAFT.value),
        status=dg.DagsterRunStatus.STARTED,
    )
    assert _tick(stage, instance) == "no day was missed"
    instance.report_run_canceled(run)  # a person ended it: they are theirs now
    assert _tick(stage, instance) == "no day was missed"
