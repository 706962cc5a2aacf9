"""An episode produced from a shell: the same Dagster job, run in this process, and what came of it as typed values.

Everything a person can have got wrong is refused here before Dagster is even started.
"""

import logging
import os
import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

import dagster as dg
from pydantic import BaseModel

from ninja_assets.build import build_defs
from ninja_assets.cells.consent.barrier import Barrier
from ninja_assets.cells.consent.doors import DOOR_TAG, Door
from ninja_assets.cells.failed_steps import FailedStep, failed_steps, why_failed
from ninja_assets.cells.running.event_files import spare_the_disk
from ninja_assets.cells.running.launch import ROOT_TAG, WAITS_TAG
from ninja_assets.jobs import JOB_NAME
from ninja_assets.partitions import EPISODE, contiguous, parse_key
from ninja_assets.runs.home import SETTINGS_FILE, opened_alone, ready_home
from ninja_assets.runs.host import HOST_TAG, this_process
from ninja_assets.runs.launches import Launch, launch_again, launch_of
from ninja_assets.runs.slots import slots_to_make
from resources.content.segments import Script, Segment
from resources.content.show import Show
from resources.core import names
from resources.core.errors import ContentError
from resources.core.names import FINAL_FILE, episode_folder, segment_number
from resources.core.settings import Settings
from resources.core.values import sum_usd
from resources.models.loading import load_show, load_written
from resources.purchasing.books import open_state, paid_models, refuse_archived
from resources.purchasing.gate import judge
from resources.purchasing.requests.takes import parse_parts
from resources.purchasing.state.approvals import Approvals, Ask
from resources.purchasing.state.consent import Offer
from resources.quality.lint import Finding

_SAID = 400  # letters of what a storage says at most
QUIET = {"loggers": {"console": {"config": {"log_level": "CRITICAL"}}}}  # the run's log is in Dagster
_MAKERS = (names.TTS_AUDIO, names.SPEAKER_CLIPS, names.LISTENER_CLIPS, names.SHOTS, names.COMPOSITES)


class ProducedSegment(BaseModel):
    """One segment of a production. Dollars and `reused` are of this run; seconds are of the segment.

    `speaker` is the label that it stands under: a character's, or a shot's kind. `cost_usd` includes `failed_usd`, what
    was charged for what failed; `possibly_usd` may be charged on top. `flags` are bills that differ from the estimate,
    `requests` the provider's ids of what failed and brought nothing yet, `next` what mends it.
    """

    segment: str
    speaker: str
    words: int
    take: int = 1
    seconds: float | None = None
    starts_at: float | None = None
    ends_at: float | None = None
    cost_usd: float = 0.0
    failed_usd: float = 0.0
    possibly_usd: float = 0.0
    flags: list[str] = []
    reused: bool = False
    requests: list[str] = []
    error: str | None = None
    next: str | None = None


class Production(BaseModel):
    """What came of `ninja produce`. `final_video` is None when the run failed before it, or waits for an approval.

    `waiting_usd` is the price that waits; `declined`: somebody at a terminal was asked for it, and said no.

    `cost_usd` is all that this run was charged, also for what failed; `possibly_usd` may be charged on top of it.
    """

    episode: str
    mode: str
    final_video: str | None
    videos: dict[str, str] = {}
    seconds: float | None
    cost_usd: float
    possibly_usd: float = 0.0
    run_id: str
    segments: list[ProducedSegment]
    declined: bool = False
    waiting_usd: float | None = None
    error: str | None = None


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
    unknown = sorted({segment for segment in segments if segment_number(segment) and segment not in used})
    if unknown:
        raise ContentError(
            f"{episode} has no segment {', '.join(unknown)}",
            why=f"its script uses {script.segments[0].segment} to {script.segments[-1].segment}",
            hint=f"ninja produce {episode} --segments {script.segments[-1].segment}",
            code="argument-unknown",
        )
    judged = judge(settings, show, written, segments=segments or None, environment=os.environ)
    judged.refuse()
    refuse_archived(settings, show, episode)
    anew = [segment for segment in segments or sorted(used, key=segment_number) if retake]
    wanted = script.with_what_shows(segments or used)
    return Order(settings, show, script, wanted, not segments, anew, tuple(retake_of), judged.shown())


def dagster_instance() -> dg.DagsterInstance:
    """The instance of DAGSTER_HOME, or of the show's own home when the variable is not set.

    Raises ContentError where it cannot be opened as its dagster.yaml says.
    """
    home = ready_home()
    spare_the_disk()
    # Two first runs at once would both make Dagster's database, which no later run could then open.
    with opened_alone(home), _root_logger_silent():
        try:
            return dg.DagsterInstance.get()
        except OSError:
            raise
        except Exception as error:  # each storage that it may name has errors of its own
            raise _not_opened(home / SETTINGS_FILE, error) from error


