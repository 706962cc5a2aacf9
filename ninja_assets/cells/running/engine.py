"""The engine: each cell through its own chain, as far as it can; what is recorded, and what is told as it happens.

An asset says what happens for one cell, or for one episode (`asset`). What is the same for all of them is here: doing
cells side by side, recording each before the next of its chain begins, judging it, and going on with the others when
one fails. Nothing here knows Dagster: what happened is yielded, and `step` tells it there.

Where clips are bought there is one barrier: when the voices of an episode have ended, well or badly, the price of its
clips is settled once, for the segments that have a voice. All else flows.
"""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack, suppress
from dataclasses import dataclass
from functools import partial
from typing import NamedTuple

from ninja_assets.cells.asset import Graph, NotYetError
from ninja_assets.cells.check_results import summary
from ninja_assets.cells.consent.barrier import BeforeClips, Refused
from ninja_assets.cells.cost_metadata import money_metadata
from ninja_assets.cells.failure_table import Failed, InVain
from ninja_assets.cells.record.records import Records
from ninja_assets.cells.running import scheduler
from ninja_assets.cells.running.launch import segments_by_episode, why_not_anew
from ninja_assets.cells.running.plan import Chosen, Needless, Plan, plan, standing
from ninja_assets.cells.running.scheduler import Begun, Broken, Made, Task, flow
from ninja_assets.cells.work import Delivered, EpisodeWork, Metadata, SegmentWork
from resources.content.loader import show_marks
from resources.content.segments import Script
from resources.core.errors import MediaLostError, NinjaError, StudioError
from resources.core.names import BOUGHT, SHOW_FILE, TTS_AUDIO, CellKey, episode_file, segment_number
from resources.core.progress import LOGGER, Progress, Step, report
from resources.core.text.diagnostics import shown_path
from resources.core.values import VoiceTrack
from resources.models.loading import load_script
from resources.purchasing.accounts.charges import Charges, charges_of
from resources.purchasing.gate import judge
from resources.quality.checks.report import Finding
from resources.studio import Studio

PRICE = "the price of the clips"  # as a failure's asset
_REMOTE, _CORES = "remote", "cores"  # lanes: waiting for a provider, and work of this machine


@dataclass(frozen=True)
class Asked:
    """What a run was asked to make. A run that is executed again has the `root_run` of the first.

    `launched`: the cells of all runs that were launched with it, by one config; None where they are not known.
    """

    assets: frozenset[str]
    cells: tuple[CellKey, ...]
    root_run: str
    launched: tuple[CellKey, ...] | None


@dataclass(frozen=True)
class Done:
    """One cell that is done, and what to show of it."""

    asset: str
    cell: CellKey
    metadata: Metadata
    needless: bool = False  # nothing is made for it


@dataclass(frozen=True)
class Judged:
    """What the checks of an asset found, over the episodes of the run: name -> findings."""

    asset: str
    findings: Mapping[str, Sequence[Finding]]


Outcome = Done | Judged | Failed | InVain


def run_cells(graph: Graph, asked: Asked, studio: Studio, before_clips: BeforeClips) -> Iterator[Outcome]:
    """Make what is asked for; yields each outcome as it happens. Slots that nothing is made for come first."""
    plans: list[Plan] = []
    first: list[Outcome] = []
    with ExitStack() as versions:
        for episode, segments in segments_by_episode(asked.cells).items():
            opened, outcomes = _opened(graph, asked, studio, episode, segments, versions)
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


