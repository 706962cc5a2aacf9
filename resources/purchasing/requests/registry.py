"""Which requests a kind of segment has. A new kind of segment is entered here."""

from collections.abc import Mapping
from typing import Any, Final

from resources.content.segments import PlacedShot, Segment, Turn
from resources.purchasing.requests.segment_requests import RequestContext, SegmentRequests
from resources.purchasing.requests.shot_requests import ShotRequests
from resources.purchasing.requests.turn_requests import TurnRequests

_KINDS: Final[Mapping[type[Any], type[SegmentRequests]]] = {Turn: TurnRequests, PlacedShot: ShotRequests}


def requests_of(context: RequestContext, segment: Segment) -> SegmentRequests:
    """What a segment of an episode asks for. Raises ContentError for one that is made from nothing that there is."""
    sources = {slot: requests_of(context, source) for slot, source in context.script.made_from(segment).items()}
    return _KINDS[type(segment)](context, segment, sources)
