"""Places at a provider's account: no more requests are under way at once than its plan allows, over all machines.

Whoever wants one leaves a row, and takes its place when it is its turn: the earliest due first, then who asked first.
A row is leased: one whose process is gone counts no more, at once where that is seen, else when its lease has run out.
How a thread waits is `purchasing.account`'s matter.
"""

from collections.abc import Callable, Mapping
from functools import cache
from uuid import uuid4

from sqlalchemy import delete, select, update
from sqlalchemy.orm import Session

from resources.purchasing.ledger.steps.leases import Leases
from resources.purchasing.ledger.steps.owners import Owner
from resources.purchasing.ledger.tables.rows import PlaceRow
from resources.purchasing.ledger.tables.store import Store


class Places:
    """The places of accounts, over all processes. An account is a provider's."""

    _store: Store
    _clock: Callable[[], float]
    _leases: Leases

    def ask_place(self, account: str, due: float, *, held: bool = False) -> str:
        """Wait for a place from now on, `due` in seconds since 1970; returns the token that stands for it.

        `held`: it is taken at once, whether one is free or not, by what is under way already.
        """
        token = uuid4().hex
        with self._store.writing(durable=False) as session:
            _sweep(session, account, self._leases.owner, self._clock())
            self._add(session, account, {token: due}, held=held)
        return token

    def take_places(self, account: str, waiting: Mapping[str, float], size: int) -> frozenset[str]:
        """Take the places of those whose turn it is, where `size` are under way at once; returns their tokens.

        `waiting` is who waits in this process: token -> due.
        """
        if not self._may_take(account, waiting, size):
            return frozenset()
        with self._store.writing(alone=True, durable=False) as session:
            now = self._clock()
            known = set(session.scalars(select(PlaceRow.lease_token).where(PlaceRow.lease_token.in_(waiting))))
            # A database that was away for longer than a lease may have forgotten who waits.
            self._add(session, account, {each: due for each, due in waiting.items() if each not in known}, held=False)
            mine = frozenset(_turns(session, account, size, self._leases.owner, now)) & waiting.keys()
            session.execute(update(PlaceRow).where(PlaceRow.lease_token.in_(mine)).values(held=True))
        return mine

    def leave_place(self, token: str) -> None:
        """Give a place, or the wait for one, back."""
        with self._store.writing(durable=False) as session:
            session.execute(delete(PlaceRow).where(PlaceRow.lease_token == token))
        self._leases.forget(token)

    def places(self, account: str) -> tuple[int, int]:
        """How many hold a place of an account, and how many wait for one."""
        row = PlaceRow
        query = select(row.held, row.lease_owner, row.lease_until).where(row.account == account)
        with self._store.reading() as session:
            now = self._clock()
            found = [held for held, owner, until in session.execute(query) if until > now]
        return sum(found), len(found) - sum(found)

    def _may_take(self, account: str, waiting: Mapping[str, float], size: int) -> bool:
        """One look that writes nothing: most find that nothing has changed."""
        with self._store.reading() as session:
            turns = _turns(session, account, size, self._leases.owner, self._clock())
            known = set(session.scalars(select(PlaceRow.lease_token).where(PlaceRow.lease_token.in_(waiting))))
        return not waiting.keys().isdisjoint(turns) or known != waiting.keys()

    def _add(self, session: Session, account: str, waits: Mapping[str, float], *, held: bool) -> None:
        for token, due in waits.items():
            owner, until = self._leases.hold(token, self._clock())
            row = PlaceRow(account=account, due=due, held=held)
            row.lease_token, row.lease_owner, row.lease_until = token, owner, until
            session.add(row)
        session.flush()


def _turns(session: Session, account: str, size: int, owners: Owner, now: float) -> list[str]:
    """The tokens of those who wait and whose turn it is: as many as there are free places."""
    row, lives = PlaceRow, _living(owners, now)
    query = select(row.lease_token, row.held, row.lease_owner, row.lease_until).where(row.account == account)
    rows = session.execute(query.order_by(row.due, row.id))
    alive = [(token, held) for token, held, owner, until in rows if lives(owner, until)]
    free = size - sum(held for _, held in alive)
    return [token for token, held in alive if not held][: max(0, free)]


def _sweep(session: Session, account: str, owners: Owner, now: float) -> None:
    """Remove what those left who are gone."""
    row, lives = PlaceRow, _living(owners, now)
    found = session.execute(select(row.id, row.lease_owner, row.lease_until).where(row.account == account))
    gone = [number for number, owner, until in found if not lives(owner, until)]
    if gone:
        session.execute(delete(row).where(row.id.in_(gone)))


def _living(owners: Owner, now: float) -> Callable[[str, float], bool]:
    """Whether a row's owner lives: as is seen on this machine, else by its lease."""
    alive = cache(owners.alive)
    return lambda owner, until: until > now if alive(owner) is None else bool(alive(owner))
