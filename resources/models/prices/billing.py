"""What a provider billed, as dollars. Pure rules: no provider, no database, no price list.

A billed unit is the platform's own (`x-fal-billable-units`, `character-cost`), so dollars are units times the
platform's price of one, as it was when the request was agreed. What a header says is not believed blindly: a number
that is none, or a sum that cannot be, leaves the estimate standing and is told.
"""

import math
from typing import Final

from resources.core.values import Value
from resources.models.prices.price_values import exact_usd

# Of the estimate. Rounding, and two frames more or less of three seconds, stay below; another price does not.
TOLERANCE: Final = 0.05
# Times the estimate: between the cheapest and the dearest variant of any model lie a factor of 5, and a length may
# double; a unit that was mistaken (milliseconds, frames) is off by more.
MOST_TIMES: Final = 10.0


class Billed(Value):
    """What one request cost, in US dollars.

    `counted_usd` is what it counts towards caps: never less than what was believed or expected when the two differ.
    `by_estimate`: the provider's own sum is not known. `flagged`: what it said differs from what was expected by more
    than 5 %, or cannot be; `why` says so.
    """

    usd: float
    counted_usd: float
    units: float | None = None  # as the provider said, in its own unit; None where it said none
    by_estimate: bool = False
    flagged: bool = False
    why: str | None = None


def billed_usd(units: float | None, unit_usd: float | None, estimate_usd: float) -> Billed:
    """What `units` at `unit_usd` make of a request that was expected to cost `estimate_usd`.

    Without units or without their price the estimate is the cost. Units that are negative or no number, and a sum over
    ten times the estimate, are never believed.
    """
    if units is None:
        return _estimated(None, estimate_usd, "the provider did not say what it billed")
    if not math.isfinite(units) or units < 0:
        said = f"provider said {units:g} units: not believed"
        return _estimated(units if math.isfinite(units) else None, estimate_usd, said, flagged=True)
    if unit_usd is None:
        return _estimated(units, estimate_usd, f"provider said {units:g} units, whose price is not known")
    usd = round(units * unit_usd, 6)
    if not math.isfinite(usd) or usd > MOST_TIMES * estimate_usd:
        said = f"provider said {units:g} units, {exact_usd(usd)}, where {exact_usd(estimate_usd)} were expected"
        return _estimated(units, estimate_usd, f"{said}: not believed", flagged=True)
    if abs(usd - estimate_usd) <= TOLERANCE * estimate_usd:
        return Billed(usd=usd, counted_usd=usd, units=units)
    why = f"provider said {units:g} units, {exact_usd(usd)}, where {exact_usd(estimate_usd)} were expected"
    return Billed(usd=usd, counted_usd=max(usd, estimate_usd), units=units, flagged=True, why=why)


def reported_usd(usd: float) -> Billed:
    """What a person says that a request cost."""
    return Billed(usd=usd, counted_usd=usd)


def number_of(header: str | None) -> float | None:
    """The number of a provider's header: None where there is none, nan for what is no number."""
    if header is None:
        return None
    try:
        return float(header)
    except ValueError:
        return math.nan


def _estimated(units: float | None, estimate_usd: float, why: str, *, flagged: bool = False) -> Billed:
    return Billed(usd=estimate_usd, counted_usd=estimate_usd, units=units, by_estimate=True, flagged=flagged, why=why)
