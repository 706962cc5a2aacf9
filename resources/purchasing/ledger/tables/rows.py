"""The ledger's tables, as this version of the program reads them. Money is stored in whole millionths of a dollar.

A change here needs a migration in `migrations/versions` and its number in `REVISIONS`. One that the program of the
release before cannot work with sets `supported.oldest` to its own number: that program is refused then, and goes on
otherwise.
"""

from datetime import date
from typing import Any

from sqlalchemy import JSON, BigInteger, Date, Double, Enum, Index, String, Text, UniqueConstraint, text
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column

from resources.core.errors import Charge
from resources.core.names import Mode
from resources.purchasing.ledger.tables.entry import State

# Every schema that this program can open, oldest first; the last is its own.
REVISIONS = tuple(f"{number:04}" for number in range(1, 15))
SHOW_LENGTH = 40  # of a show's id
NOT_FAILED = text("state <> 'failed'")


def stored(kind: type[Any]) -> Enum:
    """The column type of an enumeration: its values as text."""
    return Enum(kind, native_enum=False, length=16, values_callable=lambda members: [item.value for item in members])


class Base(DeclarativeBase):
    """The metadata that migrations are compared with."""


class PurchaseRow(Base):
    """One paid request. A key has at most one row that did not fail."""

    __tablename__ = "purchases"
    __table_args__ = (
        # PostgreSQL has the same conditions (`migrations`): to name them here would load its drivers in each command.
        Index("purchases_live_key", "key", unique=True, sqlite_where=NOT_FAILED),
        Index("purchases_request", "provider", "request_id", unique=True),
        Index("purchases_key", "key"),
        Index("purchases_legacy_key", "legacy_key"),
        Index("purchases_cell", "episode", "segment"),
        Index("purchases_intended_at", "intended_at"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    key: Mapped[str] = mapped_column(String(64))
    legacy_key: Mapped[str | None] = mapped_column(String(64))  # of the very files that were sent
    provider: Mapped[str] = mapped_column(String(40))
    endpoint: Mapped[str] = mapped_column(String(200))
    asset: Mapped[str] = mapped_column(String(80))
    show: Mapped[str] = mapped_column(String(SHOW_LENGTH), server_default="default")
    episode: Mapped[str] = mapped_column(String(64))
    segment: Mapped[str] = mapped_column(String(8))
    mode: Mapped[Mode] = mapped_column(stored(Mode))
    content: Mapped[str | None] = mapped_column(String(64))  # of the segment; None in rows from before there was one
    take: Mapped[int]
    arguments: Mapped[dict[str, Any]] = mapped_column(JSON)
    sources: Mapped[dict[str, Any] | None] = mapped_column(JSON(none_as_null=True))
    given: Mapped[dict[str, Any] | None] = mapped_column(JSON(none_as_null=True))
    sent: Mapped[dict[str, Any] | None] = mapped_column(JSON(none_as_null=True))

    state: Mapped[State] = mapped_column(stored(State))
    charge: Mapped[Charge] = mapped_column(stored(Charge))
    settled: Mapped[bool] = mapped_column(default=False)
    imported: Mapped[bool] = mapped_column(default=False)
    estimated_micros: Mapped[int] = mapped_column(BigInteger)
    cost_micros: Mapped[int | None] = mapped_column(BigInteger)
    counted_micros: Mapped[int | None] = mapped_column(BigInteger)  # towards caps; None: as it cost
    unit: Mapped[str] = mapped_column(String(40))
    units: Mapped[float] = mapped_column(Double)
    unit_price_usd: Mapped[float] = mapped_column(Double)
    price_date: Mapped[date] = mapped_column(Date)
    platform_unit: Mapped[str | None] = mapped_column(String(40))
    platform_unit_usd: Mapped[float | None] = mapped_column(Double)
    billed_units: Mapped[float | None] = mapped_column(Double)
    billed_at: Mapped[float | None] = mapped_column(Double)
    billing: Mapped[dict[str, Any] | None] = mapped_column(JSON(none_as_null=True))  # a Billed

    request_id: Mapped[str | None] = mapped_column(String(200))
    status_url: Mapped[str | None] = mapped_column(Text)
    response_url: Mapped[str | None] = mapped_column(Text)
    cancel_url: Mapped[str | None] = mapped_column(Text)
    media_sha256: Mapped[str | None] = mapped_column(String(64))
    media_suffix: Mapped[str | None] = mapped_column(String(16))
    media_size: Mapped[int | None] = mapped_column(BigInteger)
    seconds: Mapped[float | None] = mapped_column(Double)
    facts: Mapped[dict[str, Any]] = mapped_column(JSON, default=dict)
    reason: Mapped[str | None] = mapped_column(Text)
    retryable: Mapped[bool | None]

    # The receipt of it that the library keeps; None while what happened last is in none.
    receipt: Mapped[str | None] = mapped_column(String(64))

    lease_token: Mapped[str | None] = mapped_column(String(32))
    lease_owner: Mapped[str | None] = mapped_column(String(160))
    lease_until: Mapped[float] = mapped_column(Double, default=0.0)
    # Seconds since 1970, UTC.
    intended_at: Mapped[float] = mapped_column(Double)
    sent_at: Mapped[float | None] = mapped_column(Double)
    submitted_at: Mapped[float | None] = mapped_column(Double)
    ended_at: Mapped[float | None] = mapped_column(Double)


class ReuseRow(Base):
    """A cell that was given what is already paid for: one row for each cell and purchase, with how often."""

    __tablename__ = "reuses"
    __table_args__ = (
        UniqueConstraint("purchase_id", "show", "asset", "episode", "segment", "mode", name="reuses_once"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    purchase_id: Mapped[int] = mapped_column(index=True)
    show: Mapped[str] = mapped_column(String(SHOW_LENGTH), server_default="default")
    asset: Mapped[str] = mapped_column(String(80))
    episode: Mapped[str] = mapped_column(String(64))
    segment: Mapped[str] = mapped_column(String(8))
    mode: Mapped[Mode] = mapped_column(stored(Mode))
    given: Mapped[dict[str, Any] | None] = mapped_column(JSON(none_as_null=True))
    times: Mapped[int]
    first_at: Mapped[float] = mapped_column(Double)
    last_at: Mapped[float] = mapped_column(Double)


class UploadRow(Base):
    """An address that a file was uploaded to. Forgotten ones stay: a request that was sent with one is found by it."""

    __tablename__ = "uploads"
    __table_args__ = (Index("uploads_content", "sha256", "provider"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    sha256: Mapped[str] = mapped_column(String(64))
    provider: Mapped[str] = mapped_column(String(40))
    url: Mapped[str] = mapped_column(Text)
    uploaded_at: Mapped[float] = mapped_column(Double)
    expires_at: Mapped[float | None] = mapped_column(Double)
    forgotten: Mapped[bool] = mapped_column(default=False)


class JournalRow(Base):
    """One thing that happened to a paid request. Rows are added and never changed: see `journal`."""

    __tablename__ = "journal"
    __table_args__ = (Index("journal_purchase", "purchase_id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    purchase_id: Mapped[int]
    at: Mapped[float] = mapped_column(Double)  # seconds since 1970, UTC
    event: Mapped[str] = mapped_column(String(16))
    data: Mapped[dict[str, Any]] = mapped_column(JSON)


class ReservationRow(Base):
    """Money set aside for a purchase that a run is about to make: see `reservations`. No `key`: it is not known yet."""

    __tablename__ = "reservations"

    id: Mapped[int] = mapped_column(primary_key=True)
    show: Mapped[str] = mapped_column(String(SHOW_LENGTH))
    episode: Mapped[str] = mapped_column(String(64))
    segment: Mapped[str] = mapped_column(String(8))
    mode: Mapped[Mode] = mapped_column(stored(Mode))
    content: Mapped[str | None] = mapped_column(String(64))
    asset: Mapped[str] = mapped_column(String(80))
    key: Mapped[str | None] = mapped_column(String(64))
    micros: Mapped[int] = mapped_column(BigInteger)
    lease_token: Mapped[str] = mapped_column(String(32))
    lease_owner: Mapped[str] = mapped_column(String(160))
    lease_until: Mapped[float] = mapped_column(Double)


class HookRow(Base):
    """A webhook that a request was sent with: the digest of the secret in its path, and what arrived there first."""

    __tablename__ = "hooks"
    __table_args__ = (Index("hooks_purchase", "purchase_id"),)

    secret: Mapped[str] = mapped_column(String(64), primary_key=True)
    purchase_id: Mapped[int]
    made_at: Mapped[float] = mapped_column(Double)  # seconds since 1970, UTC
    request_id: Mapped[str | None] = mapped_column(String(200))
    status: Mapped[str | None] = mapped_column(String(16))
    arrived_at: Mapped[float | None] = mapped_column(Double)


class PlaceRow(Base):
    """A place at a provider's account that somebody holds, or waits for: see `places`."""

    __tablename__ = "places"
    __table_args__ = (Index("places_account", "account"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    account: Mapped[str] = mapped_column(String(40))
    due: Mapped[float] = mapped_column(Double)  # seconds since 1970, UTC
    held: Mapped[bool]
    lease_token: Mapped[str] = mapped_column(String(32))
    lease_owner: Mapped[str] = mapped_column(String(160))
    lease_until: Mapped[float] = mapped_column(Double)


class SupportedRow(Base):
    """The oldest schema whose program can work with this database: one row, which each migration sets."""

    __tablename__ = "supported"

    oldest: Mapped[str] = mapped_column(String(16), primary_key=True)


class ProviderLockRow(Base):
    """A provider whose account is locked, as far as is known: one request of the next run finds out."""

    __tablename__ = "provider_locks"

    provider: Mapped[str] = mapped_column(String(40), primary_key=True)
    reason: Mapped[str] = mapped_column(Text)
    locked_at: Mapped[float] = mapped_column(Double)
    until: Mapped[float] = mapped_column(Double)


# The same tables, for what reads and writes them without an object of a row.
PURCHASES = Base.metadata.tables[PurchaseRow.__tablename__]
REUSES = Base.metadata.tables[ReuseRow.__tablename__]
JOURNAL = Base.metadata.tables[JournalRow.__tablename__]
RESERVATIONS = Base.metadata.tables[ReservationRow.__tablename__]
