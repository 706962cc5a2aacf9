"""How an episode begins in a run: its script read, the retake that was asked for looked at, the cells planned.

What is wrong here stops the episode as a whole, before anything of it is made or bought.
"""

from collections.abc import Sequence
from contextlib import ExitStack, suppress
from dataclasses import dataclass

from ninja_assets.cells.asset import Graph
from ninja_assets.cells.failure_table import Failed
from ninja_assets.cells.record.records import Records
from ninja_assets.cells.running.launch import why_not_anew
from ninja_assets.cells.running.outcomes import Done, Outcome, spare
from ninja_assets.cells.running.plan import Needless, Plan, plan
from ninja_assets.cells.work import EpisodeWork
from resources.content.segments import Script
from resources.core.errors import NinjaError
from resources.core.names import BOUGHT, CellKey, episode_file, in_order
from resources.models.loading import load_script
from resources.purchasing.gate import judge
from resources.studio import Studio


@dataclass(frozen=True)
class Asked:
    """What a run was asked to make. A run that is executed again has the `root_run` of the first.

    `launched`: the cells of all runs that were launched with it, by one config; None where they are not known.
    """

    assets: frozenset[str]
    cells: tuple[CellKey, ...]
    root_run: str
    launched: tuple[CellKey, ...] | None


def begin_episode(
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
    done = [*written, *(spare(needless, script, studio) for needless in made.needless)]
    for each in done:
        made.done(each.asset, each.cell.segment)
    return made, [*done]


def _check_anew(asked: Asked, studio: Studio, script: Script, segments: Sequence[str]) -> None:
    """Raise ContentError for a segment that is to be made anew, and of which nothing would be in the whole launch."""
    if asked.launched is None:
        return
    others = {cell.episode for cell in asked.launched} - {script.episode}
    for segment in in_order(studio.retake.intersection(segments)):
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
        spare(Needless(graph.script.name, CellKey(episode, segment)), script, studio)
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
