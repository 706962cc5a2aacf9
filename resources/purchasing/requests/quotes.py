"""What a request would cost now: a quote is made from the very purchase that buying would make. Nothing is sent."""

from collections.abc import Iterable
from typing import Final

from resources.core.errors import Charge
from resources.core.values import Value
from resources.models.prices import Estimate
from resources.models.prices.price_values import usd
from resources.purchasing.ledger import Entry, Ledger, Purchase, State

_PAID: Final = (State.COLLECTED, State.SUBMITTED, State.SENDING, State.UNKNOWN)


class Quote(Value):
    """What a request would cost now. `exact`: from measured audio; else from an estimate of how long it will be spoken.

    Equal keys are one purchase, paid once; None before the voice exists.
    """

    asset: str
    endpoint: str
    estimate: Estimate
    usd: float  # 0 when it is paid for already
    exact: bool
    reused: bool = False
    saved_usd: float = 0.0
    key: str | None = None
    note: str | None = None
    changed: tuple[str, ...] = ()  # what a person has changed since the cell last bought it: words, picture, settings


def is_paid(ledger: Ledger, purchase: Purchase) -> bool:
    """Whether a purchase is paid for, or may be: then it is found again and not sent."""
    return bool(ledger.of(purchase, _PAID))


def quote_of(ledger: Ledger, purchase: Purchase, *, exact: bool = True) -> Quote:
    """The quote of a purchase: its estimate, or nothing where it is paid for.

    A purchase that was charged and brought nothing is refused until a person settles it, and so is one that the
    provider refused: the note says so.
    """
    paid = is_paid(ledger, purchase)
    stuck = [] if paid else [entry for entry in ledger.of(purchase, [State.FAILED]) if _stuck(entry)]
    note = None
    if stuck:
        note = f"charged before and brought nothing: `ninja ledger settle {stuck[-1].id} buy-again` allows it"
        if stuck[-1].charge is Charge.NONE:
            note = (
                f"refused before, at no cost: change it, or `ninja ledger settle {stuck[-1].id} not-charged` allows it"
            )
    quote = new_quote(purchase, exact=exact, note=note)
    if not paid:
        return quote
    return quote.model_copy(update={"usd": 0.0, "reused": True, "saved_usd": quote.usd})


def new_quote(purchase: Purchase, *, exact: bool = True, note: str | None = None) -> Quote:
    """The quote of a purchase that is not looked for in the ledger: its estimate."""
    return Quote(
        asset=purchase.asset,
        endpoint=purchase.endpoint,
        estimate=purchase.estimate,
        usd=purchase.estimate.usd,
        exact=exact,
        key=purchase.key,
        note=note,
    )


def once(quotes: Iterable[Quote]) -> list[Quote]:
    """The quotes of several requests, each purchase paid in the first alone: a listener's loop serves all segments."""
    seen: set[str] = set()
    settled = []
    for quote in quotes:
        repeated = quote.key in seen and not quote.reused
        settled.append(
            quote.model_copy(
                update={
                    "usd": 0.0,
                    "reused": True,
                    "saved_usd": quote.usd,
                    "note": f"the same as in an earlier segment: saves {usd(quote.usd)}",
                }
            )
            if repeated
            else quote
        )
        if quote.key:
            seen.add(quote.key)
    return settled


def _stuck(entry: Entry) -> bool:
    return not entry.settled and (entry.charge is not Charge.NONE or entry.retryable is False)
