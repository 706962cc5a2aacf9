"""The price list: what a unit of an endpoint costs, from which day and by which source.

Later files win: the project's `prices.toml`, then a person's own (the same form), then what the platform's pricing API
answered (a JSON file written by `refreshed`). The API itself is called elsewhere.
"""

import tomllib
from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from enum import StrEnum
from pathlib import Path
from typing import Any, Self

from pydantic import BaseModel, Field, TypeAdapter, ValidationError

from resources.core.errors import ContentError, StudioError
from resources.core.files import atomic_write
from resources.core.values import Value

SHIPPED = Path(__file__).with_name("prices.toml")


class Unit(StrEnum):
    """What is counted."""

    SECOND = "second"  # of the output
    KILO_CHARACTERS = "1k characters"
    IMAGE = "image"
    MEGAPIXEL = "megapixel"
    CLIP = "clip"
    GENERATION = "generation"


# The platform's words for units (its documentation gives no closed list).
_PLATFORM_UNITS = {
    "second": Unit.SECOND,
    "seconds": Unit.SECOND,
    "1000 characters": Unit.KILO_CHARACTERS,
    "1k characters": Unit.KILO_CHARACTERS,
    "image": Unit.IMAGE,
    "images": Unit.IMAGE,
    "megapixel": Unit.MEGAPIXEL,
    "megapixels": Unit.MEGAPIXEL,
    "video": Unit.CLIP,
    "videos": Unit.CLIP,
    "generation": Unit.GENERATION,
    "generations": Unit.GENERATION,
}


class Price(Value):
    """US dollars for one unit of an endpoint. `variant` names what changes the price: silent, audio, voice, 720p."""

    endpoint: str = Field(min_length=1)
    variant: str | None = None
    unit: Unit
    unit_usd: float = Field(gt=0, allow_inf_nan=False)
    date: date
    source: str = Field(min_length=1)


class Estimate(Value):
    """What `units` of an endpoint are expected to cost, in US dollars."""

    price: Price
    units: float
    usd: float


class Refresh(Value):
    """What an answer of the pricing API did to the list, by endpoint."""

    changed: tuple[str, ...]
    confirmed: tuple[str, ...]
    refused: dict[str, str]  # endpoint -> why its answer was not taken


