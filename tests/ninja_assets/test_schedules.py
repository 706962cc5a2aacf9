"""What a tick of the daily schedule decides, and what it launches."""

from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import dagster as dg
import pytest

from ninja_assets.partitions import EPISODE
from ninja_assets.schedules import daily_episode, day_of, why_not
from resources.content.settings.characters import Character
from resources.content.show import Schedule, Show
from resources.core.names import Mode
from resources.models.loading import load_show
from tests.stage import PAID_SHOW, Stage, fill_home, open_home, paid_show

BERLIN = ZoneInfo("Europe/Berlin")
DUE = datetime(2026, 11, 20, 6, 30, tzinfo=BERLIN)


def _show(*, catch_up: bool = False) -> Show:
    return Show(
        title="Test",
        characters={"A": Character(name="A", puppet="ninja")},
        schedule=Schedule(timezone="Europe/Berlin", catch_up=catch_up),
    )


def _why_not(due: datetime, now: datetime, *, catch_up: bool = False, script: bool = True, made: bool = False) -> str:
    return why_not(due, now, script=script, produced=made, show=_show(catch_up=catch_up)) or ""


def test_the_day_is_the_schedules_own_and_not_that_of_utc() -> None:
    due = datetime(2026, 11, 20, 0, 30, tzinfo=BERLIN).astimezone(ZoneInfo("UTC"))  # still the 19th in UTC
    assert f"{day_of(due, _show())}" == "2026-11-20"


def test_a_day_is_launched_in_time_and_after_a_short_restart() -> None:
    assert _why_not(DUE, DUE) == _why_not(DUE, DUE + timedelta(minutes=59)) == ""


@pytest.mark.parametrize(("minutes", "launched"), [(35, True), (59, True), (61, False)])
def test_a_tick_is_as_late_as_time_passed_in_a_night_whose_clocks_go_forward(minutes: int, *, launched: bool) -> None:
    due = datetime(2026, 3, 29, 1, 30, tzinfo=BERLIN)  # at two it is three
    assert (_why_not(due, due.astimezone(UTC) + timedelta(minutes=minutes)) == "") == launched


def test_an_episode_is_due_at_a_moment_and_not_at_the_hands_of_a_clock() -> None:
    schedule = Schedule(timezone="Europe/Berlin", at=time(6, 30))
    saturday, sunday = (schedule.due_on(date(2026, 3, day)) for day in (28, 29))
    assert sunday - saturday == timedelta(hours=23)
    assert schedule.due("2026-03-29") == sunday
    assert schedule.due("pilot") is None
    assert f"{schedule.local(sunday):%H:%M %Z}" == "06:30 CEST"


@pytest.mark.parametrize(
    ("day", "due"),
    [
        # Measured: Dagster's own ticks of "30 2 * * *" are at 01:30 UTC on this day, and at 01:00 UTC on the last one.
        pytest.param(date(2026, 10, 25), datetime(2026, 10, 25, 1, 30, tzinfo=UTC), id="twice: the second time"),
        pytest.param(date(2026, 10, 24), datetime(2026, 10, 24, 0, 30, tzinfo=UTC), id="the day before"),
        pytest.param(date(2026, 3, 29), datetime(2026, 3, 29, 1, 30, tzinfo=UTC), id="never: when it would have been"),
    ],
)
def test_a_day_is_due_no_earlier_than_its_tick_in_nights_whose_clocks_change(day: date, due: datetime) -> None:
    assert Schedule(timezone="Europe/Berlin", at=time(2, 30)).due_on(day) == due


def test_a_day_without_a_script_is_skipped_and_says_which_file_to_write() -> None:
    assert "episodes/2026-11-20.md" in _why_not(DUE, DUE, script=False)


def test_a_missed_day_launches_nothing_and_says_who_makes_it() -> None:
    late = DUE + timedelta(hours=5)
    assert "catch_up is off; launch it with: ninja produce 2026-11-20 --mode rehearsal" in _why_not(DUE, late)
    assert "the sensor catching_up makes it" in _why_not(DUE, late, catch_up=True)


