"""What runs daily: the day's episode, and the look at the books. What to launch at a tick is a pure decision; the
schedule is a thin shell around it.

A tick that comes late (Dagster was off) is a missed day: it launches nothing unless `catch_up` is on, and then also the
missed days before it, at most a week back.
"""

from collections.abc import Collection, Sequence
from contextlib import closing
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

import dagster as dg

from ninja_assets.cut.projection import have_a_cut
from ninja_assets.jobs import JOB_NAME, SCHEDULED_TAG, episode_request
from ninja_assets.partitions import EPISODE, segments_of
from ninja_assets.reports.reconciliation import DAYS, JOB, reconcile_books
from resources.content.show import Show
from resources.core.errors import NinjaError
from resources.core.names import episode_file
from resources.core.settings import Settings
from resources.models.loading import load_show
from resources.providers.reconciling import check_keys
from resources.purchasing.books import held_ledger

NAME = "daily_episode"
LATE_AFTER = timedelta(hours=1)  # a short restart of the daemon is no missed day
CATCH_UP_DAYS = 7
RECONCILED_AFTER = 12  # hours from the day's episode until the books are looked at: its requests have ended


@dataclass(frozen=True)
class Decision:
    """Which episodes a tick launches; when none, the reason to show."""

    episodes: Sequence[str]
    reason: str


def decide(
    due: datetime, now: datetime, *, scripts: Collection[str], produced: Collection[str], show: Show
) -> Decision:
    """What the tick due at `due` launches at `now` (both aware). `scripts` exist; `produced` have a final video."""
    today = due.astimezone(ZoneInfo(show.schedule.timezone)).date()
    late = now - due > LATE_AFTER
    if late and not show.schedule.catch_up:
        reason = f"the run of {today} was missed (it was due {due:%Y-%m-%d %H:%M %Z}) and schedule.catch_up is off"
        return Decision((), f"{reason}; launch it with: ninja produce {today} --mode {show.schedule.mode}")
    days = _days_up_to(today) if show.schedule.catch_up else [today]
    wanted = [f"{day}" for day in days if f"{day}" in scripts and f"{day}" not in produced]
    if wanted:
        return Decision(tuple(wanted), "")
    if f"{today}" in scripts:
        return Decision((), f"episode {today} has its final video already")
    return Decision((), f"no script for {today}: write episodes/{today}.md, then: ninja produce {today}")


def _days_up_to(today: date) -> list[date]:
    return [today - timedelta(days=back) for back in range(CATCH_UP_DAYS - 1, -1, -1)]


def daily_episode(*, show: Show, settings: Settings) -> dg.ScheduleDefinition:
    """The schedule of `show.yaml`: the episode named after the day, in the schedule's own mode."""
    at = show.schedule.at
    segments = segments_of(show.slots)

    @dg.schedule(
        name=NAME,
        job_name=JOB_NAME,
        cron_schedule=f"{at.minute} {at.hour} * * *",
        execution_timezone=show.schedule.timezone,
        default_status=(
            dg.DefaultScheduleStatus.RUNNING if show.schedule.enabled else dg.DefaultScheduleStatus.STOPPED
        ),
        description="Launches the day's episode at the time and in the mode of show.yaml; skips a day without script.",
    )
    def daily_episode_schedule(context: dg.ScheduleEvaluationContext) -> list[dg.RunRequest] | dg.SkipReason:
        current = load_show(settings.show)
        due = context.scheduled_execution_time
        days = [f"{day}" for day in _days_up_to(due.astimezone(ZoneInfo(current.schedule.timezone)).date())]
        decision = decide(
            due,
            datetime.now(tz=due.tzinfo),
            scripts={day for day in days if episode_file(settings.show, day).exists()},
            produced=have_a_cut(settings.in_mode(current.schedule.mode), current, days),
            show=current,
        )
        if not decision.episodes:
            return dg.SkipReason(decision.reason)
        context.instance.add_dynamic_partitions(EPISODE, list(decision.episodes))
        mode = current.schedule.mode
        tags = {SCHEDULED_TAG: NAME}
        return [episode_request("daily", episode, segments, mode, tags) for episode in decision.episodes]

    return daily_episode_schedule


def daily_reconciliation(*, show: Show, settings: Settings) -> dg.ScheduleDefinition:
    """The daily look at the books: on in a show that can buy (show.yaml sets caps), skipped where nothing was bought.

    Half a day after the day's episode is due.
    """
    at = show.schedule.at

    @dg.schedule(
        name="daily_reconciliation",
        job=reconcile_books,
        cron_schedule=f"{at.minute} {(at.hour + RECONCILED_AFTER) % 24} * * *",
        execution_timezone=show.schedule.timezone,
        default_status=dg.DefaultScheduleStatus.RUNNING if show.caps else dg.DefaultScheduleStatus.STOPPED,
        description="Holds the ledger against the providers' own lists and bills; skips where nothing was bought.",
    )
    def daily_reconciliation_schedule(context: dg.ScheduleEvaluationContext) -> dg.RunRequest | dg.SkipReason:
        due = context.scheduled_execution_time
        why = _why_not(settings, due)
        return dg.SkipReason(why) if why else dg.RunRequest(run_key=f"{JOB}|{due:%Y-%m-%d}")

    return daily_reconciliation_schedule


def _why_not(settings: Settings, due: datetime) -> str | None:
    """Why there is nothing to reconcile; None where there is."""
    try:
        ledger = held_ledger(settings, load_show(settings.show))
        if ledger is None:
            return "nothing was ever bought"
        with closing(ledger):
            since = due - timedelta(days=DAYS)
            if not ledger.rows(since=since):
                return f"nothing was bought since {since:%Y-%m-%d}"
            check_keys(ledger, since)
    except NinjaError as error:
        return str(error)
    return None
