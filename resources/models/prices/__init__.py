"""What providers ask for, as dated data, and what their bills come to.

`prices.toml`, a person's own additions, and refreshed answers over both; billed units as dollars.
"""

from resources.models.prices.billing import Billed, billed_usd
from resources.models.prices.price_files import open_prices, prices_overlay
from resources.models.prices.price_list import PriceList, Refresh
from resources.models.prices.price_values import Estimate, PlatformPrice, Price, Unit

__all__ = [
    "Billed",
    "Estimate",
    "PlatformPrice",
    "Price",
    "PriceList",
    "Refresh",
    "Unit",
    "billed_usd",
    "open_prices",
    "prices_overlay",
]
