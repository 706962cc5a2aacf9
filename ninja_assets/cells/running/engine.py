"""The engine: each cell through its own chain, as far as it can; what is recorded, and what is told as it happens.

An asset says what happens for one cell, or for one episode (`asset`). What is the same for all of them is here: doing
cells side by side, recording each before the next of its chain begins, judging it, and going on with the others when
one fails. Nothing here knows Dagster: what happened is yielded, and `step` tells it there.

Where clips are bought there is one barrier: when the voices of an episode and the uploads of its pictures have ended,
well or badly, the price of its clips is settled once, for the segments that have a voice. All else flows.
"""

import math
from collections import defaultdict
from collections.abc import Generator, Iterator, Mapping, Sequence
from contextlib import ExitStack
from functools import partial
from typing import NamedTuple

from ninja_assets.cells.asset import Graph, NotYetError
from ninja_assets.cells.consent.barrier import BeforeClips, Refused
from ninja_assets.cells.cut_off import once_more
from ninja_assets.cells.failure_table import Failed, InVain
from ninja_assets.cells.record.records import Records
from ninja_assets.cells.running import scheduler
from ninja_assets.cells.running.beginning import Asked, begin_episode
from ninja_assets.cells.running.launch import segments_by_episode
from ninja_assets.cells.running.outcomes import Done, Judged, Outcome, done, failed, was_there
from ninja_assets.cells.running.plan import Chosen, Plan, standing
from ninja_assets.cells.running.scheduler import Begun, Broken, Made, Task, flow
from ninja_assets.cells.work import Delivered, EpisodeWork, Metadata, SegmentWork
from resources.content.segments import Script
from resources.core.errors import NinjaError
from resources.core.library.full_disk import full_disk
from resources.core.names import TTS_AUDIO, UPLOADED_URLS, CellKey
from resources.core.progress import LOGGER, Progress, Step, report
from resources.core.values import VoiceTrack
from resources.quality.checks.report import Finding
from resources.studio import Studio

PRICE = "the price of the clips"  # as a failure's asset
_REMOTE, _CORES = "remote", "cores"  # lanes: waiting for a provider, and work of this machine


def run_cells(graph: Graph, asked: Asked, studio: Studio, before_clips: BeforeClips) -> Generator[Outcome, None, None]:
    """Make what is asked for; yields each outcome as it happens. Slots that nothing is made for come first.

    Closed before its end, it stops what is under way, and keeps what is left to be made.
    """
    plans: list[Plan] = []
    first: list[Outcome] = []
    with ExitStack() as versions:
        for episode, segments in segments_by_episode(asked.cells).items():
            opened, outcomes = begin_episode(graph, asked, studio, episode, segments, versions)
            plans += [opened] if opened else []
            first += outcomes
        try:
            yield from _Flow(graph, studio, before_clips, plans).run(first)
        finally:
            for each in plans:
                _write_down(each)


def _write_down(planned: Plan) -> None:
    """Keep what is not made yet. Where it cannot be kept, all that was asked for is, since before the first cell.

    What has come of the cells, and what they cost, is told in any case.
    """
    try:
        planned.write_down()
    except NinjaError as error:
        LOGGER.warning("%s: what is left to be made could not be noted: %s", planned.episode, error)


def judge_again(graph: Graph, assets: Sequence[str], studio: Studio, episode: str) -> Iterator[Judged]:
    """What the checks of assets find of an episode as it is recorded; what is not there is not judged."""
    records = Records(studio.state, studio.settings.output, studio.mode)
    script = records.script(episode)
    for asset in graph.segments:
        if asset.name in assets and asset.check is not None:
            cells = standing(graph, studio, records, script, [asset.name])
            yield Judged(asset.name, {episode: [finding for chosen in cells for finding in _known(chosen)]})
    if graph.cut.name in assets and graph.cut.check is not None:
        work = EpisodeWork(graph.cut.name, episode, [], studio, records)
        yield Judged(graph.cut.name, {episode: graph.cut.check(work)})


class _Key(NamedTuple):
    kind: str
    asset: str
    cell: CellKey


