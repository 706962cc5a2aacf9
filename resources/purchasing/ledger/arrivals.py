"""Webhooks of paid requests, as rows: which secret was sent with which purchase, and what arrived there.

Who may write an arrival is not decided here: a signature is checked before. The secret itself is nowhere kept.
"""

import hashlib
import secrets
from collections.abc import Callable

from sqlalchemy import select

from resources.purchasing.ledger.tables.rows import HookRow
from resources.purchasing.ledger.tables.store import Store


class Hooks:
    """The webhooks in a ledger's database, of every show. Safe for threads and processes."""

    def __init__(self, store: Store, clock: Callable[[], float] | None = None) -> None:
        self._store = store
        self._clock = clock or store.seconds

    def expect(self, purchase_id: int) -> str:
        """A new secret for one POST of a purchase, by which what arrives is known to be its own."""
        secret = secrets.token_urlsafe(32)
        with self._store.writing() as session:
            session.add(HookRow(secret=_digest(secret), purchase_id=purchase_id, made_at=self._clock()))
        return secret

    def expected(self, secret: str) -> bool:
        """Whether anything was sent with this secret."""
        with self._store.reading() as session:
            return session.get(HookRow, _digest(secret)) is not None

    def arrive(self, secret: str, request_id: str, status: str) -> bool:
        """Write down what arrived with a secret: True for the first; one that comes again changes nothing."""
        with self._store.writing(alone=True) as session:
            row = session.get(HookRow, _digest(secret))
            if row is None or row.arrived_at is not None:
                return False
            row.request_id, row.status, row.arrived_at = request_id, status, self._clock()
            return True

    def request_of(self, purchase_id: int) -> str | None:
        """The request that a purchase was last told of by its hook; None where nothing arrived."""
        row = HookRow
        query = select(row.request_id).where(row.purchase_id == purchase_id, row.arrived_at.is_not(None))
        with self._store.reading() as session:
            return session.scalars(query.order_by(row.made_at.desc()).limit(1)).first()


def _digest(secret: str) -> str:
    return hashlib.sha256(secret.encode()).hexdigest()
