"""Who works on which row: a lease that its holder keeps alive, and that a dead process loses."""

import threading
from collections.abc import Callable, Collection, Iterator, Sequence
from contextlib import contextmanager, suppress
from typing import Final
from uuid import uuid4

from pydantic import JsonValue
from sqlalchemy import and_, delete, func, or_, select, update

from resources.core.errors import LedgerError
from resources.purchasing.ledger.steps import changes, refusals, reservations
from resources.purchasing.ledger.steps.heartbeat import Heartbeat
from resources.purchasing.ledger.steps.journal import Event, note
from resources.purchasing.ledger.steps.owners import Owner
from resources.purchasing.ledger.steps.reservations import Wanted
from resources.purchasing.ledger.tables.entry import Claim, ClaimKind, State
from resources.purchasing.ledger.tables.purchase import Purchase
from resources.purchasing.ledger.tables.rows import PlaceRow, PurchaseRow, ReservationRow
from resources.purchasing.ledger.tables.store import Store
from resources.purchasing.ledger.tables.transaction import Transaction

_HELD: Final = (PurchaseRow, ReservationRow, PlaceRow)


class Leases:
    """The leases of one process. A lease lasts `seconds` and is renewed three times as often while it is `kept`."""

    def __init__(
        self, store: Store, clock: Callable[[], float], seconds: float, mark: Callable[[], dict[str, JsonValue]]
    ) -> None:
        self._store = store
        self._mark = mark
        self._clock = clock
        self._seconds = seconds
        self._named: Owner | None = None
        self._naming = threading.Lock()
        self._tokens: set[str] = set()  # of the leases given out here and not given back
        self._reserved: set[str] = set()
        self._places: set[str] = set()
        self._heartbeat = Heartbeat(self._renew, seconds / 3)

    @property
    def owner(self) -> Owner:
        """This process, as soon as it asks who lives: who only reads needs no name."""
        with self._naming:
            if self._named is None:
                self._named = Owner()
            return self._named

    def close(self) -> None:
        """Give up every lease, and what was reserved and not used."""
        self._heartbeat.stop()
        if self._reserved or self._places:
            with suppress(LedgerError):  # it runs out by itself
                with self._store.changing(durable=False) as transaction:
                    reservations.free(transaction.connection, self._reserved)
                    transaction.connection.execute(delete(PlaceRow).where(PlaceRow.lease_token.in_(self._places)))
                self._reserved.clear()
                self._places.clear()
        if self._named is not None:
            self._named.close(used=bool(self._tokens or self._reserved or self._places))

    def hold(self, token: str, now: float) -> tuple[str, float]:
        """Keep the lease of a place alive until `forget` or `close`; returns its owner and its end."""
        self._places.add(token)
        self._heartbeat.hold(token)
        return self.owner.name, now + self._seconds

    def forget(self, token: str) -> None:
        """Keep the lease of a place no more: its row is gone."""
        self._heartbeat.drop(token)
        self._places.discard(token)

    def reserve(self, transaction: Transaction, wanted: Sequence[Wanted], show: str, now: float) -> None:
        """Set aside each of these, until it is bought or `close`."""
        token = uuid4().hex
        until = now + self._seconds
        reservations.reserve(transaction.connection, wanted, show=show, token=token, owner=self.owner.name, until=until)
        self._reserved.add(token)
        self._heartbeat.hold(token)

    def sweep(self, transaction: Transaction, now: float) -> bool:
        """Give back what was reserved by those who are gone. Returns whether anything is reserved still."""
        return reservations.sweep(transaction.connection, self.owner, now, now + self._seconds)

    def give(
        self, transaction: Transaction, row: PurchaseRow, purchase: Purchase, kind: ClaimKind, now: float
    ) -> Claim:
        """A claim with a new lease on the row."""
        token = uuid4().hex
        self._tokens.add(token)
        row.lease_token, row.lease_owner, row.lease_until = token, self.owner.name, now + self._seconds
        transaction.flush()
        return Claim(kind=kind, purchase=purchase, entry=changes.as_entry(row, now), token=token)

    def held(self, row: PurchaseRow, now: float) -> bool:
        """Whether a live worker has the row."""
        if row.lease_token is None or row.lease_owner is None:
            return False
        alive = self.owner.alive(row.lease_owner)
        if alive is False:
            return False
        if row.lease_until > now or self.owner.works(row.lease_owner):
            return True
        # A stopped process may wake between its commit and its POST: while it lives, what it sends is its own.
        return row.state is State.SENDING and alive is True and row.lease_owner != self.owner.name

    def row(self, transaction: Transaction, claim: Claim, *states: State) -> PurchaseRow:
        """The claim's row. Raises LedgerError when the lease was lost or the row is in no state of `states`."""
        row = changes.locked(transaction, claim.entry.id)
        if claim.token is None or row.lease_token != claim.token:
            raise refusals.lost(row)
        if row.state not in states:
            raise refusals.out_of_step(row)
        return row

    def given_back(self, claim: Claim) -> None:
        """Forget a lease whose row was freed. After the commit: one that could not be is given back by `release`."""
        if claim.token is not None:
            self._tokens.discard(claim.token)

    @contextmanager
    def kept(self, claim: Claim) -> Iterator[Claim]:
        """Keep a claim's lease alive in the background; release it at the end of the block."""
        if claim.token is None:
            yield claim
            return
        self._heartbeat.hold(claim.token)
        try:
            yield claim
        finally:
            self._heartbeat.drop(claim.token)
            self.release(claim)

    def release(self, claim: Claim) -> None:
        """Give the lease back. A row left `sending` becomes `unknown`: nobody said what became of the request."""
        if claim.token not in self._tokens:
            return
        with self._store.changing(durable=False) as transaction:  # taken back, the lease runs out by itself
            row = changes.locked(transaction, claim.entry.id)
            if row.lease_token == claim.token:
                if row.state is State.SENDING:
                    row.state = State.UNKNOWN
                    row.reason = "the worker stopped before it knew what became of the request"
                    note(transaction, row, Event.ANSWERED, self._clock(), reason=row.reason, **self._mark())
                changes.free(row)
        self.given_back(claim)

    def _renew(self, tokens: Collection[str]) -> None:
        row = PurchaseRow
        with self._store.changing(durable=False) as transaction:
            now = self._clock()
            # An intent whose lease ran out no longer counts towards the caps: it must be claimed, and checked, again.
            renewable = and_(row.lease_token.in_(tokens), or_(row.state != State.INTENDED, row.lease_until > now))
            transaction.connection.execute(update(row).where(renewable).values(lease_until=now + self._seconds))
            transaction.connection.execute(reservations.renewed(tokens, now, now + self._seconds))
            if self._places:
                # One that ran out while the database was away is kept on: its request goes on.
                transaction.connection.execute(
                    update(PlaceRow).where(PlaceRow.lease_token.in_(tokens)).values(lease_until=now + self._seconds)
                )


def refuse_held(store: Store, what: str, then: str, *, where: str = "") -> None:
    """Raise LedgerError, which says `what`, while somebody holds something there: a purchase, money set aside, a place.

    `then` is what a person does again when that has ended; `where` calls another place than the database.
    """
    with store.reading() as session:
        ends = [session.scalars(select(func.max(row.lease_until))).one() or 0.0 for row in _HELD]
    left = max(ends) - store.now()
    if left > 0:
        raise LedgerError(
            what,
            where=where or store.shown,
            hint=f"let it end; if it was killed, {then} again in {left:.0f} s",
            retryable=True,
        )
