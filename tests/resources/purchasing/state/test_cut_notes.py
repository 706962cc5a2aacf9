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
    assert notes.settle("monday", note.id).done
    assert not notes.settle("monday", note.id, done=False).done


@pytest.mark.parametrize(
    ("seconds", "text"), [(0, "x" * (MOST_LETTERS + 1)), (-1, "x"), (float("nan"), "x"), (float("inf"), "x")]
)
def test_what_is_no_note_is_refused(notes: Notes, seconds: float, text: str) -> None:
    with pytest.raises(ContentError, match="a note has 1 to"):
        notes.write("monday", Mode.DRAFT, segment="", seconds=seconds, text=text)


@pytest.mark.parametrize("text", ["", "  ", "\u200b", " \u3164\ufeff\n"])
def test_a_note_of_which_nothing_is_seen_is_refused(notes: Notes, text: str) -> None:
    with pytest.raises(ContentError, match="nothing is seen of this one"):
        notes.write("monday", Mode.DRAFT, segment="", seconds=0, text=text)


@pytest.mark.parametrize("text", ["a\0b", "a\x1b[2J", "\ud800"], ids=["nul", "escape", "half a character"])
def test_what_no_database_or_terminal_should_get_is_refused(notes: Notes, text: str) -> None:
    with pytest.raises(ContentError, match="a control character"):
        notes.write("monday", Mode.DRAFT, segment="", seconds=0, text=text)
    assert notes.write("monday", Mode.DRAFT, segment="", seconds=0, text="two\r\nlines").text == "two\r\nlines"


def test_a_note_of_another_episode_is_not_settled(notes: Notes) -> None:
    note = notes.write("monday", Mode.DRAFT, segment="", seconds=0, text="x")
    with pytest.raises(ContentError, match=f"tuesday has no note {note.id}"):
        notes.settle("tuesday", note.id)
    notes.write("monday", Mode.REHEARSAL, segment="", seconds=0, text="x")
    with pytest.raises(ContentError, match="has no note") as refused:
        notes.settle("monday", 10**30)
    assert refused.value.hint == "ninja notes monday --mode rehearsal or ninja notes monday --mode draft"


def test_another_shows_note_is_not_settled(notes: Notes, tmp_path: Path) -> None:
    note = notes.write("monday", Mode.DRAFT, segment="", seconds=0, text="x")
    other = Notes(ShowState(Store(empty_ledger(tmp_path / "ledger.db")), "other"))
    assert other.of("monday", Mode.DRAFT) == []
    with pytest.raises(ContentError, match="monday has no note 1"):
        other.settle("monday", note.id)
