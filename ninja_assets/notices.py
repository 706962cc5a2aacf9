"""The sensor that tells people of an episode that failed, waits, is held up or missing: once, as show.yaml says.

What is told is found in Dagster's runs, among the prices that wait, in the schedule's days, and in what the gate holds
up before a run of it (`of_runs`, `of_comparisons`, `of_the_day`, `of_held_up`); what was told is in the show's state,
so a daemon that starts again tells nothing twice. A person at a terminal is told there, not here.
"""

import os
import time
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Final

import dagster as dg

from ninja_assets.catching_up import days_missed, missed_days
from ninja_assets.cells.consent.doors import Door, door_of
from ninja_assets.cells.failed_steps import failed_steps, how_ended, waited
from ninja_assets.cells.failure_table import TABLE
from ninja_assets.cells.links import episode_page, models_page
from ninja_assets.cells.running.launch import MODE_TAG, WAITS_TAG, episodes_of, waits_for
from ninja_assets.cut.projection import have_a_cut
from ninja_assets.held_up import HeldUp, held_up
from ninja_assets.jobs import JOB_NAME, runs_of
from ninja_assets.open_requests import goes_on, is_on, scheduled_runs
from ninja_assets.partitions import EPISODE
from ninja_assets.schedules import day_of
from ninja_assets.sensors import held_back, news
from ninja_assets.served import find_served
from resources.content.script import list_episodes
from resources.content.show import Show
from resources.core.errors import NinjaError, StudioError
from resources.core.names import CellKey, Mode, episode_file, span
from resources.core.settings import Settings
from resources.models.loading import load_show
from resources.models.prices.price_values import usd
from resources.notify.addresses import Message, kind_of, name_of, send
from resources.purchasing.books import archived_episodes, open_state, waits_of
from resources.purchasing.gate import lint_command
from resources.purchasing.state.sent_notices import Notices

EVERY_SECONDS: Final = 30
TELL_SECONDS: Final = 40.0  # that a tick spends on telling, at the most: Dagster ends one that takes a minute
LATE: Final = timedelta(hours=2)  # after its time, until which a scheduled episode has its video
_SINCE: Final = timedelta(days=1)  # older failures are no news
_MOST_RUNS: Final = 50
_WILL_RETRY: Final = "dagster/will_retry"  # of a failed run that Dagster itself launches once more, in a moment
_RETRIED_WITHIN: Final = timedelta(minutes=10)
_MOST_LETTERS: Final = 6000  # of a message: some services take no more


@dataclass(frozen=True)
class Notice:
    """Something to be told once: `event` names it."""

    event: str
    message: Message


def notices(*, settings: Settings) -> dg.SensorDefinition:
    """Tells people as show.yaml's `notify` says."""
    tries = Counter[str]()  # how often an event was told to nobody: what is new comes before it

    @dg.sensor(
        name="notices",
        minimum_interval_seconds=EVERY_SECONDS,
        default_status=dg.DefaultSensorStatus.RUNNING,
        description="Tells the addresses of show.yaml's `notify` of an episode that failed, that waits for a price, "
        "that the gate holds up, that has no script at its time, or no video two hours after it: each once.",
    )
    def notices_sensor(context: dg.SensorEvaluationContext) -> dg.SkipReason:
        deadline = time.monotonic() + TELL_SECONDS
        show = load_show(settings.show)
        if not show.notify.to:
            return dg.SkipReason("notify is not set in show.yaml")
        now = datetime.now(UTC)
        found = [
            *of_runs(context.instance, show, settings, now),
            *of_comparisons(show, settings),
            *of_the_day(context.instance, show, settings, now),
            *of_held_up(context.instance, show, settings, now),
        ]
        with open_state(settings, show) as state:
            found.sort(key=lambda notice: tries[notice.event])
            outcomes = list(_tell(found, show.notify.to, Notices(state), os.environ, tries, deadline))
        for line in outcomes:
            context.log.info(line)
        return dg.SkipReason("; ".join(outcomes) or "nothing is new")

    return notices_sensor


def of_runs(instance: dg.DagsterInstance, show: Show, settings: Settings, now: datetime) -> Iterator[Notice]:
    """The runs of the last day that failed, or wait for a person; not one that was launched again, or will be."""
    records = instance.get_run_records(
        dg.RunsFilter(job_name=JOB_NAME, statuses=[dg.DagsterRunStatus.FAILURE], updated_after=now - _SINCE),
        limit=_MOST_RUNS,
    )
    for record in records:
        run = record.dagster_run
        named, mode = episodes_of(run.tags), run.tags.get(MODE_TAG, "")
        soon = run.tags.get(_WILL_RETRY) == "true" and now - record.update_timestamp < _RETRIED_WITHIN
        if not named or soon or door_of(run.tags) is Door.SHELL:
            continue
        episodes = [
            episode
            for episode in _failed_of(instance, run.run_id, named)
            if _is_the_last(instance, run, episode, mode) and not _goes_on(instance, show, episode, mode, now)
        ]
        if episodes:
            yield Notice(f"run|{run.run_id}", _failed(instance, show, settings, run, episodes))