def test_an_episode_that_has_its_video_is_not_launched_again() -> None:
    assert "already" in _why_not(DUE, DUE, made=True)


# The schedule itself


@pytest.fixture(autouse=True)
def _keys(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("FAL_KEY", "ELEVENLABS_API_KEY"):
        monkeypatch.setenv(name, "a-key-of-the-test")


def _stage(root: Path, schedule: str, *days: datetime) -> Stage:
    """A show with a schedule, and a script for each of the days."""
    stage = paid_show(root)
    stage.write_show(f"{PAID_SHOW}schedule: {{{schedule}}}\n")
    for day in days:
        stage.write_episode(f"{day:%Y-%m-%d}")
    return stage


Answer = dg.RunRequest | dg.SkipReason
Tick = Callable[..., tuple[list[dg.RunRequest], set[str]]]


def _answer(instance: dg.DagsterInstance, stage: Stage, due: datetime, show: Show | None = None) -> Answer:
    schedule = daily_episode(show=show or load_show(stage.show), settings=stage.settings())
    with dg.build_schedule_context(instance=instance, scheduled_execution_time=due) as context:
        answer = schedule(context)
    assert isinstance(answer, Answer)
    return answer


@pytest.fixture(scope="module")
def opened(tmp_path_factory: pytest.TempPathFactory) -> Iterator[dg.DagsterInstance]:
    """An instance on disk: an ephemeral one is not handed on to a schedule's context."""
    with open_home(fill_home(tmp_path_factory.mktemp("scheduled"))) as instance:
        yield instance


@pytest.fixture
def bare(opened: dg.DagsterInstance) -> dg.DagsterInstance:
    """The instance, which knows no episode."""
    for episode in opened.get_dynamic_partitions(EPISODE):
        opened.delete_dynamic_partition(EPISODE, episode)
    return opened


@pytest.fixture
def tick(bare: dg.DagsterInstance) -> Tick:
    """What is launched at a tick, and the episodes that Dagster knows then. `show` is what Dagster started with."""

    def ticked(stage: Stage, due: datetime, show: Show | None = None) -> tuple[list[dg.RunRequest], set[str]]:
        answer = _answer(bare, stage, due, show)
        return ([answer] if isinstance(answer, dg.RunRequest) else []), set(bare.get_dynamic_partitions(EPISODE))

    return ticked


def _modes(requests: list[dg.RunRequest]) -> set[tuple[str, str]]:
    """The modes as a run is configured with, and as it is tagged with."""
    return {
        (request.run_config["resources"]["studio"]["config"]["mode"], request.tags["ninja/mode"])
        for request in requests
    }


@pytest.mark.parametrize(("mode", "catch_up"), [(Mode.REHEARSAL, "true"), (Mode.DRAFT, "false"), (Mode.FINAL, "true")])
def test_a_day_is_launched_alone_in_the_schedules_own_mode_and_in_no_other(
    tick: Tick, tmp_path: Path, mode: Mode, catch_up: str
) -> None:
    due = datetime.now(tz=UTC)
    stage = _stage(tmp_path, f"mode: {mode}, catch_up: {catch_up}", due - timedelta(days=2), due)
    requests, known = tick(stage, due)
    assert [request.run_key for request in requests] == [f"daily|{due:%Y-%m-%d}|{mode}"]
    assert _modes(requests) == {(mode.value, mode.value)}
    assert known == {f"{due:%Y-%m-%d}"}


def test_without_a_mode_a_day_is_rehearsed_and_costs_nothing(tick: Tick, tmp_path: Path) -> None:
    due = datetime.now(tz=UTC)
    requests, _ = tick(_stage(tmp_path, "timezone: UTC", due), due)
    assert _modes(requests) == {("rehearsal", "rehearsal")}


def test_the_mode_is_read_at_each_tick_and_not_when_dagster_started(tick: Tick, tmp_path: Path) -> None:
    due = datetime.now(tz=UTC)
    stage = _stage(tmp_path, "mode: final", due)
    started = load_show(stage.show)
    stage.write_show(f"{PAID_SHOW}schedule: {{mode: draft}}\n")
    requests, _ = tick(stage, due, started)
    assert _modes(requests) == {("draft", "draft")}


@pytest.mark.parametrize("catch_up", ["false", "true"])
def test_a_tick_that_comes_late_launches_nothing(tick: Tick, tmp_path: Path, catch_up: str) -> None:
    due = datetime.now(tz=UTC) - timedelta(hours=5)
    assert tick(_stage(tmp_path, f"mode: final, catch_up: {catch_up}", due), due) == ([], set())


def test_only_the_video_of_its_own_mode_means_that_a_day_is_made(tick: Tick, tmp_path: Path) -> None:
    due = datetime.now(tz=UTC)
    stage = _stage(tmp_path, "mode: final", due)
    for mode, launched in (("rehearsal", 1), ("final", 0)):
        video = stage.output / f"{due:%Y-%m-%d}" / mode / "final.mp4"
        video.parent.mkdir(parents=True)
        video.touch()
        assert len(tick(stage, due)[0]) == launched


# What the gate holds up

UNSPOKEN = "NINJA: Hello there, all of you. (laughs) It is *really* late.\n"


def _held(instance: dg.DagsterInstance, stage: Stage, due: datetime) -> str:
    """Why a day is held up, and nothing of it is known to Dagster; "" where it is launched."""
    answer = _answer(instance, stage, due)
    if isinstance(answer, dg.RunRequest):
        return ""
    assert f"{due:%Y-%m-%d}" not in instance.get_dynamic_partitions(EPISODE)
    return str(answer.skip_message)


def test_what_the_gate_refuses_is_not_launched_until_the_file_is_mended(
    bare: dg.DagsterInstance, tmp_path: Path
) -> None:
    due = datetime.now(tz=UTC)
    stage = _stage(tmp_path, "mode: draft")
    day = f"{due:%Y-%m-%d}"
    stage.write_episode(day, UNSPOKEN)
    told = _held(bare, stage, due)
    assert told.startswith(f"{day} is held up before its draft run: ")
    assert f"episodes/{day}.md:1: " in told
    assert "[direction-spoken]; mend: " in told
    assert told.endswith(f"launch it with: ninja produce {day} --mode draft")
    stage.write_episode(day)
    assert _held(bare, stage, due) == ""


def test_a_key_that_is_missing_holds_up_a_day_that_buys(
    bare: dg.DagsterInstance, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    due = datetime.now(tz=UTC)
    monkeypatch.setenv("FAL_KEY", " ")
    assert "FAL_KEY is blank [key-missing]" in _held(bare, _stage(tmp_path, "mode: final", due), due)


def test_a_price_over_a_cap_holds_up_a_day_and_the_missed_days_sensor_has_it_then(
    bare: dg.DagsterInstance, tmp_path: Path
) -> None:
    due = datetime.now(tz=UTC)
    stage = _stage(tmp_path, "", due)
    show = PAID_SHOW.replace("episode_usd: 10", "episode_usd: 2").replace("segment_usd: 2", "segment_usd: 0.05")
    stage.write_show(f"{show}schedule: {{mode: draft, catch_up: true}}\n")
    told = _held(bare, stage, due)
    assert "[caps-broken]" in told
    assert told.endswith("the sensor catching_up makes it in its turn.")


def test_a_rehearsal_is_held_up_by_what_it_cannot_be_made_without_and_by_nothing_else(
    bare: dg.DagsterInstance, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    due = datetime.now(tz=UTC)
    monkeypatch.delenv("FAL_KEY")
    stage = _stage(tmp_path, "mode: rehearsal")
    day = f"{due:%Y-%m-%d}"
    stage.write_episode(day, "NOBODY {take: x}: Two.\n")
    assert f"episodes/{day}.md:1: " in _held(bare, stage, due)
    stage.write_episode(day, UNSPOKEN)
    assert _held(bare, stage, due) == ""
