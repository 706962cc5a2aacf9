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

    `seconds` is how long the clip should be; None for a picture. `billed_units` is what is paid for when the answer
    does not say it: None for the measured length. `base_unit_usd` is the price of the unit that an answer may count
    in, where the purchase is of a dearer variant (with sound, in 4K).
    """

    purchase: Purchase
    media: Mapping[str, Media]  # `sha256:<hex>` in the purchase's arguments -> the file
    seconds: float | None
    billed_units: float | None = None
    base_unit_usd: float | None = None
    note: str | None = None
