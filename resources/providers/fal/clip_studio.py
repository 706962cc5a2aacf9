"""The clip studio of fal.ai: an order's job is bought through the queue, and what came is measured.

What a job is, and what it costs, is `orders`; buying is `queue`; choosing a listener's way `planner`.
"""

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Final

from resources.content.orders import ListenerOrder, SpeakerOrder
from resources.core.errors import ContentError
from resources.core.library import Library
from resources.core.values import Clip, Media, Receipt, Upload
from resources.media.audio.pieces import join_clips
from resources.media.probe import video_facts
from resources.models.listener_plans import Offer
from resources.providers.fal.loops import ping_pong
from resources.providers.fal.queue import Delivery, FalQueue
from resources.purchasing.requests.clip_requests import FalOrders, Speech

_SHORT_BY: Final = 0.1  # seconds that a clip may lack of its turn: the composite holds its last frame


@dataclass(frozen=True)
class FalClipStudio:
    """A `ClipStudio`."""

    queue: FalQueue
    orders: FalOrders

    def speaker(self, order: SpeakerOrder) -> Clip:
        """A clip of the character speaking, as long as its voice. Raises ContentError before, StudioError after.

        The pieces of a long turn are bought side by side, none of them when all together would go over a cap; what is
        delivered before another piece fails is kept for the next try.
        """
        speech = self.orders.speaker(
            cell=order.cell,
            label=order.label,
            character=order.character,
            model=order.model,
            take=order.take,
            image=_picture(order.image, order.label),
            audio=order.audio.media,
            track=order.track,
            words=order.words,
            acting=order.acting,
        )
        if not speech.pieces:
            [job] = speech.jobs
            return self._clip(self.queue.deliver(job), job.note).model_copy(update={"loops": False})
        self.orders.check_room(speech.jobs)
        with ThreadPoolExecutor(len(speech.jobs)) as pool:
            futures = [pool.submit(self.queue.deliver, job) for job in speech.jobs]
        clips = [self._clip(future.result(), job.note) for future, job in zip(futures, speech.jobs, strict=True)]
        return self._joined(clips, speech, order.seconds)

    def listener(self, order: ListenerOrder) -> Clip:
        """A clip of the character listening, in the cheapest way that the show allows. Raises as `speaker` does."""
        listening = self.orders.listener(
            cell=order.cell,
            label=order.label,
            character=order.character,
            mood=order.mood,
            seconds=order.seconds,
            take=order.take,
            image=_picture(order.image, order.label),
        )
        choice = listening.choice
        return self._looped(self._clip(self.queue.deliver(listening.job), choice.note), order.seconds, choice.offer)

    @property
    def _library(self) -> Library:
        return self.orders.library

    def _looped(self, clip: Clip, seconds: float, offer: Offer) -> Clip:
        """The clip as it is where it is long enough or its ends meet; else baked forwards and backwards."""
        if clip.loops or clip.seconds + _SHORT_BY >= seconds:
            return clip
        video = ping_pong(self._library, clip.video)
        facts = video_facts(self._library.path(video))
        note = f"{clip.receipt.note or offer.plan.value}; played forwards and backwards"
        return clip.model_copy(
            update={
                "video": video,
                "seconds": facts.seconds,
                "loops": True,
                "receipt": clip.receipt.model_copy(update={"note": note}),
            }
        )

    def _joined(self, clips: Sequence[Clip], speech: Speech, seconds: float) -> Clip:
        """The clips of a turn's pieces as its one clip; its receipt is the sum of theirs."""
        starts = [piece.start for piece in speech.pieces]
        video = join_clips(self._library, [clip.video for clip in clips], starts, seconds)
        facts = video_facts(self._library.path(video))
        return Clip(
            video=video,
            seconds=facts.seconds,
            width=facts.width,
            height=facts.height,
            fps=facts.fps,
            receipt=Receipt.sum_of([clip.receipt for clip in clips]).model_copy(update={"note": speech.note}),
        )

    def _clip(self, delivery: Delivery, note: str | None) -> Clip:
        entry = delivery.entry
        if entry.media is None:
            raise AssertionError("unreachable: a collected entry has its file")
        facts = video_facts(self._library.path(entry.media))
        receipt = entry.receipt(reused=delivery.reused)
        return Clip(
            video=entry.media,
            seconds=facts.seconds,
            width=facts.width,
            height=facts.height,
            fps=facts.fps,
            receipt=receipt.model_copy(update={"note": note}) if note else receipt,
            loops=entry.facts.get("closed") is True,
        )


def _picture(image: Upload | None, label: str) -> Media:
    if image is not None:
        return image.media
    raise ContentError(
        f"{label} has no picture that a model could animate",
        where=f"show.yaml, characters.{label}",
        mend="give the character an `image` (a PNG or JPEG of at least 512 x 512 pixels)",
    )
