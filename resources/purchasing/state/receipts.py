"""Receipts in the library: what the database knows of each paid delivery, each retake and each earlier take that was
chosen, as small files beside the media.

So ledger and library can each be made anew from the other. A receipt is written after its row, and found to be missing
by the next opening; what was told once is never changed, a row that changes gets a further one. What the library knows
and the database does not would be bought again: paid modes refuse to start then, and `rebuild` mends it.
"""

import hashlib
from collections.abc import Callable, Iterable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import date
from enum import Enum
from typing import Any, Final, NamedTuple, TypeAlias

from pydantic import BaseModel, JsonValue, ValidationError
from sqlalchemy import ColumnElement, Date, and_, func, inspect, not_, or_, select
from sqlalchemy.orm import Session

from resources.core.errors import Charge, LedgerError, MediaError
from resources.core.library import Library, StoredName
from resources.core.names import DEFAULT_SHOW
from resources.core.progress import LOGGER
from resources.models.prices.price_values import usd
from resources.purchasing.ledger.steps.caps import dollars
from resources.purchasing.ledger.steps.journal import Event, note
from resources.purchasing.ledger.tables.entry import State
from resources.purchasing.ledger.tables.rows import Base, PurchaseRow
from resources.purchasing.ledger.tables.store import Store, batches_of
from resources.purchasing.ledger.tables.transaction import Transaction
from resources.purchasing.state.tables import ChosenRow, RetakeRow

_AT_ONCE: Final = 8  # receipts written side by side, where many are missing: each waits for the disk
# What of a row is no part of what happened.
_LEFT_OUT: Final = frozenset({"id", "receipt", "lease_token", "lease_owner", "lease_until"})
_Row: TypeAlias = PurchaseRow | RetakeRow | ChosenRow
# By the kind of their receipts, in the order in which they are brought back.
_TABLES: Final[Mapping[str, type[_Row]]] = {"purchase": PurchaseRow, "retake": RetakeRow, "choice": ChosenRow}


class Receipt(BaseModel):
    """A row as it is told in a receipt: its columns by name.

    Later versions may tell more, and of more kinds: what is not known is left.

    `number` is the row's own in the database that it was in; a choice, which is known by its place and line, has none.
    """

    version: int = 1
    kind: str
    number: int
    row: dict[str, JsonValue]


class Unknown(NamedTuple):
    """What the library has receipts of and the database does not know: how many purchases, for how much, of which."""

    receipts: Sequence[Receipt]

    @property
    def usd(self) -> float:
        """What they cost, in US dollars."""
        return dollars(sum(int(str(each.row.get("cost_micros") or 0)) for each in self.receipts))

    @property
    def episodes(self) -> list[str]:
        """Whose they are, sorted."""
        return sorted({str(each.row["episode"]) for each in self.receipts})


def leave_receipts(store: Store, library: Library) -> int:
    """Write the receipts that are missing, of every show; returns how many.

    A library that cannot take one is told in the log: it is written at a later opening.
    """
    with store.reading() as session:
        missing = [_receipt_of(row) for row in _without(session)]
    if not missing:
        return 0
    if len(missing) > _AT_ONCE:
        LOGGER.info("writing %d receipts of what was paid for into the library", len(missing))

    def put(receipt: Receipt) -> StoredName | None:
        try:
            return library.put_receipt(_place(receipt), _content(receipt))
        except MediaError as error:
            LOGGER.warning("a receipt is not written yet: %s", error)
            return None

    with ThreadPoolExecutor(_AT_ONCE) as pool:
        names = list(pool.map(put, missing))
    # What changed meanwhile has none again: only what was told is marked.
    with store.writing(durable=False) as session:
        for receipt, name in zip(missing, names, strict=True):
            if name is not None:
                _mark(session, receipt, name)
    return len(missing)


def unknown_to(store: Store | None, library: Library, show: str) -> Unknown:
    """The purchases of a show that the library has receipts of, and that would be bought again.

    Without a `store`, all that it has receipts of.
    """
    names = library.receipt_names()
    if store is not None and names:
        with store.reading() as session:
            for table in _TABLES.values():
                known = set(session.scalars(select(table.receipt).where(table.receipt.is_not(None))))
                names = {name for name in names if name.digest not in known}
    shows = {show, DEFAULT_SHOW}  # a show may have given itself its id later
    receipts = [each for each in _read(library, names) if each.kind == "purchase" and each.row.get("show") in shows]
    held: set[str] = set()
    if store is not None and receipts:
        with store.reading() as session:
            held = _held(session, set().union(*map(_keys, receipts)))
    newest = {str(each.row["key"]): each for each in sorted(receipts, key=_known_at) if held.isdisjoint(_keys(each))}
    return Unknown(list(newest.values()))


