"""The opened state of one show, as rows: the records of its cells and its retakes.

Who writes them knows what they mean: the graph's records, and `Takes`.
"""

import hashlib
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from typing import Final, Self

from sqlalchemy import ColumnElement, Select, and_, delete, false, func, not_, or_, select
from sqlalchemy.orm import Session

from resources.content.identity import NO_LINE, Line
from resources.core.errors import Charge
from resources.core.names import CellKey, Mode
from resources.core.values import Part
from resources.purchasing.ledger.ledger import Ledger
from resources.purchasing.ledger.tables.entry import State
from resources.purchasing.ledger.tables.rows import PurchaseRow
from resources.purchasing.ledger.tables.store import Store, batches_of
from resources.purchasing.state.tables import ChosenRow, RecordRow, RetakeRow

EPISODE: Final = ""  # stands in the place of a segment for what is of the whole episode


@dataclass(frozen=True)
class Record:
    """What an asset delivered for a cell: its value as JSON, the digest of it, and of what it was made from."""

    segment: str
    asset: str
    digest: str
    made_from: Mapping[str, str]
    value: str


@dataclass(frozen=True)
class Kept:
    """That an episode has records in a mode, how many, and when the last was written (seconds since 1970, UTC)."""

    episode: str
    mode: Mode
    records: int
    written_at: float


@dataclass(frozen=True)
class Retaken:
    """What is counted. `scope`: over which modes it is counted together, for they make it once.

    `line` is what stands in the cell: a retake is of a line, which takes it along when it moves; none is of whatever
    stands there. Of who listens it is the same people in the same mood, and stays with its cell: loops are shared.
    """

    scope: str
    part: str
    cell: CellKey
    line: Line = NO_LINE

    @classmethod
    def of(cls, mode: Mode, part: Part, cell: CellKey, line: Line = NO_LINE) -> Self:
        """A part of a cell in a mode: voices and shots are shared by the paid modes."""
        scope = "paid" if part in (Part.VOICE, Part.SHOT) and mode.paid else mode.value
        return cls(scope, part.value, cell, line)

    @property
    def moves(self) -> bool:
        """Whether what was asked for a line elsewhere in the episode is of it."""
        return self.line.key != "" and self.part != Part.LISTENER.value

    @property
    def known_as(self) -> list[str]:
        """By which keys rows may know its line: its own, and that of rows from before a tag told lines apart."""
        return [key for key in (self.line.key, self.line.content) if key]


