"""The tables of a show's state. They live in the ledger's database and are migrated with it, by its `migrations`."""

from typing import Any

from sqlalchemy import JSON, Double, Index, String, Text, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from resources.core.names import Mode
from resources.purchasing.ledger.tables.rows import SHOW_LENGTH, Base, stored

LINE_LENGTH = 24  # a line's hash, and which of the equal ones it is
_COUNTED = text("counted")
_KEYED = text("keys <> ''")


class ShowRow(Base):
    """A show that this database knows. `taken_from` is the ledger of an earlier version that its rows came from.

    `finished`: nothing of an earlier version is left to be taken over.
    """

    __tablename__ = "shows"

    id: Mapped[str] = mapped_column(String(SHOW_LENGTH), primary_key=True)
    taken_from: Mapped[str | None] = mapped_column(Text)
    finished: Mapped[bool] = mapped_column(default=False)


class RetakeRow(Base):
    """A retake that was asked for: by which root run, of which line, and which number it counted to.

    One that was not `counted` raised nothing: what it would have replaced was still under way. `keys` names what it
    would buy, where that is known: no two retakes of equal lines get one take. `segment` is where the line stood;
    without `content`, in rows from before a row knew it, the retake is of whatever stands there.
    """

    __tablename__ = "retakes"
    __table_args__ = (
        UniqueConstraint("show", "scope", "part", "episode", "segment", "root_run"),
        Index(
            "retakes_number",
            "show",
            "scope",
            "part",
            "episode",
            "segment",
            "content",
            "number",
            unique=True,
            sqlite_where=_COUNTED,
        ),
        Index("retakes_keys", "keys", unique=True, sqlite_where=_KEYED),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    show: Mapped[str] = mapped_column(String(SHOW_LENGTH))
    scope: Mapped[str] = mapped_column(String(16))
    part: Mapped[str] = mapped_column(String(16))
    episode: Mapped[str] = mapped_column(String(64))
    segment: Mapped[str] = mapped_column(String(8))
    content: Mapped[str] = mapped_column(String(LINE_LENGTH), default="", server_default="")
    root_run: Mapped[str] = mapped_column(String(64))
    number: Mapped[int]
    counted: Mapped[bool]
    keys: Mapped[str] = mapped_column(String(64), default="")
    asked_at: Mapped[float] = mapped_column(Double)  # seconds since 1970, UTC
    receipt: Mapped[str | None] = mapped_column(String(64))  # the one that the library keeps of it


class ChosenRow(Base):
    """An earlier take that a person chose: it is the current one while `after` is the number of the last retake."""

    __tablename__ = "chosen_takes"

    show: Mapped[str] = mapped_column(String(SHOW_LENGTH), primary_key=True)
    scope: Mapped[str] = mapped_column(String(16), primary_key=True)
    part: Mapped[str] = mapped_column(String(16), primary_key=True)
    episode: Mapped[str] = mapped_column(String(64), primary_key=True)
    segment: Mapped[str] = mapped_column(String(8), primary_key=True)
    content: Mapped[str] = mapped_column(String(LINE_LENGTH), primary_key=True, default="")  # as of a retake
    number: Mapped[int]
    after: Mapped[int]
    chosen_at: Mapped[float] = mapped_column(Double)  # seconds since 1970, UTC
    receipt: Mapped[str | None] = mapped_column(String(64))  # the one that the library keeps of it


class NoteRow(Base):
    """What a person wrote about a cut, at `seconds` from its start. `done_at`: when it was seen to."""

    __tablename__ = "notes"
    __table_args__ = (Index("notes_of_episode", "show", "episode", "mode"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    show: Mapped[str] = mapped_column(String(SHOW_LENGTH))
    episode: Mapped[str] = mapped_column(String(64))
    mode: Mapped[Mode] = mapped_column(stored(Mode))
    segment: Mapped[str] = mapped_column(String(8))  # that was seen at that time; empty: none
    seconds: Mapped[float] = mapped_column(Double)
    text: Mapped[str] = mapped_column(Text)
    written_at: Mapped[float] = mapped_column(Double)  # seconds since 1970, UTC
    done_at: Mapped[float | None] = mapped_column(Double)


class RecordRow(Base):
    """What an asset delivered for a cell. The episode as it was read has no segment: its `segment` is empty."""

    __tablename__ = "records"

    show: Mapped[str] = mapped_column(String(SHOW_LENGTH), primary_key=True)
    episode: Mapped[str] = mapped_column(String(64), primary_key=True)
    mode: Mapped[Mode] = mapped_column(stored(Mode), primary_key=True)
    segment: Mapped[str] = mapped_column(String(8), primary_key=True)
    asset: Mapped[str] = mapped_column(String(80), primary_key=True)
    digest: Mapped[str] = mapped_column(String(64))
    made_from: Mapped[dict[str, Any]] = mapped_column(JSON)
    value: Mapped[str] = mapped_column(Text)  # JSON, as it was written: read by whoever knows its type
    written_at: Mapped[float] = mapped_column(Double)  # seconds since 1970, UTC


class ArchivedRow(Base):
    """An episode that was put away: it has no records, and nobody launches it until it is taken back."""

    __tablename__ = "archived"

    show: Mapped[str] = mapped_column(String(SHOW_LENGTH), primary_key=True)
    episode: Mapped[str] = mapped_column(String(64), primary_key=True)
    archived_at: Mapped[float] = mapped_column(Double)  # seconds since 1970, UTC


class NoticeRow(Base):
    """That an event was told at an address of `notify`, which is known by its digest."""

    __tablename__ = "notices"

    show: Mapped[str] = mapped_column(String(SHOW_LENGTH), primary_key=True)
    event: Mapped[str] = mapped_column(String(120), primary_key=True)
    address: Mapped[str] = mapped_column(String(16), primary_key=True)
    told_at: Mapped[float] = mapped_column(Double)  # seconds since 1970, UTC


class PriceRow(Base):
    """A price that was taken from a platform's pricing API: the newest of its `kind`, endpoint and variant."""

    __tablename__ = "prices"

    show: Mapped[str] = mapped_column(String(SHOW_LENGTH), primary_key=True)
    endpoint: Mapped[str] = mapped_column(String(200), primary_key=True)
    kind: Mapped[str] = mapped_column(String(16), primary_key=True)  # list, or platform: of a unit of its own
    variant: Mapped[str] = mapped_column(String(80), primary_key=True)  # of a list price; empty: there is one for all
    price: Mapped[str] = mapped_column(Text)  # JSON
    taken_at: Mapped[float] = mapped_column(Double)  # seconds since 1970, UTC


class ApprovalRow(Base):
    """A price that a person was asked for, with what it was of, and what became of it: see `approvals`."""

    __tablename__ = "approvals"
    __table_args__ = (Index("approvals_episode", "show", "episode", "mode"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    show: Mapped[str] = mapped_column(String(SHOW_LENGTH))
    episode: Mapped[str] = mapped_column(String(64))
    mode: Mapped[Mode] = mapped_column(stored(Mode))
    root_run: Mapped[str] = mapped_column(String(64))
    offer: Mapped[dict[str, Any]] = mapped_column(JSON)  # as it was shown
    # Seconds since 1970, UTC.
    asked_at: Mapped[float] = mapped_column(Double)
    approved_at: Mapped[float | None] = mapped_column(Double)
    used_by: Mapped[str | None] = mapped_column(String(64))  # the root run that bought by it
    used_at: Mapped[float | None] = mapped_column(Double)


class DoubtRow(Base):
    """A voice that is not as its line is likely to be said, by its track: a person listens, and may accept it."""

    __tablename__ = "doubts"
    __table_args__ = (UniqueConstraint("show", "episode", "segment", "mode", "sha256"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    show: Mapped[str] = mapped_column(String(SHOW_LENGTH))
    episode: Mapped[str] = mapped_column(String(64))
    segment: Mapped[str] = mapped_column(String(8))
    mode: Mapped[Mode] = mapped_column(stored(Mode))
    root_run: Mapped[str] = mapped_column(String(64))
    sha256: Mapped[str] = mapped_column(String(64))  # of the track
    why: Mapped[str] = mapped_column(Text)
    asked_at: Mapped[float] = mapped_column(Double)  # seconds since 1970, UTC
    accepted_at: Mapped[float | None] = mapped_column(Double)
