"""Putting published episodes away: out of the partition set, the records and the list of runs, with what stays told.

What stays: the cuts and what is published with them, the receipts, the purchases, the takes, the notes, the library.
What goes can be made again for $0 once the episode is taken back. The sensor does it for show.yaml's `archive`.
"""

import shutil
from collections.abc import Iterator, Sequence
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Final

import dagster as dg
from pydantic import BaseModel

from ninja_assets.cells.running.launch import EPISODE_TAG, read_cells
from ninja_assets.jobs import UNDER_WAY
from ninja_assets.partitions import EPISODE, segments_of
from resources.content.show import Show
from resources.core.errors import ContentError, NinjaError
from resources.core.names import (
    FINAL_FILE,
    FINAL_VIDEO,
    REVIEW_FILE,
    SEGMENT_PATTERN,
    Mode,
    check_episode,
    episode_file,
    episode_folder,
)
from resources.core.settings import Settings
from resources.models.loading import load_show
from resources.purchasing.books import find_ledger, open_state
from resources.purchasing.ledger import Entry, Grouping
from resources.purchasing.ledger.steps.caps import IN_FLIGHT
from resources.purchasing.ledger.tables.entry import State
from resources.purchasing.state.approvals import Approvals
from resources.purchasing.state.archived import Archive
from resources.purchasing.state.outputs import is_of
from resources.purchasing.state.state import ShowState

EVERY_SECONDS: Final = 3600
_AT_ONCE: Final = 20  # episodes that one tick puts away, at the most: Dagster ends one that takes a minute


class Archived(BaseModel):
    """What putting an episode away freed, and what of it stays. `bytes` are those of the files of the output folder."""

    episode: str
    records: int
    runs: int
    files: int
    bytes: int
    cuts: list[str]
    purchases: int


def archive(settings: Settings, show: Show, episodes: Sequence[str], instance: dg.DagsterInstance) -> list[Archived]:
    """Put episodes away, all of them or none. Raises ContentError for one of which something is still open.

    One that is archived already is put away again: what an archive that was broken off has left goes, too.
    """
    names = list(dict.fromkeys(map(check_episode, episodes)))
    with open_state(settings, show) as state:
        for name in names:
            _refuse(settings, show, state, name, instance)
        return [_put_away(settings, show, state, name, instance) for name in names]


def take_back(settings: Settings, show: Show, episodes: Sequence[str], instance: dg.DagsterInstance) -> list[str]:
    """Make archived episodes the show's again, each once; returns them. Raises ContentError for one that is not."""
    names = list(dict.fromkeys(map(check_episode, episodes)))
    with open_state(settings, show) as state:
        kept = Archive(state)
        for name in sorted(set(names) - kept.episodes()):
            written = episode_file(settings.show, name).exists()
            again = f"ninja produce {name}" if written else f"ninja new {name}"
            raise ContentError(f"{name} is not archived", hint=again, code="argument-unknown")
        for name in names:
            kept.take_back(name)
            if episode_file(settings.show, name).exists():
                instance.add_dynamic_partitions(EPISODE, [name])
    return names


def is_due(state: ShowState, after: timedelta, now: datetime) -> list[str]:
    """The published episodes that nobody has changed for that long, the oldest first."""
    newest: dict[str, float] = {}
    for kept in state.kept():
        newest[kept.episode] = max(kept.written_at, newest.get(kept.episode, 0.0))
    before = (now - after).timestamp()
    old = sorted((at, episode) for episode, at in newest.items() if at < before)
    published = (
        episode for _, episode in old if any(r.asset == FINAL_VIDEO for r in state.records(episode, Mode.FINAL))
    )
    away = Archive(state).episodes()
    return [episode for episode in published if episode not in away]


def archiving(*, settings: Settings) -> dg.SensorDefinition:
    """Puts published episodes away as show.yaml says."""

    @dg.sensor(
        name="archiving",
        minimum_interval_seconds=EVERY_SECONDS,
        default_status=dg.DefaultSensorStatus.RUNNING,
        description="Puts published episodes away `archive.after_days` after their final cut was last changed. Does "
        "nothing unless show.yaml says so.",
    )
    def archiving_sensor(context: dg.SensorEvaluationContext) -> dg.SkipReason:
        current = load_show(settings.show)
        days = current.archive.after_days
        if days is None:
            return dg.SkipReason("archive.after_days is not set")
        with open_state(settings, current) as state:
            due = is_due(state, timedelta(days=days), datetime.now(UTC))[:_AT_ONCE]
        outcomes = [_tried(settings, current, episode, context.instance) for episode in due]
        return dg.SkipReason("; ".join(outcomes) or f"no published episode is older than {days} day{'s' * (days > 1)}")

    return archiving_sensor


def _tried(settings: Settings, show: Show, episode: str, instance: dg.DagsterInstance) -> str:
    try:
        archive(settings, show, [episode], instance)
    except NinjaError as error:
        return f"{episode} stays: {error.what}"
    return f"{episode} is archived"


