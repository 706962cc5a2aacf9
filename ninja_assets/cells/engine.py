"""From one function for one segment to a partitioned asset: ranges, concurrency, partial failure, metadata.

An asset module writes what happens for one cell (`SegmentMaker`) or for one episode (`EpisodeMaker`). What is the same
for all of them is here: which cells a run holds, doing them side by side, one materialization event for each success,
and, when something failed, a run that fails with a table of what, why, and what to do. A sibling's success is never
discarded: it is stored and recorded before the run fails.
"""

import traceback
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import Any, TypeVar

import dagster as dg
from pydantic import BaseModel

from ninja_assets.cells.check_results import check_results
from ninja_assets.cells.concurrency import side_by_side
from ninja_assets.cells.cost_metadata import money_metadata
from ninja_assets.cells.doors import check_door
from ninja_assets.cells.failure_table import Failed, failure_of
from ninja_assets.cells.records import Records, Stored
from ninja_assets.partitions import by_episode
from resources.content.segments import PlacedShot, Script, Segment, Turn
from resources.core.errors import MediaLostError, NinjaError
from resources.core.names import CellKey, episode_file
from resources.core.progress import Progress, Step, report
from resources.core.values import Cell, Part, Receipt
from resources.purchasing.requests.registry import requests_of
from resources.purchasing.requests.segment_requests import RequestContext, SegmentRequests
from resources.quality.checks.report import Finding
from resources.studio import Studio, StudioResource

ValueT = TypeVar("ValueT", bound=BaseModel)
Metadata = Mapping[str, Any]
AssetCell = tuple[str, str]  # an asset's name and a segment of the same episode


@dataclass(frozen=True)
class Delivered:
    """What an asset's function delivers for one cell: a value to store, what it was made from, what to show of it."""

    value: BaseModel
    made_from: Mapping[str, str] = field(default_factory=dict)
    receipts: Sequence[Receipt] = ()
    metadata: Metadata = field(default_factory=dict)


@dataclass(frozen=True)
class SegmentWork:
    """One cell to be made: what the script says of it, and the studio to make it with."""

    asset: str
    key: CellKey
    script: Script
    content: Segment
    studio: Studio
    records: Records
    root_run: str

    @property
    def turn(self) -> Turn:
        """The turn of the cell. Raises ContentError for a cell in which nobody speaks."""
        return self.script.turn(self.key.segment)

    @property
    def placed(self) -> PlacedShot:
        """The shot of the cell. Raises ContentError for a cell that has none."""
        return self.script.shot(self.key.segment)

    @property
    def folder(self) -> Path:
        """The folder of this cell that a person opens."""
        return self.records.folder(self.key)

    @property
    def script_file(self) -> Path:
        """The episode file, for errors that have no better place to name."""
        return episode_file(self.studio.settings.show, self.key.episode)

    @property
    def cell(self) -> Cell:
        """The cell as studios and the ledger know it."""
        return Cell(episode=self.key.episode, segment=self.key.segment, mode=self.studio.mode)

    def read(self, asset: str, kind: type[ValueT], *, segment: str | None = None) -> Stored[ValueT]:
        """The current record of an upstream asset for this cell, or for another segment of the episode."""
        return self.records.read(asset, CellKey(self.key.episode, segment or self.key.segment), kind)

    @property
    def context(self) -> RequestContext:
        """What the cell's requests are built from."""
        return self.studio.context(self.script, self.root_run)

    @property
    def requests(self) -> SegmentRequests:
        """What the cell asks for, by what is bought and what lies in the show."""
        return requests_of(self.context, self.content)

    def retaken(self, part: Part) -> RequestContext:
        """The context for a part of the cell; a retake of it that this launch asked for is counted first."""
        context = self.context
        if self.key.segment in self.studio.retake and part in self.studio.retake_of:
            requests = self.requests
            context.takes.retake(
                self.key,
                part,
                self.content.take,
                under_way=lambda: self._under_way(part),
                keys_at=partial(requests.keys_at, part),
            )
        return context

    def _under_way(self, part: Part) -> bool:
        return self.studio.market is not None and self.requests.under_way(part)


@dataclass(frozen=True)
class EpisodeWork:
    """One episode of a run, with the segments that the run holds."""

    asset: str
    episode: str
    segments: Sequence[str]
    studio: Studio
    records: Records
    findings: list[Finding] = field(default_factory=list)  # what its checks found, also of a cut that they stop


def _at_once(_: SegmentWork) -> Collection[AssetCell]:
    return ()


@dataclass(frozen=True)
class SegmentMaker:
    """An asset whose cells are made one by one, side by side.

    A cell says itself when it needs nothing of an asset. `after` names the cells of the same step that are waited for.
    `on_cores`: the work is this machine's own, so no more of it is begun at a time than there are cores.
    """

    spec: dg.AssetSpec
    make: Callable[[SegmentWork], Delivered]
    on_cores: bool = False
    after: Callable[[SegmentWork], Collection[AssetCell]] = _at_once

    @property
    def name(self) -> str:
        """The asset's name."""
        return self.spec.key.to_user_string()


