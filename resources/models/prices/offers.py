"""What the platform's pricing API answers, read and held against the list: what it confirms, changes or contradicts.

Pure: the API is called, and what is taken is stored, elsewhere. A list price stands in a fixed ratio to the platform's
unit price (v3 Pro without sound is 0.8 units a second), so that a new unit price moves the list prices with it.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, Final

from pydantic import BaseModel, Field, ValidationError

from resources.core.errors import StudioError
from resources.core.text.diagnostics import explain
from resources.models.prices.billing import TOLERANCE
from resources.models.prices.price_values import PlatformPrice, Price, Unit

SOURCE: Final = "fal.ai pricing API"
# The platform's words for what the list counts too. Others (`units`, `minutes`, `compute seconds`) are its own.
_SAME: Final = {
    "second": Unit.SECOND,
    "1000 character": Unit.KILO_CHARACTERS,
    "1k character": Unit.KILO_CHARACTERS,
    "image": Unit.IMAGE,
    "megapixel": Unit.MEGAPIXEL,
    "video": Unit.CLIP,
    "generation": Unit.GENERATION,
}


@dataclass(frozen=True)
class Known:
    """What the list has of one endpoint."""

    prices: Sequence[Price]
    platform: PlatformPrice | None


@dataclass(frozen=True)
class Taken:
    """What an offer makes of an endpoint: its platform price, and the list prices that are new."""

    platform: PlatformPrice
    prices: tuple[Price, ...] = ()


class _Item(BaseModel):
    """One item of the API's answer."""

    endpoint_id: str = Field(min_length=1)
    unit_price: float = Field(gt=0, allow_inf_nan=False, strict=True)
    unit: str = Field(min_length=1, max_length=40)
    currency: str


def offers_of(answer: Mapping[str, Any], today: date) -> tuple[list[PlatformPrice], dict[str, str]]:
    """The prices of an answer of `GET /v1/models/pricing`, and, by endpoint, why an item of it is none.

    `{prices: [{endpoint_id, unit_price, unit, currency}]}`. Raises StudioError for an answer without a list.
    """
    found: list[PlatformPrice] = []
    refused: dict[str, str] = {}
    for item in items_of(answer):
        try:
            read = _Item.model_validate(item)
        except ValidationError as error:
            refused[str(item.get("endpoint_id"))] = explain(error)
            continue
        if read.currency.upper() != "USD":
            refused[read.endpoint_id] = f"its currency is {read.currency}"
            continue
        unit = read.unit.strip().lower()
        found.append(
            PlatformPrice(endpoint=read.endpoint_id, unit=unit, unit_usd=read.unit_price, date=today, source=SOURCE)
        )
    return found, refused


def contradiction(offer: PlatformPrice, known: Known) -> str | None:
    """How an offer differs, by more than 5 %, from what is known of its endpoint; None where it does not.

    What nothing is known of is contradicted by nothing.
    """
    if known.platform is not None:
        if near(offer.unit_usd, known.platform.unit_usd):
            return None
        return f"{_said(offer)}, and the price list has {_said(known.platform)}"
    listed = _comparable(offer, known)
    if not listed or any(near(offer.unit_usd, price.unit_usd) for price in listed):
        return None
    asked = ", ".join(f"${price.unit_usd:g}" + (f" {price.variant}" if price.variant else "") for price in listed)
    return f"{_said(offer)}, and the price list has {asked} a {listed[0].unit.value}"


def taken(offer: PlatformPrice, known: Known) -> Taken:
    """What the list has once an offer is taken. List prices move in step with the platform's unit price.

    Where no unit price was known, an endpoint with a single price in the same unit gets the offer as its list price.
    """
    fresh = {"date": offer.date, "source": offer.source}
    ratio = offer.unit_usd / known.platform.unit_usd if known.platform and same_unit(offer, known.platform) else 1.0
    if known.platform is not None and ratio != 1.0:
        was = known.platform.unit_usd
        moved = {**fresh, "source": f"{offer.source}: moved with its unit, ${was:g} before and ${offer.unit_usd:g} now"}
        return Taken(
            offer,
            tuple(
                price.model_copy(update={**moved, "unit_usd": round(price.unit_usd * ratio, 6)})
                for price in known.prices
                if not price.adds
            ),
        )
    listed = _comparable(offer, known)
    same = [price for price in listed if price.unit_usd == offer.unit_usd]
    if same:
        return Taken(offer, tuple(price.model_copy(update=fresh) for price in same))
    single = [price for price in listed if price.variant is None]
    if single and known.platform is None:
        return Taken(offer, (single[0].model_copy(update={**fresh, "unit_usd": offer.unit_usd}),))
    unit = _counted(offer.unit)
    if known.prices or unit is None:
        return Taken(offer)
    return Taken(offer, (Price(endpoint=offer.endpoint, unit=unit, unit_usd=offer.unit_usd, **fresh),))


def same_unit(one: PlatformPrice, other: PlatformPrice) -> bool:
    """Whether two prices are for the same unit, in the singular or the plural."""
    return one.unit.removesuffix("s") == other.unit.removesuffix("s")


def near(usd: float, other_usd: float) -> bool:
    """Whether two prices are the same but for 5 %."""
    return abs(usd - other_usd) <= TOLERANCE * other_usd


def _comparable(offer: PlatformPrice, known: Known) -> list[Price]:
    """The list prices that count what the platform counts."""
    unit = _counted(offer.unit)
    return [price for price in known.prices if price.unit is unit and not price.adds]


def _counted(word: str) -> Unit | None:
    return _SAME.get(word.removesuffix("s"))


def _said(price: PlatformPrice) -> str:
    return f"${price.unit_usd:g} for one of its {price.unit}"


def items_of(answer: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    """The items of an answer, as they came. Raises StudioError for an answer without a list of them."""
    items = answer.get("prices")
    if not isinstance(items, list) or not all(isinstance(item, Mapping) for item in items):
        raise StudioError(
            "the pricing API's answer has no list of prices",
            hint="the price list stays as it is; its date says how old it is",
            retryable=True,
        )
    return items
