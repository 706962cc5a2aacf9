"""`ninja take`: the takes of a segment, and using an earlier one again, for $0."""

from contextlib import closing
from functools import partial

from rich.markup import escape

from ninja_assets.cells.record.records import Records
from ninja_assets.cli.commands.making import produce
from ninja_assets.cli.money_tables import result_console
from ninja_assets.cut.choosing import choose_take, segment_of, take_over_takes
from ninja_assets.cut.past_takes import read_takes
from ninja_assets.desk.site.dagster_runs import check_not_made_now
from ninja_assets.runs.home import dagster_instance
from ninja_assets.runs.production import check_order
from resources.core.library import Library
from resources.core.names import CellKey, check_episode
from resources.core.settings import Settings
from resources.models.loading import load_script, load_show
from resources.models.prices.price_values import usd
from resources.purchasing.books import open_state
from resources.purchasing.state.archived import Archive


def run(settings: Settings, episode: str, segment: str, number: int | None) -> int:
    """List the takes; or choose one and make the segment and the cut of it. Returns the exit status.

    Raises ContentError for a segment that has no takes, and that the script does not have either.
    """
    cell = CellKey(check_episode(episode), segment)
    if number is None:
        return _show(settings, cell)
    check_not_made_now(dagster_instance(), load_show(settings.show), settings, cell.episode, cell.segment)
    check = partial(check_order, settings, episode, segments=[segment])
    choose_take(settings, episode, segment, number, check=check)
    return produce.run(settings, episode, segments=[segment], retake=False, retake_of=(), yes=False, as_json=False)


def take_over(settings: Settings, episode: str, source: str) -> int:
    """Let the lines of an episode have the takes that they have in another one; returns the exit status."""
    console = result_console()
    check_not_made_now(dagster_instance(), load_show(settings.show), settings, check_episode(episode))
    for (segment, part), number in take_over_takes(settings, check_episode(episode), source).items():
        console.print(f"{segment}  {part.value} take {number}, as in {source}")
    console.print(f"what it costs now: ninja quote {episode} --mode {settings.mode}", style="dim", soft_wrap=True)
    return 0


def _show(settings: Settings, cell: CellKey) -> int:
    show = load_show(settings.show)
    with closing(open_state(settings, show)) as state:
        Archive(state).refuse(cell.episode)
        listed = read_takes(Library.of(settings), Records(state, settings.output, settings.mode), cell)
    console = result_console()
    for take in listed:
        console.print(f"{take.number:>3}  {take.seconds:5.1f} s  {usd(take.cost_usd):>7}  {escape(take.text)}")
    if not listed:
        segment_of(load_script(settings.show, show, cell.episode), cell.segment)
        console.print(f"no takes in {settings.mode} mode: they are listed when they are first in a cut")
    return 0