@dataclass(frozen=True)
class EpisodeMaker:
    """An asset that is made for the whole episode at once. Cells it does not return are unused slots.

    `make` may return cells that the run does not hold: their places have changed, and they get an event of their own.
    """

    spec: dg.AssetSpec
    make: Callable[[EpisodeWork], Mapping[str, Metadata]]
    checks: Sequence[dg.AssetCheckSpec] = ()

    @property
    def name(self) -> str:
        """The asset's name."""
        return self.spec.key.to_user_string()


@dataclass
class _Outcomes:
    """What happened in one step: metadata of each cell that is done, of others that changed, and what failed."""

    done: dict[tuple[str, CellKey], Metadata] = field(default_factory=dict)
    also: dict[tuple[str, CellKey], Metadata] = field(default_factory=dict)
    failed: list[Failed] = field(default_factory=list)


def segment_assets(
    *makers: SegmentMaker, name: str, partitions_def: dg.PartitionsDefinition[str]
) -> dg.AssetsDefinition:
    """The partitioned assets of one step. Several makers in one step run side by side (speaker beside listener)."""

    @dg.multi_asset(
        name=name,
        specs=[maker.spec for maker in makers],
        partitions_def=partitions_def,
        backfill_policy=dg.BackfillPolicy.single_run(),
        can_subset=True,
    )
    def step(context: dg.AssetExecutionContext, studio: StudioResource) -> Iterator[dg.MaterializeResult[None]]:
        opened, outcomes = _opened(context, studio), _Outcomes()
        chosen = [maker for maker in makers if maker.spec.key in context.selected_asset_keys]
        root_run = context.run.root_run_id or context.run.run_id
        for episode, segments in _episodes_of(context).items():
            works = _plan(chosen, episode, segments, opened, root_run, outcomes)
            workers = opened.cores if all(maker.on_cores for maker in chosen) else opened.workers
            _make(works, {maker.name: maker for maker in chosen}, workers, outcomes)
        yield from _conclude(context, [maker.spec.key for maker in chosen], outcomes)

    return step


def episode_asset(maker: EpisodeMaker, *, partitions_def: dg.PartitionsDefinition[str]) -> dg.AssetsDefinition:
    """The partitioned asset of an EpisodeMaker."""

    @dg.multi_asset(
        name=maker.name,
        specs=[maker.spec],
        check_specs=list(maker.checks),
        partitions_def=partitions_def,
        backfill_policy=dg.BackfillPolicy.single_run(),
        can_subset=True,
    )
    def step(
        context: dg.AssetExecutionContext, studio: StudioResource
    ) -> Iterator[dg.MaterializeResult[None] | dg.AssetCheckResult]:
        opened, outcomes = _opened(context, studio), _Outcomes()
        found: dict[str, list[Finding]] = {}
        for episode, segments in _episodes_of(context).items():
            found[episode] = _make_episode(maker, episode, segments, opened, outcomes)
        told = list(check_results(found, context.selected_asset_check_keys))
        if outcomes.failed:  # a finding that stopped the cut is seen as a check, too
            yield from told
        yield from _conclude(context, [maker.spec.key], outcomes)
        yield from told

    return step


def _opened(context: dg.AssetExecutionContext, resource: StudioResource) -> Studio:
    try:
        studio = resource.open()
        check_door(studio.show, studio.settings, context.run.tags)
        return studio
    except NinjaError as error:
        raise dg.Failure(description=str(error), allow_retries=error.retryable) from None


def _episodes_of(context: dg.AssetExecutionContext) -> dict[str, list[str]]:
    try:
        return by_episode(context.partition_keys)
    except NinjaError as error:
        raise dg.Failure(description=str(error), allow_retries=False) from None


def _plan(
    makers: Sequence[SegmentMaker],
    episode: str,
    segments: Sequence[str],
    studio: Studio,
    root_run: str,
    outcomes: _Outcomes,
) -> list[SegmentWork]:
    """The work that the script asks for; a slot that it does not use is done at once."""
    records = Records(studio.state, studio.settings.output, studio.mode)
    cells = [(maker, CellKey(episode, segment)) for maker in makers for segment in segments]
    try:
        script = records.script(episode)
    except NinjaError as error:
        outcomes.failed += [Failed(maker.name, cell, error) for maker, cell in cells]
        return []
    works = []
    for maker, cell in cells:
        content = script.segment(cell.segment)
        spare: Metadata | None = None
        if content is None:
            spare = {"in_script": False}
        elif reason := content.not_needed(maker.name):
            spare = {"in_script": True, "not_needed": reason, "cost_usd": 0.0}
        if content is None or spare is not None:
            records.forget(maker.name, cell)
            outcomes.done[maker.name, cell] = spare or {}
        else:
            works.append(SegmentWork(maker.name, cell, script, content, studio, records, root_run))
    return works