class PriceList:
    """Prices by endpoint and variant."""

    def __init__(self, prices: Iterable[Price]) -> None:
        self._prices: dict[str, dict[str | None, Price]] = {}
        for price in prices:
            self._prices.setdefault(price.endpoint, {})[price.variant] = price

    @classmethod
    def load(cls, *overlays: Path) -> Self:
        """The shipped list with the prices of `overlays` (.toml or .json) over it; one that is absent adds nothing.

        Raises ContentError naming the file for one that cannot be read.
        """
        files = [SHIPPED, *(path for path in overlays if path.exists())]
        return cls(price for path in files for price in _read(path))

    @property
    def endpoints(self) -> tuple[str, ...]:
        """Every endpoint with a price, sorted."""
        return tuple(sorted(self._prices))

    def price(self, endpoint: str, variant: str | None = None) -> Price:
        """The price of an endpoint. An endpoint with one price for all ignores `variant`.

        Raises ContentError with the lines to add for an unknown endpoint, and with the choices where the price
        depends on a variant that was not named or is not known.
        """
        known = self._prices.get(endpoint)
        if known is None:
            raise ContentError(
                f"no price is known for {endpoint}: it is not bought",
                mend=f"add its price to show/prices.toml:\n{_lines(endpoint)}",
            )
        price = known.get(variant) or known.get(None)
        if price is None:
            raise ContentError(
                f"the price of {endpoint} depends on a variant"
                + (f", and {variant} is none of them" if variant else ""),
                why=f"known: {', '.join(sorted(str(name) for name in known))}",
                mend=f"name one of them, or add it to show/prices.toml:\n{_lines(endpoint, variant or '…')}",
            )
        return price

    def estimate(self, endpoint: str, units: float, variant: str | None = None) -> Estimate:
        """What `units` (of the price's own unit) would cost, to the millionth of a dollar. Raises as `price` does."""
        price = self.price(endpoint, variant)
        return Estimate(price=price, units=units, usd=round(units * price.unit_usd, 6))

    def prices(self) -> list[Price]:
        """Every price, by endpoint and variant."""
        return [
            self._prices[endpoint][variant]
            for endpoint in self.endpoints
            for variant in sorted(self._prices[endpoint], key=str)
        ]

    def refreshed(self, answer: Mapping[str, Any], overlay: Path, today: date) -> tuple["PriceList", Refresh]:
        """Take an answer of `GET /v1/models/pricing` (`{prices: [{endpoint_id, unit_price, unit, currency}]}`).

        Writes the prices taken to `overlay` (JSON) beside those it has, and returns the new list and what changed.
        The API gives an endpoint one price: for one with variants it only confirms, and a price that fits none of them
        is refused, as is one in another currency or unit.
        """
        taken: list[Price] = []
        changed: list[str] = []
        refused: dict[str, str] = {}
        for item in _items(answer):
            endpoint = str(item.get("endpoint_id"))
            try:
                offers = self._offered(item, today)
            except ValueError as error:  # pydantic's own error is one
                refused[endpoint] = str(error)
                continue
            taken += offers
            known = self._prices.get(endpoint, {})
            if any(known.get(p.variant) is None or known[p.variant].unit_usd != p.unit_usd for p in offers):
                changed.append(endpoint)
        _write(overlay, [*(_read(overlay) if overlay.exists() else ()), *taken])
        confirmed = sorted({price.endpoint for price in taken} - set(changed))
        report = Refresh(changed=tuple(sorted(changed)), confirmed=tuple(confirmed), refused=refused)
        return PriceList([*self.prices(), *taken]), report

    def _offered(self, item: Mapping[str, Any], today: date) -> list[Price]:
        """The prices that one item of an answer stands for; raises ValueError saying why it stands for none."""
        offer = _Offer.model_validate(item)
        if offer.currency.upper() != "USD":
            raise ValueError(f"its currency is {offer.currency}")
        unit = _PLATFORM_UNITS.get(offer.unit.strip().lower())
        known = list(self._prices.get(offer.endpoint_id, {}).values())
        if unit is None or any(price.unit is not unit for price in known):
            listed = f"; the list has {known[0].unit.value}" if known else ""
            raise ValueError(f"its unit is {offer.unit}{listed}")
        fresh = {"unit_usd": offer.unit_price, "date": today, "source": "fal.ai pricing API"}
        if any(price.variant is not None for price in known):
            same = [price for price in known if price.unit_usd == offer.unit_price]
            if not same:
                raise ValueError(f"${offer.unit_price:g} is the price of none of its variants")
            return [price.model_copy(update=fresh) for price in same]
        return [Price(endpoint=offer.endpoint_id, unit=unit, **fresh)]


class _Offer(BaseModel):
    """One item of the pricing API's answer."""

    endpoint_id: str = Field(min_length=1)
    unit_price: float = Field(gt=0, allow_inf_nan=False, strict=True)
    unit: str
    currency: str


_PRICES = TypeAdapter(list[Price])


def _read(path: Path) -> Sequence[Price]:
    try:
        if path.suffix == ".json":
            return _PRICES.validate_json(path.read_bytes())
        return _PRICES.validate_python(tomllib.loads(path.read_text(encoding="utf-8")).get("price", []))
    except (ValidationError, tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise ContentError("the price list cannot be read", where=str(path), why=str(error)) from error


def _write(path: Path, prices: Iterable[Price]) -> None:
    newest = {(price.endpoint, price.variant): price for price in prices}
    with atomic_write(path) as part:
        part.write_bytes(_PRICES.dump_json(list(newest.values()), indent=2))


def _items(answer: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    items = answer.get("prices")
    if not isinstance(items, list) or not all(isinstance(item, Mapping) for item in items):
        raise StudioError(
            "the pricing API's answer has no list of prices",
            mend="the price list stays as it is; its date says how old it is",
            retryable=True,
        )
    return items


def _lines(endpoint: str, variant: str | None = None) -> str:
    named = f'variant = "{variant}"\n' if variant else ""
    return (
        f'[[price]]\nendpoint = "{endpoint}"\n{named}unit = "second"\nunit_usd = 0.00\ndate = {date.today()}\n'
        f'source = "https://fal.ai/models/{endpoint}"'
    )
