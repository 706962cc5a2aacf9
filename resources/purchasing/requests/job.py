"""A clip or a picture to be bought at fal.ai, as a value."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from resources.core.values import Media
from resources.purchasing.ledger import Purchase

PROVIDER: Final = "fal"


@dataclass(frozen=True)
class Job:
    """A clip or a picture to be bought: its purchase, and the media behind the content names in its arguments.

    `seconds` is how long the clip should be; None for a picture.
    """

    purchase: Purchase
    media: Mapping[str, Media]  # `sha256:<hex>` in the purchase's arguments -> the file
    seconds: float | None
    note: str | None = None
