"""What an episode would cost now, cell by cell: an estimate before the voice, exact after it. No key, no network.

Built from the very orders that a run would make, so the quote is what is bought. Nothing is recorded by asking.
"""

import time
from collections.abc import Collection, Iterable, Mapping, Sequence
from contextlib import closing
from dataclasses import replace
from datetime import date, datetime
from itertools import islice
from zoneinfo import ZoneInfo

from pydantic import BaseModel

from ninja_assets.orders import CellOrders, spoken_seconds
from ninja_assets.partitions import CellKey
from ninja_assets.specs import LISTENER_CLIPS, SPEAKER_CLIPS, TTS_AUDIO
from ninja_assets.takes import Takes
from resources.ledger import Entry, Ledger
from resources.ledger.caps import day_of
from resources.library import Library
from resources.quotes import Quote, once, usd
from resources.seams import Part, VoiceTrack
from resources.settings import Settings
from resources.show.model import Show
from resources.show.naming import Mode
from resources.show.turns import Script, Turn
from resources.studio import open_ledger, paid_orders


class QuotedSegment(BaseModel):
    """What a segment would cost now. `exact`: by the measured voice; `reused`: all of it is paid for."""

    segment: str
    speaker: str
    seconds: float
    exact: bool
    voice_usd: float = 0.0
    speaker_usd: float = 0.0
    listener_usd: float = 0.0
    total_usd: float = 0.0
    saved_usd: float = 0.0
    reused: bool = False
    notes: list[str] = []


class EpisodeQuote(BaseModel):
    """What an episode would cost now. `price_date`: of the oldest price used; None where nothing has a price."""

    episode: str
    mode: Mode
    total_usd: float
    saved_usd: float = 0.0
    exact: bool
    price_date: date | None
    segments: list[QuotedSegment]
    warnings: list[str] = []  # what would be refused, and by which cap


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
    turns = [turn for turn in script.turns if segments is None or turn.segment in segments]
    if not settings.mode.paid:
        free = [_free(show, turn) for turn in turns]
        return EpisodeQuote(
            episode=script.episode, mode=settings.mode, total_usd=0.0, exact=True, price_date=None, segments=free
        )
    library = Library(settings.library)
    takes = Takes(library, settings.mode)
    with closing(open_ledger(settings, show)) as ledger:
        orders = paid_orders(settings, show, library, ledger)

        def cell(turn: Turn) -> CellOrders:
            key = CellKey(script.episode, turn.segment)
            current = CellOrders(
                show, script, turn, settings.mode, orders, lambda part: takes.current(key, part, turn.take)
            )
            if turn.segment not in retake:
                return current
            anew = {part for part in retake_of if not current.under_way(part)}
            return replace(current, take=lambda part: current.take(part) + (part in anew))

        return _quoted(show, script, settings.mode, [cell(turn) for turn in turns], ledger)


def quote_of_asset(orders: CellOrders, asset: str) -> float:
    """What making one asset of a cell would cost now, in US dollars; $0 for what is free or paid for."""
    if asset == TTS_AUDIO:
        return orders.quote_voice().usd
    if asset == SPEAKER_CLIPS:
        return sum(quote.usd for quote in orders.quote_speaker(orders.track()))
    if asset == LISTENER_CLIPS:
        return sum(quote.usd for quote in once(orders.quote_listeners(orders.track())))
    return 0.0


def _free(show: Show, turn: Turn) -> QuotedSegment:
    return QuotedSegment(
        segment=turn.segment, speaker=turn.speaker, seconds=spoken_seconds(show, turn), exact=False, notes=["offline"]
    )


def _quoted(show: Show, script: Script, mode: Mode, cells: Sequence[CellOrders], ledger: Ledger) -> EpisodeQuote:
    tracks = [cell.track() for cell in cells]
    quoted = [
        [cell.quote_voice(), *cell.quote_speaker(track), *cell.quote_listeners(track)]
        for cell, track in zip(cells, tracks, strict=True)
    ]
    settled = iter(once(quote for quotes in quoted for quote in quotes))
    segments = [
        _segment(cell, track, list(islice(settled, len(quotes))))
        for cell, track, quotes in zip(cells, tracks, quoted, strict=True)
    ]
    return EpisodeQuote(
        episode=script.episode,
        mode=mode,
        total_usd=_sum(segment.total_usd for segment in segments),
        saved_usd=_sum(segment.saved_usd for segment in segments),
        exact=all(segment.exact for segment in segments),
        price_date=min((quote.price_date for quotes in quoted for quote in quotes), default=None),
        segments=segments,
        warnings=over_caps(show, script.episode, {one.segment: one.total_usd for one in segments}, ledger),
    )


def _segment(cell: CellOrders, track: VoiceTrack | None, quotes: Sequence[Quote]) -> QuotedSegment:
    usd = {asset: _sum(quote.usd for quote in quotes if quote.asset == asset) for asset in _ASSETS}
    return QuotedSegment(
        segment=cell.turn.segment,
        speaker=cell.turn.speaker,
        seconds=round(track.seconds, 3) if track else spoken_seconds(cell.show, cell.turn),
        exact=track is not None and all(quote.exact for quote in quotes),
        voice_usd=usd[TTS_AUDIO],
        speaker_usd=usd[SPEAKER_CLIPS],
        listener_usd=usd[LISTENER_CLIPS],
        total_usd=_sum(usd.values()),
        saved_usd=_sum(quote.saved_usd for quote in quotes),
        reused=all(quote.reused for quote in quotes),
        notes=[note for quote in quotes if (note := _note(quote))],
    )


def _note(quote: Quote) -> str:
    if quote.note:
        return quote.note
    return f"{_ASSETS[quote.asset]} bought before: saves {usd(quote.saved_usd)}" if quote.reused else ""


_ASSETS = {TTS_AUDIO: "voice", SPEAKER_CLIPS: "speaker", LISTENER_CLIPS: "listener"}


def over_caps(show: Show, episode: str, new_usd: Mapping[str, float], ledger: Ledger) -> list[str]:
    """What the caps would refuse, if all of `new_usd` (dollars by segment) were bought now."""
    caps = show.caps
    if caps is None:
        raise AssertionError("unreachable: a paid mode has caps")
    entries = ledger.rows(episode=episode)
    zone = ZoneInfo(show.schedule.timezone)
    today = ledger.rows(since=datetime.fromtimestamp(day_of(time.time(), zone)[0], zone))
    new = _sum(new_usd.values())
    scopes = [
        (f"segment {segment}", "segment_usd", _spent(entries, segment), usd, caps.segment_usd)
        for segment, usd in new_usd.items()
    ]
    scopes += [
        (f"episode {episode}", "episode_usd", _spent(entries), new, caps.episode_usd),
        ("today", "day_usd", _spent(today), new, caps.day_usd),
    ]
    return [
        f"{place} would come to ${spent + more:.2f} (${spent:.2f} spent and ${more:.2f} new), over caps.{name} of "
        f"${cap:.2f}: the rest is refused"
        for place, name, spent, more, cap in scopes
        if more and spent + more > cap + 1e-9
    ]


def _spent(entries: Iterable[Entry], segment: str | None = None) -> float:
    """What counts towards a cap."""
    return _sum(entry.spent_usd for entry in entries if not entry.imported and segment in (None, entry.cell.segment))


def _sum(amounts: Iterable[float]) -> float:
    return round(sum(amounts), 6)
