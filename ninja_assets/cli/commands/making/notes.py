"""`ninja notes`: what people noted at times of a cut; leaving a note, and saying that one has been seen to."""

from pydantic import BaseModel
from rich.console import Console
from rich.markup import escape

from ninja_assets.cells.record.records import Records
from ninja_assets.cli.money_tables import result_console
from ninja_assets.cli.output import print_json
from ninja_assets.cut.noting import note_at
from resources.core.errors import ContentError
from resources.core.names import check_episode, episode_file
from resources.core.settings import Settings
from resources.deliver.description import clock
from resources.models.loading import load_show
from resources.purchasing.books import open_state
from resources.purchasing.state.archived import Archive
from resources.purchasing.state.cut_notes import Note, Notes


class Noted(BaseModel):
    """What `--json` prints."""

    notes: list[Note]


def run(
    settings: Settings,
    episode: str,
    *,
    write: str | None,
    at: float | None,
    done: int | None,
    again: int | None,
    as_json: bool,
) -> int:
    """Do what is asked for, then list the notes of the episode. ContentError for a time without a note to write.

    Of several acts none is done where one is refused.
    """
    check_episode(episode)
    if at is not None and write is None:
        raise ContentError(
            "--at is the time of a note, and there is none to write",
            hint=f'ninja notes {episode} --at {at:g} --write "the music is too loud"',
        )
    with open_state(settings, load_show(settings.show)) as state:
        notes = Notes(state)
        if any(each is not None for each in (write, done, again)):
            Archive(state).refuse(check_episode(episode))
        for number in (done, again):
            if number is not None:
                notes.check(episode, number)
        if write is not None:
            note_at(notes, Records(state, settings.output, settings.mode), check_episode(episode), at or 0.0, write)
        for number, is_done in ((done, True), (again, False)):
            if number is not None:
                notes.settle(check_episode(episode), number, done=is_done)
        found = notes.of(check_episode(episode), settings.mode)
    if not found and not episode_file(settings.show, episode).exists():
        raise ContentError(f"there is no episode {episode}", hint=f"ninja new {episode}", code="argument-unknown")
    if as_json:
        print_json(Noted(notes=found))
    else:
        _show(result_console(), found)
    return 0


def _show(console: Console, notes: list[Note]) -> None:
    for note in notes:
        mark = "[green]done[/]" if note.done else "[yellow]open[/]"
        console.print(f"{note.id:>4}  {clock(note.seconds):>5}  {note.segment or '-':<4} {mark}  {escape(note.text)}")
    if not notes:
        console.print("no notes")
