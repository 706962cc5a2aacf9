"""The orders of a paid mode: every purchase that a run would make, built without a key and without a network.

Buying, quoting and importing all come here, so what is quoted is what is bought. Which cells are ordered, and in which
take, is the graph's business.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from resources.content.orders import VoiceOrder
from resources.content.show import ModeModels, Pacing
from resources.core.errors import Charge
from resources.core.library import Library
from resources.core.values import Cell, Media, Value, VoiceTrack
from resources.media.audio.voice_track import finish_voice, upload_copy
from resources.models.prices import PriceList
from resources.models.prompts.book import Book
from resources.purchasing.ledger import Entry, Ledger, Purchase, State
from resources.purchasing.requests.bought_voice import voice_of_entry
from resources.purchasing.requests.clip_requests import FalOrders
from resources.purchasing.requests.portraits import Portraits
from resources.purchasing.requests.quotes import Quote, quote_of
from resources.purchasing.requests.shot_requests import FalShots
from resources.purchasing.requests.voice_requests import purchase_of


class Charges(Value):
    """US dollars of requests: what was charged, and what beyond it may yet be, because nobody knows or it goes on."""

    charged_usd: float = 0.0
    possibly_usd: float = 0.0

    @classmethod
    def of(cls, entries: Iterable[Entry], since: datetime) -> "Charges":
        """The charges of entries. What was known before `since` was told before; what is open is told each time."""
        known, possible = 0.0, 0.0
        for entry in entries:
            when = entry.billed_at or entry.ended_at
            if when is None:
                possible += entry.spent_usd
            elif when >= since and (entry.billed_at or entry.charge is Charge.CHARGED):
                known += entry.spent_usd
            elif when >= since:
                possible += entry.spent_usd
        return cls(charged_usd=round(known, 6), possibly_usd=round(possible, 6))


@dataclass(frozen=True)
class PaidOrders:
    """The orders of one mode: voices here, clips in `clips`, shots in `shots`, characters' pictures in `portraits`."""

    ledger: Ledger
    library: Library
    prices: PriceList
    clips: FalOrders
    shots: FalShots
    portraits: Portraits

    @classmethod
    def of(
        cls,
        *,
        ledger: Ledger,
        library: Library,
        prices: PriceList,
        models: ModeModels,
        book: Book,
        portraits: Portraits,
    ) -> "PaidOrders":
        """The orders of the mode that has these models; shots are prompted with the words of `book`."""
        clips = FalOrders(ledger, library, prices, models)
        return cls(ledger, library, prices, clips, FalShots(clips, book), portraits)

    def voice(self, order: VoiceOrder) -> Purchase:
        """What a line is bought as. Raises ContentError for a character without a voice."""
        return purchase_of(order, self.prices)

    def quote_voice(self, order: VoiceOrder) -> Quote:
        """The price of a line: exact, because it is charged by the character."""
        return self.quote(self.voice(order))

    def quote(self, purchase: Purchase, *, exact: bool = True, note: str | None = None) -> Quote:
        """The price of a purchase: nothing for one that is paid."""
        return quote_of(self.ledger, purchase, exact=exact, note=note)

    def under_way(self, purchase: Purchase) -> bool:
        """Whether a purchase was sent, or may have been, and has not come."""
        return bool(self.ledger.rows(key=purchase.key, states=(State.SENDING, State.SUBMITTED, State.UNKNOWN)))

    def charges(self, cell: Cell, asset: str, since: datetime) -> Charges:
        """What an asset of a cell was charged since a moment, and what it may yet be charged, by its own requests."""
        entries = self.ledger.rows(episode=cell.episode, segment=cell.segment, mode=cell.mode, asset=asset)
        return Charges.of(entries, since)

    def bought(self, purchase: Purchase) -> Media | None:
        """The file of a purchase that is bought and in the library; None before. Recorded nowhere as a reuse."""
        entries = self.ledger.rows(key=purchase.key, states=[State.COLLECTED])
        return next((entry.media for entry in entries if entry.media and self.library.has(entry.media)), None)

    def upload_copy(self, track: Media) -> Media:
        """A track as the models are sent it."""
        return upload_copy(self.library, track)

    def track(self, order: VoiceOrder, pacing: Pacing) -> VoiceTrack | None:
        """The finished track of a line that is bought and in the library; None before.

        Recorded nowhere as a reuse.
        """
        for entry in self.ledger.rows(key=self.voice(order).key, states=[State.COLLECTED]):
            if entry.media is not None and self.library.has(entry.media):
                voice = voice_of_entry(self.library, entry, order, reused=True)
                return finish_voice(self.library, voice, pacing=pacing)
        return None
