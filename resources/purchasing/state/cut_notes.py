"""Notes that people leave at a time of a cut: rows of the show's state, for whoever sees to them."""

import unicodedata
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Final

from sqlalchemy import select
from sqlalchemy.orm import Session

from resources.core.errors import ContentError
from resources.core.names import Mode
from resources.core.text.blank import is_blank
from resources.purchasing.state.state import ShowState
from resources.purchasing.state.tables import NoteRow

MOST_LETTERS: Final = 2000
_MOST_NOTES: Final = 2**31 - 1  # a number of a row, in any database
_NOT_WRITTEN: Final = ("Cc", "Cs")  # control characters, and halves of characters: no database keeps all of them


@dataclass(frozen=True)
class Note:
    """A note. Seconds count from the start of the cut; times are aware datetimes in UTC."""

    id: int
    episode: str
    mode: Mode
    segment: str  # that was seen at that time; empty: none
    seconds: float
    text: str
    written_at: datetime
    done: bool


class Notes:
    """The notes of a show."""

    def __init__(self, state: ShowState) -> None:
        self._state = state
        self._clock = state.store.now

    def of(self, episode: str, mode: Mode) -> list[Note]:
        """The notes of a cut, in its order."""
        row = NoteRow
        query = select(row).where(row.show == self._state.show, row.episode == episode, row.mode == mode)
        with self._state.store.reading() as session:
            return [_note(each) for each in session.scalars(query.order_by(row.seconds, row.id))]

    def write(self, episode: str, mode: Mode, *, segment: str, seconds: float, text: str) -> Note:
        """Leave a note. Raises ContentError for a text that is empty, too long or not to be kept, or no such time."""
        text = text.strip()
        if any(unicodedata.category(letter) in _NOT_WRITTEN and letter not in "\r\n\t" for letter in text):
            raise ContentError("a note has a control character", hint="delete it, and write the note again")
        if is_blank(text):
            raise ContentError("a note has words, and nothing is seen of this one", hint="write what is to be changed")
        if len(text) > MOST_LETTERS or not 0 <= seconds < float("inf"):
            raise ContentError(
                f"a note has 1 to {MOST_LETTERS} letters and a time of the cut, from 0 on",
                why=f"this one has {len(text)} letters, at {seconds:g} s",
            )
        with self._state.store.writing() as session:
            row = NoteRow(
                show=self._state.show,
                episode=episode,
                mode=mode,
                segment=segment,
                seconds=round(seconds, 3),
                text=text,
                written_at=self._clock(),
            )
            session.add(row)
            session.flush()
            return _note(row)

    def settle(self, episode: str, number: int, *, done: bool = True) -> Note:
        """Say that a note has been seen to, or has not. Raises ContentError for one that the episode does not have."""
        with self._state.store.writing() as session:
            row = self._found(session, episode, number)
            row.done_at = self._clock() if done else None
            return _note(row)

    def check(self, episode: str, number: int) -> None:
        """Raise ContentError for a note that the episode does not have."""
        with self._state.store.reading() as session:
            self._found(session, episode, number)

    def _found(self, session: Session, episode: str, number: int) -> NoteRow:
        row = session.get(NoteRow, number) if 0 < number <= _MOST_NOTES else None
        if row is None or (row.show, row.episode) != (self._state.show, episode):
            raise ContentError(f"{episode} has no note {number}", hint=self._lists(session, episode))
        return row

    def _lists(self, session: Session, episode: str) -> str:
        """The commands that list what notes an episode has."""
        row = NoteRow
        kept = set(session.scalars(select(row.mode).where(row.show == self._state.show, row.episode == episode)))
        return " or ".join(f"ninja notes {episode} --mode {mode}" for mode in Mode if mode in kept) or "it has none"


def _note(row: NoteRow) -> Note:
    return Note(
        id=row.id,
        episode=row.episode,
        mode=row.mode,
        segment=row.segment,
        seconds=row.seconds,
        text=row.text,
        written_at=datetime.fromtimestamp(row.written_at, UTC),
        done=row.done_at is not None,
    )
