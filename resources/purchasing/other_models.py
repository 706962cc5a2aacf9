"""What an episode would cost with other models: a quote for each, in which nothing counts as bought already.

By its measured voices where they are bought, else by its words. Nothing is sent.
"""

import hashlib
import io
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import Final, NamedTuple

from PIL import Image

from resources.content.segments import Script
from resources.content.settings.characters import Character
from resources.content.show import ListenerPlan, ModeModels, Show
from resources.core.errors import ContentError
from resources.core.library import Library
from resources.core.names import LISTENER_CLIPS, SPEAKER_CLIPS, Mode
from resources.core.settings import Settings
from resources.core.values import Media
from resources.models import speakers
from resources.models.casting import models_of
from resources.models.listener_plans import animator_of
from resources.models.portraits import Portraits
from resources.models.prompts.book import load_book
from resources.models.speakers import SpeakerOption
from resources.purchasing.books import find_ledger
from resources.purchasing.ledger import Ledger
from resources.purchasing.requests.market import Market
from resources.purchasing.requests.quotes import Quote, once
from resources.purchasing.requests.segment_kinds import requests_of
from resources.purchasing.requests.segment_requests import RequestContext
from resources.purchasing.requests.takes import Takes
from resources.purchasing.show_prices import open_prices
from resources.purchasing.state.state import ShowState

_MOST_NAMED: Final = 6  # segments that a sentence lists


class TurnLength(NamedTuple):
    """How long a turn is, in seconds: `exact` by its bought voice, else by its words."""

    segment: str
    seconds: float
    exact: bool


@dataclass(frozen=True)
class Row:
    """One combination. Dollars are for the whole episode; None where a run would be refused: `note` says by what."""

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


class WhatIf(NamedTuple):
    """The combinations, and what they are quoted for."""

    rows: tuple[Row, ...]
    turns: tuple[TurnLength, ...]
    listener: str  # the image-to-video endpoint
    speaker: str | None  # what the show uses now

    @property
    def measured(self) -> frozenset[str]:
        """The segments whose voice is bought."""
        return frozenset(turn.segment for turn in self.turns if turn.exact)


def what_if_of(settings: Settings, show: Show, script: Script, mode: Mode | None = None) -> WhatIf:
    """Every speaker model under every listener plan, with the listener model of `mode`; without it, of the best mode.

    Nothing is sent, no key is needed, and where no ledger is, none is made.
    """
    chosen = mode or next((known for known in (Mode.FINAL, Mode.DRAFT) if known in show.models), Mode.REHEARSAL)
    own = models_of(show, chosen)
    models = own or ModeModels(speaker=speakers.options()[0].endpoint.id)
    with asked(settings.in_mode(chosen), show, script, models) as context:
        turns = _lengths(context)
        listening = {plan: _listening(context, plan) for plan in ListenerPlan}
        rows = [
            Row(option, plan, usd, plan_usd, "; ".join(filter(None, (note, plan_note))))
            for option in speakers.options()
            for usd, note in [_speaking(context, option, turns)]
            for plan, (plan_usd, plan_note) in listening.items()
        ]
    return WhatIf(tuple(rows), turns, models.listener, own.speaker if own else None)


def obstacles(found: WhatIf) -> Sequence[str]:
    """What is in the way of some combination, each told once."""
    return tuple(dict.fromkeys(part for row in found.rows for part in row.note.split("; ") if part))


@contextmanager
def asked(settings: Settings, show: Show, script: Script, models: ModeModels) -> Iterator[RequestContext]:
    """An episode as its requests are built from where nothing will be bought, with these models.

    Where nothing ever was, what is made to ask lies in a scratch folder.
    """
    ledger, library = find_ledger(settings, show), Library.of(settings)
    with tempfile.TemporaryDirectory(prefix="ninja-what-if-") as scratch:
        if ledger is None:
            ledger, library = Ledger(f"sqlite:///{scratch}/ledger.db", caps=None), Library(scratch, durable=False)

        def still(character: Character, width: int, height: int) -> Media:
            return library.put_bytes(_blank(character.name, width, height), ".png")

        portraits = Portraits(library, settings.show, still)
        book, takes = load_book(settings.show), Takes(ShowState.of(ledger), settings.mode)
        with closing(ledger):
            market = Market(ledger, library, open_prices(settings, show), models, book, portraits, reuse=False)
            yield RequestContext(show, settings.show, script, settings.mode, takes, market)


@lru_cache(maxsize=64)  # asked for every turn, by each way of listening
def _blank(name: str, width: int, height: int) -> bytes:
    """A picture in the place of one that a character does not have yet, unlike any other: no price depends on it."""
    file = io.BytesIO()
    color = int(hashlib.sha256(name.encode()).hexdigest()[:6], 16)
    Image.new("RGB", (width, height), f"#{color:06x}").save(file, "PNG")
    return file.getvalue()


def _named(segments: Sequence[str]) -> str:
    """Segments in a sentence: of a long episode the first ones, and how many there are."""
    more = len(segments) - _MOST_NAMED
    return f"{', '.join(segments[:_MOST_NAMED])}" + (f" and {more} more" if more > 0 else "")


def _lengths(context: RequestContext) -> tuple[TurnLength, ...]:
    return tuple(
        TurnLength(content.segment, *requests_of(context, content).length())
        for content in context.script.segments
        if content.not_needed(SPEAKER_CLIPS) is None
    )


def _speaking(context: RequestContext, speaker: SpeakerOption, turns: Sequence[TurnLength]) -> tuple[float | None, str]:
    """The price of all speakers by one model, and what is in its way."""
    span = speaker.span()
    outside = [turn.segment for turn in turns if not span.holds(turn.seconds)]
    note = f"{speaker.name} takes {span.text('s')}: not {_named(outside)} in one piece" if outside else ""
    usd, refused = _priced(replace(context, market=replace(context.paid, cast=speaker)), SPEAKER_CLIPS)
    return usd, "; ".join(filter(None, (note, *dict.fromkeys(refused.values()))))


def _listening(context: RequestContext, plan: ListenerPlan) -> tuple[float | None, str]:
    """The price of all listeners in one way, and what is in its way. What the library has is free."""
    models = context.paid.models.model_copy(update={"listener_plans": (plan,)})
    market = replace(context.paid, models=models, reuse=plan is ListenerPlan.LIBRARY)
    usd, refused = _priced(replace(context, market=market), LISTENER_CLIPS)
    if refused:
        whats = set(refused.values())
        why = f": {whats.pop()}" if len(whats) == 1 else ""
        return usd, f"listeners by {plan.value.replace('_', ' ')} cannot be had in {_named(list(refused))}{why}"
    animator = animator_of(models.listener)
    if plan is ListenerPlan.LOOP and animator.end is None:
        return usd, f"{animator.endpoint.name} has no end frame: the loop is played forth and back"
    return usd, ""


def _priced(context: RequestContext, asset: str) -> tuple[float | None, dict[str, str]]:
    """What an asset of the whole episode costs, each purchase once; None, and why by segment, where one is refused."""
    quotes: list[Quote] = []
    refused: dict[str, str] = {}
    for content in context.script.segments:
        if content.not_needed(asset) is None:
            try:
                quotes += requests_of(context, content).quotes(asset)
            except ContentError as error:
                refused[content.segment] = error.what
    return (None if refused else sum(quote.usd for quote in once(quotes))), refused
