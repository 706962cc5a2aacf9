"""An asset as it is declared: all of it on the decorator of the function that makes it.

    @segment_asset(deps=[SCRIPT], kinds={"audio"}, description="…", code_version=f"{TRACK_VERSION}")
    def tts_audio(work: SegmentWork) -> Delivered: …

A segment's asset is made cell by cell, an episode's asset for the whole episode at once. What is the same for all of
them, cells side by side, events, failures, is the engine's.
"""

from collections.abc import Callable, Collection, Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass

import dagster as dg

from ninja_assets.cells.work import Delivered, EpisodeWork, Metadata, SegmentWork
from resources.core.errors import ContentError
from resources.core.names import CellKey
from resources.quality.checks.report import Check, Finding

# One group: the graph page shows several closed, as boxes without their assets.
GROUP = "show"
AssetCell = tuple[str, CellKey]  # an asset's name and a cell


class NotYetError(ContentError):
    """What an asset is made from is not all there yet."""


@dataclass(frozen=True)
class Declared:
    """What Dagster shows of an asset. `code_version` tells cells that an older version made."""

    name: str
    deps: tuple[str, ...]
    kinds: frozenset[str]
    description: str
    checks: tuple[Check, ...]
    code_version: str | None

    def spec(self, owners: Sequence[str]) -> dg.AssetSpec:
        """The spec of an output that is never yielded: the engine writes an event for each cell."""
        return dg.AssetSpec(
            self.name,
            deps=list(self.deps),
            group_name=GROUP,
            kinds=set(self.kinds),
            description=self.description,
            owners=list(owners),
            code_version=self.code_version,
            skippable=True,
        )


@dataclass(frozen=True)
class SegmentAsset:
    """An asset whose cells are made one by one.

    `after` names cells of other segments that it is made from, `follows` those that it looks at if they are there: it
    waits for both, and fails with the former alone. `on_cores`: the work is this machine's own wherever the
    rest is made. `paid`: where clips are bought, a cell waits for the price. `check` judges a cell that is made, by its
    records. A segment says itself when it needs nothing of an asset.
    """

    declared: Declared
    make: Callable[[SegmentWork], Delivered]
    on_cores: bool
    paid: bool
    after: Callable[[SegmentWork], Collection[AssetCell]]
    follows: Callable[[SegmentWork], Collection[AssetCell]]
    check: Callable[[SegmentWork], Sequence[Finding]] | None

    @property
    def name(self) -> str:
        """The asset's name."""
        return self.declared.name


@dataclass(frozen=True)
class EpisodeAsset:
    """An asset that is made for the whole episode at once. Cells that `make` does not return are unused slots.

    `make` may return cells that the run does not hold: their places have changed, and they get an event of their own.
    `check` judges again what is made, by its records.
    """

    declared: Declared
    make: Callable[[EpisodeWork], Mapping[str, Metadata]]
    check: Callable[[EpisodeWork], Sequence[Finding]] | None

    @property
    def name(self) -> str:
        """The asset's name."""
        return self.declared.name


@dataclass(frozen=True)
class Graph:
    """The assets of an episode: the script, what is made cell by cell, the cut. In the order in which they are made."""

    script: EpisodeAsset
    segments: tuple[SegmentAsset, ...]
    cut: EpisodeAsset

    @property
    def declared(self) -> tuple[Declared, ...]:
        """What Dagster shows of them."""
        return (self.script.declared, *(asset.declared for asset in self.segments), self.cut.declared)

    def before(self, name: str) -> frozenset[str]:
        """All that an asset is made from, near and far."""
        deps = {declared.name: declared.deps for declared in self.declared}
        near = frozenset(deps[name])
        return near.union(*(self.before(dep) for dep in near))


def _at_once(_: SegmentWork) -> Collection[AssetCell]:
    return ()


def segment_asset(
    *,
    deps: Sequence[str],
    kinds: AbstractSet[str],
    description: str,
    code_version: str | None = None,
    on_cores: bool = False,
    paid: bool = False,
    after: Callable[[SegmentWork], Collection[AssetCell]] = _at_once,
    follows: Callable[[SegmentWork], Collection[AssetCell]] = _at_once,
    checks: Sequence[Check] = (),
    check: Callable[[SegmentWork], Sequence[Finding]] | None = None,
) -> Callable[[Callable[[SegmentWork], Delivered]], SegmentAsset]:
    """Declare the asset of that function's name, made cell by cell: see `SegmentAsset`."""

    def declare(make: Callable[[SegmentWork], Delivered]) -> SegmentAsset:
        declared = _declared(make.__name__, deps, kinds, description, checks, code_version)
        return SegmentAsset(declared, make, on_cores, paid, after, follows, check)

    return declare


def episode_asset(
    *,
    deps: Sequence[str] = (),
    kinds: AbstractSet[str],
    description: str,
    code_version: str | None = None,
    checks: Sequence[Check] = (),
    check: Callable[[EpisodeWork], Sequence[Finding]] | None = None,
) -> Callable[[Callable[[EpisodeWork], Mapping[str, Metadata]]], EpisodeAsset]:
    """Declare the asset of that function's name, made for an episode at once: see `EpisodeAsset`."""

    def declare(make: Callable[[EpisodeWork], Mapping[str, Metadata]]) -> EpisodeAsset:
        return EpisodeAsset(_declared(make.__name__, deps, kinds, description, checks, code_version), make, check)

    return declare


def _declared(
    name: str,
    deps: Sequence[str],
    kinds: AbstractSet[str],
    description: str,
    checks: Sequence[Check],
    code_version: str | None,
) -> Declared:
    return Declared(name, tuple(deps), frozenset(kinds), description, tuple(checks), code_version)
