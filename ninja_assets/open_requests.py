"""The sensor that lets a scheduled paid episode go on by itself, after trouble that passes.

It looks again for requests whose fate is not known yet; when all of an episode's are decided, and another try can help,
the episode is launched again. What a tick does is a pure decision (`decide`); the sensor is a thin shell around it.
Nothing is launched for what the provider refused for its content, the money or the key, nor while the schedule is off.
"""

import hashlib
import random
import time
from collections.abc import Iterable, Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

import dagster as dg

from ninja_assets.cells.failed_steps import FailedStep, failed_steps
from ninja_assets.cells.failure_table import CAPPED, FAILED_CELLS, RETRYABLE
from ninja_assets.cells.running.launch import MODE_TAG, episodes_of
from ninja_assets.cut.projection import have_a_cut
from ninja_assets.held_up import held_up, said_once
from ninja_assets.jobs import JOB_NAME, SCHEDULED_TAG, episode_request
from ninja_assets.partitions import segments_of
from ninja_assets.schedules import NAME as SCHEDULE
from resources.content.show import Show
from resources.core.errors import StudioError
from resources.core.library import Library
from resources.core.names import Mode
from resources.core.settings import Settings
from resources.failures import Provider
from resources.models.loading import load_show
from resources.providers.elevenlabs.resource import ElevenLabsResource
from resources.providers.fal.resource import FalResource
from resources.purchasing.books import archived_episodes, find_ledger
from resources.purchasing.ledger import Entry, Ledger
from resources.purchasing.ledger.tables.entry import NOT_KNOWN
from resources.purchasing.worker import Worker
from resources.studio import PlacesResource

EVERY_SECONDS = 60
LOOK_SECONDS = 20.0  # that a tick spends on looks, at the most: Dagster ends one that takes a minute
MOST_RUNS = 8  # of one episode, before a person is left to see what ails it
FIRST_PAUSE = timedelta(minutes=1)  # after a run has failed; doubled each time
LONGEST_PAUSE = timedelta(minutes=30)
STATE_TAG = "ninja/state"  # of a run that goes on: what the ledger had of the episode when it was launched
_SINCE = timedelta(days=8)
_ENDED = (dg.DagsterRunStatus.SUCCESS, dg.DagsterRunStatus.FAILURE, dg.DagsterRunStatus.CANCELED)


@dataclass(frozen=True)
class Attempt:
    """A run of an episode. `hopeful`: all that failed in it may be helped by another try. `state` is its STATE_TAG.

    `capped`: a cap refused something of it.
    """

    run_id: str
    status: dg.DagsterRunStatus
    scheduled: bool
    ended_at: datetime
    hopeful: bool
    state: str | None = None
    capped: bool = False


@dataclass(frozen=True)
class Standing:
    """How a scheduled episode stands: its runs, newest first, and what the ledger has of it."""

    attempts: Sequence[Attempt]
    made: bool  # it has its final video
    unknown: int  # requests whose fate is not known
    state: str  # changes with each of its requests


def decide(standing: Standing, now: datetime, *, first_pause: timedelta = FIRST_PAUSE) -> str | None:
    """Why a scheduled episode is not launched again now; None: it is."""
    last, tried = standing.attempts[0], len(standing.attempts)
    again_at = last.ended_at + min(first_pause * 2 ** (tried - 1), LONGEST_PAUSE)
    ended_by_trouble = last.status is dg.DagsterRunStatus.FAILURE and last.scheduled
    reasons = (
        (last.status not in _ENDED, "a run of it is under way"),
        (standing.made, "it has its video"),
        (not ended_by_trouble, "its last run was a person's, or was ended by one"),
        (standing.unknown > 0, f"requests whose fate is not known yet: {standing.unknown}"),
        (not last.hopeful, "another try does not help without a change"),
        (last.state == standing.state, "nothing has changed since it was launched"),
        (tried >= MOST_RUNS, f"it was tried {tried} times"),
        (now < again_at, f"it is launched again at {again_at:%H:%M} UTC"),
    )
    return next((reason for holds, reason in reasons if holds), None)


def open_requests(*, show: Show, folder: Path, first_pause: timedelta = FIRST_PAUSE) -> dg.SensorDefinition:
    """Looks again for what scheduled paid episodes sent, and launches them again when all of it is decided."""
    segments = segments_of(show.slots)

    @dg.sensor(
        name="open_requests",
        job_name=JOB_NAME,
        minimum_interval_seconds=EVERY_SECONDS,
        default_status=dg.DefaultSensorStatus.RUNNING,
        description="Looks again for requests of scheduled paid episodes whose fate is not known; launches an episode "
        "again when all of them are decided and another try can help. Does nothing for a rehearsal.",
    )
    def open_requests_sensor(
        context: dg.SensorEvaluationContext, places: PlacesResource, fal: FalResource, elevenlabs: ElevenLabsResource
    ) -> list[dg.RunRequest] | dg.SkipReason:
        current = load_show(folder)
        mode = current.schedule.mode
        if not mode.paid:
            return dg.SkipReason(f"the schedule's mode is {mode}: nothing is bought")
        if not is_on(context.instance, current):
            return dg.SkipReason("the schedule is off")
        settings = places.settings(mode)
        away = archived_episodes(settings, current)
        runs = scheduled_runs(context.instance, mode)
        episodes = {name: attempts for name, attempts in runs.items() if name not in away}
        if not episodes:
            return dg.SkipReason("no scheduled episode needs to go on")
        standings = _standings(context, settings, current, episodes, (fal, elevenlabs))
        requests, reasons, held_back = [], [], []
        for episode, standing in standings.items():
            why = decide(standing, datetime.now(UTC), first_pause=first_pause)
            if why is None and (held := held_up(settings, episode)):
                held_back.append(held)
            elif why is None:
                tags = {SCHEDULED_TAG: SCHEDULE, STATE_TAG: standing.state}
                name = f"again-{standing.attempts[0].run_id}"
                requests.append(episode_request(name, episode, segments, mode, tags))
            else:
                reasons.append(f"{episode}: {why}")
        if message := said_once(context, held_back):
            reasons.append(message)
        return requests or dg.SkipReason("; ".join(reasons))

    return open_requests_sensor


