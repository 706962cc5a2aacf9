"""An episode produced from a shell: the same Dagster job, run in this process, and what came of it as typed values.

Everything a person can have got wrong is refused here before Dagster is even started.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import dagster as dg
from filelock import FileLock
from pydantic import BaseModel

from ninja_assets.build import build_defs
from ninja_assets.cells.doors import DOOR_TAG, Door
from ninja_assets.cells.failure_table import FAILED_CELLS
from ninja_assets.cells.launch import run_tags
from ninja_assets.jobs import JOB_NAME, run_config
from ninja_assets.partitions import EPISODE, contiguous, parse_key, range_tags, segments_of
from ninja_assets.runs.host import HOST_TAG, this_process
from resources.content.segments import Script, Segment
from resources.content.show import Show
from resources.core import names
from resources.core.errors import ContentError
from resources.core.names import FINAL_FILE, CellKey, episode_folder, segment_number
from resources.core.settings import Settings, dagster_home
from resources.core.values import PERFORMANCE, Part
from resources.models.loading import load_script, load_show
from resources.purchasing.books import paid_models
from resources.purchasing.episode_quote import EpisodeQuote, quote_episode
from resources.purchasing.gate import warnings_of
from resources.purchasing.requests.takes import parse_parts
from resources.quality.lint import Finding

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
    """What came of `ninja produce`. `final_video` is None when the run failed before it or the quote was `declined`.

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
    error: str | None = None


@dataclass(frozen=True)
class Order:
    """A checked order to produce: the episode exists, parses, and has the segments asked for."""

    settings: Settings
    show: Show
    script: Script
    segments: Sequence[str]  # all slots, or those asked for
    retake: Sequence[str] = ()
    retake_of: Sequence[str] = ()
    warnings: Sequence[Finding] = ()  # the linter's, in a paid mode


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
    script = load_script(settings.show, show, episode)
    used = {content.segment for content in script.segments}
    unknown = sorted({segment for segment in segments if segment_number(segment) and segment not in used})
    if unknown:
        raise ContentError(
            f"{episode} has no segment {', '.join(unknown)}",
            why=f"its script uses {script.segments[0].segment} to {script.segments[-1].segment}",
            mend=f"ninja produce {episode} --segments {script.segments[-1].segment}",
        )
    warnings = warnings_of(settings, show, script) if settings.mode.paid else ()
    anew = [segment for segment in segments or sorted(used, key=segment_number) if retake]
    wanted = script.with_what_shows(segments) if segments else segments_of(show.slots)
    return Order(settings, show, script, wanted, anew, tuple(retake_of), warnings)


def dagster_instance() -> dg.DagsterInstance:
    """The instance of DAGSTER_HOME, or of this project's own `dagster_home` when the variable is not set."""
    # Two first runs at once would both make Dagster's database, which no later run could then open.
    with FileLock(dagster_home() / ".opening.lock"):
        return dg.DagsterInstance.get()


_Events = dict[tuple[str, str], Mapping[str, Any]]  # by asset and segment: what a cell told last
Approve = Callable[[EpisodeQuote], bool]


def produce(
    order: Order,
    instance: dg.DagsterInstance,
    *,
    approve: Approve | None = None,
    resource_overrides: Mapping[str, Any] | None = None,
) -> Production:
    """Run the job for the order: one run for each contiguous range of its segments, the final video in the last.

    With `approve`, the voices are made first and everything else only if it agrees to the exact quote of the rest.
    `resource_overrides` as `build_defs` takes them.
    """
    job = build_defs(settings=order.settings, resource_overrides=resource_overrides).resolve_job_def(JOB_NAME)
    episode = order.script.episode
    instance.add_dynamic_partitions(EPISODE, [episode])
    events: _Events = {}
    run_id, error = "", None
    voices, pictures = names.EPISODE_ASSETS[:2], names.EPISODE_ASSETS[2:]
    if approve is not None:
        run_id, error = _runs(job, order, instance, voices, events)
        if error is None and not approve(quote_of_order(order)):
            return _production(order, events, run_id, None, declined=True)
    if error is None:
        run_id, error = _runs(job, order, instance, pictures if approve else names.EPISODE_ASSETS, events)
    return _production(order, events, run_id, error)


