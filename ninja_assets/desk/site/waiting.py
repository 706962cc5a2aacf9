"""What waits for a person, as pages show it: the price of an episode's clips, voices to be heard first, comparisons."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Self

from ninja_assets.cells.links import episode_page, media_file, models_page
from ninja_assets.cut.review import Sight
from resources.core.names import CellKey, Mode, in_order, span
from resources.core.values import PART_OF
from resources.models import catalogue
from resources.purchasing.books import approved_in
from resources.purchasing.state.approvals import Approvals, Ask, Doubt
from resources.purchasing.state.archived import Archive
from resources.purchasing.state.consent import OFFERED, Offer
from resources.purchasing.state.state import ShowState

_TRACK = ".wav"  # how a finished voice is kept


@dataclass(frozen=True)
class Line:
    """What one segment costs of a price, part by part in the order of the columns."""

    segment: str
    name: str
    parts: tuple[float, ...]

    @property
    def usd(self) -> float:
        """All of it."""
        return sum(self.parts)


@dataclass(frozen=True)
class Voice:
    """A voice that waits for a person's ear: `audio` is where it is heard, `sha256` what it is."""

    segment: str
    name: str
    color: str
    line: str
    why: str
    audio: str
    sha256: str


@dataclass(frozen=True)
class WaitingComparison:
    """A comparison of models that waits for a yes to its price. `names` are the models', as a person reads them."""

    offer: Offer
    names: str

    @classmethod
    def of(cls, offer: Offer) -> Self:
        """As it is shown."""
        return cls(offer, ", ".join(catalogue.get(model).name for model in offer.models))

    @property
    def segment(self) -> str:
        """The segment by which the models are compared."""
        return str(self.offer.compared)

    @property
    def href(self) -> str:
        """Its page."""
        return models_page(CellKey(self.offer.episode, self.segment), self.offer.mode)


@dataclass(frozen=True)
class Waiting:
    """What waits of an episode in a mode: one price for all its runs, each voice, and each comparison."""

    offers: tuple[Offer, ...] = ()
    columns: tuple[str, ...] = ()
    lines: tuple[Line, ...] = ()
    voices: tuple[Voice, ...] = ()
    comparisons: tuple[WaitingComparison, ...] = ()

    @property
    def usd(self) -> float:
        """The price that waits."""
        return sum(offer.usd for offer in self.offers)

    @property
    def marks(self) -> str:
        """The offers' marks, as a click sends them back."""
        return " ".join(offer.mark for offer in self.offers)

    @property
    def span(self) -> str:
        """The segments that the price is for."""
        return span([line.segment for line in self.lines])

    @property
    def segments(self) -> frozenset[str]:
        """All segments that wait."""
        return frozenset({line.segment for line in self.lines} | {voice.segment for voice in self.voices})


@dataclass(frozen=True)
class Waits:
    """What waits of any episode, in a line: for a yes to `usd`, or for an ear. `compared`: a comparison of models.

    Or a price that was approved, by which no run has bought yet: `mark` tells which, `command` takes the yes back.
    """

    episode: str
    mode: Mode
    what: str
    href: str
    usd: float | None = None
    compared: bool = False
    mark: str = ""
    command: str = ""


def all_agreed(state: ShowState, episode: str | None = None, mode: Mode | None = None) -> tuple[Waits, ...]:
    """What was approved and no run has bought by yet, the oldest first: of an episode, or of the whole show."""
    return _agreed(approved_in(state, episode, mode))


def agreed_comparison(state: ShowState, episode: str, mode: Mode, segment: str) -> tuple[Waits, ...]:
    """What was approved of comparisons by a segment and no run has bought by yet, the oldest first."""
    return _agreed(ask for ask in approved_in(state, episode, mode) if ask.offer.compared == segment)


def _agreed(asks: Iterable[Ask]) -> tuple[Waits, ...]:
    offers = {ask.offer.mark: ask.offer for ask in asks}
    return tuple(replace(_price(offer), mark=mark, command=offer.decline) for mark, offer in offers.items())


def all_waiting(state: ShowState) -> tuple[Waits, ...]:
    """What waits in the whole show, the oldest first."""
    approvals = Approvals.of(state)
    prices = [_price(ask.offer) for ask in approvals.waiting()]
    away = Archive(state).episodes()
    return (*prices, *(_ear(doubt) for doubt in approvals.doubts() if doubt.cell.episode not in away))


def _price(offer: Offer) -> Waits:
    if offer.compared:
        one = WaitingComparison.of(offer)
        return Waits(offer.episode, offer.mode, f"{one.segment} by {one.names}", one.href, offer.usd, compared=True)
    what = f"the clips of {span(offer.segments)}"
    return Waits(offer.episode, offer.mode, what, episode_page(offer.episode, offer.mode), offer.usd)


def _ear(doubt: Doubt) -> Waits:
    what = f"the voice of {doubt.cell.segment} is to be heard first"
    return Waits(doubt.cell.episode, doubt.mode, what, episode_page(doubt.cell.episode, doubt.mode))


def waiting_of(state: ShowState, sight: Sight) -> Waiting:
    """What waits, as the page shows it."""
    episode, mode = sight.script.episode, sight.mode
    if not mode.paid:
        return Waiting()
    approvals = Approvals.of(state)
    waiting = [ask.offer for ask in approvals.waiting(episode, mode)]
    offers = tuple(offer for offer in waiting if not offer.compared)
    bought = [asset for asset in OFFERED if any(item.asset == asset for offer in offers for item in offer.items)]
    return Waiting(
        offers=offers,
        columns=tuple(PART_OF[asset].value for asset in bought),
        lines=tuple(_line(offers, segment, bought, sight) for segment in _segments(offers)),
        voices=tuple(filter(None, (_voice(doubt, sight) for doubt in approvals.doubts(episode, mode)))),
        comparisons=tuple(WaitingComparison.of(offer) for offer in waiting if offer.compared),
    )


def waiting_comparison(state: ShowState, episode: str, mode: Mode, segment: str) -> WaitingComparison | None:
    """The comparison by a segment that waits, if one does."""
    waiting = [ask.offer for ask in Approvals.of(state).waiting(episode, mode)]
    return next((WaitingComparison.of(offer) for offer in waiting if offer.compared == segment), None)


def waiting_marks(state: ShowState, episode: str, mode: Mode) -> list[str]:
    """What tells whether something else waits than before."""
    approvals = Approvals.of(state)
    prices = [ask.offer.mark for ask in approvals.waiting(episode, mode)]
    prices += [f"agreed {each.mark}" for each in all_agreed(state, episode, mode)]
    return prices + [doubt.sha256 for doubt in approvals.doubts(episode, mode)]


def _segments(offers: Sequence[Offer]) -> list[str]:
    return in_order(segment for offer in offers for segment in offer.segments)


def _line(offers: Sequence[Offer], segment: str, assets: Sequence[str], sight: Sight) -> Line:
    content = sight.script.segment(segment)
    name = content.title(sight.show)[0] if content else ""
    return Line(segment, name, tuple(sum(offer.of(segment, asset) for offer in offers) for asset in assets))


def _voice(doubt: Doubt, sight: Sight) -> Voice | None:
    """A voice with its line; None for a segment that the script has no more, and for a file that is lost."""
    segment = doubt.cell.segment
    content, track = sight.script.segment(segment), sight.library.media_named(doubt.sha256, _TRACK)
    if content is None or track is None:
        return None
    name, color = content.title(sight.show)
    return Voice(segment, name, color, content.text, doubt.why, media_file(track), doubt.sha256)
