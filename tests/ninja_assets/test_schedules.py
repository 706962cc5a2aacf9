"""What a tick of the daily schedule decides."""

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from ninja_assets.schedules import decide
from resources.content.show import Character, Schedule, Show

BERLIN = ZoneInfo("Europe/Berlin")
DUE = datetime(2026, 11, 20, 6, 30, tzinfo=BERLIN)


def _show(*, catch_up: bool = False) -> Show:
    return Show(
        title="Test",
        characters={"A": Character(name="A", puppet="ninja")},
        schedule=Schedule(timezone="Europe/Berlin", catch_up=catch_up),
    )


def test_a_tick_launches_the_episode_named_after_its_day() -> None:
    assert decide(DUE, DUE, scripts={"2026-11-20"}, produced=set(), show=_show()).episodes == ("2026-11-20",)


def test_the_day_is_the_schedules_own_and_not_that_of_utc() -> None:
    due = datetime(2026, 11, 20, 0, 30, tzinfo=BERLIN).astimezone(ZoneInfo("UTC"))  # still the 19th in UTC
    assert decide(due, due, scripts={"2026-11-20"}, produced=set(), show=_show()).episodes == ("2026-11-20",)


def test_a_day_without_a_script_is_skipped_and_says_which_file_to_write() -> None:
    decision = decide(DUE, DUE, scripts=set(), produced=set(), show=_show())
    assert not decision.episodes
    assert "episodes/2026-11-20.md" in decision.reason


def test_a_missed_day_launches_nothing_unless_asked_to() -> None:
    decision = decide(DUE, DUE + timedelta(hours=5), scripts={"2026-11-20"}, produced=set(), show=_show())
    assert not decision.episodes
    assert "catch_up" in decision.reason
    assert "ninja produce 2026-11-20" in decision.reason


def test_catching_up_launches_missed_days_that_have_a_script_and_no_video() -> None:
    decision = decide(
        DUE,
        DUE + timedelta(hours=5),
        scripts={"2026-11-17", "2026-11-18", "2026-11-20", "2026-11-01"},
        produced={"2026-11-17"},
        show=_show(catch_up=True),
    )
    assert decision.episodes == ("2026-11-18", "2026-11-20")


def test_an_episode_that_has_its_video_is_not_launched_again() -> None:
    decision = decide(DUE, DUE, scripts={"2026-11-20"}, produced={"2026-11-20"}, show=_show())
    assert not decision.episodes
    assert "already" in decision.reason
