"""What the requests of a paid mode are built with: its models, the price list, and what is bought already.

No key and no network. What a segment asks for is `segment_requests`; which models, prices and ledger, `books`.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from resources.content.show import ModeModels
from resources.core.library import Library
from resources.core.values import Cell
from resources.models.catalogue import Endpoint
from resources.models.endpoints.arguments import Arguments
from resources.models.portraits import Portraits
from resources.models.prices import PriceList
from resources.models.prompts.book import Book
from resources.models.speakers import SpeakerOption
from resources.purchasing.ledger import Collected, Ledger, Purchase, State
from resources.purchasing.requests.given import changed
from resources.purchasing.requests.quotes import Quote, is_paid, new_quote, quote_of
from resources.purchasing.requests.request import FAL

_UNDER_WAY = (State.SENDING, State.SUBMITTED, State.UNKNOWN)


@dataclass(frozen=True)
class Market:
    """Where one mode buys. `book` has the words of prompts, `portraits` the characters' pictures.

    `cast` speaks every turn, whatever show and script say; without `reuse` nothing counts as bought already: that is
    how a question about other models is asked.
    """

    ledger: Ledger
    library: Library
    prices: PriceList
    models: ModeModels
    book: Book
    portraits: Portraits
    cast: SpeakerOption | None = None
    reuse: bool = True

    def purchase(
        self,
        endpoint: Endpoint,
        asset: str,
        cell: Cell,
        arguments: Arguments,
        take: int,
        seconds: float | None,
        *,
        sources: Mapping[str, str],
        given: Mapping[str, str],
    ) -> Purchase:
        """A request of a model of fal.ai as the ledger knows it, with its price.

        `seconds` is the measured length that is billed, if one is; `sources` and `given` are as a purchase has them.
        Raises ContentError where no price is known.
        """
        measured = None if seconds is None else round(seconds, 3)
        return Purchase(
            provider=FAL,
            endpoint=endpoint.id,
            asset=asset,
            cell=cell,
            arguments=arguments.payload(),
            sources=dict(sources),
            given=dict(given),
            take=take,
            estimate=endpoint.estimate(self.prices, arguments, media_seconds=measured),
        )

    def quote(self, purchase: Purchase, *, exact: bool = True) -> Quote:
        """The price of a purchase: nothing for one that is paid."""
        if not self.reuse:
            return new_quote(purchase, exact=exact)
        return quote_of(self.ledger, purchase, exact=exact)

    def kept(self, purchase: Purchase) -> Purchase:
        """What its cell has bought for exactly what a person gives now, under whatever key; else the purchase itself.

        Only what is collected is kept so: it is never sent again.
        """
        if not self.reuse or self.cast is not None or not purchase.given:
            return purchase
        found = next((use.entry for use in self.ledger.used(purchase) if use.given == purchase.given), None)
        if found is None:
            return purchase
        return found.purchase.model_copy(update={"cell": purchase.cell, "given": purchase.given})

    def changed(self, purchase: Purchase) -> tuple[str, ...]:
        """What a person has changed since the purchase's cell last bought it; nothing where it never did."""
        found = (changed(use.given, purchase.given) for use in self.ledger.used(purchase)) if self.reuse else ()
        return next(filter(None, found), ())

    def is_bought(self, purchase: Purchase) -> bool:
        """Whether a purchase is paid for, or may be, so that it costs nothing."""
        return self.reuse and is_paid(self.ledger, purchase)

    def under_way(self, purchase: Purchase) -> bool:
        """Whether a purchase was sent, or may have been, and has not come."""
        return bool(self.ledger.of(purchase, _UNDER_WAY))

    def collected(self, purchase: Purchase) -> Collected | None:
        """The entry of a purchase that is bought and whose file is in the library; None before.

        Recorded nowhere as a reuse.
        """
        for entry in self.ledger.of(purchase, [State.COLLECTED]):
            if entry.media is not None and self.library.has(entry.media):
                return Collected.of(entry, reused=True)
        return None
