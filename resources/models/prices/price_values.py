"""The values of prices: a list price, the price of a platform's own unit, and what one request is expected to cost.

Where they come from is `prices`; what a provider's bill makes of them is `billing`.
"""

from datetime import date
from enum import StrEnum
from typing import Final, Self

from pydantic import Field

from resources.core.values import Value

_SMALL_USD: Final = 0.1  # under it half a cent is more than a twentieth
_SMALLEST_USD: Final = 0.0001


class Unit(StrEnum):
    """What a list price counts."""

    SECOND = "second"  # of the output
    KILO_CHARACTERS = "1k characters"
    IMAGE = "image"
    MEGAPIXEL = "megapixel"
    CLIP = "clip"
    GENERATION = "generation"


class Price(Value):
    """US dollars for one unit of an endpoint, by its own page: for estimates.

    `variant` names what changes the price: silent, audio, voice, 720p. `adds`: it is not a price of its own but is
    added to that of each unit, as for a web search.
    """

    endpoint: str = Field(min_length=1)
    variant: str | None = None
    adds: bool = False
    unit: Unit
    unit_usd: float = Field(gt=0, allow_inf_nan=False)
    date: date
    source: str = Field(min_length=1)


class PlatformPrice(Value):
    """US dollars for one unit that the platform itself counts and bills, in its own word for it: seconds, units."""

    endpoint: str = Field(min_length=1)
    unit: str = Field(min_length=1, max_length=40)
    unit_usd: float = Field(gt=0, allow_inf_nan=False)
    date: date
    source: str = Field(min_length=1)


class Estimate(Value):
    """What a request is expected to cost, and by which price: the one value that is agreed, stored and shown.

    `usd` is `units` of `unit` at `unit_price_usd`, a price of `price_date`. `platform_unit` is what the provider bills
    in, at `platform_unit_usd`; None where that is not known.
    """

    usd: float = Field(ge=0, allow_inf_nan=False)
    unit: str
    units: float = Field(ge=0, allow_inf_nan=False)
    unit_price_usd: float = Field(ge=0, allow_inf_nan=False)
    price_date: date
    platform_unit: str | None = None
    platform_unit_usd: float | None = Field(None, gt=0, allow_inf_nan=False)

    def of(self, units: float) -> Self:
        """The same price for another number of units."""
        return self.model_copy(update={"units": units, "usd": round(units * self.unit_price_usd, 6)})


def exact_usd(amount: float) -> str:
    """Dollars in words, to the cent and with as many digits more as there are: `$0.51`, `$0.5102`."""
    whole, _, digits = f"{amount:.6f}".partition(".")
    return f"${whole}.{digits.rstrip('0'):0<2}"


def usd(amount: float) -> str:
    """Dollars as a person reads them, in cents; under ten cents no part of a cent is rounded away: `$0.0109`."""
    if 0 < abs(amount) < _SMALLEST_USD:
        shown = exact_usd(abs(amount))
    else:
        digits = 4 if abs(amount) < _SMALL_USD and round(amount, 4) != round(amount, 2) else 2
        shown = f"${abs(amount):.{digits}f}"
    return f"-{shown}" if amount < 0 and shown != "$0.00" else shown
