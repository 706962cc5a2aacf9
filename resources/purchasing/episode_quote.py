"""What an episode would cost now, cell by cell: an estimate before the voice, exact after it. No key, no network.

Built from the very requests that a run would make, so the quote is what is bought. Nothing is recorded by asking.
"""

from collections.abc import Collection, Mapping, Sequence
from contextlib import closing
from dataclasses import replace
from datetime import date
from itertools import islice

from pydantic import BaseModel, Field

from resources.content.segments import Script, Segment
from resources.content.show import Show
from resources.core.library import Library
from resources.core.names import LISTENER_CLIPS, SHOTS, SPEAKER_CLIPS, TTS_AUDIO, Mode
from resources.core.settings import Settings
from resources.core.values import PART_OF, Cell, Part, sum_usd
from resources.models.prices.price_values import usd
from resources.purchasing.books import open_context, open_ledger
from resources.purchasing.ledger import Ledger
from resources.purchasing.requests.quotes import Quote, once
from resources.purchasing.requests.segment_kinds import requests_of, takes_anew
from resources.purchasing.requests.segment_requests import Quoted, RequestContext, SegmentRequests
from resources.purchasing.requests.takes import Takes
from resources.purchasing.state.consent import Item, Offer


class QuotedSegment(BaseModel):
    """What a segment would cost now. `exact`: by the measured voice; `reused`: all of it is paid for.

    `speaker` is the label that it stands under: a character's, or a shot's kind.
    """

    segment: str
    speaker: str
    seconds: float
    exact: bool
    voice_usd: float = 0.0
    speaker_usd: float = 0.0
    listener_usd: float = 0.0
    shot_usd: float = 0.0
    total_usd: float = 0.0
    saved_usd: float = 0.0
    reused: bool = False
    changed: list[str] = []  # what a person has changed since it was last bought: words, picture, settings, voice
    notes: list[str] = []


class EpisodeQuote(BaseModel):
    """What an episode would cost now. `price_date`: of the oldest price used; None where nothing has a price.

    `offer` is what a run would ask for once it has the voices; None while its price or its requests are not exact.
    """

    episode: str
    mode: Mode
    total_usd: float
    saved_usd: float = 0.0
    exact: bool
    price_date: date | None
    segments: list[QuotedSegment]
    warnings: list[str] = []  # what would be refused, and by which cap
    offer: Offer | None = Field(default=None, exclude=True)


def quote_episode(
    settings: Settings,
    show: Show,
    script: Script,
    *,
    segments: Collection[str] | None = None,
    retake: Collection[str] = (),
    retake_of: Collection[Part] = (),
) -> EpisodeQuote:
    """The quote of an episode in the mode of `settings`, or of some of its segments.

    `retake` are segments whose parts `retake_of` will be made anew. Raises ContentError for what a run would refuse.
    """
    contents = [content for content in script.segments if segments is None or content.segment in segments]
    library = Library.of(settings)
    if not settings.mode.paid:
        context = RequestContext(show, settings.show, script, settings.mode, Takes(None, settings.mode))
        free = [_free(requests_of(context, content)) for content in contents]
        return EpisodeQuote(
            episode=script.episode, mode=settings.mode, total_usd=0.0, exact=True, price_date=None, segments=free
        )
    with closing(open_ledger(settings, show)) as ledger:
        context = open_context(settings, show, script, library, ledger)
        anew = takes_anew(context, [content for content in contents if content.segment in retake], retake_of)
        asked = replace(context, anew=anew)
        quoted = _quoted(script, settings.mode, [requests_of(asked, content) for content in contents], ledger)
        for segment, other in context.takes.retaken_elsewhere(script, contents).items():
            note = f"retaken in {other}, here its first take; the take of there: "
            note += f"ninja take {script.episode} --from {other} --mode {settings.mode}"
            next(each for each in quoted.segments if each.segment == segment).notes.append(note)
        return quoted


