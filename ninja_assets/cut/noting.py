"""Leaving a note at a time of a cut: which segment is seen then, is known by the cut's record."""

from ninja_assets.cells.record.cell_values import Cuts
from ninja_assets.cells.record.records import Records
from resources.core.errors import ContentError
from resources.core.names import FINAL_VIDEO, CellKey
from resources.purchasing.state.cut_notes import Note, Notes
from resources.purchasing.state.state import EPISODE


def note_at(notes: Notes, records: Records, episode: str, seconds: float, text: str) -> Note:
    """Leave a note. Raises ContentError as `Notes.write`, after the cut's end, and for what was never read."""
    script = records.script(episode)
    found = records.find(FINAL_VIDEO, CellKey(episode, EPISODE), Cuts)
    cut = found.value.by_format.get(script.format) if found else None
    if cut and seconds > cut.seconds:
        raise ContentError(
            f"the cut of {episode} has ended before {seconds:g} s",
            why=f"it is {cut.seconds:.1f} s long",
            hint=f"name a time from 0 to {cut.seconds:.1f}",
        )
    places = cut.places.items() if cut else ()
    segment = next((key for key, place in places if place.start <= seconds < place.end), "")
    return notes.write(episode, records.mode, segment=segment, seconds=seconds, text=text)
