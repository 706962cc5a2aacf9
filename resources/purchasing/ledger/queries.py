"""Reading the ledger: entries, sums and savings. Nothing here changes a row."""

from collections.abc import Callable, Collection, Iterable, Sequence
from datetime import datetime, tzinfo
from typing import Any, Final, TypedDict, Unpack

from sqlalchemy import ColumnElement, Row, Select, String, bindparam, or_, select

from resources.core.errors import LedgerError
from resources.core.names import Mode
from resources.purchasing.ledger import reports
from resources.purchasing.ledger.steps import changes
from resources.purchasing.ledger.steps.journal import Happening, happenings
from resources.purchasing.ledger.tables.entry import Entry, Flagged, Grouping, Saving, State, Total, Use
from resources.purchasing.ledger.tables.purchase import Purchase
from resources.purchasing.ledger.tables.rows import PurchaseRow, ReuseRow
from resources.purchasing.ledger.tables.store import Store, batches_of


def _of_cell(row: type[PurchaseRow | ReuseRow]) -> tuple[ColumnElement[bool], ...]:
    """What a cell has had, and what its line had where that stood before."""
    mine = (getattr(row, name) == bindparam(name) for name in ("show", "episode", "asset"))
    line = PurchaseRow.content == bindparam("content", type_=String)
    return *mine, or_(row.segment == bindparam("segment"), line)


# Asked for each purchase of each cell, several times a run: built once.
_SAME: Final = or_(PurchaseRow.key == bindparam("key"), PurchaseRow.legacy_key == bindparam("legacy_key"))
_OF: Final = select(PurchaseRow).where(_SAME).order_by(PurchaseRow.id)
_OF_STATES: Final = _OF.where(PurchaseRow.state.in_(bindparam("states", expanding=True)))
_COLLECTED: Final = PurchaseRow.state == State.COLLECTED
_OWN: Final = select(PurchaseRow, PurchaseRow.given, PurchaseRow.intended_at).where(*_of_cell(PurchaseRow), _COLLECTED)
_REUSED: Final = (
    select(PurchaseRow, ReuseRow.given, ReuseRow.last_at)
    .join(ReuseRow, ReuseRow.purchase_id == PurchaseRow.id)
    .where(*_of_cell(ReuseRow), _COLLECTED)
)


class Wanted(TypedDict, total=False):
    """Which entries: those that match all that is given. `since` and `until` bound the intent's time."""

    episode: str | None
    segment: str | None
    mode: Mode | None
    asset: str | None
    provider: str | None
    states: Collection[State] | None
    key: str | None
    since: datetime | None
    until: datetime | None


