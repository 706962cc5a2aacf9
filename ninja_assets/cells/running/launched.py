"""What a person launched, of which a run may be a part: a backfill has one config and many runs, and is executed again.

Dagster takes the tags of its backfill from a run that is executed again by hand when the backfill has ended, and names
only the first run then: of that one they are read. Nothing is decided here.
"""

from dataclasses import dataclass
from typing import Final, Self

import dagster as dg

from ninja_assets.cells.running.launch import episodes_of, root_run
from ninja_assets.partitions import parse_key
from resources.core.errors import ContentError
from resources.core.names import CellKey

_BACKFILL: Final = "dagster/backfill"
_ROOT_BACKFILL: Final = "dagster/root_backfill_id"  # of the runs of a backfill that is executed again: the first


@dataclass(frozen=True)
class Launched:
    """A launch. `cells`: of all of its runs; None where Dagster does not know them any more.

    `earlier`: the root runs of the same launch and of those that it executes again. What they were to make anew is
    made anew once for all of them.
    """

    cells: tuple[CellKey, ...] | None
    earlier: frozenset[str] = frozenset()

    @classmethod
    def of(cls, instance: dg.DagsterInstance, run: dg.DagsterRun, cells: tuple[CellKey, ...]) -> Self:
        """The launch of a run that makes `cells`."""
        root = instance.get_run_by_id(root_run(run)) or run
        tags = run.tags if _BACKFILL in run.tags else root.tags
        if _BACKFILL not in tags:
            # One that goes on with a person's yes makes one episode of those that the first run was asked for.
            names = dict.fromkeys([*(cell.episode for cell in cells), *episodes_of(root.tags)])
            return cls(tuple(CellKey(name, segment) for name in names for segment in _segments(cells)))
        first = tags.get(_ROOT_BACKFILL)
        return cls(_cells_of(instance, first or tags[_BACKFILL]), _root_runs(instance, first) if first else frozenset())


def _segments(cells: tuple[CellKey, ...]) -> list[str]:
    return list(dict.fromkeys(cell.segment for cell in cells))


def _cells_of(instance: dg.DagsterInstance, backfill_id: str) -> tuple[CellKey, ...] | None:
    """The cells of a backfill: one of assets names them by asset, one of the job's own page by their keys."""
    backfill = instance.get_backfill(backfill_id)
    if backfill is None:
        return None
    keys: list[str] = list(backfill.partition_names or ())
    if backfill.asset_backfill_data is not None:
        found = backfill.asset_backfill_data.target_subset.iterate_asset_partitions()
        keys += [each.partition_key for each in found if each.partition_key is not None]
    try:
        return tuple(map(parse_key, dict.fromkeys(keys))) or None
    except ContentError:
        return None


def _root_runs(instance: dg.DagsterInstance, backfill_id: str) -> frozenset[str]:
    """The root runs of a backfill, and of all that executed it again."""
    wanted = ({_BACKFILL: backfill_id}, {_ROOT_BACKFILL: backfill_id})
    return frozenset(root_run(run) for tags in wanted for run in instance.get_runs(dg.RunsFilter(tags=tags)))
