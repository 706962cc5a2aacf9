"""A transaction of the ledger's own: purchases are read under its lock, changed as plain objects, and written back.

Each step of a request is one: past SQLAlchemy's session it takes half of the time. What may be changed is decided in
`resources.purchasing.ledger.ledger`, and what a change is, in `changes`; nothing here knows either.
"""

from collections.abc import Mapping
from types import SimpleNamespace
from typing import Any, Final, cast

from sqlalchemy import Connection, Select, bindparam, insert, update

from resources.purchasing.ledger.tables.rows import PURCHASES, PurchaseRow

_WRITTEN: Final = tuple(column.key for column in PURCHASES.c if column.key != "id")
_INSERT: Final = insert(PURCHASES).returning(PURCHASES.c.id)
_UPDATE: Final = update(PURCHASES).where(PURCHASES.c.id == bindparam("entry"))


class Transaction:
    """The purchases that one transaction of a connection reads and changes. Whoever opens it calls `save` at its end.

    A row that is read twice is one object, as it is held here: nobody else can have changed it meanwhile.
    """

    def __init__(self, connection: Connection) -> None:
        self.connection = connection
        self._held: dict[int, tuple[PurchaseRow, dict[str, Any]]] = {}  # by id: the row, and what is stored of it
        self._new: list[PurchaseRow] = []

    def purchases(self, query: Select[Any], values: Mapping[str, Any] | None = None) -> list[PurchaseRow]:
        """The rows of a query that selects `PURCHASES`, in its order."""
        return [self._hold(dict(found)) for found in self.connection.execute(query, values or {}).mappings()]

    def _hold(self, stored: dict[str, Any]) -> PurchaseRow:
        known = self._held.get(stored["id"])
        if known is None:
            # It has the row's attributes and no more: what SQLAlchemy knows of an object costs as much as the query.
            known = cast(PurchaseRow, SimpleNamespace(**stored)), stored
            self._held[stored["id"]] = known
        return known[0]

    def add(self, row: PurchaseRow) -> None:
        """Take a new row in; it has its id after the next `flush`."""
        self._new.append(row)

    def flush(self) -> None:
        """Write the new rows."""
        for row in self._new:
            values = {name: getattr(row, name) for name in _WRITTEN}
            row.id = self.connection.execute(_INSERT, values).scalar_one()
            self._held[row.id] = row, {**values, "id": row.id}
        self._new.clear()

    def save(self) -> None:
        """Write the new rows, and of the others what was changed."""
        self.flush()
        for number, (row, stored) in self._held.items():
            changed = {name: now for name, was in stored.items() if (now := getattr(row, name)) != was}
            if changed:
                self.connection.execute(_UPDATE, {**changed, "entry": number})
                stored.update(changed)
