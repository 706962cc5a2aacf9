"""The one road from a segment to its purchases: a run, a quote, an import, a comparison and what-if all take it.

What a segment asks for depends on its kind: `turn_requests` and `shot_requests`, chosen by
`segment_kinds.requests_of`. Here is what is the same for every kind. A run hands over what its records say a thing is
made from, and gets a brief for its studio; everybody else asks for the requests of an asset, which are then made from
what is bought and what lies in the show. Either way the same function builds them. Nothing is sent.
"""

from abc import ABC, abstractmethod
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import ClassVar, Final, TypeVar

from resources.content.segments import Script, Segment, content_key
from resources.content.show import Show
from resources.core.errors import ContentError
from resources.core.names import LISTENER_CLIPS, SHOTS, SPEAKER_CLIPS, TTS_AUDIO, Mode
from resources.core.values import Cell, Media, Part, VoiceTrack
from resources.purchasing.requests.briefs import (
    ListenerBrief,
    References,
    ShotBrief,
    SpeakerBrief,
    Uploads,
    VoiceBrief,
)
from resources.purchasing.requests.market import Market
from resources.purchasing.requests.quotes import Quote, once
from resources.purchasing.requests.request import Request
from resources.purchasing.requests.takes import Takes

# What another take of a part would abandon: another voice, the speaker's clip too, for it is made for the voice.
_ASSETS: Final[Mapping[Part, tuple[str, ...]]] = {
    Part.VOICE: (TTS_AUDIO, SPEAKER_CLIPS),
    Part.SPEAKER: (SPEAKER_CLIPS,),
    Part.LISTENER: (LISTENER_CLIPS,),
    Part.SHOT: (SHOTS,),
}

BriefT = TypeVar("BriefT", VoiceBrief, SpeakerBrief, ListenerBrief, ShotBrief)


def cell_of(episode: str, segment: Segment, mode: Mode) -> Cell:
    """A segment of an episode as studios and the ledger know it: by its place, and by what stands there."""
    return Cell(episode=episode, segment=segment.segment, mode=mode, content=content_key(segment))


@dataclass(frozen=True)
class RequestContext:
    """An episode in one mode, as its segments' requests are built from. `folder` is the show's.

    `market` is None in a rehearsal, which buys nothing. `anew` are the takes of parts, by segment, that are asked for
    in the place of the current ones.
    """

    show: Show
    folder: Path
    script: Script
    mode: Mode
    takes: Takes
    market: Market | None = None
    anew: Mapping[tuple[str, Part], int] = field(default_factory=dict)

    @property
    def paid(self) -> Market:
        """Where the mode buys. Raises ContentError in a rehearsal."""
        if self.market is None:
            raise ContentError("a rehearsal buys nothing, so nothing can be imported", hint="add --mode draft or final")
        return self.market

    def take(self, segment: Segment, part: Part) -> int:
        """The take of a segment's part that is made or reused. All else that names a take got it here."""
        asked = self.anew.get((segment.segment, part))
        return self.takes.of(self.script, segment, part) if asked is None else asked

    def cell(self, segment: Segment) -> Cell:
        """A segment as studios and the ledger know it."""
        return cell_of(self.script.episode, segment, self.mode)

    def asked(self, brief: BriefT, build: Callable[[Market, BriefT], tuple[Request, ...]]) -> BriefT:
        """A brief with the requests that it is bought as; in a rehearsal, as it is.

        What its cell has bought for exactly what a person gives now is kept, whatever a request would be by today's
        defaults.
        """
        market = self.market
        if market is None:
            return brief
        built = build(market, brief)
        return replace(brief, requests=tuple(replace(one, purchase=market.kept(one.purchase)) for one in built))


@dataclass(frozen=True)
class Quoted:
    """What a segment would cost now, and how long it is: `exact` where that was measured."""

    seconds: float
    exact: bool
    quotes: Sequence[Quote]


