"""An episode produced from a shell: the same Dagster job, run in this process or by whoever takes it.

Everything a person can have got wrong is refused here before Dagster is even started. What came of it is `produced`.
"""

import os
import sqlite3
from collections.abc import Callable, Collection, Mapping, Sequence
from contextlib import closing, suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cached_property
from typing import Any, Self
from uuid import uuid4

import dagster as dg

from ninja_assets.build import build_defs
from ninja_assets.cells.consent.barrier import Barrier
from ninja_assets.cells.consent.doors import DOOR_TAG, Door
from ninja_assets.cells.failed_steps import NO_REASON, FailedStep, why_failed
from ninja_assets.cells.running.event_log import is_storage_away
from ninja_assets.cells.running.launch import ROOT_TAG
from ninja_assets.jobs import JOB_NAME
from ninja_assets.partitions import EPISODE, contiguous
from ninja_assets.runs.home import storage_failed
from ninja_assets.runs.host import HOST_TAG, this_process
from ninja_assets.runs.launches import Launch, launch_again, launch_of
from ninja_assets.runs.produced import CellEvents, Production, charged_by, production_of
from ninja_assets.runs.slots import slots_to_make
from resources.content.segments import Script
from resources.content.show import Show
from resources.core import names
from resources.core.errors import ContentError, NinjaError
from resources.core.names import in_order
from resources.core.settings import Settings
from resources.core.values import Part, sum_usd
from resources.models.loading import load_show, load_written
from resources.purchasing.books import open_ledger, open_state, paid_models, refuse_archived
from resources.purchasing.gate import judge
from resources.purchasing.requests.takes import Takes, asks_again, parse_parts
from resources.purchasing.state.approvals import Approvals, Ask
from resources.purchasing.state.consent import Offer
from resources.quality.lint import Finding

QUIET = {"loggers": {"console": {"config": {"log_level": "CRITICAL"}}}}  # the run's log is in Dagster


@dataclass(frozen=True)
class Order:
    """A checked order to produce: the episode exists, parses, and has the segments asked for."""

    settings: Settings
    show: Show
    script: Script
    segments: Sequence[str]  # of the script: all of them, or those asked for and what shows them
    whole: bool = True  # nothing was named: the slots that are not used are told too
    retake: Sequence[str] = ()
    retake_of: Sequence[str] = ()
    warnings: Sequence[Finding] = ()  # the gate's; in a rehearsal also what a paid mode would refuse


def check_order(
    settings: Settings,
    episode: str,
    *,
    segments: Sequence[str] = (),
    retake: bool = False,
    retake_of: Sequence[str] = (),
) -> Order:
    """Check what was asked for, before anything is started. Raises ContentError."""
    parse_parts(retake_of, where="--retake-of")
    show = load_show(settings.show)
    if settings.mode.paid:
        paid_models(show, settings)
    written = load_written(settings.show, show, episode)
    script = written.script
    used = {content.segment for content in script.segments}
    unknown = in_order(set(segments) - used)
    if unknown:
        raise ContentError(
            f"{episode} has no segment {', '.join(unknown)}",
            why=f"its script uses {script.segments[0].segment} to {script.segments[-1].segment}",
            hint=f"ninja produce {episode} --mode {settings.mode} --segments {script.segments[-1].segment}",
            code="argument-unknown",
        )
    judged = judge(settings, show, written, segments=segments or None, environment=os.environ)
    judged.refuse()
    refuse_archived(settings, show, episode)
    anew = [segment for segment in segments or in_order(used) if retake]
    wanted = script.with_what_shows(segments or used)
    return Order(settings, show, script, wanted, not segments, anew, tuple(retake_of), judged.shown())


Approve = Callable[[Sequence[Offer]], bool]  # whether a person at a terminal agrees to the prices that runs wait for
TO_VOICE = names.EPISODE_ASSETS[:2]  # the assets of a run that ends when there is something to listen to


@dataclass(frozen=True)
class Ended:
    """A run that has ended. `why`: why it did not end well. `untold`: its cells did not tell what they were charged."""

    run_id: str
    why: str | None
    untold: bool = False

    @classmethod
    def badly(cls, run_id: str, steps: Sequence[FailedStep], why: str) -> Self:
        """A run that did not end well, by its failed steps; `why`, where none tells it."""
        return cls(run_id, why_failed(steps) if steps else why, untold=not any(step.cells for step in steps))


# Has somebody else make a run, and waits until it has ended. None: nobody makes it. KeyboardInterrupt ends the run.
Queue = Callable[[Launch, Barrier], Ended | None]


def produce(
    order: Order,
    instance: dg.DagsterInstance,
    *,
    approve: Approve | None = None,
    agreed: bool = False,
    assets: Sequence[str] = names.EPISODE_ASSETS,
    queue: Queue | None = None,
    resource_overrides: Mapping[str, Any] | None = None,
) -> Production:
    """Run the job for the order: one run for each contiguous range of its segments, the final video in the last.

    With `approve` somebody at a terminal is asked for the prices that runs wait for, once all of them have ended, and
    they go on; `agreed`: nobody is asked for any price. `queue` makes the runs where it can, else this process does.
    `resource_overrides` as `build_defs` takes them.
    """
    instance.add_dynamic_partitions(EPISODE, [order.script.episode])
    barrier = Barrier(terminal=approve is not None, agreed=agreed)
    runs = _Runs(order, instance, barrier, queue=queue, overrides=resource_overrides)
    runs.make(_launches(order, instance, assets))
    return runs.result(approve)