def refuse_contradiction(store: Store | None, library: Library, show: str, *, where: str = "") -> None:
    """Raise LedgerError where the library has receipts of purchases that the ledger does not know.

    Without a `store` there is none yet `where` it would be.
    """
    found = unknown_to(store, library, show)
    if found.receipts:
        count = len(found.receipts)
        raise LedgerError(
            f"the library has receipts of {count} {'purchase' if count == 1 else 'purchases'} ({usd(found.usd)}) that "
            "the ledger does not know: nothing is bought",
            where=store.shown if store is not None else where,
            why=f"of {', '.join(found.episodes[:5])}{' and more' if len(found.episodes) > 5 else ''}, they would be "
            "bought again: the ledger was deleted, emptied or brought back from an older backup, or is another one",
            hint="ninja ledger rebuild",
        )


class Rebuilt(NamedTuple):
    """What a rebuild brought into the database, and what it wrote into the library."""

    purchases: int
    usd: float
    retakes: int
    choices: int
    receipts: int


def rebuild(store: Store, library: Library) -> Rebuilt:
    """Bring all that the library has a receipt of into the database, where it is missing.

    A row that has not come as far as its receipt is completed. Nothing is taken away.
    """
    receipts = _read(library, library.receipt_names())
    brought: list[Receipt] = []
    with store.writing(alone=True) as session:
        for receipt in sorted(receipts, key=_order):
            if _BRING[receipt.kind](session, receipt):
                brought.append(receipt)
        store.number_on(session, Base.metadata.tables[PurchaseRow.__tablename__])
    of = {kind: [each for each in brought if each.kind == kind] for kind in _TABLES}
    written = leave_receipts(store, library)
    purchases = of["purchase"]
    return Rebuilt(len(purchases), Unknown(purchases).usd, len(of["retake"]), len(of["choice"]), written)


def _order(receipt: Receipt) -> tuple[int, bool, int, float, bool]:
    """Purchases by their numbers; of a show that gave itself an id later, by that id; of one row the newest first.

    Of a retake that is the one that knows its line: earlier versions told the place alone.
    """
    later = receipt.row.get("show") == DEFAULT_SHOW
    kind = list(_TABLES).index(receipt.kind)
    return kind, later, receipt.number, -_known_at(receipt), not receipt.row.get("content")


def _known_at(receipt: Receipt) -> float:
    """When what it tells of a cost, or a choice, was known: what was corrected since is told by a further receipt."""
    return float(str(receipt.row.get("billed_at") or receipt.row.get("chosen_at") or 0.0))


def _purchase(session: Session, receipt: Receipt) -> bool:
    values = _values(PurchaseRow, receipt)
    key, request_id = values["key"], values.get("request_id")
    row = PurchaseRow
    same = select(row).where(or_(row.key == key, row.legacy_key.in_(_keys(receipt))))
    live = session.scalars(same.where(row.state != State.FAILED).order_by((row.key == key).desc())).first()
    if live is not None and live.state is State.COLLECTED:
        return False
    if request_id is not None:
        known = session.scalars(
            select(row).where(row.provider == values["provider"], row.request_id == request_id)
        ).one_or_none()
        if known is not None and known is not live:
            return False
    if live is not None and live.request_id not in (None, request_id):  # it was bought again: both were paid
        why = f"a second request of the same purchase as entry {live.id}"
        values |= {"state": State.FAILED, "charge": Charge.CHARGED, "reason": why, "retryable": False}
        live = None
    if live is None:
        taken = session.get(PurchaseRow, receipt.number) is not None
        number = 1 + session.execute(select(func.max(row.id))).scalar_one() if taken else receipt.number
        live = PurchaseRow(id=number, lease_until=0.0, **values)
        session.add(live)
    else:
        for name, value in values.items():
            setattr(live, name, value)
    session.flush()
    note(
        Transaction(session.connection()),
        live,
        Event.CARRIED,
        live.ended_at or live.intended_at,
        state=live.state.value,
        charge=live.charge.value,
        settled=live.settled,
        cost_micros=live.cost_micros,
        request_id=live.request_id,
        media_sha256=live.media_sha256,
    )
    return True


def _retake(session: Session, receipt: Receipt) -> bool:
    values, row = _values(RetakeRow, receipt), RetakeRow
    values.setdefault("content", "")  # receipts of earlier versions are of a place alone
    same = [getattr(row, name) == values[name] for name in ("show", "scope", "part", "episode", "segment")]
    taken: list[ColumnElement[bool]] = [row.root_run == values["root_run"]]
    if values["counted"]:
        taken.append(and_(row.number == values["number"], row.content == values["content"], row.counted))
    if session.scalars(select(row.id).where(*same, or_(*taken))).first() is not None:
        return False
    if values["keys"] and session.scalars(select(row.id).where(row.keys == values["keys"])).first() is not None:
        values["keys"] = ""
    session.add(RetakeRow(**values))
    session.flush()
    return True


