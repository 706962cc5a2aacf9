"""The one step of an episode as Dagster runs it: a launch read, the engine's outcomes told, a failure at the end.

Why one step: Dagster runs step after step, so an asset that is a step of its own is a barrier. And why the script and
the cut are in it: what a step yields for its assets is written together at its end, in no order, while what it logs is
written as it happens. Nothing is yielded here but checks; every cell has one event, which the step logs when it is
done, and the cells that have none when it fails are exactly those that Dagster shows as failed.
"""

import dataclasses
from collections.abc import Callable, Collection, Iterator, Sequence
from contextlib import closing
from functools import partial

import dagster as dg

from ninja_assets.cells.asset import Declared, Graph
from ninja_assets.cells.check_results import check_results, check_specs
from ninja_assets.cells.consent.barrier import Barrier, BeforeClips
from ninja_assets.cells.consent.doors import check_door
from ninja_assets.cells.failure_table import RETRYABLE, Failed, InVain, failure_of
from ninja_assets.cells.links import segment_page
from ninja_assets.cells.running.beginning import Asked
from ninja_assets.cells.running.engine import judge_again, run_cells
from ninja_assets.cells.running.event_log import lines_apart, surely
from ninja_assets.cells.running.launch import (
    VERSION_TAG,
    begun_tags,
    check_retake,
    check_still_the_same,
    read_cells,
    retry_tags,
    root_run,
    run_tags,
    waiting_tags,
)
from ninja_assets.cells.running.launched import Launched
from ninja_assets.cells.running.outcomes import Done, Judged, Outcome, asks_for
from ninja_assets.partitions import EPISODE, parse_key
from resources.core.errors import ContentError, NinjaError, WaitingError
from resources.core.names import Mode
from resources.purchasing.state.archived import Archive
from resources.studio import Studio, StudioResource

STEP = "episode"
_CODE_VERSION = "dagster/code_version"
_INPUT_VERSION, _INPUT_EVENT = "dagster/input_data_version", "dagster/input_event_pointer"


def episode_step(
    graph: Graph,
    *,
    partitions_def: dg.PartitionsDefinition[str],
    segments: Sequence[str],
    owners: Sequence[str],
    before_clips: BeforeClips | None = None,
) -> dg.AssetsDefinition:
    """All assets of an episode as one step that can be subset, over episodes and `segments` (all slots of the show).

    `before_clips`: without one, the barrier that a run's tags tell of.
    """

    @dg.multi_asset(
        name=STEP,
        specs=[declared.spec(owners) for declared in graph.declared],
        check_specs=check_specs(graph.declared),
        partitions_def=partitions_def,
        backfill_policy=dg.BackfillPolicy.single_run(),
        can_subset=True,
    )
    def episode(context: dg.AssetExecutionContext, studio: StudioResource) -> Iterator[dg.AssetCheckResult]:
        try:
            cells = read_cells(
                context.run.tags, episodes=context.instance.get_dynamic_partitions(EPISODE), segments=segments
            )
            if not context.selected_asset_keys:
                yield from _checked_again(context, graph, studio)
                return
            if not cells:
                raise ContentError(
                    "the run names no segment of an episode",
                    hint="launch it from the page of an asset",
                )
            check_still_the_same(context.run.tags, cells)
            context.instance.add_run_tags(context.run.run_id, begun_tags(context.run.tags, cells, studio.mode or ""))
            opened = studio.open()
            launched = Launched.of(context.instance, context.run, cells)
            if launched.cells is not None:
                check_retake(opened.retake, launched.cells, context.run.tags, segments=segments)
            Archive(opened.state).refuse(*(cell.episode for cell in cells))
            command = asks_for(opened, cells, cells[0].episode)
            check_door(opened.show, opened.settings, context.run.tags, command=command)
        except NinjaError as error:
            raise _refused(context, error) from None
        assets = frozenset(key.to_user_string() for key in context.selected_asset_keys)
        asked = Asked(assets, cells, root_run(context.run), launched.cells)
        barrier = before_clips or Barrier.of(context.run.tags)
        once = dataclasses.replace(opened, earlier=launched.earlier)
        try:
            # Closed also where Dagster takes no event.
            with lines_apart(), closing(run_cells(graph, asked, once, barrier)) as outcomes:
                again = partial(asks_for, once, cells, run=asked.root_run)
                several = len({cell.episode for cell in cells}) > 1
                yield from _reported(context, graph, outcomes, opened.mode, again, several=several)
        except NinjaError as error:  # of no cell: the state cannot be written
            raise _refused(context, error) from None

    return episode


def _refused(context: dg.AssetExecutionContext, error: NinjaError) -> dg.Failure:
    """What a run fails with that is refused as a whole, marked with whether Dagster tries it once more."""
    context.instance.add_run_tags(context.run.run_id, retry_tags(context.run.tags, helps=error.retryable))
    return dg.Failure(str(error), metadata={RETRYABLE: error.retryable}, allow_retries=error.retryable)