def goes_on(last: Attempt, now: datetime) -> bool:
    """Whether an episode whose last paid run has failed is likely to be launched again soon."""
    return last.scheduled and last.hopeful and now - last.ended_at < 2 * LONGEST_PAUSE


def is_on(instance: dg.DagsterInstance, show: Show) -> bool:
    """Whether the daily schedule is on: as a person has set it in Dagster, else as show.yaml says."""
    states = [
        state.status.value
        for state in instance.all_instigator_state()
        if state.instigator_name == SCHEDULE and state.instigator_type.value == "SCHEDULE"
    ]
    if "STOPPED" in states:
        return False
    return "RUNNING" in states or show.schedule.enabled


def scheduled_runs(instance: dg.DagsterInstance, mode: Mode) -> dict[str, list[Attempt]]:
    """The runs in a mode of each episode that the clock asked for within the last days, newest first.

    An episode whose last run ended well is left out.
    """
    records = instance.get_run_records(
        dg.RunsFilter(job_name=JOB_NAME, tags={MODE_TAG: mode.value}, created_after=datetime.now(UTC) - _SINCE)
    )
    by_episode: dict[str, list[dg.RunRecord]] = {}
    for record in records:
        for episode in episodes_of(record.dagster_run.tags):
            by_episode.setdefault(episode, []).append(record)
    return {
        episode: [_attempt(instance, record) for record in found]
        for episode, found in by_episode.items()
        if any(SCHEDULED_TAG in record.dagster_run.tags for record in found)
        and found[0].dagster_run.status is not dg.DagsterRunStatus.SUCCESS
    }


def _attempt(instance: dg.DagsterInstance, record: dg.RunRecord) -> Attempt:
    run = record.dagster_run
    ended = datetime.fromtimestamp(record.end_time, UTC) if record.end_time else record.update_timestamp
    failed = failed_steps(instance, run.run_id) if run.status is dg.DagsterRunStatus.FAILURE else None
    return Attempt(
        run_id=run.run_id,
        status=run.status,
        scheduled=SCHEDULED_TAG in run.tags,
        ended_at=ended,
        # One whose process died has no failed step.
        hopeful=failed is not None and all(map(_can_be_helped, failed)),
        state=run.tags.get(STATE_TAG),
        capped=failed is not None and any(cell.get(CAPPED) for step in failed for cell in step.cells),
    )


def _can_be_helped(failed: FailedStep) -> bool:
    if FAILED_CELLS not in failed.metadata:  # it ended before its first cell
        return RETRYABLE in failed.metadata and failed.metadata[RETRYABLE].value is True
    return all(cell.get(RETRYABLE) for cell in failed.cells)


def _standings(
    context: dg.SensorEvaluationContext,
    settings: Settings,
    show: Show,
    episodes: Mapping[str, Sequence[Attempt]],
    resources: tuple[FalResource, ElevenLabsResource],
) -> dict[str, Standing]:
    """How the episodes stand, after a look for what is not known of them."""
    made = have_a_cut(settings, show, episodes)
    ledger = find_ledger(settings, show)
    if ledger is None:
        return {name: _standing(attempts, [], made=name in made) for name, attempts in episodes.items()}
    with closing(ledger):
        entries = [entry for name in episodes for entry in _entries(ledger, settings, name)]
        _look(context, ledger, settings, [entry for entry in entries if entry.state in NOT_KNOWN], resources)
        return {
            name: _standing(attempts, _entries(ledger, settings, name), made=name in made)
            for name, attempts in episodes.items()
        }


def _standing(attempts: Sequence[Attempt], entries: Sequence[Entry], *, made: bool) -> Standing:
    rows = [(entry.id, entry.state.value, entry.intended_at.isoformat(), f"{entry.ended_at}") for entry in entries]
    return Standing(
        attempts=attempts,
        made=made,
        unknown=sum(entry.state in NOT_KNOWN for entry in entries),
        state=hashlib.sha256(repr(rows).encode()).hexdigest()[:16],
    )


def _entries(ledger: Ledger, settings: Settings, episode: str) -> list[Entry]:
    return ledger.rows(episode=episode, mode=settings.mode)


def _look(
    context: dg.SensorEvaluationContext,
    ledger: Ledger,
    settings: Settings,
    entries: Iterable[Entry],
    resources: tuple[FalResource, ElevenLabsResource],
) -> None:
    """One look for each entry, as far as the tick's time goes; the others are looked for at a later one."""
    fal, elevenlabs = resources
    library, deadline = Library.of(settings), time.monotonic() + LOOK_SECONDS
    workers: dict[str, Worker] = {}
    for entry in random.sample(list(entries), len(list(entries))):
        if time.monotonic() >= deadline:
            return
        try:
            if entry.provider not in workers:
                resource = fal if entry.provider == Provider.FAL else elevenlabs
                workers[entry.provider] = resource.lookout(ledger, library)
            known = workers[entry.provider].look_again(entry)
        except StudioError as error:
            context.log.warning(f"{entry.where}: {error.what} ({error.why})")
        else:
            context.log.info(f"{entry.where}: {'decided' if known else 'not known yet'}")
