"""Shots at fal.ai: what a shot is bought as, what it would cost, and buying it through the queue.

How a shot becomes a request is `resources.models.shot_arguments`; which files it is given, the graph's business.
"""

from dataclasses import dataclass

from resources.content.orders import FootageOrder
from resources.core.values import Footage
from resources.media.probe import video_facts
from resources.models.references import is_clip, measured
from resources.providers.fal.queue import FalQueue
from resources.purchasing.requests.shot_requests import FalShots


@dataclass(frozen=True)
class FalShotStudio:
    """A `ShotStudio`."""

    queue: FalQueue
    shots: FalShots

    def shoot(self, order: FootageOrder) -> Footage:
        """The shot, bought if it never was. Raises ContentError before anything is sent, StudioError after."""
        wanted = self.shots.job(order)
        delivery = self.queue.deliver(wanted.job)
        entry = delivery.entry
        if entry.media is None:
            raise AssertionError("unreachable: a collected entry has its file")
        receipt = entry.receipt(reused=delivery.reused)
        library = self.shots.orders.library
        facts = measured(library, entry.media)
        moving = is_clip(entry.media)
        return Footage(
            media=entry.media,
            width=facts.width or 0,
            height=facts.height or 0,
            seconds=facts.seconds,
            fps=facts.fps,
            has_sound=moving and video_facts(library.path(entry.media)).has_audio,
            receipt=receipt,
            reason=wanted.reason,
        )