def _refuse(settings: Settings, show: Show, state: ShowState, episode: str, instance: dg.DagsterInstance) -> None:
    """Raise ContentError for an episode that there is not, or of which something is still open."""
    records = state.kept(episode)
    known = bool(records) or episode in instance.get_dynamic_partitions(EPISODE) or episode in Archive(state).episodes()
    if not known and not episode_file(settings.show, episode).exists():
        raise ContentError(f"there is no episode {episode}", hint=f"ninja new {episode}", code="argument-unknown")
    if runs := [run.run_id for run in _under_way(instance, show, episode)]:
        raise ContentError(
            f"{episode} cannot be archived: a run of it is under way",
            where=f"run {runs[0]}",
            hint=f"let it end, or end it there; then: ninja archive {episode}",
        )
    if asks := Approvals.of(state).waiting(episode):
        raise ContentError(
            f"{episode} cannot be archived: a price of it waits for a person",
            hint=asks[0].offer.decline,
        )
    _refuse_open_requests(settings, show, episode)


def _refuse_open_requests(settings: Settings, show: Show, episode: str) -> None:
    ledger = find_ledger(settings, show)
    if ledger is None:
        return
    with closing(ledger):
        sent = ledger.rows(episode=episode, states=set(IN_FLIGHT) - {State.INTENDED})
    if sent:
        raise ContentError(
            f"{episode} cannot be archived: {len(sent)} of its requests are open, and may deliver something",
            where=f"ledger entry {sent[0].id}, request {sent[0].request_id or '(not known)'}",
            hint=f"`ninja produce {episode} --mode {sent[0].cell.mode}` collects what the script still asks for; "
            f"of what it asks for no more, {_let_go(sent[0])}",
        )


def _let_go(entry: Entry) -> str:
    """How a request is closed that no run looks for any more."""
    charged = f"`ninja ledger settle {entry.id} charged` counts it as spent"
    if entry.state is State.SUBMITTED:
        return charged
    return f"`ninja ledger settle {entry.id} not-charged` looks whether it was taken, and {charged}"


def _under_way(instance: dg.DagsterInstance, show: Show, episode: str) -> Iterator[dg.DagsterRun]:
    known = instance.get_dynamic_partitions(EPISODE)
    for run in instance.get_runs(dg.RunsFilter(statuses=UNDER_WAY)):
        try:
            cells = read_cells(run.tags, episodes=known, segments=segments_of(show.slots))
        except ContentError:  # it will be refused when it begins
            continue
        if episode in {cell.episode for cell in cells} or run.tags.get(EPISODE_TAG) == episode:
            yield run


def _put_away(settings: Settings, show: Show, state: ShowState, episode: str, instance: dg.DagsterInstance) -> Archived:
    purchases = _purchases(settings, show, episode)
    records = Archive(state).put(episode)
    if episode in instance.get_dynamic_partitions(EPISODE):
        instance.delete_dynamic_partition(EPISODE, episode)
    runs = instance.get_runs(dg.RunsFilter(tags={EPISODE_TAG: episode}))
    for run in runs:
        instance.delete_run(run.run_id)
    sizes = [_remove(path) for path in _copies(settings, show, episode)]
    return Archived(
        episode=episode,
        records=records,
        runs=len(runs),
        files=sum(files for files, _ in sizes),
        bytes=sum(size for _, size in sizes),
        cuts=[str(path) for mode in Mode for path in _cuts(settings, episode, mode)],
        purchases=purchases,
    )


def _purchases(settings: Settings, show: Show, episode: str) -> int:
    ledger = find_ledger(settings, show)
    if ledger is None:
        return 0
    with closing(ledger):
        return sum(total.requests for total in ledger.totals(Grouping.EPISODE, episode=episode))


def _cuts(settings: Settings, episode: str, mode: Mode) -> list[Path]:
    folder, name = episode_folder(settings.output, episode, mode), Path(FINAL_FILE)
    return sorted(folder.glob(f"{name.stem}*{name.suffix}"))


def _copies(settings: Settings, show: Show, episode: str) -> Iterator[Path]:
    """What the output folder has of an episode's segments, and the pages that play them."""
    if not is_of(settings.output, episode, show.id):
        return
    for mode in Mode:
        folder, review = episode_folder(settings.output, episode, mode), Path(REVIEW_FILE)
        yield from (each for each in folder.glob("s*") if SEGMENT_PATTERN.fullmatch(each.name) and each.is_dir())
        yield from folder.glob(f"{review.stem}*{review.suffix}")


def _remove(path: Path) -> tuple[int, int]:
    """Remove a file or a folder; returns how many files, and their bytes."""
    files = [each for each in path.rglob("*") if each.is_file()] if path.is_dir() else [path]
    size = sum(each.stat().st_size for each in files)
    shutil.rmtree(path) if path.is_dir() else path.unlink()
    return len(files), size
