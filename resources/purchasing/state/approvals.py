"""The prices that a show's runs wait for, and the voices that a person is to hear first; what a person said to them.

A price is of an episode's own clips, or of a comparison of models. Whoever tells what waits is told it here.

An approval is of what was shown, at the price that was shown. One root run uses it, in the transaction in which it
reserves what it buys; what that run buys in a further try was in it, too.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Self

from sqlalchemy import ColumnElement, Select, delete, or_, select
from sqlalchemy.orm import Session

from resources.core.names import CellKey, Mode, in_order
from resources.purchasing.ledger.tables.store import Store
from resources.purchasing.state.consent import Offer
from resources.purchasing.state.state import ShowState
from resources.purchasing.state.tables import ApprovalRow, DoubtRow


@dataclass(frozen=True)
class Ask:
    """A price that waits for a person's word, and the root run that waits."""

    id: int
    offer: Offer
    root_run: str

    @property
    def mode(self) -> Mode:
        """In which mode something would be bought."""
        return self.offer.mode


@dataclass(frozen=True)
class Doubt:
    """A voice that waits for a person's ear: its track by content, why, and the root run that made it."""

    id: int
    cell: CellKey
    mode: Mode
    sha256: str
    why: str
    root_run: str

    @property
    def command(self) -> str:
        """What takes it as it is, in a shell."""
        return command_of([self])

    @property
    def decline(self) -> str:
        """What lets it go, in a shell."""
        return command_of([self], no=True)


def command_of(doubts: Sequence[Doubt], *, no: bool = False) -> str:
    """What takes voices of an episode and mode as they are, in a shell; with `no`, what lets them go."""
    first, segments = doubts[0], in_order({each.cell.segment for each in doubts})
    verb = "decline" if no else "approve"
    return f"ninja {verb} {first.cell.episode} --mode {first.mode} --segments {','.join(segments)}"


