"""Notes at a time of a cut: in its order, done and open again, each show's own."""

from pathlib import Path

import pytest

from resources.core.errors import ContentError
from resources.core.names import Mode
from resources.purchasing.ledger.tables.store import Store
from resources.purchasing.state.cut_notes import MOST_LETTERS, Notes
from resources.purchasing.state.state import ShowState
from tests.empty_ledger import empty_ledger


@pytest.fixture
def notes(tmp_path: Path) -> Notes:
    return Notes(ShowState(Store(empty_ledger(tmp_path / "ledger.db")), "anchors"))


def test_notes_stand_in_the_order_of_the_cut(notes: Notes) -> None:
    for seconds, text in ((12.5, "too loud"), (3.0, " smile earlier ")):
        notes.write("monday", Mode.DRAFT, segment="s01", seconds=seconds, text=text)
    assert [(note.seconds, note.text) for note in notes.of("monday", Mode.DRAFT)] == [
        (3.0, "smile earlier"),
        (12.5, "too loud"),
    ]
    assert notes.of("monday", Mode.FINAL) == []


def test_a_note_is_done_and_opened_again(notes: Notes) -> None:
    note = notes.write("monday", Mode.DRAFT, segment="", seconds=0, text="x")
    assert notes.settle(note.id).done
    assert not notes.settle(note.id, done=False).done


@pytest.mark.parametrize(
    ("seconds", "text"), [(0, "  "), (0, "x" * (MOST_LETTERS + 1)), (-1, "x"), (float("nan"), "x")]
)
def test_what_is_no_note_is_refused(notes: Notes, seconds: float, text: str) -> None:
    with pytest.raises(ContentError, match="a note has 1 to"):
        notes.write("monday", Mode.DRAFT, segment="", seconds=seconds, text=text)


def test_another_shows_note_is_not_settled(notes: Notes, tmp_path: Path) -> None:
    note = notes.write("monday", Mode.DRAFT, segment="", seconds=0, text="x")
    other = Notes(ShowState(Store(empty_ledger(tmp_path / "ledger.db")), "other"))
    assert other.of("monday", Mode.DRAFT) == []
    with pytest.raises(ContentError, match="this show has no note"):
        other.settle(note.id)
