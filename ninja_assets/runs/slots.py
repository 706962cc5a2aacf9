"""Which slots a run of a whole episode holds: those that its script uses, and those that Dagster does not show as
unused yet.

A slot that a script leaves unused has an event in each asset that says so. Told once, that stays so, and telling it
again with every run would be most of what a run writes. A slot is told again when it was used since, or when a run
that was to tell it did not end well: Dagster shows its cells as failed then.
"""

from collections.abc import Collection, Sequence
from datetime import UTC, datetime

import dagster as dg

from ninja_assets.cells.running.launch import read_cells
from ninja_assets.partitions import EPISODE, parse_key, segments_of
from resources.content.segments import Script
from resources.core.errors import ContentError
from resources.core.names import CellKey

_NOT_WELL = [status for status in dg.DagsterRunStatus if status is not dg.DagsterRunStatus.SUCCESS]


def slots_to_make(instance: dg.DagsterInstance, script: Script, slots: int, assets: Sequence[str]) -> list[str]:
    """One contiguous range from the first slot: all that the script uses, and on to the last one that is to be told."""
    every = segments_of(slots)
    spare = [segment for segment in every if script.segment(segment) is None]
    unused = _known_unused(instance, script.episode, spare, assets)
    unused = _less_failed(instance, script.episode, unused, every)
    last = max(place for place, segment in enumerate(every) if segment not in unused)
    return every[: last + 1]


def _known_unused(
    instance: dg.DagsterInstance, episode: str, spare: Sequence[str], assets: Sequence[str]
) -> dict[str, float]:
    """The slots whose newest event says in each of the assets that they are unused, since when."""
    unused = dict.fromkeys(spare, float("inf"))
    for asset in assets:
        if not unused:
            break
        known = _unused(instance, asset, [str(CellKey(episode, segment)) for segment in unused])
        unused = {segment: min(since, known[segment]) for segment, since in unused.items() if segment in known}
    return unused


def _unused(instance: dg.DagsterInstance, asset: str, keys: Sequence[str]) -> dict[str, float]:
    """Of some cells of an asset, by segment, those whose newest event says that the slot is unused, and its time.

    As many events are read as there are cells: where some cells have several, others are missed, and told again.
    """
    wanted = dg.AssetRecordsFilter(dg.AssetKey(asset), asset_partitions=keys)
    newest: dict[str, tuple[bool, float]] = {}
    for record in instance.fetch_materializations(wanted, limit=len(keys)).records:
        made = record.asset_materialization
        if made is not None and made.partition is not None:
            in_script = made.metadata.get("in_script")
            unused = in_script is not None and in_script.value is False
            newest.setdefault(parse_key(made.partition).segment, (unused, record.timestamp))
    return {segment: since for segment, (unused, since) in newest.items() if unused}


def _less_failed(
    instance: dg.DagsterInstance, episode: str, unused: dict[str, float], every: Sequence[str]
) -> dict[str, float]:
    """Without the slots of runs that began since, and did not end well or have not ended."""
    if not unused:
        return unused
    since = datetime.fromtimestamp(min(unused.values()), UTC)
    records = instance.get_run_records(dg.RunsFilter(statuses=_NOT_WELL, created_after=since))
    episodes = instance.get_dynamic_partitions(EPISODE) if records else ()
    for record in records:
        begun = record.create_timestamp.timestamp()
        held = _held(record.dagster_run, episode, episodes, every)
        unused = {segment: at for segment, at in unused.items() if segment not in held or at > begun}
    return unused


def _held(run: dg.DagsterRun, episode: str, episodes: Sequence[str], every: Sequence[str]) -> Collection[str]:
    """The slots of an episode that a run was launched with: all of them, where that cannot be read."""
    try:
        cells = read_cells(run.tags, episodes=episodes, segments=every)
    except ContentError:
        return every
    return {cell.segment for cell in cells if cell.episode == episode}
