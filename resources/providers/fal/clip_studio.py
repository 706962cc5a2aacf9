"""The clip studio of fal.ai: a brief's requests are bought through the queue, and what came is measured.

What a request is, and what it costs, is `purchasing.requests`; buying is `queue`.
"""

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Final

from resources.core.library import Library
from resources.core.values import Clip, Receipt
from resources.media.audio.pieces import join_clips
from resources.media.probe import video_facts
from resources.providers.fal.loops import ping_pong
from resources.providers.fal.queue import FalQueue
from resources.purchasing.requests.briefs import ListenerBrief, SpeakerBrief
from resources.purchasing.requests.request import Request, joined_at

_SHORT_BY: Final = 0.1  # seconds that a clip may lack of its turn: the composite holds its last frame


@dataclass(frozen=True)
class FalClipStudio:
    """A `ClipStudio`."""

    queue: FalQueue
    library: Library

    def speaker(self, brief: SpeakerBrief) -> Clip:
        """A clip of the character speaking, as long as its voice. Raises StudioError.

        The pieces of a long turn are bought side by side, none of them when all together would go over a cap; what is
        delivered before another piece fails is kept for the next try.
        """
        if len(brief.requests) == 1:
            return self._clip(brief.requests[0]).model_copy(update={"loops": False})
        self.queue.check_room(brief.requests)
        with ThreadPoolExecutor(len(brief.requests)) as pool:
            futures = [pool.submit(self._clip, request) for request in brief.requests]
        return self._joined([future.result() for future in futures], brief)

    def listener(self, brief: ListenerBrief) -> Clip:
        """A clip of the character listening, in the cheapest way that the show allows. Raises StudioError."""
        [request] = brief.requests
        return self._looped(self._clip(request), brief.seconds)

    def _looped(self, clip: Clip, seconds: float) -> Clip:
        """The clip as it is where it is long enough or its ends meet; else baked forwards and backwards."""
        if clip.loops or clip.seconds + _SHORT_BY >= seconds:
            return clip
        video = ping_pong(self.library, clip.video)
        facts = video_facts(self.library.path(video))
        note = f"{clip.receipt.note}; played forwards and backwards"
        return clip.model_copy(
            update={
                "video": video,
                "seconds": facts.seconds,
                "loops": True,
                "receipt": clip.receipt.model_copy(update={"note": note}),
            }
        )

    def _joined(self, clips: Sequence[Clip], brief: SpeakerBrief) -> Clip:
        """The clips of a turn's pieces as its one clip; its receipt is the sum of theirs."""
        starts = [request.start for request in brief.requests]
        video = join_clips(self.library, [clip.video for clip in clips], starts, brief.seconds)
        facts = video_facts(self.library.path(video))
        return Clip(
            video=video,
            seconds=facts.seconds,
            width=facts.width,
            height=facts.height,
            fps=facts.fps,
            receipt=Receipt.sum_of([clip.receipt for clip in clips]).model_copy(
                update={"note": joined_at(brief.requests)}
            ),
        )

    def _clip(self, request: Request) -> Clip:
        bought = self.queue.deliver(request)
        facts = video_facts(self.library.path(bought.media))
        receipt = bought.receipt(reused=bought.reused)
        return Clip(
            video=bought.media,
            seconds=facts.seconds,
            width=facts.width,
            height=facts.height,
            fps=facts.fps,
            receipt=receipt.model_copy(update={"note": request.remark}) if request.remark else receipt,
            loops=bought.facts.get("closed") is True,
        )
