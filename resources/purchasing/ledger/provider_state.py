"""What the ledger knows of providers beside purchases: where their uploads are, and which take no new requests."""

from collections.abc import Callable, Iterable
from datetime import UTC, datetime
from typing import Final

from sqlalchemy import or_, select, update

from resources.core.errors import LedgerError
from resources.purchasing.ledger.tables.entry import StoredUpload
from resources.purchasing.ledger.tables.purchase import scrubbed
from resources.purchasing.ledger.tables.rows import ProviderLockRow, UploadRow
from resources.purchasing.ledger.tables.store import Store

_AT_ONCE: Final = 500  # values that one statement takes
_UNTIL_PROBED = 4e9  # seconds since 1970: a lock has no end of its own


class ProviderState:
    """Uploads and provider locks, over all processes."""

    _store: Store
    _clock: Callable[[], float]

    def upload(self, sha256: str, provider: str, *, spare_seconds: float = 0.0) -> StoredUpload | None:
        """The newest address of a file at a provider that is still good for `spare_seconds`, or None."""
        needed = self._clock() + spare_seconds
        row = UploadRow
        lives = row.forgotten.is_(False), or_(row.expires_at.is_(None), row.expires_at > needed)
        query = select(row).where(row.sha256 == sha256, row.provider == provider, *lives)
        with self._store.reading() as session:
            found = session.scalars(query.order_by(row.uploaded_at.desc(), row.id.desc()).limit(1)).first()
            return None if found is None else _upload(found)

    def contents_of(self, urls: Iterable[str]) -> dict[str, str]:
        """The content names (`sha256:…`) of those addresses that a file of ours was uploaded to."""
        wanted, found = sorted(set(urls)), dict[str, str]()
        with self._store.reading() as session:
            for first in range(0, len(wanted), _AT_ONCE):
                part = wanted[first : first + _AT_ONCE]
                rows = session.execute(select(UploadRow.url, UploadRow.sha256).where(UploadRow.url.in_(part)))
                found.update({url: f"sha256:{sha256}" for url, sha256 in rows})
        return found

    def remember_upload(self, sha256: str, provider: str, url: str, expires_at: datetime | None) -> StoredUpload:
        """Record a new address of a file. `expires_at` is an aware datetime; None means never.

        Raises LedgerError for an address that holds a provider's key.
        """
        if scrubbed(url) != url:
            raise LedgerError(f"the address that {provider} gave for an upload holds its key: it is not stored")
        row = UploadRow(
            sha256=sha256,
            provider=provider,
            url=url,
            uploaded_at=self._clock(),
            expires_at=None if expires_at is None else expires_at.timestamp(),
            forgotten=False,
        )
        with self._store.writing() as session:
            session.add(row)
        return _upload(row)

    def forget_upload(self, sha256: str, provider: str) -> None:
        """Do not offer the addresses of a file any more: the provider could not read it there."""
        mine = (UploadRow.sha256 == sha256, UploadRow.provider == provider)
        with self._store.writing() as session:
            session.execute(update(UploadRow).where(*mine).values(forgotten=True))

    def lock_provider(self, provider: str, reason: str) -> None:
        """Remember that a provider refuses new requests of this account: the next run probes it with one request.

        What is under way is still polled and collected.
        """
        row = ProviderLockRow(provider=provider, reason=scrubbed(reason), locked_at=self._clock(), until=_UNTIL_PROBED)
        with self._store.writing(alone=True) as session:
            session.merge(row)

    def unlock_provider(self, provider: str) -> None:
        """Let requests go out again. Nothing happens when it is not locked."""
        with self._store.writing(alone=True) as session:
            row = session.get(ProviderLockRow, provider)
            if row is not None:
                session.delete(row)

    def locked(self, provider: str) -> str | None:
        """Why a provider takes no new requests, or None when it does."""
        with self._store.reading() as session:
            row = session.get(ProviderLockRow, provider)
            return row.reason if row is not None and row.until > self._clock() else None


def _upload(row: UploadRow) -> StoredUpload:
    return StoredUpload(
        sha256=row.sha256,
        provider=row.provider,
        url=row.url,
        uploaded_at=datetime.fromtimestamp(row.uploaded_at, UTC),
        expires_at=None if row.expires_at is None else datetime.fromtimestamp(row.expires_at, UTC),
    )