@contextmanager
def _root_logger_silent() -> Iterator[None]:
    """Drop what is logged without a logger's name: Dagster's PostgreSQL storage so tells each try that fails.

    Where the last one fails, too, it raises, and the error says why.
    """

    def named(record: logging.LogRecord) -> bool:
        return record.name != logging.root.name

    logging.root.addFilter(named)
    try:
        yield
    finally:
        logging.root.removeFilter(named)


def _not_opened(file: Path, error: Exception) -> ContentError:
    """That Dagster's storage could not be opened, by the first cause: without the password of an address."""
    cause: BaseException = error
    while (deeper := cause.__cause__ or cause.__context__) is not None:
        cause = deeper
    said = re.sub(r"://[^/@\s]*@", "://***@", " ".join(str(cause).split()))
    return ContentError(
        "Dagster's storage cannot be opened",
        where=str(file),
        why=f"{said[:_SAID]}" or type(cause).__name__,
        hint="start what that file names, or correct it, and run again: `ninja doctor` tries it",
    )


_Events = dict[tuple[str, str], Mapping[str, Any]]  # by asset and segment: what a cell told last
Approve = Callable[[Sequence[Offer]], bool]  # whether a person at a terminal agrees to the prices that runs wait for
TO_VOICE = names.EPISODE_ASSETS[:2]  # the assets of a run that ends when there is something to listen to


@dataclass(frozen=True)
class Ended:
    """A run that has ended. `why`: why it did not end well."""

    run_id: str
    why: str | None


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
    """The runs of one order, and what their cells told. `error`: why the last one failed."""

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
        self._events: _Events = {}
        self._roots: set[str] = set()
        self._run_id = ""
        self.error: str | None = None

    def make(self, launches: Sequence[Launch]) -> None:
        """Run them in turn, until one fails; one that waits for a person stops no other."""
        self.error = None
        for launch in launches:
            error, waits = self._run(launch)
            self.error = self.error or error
            if error is not None and not waits:
                return

    def result(self, approve: Approve | None) -> Production:
        """What has come of them, once a person who can be asked was asked for the prices that they wait for."""
        if not self._order.settings.mode.paid:
            return self._production([])
        with open_state(self._order.settings, self._order.show) as state:
            approvals = Approvals.of(state)
            while waiting := self._waiting(approvals):
                offers = [ask.offer for ask in waiting]
                if approve is None or not approve(offers):
                    return self._production(offers, declined=approve is not None)
                approvals.approve(waiting)
                self.make(self._again(waiting))
        return self._production([])

    def _waiting(self, approvals: Approvals) -> list[Ask]:
        settings, episode = self._order.settings, self._order.script.episode
        return [ask for ask in approvals.waiting(episode, settings.mode) if ask.root_run in self._roots]

    def _again(self, asks: Sequence[Ask]) -> list[Launch]:
        order = self._order
        return [launch_again(self._instance, ask.root_run, order.script.episode, order.settings.mode) for ask in asks]

    def _run(self, launch: Launch) -> tuple[str | None, bool]:
        """One run: why it failed, and whether it waits for a person."""
        ended = (self._queue(launch, self._barrier) if self._queue else None) or self._here(launch)
        self._run_id = ended.run_id
        self._roots.add(launch.tags.get(ROOT_TAG, ended.run_id))
        self._events.update(_materializations(self._instance, ended.run_id))
        self._events.update(_failures(self._instance, ended.run_id))
        run = self._instance.get_run_by_id(ended.run_id)
        return ended.why, run is not None and WAITS_TAG in run.tags

    def _here(self, launch: Launch) -> Ended:
        """The run in this process. Raises KeyboardInterrupt when a person has ended it."""
        result = self._job.execute_in_process(
            instance=self._instance,
            run_config={**launch.config, **QUIET},
            tags={**launch.tags, DOOR_TAG: Door.SHELL.value, HOST_TAG: this_process()},
            asset_selection=None if launch.assets is None else [dg.AssetKey(name) for name in launch.assets],
            raise_on_error=False,
        )
        if was_interrupted(result):
            raise KeyboardInterrupt
        return Ended(result.run_id, None if result.success else why_of(result))

    @cached_property
    def _job(self) -> dg.JobDefinition:
        defs = build_defs(settings=self._order.settings, resource_overrides=self._overrides, before_clips=self._barrier)
        return defs.resolve_job_def(JOB_NAME)

    def _production(self, offers: Sequence[Offer], *, declined: bool = False) -> Production:
        error = None if declined else self.error
        waiting = sum_usd(offer.usd for offer in offers) if offers else None
        return _production(self._order, self._events, self._run_id, error, declined=declined, waiting_usd=waiting)