_BEHIND = 2  # segments that composites are behind clips: so many are left when the last clip is drawn
_MAKE, _CHECK, _LOOK = "make", "check", "look"  # what is done with a cell; another one of its episode is looked at


class _Wave:
    """The order of a run's tasks: first what clips are made of, then a wave over the segments, composites behind clips.

    Voices come first, for no price is settled and nothing composed before an episode has all of its own. Drawing holds
    Python's own lock and composing holds none: side by side they fill the processors, as neither does alone; and some
    segments behind, not at once, so that there is both to the end. What is found of a segment comes after its
    composite, and so is told long before the last one is made.
    """

    def __init__(self, graph: Graph, scripts: Sequence[Script]) -> None:
        cells = [CellKey(script.episode, content.segment) for script in scripts for content in script.segments]
        self._segments = {cell: number for number, cell in enumerate(cells)}
        self._ends = {cell.episode: number for number, cell in enumerate(cells)}
        self._behind = {
            asset.name: _BEHIND * asset.on_cores for asset in graph.segments if asset.paid or asset.on_cores
        }
        self._behind[graph.cut.name] = _BEHIND

    def place(self, key: _Key) -> float:
        """Where a task stands: of two that could begin, the one with the smaller number does."""
        if key.kind == _LOOK:
            return math.inf
        if key.kind == _MAKE and key.asset not in self._behind:
            return -1.0
        behind = self._behind[key.asset] if key.kind == _MAKE else _BEHIND
        return self._segments.get(key.cell, self._ends.get(key.cell.episode, 0)) + behind