class Approvals:
    """What a show's runs wait for. Safe for threads and processes."""

    def __init__(self, store: Store, show: str) -> None:
        self._store = store
        self._show = show
        self._clock = store.now

    @classmethod
    def of(cls, state: ShowState) -> Self:
        """Those of a show's state."""
        return cls(state.store, state.show)

    # Prices

    def ask(self, offer: Offer, root_run: str) -> None:
        """Write down that a run waits for a price, in the place of what was asked for the same segments before.

        `root_run` is empty for a shell that found nobody to ask before it began a run.
        """
        segments = set(offer.segments)
        with self._store.writing(alone=True) as session:
            for row in session.scalars(self._waiting(offer.episode, offer.mode)):
                before = Offer.model_validate(row.offer)
                same = row.root_run == root_run != "" or bool(segments & set(before.segments))
                if same and bool(before.models) == bool(offer.models):
                    session.delete(row)
            session.add(self._row(offer, root_run))

    def agree(self, offer: Offer) -> None:
        """Write down that a person has agreed to a price before a run could ask: whichever run comes first uses it.

        Where an earlier yes that no run has used covers it, that one is used: a second would be left over.
        """
        with self._store.writing(alone=True) as session:
            before = session.scalars(self._agreed(offer.episode, offer.mode))
            if any(Offer.model_validate(row.offer).covers(offer) for row in before):
                return
            row = self._row(offer, "")
            row.approved_at = row.asked_at
            session.add(row)

    def withdraw(
        self, session: Session, episode: str, mode: Mode, segments: Collection[str], *, compared: bool = False
    ) -> None:
        """Ask no more for prices that are of these segments alone, in the transaction in which those are bought.

        `compared`: for those of comparisons, else for those of the episode's own clips.
        """
        for row in session.scalars(self._waiting(episode, mode)):
            before = Offer.model_validate(row.offer)
            if bool(before.models) == compared and set(segments).issuperset(before.segments):
                session.delete(row)

    def waiting(self, episode: str | None = None, mode: Mode | None = None) -> list[Ask]:
        """The prices that wait, oldest first: of an episode, or of all."""
        with self._store.reading() as session:
            return [
                Ask(row.id, Offer.model_validate(row.offer), row.root_run)
                for row in session.scalars(self._waiting(episode, mode))
            ]

    def approve(self, asks: Collection[Ask]) -> bool:
        """Approve prices as they were shown, all or none: False where one of them waits no more."""
        with self._store.writing(alone=True) as session:
            rows = _as_shown(session, asks)
            for row in rows or ():
                row.approved_at = self._clock()
            return rows is not None

    def decline(self, asks: Collection[Ask]) -> bool:
        """Ask for prices no more that a person said no to, all or none: False where one of them waits no more."""
        with self._store.writing(alone=True) as session:
            rows = _as_shown(session, asks)
            for row in rows or ():
                session.delete(row)
            return rows is not None

    def agreed(self, episode: str | None = None, mode: Mode | None = None) -> list[Ask]:
        """The prices that a person has approved and no run has bought by yet, oldest first."""
        with self._store.reading() as session:
            found = session.scalars(self._agreed(episode, mode))
            return [Ask(each.id, Offer.model_validate(each.offer), each.root_run) for each in found]

    def take_back(self, asks: Collection[Ask]) -> bool:
        """Take approvals back, all or none: False where a run has bought by one of them."""
        with self._store.writing(alone=True) as session:
            rows = _as_said(session, asks)
            for row in rows or ():
                session.delete(row)
            return rows is not None

    def use(self, session: Session, offer: Offer, root_run: str) -> bool:
        """Use the approval of an offer in a transaction of the ledger; False where nobody has approved it.

        What costs nothing needs none, and uses none: it would be in every other one.
        """
        if offer.usd <= 0:
            return False
        row = ApprovalRow
        query = select(row).where(
            *self._of(offer.episode, offer.mode),
            row.approved_at.is_not(None),
            or_(row.used_by.is_(None), row.used_by == root_run),
        )
        for found in session.scalars(query.order_by(row.id.desc())):
            if Offer.model_validate(found.offer).covers(offer):
                found.used_by, found.used_at = root_run, self._clock()
                return True
        return False

    # Voices

    def doubt(self, cell: CellKey, mode: Mode, sha256: str, why: str, root_run: str) -> None:
        """Write down that a voice waits for a person's ear, in the place of an earlier one of its cell."""
        row = DoubtRow
        with self._store.writing(alone=True) as session:
            session.execute(delete(row).where(*self._of_cell(cell), row.mode == mode, row.accepted_at.is_(None)))
            session.add(
                DoubtRow(
                    show=self._show,
                    episode=cell.episode,
                    segment=cell.segment,
                    mode=mode,
                    root_run=root_run,
                    sha256=sha256,
                    why=why,
                    asked_at=self._clock(),
                )
            )

    def accepted(self, cell: CellKey, sha256: str) -> bool:
        """Whether a person has accepted a voice of a cell as it is, in any mode: they share it."""
        row = DoubtRow
        query = select(row.id).where(*self._of_cell(cell), row.sha256 == sha256, row.accepted_at.is_not(None))
        with self._store.reading() as session:
            return session.scalars(query).first() is not None

    def doubts(self, episode: str | None = None, mode: Mode | None = None) -> list[Doubt]:
        """The voices that wait, oldest first: of an episode, or of all."""
        row = DoubtRow
        query = select(row).where(row.show == self._show, row.accepted_at.is_(None))
        if episode is not None:
            query = query.where(row.episode == episode)
        if mode is not None:
            query = query.where(row.mode == mode)
        with self._store.reading() as session:
            return [
                Doubt(
                    found.id,
                    CellKey(found.episode, found.segment),
                    found.mode,
                    found.sha256,
                    found.why,
                    found.root_run,
                )
                for found in session.scalars(query.order_by(row.id))
            ]

    def accept(self, doubts: Collection[Doubt]) -> bool:
        """Take voices as they are, all or none: False where one of them waits no more."""
        with self._store.writing(alone=True) as session:
            rows = _as_heard(session, doubts)
            for row in rows or ():
                row.accepted_at = self._clock()
            return rows is not None

    def let_go(self, doubts: Collection[Doubt]) -> bool:
        """Wait for no ear any more, all or none: False where one of the voices waits no more."""
        with self._store.writing(alone=True) as session:
            rows = _as_heard(session, doubts)
            for row in rows or ():
                session.delete(row)
            return rows is not None

    def undoubt(self, cell: CellKey, mode: Mode) -> None:
        """No voice of a cell waits for an ear any more: another one is there, and nothing is doubted of it."""
        row = DoubtRow
        with self._store.writing() as session:
            session.execute(delete(row).where(*self._of_cell(cell), row.mode == mode, row.accepted_at.is_(None)))

    def _row(self, offer: Offer, root_run: str) -> ApprovalRow:
        return ApprovalRow(
            show=self._show,
            episode=offer.episode,
            mode=offer.mode,
            root_run=root_run,
            offer=offer.model_dump(mode="json"),
            asked_at=self._clock(),
        )

    def _waiting(self, episode: str | None, mode: Mode | None) -> Select[ApprovalRow]:
        return (
            select(ApprovalRow)
            .where(*self._of(episode, mode), ApprovalRow.approved_at.is_(None))
            .order_by(ApprovalRow.id)
        )

    def _agreed(self, episode: str | None, mode: Mode | None) -> Select[ApprovalRow]:
        row = ApprovalRow
        return (
            select(row)
            .where(*self._of(episode, mode), row.approved_at.is_not(None), row.used_by.is_(None))
            .order_by(row.id)
        )

    def _of(self, episode: str | None, mode: Mode | None) -> list[ColumnElement[bool]]:
        row = ApprovalRow
        found = [row.show == self._show]
        found += [] if episode is None else [row.episode == episode]
        return found if mode is None else [*found, row.mode == mode]

    def _of_cell(self, cell: CellKey) -> tuple[ColumnElement[bool], ...]:
        row = DoubtRow
        return (row.show == self._show, row.episode == cell.episode, row.segment == cell.segment)