def _reported(
    context: dg.AssetExecutionContext,
    graph: Graph,
    outcomes: Iterator[Outcome],
    mode: Mode,
    again: Callable[[str, Collection[str]], str],
    *,
    several: bool,
) -> Iterator[dg.AssetCheckResult]:
    """Tell Dagster what happens as it happens, and fail at the end when something has.

    `again` gives what asks for an episode of the run once more in a shell, and `several` says whether the run makes
    more than one, as `failure_of` has it.
    """
    declared = {each.name: each for each in graph.declared}
    failed: list[Failed] = []
    in_vain: list[InVain] = []
    versions: set[str] = set()
    done = 0
    for outcome in outcomes:
        if isinstance(outcome, Done):
            if (version := outcome.metadata.get("content")) and version not in versions:
                versions.add(version)
                tags = {VERSION_TAG: ", ".join(sorted(versions))}
                surely(partial(context.instance.add_run_tags, context.run.run_id, tags))
            surely(partial(context.log_event, _materialization(declared[outcome.asset], outcome, mode)))
            done += bool(outcome.metadata.get("in_script", True))  # of slots that the script uses
        elif isinstance(outcome, Judged):
            yield from _results(context, declared[outcome.asset], outcome, mode)
        elif isinstance(outcome, Failed):
            failed.append(outcome)
        else:
            in_vain.append(outcome)
    if failed:
        waits = next((each.error.what for each in failed if isinstance(each.error, WaitingError)), None)
        helps = any(each.retryable for each in failed)
        marks = waiting_tags(waits) if waits else retry_tags(context.run.tags, helps=helps)
        surely(partial(context.instance.add_run_tags, context.run.run_id, marks))
        unforeseen = [each.error for each in failed if not isinstance(each.error, NinjaError)]
        # The table is told first, and what nobody foresaw with its own trace after it.
        failure = failure_of(failed, mode=mode, done=done, again=again, in_vain=in_vain, several=several)
        raise failure from next(iter(unforeseen), None)


def _materialization(asset: Declared, cell: Done, mode: Mode) -> dg.AssetMaterialization:
    page = segment_page(cell.cell, mode)
    # The link comes first: one click from any cell to its page on the desk, of an unused slot to its episode's.
    metadata = {"desk": dg.MetadataValue.url(page.partition("#")[0] if cell.needless else page), **cell.metadata}
    tags = {} if cell.needless else _versions(asset)
    return dg.AssetMaterialization(asset.name, partition=str(cell.cell), metadata=metadata, tags=tags)


def _versions(asset: Declared) -> dict[str, str]:
    """The tags by which Dagster tells a cell that an older version of the code made.

    What a cell was made from is known by its record; here it is named only so that Dagster misses no input.
    """
    if asset.code_version is None:
        return {}
    inputs = {f"{_INPUT_VERSION}/{name}": "INITIAL" for name in asset.deps}
    events = {f"{_INPUT_EVENT}/{name}": "NULL" for name in asset.deps}
    return {_CODE_VERSION: asset.code_version, **inputs, **events}


def _results(
    context: dg.AssetExecutionContext, asset: Declared, judged: Judged, mode: Mode
) -> Iterator[dg.AssetCheckResult]:
    """The results of an asset's checks; those of an asset that was only carried along are logged."""
    selected = context.selected_asset_check_keys
    for result in check_results(asset, judged.findings, mode):
        if dg.AssetCheckKey(dg.AssetKey(asset.name), str(result.check_name)) in selected:
            yield result
        else:
            evaluation = dg.AssetCheckEvaluation(
                asset_key=dg.AssetKey(asset.name),
                check_name=str(result.check_name),
                passed=result.passed,
                severity=result.severity,
                description=result.description,
                metadata=result.metadata,
            )
            surely(partial(context.log_event, evaluation))


def _checked_again(
    context: dg.AssetExecutionContext, graph: Graph, resource: StudioResource
) -> Iterator[dg.AssetCheckResult]:
    """*Execute all* on a page of checks names no episode: the one that was made last is checked again."""
    wanted = {key.asset_key.to_user_string() for key in context.selected_asset_check_keys}
    found = False
    for asset in (declared for declared in graph.declared if declared.name in wanted):
        last = context.instance.get_latest_materialization_event(dg.AssetKey(asset.name))
        made = last.asset_materialization if last else None
        if made is None or made.partition is None:
            continue
        cell, mode = parse_key(made.partition), made.metadata.get("mode")
        studio = _looking(resource.open(), Mode(str(mode.value)) if mode else None)
        context.instance.add_run_tags(context.run.run_id, run_tags([cell], studio.mode.value))
        for judged in judge_again(graph, [asset.name], studio, cell.episode):
            for result in check_results(asset, judged.findings, studio.mode):
                found = True
                yield result
    if not found:
        raise ContentError("there is nothing to check: nothing of it was made yet", hint="materialize an episode first")


def _looking(studio: Studio, mode: Mode | None) -> Studio:
    """The studio for looking at what was made in a mode: nothing is bought with it."""
    mode = mode or studio.mode
    return dataclasses.replace(studio, mode=mode, settings=studio.settings.in_mode(mode))
