"""The listener planner: the cheapest way to a listener that the show allows, as pure functions over data.

A listener does not depend on the speech, so one clip of a character in a mood serves every turn, and what was bought
before costs nothing. Nothing is bought, sent or read here: prices and "is it bought?" come in as functions.
"""

import math
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from typing import Final

from pydantic import JsonValue

from resources.errors import ContentError
from resources.show.model import Character, ListenerPlan

AVATAR_STANDARD: Final = "fal-ai/kling-video/ai-avatar/v2/standard"
LOOP_SECONDS: Final = 5  # the shortest clip that every endpoint sells
AVATAR_LEAST_SECONDS: Final = 2.0
AVATAR_MOST_SECONDS: Final = 60.0
MOST_PROMPT: Final = 2500  # characters; more fails after the wait (TanStack/ai#396)
_TONE_STEP: Final = 0.1  # seconds; tones of nearly equal turns are then one and the same file


@dataclass(frozen=True)
class Animator:
    """An image-to-video endpoint as a listener needs it: the names of its arguments and the lengths that it sells."""

    start: str
    end: str | None
    lengths: tuple[int, ...]
    has_sound: bool  # it has `generate_audio`, which is always sent as false: left out, most charge double
    has_negative: bool = True


_FIVE_TEN: Final = (5, 10)
_THREE_TO_FIFTEEN: Final = tuple(range(3, 16))
_KLING: Final = "fal-ai/kling-video"
# fal-ai/fal-js@381105e, endpoints.ts (2026-08-02), and fal's llms.txt of each model.
ANIMATORS: Final[Mapping[str, Animator]] = {
    f"{_KLING}/v2.5-turbo/standard/image-to-video": Animator("image_url", None, _FIVE_TEN, False),
    f"{_KLING}/v2.5-turbo/pro/image-to-video": Animator("image_url", "tail_image_url", _FIVE_TEN, False),
    f"{_KLING}/v2.6/pro/image-to-video": Animator("start_image_url", "end_image_url", _FIVE_TEN, True),
    f"{_KLING}/v2.1/standard/image-to-video": Animator("image_url", None, _FIVE_TEN, False),
    f"{_KLING}/v2.1/pro/image-to-video": Animator("image_url", "tail_image_url", _FIVE_TEN, False),
    f"{_KLING}/v2.1/master/image-to-video": Animator("image_url", None, _FIVE_TEN, False),
    f"{_KLING}/v3/standard/image-to-video": Animator("start_image_url", "end_image_url", _THREE_TO_FIFTEEN, True),
    f"{_KLING}/v3/pro/image-to-video": Animator("start_image_url", "end_image_url", _THREE_TO_FIFTEEN, True),
    f"{_KLING}/o3/standard/image-to-video": Animator(
        "image_url", "end_image_url", _THREE_TO_FIFTEEN, True, has_negative=False
    ),
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
        return Choice(owned, True, f"{_called(owned)}, bought before: saves ${owned.usd:.2f}")
    if not open_to:
        raise ContentError(
            f"no listener of {seconds:.1f} s can be had in a way that the show allows",
            where="show.yaml, listener_plans",
            why=f"it allows {', '.join(plan.value for plan in allowed)}, and nothing fitting is in the library yet",
            mend="allow `loop`: it is bought once for each character and mood",
        )
    best = open_to[0]
    others = ", ".join(f"{_called(offer)} ${offer.usd:.2f}" for offer in open_to[1:])
    return Choice(best, False, f"{_called(best)}, new: ${best.usd:.2f}" + (f" (instead of {others})" if others else ""))


def offers(*, seconds: float, endpoint: str, price: Callable[[str], float]) -> list[Offer]:
    """Every new clip that could serve a turn of `seconds`, cheapest first. Raises ContentError for a wrong endpoint."""
    animator = animator_of(endpoint)
    found = [Offer(ListenerPlan.LOOP, endpoint, LOOP_SECONDS, LOOP_SECONDS * price(endpoint))]
    whole = next((length for length in animator.lengths if length >= max(seconds, LOOP_SECONDS)), None)
    if whole is not None:
        found.append(Offer(ListenerPlan.TRIM, endpoint, whole, whole * price(endpoint)))
    tone = tone_seconds(seconds)
    if tone <= AVATAR_MOST_SECONDS:
        found.append(Offer(ListenerPlan.SILENT_AVATAR, AVATAR_STANDARD, tone, tone * price(AVATAR_STANDARD)))
    order = list(ListenerPlan)
    return sorted(found, key=lambda offer: (offer.usd, order.index(offer.plan)))


def tone_seconds(seconds: float) -> float:
    """The length of the tone for a turn: at least 2 s, and rounded up so that equal lengths share one clip."""
    return max(AVATAR_LEAST_SECONDS, round(math.ceil(round(seconds / _TONE_STEP, 6)) * _TONE_STEP, 3))


def animator_of(endpoint: str) -> Animator:
    """The facts of an image-to-video endpoint; raises ContentError that lists those there are."""
    try:
        return ANIMATORS[endpoint]
    except KeyError:
        raise ContentError(
            f"{endpoint!r} cannot make listeners",
            where="show.yaml, models",
            mend="use one of " + ", ".join(ANIMATORS),
        ) from None


def animation_arguments(
    offer: Offer, character: Character, mood: str | None, image: str, *, label: str
) -> dict[str, JsonValue]:
    """What an image-to-video endpoint is asked: exactly what its schema has. `image` is an address or a content name.

    A loop ends on the frame that it starts with where the endpoint can do that.
    """
    animator = animator_of(offer.endpoint)
    arguments: dict[str, JsonValue] = {
        "prompt": listening_prompt(character, mood, label=label),
        animator.start: image,
        "duration": str(round(offer.ordered)),
    }
    if animator.end and offer.plan is ListenerPlan.LOOP:
        arguments[animator.end] = image
    if animator.has_negative:
        arguments["negative_prompt"] = character.listening.negative_prompt
    if animator.has_sound:
        arguments["generate_audio"] = False
    return arguments


def listening_prompt(character: Character, mood: str | None, *, label: str) -> str:
    """The prompt of a listener in a mood. Raises ContentError for a mood that it does not have, or too many words."""
    listening = character.listening
    if mood is not None and mood not in listening.moods:
        known = ", ".join(listening.moods) or "none"
        raise ContentError(
            f"{label} has no mood {mood!r}",
            where=f"show.yaml, characters.{label}.listening.moods",
            mend=f"add it there, or use one of: {known}",
        )
    prompt = " ".join(filter(None, [listening.prompt.strip(), listening.moods[mood].strip() if mood else ""]))
    return checked_prompt(prompt, where=f"show.yaml, characters.{label}.listening")


def checked_prompt(prompt: str, *, where: str) -> str:
    """The prompt, if models take one of its length; else ContentError."""
    if len(prompt) <= MOST_PROMPT:
        return prompt
    raise ContentError(
        f"a prompt has {len(prompt)} characters", where=where, why=f"models take {MOST_PROMPT}", mend="shorten it"
    )


def _called(offer: Offer) -> str:
    return f"{offer.plan.value} of {offer.ordered:g} s"
