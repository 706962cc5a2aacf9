"""Prices that were taken from a platform's pricing API: rows of the show's state, one truth for all its machines.

What an answer means for a price list is `resources.models.prices`; the API itself is called elsewhere.
"""

from collections.abc import Iterator
from contextlib import suppress
from datetime import date
from enum import StrEnum
from pathlib import Path

from sqlalchemy import select

from resources.core.errors import ContentError, LedgerError
from resources.core.settings import Settings
from resources.models.prices import PriceSheet, read_sheet
from resources.models.prices.price_values import PlatformPrice, Price
from resources.purchasing.state.state import ShowState
from resources.purchasing.state.tables import PriceRow


class _Kind(StrEnum):
    """What a row is a price of."""

    LIST = "list"
    PLATFORM = "platform"


_Key = tuple[str, _Kind, str]  # endpoint, kind, variant


class TakenPrices:
    """The prices that were taken for a show."""

    def __init__(self, state: ShowState) -> None:
        self._state = state
        self._clock = state.store.now

    def sheet(self) -> PriceSheet:
        """All of them, with one SELECT."""
        query = select(PriceRow.kind, PriceRow.price).where(PriceRow.show == self._state.show)
        with self._state.store.reading() as session:
            rows = session.execute(query.order_by(PriceRow.endpoint, PriceRow.variant)).all()
        return PriceSheet(
            price=tuple(Price.model_validate_json(price) for kind, price in rows if kind == _Kind.LIST),
            platform=tuple(PlatformPrice.model_validate_json(price) for kind, price in rows if kind == _Kind.PLATFORM),
        )

    def keep(self, sheet: PriceSheet) -> None:
        """Keep prices: each takes the place of the one before it. Together, or none of them."""
        self._keep(sheet, older_too=True)

    def carry(self, sheet: PriceSheet) -> None:
        """Keep the prices of an earlier version, as far as none is kept that is as new."""
        self._keep(sheet, older_too=False)

    def _keep(self, sheet: PriceSheet, *, older_too: bool) -> None:
        with self._state.store.writing(alone=True) as session:
            for (endpoint, kind, variant), price in _rows(sheet):
                of = {"show": self._state.show, "endpoint": endpoint, "kind": kind.value, "variant": variant}
                kept = None if older_too else session.get(PriceRow, tuple(of.values()))
                if kept is None or _day(kept) < price.date:
                    values = {"price": price.model_dump_json(), "taken_at": self._clock()}
                    session.execute(self._state.store.upsert(PriceRow, of, values))


def _rows(sheet: PriceSheet) -> Iterator[tuple[_Key, Price | PlatformPrice]]:
    for price in sheet.price:
        yield (price.endpoint, _Kind.LIST, price.variant or ""), price
    for unit in sheet.platform:
        yield (unit.endpoint, _Kind.PLATFORM, ""), unit


def _day(row: PriceRow) -> date:
    read = Price if row.kind == _Kind.LIST else PlatformPrice
    return read.model_validate_json(row.price).date


# What earlier versions kept in a file


def earlier_prices(settings: Settings) -> Path | None:
    """The file in which an earlier version kept prices, where it is not taken over yet."""
    file = settings.state / "prices.json"
    return file if file.is_file() else None


def take_over_prices(state: ShowState, settings: Settings) -> None:
    """Bring such a file's prices over, and give it another name. Raises LedgerError for one that cannot be read.

    Where it keeps its name, on a file system that is read-only, they are brought again, which changes nothing.
    """
    file = earlier_prices(settings)
    if file is None:
        return
    try:
        sheet = read_sheet(file)
    except ContentError as error:
        if not file.exists():  # another process was first
            return
        raise LedgerError(
            "the prices that an earlier version took cannot be read",
            where=str(file),
            why=error.why,
            hint=f"move them away: mv {file} {file}.bad; then: ninja prices refresh",
        ) from error
    TakenPrices(state).carry(sheet)
    with suppress(OSError):
        file.rename(file.with_name(f"{file.name}.taken-over"))
