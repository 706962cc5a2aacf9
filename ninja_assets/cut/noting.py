"""Leaving a note at a time of a cut: which segment is seen then, is known by the cut's record."""

from ninja_assets.cells.record.cell_values import Cuts
from ninja_assets.cells.record.records import Records
from resources.core.names import FINAL_VIDEO, CellKey
from resources.purchasing.state.cut_notes import Note, Notes
from resources.purchasing.state.state import EPISODE


def note_at(notes: Notes, records: Records, episode: str, seconds: float, text: str) -> Note:
    """Leave a note. Raises ContentError as `Notes.write`, and for an episode that was never read in that mode."""
    script = records.script(episode)
    found = records.find(FINAL_VIDEO, CellKey(episode, EPISODE), Cuts)
    cut = found.value.by_format.get(script.format) if found else None
    places = cut.places.items() if cut else ()
    segment = next((key for key, place in places if place.start <= seconds < place.end), "")
    return notes.write(episode, records.mode, segment=segment, seconds=seconds, text=text)
