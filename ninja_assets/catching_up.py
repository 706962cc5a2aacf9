"""The sensor that makes missed days: one after the other, the oldest first, and none beyond the caps.

A day is missed that has a script, no video and no run, and whose time is over. What a tick launches is a pure decision
(`decide`); the sensor is a thin shell around it. A day whose run has failed is missed no more: it is launched again by
`open_requests` or by a person, unless a cap refused it: then its turn comes again on another day. One that the gate
holds up is passed over until it is mended.
"""

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from itertools import takewhile

import dagster as dg

from ninja_assets.cells.running.launch import EPISODE_TAG
from ninja_assets.cut.projection import have_a_cut
from ninja_assets.held_up import HeldUp, held_up, said_once
from ninja_assets.jobs import JOB_NAME, SCHEDULED_TAG, UNDER_WAY, episode_request, runs_of
from ninja_assets.open_requests import goes_on, is_on, scheduled_runs
from ninja_assets.partitions import EPISODE, segments_of
from ninja_assets.schedules import LATE_AFTER, NAME, day_of
from resources.content.show import Show
from resources.core.errors import NinjaError
from resources.core.names import Mode, episode_file
from resources.core.settings import Settings
from resources.models.loading import load_script, load_show
from resources.purchasing.books import archived_episodes
from resources.purchasing.episode_quote import quote_episode

EVERY_SECONDS = 60
DAYS = 7  # back, with today


@dataclass(frozen=True)
class Missed:
    """A day's episode that was missed. `refused`: when a cap last refused it, if one did."""

    episode: str
    refused: datetime | None = None


@dataclass(frozen=True)
class Decision:
    """The episode that a tick launches; when there is none, why."""

    episode: str | None
    reason: str = ""


def decide(
    missed: Sequence[Missed], under_way: Collection[str], now: datetime, *, over: Callable[[str], str | None]
) -> Decision:
    """What is launched at `now` (aware, in the zone of the show's days). `missed` are in order, the oldest first.

    `over` says which cap an episode would go over, by its quote; it is asked for the one whose turn it is.
    """
    if not missed:
        return Decision(None, "no day was missed")
    if under_way:
        return Decision(None, f"one after the other: {', '.join(sorted(under_way))} is under way")
    first = missed[0]
    if first.refused is not None and first.refused.astimezone(now.tzinfo).date() >= now.date():
        return Decision(None, f"{first.episode} reached a cap today: it is launched again tomorrow")
    cap = over(first.episode)
    return Decision(None, f"{first.episode} waits, a cap has no room for it: {cap}") if cap else Decision(first.episode)


def days_missed(now: datetime, show: Show) -> list[date]:
    """The days of the last week whose time is over, the oldest first. `now` is aware."""
    today = day_of(now, show)
    days = [today - timedelta(days=back) for back in range(DAYS - 1, -1, -1)]
    return [day for day in days if now - show.schedule.due_on(day) > LATE_AFTER]


def catching_up(*, show: Show, settings: Settings) -> dg.SensorDefinition:
    """Makes the days that were missed while Dagster was off, where show.yaml says so, in the schedule's own mode."""
    segments, folder = segments_of(show.slots), settings.show

    @dg.sensor(
        name="catching_up",
        job_name=JOB_NAME,
        minimum_interval_seconds=EVERY_SECONDS,
        default_status=dg.DefaultSensorStatus.RUNNING,
        description="Makes days that were missed, one after the other, the oldest first, as far as the caps go. Does "
        "nothing unless show.yaml says schedule.catch_up, or while the schedule is off.",
    )
    def catching_up_sensor(context: dg.SensorEvaluationContext) -> dg.RunRequest | dg.SkipReason:
        current = load_show(folder)
        if not current.schedule.catch_up:
            return dg.SkipReason("schedule.catch_up is off")
        if not is_on(context.instance, current):
            return dg.SkipReason("the schedule is off")
        mode, now = current.schedule.mode, current.schedule.local(datetime.now(UTC))
        away = archived_episodes(settings, current)
        days = [f"{day}" for day in days_missed(now, current) if f"{day}" not in away]
        missed = missed_days(context.instance, settings.in_mode(mode), current, days)
        held = passed_over(settings.in_mode(mode), missed)
        message = said_once(context, held)
        missed = missed[len(held) :]
        under_way = _under_way(context.instance, mode, now) if missed else set()
        decision = decide(missed, under_way, now, over=lambda name: _over(settings.in_mode(mode), current, name))
        if decision.episode is None:
            return dg.SkipReason("\n".join(filter(None, [message, decision.reason])))
        if message:
            context.log.warning(message)
        context.instance.add_dynamic_partitions(EPISODE, [decision.episode])
        return episode_request(f"missed-{now:%Y-%m-%d}", decision.episode, segments, mode, {SCHEDULED_TAG: NAME})

    return catching_up_sensor


def passed_over(settings: Settings, missed: Sequence[Missed]) -> list[HeldUp]:
    """The first of the missed days, as far as the gate holds them up: what comes after them is launched before them."""
    each = (held_up(settings, day.episode, caps=False) for day in missed)
    return [held for held in takewhile(lambda found: found is not None, each) if held is not None]


def missed_days(instance: dg.DagsterInstance, settings: Settings, show: Show, days: Sequence[str]) -> list[Missed]:
    """Those of some days whose episode has a script, no video and no run, or was refused by a cap; in their order."""
    written = [day for day in days if episode_file(settings.show, day).exists()]
    made = have_a_cut(settings, show, written) if written else set()
    names = [day for day in written if day not in made]
    touched = {name for name in names if runs_of(instance, name, settings.mode, job_name=JOB_NAME, limit=1)}
    attempts = scheduled_runs(instance, settings.mode) if touched else {}
    found = []
    for name in names:
        last = next(iter(attempts.get(name, ())), None)
        if name not in touched:
            found.append(Missed(name))
        elif last is not None and last.scheduled and last.capped:
            found.append(Missed(name, last.ended_at))
    return found


def _under_way(instance: dg.DagsterInstance, mode: Mode, now: datetime) -> set[str]:
    """The scheduled episodes that a run is making, or that will soon go on by themselves."""
    runs = instance.get_runs(dg.RunsFilter(job_name=JOB_NAME, tags={SCHEDULED_TAG: NAME}, statuses=UNDER_WAY))
    waiting = scheduled_runs(instance, mode) if mode.paid else {}
    soon = {episode for episode, attempts in waiting.items() if goes_on(attempts[0], now)}
    return {run.tags.get(EPISODE_TAG, run.run_id) for run in runs} | soon


def _over(settings: Settings, show: Show, episode: str) -> str | None:
    """Which cap an episode would go over now; None also where its quote is refused: then its run tells why."""
    if not settings.mode.paid:
        return None
    try:
        quote = quote_episode(settings, show, load_script(settings.show, show, episode))
    except NinjaError:
        return None
    return next(iter(quote.warnings), None)