def of_comparisons(show: Show, settings: Settings) -> Iterator[Notice]:
    """The comparisons of models whose price waits for a person. One that a shell asked for is told in the shell."""
    for ask in waits_of(settings, show)[0]:
        offer = ask.offer
        if offer.compared and ask.root_run:
            body = f"A clip by each of {len(offer.models)} models costs {usd(offer.usd)} now; nothing was sent.\n\n"
            body += f"To approve it and go on: `{offer.command}`; to let it go: `{offer.decline}`"
            body += _link(show, models_page(CellKey(offer.episode, offer.compared), offer.mode), "the comparison")
            title = f"{show.title}: the comparison by {offer.compared} of {offer.episode} waits for {usd(offer.usd)}"
            yield Notice(f"comparison|{ask.root_run}|{offer.mark}", Message(title, body))


def of_the_day(instance: dg.DagsterInstance, show: Show, settings: Settings, now: datetime) -> Iterator[Notice]:
    """The scheduled day whose time came last: that it has no script, or no video two hours later."""
    if not is_on(instance, show):
        return
    day = _last_day(show, now)
    episode, mode, due = f"{day}", show.schedule.mode, show.schedule.due_on(day)
    if episode in archived_episodes(settings, show):
        return
    if have_a_cut(settings.in_mode(mode), show, [episode]):
        return
    again, at = f"`ninja produce {episode} --mode {mode}`", f"{show.schedule.local(due):%H:%M %Z}"
    if not episode_file(settings.show, episode).exists():
        body = f"It was due at {at}. Write `episodes/{episode}.md`, then: {again}"
        yield Notice(f"no-script|{episode}|{mode}", Message(f"{show.title}: {episode} has no script", body))
    elif now - due >= LATE:
        body = f"It was due at {at}, in {mode}: {_standing(instance, episode, mode)}.\n\nTo make it: {again}"
        body += _link(show, episode_page(episode, mode))
        yield Notice(f"late|{episode}|{mode}", Message(f"{show.title}: {episode} is not finished", body))


def of_held_up(instance: dg.DagsterInstance, show: Show, settings: Settings, now: datetime) -> Iterator[Notice]:
    """The episodes that the schedule or a sensor would launch, and that the gate holds up as they are."""
    new: Sequence[str] = ()
    if show.sensor.launch:
        known, archived = instance.get_dynamic_partitions(EPISODE), archived_episodes(settings, show)
        new = news(list_episodes(settings.show), (), known, archived).new
    held = held_back(settings, show, new)
    if is_on(instance, show):
        held += _days_held_up(instance, show, settings.in_mode(show.schedule.mode), now)
    for each in held:
        again = f"`ninja produce {each.episode} --mode {each.mode}`"
        body = "\n\n".join([f"Nothing was launched and nothing bought: {each.count}.", *each.lines()])
        body += (
            f"\n\nTo see all of it: `{lint_command(each.episode, each.mode)}`. To make it when it is mended: {again}"
        )
        body = body[:_MOST_LETTERS] + _link(show, episode_page(each.episode, each.mode))
        message = Message(f"{show.title}: {each.episode} is held up before its {each.mode} run", body)
        yield Notice(f"held-up|{each.episode}|{each.mode}|{each.mark}", message)


def _days_held_up(instance: dg.DagsterInstance, show: Show, settings: Settings, now: datetime) -> Iterator[HeldUp]:
    """The day whose time came last, as its own tick saw it; of missed days, those that are passed over."""
    away, last = archived_episodes(settings, show), f"{_last_day(show, now)}"
    earlier = [f"{day}" for day in days_missed(now, show)] if show.schedule.catch_up else []
    days = [day for day in dict.fromkeys([*earlier, last]) if day not in away]
    for missed in missed_days(instance, settings, show, days):
        if missed.refused is None and (found := held_up(settings, missed.episode, caps=missed.episode == last)):
            yield found


def _last_day(show: Show, now: datetime) -> date:
    """The day whose time came last."""
    today = day_of(now, show)
    return today if show.schedule.due_on(today) <= now else today - timedelta(days=1)


def _failed_of(instance: dg.DagsterInstance, run_id: str, named: Sequence[str]) -> Sequence[str]:
    """Of a run's episodes those that failed or wait; all of them, where it does not tell which."""
    if len(named) == 1:
        return named
    failed = {cell.get("episode") for step in failed_steps(instance, run_id) for cell in step.cells}
    return [episode for episode in named if episode in failed] or named


def _waiting_of(instance: dg.DagsterInstance, run: dg.DagsterRun, episodes: Sequence[str]) -> Sequence[str]:
    """Of the episodes of a run that failed or waits those that wait; all of them, where it does not tell which."""
    asked = [episode for episode in episodes if waits_for(run.tags, episode)[0]]
    cells = [cell for step in failed_steps(instance, run.run_id) for cell in step.cells] if asked else []
    waiting = {cell["episode"] for cell in cells if "episode" in cell and waited(cell)}
    return [episode for episode in asked if episode in waiting] if waiting else asked


