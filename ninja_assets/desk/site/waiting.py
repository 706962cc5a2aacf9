"""What an episode waits for: the prices that its runs asked for, and the voices that a person is to hear first."""

from collections.abc import Sequence
from dataclasses import dataclass

from ninja_assets.cells.links import media_file
from ninja_assets.cut.review import Sight
from resources.core.names import LISTENER_CLIPS, SHOTS, SPEAKER_CLIPS, Mode, span
from resources.purchasing.state.approvals import Approvals, Doubt
from resources.purchasing.state.consent import Offer
from resources.purchasing.state.state import ShowState

_TRACK = ".wav"  # how a finished voice is kept
_COLUMNS = {SPEAKER_CLIPS: "speaker", LISTENER_CLIPS: "listener", SHOTS: "shot"}


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
class Waiting:
    """What waits of an episode in a mode: one price for all its runs, and each voice."""

    offers: tuple[Offer, ...] = ()
    columns: tuple[str, ...] = ()
    lines: tuple[Line, ...] = ()
    voices: tuple[Voice, ...] = ()

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


def waiting_of(state: ShowState, sight: Sight) -> Waiting:
    """What waits, as the page shows it."""
    episode, mode = sight.script.episode, sight.mode
    if not mode.paid:
        return Waiting()
    approvals = Approvals.of(state)
    offers = tuple(ask.offer for ask in approvals.waiting(episode, mode))
    bought = [asset for asset in _COLUMNS if any(item.asset == asset for offer in offers for item in offer.items)]
    return Waiting(
        offers=offers,
        columns=tuple(_COLUMNS[asset] for asset in bought),
        lines=tuple(_line(offers, segment, bought, sight) for segment in _segments(offers)),
        voices=tuple(filter(None, (_voice(doubt, sight) for doubt in approvals.doubts(episode, mode)))),
    )


def waiting_marks(state: ShowState, episode: str, mode: Mode) -> list[str]:
    """What tells whether something else waits than before."""
    approvals = Approvals.of(state)
    prices = [ask.offer.mark for ask in approvals.waiting(episode, mode)]
    return prices + [doubt.sha256 for doubt in approvals.doubts(episode, mode)]


def _segments(offers: Sequence[Offer]) -> list[str]:
    return sorted({segment for offer in offers for segment in offer.segments})


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
