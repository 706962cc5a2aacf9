"""What providers ask for, as dated data, and what their bills come to.

`prices.toml`, a person's own additions, and what was taken from the platform over both; billed units as dollars.
"""

from resources.models.prices.billing import Billed, billed_usd
from resources.models.prices.price_list import FILE, PriceList, PriceSheet, Refresh, read_sheet
from resources.models.prices.price_values import Estimate, PlatformPrice, Price, Unit

__all__ = [
    "FILE",
    "Billed",
    "Estimate",
    "PlatformPrice",
    "Price",
    "PriceList",
    "PriceSheet",
    "Refresh",
    "Unit",
    "billed_usd",
    "read_sheet",
]
