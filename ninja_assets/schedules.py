"""What runs daily: the day's episode, and the look at the books. What to launch at a tick is a pure decision; the
schedule is a thin shell around it. An episode that the gate would refuse is held up: it is not launched.

A tick that comes late (Dagster was off) is a missed day: it launches nothing. With `schedule.catch_up` the sensor
`catching_up` makes missed days.
"""

from contextlib import closing
from datetime import UTC, date, datetime, timedelta

import dagster as dg

from ninja_assets.cut.projection import have_a_cut
from ninja_assets.held_up import held_up
from ninja_assets.jobs import JOB_NAME, SCHEDULED_TAG, episode_request
from ninja_assets.partitions import EPISODE, segments_of
from ninja_assets.reports.reconciliation import DAYS, JOB, reconcile_books
from resources.content.show import Show
from resources.core.errors import NinjaError
from resources.core.names import episode_file
from resources.core.settings import Settings
from resources.models.loading import load_show
from resources.providers.reconciling import check_keys
from resources.purchasing.books import archived_episodes, held_ledger

NAME = "daily_episode"
LATE_AFTER = timedelta(hours=1)  # a short restart of the daemon is no missed day
RECONCILED_AFTER = 12  # hours from the day's episode until the books are looked at: its requests have ended


def day_of(moment: datetime, show: Show) -> date:
    """The day of the schedule in which an aware moment is: of a tick that is due then, its own."""
    return show.schedule.local(moment).date()


def why_not(
    due: datetime, now: datetime, *, script: bool, produced: bool, archived: bool = False, show: Show
) -> str | None:
    """Why the tick due at `due` launches nothing at `now` (both aware); None: it launches the episode of its day.

    `script`: the day has one; `produced`: it has its final video; `archived`: it was put away.
    """
    today, mode = day_of(due, show), show.schedule.mode
    if archived:
        return f"episode {today} is archived; to make it again: ninja archive --undo {today}"
    if not script:
        return f"no script for {today}: write episodes/{today}.md, then: ninja produce {today} --mode {mode}"
    if produced:
        return f"episode {today} has its final video already"
    if now - due <= LATE_AFTER:
        return None
    reason = f"the run of {today} was missed (it was due {due:%Y-%m-%d %H:%M %Z})"
    if show.schedule.catch_up:
        return f"{reason}: the sensor catching_up makes it in its turn"
    return f"{reason} and schedule.catch_up is off; launch it with: ninja produce {today} --mode {mode}"


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
    def daily_episode_schedule(context: dg.ScheduleEvaluationContext) -> dg.RunRequest | dg.SkipReason:
        current = load_show(settings.show)
        due, mode = context.scheduled_execution_time, current.schedule.mode
        episode = f"{day_of(due, current)}"
        why = why_not(
            due,
            datetime.now(UTC),
            script=episode_file(settings.show, episode).exists(),
            produced=bool(have_a_cut(settings.in_mode(mode), current, [episode])),
            archived=episode in archived_episodes(settings, current),
            show=current,
        )
        if why is not None:
            return dg.SkipReason(why)
        if held := held_up(settings.in_mode(mode), episode):
            return dg.SkipReason(f"{held}\n{_when_mended(current, episode)}")
        context.instance.add_dynamic_partitions(EPISODE, [episode])
        return episode_request("daily", episode, segments, mode, {SCHEDULED_TAG: NAME})

    return daily_episode_schedule


def _when_mended(show: Show, episode: str) -> str:
    """What becomes of an episode that was held up at its time."""
    if show.schedule.catch_up:
        return "When it is mended, the sensor catching_up makes it in its turn."
    return f"When it is mended, launch it with: ninja produce {episode} --mode {show.schedule.mode}"


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