def go_on(
    order: Order,
    instance: dg.DagsterInstance,
    launches: Sequence[Launch],
    *,
    approve: Approve | None = None,
    agreed: bool = False,
    queue: Queue | None = None,
    resource_overrides: Mapping[str, Any] | None = None,
) -> Production:
    """Launch what remains of runs that waited for a person. Arguments as for `produce`."""
    barrier = Barrier(terminal=approve is not None, agreed=agreed)
    runs = _Runs(order, instance, barrier, queue=queue, overrides=resource_overrides)
    runs.make(launches)
    return runs.result(approve)


def prepare(
    order: Order, instance: dg.DagsterInstance, assets: Sequence[str], *, resource_overrides: Mapping[str, Any] | None
) -> str | None:
    """Make some assets of an order, and no more; returns why that failed, or None."""
    instance.add_dynamic_partitions(EPISODE, [order.script.episode])
    runs = _Runs(order, instance, Barrier(), overrides=resource_overrides)
    runs.make(_launches(order, instance, assets))
    return runs.error


def asks_for(order: Order, *, since: float, roots: Collection[str] = (), to: str = "") -> str:
    """What asks for an order once more in a shell, that was begun at `since`, in seconds of the state's clock.

    Its segments; and of what it makes anew, what nobody has asked for since then, nor the root runs that it goes on
    with: that is counted, and a plain run makes it. `to`: where it ends on purpose.
    """
    left: set[tuple[str, Part]] = set()
    with suppress(NinjaError):  # a state that cannot be read: what is left out is asked for by a person, and paid for
        left = _not_counted(order, since, roots) if order.retake else left
    segments = () if order.whole and not left else order.segments
    return asks_again(order.script.episode, order.settings.mode, segments=segments, anew=left, to=to)


def begun_at(order: Order) -> float:
    """The present by the state's clock, for `asks_for`."""
    with open_state(order.settings, order.show) as state:
        return state.store.now()


def _not_counted(order: Order, since: float, roots: Collection[str]) -> set[tuple[str, Part]]:
    parts = parse_parts(order.retake_of, where="--retake-of")
    with open_state(order.settings, order.show) as state:
        takes = Takes(state, order.settings.mode, earlier=roots)
        return takes.not_counted(order.script, order.retake, parts, since=since)


def _launches(order: Order, instance: dg.DagsterInstance, assets: Sequence[str]) -> list[Launch]:
    """One for each contiguous range of what is made; the cut is made by the last."""
    made = slots_to_make(instance, order.script, order.show.slots, assets) if order.whole else order.segments
    blocks = contiguous(made)
    return [
        launch_of(
            order.script.episode,
            order.settings.mode,
            block,
            retake=order.retake,
            retake_of=order.retake_of,
            assets=tuple(name for name in assets if block is blocks[-1] or name != names.FINAL_VIDEO),
        )
        for block in blocks
    ]


