"""What a click would buy, before it is made: the very quotes of the shell."""

from collections.abc import Collection

from pydantic import BaseModel

from ninja_assets.desk.site.opened import Desk
from resources.content.segments import Script
from resources.content.show import Show
from resources.core.errors import ContentError, NinjaError
from resources.core.names import Mode
from resources.core.values import Part
from resources.models.loading import load_script
from resources.purchasing.episode_quote import quote_episode
from resources.purchasing.requests.quotes import usd

MISSING = "missing"  # the name of the price of all that is not there


class Price(BaseModel):
    """What a click costs, in US dollars; None where that is not known, and then it is not offered."""

    usd: float | None
    exact: bool = True
    warnings: list[str] = []


def prices_of(desk: Desk, episode: str, mode: Mode, segment: str | None) -> dict[str, Price]:
    """The price of making what is missing of an episode, or of making each part of a segment anew."""
    show = desk.show()
    script = load_script(desk.settings.show, show, episode)
    if segment is None:
        return {MISSING: _price(desk, show, script, mode, None, ())}
    content = script.segment(segment)
    if content is None:
        raise ContentError(f"{episode} has no segment {segment}")
    return {part.value: _price(desk, show, script, mode, segment, (part,)) for part in content.parts}


def agree(desk: Desk, episode: str, mode: Mode, segment: str | None, part: Part | None, agreed_usd: float) -> None:
    """Raise ContentError unless the price is still what a person agreed to."""
    name = MISSING if part is None else part.value
    price = prices_of(desk, episode, mode, segment).get(name)
    if price is None:
        raise ContentError(f"{segment} of {episode} has no {name}")
    if price.usd is None:
        raise ContentError("; ".join(price.warnings) or "the price is not known")
    if price.usd > agreed_usd + 0.005:
        raise ContentError(f"the price is {usd(price.usd)} now, not {usd(agreed_usd)}: look at it again")


def _price(desk: Desk, show: Show, script: Script, mode: Mode, segment: str | None, parts: Collection[Part]) -> Price:
    if not mode.paid:
        return Price(usd=0.0)
    try:
        quote = quote_episode(
            desk.settings.in_mode(mode),
            show,
            script,
            segments=None if segment is None else [segment],
            retake=() if segment is None else [segment],
            retake_of=parts,
        )
    except NinjaError as error:
        return Price(usd=None, warnings=[str(error)])
    return Price(usd=quote.total_usd, exact=quote.exact, warnings=quote.warnings)
