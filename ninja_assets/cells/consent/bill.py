"""What the clips of an episode cost once its voices have ended: as a person is shown it, and as it is reserved."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from ninja_assets.cells.work import SegmentWork
from resources.content.segments import content_key
from resources.core.errors import NinjaError
from resources.core.names import CellKey, span
from resources.core.values import PART_OF, Part
from resources.models.prices.price_values import usd
from resources.purchasing.ledger.steps.reservations import Wanted
from resources.purchasing.requests.segment_kinds import requests_of, takes_anew
from resources.purchasing.requests.segment_requests import RequestContext, SegmentRequests
from resources.purchasing.requests.takes import asks_again
from resources.purchasing.state.consent import Item, Offer


@dataclass(frozen=True)
class Bill:
    """The bill of some clips of one episode; `unknown` are those whose price cannot be told, and why.

    `anew`: what of it is a retake that nothing has counted yet, by segment and part.
    """

    offer: Offer
    wanted: tuple[Wanted, ...]
    unknown: Mapping[tuple[str, CellKey], NinjaError]
    segments: tuple[str, ...]
    anew: frozenset[tuple[str, Part]] = frozenset()

    @classmethod
    def of(cls, works: Sequence[SegmentWork]) -> "Bill":
        """The bill of these cells, of one episode. What several of them are made with is on it once."""
        context = _with_retakes(works)
        on_it: dict[str, tuple[Item, Wanted]] = {}
        unknown: dict[tuple[str, CellKey], NinjaError] = {}
        for work in works:
            try:
                found = list(_wanted(_requests(context, work), work.asset))
            except NinjaError as error:
                unknown[work.asset, work.key] = error
                continue
            for what, wanted in found:
                item = Item(
                    segment=work.key.segment, label=work.content.label, asset=work.asset, usd=wanted.usd, what=what
                )
                on_it.setdefault(what, (item, wanted))
        items = tuple(item for item, _ in on_it.values())
        return cls(
            Offer(episode=works[0].key.episode, mode=works[0].studio.mode, items=items),
            tuple(wanted for _, wanted in on_it.values()),
            unknown,
            tuple(work.key.segment for work in works),
            frozenset(context.anew),
        )

    @property
    def again(self) -> str:
        """What asks for all of it once more in a shell: a retake that nothing was bought of is asked for again, too."""
        return asks_again(
            self.offer.episode, self.offer.mode, segments=self.segments if self.anew else (), anew=self.anew
        )

    @property
    def message(self) -> str:
        """In one line, for the log."""
        lost = [key.segment for _, key in self.unknown]
        rest = f", without {span(lost)}, whose price cannot be told" if lost else ""
        return f"{self.offer.episode}: the clips of {span(self.segments)} cost {usd(self.offer.usd)}{rest}"


def _with_retakes(works: Sequence[SegmentWork]) -> RequestContext:
    """The context of these cells with the takes that they will make: a retake is counted when it is made."""
    first = works[0]
    parts = {part for part in (PART_OF[work.asset] for work in works) if part in first.studio.retake_of}
    contents = {work.key: work.content for work in works if work.key.segment in first.studio.retake}
    return replace(first.context, anew=takes_anew(first.context, list(contents.values()), sorted(parts)))


def _requests(context: RequestContext, work: SegmentWork) -> SegmentRequests:
    """What a cell asks for, for what is recorded of it: its clips are made of that."""
    return work.as_recorded(requests_of(context, work.content))


def _wanted(requests: SegmentRequests, asset: str) -> Iterator[tuple[str, Wanted]]:
    """What making one asset of a segment buys now, each by a name that tells it from all else. Raises NinjaError."""
    cell, known = requests.context.cell(requests.segment), requests.requests(asset)
    if known is None:
        # Made from something that is not there: what a person wrote for it, and for that, is all that is known.
        for quote in requests.expected(asset):
            yield f"{asset} of {' '.join(_written(requests))}", Wanted(cell, asset, quote.usd)
        return
    for request in known:
        cost = requests.quote(request).usd
        if cost > 0:
            yield request.purchase.key, Wanted(cell, asset, cost, request.purchase)


def _written(requests: SegmentRequests) -> Iterator[str]:
    yield f"{requests.segment.segment}:{content_key(requests.segment)}"
    for source in requests.sources.values():
        yield from _written(source)