class _Flow:
    """The chains of all episodes of a run, and what has come of them."""

    def __init__(self, graph: Graph, studio: Studio, before_clips: BeforeClips, plans: Sequence[Plan]) -> None:
        self._graph, self._studio, self._before_clips = graph, studio, before_clips
        self._plans = {each.episode: each for each in plans}
        self._chosen = {(each.asset.name, each.work.key): each for made in plans for each in made.chosen}
        self._made: dict[tuple[str, CellKey], tuple[Delivered, bool]] = {}  # with whether it is reused
        self._cuts: dict[str, EpisodeWork] = {}
        self._findings: dict[str, dict[str, list[Finding]]] = defaultdict(lambda: defaultdict(list))
        self._unjudged: dict[str, int] = defaultdict(int)  # asset -> looks at its cells that have not ended
        self._bad_voices: set[CellKey] = set()
        self._refused: dict[str, Refused] = {}  # by episode: clips that must not be made, each for itself

    def run(self, first: Sequence[Outcome]) -> Iterator[Outcome]:
        """Yields `first`, while the first chains are begun, and then what comes of them."""
        tasks = self._tasks()
        for key in tasks:
            self._unjudged[key.asset] += self._judges(key)
        lanes = {_REMOTE: max(1, self._studio.workers), _CORES: max(1, self._studio.cores)}
        with flow(tasks, lanes=lanes, on_interrupt=self._studio.stop) as flowing:
            yield from first
            for ended in flowing:
                yield from self._outcome(ended)

    # What is done, in which order

    def _tasks(self) -> dict[_Key, Task[_Key, object]]:
        """All that is to be done, in the order in which it should begin: see `_Wave`."""
        makes = {_Key(_MAKE, name, cell): self._make_task(each) for (name, cell), each in self._chosen.items()}
        checks: dict[_Key, Task[_Key, object]] = {
            _Key(_CHECK, name, cell): Task(partial(self._judged, each), _CORES, frozenset({_Key(_MAKE, name, cell)}))
            for (name, cell), each in self._chosen.items()
            if each.asset.check is not None
        }
        prices = {key: self._price_task(key.cell.episode) for key in map(self._price_of, self._chosen.values()) if key}
        tasks = {**makes, **prices, **checks, **self._cut_tasks({*makes, *checks}), **self._look_tasks()}
        wave = _Wave(self._graph, [each.script for each in self._plans.values()])
        return {key: tasks[key] for key in sorted(tasks, key=wave.place)}

    def _make_task(self, chosen: Chosen) -> Task[_Key, object]:
        asset, work = chosen.asset, chosen.work
        here = (not self._studio.mode.paid) or asset.on_cores
        price = self._price_of(chosen)
        return Task(
            partial(self._make, chosen),
            _CORES if here else _REMOTE,
            needs=frozenset(
                {
                    *(_Key(_MAKE, name, work.key) for name in self._graph.before(asset.name)),
                    *(_Key(_MAKE, name, cell) for name, cell in asset.after(work)),
                    *([price] if price else []),
                }
            ),
            follows=frozenset(_Key(_MAKE, name, cell) for name, cell in asset.follows(work)),
        )

    def _price_of(self, chosen: Chosen) -> _Key | None:
        """The barrier that a cell waits at, if it does."""
        if not (chosen.asset.paid and self._studio.mode.paid):
            return None
        return _Key(_MAKE, PRICE, CellKey(chosen.work.key.episode, ""))

    def _price_task(self, episode: str) -> Task[_Key, object]:
        of_episode = {key: each for key, each in self._chosen.items() if key[1].episode == episode}
        # The pictures, too: the price is of the clips of those that are recorded by then.
        made_of = frozenset(_Key(_MAKE, name, cell) for name, cell in of_episode if name in (TTS_AUDIO, UPLOADED_URLS))
        clips = [each.work for each in of_episode.values() if each.asset.paid]

        def settle() -> None:
            found = [work for work in clips if work.key not in self._bad_voices and _has_voice(work)]
            self._refused[episode] = self._before_clips(found)

        return Task(settle, _REMOTE, follows=made_of)

    def _cut_tasks(self, others: set[_Key]) -> dict[_Key, Task[_Key, object]]:
        tasks: dict[_Key, Task[_Key, object]] = {}
        for name, each in self._plans.items():
            if each.cut is not None:
                key = _Key(_MAKE, self._graph.cut.name, CellKey(name, ""))
                work = EpisodeWork(key.asset, name, each.cut, each.studio, each.records)
                self._cuts[name] = work
                needs = frozenset(other for other in others if other.cell.episode == name)
                tasks[key] = Task(partial(self._graph.cut.make, work), _CORES, needs)
        return tasks

    def _look_tasks(self) -> dict[_Key, Task[_Key, object]]:
        """Checks tell of a whole episode: what this run does not make of it is looked at where it stands."""
        tasks: dict[_Key, Task[_Key, object]] = {}
        for each in self._plans.values():
            judged = {chosen.asset.name for chosen in each.chosen if chosen.asset.check is not None}
            for chosen in standing(self._graph, each.studio, each.records, each.script, judged):
                if (chosen.asset.name, chosen.work.key) not in self._chosen:
                    tasks[_Key(_LOOK, chosen.asset.name, chosen.work.key)] = Task(partial(_known, chosen), _CORES)
        return tasks

    def _make(self, chosen: Chosen) -> Delivered:
        work = chosen.work
        refused = self._refusal(work.asset, work.key)
        if refused is not None:
            raise refused
        try:
            delivered = once_more(partial(chosen.asset.make, work))
        except BaseException:
            if work.asset == TTS_AUDIO:
                self._bad_voices.add(work.key)
            raise
        reused = was_there(work, delivered)
        once_more(partial(work.records.write, work.asset, work.key, delivered.value, dict(delivered.made_from)))
        self._made[work.asset, work.key] = delivered, reused
        return delivered

    def _refusal(self, asset: str, cell: CellKey) -> NinjaError | None:
        return self._refused.get(cell.episode, {}).get((asset, cell))

    def _judged(self, chosen: Chosen) -> Sequence[Finding]:
        check = chosen.asset.check
        return check(chosen.work) if check else ()

    # What has come of it

    def _outcome(self, of: scheduler.Outcome[_Key, object]) -> Iterator[Outcome]:
        """What to tell of a task. Reported is in the thread that tells, for whoever works waits for no event log."""
        kind, asset, cell = of.key
        if isinstance(of, Begun):
            if kind == _MAKE and (asset, cell) in self._chosen and self._refusal(asset, cell) is None:
                report(Progress(asset, *cell, Step.STARTED))
            return
        if isinstance(of, Made):
            yield from self._well(of.key, of.result)
        elif isinstance(of, Broken):
            yield from self._badly(of.key, of.error)
        elif kind == _MAKE:
            because = frozenset((key.asset, key.cell) for key in of.because)
            yield from (InVain(asset, each, because) for each in self._cells_of(asset, cell))
        if self._judges(of.key):
            self._unjudged[asset] -= 1
            if not self._unjudged[asset]:
                yield Judged(asset, self._findings[asset])

    def _judges(self, key: _Key) -> bool:
        """Whether a task finds something for the checks of its asset: the cut's own does."""
        return key.kind in (_CHECK, _LOOK) or key.asset == self._graph.cut.name

    def _well(self, key: _Key, result: object) -> Iterator[Outcome]:
        _, asset, cell = key
        if isinstance(result, Mapping):
            yield from self._cut(cell.episode, result)
        elif isinstance(result, Delivered):
            cost = sum(receipt.cost_usd for receipt in result.receipts)
            report(Progress(asset, *cell, Step.REUSED if self._made[asset, cell][1] else Step.MADE, cost_usd=cost))
            if self._chosen[asset, cell].asset.check is None:
                yield self._done(asset, cell, None)
        elif isinstance(result, Sequence):
            self._findings[asset][cell.episode] += result
            if key.kind == _CHECK:
                yield self._done(asset, cell, result)

    def _done(self, asset: str, cell: CellKey, findings: Sequence[Finding] | None) -> Done:
        delivered, reused = self._made[asset, cell]
        self._plans[cell.episode].done(asset, cell.segment)
        return done(self._chosen[asset, cell].work, delivered, findings, reused=reused)

    def _cut(self, episode: str, cells: Mapping[str, Metadata]) -> Iterator[Outcome]:
        name, work = self._graph.cut.name, self._cuts[episode]
        for segment, metadata in cells.items():
            self._plans[episode].done(name, segment)
            yield Done(name, CellKey(episode, segment), metadata)
        self._keep_findings(work)

    def _keep_findings(self, work: EpisodeWork) -> None:
        found = [finding for finding in work.findings if finding.asset == work.asset]
        self._findings[work.asset][work.episode] += found

    def _badly(self, key: _Key, error: Exception) -> Iterator[Outcome]:
        _, asset, cell = key
        error = full_disk(error) or error
        if asset == self._graph.cut.name:
            self._keep_findings(self._cuts[cell.episode])  # a finding that stopped the cut is seen as a check
            if isinstance(error, NotYetError) and self._plans[cell.episode].cut_is_carried:
                LOGGER.info("%s: %s (%s)", cell.episode, error.what, error.why)
                return
        chosen = self._chosen.get((asset, cell))
        if chosen is not None:
            found = failed(chosen.work, error)
            detail = str(error).splitlines()[0] if str(error) else type(error).__name__
            report(Progress(asset, *cell, Step.FAILED, detail, cost_usd=found.charges.charged_usd))
            yield found
            return
        again = None if asset == PRICE else 0.0  # what waits says its own price
        yield from (Failed(asset, each, error, again) for each in self._cells_of(asset, cell))

    def _cells_of(self, asset: str, cell: CellKey) -> Sequence[CellKey]:
        """The cells that a task was for: of the cut and of the price, those of the episode."""
        if cell.segment:
            return [cell]
        if asset == self._graph.cut.name:
            return [CellKey(cell.episode, segment) for segment in self._cuts[cell.episode].segments]
        clips = [each.work.key for each in self._chosen.values() if each.asset.paid]
        return [key for key in dict.fromkeys(clips) if key.episode == cell.episode]


def _has_voice(work: SegmentWork) -> bool:
    """Whether the length of what is spoken in a cell is known; nobody speaks in a shot."""
    if work.content.not_needed(TTS_AUDIO):
        return True
    return work.records.find(TTS_AUDIO, work.key, VoiceTrack) is not None


def _known(chosen: Chosen) -> Sequence[Finding]:
    """What is found of a cell as it is recorded; nothing where it is not made, or not from what is there now."""
    try:
        return chosen.asset.check(chosen.work) if chosen.asset.check else ()
    except NinjaError:
        return ()