def _make(works: Sequence[SegmentWork], makers: Mapping[str, SegmentMaker], workers: int, outcomes: _Outcomes) -> None:
    by_cell = {(work.asset, work.key.segment): work for work in works}

    def stop() -> None:
        for work in works[:1]:  # they share one studio
            work.studio.stop()

    for cell, result in side_by_side(
        {cell: partial(_one, work, makers[work.asset].make) for cell, work in by_cell.items()},
        after={cell: makers[work.asset].after(work) for cell, work in by_cell.items()},
        workers=workers,
        name=lambda cell: f"{cell[0]} of {cell[1]}",
        on_interrupt=stop,
    ):
        work = by_cell[cell]
        if isinstance(result, Delivered):
            reused = _reused(work, result)
            work.records.write(work.asset, work.key, result.value, dict(result.made_from))
            outcomes.done[work.asset, work.key] = _cell_metadata(work, result, reused=reused)
            report(_progress(work, result, reused=reused))
        else:
            if isinstance(result, NinjaError) and result.where is None:
                result.where = f"{work.script_file}:{work.content.line}"
            _name_mend(result, work.key.episode, work.studio, f" --segments {work.key.segment}")
            outcomes.failed.append(Failed(work.asset, work.key, result, _again_usd(work)))
            detail = str(result).splitlines()[0] if str(result) else type(result).__name__
            report(Progress(work.asset, work.key.episode, work.key.segment, Step.FAILED, detail))


def _name_mend(error: Exception, episode: str, studio: Studio, cells: str = "") -> None:
    """Tell the command that brings back a file which the library has lost: the library does not know whose it is."""
    if isinstance(error, MediaLostError):
        error.mend = (
            f"`ninja produce {episode} --mode {studio.mode}{cells}`: what was made here is made again, what was paid "
            "for is fetched from its provider again for $0"
        )


def _again_usd(work: SegmentWork) -> float | None:
    """What another try would cost, by today's prices; None where the failure hides it too."""
    try:
        return 0.0 if work.studio.market is None else work.requests.usd(work.asset)
    except NinjaError:
        return None


def _make_episode(
    maker: EpisodeMaker, episode: str, segments: Sequence[str], studio: Studio, outcomes: _Outcomes
) -> list[Finding]:
    """Make an episode's cells into `outcomes`; returns what its checks found."""
    records = Records(studio.state, studio.settings.output, studio.mode)
    work = EpisodeWork(maker.name, episode, segments, studio, records)
    try:
        made = maker.make(work)
    except NinjaError as error:
        _name_mend(error, episode, studio)
        outcomes.failed += [Failed(maker.name, CellKey(episode, segment), error, 0.0) for segment in segments]
        return work.findings
    for segment in segments:
        outcomes.done[maker.name, CellKey(episode, segment)] = made.get(segment, {"in_script": False})
    for segment in made.keys() - set(segments):
        outcomes.also[maker.name, CellKey(episode, segment)] = made[segment]
    return work.findings


def _one(work: SegmentWork, make: Callable[[SegmentWork], Delivered]) -> Delivered:
    report(Progress(work.asset, work.key.episode, work.key.segment, Step.STARTED))
    return make(work)


def _reused(work: SegmentWork, result: Delivered) -> bool:
    """By its receipts; a cell that has none is reused when it delivers what its record already says."""
    if result.receipts:
        return all(receipt.reused for receipt in result.receipts)
    before = work.records.find(work.asset, work.key, type(result.value))
    return before is not None and before.value == result.value


def _cell_metadata(work: SegmentWork, result: Delivered, *, reused: bool) -> Metadata:
    told = {"in_script": True, "mode": work.studio.mode.value, **work.content.who()}
    return {**result.metadata, **told, **money_metadata(result.receipts), "reused": reused}  # pages keep this order


def _progress(work: SegmentWork, result: Delivered, *, reused: bool) -> Progress:
    cost = sum(receipt.cost_usd for receipt in result.receipts)
    step = Step.REUSED if reused else Step.MADE
    return Progress(work.asset, work.key.episode, work.key.segment, step, cost_usd=cost)


def _conclude(
    context: dg.AssetExecutionContext, keys: Iterable[dg.AssetKey], outcomes: _Outcomes
) -> Iterator[dg.MaterializeResult[None]]:
    """Write the events: through the step's own results when all is well, else one by one and then the failure."""
    for (asset, cell), metadata in outcomes.also.items():
        context.log_event(dg.AssetMaterialization(asset, partition=str(cell), metadata=dict(metadata)))
    if outcomes.failed:
        for (asset, cell), metadata in outcomes.done.items():
            context.log_event(dg.AssetMaterialization(asset, partition=str(cell), metadata=dict(metadata)))
        for failed in outcomes.failed:
            if not isinstance(failed.error, NinjaError):
                context.log.error("".join(traceback.format_exception(failed.error)))
        raise failure_of(outcomes.failed, done=len(outcomes.done))
    for (asset, cell), metadata in outcomes.done.items():
        context.add_asset_metadata(dict(metadata), asset_key=asset, partition_key=str(cell))
    for key in keys:
        yield dg.MaterializeResult(asset_key=key)