def _opened(
    graph: Graph, asked: Asked, studio: Studio, episode: str, segments: Sequence[str], versions: ExitStack
) -> tuple[Plan | None, list[Outcome]]:
    """Read the script, anew if that is asked for, and plan. Returns the plan, and what has come of it already.

    Where there is no script to read there is no plan.

    What is made after the script is made from the version of the content that the script was read from, until
    `versions` is closed. Without the script, it is what lies in the show's folder; where several machines have such
    folders, the version that the script was read from last.
    """
    records, name = Records(studio.state, studio.settings.output, studio.mode), graph.script.name
    assets, shows = asked.assets, studio
    try:
        if name in assets:
            studio = versions.enter_context(studio.with_todays(episode))
        elif studio.settings.shared and (version := records.version(episode)):
            studio = versions.enter_context(studio.at(version))
        written = _read(graph, studio, records, episode, segments) if name in assets else []
        script = records.script(episode)
        _check_anew(asked, shows, script, segments)
        if name not in assets and studio.mode.paid:  # nothing is bought that the gate did not see
            judge(studio.settings, studio.show, script, segments=segments).refuse()
    except NinjaError as error:
        failed = [name] if name in assets else sorted(assets)
        if episode_file(studio.settings.show, episode).exists():
            before = records.asked(episode)
            records.ask(episode, {**before, **{each: assets | before.get(each, frozenset()) for each in segments}})
        return None, [Failed(asset, CellKey(episode, each), error, 0.0) for asset in failed for each in segments]
    made = plan(graph, studio, records, script, segments=segments, assets=assets, root_run=asked.root_run)
    made.write_down()
    _expect(studio, made)
    for needless in made.needless:
        records.forget(needless.asset, needless.cell)
    done = [*written, *(_spare(needless, script, studio) for needless in made.needless)]
    for each in done:
        made.done(each.asset, each.cell.segment)
    return made, [*done]


def _check_anew(asked: Asked, studio: Studio, script: Script, segments: Sequence[str]) -> None:
    """Raise ContentError for a segment that is to be made anew, and of which nothing would be in the whole launch."""
    if asked.launched is None:
        return
    others = {cell.episode for cell in asked.launched} - {script.episode}
    for segment in sorted(studio.retake.intersection(segments), key=segment_number):
        refused = why_not_anew(segment, studio.retake_of, script)
        if refused is not None and not any(_makes_anew(studio, segment, episode) for episode in others):
            raise refused


def _makes_anew(studio: Studio, segment: str, episode: str) -> bool:
    """Whether an episode, as its file is now, has something of a segment that is to be made anew."""
    with suppress(NinjaError):
        script = load_script(studio.settings.show, studio.show, episode)
        return why_not_anew(segment, studio.retake_of, script) is None
    return False


def _read(graph: Graph, studio: Studio, records: Records, episode: str, segments: Sequence[str]) -> list[Done]:
    """Make the script; its cells, those of unused slots first."""
    cells = graph.script.make(EpisodeWork(graph.script.name, episode, segments, studio, records))
    script = records.script(episode)
    unused = [
        _spare(Needless(graph.script.name, CellKey(episode, segment)), script, studio)
        for segment in segments
        if segment not in cells
    ]
    return [*unused, *(Done(graph.script.name, CellKey(episode, each), cells[each]) for each in cells)]


def _expect(studio: Studio, planned: Plan) -> None:
    """Say which endpoints these segments may buy from, so that their prices are looked at before the first voice."""
    if studio.watch is None:
        return
    works = {each.work.key: each.work for each in planned.chosen if each.asset.name in BOUGHT}
    for work in works.values():
        with suppress(NinjaError):  # what cannot be asked is told where it is bought
            studio.watch.expect(work.requests.endpoints())


class _Key(NamedTuple):
    kind: str
    asset: str
    cell: CellKey


