"""The price list that a show uses: what ships, a person's own `prices.toml`, and what was refreshed from fal.ai."""

from pathlib import Path
from typing import Final

from resources.core.settings import Settings
from resources.models.prices.price_list import PriceList

FILE: Final = "prices.toml"  # beside show.yaml


def open_prices(settings: Settings) -> PriceList:
    """The prices that a quote and a purchase use."""
    return PriceList.load(settings.show / FILE, prices_overlay(settings))


def prices_overlay(settings: Settings) -> Path:
    """Where prices that were refreshed from the platform are kept."""
    return settings.state / "prices.json"