def _is_the_last(instance: dg.DagsterInstance, run: dg.DagsterRun, episode: str, mode: str) -> bool:
    newest = runs_of(instance, episode, mode, job_name=JOB_NAME, limit=1)
    return not newest or newest[0].run_id == run.run_id


def _goes_on(instance: dg.DagsterInstance, show: Show, episode: str, mode: str, now: datetime) -> bool:
    own = show.schedule.mode
    if mode != own or not own.paid or not is_on(instance, show):
        return False
    attempts = scheduled_runs(instance, own).get(episode, [])
    return any(goes_on(last, now) for last in attempts[:1])


def _failed(
    instance: dg.DagsterInstance,
    show: Show,
    settings: Settings,
    run: dg.DagsterRun,
    episodes: Sequence[str],
) -> Message:
    """What is told of a run that failed or waits, and of which of its episodes."""
    waits, written = run.tags.get(WAITS_TAG, ""), run.tags.get(MODE_TAG, "")
    mode = next((each for each in Mode if each == written), None)  # a person writes it in the launchpad
    table, first = _failure(instance, run.run_id)
    lines = [first]
    waiting = _waiting_of(instance, run, episodes)
    if mode:
        lines += [words for episode in waiting for words in _words(settings, show, episode, mode)]
    if table:
        lines.append(table)
    failed = [episode for episode in episodes if episode not in waiting]
    said = [f"{', '.join(failed)} failed in {written or 'no mode'}"] if failed else []
    said += [f"{', '.join(waiting)} {_waits(waits, len(waiting))}"] if waiting else []
    names = ["the episode"] if len(episodes) == 1 else episodes
    pages = [episode_page(episode, mode) for episode in episodes] if mode else []
    links = [_link(show, page, name) for page, name in zip(pages, names, strict=False)]
    links.append(_link(show, f"/runs/{run.run_id}", "the run"))
    title = f"{show.title}: {'; '.join(said)}"
    return Message(title, "\n\n".join(filter(None, lines))[:_MOST_LETTERS] + "".join(links))


def _waits(why: str, episodes: int = 1) -> str:
    are, wait = ("is", "waits") if episodes == 1 else ("are", "wait")
    return f"{are} {why}" if why.startswith("waiting") else f"{wait}: {why}"


def _words(settings: Settings, show: Show, episode: str, mode: Mode) -> Iterator[str]:
    """What waits of an episode, each with the command by which a person says yes."""
    prices, voices = waits_of(settings, show, episode, mode)
    for voice in voices:
        heard = f"Listen first to {voice.cell.segment}: {voice.why}"
        yield f"{heard}. To take it as it is: `{voice.command}`; to let it go: `{voice.decline}`"
    for offer in (ask.offer for ask in prices if not ask.offer.compared):
        price = f"{usd(offer.usd)} for the clips of {span(offer.segments)}"
        yield f"{price}. To approve it and go on: `{offer.command}`; to let it go: `{offer.decline}`"


def _failure(instance: dg.DagsterInstance, run_id: str) -> tuple[str, str]:
    """The table of what failed in a run, and what else is told of it."""
    for step in failed_steps(instance, run_id):
        if step.description or step.metadata:
            table = step.metadata.get(TABLE)
            return str(table.value) if table is not None else "", step.description.partition("\n")[0]
    return "", how_ended(instance, run_id)


def _standing(instance: dg.DagsterInstance, episode: str, mode: Mode) -> str:
    runs = runs_of(instance, episode, mode, job_name=JOB_NAME, limit=1)
    if not runs:
        return "no run of it was launched"
    if not runs[0].is_finished:
        return "a run of it is under way"
    if _waiting_of(instance, runs[0], [episode]):
        return f"it {_waits(runs[0].tags[WAITS_TAG])}"
    return f"its last run ended with {runs[0].status.value.lower()}"


def _link(show: Show, path: str, name: str = "the episode") -> str:
    base = show.notify.desk or _served()
    return f"\n\n[{name}]({base.rstrip('/')}{path})" if base else ""


def _served() -> str | None:
    """Where `ninja ui` serves this show's pages; None where it does not run."""
    home = os.environ.get("DAGSTER_HOME")
    served = find_served(Path(home)) if home else None
    return served.url if served else None


def _tell(
    found: Iterable[Notice],
    addresses: Sequence[str],
    notices: Notices,
    environment: Mapping[str, str],
    tries: Counter[str],
    deadline: float,
) -> Iterator[str]:
    """Tell what is new at each address, as far as the tick's time goes; says what became of it, and no address."""
    for notice in found:
        for address in addresses:
            name, kind = name_of(address), kind_of(address)
            if notices.notified(notice.event, name):
                continue
            if time.monotonic() >= deadline:
                yield "the rest is told at the next tick"
                return
            try:
                with notices.notifying(notice.event, name) as mine:
                    if mine and not send(address, notice.message, environment):
                        raise StudioError(f"{kind} did not take it: it is told again", retryable=True)
            except NinjaError as error:
                tries[notice.event] += 1
                yield f"{notice.message.title}: {error}"
            else:
                yield f"{notice.message.title}: told by {kind}"