@dataclass(frozen=True)
class SegmentRequests(ABC):
    """What one segment asks for. `sources` are the requests of the segments that it is made from, by slot."""

    assets: ClassVar[tuple[str, ...]]  # those that cost something in a paid mode, in the order in which they are made
    uploads: ClassVar[type[Uploads | References]]  # what is recorded of the files that it is made of

    context: RequestContext
    segment: Segment
    sources: Mapping[str, "SegmentRequests"] = field(default_factory=dict)

    @abstractmethod
    def requests(self, asset: str) -> tuple[Request, ...] | None:
        """What an asset of it is bought as, by what is bought and what lies in the show; none for one it has not.

        None while what it is made from is not there. Raises ContentError for what a model does not take, and where no
        price is known.
        """

    def for_voice(self, recorded: VoiceTrack) -> "SegmentRequests":
        """The same for the voice that is recorded of it, whichever take is the current one. In a shot nobody speaks."""
        del recorded
        return self

    @abstractmethod
    def for_files(self, files: Mapping[str, Media]) -> "SegmentRequests":
        """The same with these files in the place of those that lie in the show: of characters by label, of slots."""

    @abstractmethod
    def expected(self, asset: str) -> list[Quote]:
        """The price of an asset whose requests are not known yet, by what is known. Raises as `requests`."""

    @abstractmethod
    def waits(self) -> ContentError:
        """Why its requests are not known yet, and how they become known."""

    @abstractmethod
    def endpoints(self) -> frozenset[str]:
        """The endpoints of the clip studio that it may buy from. Raises ContentError for a model that cannot."""

    @abstractmethod
    def planned_seconds(self) -> float:
        """How long its clip will be, in seconds, before it is made; 0 for a picture that is never shown."""

    @abstractmethod
    def length(self) -> tuple[float, bool]:
        """How long it is in the cut, in seconds, and whether that was measured; nothing for what has no place there."""

    @abstractmethod
    def picture(self) -> Media | None:
        """What others may be made from, if it is bought and in one file."""

    def quoted(self) -> Quoted:
        """The price of the whole segment."""
        seconds, exact = self.length()
        return Quoted(seconds, exact, [quote for asset in self.assets for quote in self.quotes(asset)])

    def quotes(self, asset: str) -> list[Quote]:
        """The price of one asset of it: exact where its requests are known."""
        requests = self.requests(asset)
        if requests is None:
            return self.expected(asset)
        return [self.quote(request) for request in requests]

    def quote(self, request: Request, *, exact: bool = True) -> Quote:
        """The price of one of its requests."""
        market = self.context.paid
        quote = market.quote(request.purchase, exact=exact)
        if quote.note:
            return quote
        changed = () if quote.reused else market.changed(request.purchase)
        remarks = [f"{' and '.join(changed)} changed"] if changed else []
        note = "; ".join(filter(None, [*remarks, self.note(request, quote)])) or None
        return quote.model_copy(update={"note": note, "changed": changed})

    def note(self, request: Request, quote: Quote) -> str | None:
        """What a quote tells of a request: why it is made so, if it is made at all."""
        return None if quote.reused else request.remark

    def usd(self, asset: str) -> float:
        """What making one asset of it would cost now, in US dollars; $0 for what is free or paid for."""
        return sum(quote.usd for quote in once(self.quotes(asset))) if asset in self.assets else 0.0

    def keys_at(self, part: Part, take: int) -> list[str]:
        """The keys of what a part of it would be bought as in that take, as far as they are known."""
        context, own = self.context, (self.segment.segment, part)
        if context.market is None or part not in self.segment.parts:
            return []
        asked = replace(self, context=replace(context, anew={**context.anew, own: take}))
        return [request.purchase.key for request in asked.requests(_ASSETS[part][0]) or ()]

    def under_way(self, part: Part) -> bool:
        """Whether something of a part's current take was sent and has not come: another take would abandon it."""
        if part not in self.segment.parts:
            return False
        return any(
            self.context.paid.under_way(request.purchase)
            for asset in _ASSETS[part]
            for request in self.requests(asset) or ()
        )
