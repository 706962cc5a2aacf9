"""The price list that a show's quotes and purchases use: what ships, the show's own file, and what was taken since.

What a person gave stands in `prices.toml` beside show.yaml; what was taken from a platform, in the show's state.
"""

from typing import TYPE_CHECKING

from resources.core.names import SHOW_FILE
from resources.core.settings import Settings
from resources.models.prices import FILE, PriceList

if TYPE_CHECKING:
    from resources.content.show import Show


def open_prices(settings: Settings, show: "Show | None" = None) -> PriceList:
    """The prices of today. Without `show` it is read, where there is one and it has a state at all.

    Raises ContentError for a file that cannot be read, and LedgerError as `open_state`.
    """
    own = settings.show / FILE
    if settings.is_new:
        return PriceList.load(own)
    from resources.content.versions.fetched import fetch  # noqa: PLC0415  (a show that is new opens no database)
    from resources.models.loading import load_show  # noqa: PLC0415
    from resources.purchasing.books import find_state  # noqa: PLC0415
    from resources.purchasing.taken_prices import TakenPrices  # noqa: PLC0415

    if show is None:
        fetch(settings.show)
        if not (settings.show / SHOW_FILE).exists():
            return PriceList.load(own)
    state = find_state(settings, show or load_show(settings.show))
    if state is None:
        return PriceList.load(own)
    with state:
        return PriceList.load(own, TakenPrices(state).sheet())
