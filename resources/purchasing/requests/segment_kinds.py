"""Which requests a kind of segment has, and which takes of them a retake would make. A new kind is entered here."""

from collections.abc import Collection, Mapping, Sequence
from functools import partial
from typing import Any, Final

from resources.content.segments import PlacedShot, Segment, Turn
from resources.core.names import CellKey
from resources.core.values import Part
from resources.purchasing.requests.segment_requests import RequestContext, SegmentRequests
from resources.purchasing.requests.shot_requests import ShotRequests
from resources.purchasing.requests.takes import line_of
from resources.purchasing.requests.turn_requests import TurnRequests

_KINDS: Final[Mapping[type[Any], type[SegmentRequests]]] = {Turn: TurnRequests, PlacedShot: ShotRequests}


def requests_of(context: RequestContext, segment: Segment) -> SegmentRequests:
    """What a segment of an episode asks for. Raises ContentError for one that is made from nothing that there is."""
    sources = {slot: requests_of(context, source) for slot, source in context.script.made_from(segment).items()}
    return _KINDS[type(segment)](context, segment, sources)


def takes_anew(
    context: RequestContext, contents: Sequence[Segment], parts: Collection[Part]
) -> dict[tuple[str, Part], int]:
    """The take that a retake of each part would make, by segment; none of what is under way or counted already."""
    found: dict[tuple[str, Part], int] = {}
    asked: set[str] = set()
    for content in contents:
        requests, cell = requests_of(context, content), CellKey(context.script.episode, content.segment)
        for part in parts:
            line = line_of(context.script, content, part)
            counted = part not in content.parts or context.takes.is_counted(cell, part, line=line)
            if not (counted or requests.under_way(part)):
                keys_at = partial(requests.keys_at, part)
                take = context.takes.after(cell, part, content.take, keys_at, line=line, besides=asked)
                found[content.segment, part] = take
                asked.update(requests.keys_at(part, take))
    return found
