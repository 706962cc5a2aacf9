"""The one barrier of paid modes: what happens when an episode's voices have ended and before its first clip is bought.

Every length is exact then, so the price is. What stops the clips is raised here, all of them or none.
"""

from collections.abc import Callable, Sequence

from ninja_assets.cells.work import SegmentWork
from resources.core.errors import NinjaError
from resources.core.names import span
from resources.core.progress import LOGGER
from resources.purchasing.requests.quotes import usd

# Told of all clips and shots of an episode that the run makes and whose segments have their voice, once; raises
# NinjaError to buy none of them.
BeforeClips = Callable[[Sequence[SegmentWork]], None]


def tell_price(works: Sequence[SegmentWork]) -> None:
    """Say what the clips will cost. Each one's caps are checked in the ledger, when it is bought.

    A clip whose price cannot be told fails by itself, in its own cell, and stops no other.
    """
    prices, unknown = [], []
    for work in works:
        try:
            prices.append(work.price_usd())
        except NinjaError:
            unknown.append(work.key.segment)
    if works:
        segments = span([work.key.segment for work in works])
        rest = f", without {span(unknown)}, whose price cannot be told" if unknown else ""
        LOGGER.info("%s: the clips of %s cost %s%s", works[0].key.episode, segments, usd(sum(prices)), rest)
