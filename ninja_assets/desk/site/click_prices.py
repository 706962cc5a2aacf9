"""What a click would buy, before it is made: the very quotes of the shell."""

from collections.abc import Collection
from typing import Final

from pydantic import BaseModel, Field

from ninja_assets.desk.site.opened import Desk
from resources.content.segments import Script
from resources.content.show import Show
from resources.core.errors import ContentError, NinjaError
from resources.core.names import Mode
from resources.core.values import Part
from resources.models.loading import load_script
from resources.models.prices.price_values import usd
from resources.purchasing.episode_quote import quote_episode
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
    missing = {MISSING: _price(desk, show, script, mode, segment, ())}
    if segment is None:
        return missing
    content = script.segment(segment)
    if content is None:
        raise ContentError(f"{episode} has no segment {segment}")
    return {**missing, **{part.value: _price(desk, show, script, mode, segment, (part,)) for part in content.parts}}


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
    check_agreed(price.usd, agreed_usd)
    return price


def check_agreed(now_usd: float, agreed_usd: float) -> None:
    """Raise ContentError unless a price is no more than what a person agreed to."""
    if now_usd > agreed_usd + _ROUNDING_USD:
        raise ContentError(f"the price is {usd(now_usd)} now, not {usd(agreed_usd)}: look at it again")


def _price(desk: Desk, show: Show, script: Script, mode: Mode, segment: str | None, parts: Collection[Part]) -> Price:
    if not mode.paid:
        return Price(usd=0.0)
    try:
        quote = quote_episode(
            desk.settings.in_mode(mode),
            show,
            script,
            segments=None if segment is None else [segment],
            retake=() if segment is None or not parts else [segment],
            retake_of=parts,
        )
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
