"""The one barrier of paid modes: what happens when an episode's voices have ended and before its first clip is bought.

Every length is exact then, so the price is. A person is asked for it where the show says so, and all of it is reserved
in the ledger, or nothing is bought. What stops all clips is raised here; what stops one cell is returned for it.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Self

from sqlalchemy.orm import Session

from ninja_assets.cells.consent.bill import Bill
from ninja_assets.cells.consent.doors import Door, door_of
from ninja_assets.cells.consent.hearing import listen_first
from ninja_assets.cells.work import SegmentWork
from resources.core.errors import NinjaError, WaitingError
from resources.core.names import SPEAKER_CLIPS, TTS_AUDIO, CellKey, span
from resources.core.progress import LOGGER
from resources.core.values import VoiceTrack
from resources.models.prices.price_values import usd
from resources.purchasing.state.approvals import Approvals
from resources.purchasing.state.consent import WAITING, asks

Refused = Mapping[tuple[str, CellKey], NinjaError]  # by asset and cell: what must not be made, and why
# Told of all clips and shots of an episode that the run makes and whose segments have their voice, once; raises
# NinjaError to buy none of them.
BeforeClips = Callable[[Sequence[SegmentWork]], Refused]


_TERMINAL_TAG, _AGREED_TAG = "ninja/terminal", "ninja/agreed"  # of a run that a shell has asked a daemon for


@dataclass(frozen=True)
class Barrier:
    """The barrier of a run. `terminal`: somebody at a shell can be asked; `agreed`: they have said yes to any price."""

    terminal: bool = False
    agreed: bool = False

    @classmethod
    def of(cls, tags: Mapping[str, str]) -> Self:
        """The barrier of a run with these tags: what a shell says of itself holds for no launch of the pages."""
        shell = door_of(tags) is Door.SHELL
        return cls(terminal=shell and _TERMINAL_TAG in tags, agreed=shell and _AGREED_TAG in tags)

    @property
    def tags(self) -> dict[str, str]:
        """The tags by which another process makes a run with this barrier."""
        return {name: "yes" for name, holds in ((_TERMINAL_TAG, self.terminal), (_AGREED_TAG, self.agreed)) if holds}

    def __call__(self, works: Sequence[SegmentWork]) -> Refused:
        """Settle the price of an episode's clips, and reserve it.

        A voice that is doubted, and that an earlier run made, stops the clips that would be bought for it. A clip
        whose price cannot be told fails by itself, in its own cell, and stops no other. Raises WaitingError where
        nobody has approved the price, CapError where all of it together goes over a cap.
        """
        unheard = _unheard(works)
        heard = [work for work in works if work.key not in unheard]
        refused: dict[tuple[str, CellKey], NinjaError] = {
            (work.asset, work.key): unheard[work.key] for work in works if work.key in unheard
        }
        if heard:
            bill = Bill.of(heard)
            LOGGER.info("%s", bill.message)
            self._reserve(heard[0], bill)
            refused.update(bill.unknown)
        return refused

    def _reserve(self, work: SegmentWork, bill: Bill) -> None:
        """All of the bill, once it is approved: in one transaction, so that no approval is used for nothing."""
        studio, offer = work.studio, bill.offer
        approvals = Approvals.of(studio.state)
        waits = not self.agreed and asks(studio.show.approval, studio.mode, offer.usd, terminal=self.terminal)

        def approved(session: Session) -> None:
            approvals.withdraw(session, offer.episode, offer.mode, bill.segments)
            # Whoever buys what was approved uses that yes, though nobody would ask: it cannot be taken back then.
            used = approvals.use(session, offer, work.root_run)
            if waits and not used:
                raise WaitingError(
                    f"{WAITING} of {usd(offer.usd)}",
                    why=f"for the clips of {span(offer.segments)}; nothing was sent, and what was made is kept",
                    hint=offer.command,
                )

        try:
            work.context.paid.ledger.reserve(bill.wanted, then=f"run `{bill.again}`", also=approved)
        except WaitingError:
            approvals.ask(offer, work.root_run)
            raise


def _unheard(works: Sequence[SegmentWork]) -> dict[CellKey, NinjaError]:
    """The cells whose voice a person should hear first, and what to tell of each."""
    found: dict[CellKey, NinjaError] = {}
    for work in {work.key: work for work in works if work.asset == SPEAKER_CLIPS}.values():
        try:
            track = work.records.find(TTS_AUDIO, work.key, VoiceTrack)
            doubted = listen_first(work, track.value) if track is not None else None
        except NinjaError:  # a file that is lost or damaged is told where it is used
            continue
        if doubted is not None:
            found[work.key] = doubted
    return found