class ShowState(AbstractContextManager["ShowState"]):
    """The state of the show `show` in a database. Safe for threads and processes. Closing it closes the database."""

    def __init__(self, store: Store, show: str) -> None:
        self.store = store
        self.show = show
        self._clock = store.now

    @classmethod
    def of(cls, ledger: Ledger) -> Self:
        """The state of the ledger's show, in the ledger's database."""
        return cls(ledger.store, ledger.show)

    def close(self) -> None:
        """Close the database."""
        self.store.close()

    def __exit__(self, *_: object) -> None:
        self.close()

    # Records

    def records(self, episode: str, mode: Mode) -> list[Record]:
        """Every record of an episode in one mode, with one SELECT."""
        query = select(RecordRow).where(
            RecordRow.show == self.show, RecordRow.episode == episode, RecordRow.mode == mode
        )
        with self.store.reading() as session:
            return [_record(row) for row in session.scalars(query)]

    def kept(self, episode: str | None = None) -> list[Kept]:
        """What has records, by episode and mode, the newest first; of one episode, if it is named."""
        row = RecordRow
        last = func.max(row.written_at)
        query = select(row.episode, row.mode, func.count(), last).where(row.show == self.show)
        if episode is not None:
            query = query.where(row.episode == episode)
        with self.store.reading() as session:
            found = session.execute(query.group_by(row.episode, row.mode).order_by(last.desc()))
            return [Kept(*each) for each in found]

    def has_records(self, episode: str) -> bool:
        """Whether there is any record of an episode, in any mode."""
        with self.store.reading() as session:
            return session.scalars(self._any_record(episode)).first() is not None

    def episodes_of(self, asset: str, mode: Mode) -> set[str]:
        """The episodes of which an asset has a record of the whole episode in a mode."""
        row = RecordRow
        query = select(row.episode).where(row.show == self.show, row.mode == mode, row.segment == EPISODE)
        with self.store.reading() as session:
            return set(session.scalars(query.where(row.asset == asset)))

    def write(self, episode: str, mode: Mode, records: Iterable[Record], *, only_where_none: bool = False) -> None:
        """Store records, over those of the same cells and assets; `only_where_none`: if the episode has none yet."""
        # Not durable: what a power cut takes back is made again, from what is paid for, for nothing.
        with self.store.writing(alone=only_where_none, durable=False) as session:
            if only_where_none and session.scalars(self._any_record(episode, mode)).first() is not None:
                return
            for record in records:
                cell = {"show": self.show, "episode": episode, "mode": mode}
                of = {**cell, "segment": record.segment, "asset": record.asset}
                said = {"digest": record.digest, "made_from": dict(record.made_from), "value": record.value}
                session.execute(self.store.upsert(RecordRow, of, {**said, "written_at": self._clock()}))

    def forget(self, episode: str, mode: Mode, segment: str, asset: str) -> None:
        """Remove a record, if there is one."""
        row = RecordRow
        mine = (row.show == self.show, row.episode == episode, row.mode == mode)
        with self.store.writing(durable=False) as session:
            session.execute(delete(row).where(*mine, row.segment == segment, row.asset == asset))

    def _any_record(self, episode: str, mode: Mode | None = None) -> Select[str]:
        query = select(RecordRow.asset).where(RecordRow.show == self.show, RecordRow.episode == episode).limit(1)
        return query if mode is None else query.where(RecordRow.mode == mode)

    # Retakes

    def retakes(self, of: Retaken) -> int:
        """The number of the current take of it: of the last retake, or the earlier one that was chosen since."""
        with self.store.reading() as session:
            last = self._counted(session, of)
            query = select(ChosenRow.number).where(*self._mine(ChosenRow, of), ChosenRow.after == last)
            chosen = session.scalars(query.order_by(ChosenRow.chosen_at.desc())).first()
            return last if chosen is None else chosen

    def choose(self, of: Retaken, number: int) -> None:
        """Make an earlier take of it the current one, until the next retake. Nothing is made or bought by that."""
        with self.store.writing(alone=True) as session:
            last = self._counted(session, of)
            said = {"number": number, "after": last, "chosen_at": self._clock(), "receipt": None}
            session.execute(self.store.upsert(ChosenRow, self._key(of), said))

    def counted_for(self, of: Retaken, root_runs: Collection[str]) -> int | None:
        """The number that the last retake of these root runs counted to; None where they asked for none."""
        if not root_runs:
            return None
        query = select(func.max(RetakeRow.number)).where(*self._mine(RetakeRow, of))
        with self.store.reading() as session:
            return session.scalars(query.where(RetakeRow.root_run.in_(root_runs))).one()

    def is_asked(self, of: Retaken, root_runs: Collection[str]) -> bool:
        """Whether these root runs have asked for a retake of it, or of another line that stood in its place then.

        Of that line it may have been another part: the launch meant that line, and nothing of what stands there now.
        """
        row = RetakeRow
        here = and_(row.show == self.show, row.episode == of.cell.episode, row.segment == of.cell.segment)
        there = and_(*self._of_part(row, of), here)
        of_words = and_(row.part != Part.LISTENER.value, row.content != "")
        known = [of.line.stands, *of.known_as]
        another = and_(here, of_words, row.content.not_in(known)) if of.line.stands else false()
        query = select(row.id).where(or_(there, another, and_(*self._mine(row, of))), row.root_run.in_(root_runs))
        with self.store.reading() as session:
            return bool(root_runs) and session.scalars(query.limit(1)).first() is not None

    def is_asked_since(self, moment: float, of: Retaken) -> bool:
        """Whether anybody has asked for a retake of it since a moment, in seconds of the store's clock."""
        query = select(RetakeRow.id).where(*self._mine(RetakeRow, of), RetakeRow.asked_at >= moment)
        with self.store.reading() as session:
            return session.scalars(query.limit(1)).first() is not None

    def count_retake(self, of: Retaken, root_run: str, *, waits: bool, keys_at: Callable[[int], Sequence[str]]) -> int:
        """Count a retake, once for each root run, and return its number. Two at once get two numbers.

        `waits`: nothing is raised, since what would be replaced is still under way. `keys_at` gives the keys of what
        would be bought at a number, as far as they are known: a number is passed over whose purchase is there already,
        or that another retake has taken.
        """
        while True:
            before = self._last(of)
            number, keys = (self.retakes(of), "") if waits else self._free(before + 1, keys_at)
            with self.store.writing(alone=True) as session:
                known = session.scalars(self._of_run(of, root_run)).one_or_none()
                if known is not None:
                    return known
                if self._counted(session, of) != before or self._is_taken(session, keys):
                    continue  # somebody else has counted meanwhile: look again
                counted = {"number": number, "counted": not waits, "keys": keys}
                session.add(RetakeRow(**self._key(of), root_run=root_run, **counted, asked_at=self._clock()))
                return number

    def next_number(
        self, of: Retaken, keys_at: Callable[[int], Sequence[str]], *, besides: Collection[str] = ()
    ) -> int:
        """The number that a retake would count to now, if the keys `besides` were bought, too."""
        number, _ = self._free(self._last(of) + 1, keys_at)
        while set(keys_at(number)) & set(besides):
            number, _ = self._free(number + 1, keys_at)
        return number

    def retaken_elsewhere(self, episode: str, asked: Collection[Retaken]) -> dict[Retaken, str]:
        """In which other episode of the show each of these lines of an episode was retaken; of several, the last."""
        row = RetakeRow
        last: dict[tuple[str, str, str], str] = {}
        columns = select(row.scope, row.part, row.content, row.episode).order_by(row.id)
        others = columns.where(row.show == self.show, row.episode != episode, row.counted, row.number > 0)
        with self.store.reading() as session:
            for keys in batches_of(of.line.key for of in asked if of.moves):
                for scope, part, content, other in session.execute(others.where(row.content.in_(keys))):
                    last[scope, part, content] = other
        named = {of: (of.scope, of.part, of.line.key) for of in asked}
        return {of: last[line] for of, line in named.items() if line in last}

    def carry_retakes(self, found: Mapping[Retaken, tuple[int, str]]) -> None:
        """Take over retakes that were counted elsewhere: their number and root run. What is counted here stays."""
        with self.store.writing(alone=True) as session:
            for of, (number, root_run) in found.items():
                if self._counted(session, of) == 0 and number > 0:
                    counted = {"number": number, "counted": True, "keys": ""}
                    session.add(RetakeRow(**self._key(of), root_run=root_run, **counted, asked_at=self._clock()))

    def _key(self, of: Retaken) -> dict[str, str]:
        """Whose numbers are counted, by the names of a row's columns."""
        return {"show": self.show, "scope": of.scope, "part": of.part, **of.cell._asdict(), "content": of.line.key}

    def _of_part(self, row: type[RetakeRow | ChosenRow], of: Retaken) -> tuple[ColumnElement[bool], ...]:
        """The rows of a part of an episode, in all its segments."""
        return row.show == self.show, row.scope == of.scope, row.part == of.part, row.episode == of.cell.episode

    def _mine(self, row: type[RetakeRow | ChosenRow], of: Retaken) -> tuple[ColumnElement[bool], ...]:
        """The rows that are of it: of its line, wherever that stood, and of its place alone."""
        here = and_(row.segment == of.cell.segment, row.content.in_(["", *of.known_as]))
        return *self._of_part(row, of), or_(here, row.content.in_(of.known_as)) if of.moves else here

    def _free(self, first: int, keys_at: Callable[[int], Sequence[str]]) -> tuple[int, str]:
        """The first number from `first` on of which nothing is bought or asked for yet, and its keys as one."""
        number = first
        while True:
            keys = sorted(keys_at(number))
            together = hashlib.sha256("\n".join(keys).encode()).hexdigest() if keys else ""
            with self.store.reading() as session:
                if not self._is_bought(session, keys) and not self._is_taken(session, together):
                    return number, together
            number += 1

    def _last(self, of: Retaken) -> int:
        with self.store.reading() as session:
            return self._counted(session, of)

    def _counted(self, session: Session, of: Retaken) -> int:
        query = select(func.max(RetakeRow.number)).where(*self._mine(RetakeRow, of))
        return session.scalars(query.where(RetakeRow.counted)).one() or 0

    def _of_run(self, of: Retaken, root_run: str) -> Select[int]:
        row = RetakeRow
        place = (*self._of_part(row, of), row.segment == of.cell.segment)
        return select(row.number).where(*place, row.root_run == root_run)

    @staticmethod
    def _is_taken(session: Session, keys: str) -> bool:
        return bool(keys) and session.scalars(select(RetakeRow.id).where(RetakeRow.keys == keys)).first() is not None

    @staticmethod
    def _is_bought(session: Session, keys: Sequence[str]) -> bool:
        row = PurchaseRow
        dead = and_(row.state == State.FAILED, row.charge == Charge.NONE)
        return (
            session.scalars(select(row.id).where(or_(row.key.in_(keys), row.legacy_key.in_(keys)), not_(dead))).first()
            is not None
        )


def _record(row: RecordRow) -> Record:
    return Record(row.segment, row.asset, row.digest, row.made_from, row.value)