class Queries:
    """What was bought, for what, and what reuse saved. Lists and sums are of one show; a key is found in every show."""

    def __init__(self, store: Store, show: str, clock: Callable[[], float], zone: tzinfo) -> None:
        self._store = store
        self.show = show
        self._clock = clock
        self._zone = zone

    @property
    def store(self) -> Store:
        """The database that it is in."""
        return self._store

    def entry(self, entry_id: int) -> Entry:
        """One entry; raises LedgerError when it is not there."""
        with self._store.reading() as session:
            row = session.get(PurchaseRow, entry_id)
            if row is None:
                raise LedgerError(f"the ledger has no entry {entry_id}", hint="`ninja ledger` lists them")
            return changes.as_entry(row, self._clock())

    def history(self, entry_id: int) -> list[Happening]:
        """Everything that happened to an entry, oldest first."""
        with self._store.reading() as session:
            return happenings(session, entry_id)

    def find(self, provider: str, request_id: str) -> Entry | None:
        """The entry of a provider's request, or None when no entry has it."""
        return self.by_request(provider, [request_id]).get(request_id)

    def by_request(self, provider: str, request_ids: Iterable[str]) -> dict[str, Entry]:
        """The entries of a provider's requests, of whichever show, by their ids."""
        now, row = self._clock(), PurchaseRow
        found: dict[str, Entry] = {}
        with self._store.reading() as session:
            for part in batches_of(request_ids):
                query = select(row).where(row.provider == provider, row.request_id.in_(part))
                found.update({str(item.request_id): changes.as_entry(item, now) for item in session.scalars(query)})
        return found

    def endpoints(self, provider: str) -> list[str]:
        """Every endpoint of a provider that anything was ever bought from, by whichever show."""
        query = select(PurchaseRow.endpoint).where(PurchaseRow.provider == provider).distinct()
        with self._store.reading() as session:
            return sorted(session.scalars(query))

    def rows(self, **wanted: Unpack[Wanted]) -> list[Entry]:
        """The entries of this show that match all that is given, oldest first; of every show where `key` is given."""
        query = _filtered(select(PurchaseRow), self.show, **wanted)
        with self._store.reading() as session:
            now = self._clock()
            return [changes.as_entry(item, now) for item in session.scalars(query.order_by(PurchaseRow.id))]

    def of(self, purchase: Purchase, states: Collection[State] | None = None) -> list[Entry]:
        """The entries of a purchase, of whichever show, oldest first: by its key, or by that of earlier versions."""
        query: Select[Any] = _OF
        values: dict[str, object] = {"key": purchase.key, "legacy_key": purchase.legacy_key}
        if states is not None:
            query, values["states"] = _OF_STATES, list(states)
        with self._store.reading() as session:
            now = self._clock()
            return [changes.as_entry(item, now) for item in session.scalars(query, values)]

    def used(self, purchase: Purchase) -> list[Use]:
        """What the purchase's cell, or its line elsewhere, has had of its asset, newest first, with what was given."""
        cell, now = purchase.cell, self._clock()
        values = {"show": self.show, **cell.model_dump(include={"episode", "segment", "content"})}
        values["asset"] = purchase.asset
        with self._store.reading() as session:
            found = [*session.execute(_OWN, values), *session.execute(_REUSED, values)]
            newest = sorted(found, key=lambda each: each[2], reverse=True)
            return [Use(changes.as_entry(item, now), given) for item, given, _ in newest if given]

    def totals(self, by: Grouping, **wanted: Unpack[Wanted]) -> list[Total]:
        """Sums of the entries that `rows(**wanted)` gives, by group, in order of their names."""
        return reports.totals_of(self._summed(_filtered(reports.totals_query(by), self.show, **wanted)), by, self._zone)

    def savings(self, by: Grouping) -> list[Saving]:
        """What reuse saved, by group of the cell (and the time) that reused."""
        return reports.savings_of(self._summed(reports.savings_query(by, self.show)), by, self._zone)

    def spent_by_day(self) -> dict[str, dict[str, float]]:
        """Dollars of each calendar day of the show on which something was spent, by episode; the oldest day first."""
        return reports.days_of(self._summed(_filtered(reports.days_query(), self.show)), self._zone)

    def flagged(self) -> list[Flagged]:
        """The requests of whose price a person should know something, oldest first."""
        return reports.flagged_of(self._summed(_filtered(reports.flagged_query(), self.show)), self._clock())

    def _summed(self, query: Select[Any]) -> Sequence[Row[Any]]:
        with self._store.reading() as session:
            return session.execute(query, {"now": self._clock()}).all()


def _filtered(query: Select[Any], show: str, **wanted: Unpack[Wanted]) -> Select[Any]:
    """A query for those that match all that is given: see `Queries.rows`."""
    row = PurchaseRow
    same = {name: value for name, value in wanted.items() if name not in ("states", "since", "until")}
    if wanted.get("key") is None:
        same["show"] = show
    query = query.where(*(getattr(row, name) == value for name, value in same.items() if value is not None))
    if (states := wanted.get("states")) is not None:
        query = query.where(row.state.in_(states))
    if (since := wanted.get("since")) is not None:
        query = query.where(row.intended_at >= since.timestamp())
    if (until := wanted.get("until")) is not None:
        query = query.where(row.intended_at < until.timestamp())
    return query
