"""Which takes a launch would make, before they are counted: what a quote and the barrier ask for a retake."""

from collections.abc import Collection, Sequence
from functools import partial

from resources.content.segments import Segment
from resources.core.names import CellKey
from resources.core.values import Part
from resources.purchasing.requests.registry import requests_of
from resources.purchasing.requests.segment_requests import RequestContext


def takes_anew(
    context: RequestContext, contents: Sequence[Segment], parts: Collection[Part]
) -> dict[tuple[str, Part], int]:
    """The take that a retake of each part would make, by segment; none of what is under way or counted already."""
    found: dict[tuple[str, Part], int] = {}
    asked: set[str] = set()
    for content in contents:
        requests, cell = requests_of(context, content), CellKey(context.script.episode, content.segment)
        for part in parts:
            if part in content.parts and not (context.takes.is_counted(cell, part) or requests.under_way(part)):
                take = context.takes.after(cell, part, content.take, partial(requests.keys_at, part), besides=asked)
                found[content.segment, part] = take
                asked.update(requests.keys_at(part, take))
    return found
