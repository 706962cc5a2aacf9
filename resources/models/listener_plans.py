"""The listener planner: the cheapest way to a listener that the show allows, as pure functions over data.

A listener does not depend on the speech, so one clip of a character in a mood serves every turn, and what was bought
before costs nothing. Nothing is bought, sent or read here: prices and "is it bought?" come in as functions.
"""

import math
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from typing import Final, get_args

from resources.content.settings.characters import Character
from resources.content.show import ListenerPlan
from resources.core.errors import ContentError
from resources.models import catalogue, speakers
from resources.models.catalogue import Endpoint, Kind
from resources.models.endpoints.arguments import MAX_PROMPT, Arguments
from resources.models.endpoints.ids import AVATAR_STANDARD
from resources.models.prices.price_values import usd

LOOP_SECONDS: Final = 5  # the shortest clip that every endpoint sells
_TONE: Final = speakers.option(AVATAR_STANDARD).span()
_TONE_STEP: Final = 0.1  # seconds; tones of nearly equal turns are then one and the same file


@dataclass(frozen=True)
class Animator:
    """An image-to-video endpoint as a listener needs it: the names of its frames and the lengths that it sells."""

    endpoint: Endpoint
    start: str
    end: str | None
    lengths: tuple[int, ...]

    @classmethod
    def of(cls, endpoint: Endpoint) -> "Animator":
        """What the catalogue says of an endpoint."""
        settings = endpoint.settings()
        start = next(name for name in ("start_image_url", "image_url") if name in settings)
        end = next((name for name in ("end_image_url", "tail_image_url") if name in settings), None)
        lengths = get_args(endpoint.arguments.model_fields["duration"].annotation)
        return cls(endpoint, start, end, tuple(int(length) for length in lengths))


ANIMATORS: Final[Mapping[str, Animator]] = {
    endpoint.id: Animator.of(endpoint) for endpoint in catalogue.by_kind(Kind.IMAGE_TO_VIDEO)
}


@dataclass(frozen=True)
class Offer:
    """One way to a listener. `ordered` is what is paid for, in seconds; `usd` its price when it has to be bought."""

    plan: ListenerPlan
    endpoint: str
    ordered: float
    usd: float


@dataclass(frozen=True)
class Choice:
    """What the planner decided: the offer, whether it is paid for already, and why, for a person to read."""

    offer: Offer
    bought: bool
    note: str

    @property
    def usd(self) -> float:
        """What it will cost now."""
        return 0.0 if self.bought else self.offer.usd


def choose(
    allowed: Collection[ListenerPlan],
    *,
    seconds: float,
    endpoint: str,
    price: Callable[[str], float],
    bought: Callable[[Offer], bool],
) -> Choice:
    """The cheapest way to a listener of `seconds`. `price` is US dollars a second of an endpoint.

    What is paid for already comes first, then the lowest price, then the order of `ListenerPlan`. With `library`
    allowed, a clip that was bought in another way serves too. Raises ContentError when nothing allowed can be had.
    """
    everything = offers(seconds=seconds, endpoint=endpoint, price=price)
    open_to = [offer for offer in everything if offer.plan in allowed]
    looked_at = everything if ListenerPlan.LIBRARY in allowed else open_to
    owned = next((offer for offer in looked_at if bought(offer)), None)
    if owned is not None:
        return Choice(owned, True, f"{_called(owned)}, bought before: saves {usd(owned.usd)}")
    if not open_to:
        raise ContentError(
            f"no listener of {seconds:.1f} s can be had in a way that the show allows",
            where="show.yaml, listener_plans",
            why=f"it allows {', '.join(plan.value for plan in allowed)}, and nothing fitting is in the library yet",
            hint="allow `loop`: it is bought once for each character and mood",
        )
    best = open_to[0]
    others = ", ".join(f"{_called(offer)} {usd(offer.usd)}" for offer in open_to[1:])
    return Choice(best, False, f"{_called(best)}, new: {usd(best.usd)}" + (f" (instead of {others})" if others else ""))


def offers(*, seconds: float, endpoint: str, price: Callable[[str], float]) -> list[Offer]:
    """Every new clip that could serve a turn of `seconds`, cheapest first. Raises ContentError for a wrong endpoint."""
    animator = animator_of(endpoint)
    found = [Offer(ListenerPlan.LOOP, endpoint, LOOP_SECONDS, LOOP_SECONDS * price(endpoint))]
    whole = next((length for length in animator.lengths if length >= max(seconds, LOOP_SECONDS)), None)
    if whole is not None:
        found.append(Offer(ListenerPlan.TRIM, endpoint, whole, whole * price(endpoint)))
    tone = tone_seconds(seconds)
    if tone <= _TONE.most:
        found.append(Offer(ListenerPlan.SILENT_AVATAR, AVATAR_STANDARD, tone, tone * price(AVATAR_STANDARD)))
    order = list(ListenerPlan)
    return sorted(found, key=lambda offer: (offer.usd, order.index(offer.plan)))


def tone_seconds(seconds: float) -> float:
    """The length of the tone for a turn: at least 2 s, and rounded up so that equal lengths share one clip."""
    return max(_TONE.least, round(math.ceil(round(seconds / _TONE_STEP, 6)) * _TONE_STEP, 3))


def animator_of(endpoint: str) -> Animator:
    """The facts of an image-to-video endpoint; raises ContentError that lists those there are."""
    try:
        return ANIMATORS[endpoint]
    except KeyError:
        raise ContentError(
            f"{endpoint!r} cannot make listeners",
            where="show.yaml, models",
            hint="use one of " + ", ".join(ANIMATORS),
        ) from None


def animation_arguments(offer: Offer, character: Character, mood: str | None, image: str, *, label: str) -> Arguments:
    """What an image-to-video endpoint is asked: exactly what its schema has. `image` is an address or a content name.

    A loop ends on the frame that it starts with where the endpoint can do that.
    """
    animator = animator_of(offer.endpoint)
    settings = {
        "prompt": listening_prompt(character, mood, label=label),
        "duration": str(round(offer.ordered)),
        "negative_prompt": character.listening.negative_prompt,
    }
    asked = {name: value for name, value in settings.items() if name in animator.endpoint.settings()}
    asked[animator.start] = image
    if animator.end and offer.plan is ListenerPlan.LOOP:
        asked[animator.end] = image
    return animator.endpoint.parse(asked)


def listening_prompt(character: Character, mood: str | None, *, label: str) -> str:
    """The prompt of a listener in a mood. Raises ContentError for a mood that it does not have, or too many words."""
    listening = character.listening
    if mood is not None and mood not in listening.moods:
        known = ", ".join(listening.moods) or "none"
        raise ContentError(
            f"{label} has no mood {mood!r}",
            where=f"show.yaml, characters.{label}.listening.moods",
            hint=f"add it there, or use one of: {known}",
        )
    prompt = " ".join(filter(None, [listening.prompt.strip(), listening.moods[mood].strip() if mood else ""]))
    return checked_prompt(prompt, where=f"show.yaml, characters.{label}.listening")


def checked_prompt(prompt: str, *, where: str) -> str:
    """The prompt, if models take one of its length; else ContentError."""
    if len(prompt) <= MAX_PROMPT:
        return prompt
    raise ContentError(
        f"a prompt has {len(prompt)} characters", where=where, why=f"models take {MAX_PROMPT}", hint="shorten it"
    )


def _called(offer: Offer) -> str:
    return f"{offer.plan.value} of {offer.ordered:g} s"
