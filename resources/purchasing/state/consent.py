"""What a run is about to buy as a person is shown it, and whether a person is asked: pure, with nothing kept.

What was asked and approved is kept by `approvals`; how a person is asked is the doors' matter.
"""

import hashlib
from typing import Final

from resources.content.show import Approval
from resources.core.names import LISTENER_CLIPS, SHOTS, SPEAKER_CLIPS, Mode
from resources.core.values import Value, sum_usd

WAITING: Final = "waiting for approval"  # what is told of a run that waits for a price begins so
LISTEN: Final = "listen first"  # and of a voice that is to be heard
MARKED: Final = 8  # letters of an offer's mark by which a command names it
OFFERED: Final = (SPEAKER_CLIPS, LISTENER_CLIPS, SHOTS)  # the assets that an offer can have, as its columns stand


class Item(Value):
    """One thing that is to be bought, and its price in US dollars. `what` names it: by its key, where that is known."""

    segment: str
    label: str  # of who speaks or listens, or of the shot
    asset: str
    usd: float
    what: str


class Offer(Value):
    """All that a run is about to buy of an episode, once its voices have ended.

    `models`: those of which each is to make a clip of one segment, so that they can be compared; none where the
    episode's own clips are bought.
    """

    episode: str
    mode: Mode
    items: tuple[Item, ...]
    models: tuple[str, ...] = ()

    @property
    def usd(self) -> float:
        """What it costs."""
        return sum_usd(item.usd for item in self.items)

    @property
    def segments(self) -> list[str]:
        """The segments that something is bought for, in order."""
        return list(dict.fromkeys(item.segment for item in self.items))

    @property
    def compared(self) -> str | None:
        """The segment by which models are compared; None where the episode's own clips are bought."""
        return self.segments[0] if self.models else None

    @property
    def command(self) -> str:
        """What says yes to it in a shell, and to no other that came after it."""
        return f"ninja approve {self._named} --offer {self.mark[:MARKED]}"

    @property
    def decline(self) -> str:
        """What says no to it in a shell."""
        return f"ninja decline {self._named}"

    @property
    def _named(self) -> str:
        compared = f" --compare {self.compared}" if self.compared else ""
        return f"{self.episode} --mode {self.mode}{compared}"

    @property
    def mark(self) -> str:
        """What tells it from every other offer: a hash of all that is in it, with its prices."""
        return hashlib.sha256(self.model_dump_json().encode()).hexdigest()

    def of(self, segment: str, asset: str) -> float:
        """What one asset of one segment costs."""
        return sum_usd(item.usd for item in self.items if (item.segment, item.asset) == (segment, asset))

    def covers(self, other: "Offer") -> bool:
        """Whether all that another offers was in this one, at the price that it has there or less.

        A yes to a comparison is none to the episode's own clips, though one of them be the same, nor the other way.
        """
        if (self.episode, self.mode, bool(self.models)) != (other.episode, other.mode, bool(other.models)):
            return False
        known = {(item.asset, item.what): item.usd for item in self.items}
        return all(item.usd <= known.get((item.asset, item.what), -1.0) for item in other.items)


def asks(approval: Approval | None, mode: Mode, usd: float, *, terminal: bool) -> bool:
    """Whether a person is asked before something is bought for so many US dollars.

    A show that says nothing is asked for `final` by a shell at a `terminal`, and nowhere else: the caps decide.
    """
    if usd <= 0:
        return False
    if approval is None:
        return terminal and mode is Mode.FINAL
    return approval.above_usd is not None and usd > approval.above_usd