def quote_takes(
    settings: Settings, show: Show, script: Script, segment: str, takes: Mapping[Part, int]
) -> EpisodeQuote:
    """The quote of a segment with these takes of its parts in the place of the current ones. Raises as above."""
    contents = [content for content in script.segments if content.segment == segment]
    if not settings.mode.paid:
        return quote_episode(settings, show, script, segments=[segment])
    with closing(open_ledger(settings, show)) as ledger:
        context = open_context(settings, show, script, Library.of(settings), ledger)
        asked = replace(context, anew={(segment, part): take for part, take in takes.items()})
        return _quoted(script, settings.mode, [requests_of(asked, content) for content in contents], ledger)


def _free(segment: SegmentRequests) -> QuotedSegment:
    content = segment.segment
    seconds = segment.planned_seconds() if content.in_cut else 0.0
    return QuotedSegment(
        segment=content.segment, speaker=content.label, seconds=seconds, exact=False, notes=["offline"]
    )


def _quoted(script: Script, mode: Mode, asked: Sequence[SegmentRequests], ledger: Ledger) -> EpisodeQuote:
    quoted = [each.quoted() for each in asked]
    settled = iter(once(quote for each in quoted for quote in each.quotes))
    segments = [
        _segment(one.segment, each, list(islice(settled, len(each.quotes))))
        for one, each in zip(asked, quoted, strict=True)
    ]
    exact = all(segment.exact for segment in segments)
    cells = [one.context.cell(one.segment) for one in asked]
    wanted = {cell: one.total_usd for cell, one in zip(cells, segments, strict=True)}
    return EpisodeQuote(
        episode=script.episode,
        mode=mode,
        total_usd=sum_usd(segment.total_usd for segment in segments),
        saved_usd=sum_usd(segment.saved_usd for segment in segments),
        exact=exact,
        price_date=min((quote.estimate.price_date for each in quoted for quote in each.quotes), default=None),
        segments=segments,
        warnings=over_caps(wanted, ledger),
        offer=_offer(script, mode, asked, quoted) if exact else None,
    )


def _offer(script: Script, mode: Mode, asked: Sequence[SegmentRequests], quoted: Sequence[Quoted]) -> Offer | None:
    """All clips and shots, each once; None where the request of one is not known yet."""
    found: dict[str, Item] = {}
    for one, each in zip(asked, quoted, strict=True):
        for quote in each.quotes:
            if quote.asset == TTS_AUDIO or quote.usd == 0:
                continue
            if quote.key is None:
                return None
            segment, label = one.segment.segment, one.segment.label
            item = Item(segment=segment, label=label, asset=quote.asset, usd=quote.usd, what=quote.key)
            found.setdefault(quote.key, item)
    return Offer(episode=script.episode, mode=mode, items=tuple(found.values()))


def _segment(content: Segment, quoted: Quoted, quotes: Sequence[Quote]) -> QuotedSegment:
    usd = {asset: sum_usd(quote.usd for quote in quotes if quote.asset == asset) for asset in PART_OF}
    return QuotedSegment(
        segment=content.segment,
        speaker=content.label,
        seconds=quoted.seconds,
        exact=quoted.exact and all(quote.exact for quote in quotes),
        voice_usd=usd[TTS_AUDIO],
        speaker_usd=usd[SPEAKER_CLIPS],
        listener_usd=usd[LISTENER_CLIPS],
        shot_usd=usd[SHOTS],
        total_usd=sum_usd(usd.values()),
        saved_usd=sum_usd(quote.saved_usd for quote in quotes),
        reused=all(quote.reused for quote in quotes),
        changed=sorted({part for quote in quotes for part in quote.changed}),
        notes=[note for quote in quotes if (note := _note(quote))],
    )


def _note(quote: Quote) -> str:
    if quote.note:
        return f"{PART_OF[quote.asset]}: {quote.note}" if quote.changed else quote.note
    return f"{PART_OF[quote.asset]} bought before: saves {usd(quote.saved_usd)}" if quote.reused else ""


def over_caps(wanted: Mapping[Cell, float], ledger: Ledger) -> list[str]:
    """What the caps would refuse, if all of `wanted` (US dollars by cell) were bought now."""
    return [
        f"{each.message} (caps.{each.name}, about {each.enough:.2f} would do; {each.sums}): the rest is refused"
        for each in ledger.over_caps(wanted)
    ]