class _Runs:
    """The runs of one order, and what their cells told."""

    def __init__(
        self,
        order: Order,
        instance: dg.DagsterInstance,
        barrier: Barrier,
        *,
        queue: Queue | None = None,
        overrides: Mapping[str, Any] | None = None,
    ) -> None:
        self._order, self._instance, self._barrier = order, instance, barrier
        self._queue, self._overrides = queue, overrides
        self._events = CellEvents()
        self._roots: set[str] = set()
        self._run_id = ""
        self._began: datetime | None = None  # of a paid mode, by the ledger's clock
        self._untold = False
        self._whys: dict[str, str | None] = {}  # by root run: why its last try failed

    @property
    def error(self) -> str | None:
        """Why those failed that did."""
        return self._error()

    def make(self, launches: Sequence[Launch]) -> None:
        """Run them in turn: one that fails or waits for a person stops no other, one that a person has ended does."""
        if self._began is None and self._order.settings.mode.paid:
            with open_state(self._order.settings, self._order.show) as state:
                self._began = datetime.fromtimestamp(state.store.now(), UTC)
        for launch in launches:
            if not self._run(launch):
                return

    def result(self, approve: Approve | None) -> Production:
        """What has come of them, once a person who can be asked was asked for the prices that they wait for."""
        if not self._order.settings.mode.paid:
            return self._production([])
        with open_state(self._order.settings, self._order.show) as state:
            approvals = Approvals.of(state)
            while waiting := self._waiting(approvals):
                if approve is None or not approve([ask.offer for ask in waiting]):
                    return self._production(waiting, declined=approve is not None)
                if not approvals.approve(waiting):
                    meanwhile = "another word was said to this price meanwhile, on the desk or in another shell"
                    self._whys |= {ask.root_run: meanwhile for ask in waiting}
                    return self._production([])
                self.make(self._again(waiting))
        return self._production([])

    def _waiting(self, approvals: Approvals) -> list[Ask]:
        settings, episode = self._order.settings, self._order.script.episode
        return [ask for ask in approvals.waiting(episode, settings.mode) if ask.root_run in self._roots]

    def _again(self, asks: Sequence[Ask]) -> list[Launch]:
        order = self._order
        return [launch_again(self._instance, ask.root_run, order.script.episode, order.settings.mode) for ask in asks]

    def _run(self, launch: Launch) -> bool:
        """One run; returns whether the next one may follow."""
        try:
            ended = (self._queue(launch, self._barrier) if self._queue else None) or self._here(launch)
            self._run_id = ended.run_id
            root = launch.tags.get(ROOT_TAG, ended.run_id)
            self._roots.add(root)
            self._events.add(self._instance, ended.run_id)
            run = self._instance.get_run_by_id(ended.run_id)
        except Exception as error:
            if not (is_storage_away(error) or isinstance(error, sqlite3.Error)):
                raise
            self._untold = True
            self._whys[launch.tags.get(ROOT_TAG, "")] = f"{storage_failed(error)}"
            return False
        self._untold |= ended.untold
        self._whys[root] = ended.why
        return run is None or run.status is not dg.DagsterRunStatus.CANCELED

    def _error(self, besides: Collection[str] = ()) -> str | None:
        """Why runs failed, each reason once; not of the root runs `besides`."""
        whys = dict.fromkeys(why for root, why in self._whys.items() if why and root not in besides)
        return "\n\n".join(whys) or None

    def _here(self, launch: Launch) -> Ended:
        """The run in this process. Raises KeyboardInterrupt when a person has ended it."""
        self._run_id = f"{uuid4()}"
        result = run_here(self._job, self._instance, launch, run_id=self._run_id)
        return Ended(result.run_id, None) if result.success else Ended.badly(result.run_id, *_why(result))

    @cached_property
    def _job(self) -> dg.JobDefinition:
        defs = build_defs(settings=self._order.settings, resource_overrides=self._overrides, before_clips=self._barrier)
        return defs.resolve_job_def(JOB_NAME)

    def _production(self, waiting: Sequence[Ask], *, declined: bool = False) -> Production:
        order = self._order
        reported = production_of(
            order.settings,
            order.script,
            order.segments,
            self._events,
            run_id=self._run_id,
            error=self._error(besides={ask.root_run for ask in waiting} if declined else ()),
            declined=declined,
            waiting_usd=sum_usd(ask.offer.usd for ask in waiting) if waiting else None,
        )
        if not self._untold or self._began is None:
            return reported
        with closing(open_ledger(order.settings, order.show)) as ledger:
            entries = ledger.rows(episode=order.script.episode, mode=order.settings.mode)
        return charged_by(reported, list(entries), self._began)


def run_here(
    job: dg.JobDefinition, instance: dg.DagsterInstance, launch: Launch, *, run_id: str
) -> dg.ExecuteInProcessResult:
    """A launch as a run in this process. Raises KeyboardInterrupt when a person has ended it: it is ended then."""
    try:
        result = job.execute_in_process(
            instance=instance,
            run_config={**launch.config, **QUIET},
            tags={**launch.tags, DOOR_TAG: Door.SHELL.value, HOST_TAG: this_process()},
            asset_selection=None if launch.assets is None else [dg.AssetKey(name) for name in launch.assets],
            raise_on_error=False,
            run_id=run_id,
        )
    except (
        KeyboardInterrupt,
        dg.DagsterExecutionInterruptedError,
    ):  # outside of a step: Dagster leaves the run as it is
        run = instance.get_run_by_id(run_id)
        if run is not None and not run.is_finished:
            instance.report_run_canceled(run, "A person ended it.")
        raise KeyboardInterrupt from None
    if was_interrupted(result):
        raise KeyboardInterrupt
    return result


def was_interrupted(result: dg.ExecuteInProcessResult) -> bool:
    """Whether Ctrl-C or a terminated run ended it: Dagster turns the signal into the failure of the step it hit."""
    failures = [event.step_failure_data.error for event in result.all_events if event.is_step_failure]
    return any(error is not None and error.cls_name == "DagsterExecutionInterruptedError" for error in failures)


def why_of(result: dg.ExecuteInProcessResult) -> str:
    """Why a run in this process did not end well."""
    steps, why = _why(result)
    return why_failed(steps) if steps else why


def _why(result: dg.ExecuteInProcessResult) -> tuple[list[FailedStep], str]:
    """The failed steps of a run in this process; and where there is none, why Dagster ended it."""
    steps = [FailedStep.of(event) for event in result.all_events if event.is_step_failure]
    ends = [event.job_failure_data.error for event in result.all_events if event.is_job_failure]
    causes = [error.cause or error for error in ends if error is not None]
    said = (f"Dagster ended the run ({cause.message.strip()}); what was made and paid for is kept" for cause in causes)
    return steps, next(said, NO_REASON)