def prepare(
    order: Order, instance: dg.DagsterInstance, assets: Sequence[str], *, resource_overrides: Mapping[str, Any] | None
) -> str | None:
    """Make some assets of an order, and no more; returns why that failed, or None."""
    job = build_defs(settings=order.settings, resource_overrides=resource_overrides).resolve_job_def(JOB_NAME)
    instance.add_dynamic_partitions(EPISODE, [order.script.episode])
    return _runs(job, order, instance, assets, {})[1]


def quote_of_order(order: Order) -> EpisodeQuote:
    """What the clips of an order cost when its voices are made. The voices' own retakes are done by then."""
    anew = {Part(part) for part in order.retake_of or PERFORMANCE} - {Part.VOICE}
    return quote_episode(
        order.settings,
        order.show,
        order.script,
        segments=order.segments,
        retake=order.retake,
        retake_of=anew,
    )


def _runs(
    job: dg.JobDefinition,
    order: Order,
    instance: dg.DagsterInstance,
    assets: Sequence[str],
    events: _Events,
) -> tuple[str, str | None]:
    """Run the job for some of its assets; adds to `events`. Returns the last run's id, and why it failed."""
    episode, mode = order.script.episode, order.settings.mode.value
    config = run_config(mode, retake=list(order.retake), retake_of=list(order.retake_of))
    config |= QUIET
    run_id = ""
    blocks = contiguous(order.segments)
    for block in blocks:
        chosen = [name for name in assets if block is blocks[-1] or name != names.FINAL_VIDEO]
        result = job.execute_in_process(
            instance=instance,
            run_config=config,
            tags={
                **range_tags(episode, block),
                **run_tags([CellKey(episode, block[0])], mode),
                DOOR_TAG: Door.SHELL.value,
                HOST_TAG: this_process(),
            },
            asset_selection=[dg.AssetKey(name) for name in chosen],
            raise_on_error=False,
        )
        run_id = result.run_id
        events.update(_materializations(instance, run_id))
        events.update(_failures(result))
        if was_interrupted(result):
            raise KeyboardInterrupt
        if not result.success:
            return run_id, why_failed(result)
    return run_id, None


def _failures(result: dg.ExecuteInProcessResult) -> _Events:
    """What the steps that failed tell of each of their cells."""
    failures = [event.step_failure_data.user_failure_data for event in result.all_events if event.is_step_failure]
    told = [
        failure.metadata[FAILED_CELLS].value for failure in failures if failure and FAILED_CELLS in failure.metadata
    ]
    cells = [cell for cells in told if isinstance(cells, list) for cell in cells]
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


def why_failed(result: dg.ExecuteInProcessResult) -> str:
    """Why a run did not end well, as its first failed step tells."""
    for event in result.all_events:
        if event.is_step_failure:
            failure = event.step_failure_data
            if failure.user_failure_data and failure.user_failure_data.description:
                return failure.user_failure_data.description
            return failure.error_display_string
    return "the run did not end well; see its log in Dagster"


def _production(
    order: Order,
    events: _Events,
    run_id: str,
    error: str | None,
    *,
    declined: bool = False,
) -> Production:
    script = order.script
    folder = episode_folder(order.settings.output, script.episode, order.settings.mode)
    videos = {shape.value: folder / script.named(FINAL_FILE, shape) for shape in script.formats}
    told = {*order.segments, *(segment for (_, segment), values in events.items() if _costs(values))}
    segments = [_segment(content, events) for content in script.segments if content.segment in told]
    made = error is None and not declined and all(path.exists() for path in videos.values())
    return Production(
        episode=order.script.episode,
        mode=order.settings.mode.value,
        final_video=str(videos[script.format]) if made else None,
        videos={shape: str(path) for shape, path in videos.items()} if made else {},
        seconds=_total(events) if made else None,
        cost_usd=_sum(segment.cost_usd for segment in segments),
        possibly_usd=_sum(segment.possibly_usd for segment in segments),
        run_id=run_id,
        segments=segments,
        declined=declined,
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
        cost_usd=_sum(float(values.get("cost_usd", 0)) for values in cell.values()),
        failed_usd=_sum(float(values.get("charged_usd", 0)) for values in cell.values()),
        possibly_usd=_sum(float(values.get("possibly_usd", 0)) for values in cell.values()),
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


def _sum(amounts: Iterable[float]) -> float:
    return round(sum(amounts), 6)
