"""What a click would buy, before it is made: the very quotes of the shell."""

from collections.abc import Collection
from typing import Final

from pydantic import BaseModel, Field

from ninja_assets.desk.site.opened import Desk
from resources.content.show import Show
from resources.core.errors import ContentError, NinjaError
from resources.core.names import Mode
from resources.core.values import Part
from resources.models.loading import load_script
from resources.purchasing.episode_quote import Quotes, open_quotes
from resources.purchasing.requests.quotes import usd
from resources.purchasing.state.consent import Offer

MISSING: Final = "missing"  # the name of the price of all that is not there
_ROUNDING_USD: Final = 0.005  # a page shows cents


class Price(BaseModel):
    """What a click costs, in US dollars; None where that is not known, and then it is not offered.

    `note` is what a person should know of a price that is no exact one; `offer`, of one that is, what a run would ask
    for.
    """

    usd: float | None
    exact: bool = True
    note: str = ""
    warnings: list[str] = []
    offer: Offer | None = Field(default=None, exclude=True)


def prices_of(desk: Desk, episode: str, mode: Mode, segment: str | None) -> dict[str, Price]:
    """The price of making what is missing of an episode; or that of a segment, and of making each part of it anew."""
    show = desk.show()
    script = load_script(desk.settings.show, show, episode)
    content = script.segment(segment) if segment else None
    if segment and content is None:
        raise ContentError(f"{episode} has no segment {segment}")
    wanted: dict[str, tuple[Part, ...]] = {MISSING: ()}
    wanted |= {part.value: (part,) for part in (content.parts if content else ())}
    try:
        with open_quotes(desk.settings.in_mode(mode), show, script) as quotes:
            return {name: _price(quotes, show, segment, parts) for name, parts in wanted.items()}
    except NinjaError as error:
        return dict.fromkeys(wanted, Price(usd=None, warnings=[str(error)]))


def agreed_price(
    desk: Desk, episode: str, mode: Mode, segment: str | None, part: Part | None, agreed_usd: float
) -> Price:
    """The price as it is now. Raises ContentError unless it is no more than what a person agreed to."""
    name = MISSING if part is None else part.value
    price = prices_of(desk, episode, mode, segment).get(name)
    if price is None:
        raise ContentError(f"{segment} of {episode} has no {name}")
    if price.usd is None:
        raise ContentError("; ".join(price.warnings) or "the price is not known")
    if price.usd > agreed_usd + _ROUNDING_USD:
        raise ContentError(f"the price is {usd(price.usd)} now, not {usd(agreed_usd)}: look at it again")
    return price


def _price(quotes: Quotes, show: Show, segment: str | None, parts: Collection[Part]) -> Price:
    chosen = [segment] if segment else None
    try:
        quote = quotes.quote(segments=chosen, retake=(chosen or []) if parts else (), retake_of=parts)
    except NinjaError as error:
        return Price(usd=None, warnings=[str(error)])
    note = "" if quote.exact else _estimated(show)
    return Price(usd=quote.total_usd, exact=quote.exact, note=note, warnings=quote.warnings, offer=quote.offer)


def _estimated(show: Show) -> str:
    """What is told of a price that is no exact one: when it will be, and who says yes to it then."""
    asked = show.approval.above_usd if show.approval else None
    above = f" above {usd(asked)}" if asked else ""
    then = "" if asked is None else f", and{above} it waits here for your yes"
    return f"about: an estimate by the words. When the voice is made the price is exact{then}."
