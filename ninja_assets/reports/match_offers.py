"""What a person chooses from before a comparison of models, and what they say yes to. Nothing is bought here."""

from collections.abc import Sequence
from contextlib import closing
from dataclasses import dataclass
from typing import Final

from ninja_assets.cells.record.records import Records
from ninja_assets.cells.work import as_recorded
from ninja_assets.reports.matches import Match, MatchQuote
from resources.content.segments import Script, Turn
from resources.content.show import Show
from resources.core.errors import NinjaError
from resources.core.library import Library
from resources.core.names import SPEAKER_CLIPS, TTS_AUDIO, CellKey
from resources.core.settings import Settings
from resources.models import speakers
from resources.models.endpoints.endpoint import Endpoint
from resources.purchasing.books import open_context, open_ledger
from resources.purchasing.requests.quotes import Quote
from resources.purchasing.requests.segment_kinds import requests_of
from resources.purchasing.requests.segment_requests import RequestContext
from resources.purchasing.state.consent import Item, Offer
from resources.purchasing.state.state import ShowState

_ASSET: Final = "model_comparison"  # so that it covers nothing of an episode's run


@dataclass(frozen=True)
class OnOffer:
    """A speaker model for a segment: its clip's price in US dollars, None where it cannot be had. `note` says more."""

    model: str
    name: str
    usd: float | None
    bought: bool = False
    note: str = ""


def models_on_offer(settings: Settings, show: Show, script: Script, segment: str) -> Sequence[OnOffer]:
    """Every speaker model, with the price of a segment by it. Raises ContentError for a segment that is no turn."""
    turn, models = script.turn(segment), speakers.endpoints()
    if not settings.mode.paid:
        return [OnOffer(each.id, each.name, 0.0) for each in models]
    with closing(open_ledger(settings, show)) as ledger:
        context = open_context(settings, show, script, Library.of(settings), ledger)
        records = Records(ShowState.of(ledger), settings.output, settings.mode)
        return [_on_offer(context, records, turn, each) for each in models]


def voice_price(settings: Settings, show: Show, script: Script, segment: str) -> float:
    """What the voice of a turn would cost now, in US dollars. Raises ContentError as `models_on_offer`."""
    turn = script.turn(segment)
    if not settings.mode.paid:
        return 0.0
    with closing(open_ledger(settings, show)) as ledger:
        context = open_context(settings, show, script, Library.of(settings), ledger)
        return requests_of(context, turn).usd(TTS_AUDIO)


def _on_offer(context: RequestContext, records: Records, turn: Turn, model: Endpoint) -> OnOffer:
    try:
        requests = requests_of(context, turn.model_copy(update={"model": model.id}))
        key = CellKey(context.script.episode, turn.segment)
        quotes = as_recorded(requests, records, key).quotes(SPEAKER_CLIPS)
    except NinjaError as error:
        return OnOffer(model.id, model.name, None, note=error.what)
    return OnOffer(
        model.id,
        model.name,
        sum(quote.usd for quote in quotes),
        bought=all(quote.reused for quote in quotes),
        note="; ".join(dict.fromkeys(filter(None, map(_note, quotes)))),
    )


def _note(quote: Quote) -> str:
    """What a quote tells beside what was changed: another model than the segment's own is a change by itself."""
    notes = (quote.note or "").split("; ")
    return "; ".join(notes[1:] if quote.changed else notes)


def offer_of(match: Match, quote: MatchQuote) -> Offer:
    """All that a comparison is about to buy, as a person says yes to it."""
    label = match.turn().speaker
    items = [
        Item(segment=match.segment, label=label, asset=_ASSET, usd=each.usd, what=f"{model} {each.key}")
        for model, quotes in quote.speakers.items()
        for each in quotes
        if each.usd > 0
    ]
    return Offer(episode=match.key.episode, mode=match.settings.mode, items=tuple(items), models=match.models)
