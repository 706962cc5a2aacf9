"""What a run makes of one episode: what it was asked for, and what a cell that failed before was asked for then.

A cell that is launched alone is made alone. But a red one, which a run was asked for and did not make, is carried on to
all that was asked of it, to what was to be made from it, and to the cut. Nothing is carried that nobody asked for: a
clip is never bought because its voice was made again.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field

from ninja_assets.cells.asset import AssetCell, Graph, SegmentAsset
from ninja_assets.cells.record.records import Records
from ninja_assets.cells.work import SegmentWork
from resources.content.segments import Script
from resources.core.names import CellKey
from resources.studio import Studio


@dataclass(frozen=True)
class Chosen:
    """A cell's asset that is to be made."""

    asset: SegmentAsset
    work: SegmentWork


@dataclass(frozen=True)
class Needless:
    """A cell's asset that has nothing to do: a slot that the script does not use, or `why` the segment needs none."""

    asset: str
    cell: CellKey
    why: str | None = None


@dataclass(frozen=True)
class Plan:
    """What is made of an episode. `cut` has the segments whose places in the cut are told; None where none is made.

    `cut_is_carried`: this run was not asked for the cut, which is made only if everything is there. `wanted` is all
    that it is to make, (segment, asset), and `made` what of it is made.
    """

    studio: Studio
    script: Script
    records: Records
    chosen: tuple[Chosen, ...]
    needless: tuple[Needless, ...]
    cut: tuple[str, ...] | None
    cut_is_carried: bool
    wanted: frozenset[tuple[str, str]]
    made: set[tuple[str, str]] = field(default_factory=set)

    @property
    def episode(self) -> str:
        """The episode's name."""
        return self.script.episode

    def done(self, asset: str, segment: str) -> None:
        """Note that a cell is made."""
        self.made.add((segment, asset))

    def write_down(self) -> None:
        """Keep what is asked for and not made, for the launch that mends it; what other runs keep stays theirs."""
        self.records.refresh(self.episode)
        asked = {
            segment: set(names)
            for segment, names in self.records.asked(self.episode).items()
            if self.script.segment(segment)
        }
        for segment, asset in self.wanted:
            asked.setdefault(segment, set()).add(asset)
        for segment, asset in self.made:
            asked.get(segment, set()).discard(asset)
        self.records.ask(self.episode, asked)


def plan(
    graph: Graph,
    studio: Studio,
    records: Records,
    script: Script,
    *,
    segments: Sequence[str],
    assets: Collection[str],
    root_run: str,
) -> Plan:
    """Plan a run over `segments` of an episode that makes `assets`; which of them are red, `records` know."""
    cells = _Cells(studio, records, script, root_run)
    before = {segment: names for segment, names in records.asked(script.episode).items() if script.segment(segment)}
    waits = {
        segment: {
            cell.segment for asset in graph.segments if asset.name in names for _, cell in cells.after(asset, segment)
        }
        for segment, names in before.items()
    }
    red = {segment for segment in segments if before.get(segment, frozenset()) & set(assets)}
    wanted = {segment: set(assets) for segment in segments}
    for segment in _carried(waits, red):
        wanted.setdefault(segment, set()).update(before[segment])
    chosen, needless = cells.choose(graph, wanted)
    cut = graph.cut.name
    if cut in assets:
        needless += [Needless(cut, CellKey(script.episode, each)) for each in segments if not script.segment(each)]
    in_script = {segment: names for segment, names in wanted.items() if script.segment(segment)}
    waiting = {segment: {*before.get(segment, ()), *in_script.get(segment, ())} for segment in {**before, **in_script}}
    return Plan(
        studio=studio,
        script=script,
        records=records,
        chosen=tuple(chosen),
        needless=tuple(needless),
        cut=tuple(asked_of(waiting, cut)) if any(cut in names for names in wanted.values()) else None,
        cut_is_carried=cut not in assets,
        wanted=frozenset((segment, name) for segment, names in in_script.items() for name in names),
    )


def standing(
    graph: Graph, studio: Studio, records: Records, script: Script, assets: Collection[str]
) -> Sequence[Chosen]:
    """The cells of a whole episode that have something of these assets, to be looked at where they stand."""
    wanted = {content.segment: set(assets) for content in script.segments}
    return _Cells(studio, records, script, "").choose(graph, wanted)[0]


def asked_of(asked: Mapping[str, Collection[str]], asset: str) -> list[str]:
    """The segments of which an asset is asked for."""
    return [segment for segment, names in asked.items() if asset in names]


@dataclass(frozen=True)
class _Cells:
    """The cells of one episode as work to be done."""

    studio: Studio
    records: Records
    script: Script
    root_run: str

    def work(self, asset: str, segment: str) -> SegmentWork | None:
        content = self.script.segment(segment)
        if content is None:
            return None
        key = CellKey(self.script.episode, segment)
        return SegmentWork(asset, key, self.script, content, self.studio, self.records, self.root_run)

    def after(self, asset: SegmentAsset, segment: str) -> Collection[AssetCell]:
        work = self.work(asset.name, segment)
        return asset.after(work) if work and not work.content.not_needed(asset.name) else ()

    def choose(self, graph: Graph, wanted: Mapping[str, Collection[str]]) -> tuple[list[Chosen], list[Needless]]:
        """What is to be made, asset by asset, and what nothing is made for."""
        chosen: list[Chosen] = []
        needless: list[Needless] = []
        for asset in graph.segments:
            for segment in asked_of(wanted, asset.name):
                work = self.work(asset.name, segment)
                why = work.content.not_needed(asset.name) if work else None
                if work is None or why:
                    needless.append(Needless(asset.name, CellKey(self.script.episode, segment), why))
                else:
                    chosen.append(Chosen(asset, work))
        return chosen, needless


def _carried(waits: Mapping[str, Collection[str]], red: Collection[str]) -> set[str]:
    """The red segments, and of those that are asked for all that wait for them, near and far."""
    found = set(red)
    while more := {segment for segment, others in waits.items() if segment not in found and found & set(others)}:
        found |= more
    return found