_MAKE, _CHECK, _LOOK = "make", "check", "look"  # what is done with a cell; another one of its episode is looked at


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
        """Stage by stage: what is far from the cut goes first, so that the machine has work to the end."""
        makes = {_Key(_MAKE, name, cell): self._make_task(each) for (name, cell), each in self._chosen.items()}
        checks: dict[_Key, Task[_Key, object]] = {
            _Key(_CHECK, name, cell): Task(partial(self._judged, each), _CORES, frozenset({_Key(_MAKE, name, cell)}))
            for (name, cell), each in self._chosen.items()
            if each.asset.check is not None
        }
        prices = {key: self._price_task(key.cell.episode) for key in map(self._price_of, self._chosen.values()) if key}
        return {**makes, **prices, **checks, **self._cut_tasks({*makes, *checks}), **self._look_tasks()}

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
        voices = frozenset(_Key(_MAKE, name, cell) for name, cell in of_episode if name == TTS_AUDIO)
        clips = [each.work for each in of_episode.values() if each.asset.paid]

        def settle() -> None:
            found = [work for work in clips if work.key not in self._bad_voices and _has_voice(work)]
            self._refused[episode] = self._before_clips(found)

        return Task(settle, _REMOTE, follows=voices)

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
            delivered = chosen.asset.make(work)
        except BaseException:
            if work.asset == TTS_AUDIO:
                self._bad_voices.add(work.key)
            raise
        reused = _reused(work, delivered)
        work.records.write(work.asset, work.key, delivered.value, dict(delivered.made_from))
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
        return Done(asset, cell, _cell_metadata(self._chosen[asset, cell].work, delivered, findings, reused=reused))

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
        if asset == self._graph.cut.name:
            self._keep_findings(self._cuts[cell.episode])  # a finding that stopped the cut is seen as a check
            if isinstance(error, NotYetError) and self._plans[cell.episode].cut_is_carried:
                LOGGER.info("%s: %s (%s)", cell.episode, error.what, error.why)
                return
        chosen = self._chosen.get((asset, cell))
        if isinstance(error, MediaLostError):
            error.hint = _bring_back(cell, self._studio)
        if chosen is not None:
            if isinstance(error, StudioError) and error.setting is not None:
                error.where = _in_show(error.setting, chosen.work.studio)
            elif isinstance(error, NinjaError) and error.where is None:
                error.where = f"{shown_path(chosen.work.script_file)}:{chosen.work.content.line}"
            detail = str(error).splitlines()[0] if str(error) else type(error).__name__
            charges, again = _charges(chosen.work), _again_usd(chosen.work)
            report(Progress(asset, *cell, Step.FAILED, detail, cost_usd=charges.charged_usd))
            yield Failed(asset, cell, error, again, charges)
            return
        yield from (Failed(asset, each, error, 0.0) for each in self._cells_of(asset, cell))

    def _cells_of(self, asset: str, cell: CellKey) -> Sequence[CellKey]:
        """The cells that a task was for: of the cut and of the price, those of the episode."""
        if cell.segment:
            return [cell]
        if asset == self._graph.cut.name:
            return [CellKey(cell.episode, segment) for segment in self._cuts[cell.episode].segments]
        clips = [each.work.key for each in self._chosen.values() if each.asset.paid]
        return [key for key in dict.fromkeys(clips) if key.episode == cell.episode]


def _bring_back(cell: CellKey, studio: Studio) -> str:
    """The command that brings back a file which the library has lost: the library does not know whose it is."""
    segments = f" --segments {cell.segment}" if cell.segment else ""
    return (
        f"`ninja produce {cell.episode} --mode {studio.mode}{segments}`: what was made here is made again, what was "
        "paid for is fetched from its provider again for $0"
    )


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


def _spare(needless: Needless, script: Script, studio: Studio) -> Done:
    """What is told of a cell that nothing is made for. It may be the newest of its asset: it says whose it is."""
    why: Metadata = {"in_script": False}
    if needless.why is not None:
        why = {"in_script": True, "not_needed": needless.why, "cost_usd": 0.0}
    return Done(
        needless.asset, needless.cell, {"episode_title": script.title, "mode": studio.mode.value, **why}, needless=True
    )


def _again_usd(work: SegmentWork) -> float | None:
    """What another try would cost, by today's prices; None where the failure hides it too."""
    try:
        return work.price_usd()
    except NinjaError:
        return None


def _charges(work: SegmentWork) -> Charges:
    """What this run was charged for a cell that failed, and what it may be, by the ledger's rows of the cell."""
    studio = work.studio
    if studio.market is None:
        return Charges()
    try:
        return charges_of(studio.market.ledger, work.cell, work.asset, studio.opened_at)
    except NinjaError:
        return Charges(known=False)


def _in_show(place: tuple[str, ...], studio: Studio) -> str:
    """Where a setting stands in show.yaml."""
    folder = studio.settings.show
    return f"{shown_path(folder / SHOW_FILE)}:{show_marks(folder).line(place)}, {'.'.join(place)}"


def _reused(work: SegmentWork, result: Delivered) -> bool:
    """By its receipts; a cell that has none is reused when it delivers what its record already says."""
    if result.receipts:
        return all(receipt.reused for receipt in result.receipts)
    before = work.records.find(work.asset, work.key, type(result.value))
    return before is not None and before.value == result.value


def _cell_metadata(
    work: SegmentWork, result: Delivered, findings: Sequence[Finding] | None, *, reused: bool
) -> Metadata:
    content = work.content
    who = {"in_script": True, "mode": work.studio.mode.value, **content.who(), "line": content.text}
    checks = {} if findings is None else {"checks": summary(findings, content.segment)}
    # Pages keep this order.
    return {**result.metadata, **checks, **who, **money_metadata(result.receipts), "reused": reused}
