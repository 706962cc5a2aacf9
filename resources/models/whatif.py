"""What an episode would cost with other models: its real seconds under every speaker model and every listener plan.

Pure arithmetic over the price list. A model that does not take every turn is shown too, with the turns it cannot make.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass

from resources.content.show import ListenerPlan
from resources.core.errors import ContentError
from resources.models import speakers
from resources.models.catalogue import registry
from resources.models.endpoints import ids
from resources.models.endpoints.arguments import Arguments
from resources.models.endpoints.endpoint import Endpoint
from resources.models.prices import PriceList
from resources.models.speakers import SpeakerOption

LOOP_SECONDS = 5  # the shortest clip that image-to-video sells: looped under any turn
TRIM_SECONDS = 10  # the longest, trimmed to the turn; several where the turn is longer


@dataclass(frozen=True)
class TurnLength:
    """A turn's measured seconds of sound, and who listens: (label, mood)."""

    segment: str
    seconds: float
    listeners: tuple[tuple[str, str | None], ...] = ()


@dataclass(frozen=True)
class Row:
    """One combination. Dollars are for the whole episode; None where no price is known. `note`: what is in the way."""

    speaker: SpeakerOption
    plan: ListenerPlan
    speaker_usd: float | None
    listener_usd: float | None
    note: str = ""

    @property
    def total_usd(self) -> float | None:
        """Speaker and listeners together."""
        if self.speaker_usd is None or self.listener_usd is None:
            return None
        return round(self.speaker_usd + self.listener_usd, 6)


def what_if(turns: Sequence[TurnLength], prices: PriceList, *, listener: str = ids.I2V_V25_PRO) -> tuple[Row, ...]:
    """Every speaker model with every listener plan, in the catalogue's order. `listener` is an image-to-video endpoint.

    Nothing is counted as already bought except the loops of the library plan, which are free.
    """
    listening = {plan: _listening(plan, turns, prices, registry.get(listener)) for plan in ListenerPlan}
    rows = []
    for speaker in speakers.options():
        usd, problem = _speaking(speaker, turns, prices)
        rows += [
            Row(speaker, plan, usd, plan_usd, "; ".join(filter(None, (problem, plan_problem))))
            for plan, (plan_usd, plan_problem) in listening.items()
        ]
    return tuple(rows)


def _speaking(speaker: SpeakerOption, turns: Sequence[TurnLength], prices: PriceList) -> tuple[float | None, str]:
    span = speaker.span()
    outside = [turn.segment for turn in turns if not span.holds(turn.seconds)]
    note = f"{speaker.name} takes {span.text('s')}: not {', '.join(outside)} in one piece" if outside else ""
    return _priced(speaker.endpoint, speaker.sample(), [turn.seconds for turn in turns], prices, note)


def _listening(
    plan: ListenerPlan, turns: Sequence[TurnLength], prices: PriceList, listener: Endpoint
) -> tuple[float | None, str]:
    heard = [turn.seconds for turn in turns for _ in turn.listeners]
    if plan is ListenerPlan.LIBRARY:
        return 0.0, ""
    if plan is ListenerPlan.SILENT_AVATAR:
        silent = speakers.option(ids.AVATAR_STANDARD)
        span = silent.span()
        outside = [turn.segment for turn in turns if turn.listeners and not span.holds(turn.seconds)]
        note = f"a silent avatar lasts {span.text('s')}: not {', '.join(outside)}" if outside else ""
        return _priced(silent.endpoint, silent.sample(), heard, prices, note)
    sold = LOOP_SECONDS if plan is ListenerPlan.LOOP else TRIM_SECONDS
    loops = len({who for turn in turns for who in turn.listeners})
    clips = loops if plan is ListenerPlan.LOOP else sum(math.ceil(seconds / TRIM_SECONDS) for seconds in heard)
    pictures = dict.fromkeys(("image_url", "start_image_url"), "https://example.invalid/file")
    settings = {"prompt": ".", "duration": str(sold)} | pictures
    arguments = listener.parse({name: value for name, value in settings.items() if name in listener.settings()})
    note = (
        ""
        if plan is not ListenerPlan.LOOP or _can_loop(listener)
        else f"{listener.name} has no end frame: the loop is played forth and back"
    )
    return _priced(listener, arguments, [float(sold)] * clips, prices, note)


def _can_loop(listener: Endpoint) -> bool:
    return bool({"end_image_url", "tail_image_url"} & set(listener.settings()))


def _priced(
    endpoint: Endpoint, arguments: Arguments, lengths: Sequence[float], prices: PriceList, note: str
) -> tuple[float | None, str]:
    try:
        return sum(endpoint.estimate(prices, arguments, media_seconds=seconds).usd for seconds in lengths), note
    except ContentError as error:
        return None, "; ".join(filter(None, (note, error.what)))
