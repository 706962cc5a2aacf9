"""The shot studio of fal.ai: a shot's request is bought through the queue, and what came is measured."""

from dataclasses import dataclass

from resources.core.library import Library
from resources.core.values import Footage
from resources.media.probe import video_facts
from resources.models.references import is_clip, measured
from resources.providers.fal.queue import FalQueue
from resources.purchasing.requests.briefs import ShotBrief


@dataclass(frozen=True)
class FalShotStudio:
    """A `ShotStudio`."""

    queue: FalQueue
    library: Library

    def shoot(self, brief: ShotBrief) -> Footage:
        """The shot, bought if it never was. Raises StudioError."""
        [request] = brief.requests
        bought = self.queue.deliver(request)
        facts = measured(self.library, bought.media)
        moving = is_clip(bought.media)
        return Footage(
            media=bought.media,
            width=facts.width or 0,
            height=facts.height or 0,
            seconds=facts.seconds,
            fps=facts.fps,
            has_sound=moving and video_facts(self.library.path(bought.media)).has_audio,
            receipt=bought.receipt(reused=bought.reused),
            reason=request.reason or "",
        )
