"""Offers for the tests of what a person is asked."""

from resources.core.names import Mode
from resources.purchasing.state.consent import Item, Offer


def offer(*prices: float, mode: Mode = Mode.DRAFT, first: int = 1) -> Offer:
    """A clip for each price, from segment `first` on."""
    items = [
        Item(segment=f"s{number:02}", label="NINJA", asset="speaker_clips", usd=price, what=f"key {number}")
        for number, price in enumerate(prices, first)
    ]
    return Offer(episode="monday", mode=mode, items=tuple(items))


def comparison(*prices: float, segment: int = 1) -> Offer:
    """A clip of a segment by a model for each price."""
    items = [
        Item(segment=f"s{segment:02}", label="NINJA", asset="model_comparison", usd=price, what=f"model {number}")
        for number, price in enumerate(prices)
    ]
    models = tuple(f"model-{number}" for number in range(len(prices)))
    return Offer(episode="monday", mode=Mode.DRAFT, items=tuple(items), models=models)
