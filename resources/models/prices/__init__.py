"""What providers ask for, as dated data: `prices.toml`, a person's own additions, and refreshed answers over both."""

from resources.models.prices.opening import open_prices, prices_overlay
from resources.models.prices.price_list import Estimate, Price, PriceList, Refresh, Unit

__all__ = ["Estimate", "Price", "PriceList", "Refresh", "Unit", "open_prices", "prices_overlay"]