def _choice(session: Session, receipt: Receipt) -> bool:
    values = _values(ChosenRow, receipt)
    row = _row_of(session, receipt)
    if isinstance(row, ChosenRow):
        if row.chosen_at >= values["chosen_at"]:
            return False
        row.number, row.after, row.chosen_at, row.receipt = *(values[name] for name in _CHOSEN), None
    else:
        session.add(ChosenRow(**values))
    session.flush()
    return True


_PLACE: Final = tuple(str(column.key) for column in inspect(ChosenRow).primary_key)
_CHOSEN: Final = ("number", "after", "chosen_at")  # what a choice says of its place and line
_BRING: Final[Mapping[str, Callable[[Session, Receipt], bool]]] = {
    "purchase": _purchase,
    "retake": _retake,
    "choice": _choice,
}


# Rows and what is told of them


def _without(session: Session) -> Iterable[_Row]:
    """The rows that have no receipt of their latest state, and of which one is left."""
    row = PurchaseRow
    bought = select(row).where(row.receipt.is_(None), row.state == State.COLLECTED, row.media_sha256.is_not(None))
    yield from session.scalars(bought)
    yield from session.scalars(select(RetakeRow).where(RetakeRow.receipt.is_(None)))
    # A program of before choices had receipts changes one, and leaves it the receipt of the one before.
    yield from (
        each for each in session.scalars(select(ChosenRow)) if each.receipt != _name_of(_receipt_of(each)).digest
    )


def _receipt_of(row: _Row) -> Receipt:
    kind = next(name for name, table in _TABLES.items() if isinstance(row, table))
    columns = (column.key for column in type(row).__table__.columns)
    values = {name: _plain(getattr(row, name)) for name in columns if name not in _LEFT_OUT}
    return Receipt(kind=kind, number=0 if isinstance(row, ChosenRow) else row.id, row=values)


def _row_of(session: Session, receipt: Receipt) -> _Row | None:
    """The row that a receipt was written of, if its number, or its place and line, is there."""
    if receipt.kind == "choice":
        return session.get(ChosenRow, {name: receipt.row[name] for name in _PLACE})
    if receipt.kind == "retake":
        return session.get(RetakeRow, receipt.number)
    return session.get(PurchaseRow, receipt.number)


def _plain(value: Any) -> Any:
    if isinstance(value, Enum):
        return value.value
    return value.isoformat() if isinstance(value, date) else value


def _values(table: type[Base], receipt: Receipt) -> dict[str, Any]:
    """The columns of a row that this version knows, as they are stored."""
    found: dict[str, Any] = {}
    for column in table.__table__.columns:
        value = receipt.row.get(column.key)
        if column.key in _LEFT_OUT or value is None:
            continue
        enumeration = getattr(column.type, "enum_class", None)
        if enumeration is not None:
            value = enumeration(value)
        found[column.key] = date.fromisoformat(str(value)) if isinstance(column.type, Date) else value
    return found


def _place(receipt: Receipt) -> str:
    """The file that a receipt is of; a retake or a choice has none, and stands under what was retaken."""
    if receipt.kind == "purchase":
        return str(receipt.row["media_sha256"])
    return hashlib.sha256(
        "|".join(str(receipt.row[name]) for name in ("show", "episode", "segment")).encode()
    ).hexdigest()


def _content(receipt: Receipt) -> bytes:
    return receipt.model_dump_json().encode()


def _name_of(receipt: Receipt) -> StoredName:
    return StoredName.of(_place(receipt), _content(receipt))


def _mark(session: Session, receipt: Receipt, name: StoredName) -> None:
    row = _row_of(session, receipt)
    if row is not None and _receipt_of(row) == receipt:
        row.receipt = name.digest


def _keys(receipt: Receipt) -> set[str]:
    """What a purchase was known by when its receipt was written: a row may get the key of a later version since."""
    return {str(key) for key in (receipt.row["key"], receipt.row.get("legacy_key")) if key}


def _held(session: Session, keys: set[str]) -> set[str]:
    """The keys, old and new, of which a row keeps what was paid from being bought again."""
    row = PurchaseRow
    free = or_(
        row.state == State.INTENDED, and_(row.state == State.FAILED, or_(row.charge == Charge.NONE, row.settled))
    )
    found: set[str] = set()
    for part in batches_of(keys):
        rows = session.execute(
            select(row.key, row.legacy_key).where(or_(row.key.in_(part), row.legacy_key.in_(part)), not_(free))
        )
        found.update(key for pair in rows for key in pair if key)
    return found


def _read(library: Library, names: Iterable[StoredName]) -> list[Receipt]:
    def read(name: StoredName) -> Receipt | None:
        content = library.receipt(name)
        try:
            return Receipt.model_validate_json(content) if content is not None else None
        except ValidationError as error:
            LOGGER.warning("a receipt of %s cannot be read: %s", name.sha256, error)
            return None

    with ThreadPoolExecutor(_AT_ONCE) as pool:
        return [each for each in pool.map(read, sorted(names)) if each is not None and each.kind in _TABLES]