def _failures(instance: dg.DagsterInstance, run_id: str) -> _Events:
    """What the steps that failed tell of each of their cells, by the run's log."""
    cells = [cell for step in failed_steps(instance, run_id) for cell in step.cells]
    return {(cell["asset"], cell["segment"]): {**cell, "cost_usd": cell["charged_usd"]} for cell in cells}


def was_interrupted(result: dg.ExecuteInProcessResult) -> bool:
    """Whether Ctrl-C or a terminated run ended it: Dagster turns the signal into the failure of the step it hit."""
    failures = [event.step_failure_data.error for event in result.all_events if event.is_step_failure]
    return any(error is not None and error.cls_name == "DagsterExecutionInterruptedError" for error in failures)


def _materializations(instance: dg.DagsterInstance, run_id: str) -> _Events:
    """What the cells of a run told, by its log: a step that fails does not yield what it logged before."""
    found: _Events = {}
    for record in instance.get_records_for_run(run_id, of_type=dg.DagsterEventType.ASSET_MATERIALIZATION).records:
        made = record.event_log_entry.asset_materialization
        if made is not None and made.partition is not None:
            cell = parse_key(made.partition)
            values = {name: value.value for name, value in made.metadata.items()}
            found[made.asset_key.to_user_string(), cell.segment] = values
    return found


def why_of(result: dg.ExecuteInProcessResult) -> str:
    """Why a run in this process did not end well."""
    return why_failed(FailedStep.of(event) for event in result.all_events if event.is_step_failure)


def _production(
    order: Order,
    events: _Events,
    run_id: str,
    error: str | None,
    *,
    declined: bool = False,
    waiting_usd: float | None = None,
) -> Production:
    script = order.script
    folder = episode_folder(order.settings.output, script.episode, order.settings.mode)
    videos = {shape.value: folder / script.named(FINAL_FILE, shape) for shape in script.formats}
    shown = {*order.segments, *(segment for (_, segment), values in events.items() if _costs(values))}
    segments = [_segment(content, events) for content in script.segments if content.segment in shown]
    made = error is None and not declined and all(path.exists() for path in videos.values())
    return Production(
        episode=order.script.episode,
        mode=order.settings.mode.value,
        final_video=str(videos[script.format]) if made else None,
        videos={shape: str(path) for shape, path in videos.items()} if made else {},
        seconds=_total(events) if made else None,
        cost_usd=sum_usd(segment.cost_usd for segment in segments),
        possibly_usd=sum_usd(segment.possibly_usd for segment in segments),
        run_id=run_id,
        segments=segments,
        declined=declined,
        waiting_usd=waiting_usd,
        error=error,
    )


def _total(events: _Events) -> float | None:
    totals = [
        values["episode_seconds"]
        for (asset, _), values in events.items()
        if asset == names.FINAL_VIDEO and "episode_seconds" in values
    ]
    return float(totals[0]) if totals else None


def _segment(content: Segment, events: _Events) -> ProducedSegment:
    cell = {asset: values for (asset, key), values in events.items() if key == content.segment}
    makers = [cell[name] for name in _MAKERS if name in cell and "not_needed" not in cell[name]]
    place = cell.get(names.FINAL_VIDEO, {})
    return ProducedSegment(
        segment=content.segment,
        speaker=content.label,
        words=content.words,
        take=max([content.take, *(int(values.get("take", 1)) for values in makers)]),
        seconds=cell.get(names.COMPOSITES, {}).get("seconds"),
        starts_at=place.get("starts_at"),
        ends_at=place.get("ends_at"),
        cost_usd=sum_usd(float(values.get("cost_usd", 0)) for values in cell.values()),
        failed_usd=sum_usd(float(values.get("charged_usd", 0)) for values in cell.values()),
        possibly_usd=sum_usd(float(values.get("possibly_usd", 0)) for values in cell.values()),
        flags=[str(values["flag"]) for values in cell.values() if values.get("flag")],
        requests=[str(request) for values in cell.values() for request in values.get("requests") or ()],
        error=_joined(cell.values(), "error"),
        next=_joined(cell.values(), "next"),
        reused=bool(makers) and all(values.get("reused") for values in makers),
    )


def _joined(cells: Iterable[Mapping[str, Any]], name: str) -> str | None:
    return "; ".join(str(values[name]) for values in cells if values.get(name)) or None


def _costs(values: Mapping[str, Any]) -> bool:
    """Whether a cell was paid for: also one that nobody named, and that an earlier launch had left behind."""
    return any(values.get(name) for name in ("cost_usd", "possibly_usd"))
