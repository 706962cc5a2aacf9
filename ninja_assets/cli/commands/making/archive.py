"""`ninja archive`: put published episodes away, or take them back, and say what that freed and what stays."""

from collections.abc import Sequence

from pydantic import BaseModel
from rich.markup import escape

from ninja_assets.archiving import Archived, archive, take_back
from ninja_assets.cli.money_tables import result_console
from ninja_assets.cli.output import print_json
from ninja_assets.runs.home import dagster_instance
from resources.core.settings import Settings
from resources.models.loading import load_show


class _Archived(BaseModel):
    """What `--json` prints."""

    archived: list[Archived] = []
    taken_back: list[str] = []


def run(settings: Settings, episodes: Sequence[str], *, undo: bool, as_json: bool) -> int:
    """Archive or take back, and tell; returns the exit status."""
    show = load_show(settings.show)
    with dagster_instance() as instance:
        if undo:
            result = _Archived(taken_back=take_back(settings, show, episodes, instance))
        else:
            result = _Archived(archived=archive(settings, show, episodes, instance))
    if as_json:
        print_json(result)
    else:
        _show(result)
    return 0


def _show(result: _Archived) -> None:
    console = result_console()
    for each in result.archived:
        freed = f"{each.records} records, {each.runs} runs, {each.files} files of {each.bytes / 1e6:.1f} MB"
        console.print(f"{each.episode} is archived. Freed: {freed}.", soft_wrap=True)
        stays = [*map(escape, each.cuts), f"{each.purchases} purchases with their receipts"]
        console.print(f"  stays: {', '.join(stays)}; back with: ninja archive --undo {each.episode}", soft_wrap=True)
    for name in result.taken_back:
        console.print(f"{name} is the show's again; lay it out again, for $0: ninja produce {name}", soft_wrap=True)
