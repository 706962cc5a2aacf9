"""A request: one purchase that a segment asks for, and what is needed to make it and to tell of it.

What it is bought as was settled when it was built: a studio sends it, a quote prices it, an import stands for it.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final

from resources.core.values import Media
from resources.purchasing.ledger import Purchase

FAL: Final = "fal"


@dataclass(frozen=True)
class Request:
    """A line, a clip or a picture to be bought.

    `media` are the files behind the content names in the purchase's arguments. `seconds` is how long a clip should be;
    None for a voice, whose length nobody knows before, and for a picture.
    """

    purchase: Purchase
    label: str  # of who speaks or listens, or of the shot
    media: Mapping[str, Media] = field(default_factory=dict)  # `sha256:<hex>` -> the file
    seconds: float | None = None
    start: float = 0.0  # seconds into the turn at which its sound begins: pieces of a long turn follow each other
    note: str | None = None  # what it is, kept with the file: `loop of 5 s`
    reason: str | None = None  # why it is made so: the planner's choice, the decision tree's

    @property
    def remark(self) -> str | None:
        """What is worth telling of it beside its file."""
        return self.reason or self.note


def content_name(media: Media) -> str:
    """How media stand in a purchase: by content, so that an address never enters a key."""
    return f"sha256:{media.sha256}"


def sources_of(origins: Mapping[str, str], *files: Media) -> dict[str, str]:
    """What files were made from, by the names that they have in a purchase; see `Purchase.sources`."""
    return {content_name(media): f"made: {origins[media.sha256]}" for media in files if media.sha256 in origins}


def joined_at(requests: tuple[Request, ...]) -> str | None:
    """How a clip that is bought in several pieces is joined, for a person; None for one piece."""
    if len(requests) < 2:
        return None
    cuts = " and ".join(f"{request.start:.2f} s" for request in requests[1:])
    return f"made in {len(requests)} pieces, joined between sentences at {cuts}"
