"""The price list that a show uses: what ships, a person's own `prices.toml`, and what was refreshed from fal.ai."""

from pathlib import Path

from resources.core.settings import Settings
from resources.models.prices.price_list import PriceList


def open_prices(settings: Settings) -> PriceList:
    """The prices that a quote and a purchase use."""
    return PriceList.load(settings.show / "prices.toml", prices_overlay(settings))


def prices_overlay(settings: Settings) -> Path:
    """Where prices that were refreshed from the platform are kept."""
    return settings.state / "prices.json"