# A row's number may be another question's by now.


def _as_shown(session: Session, asks: Collection[Ask]) -> list[ApprovalRow] | None:
    """The rows of prices as they were shown; None where one of them waits no more."""
    rows = _still(session, asks)
    return rows if rows is not None and all(row.approved_at is None for row in rows) else None


def _as_said(session: Session, asks: Collection[Ask]) -> list[ApprovalRow] | None:
    """The rows of prices as they were approved; None where a run has bought by one of them, or it was taken back."""
    rows = _still(session, asks)
    free = rows is not None and all(row.approved_at is not None and row.used_by is None for row in rows)
    return rows if free else None


def _still(session: Session, asks: Collection[Ask]) -> list[ApprovalRow] | None:
    """The rows of these prices; None where one of them is gone, or is another question's."""
    rows = [session.get(ApprovalRow, each.id) for each in asks]
    found = [row for row, ask in zip(rows, asks, strict=True) if row is not None and _same(row, ask)]
    return found if len(found) == len(rows) else None


def _same(row: ApprovalRow, ask: Ask) -> bool:
    return (Offer.model_validate(row.offer), row.root_run) == (ask.offer, ask.root_run)


def _as_heard(session: Session, doubts: Collection[Doubt]) -> list[DoubtRow] | None:
    """The rows of voices as they were heard; None where one of them waits no more."""
    rows = [session.get(DoubtRow, each.id) for each in doubts]
    found = [row for row, each in zip(rows, doubts, strict=True) if row is not None and _unheard(row, each)]
    return found if len(found) == len(rows) else None


def _unheard(row: DoubtRow, doubt: Doubt) -> bool:
    return row.accepted_at is None and (row.sha256, row.root_run) == (doubt.sha256, doubt.root_run)
