"""Shots at fal.ai: what a shot is bought as, what it would cost, and buying it through the queue.

How a shot becomes a request is `resources.show.orders`; which files it is given, the graph's business.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final

from resources.catalogue import MediaFacts
from resources.fal.orders import FalOrders, content_name
from resources.fal.queue import FalQueue, Job
from resources.media.probe import video_facts
from resources.prompts.book import Book, shipped
from resources.quotes import Quote
from resources.references import is_clip, measured
from resources.seams import Footage, FootageOrder
from resources.show.model import Format, Quality
from resources.show.naming import Mode
from resources.show.orders import Given, ShotOrder, draft, facts_of, order
from resources.show.shots import Shot

SHOT_ASSET: Final = "shots"


@dataclass(frozen=True)
class ShotJob:
    """A shot to be bought, and why this model makes it."""

    job: Job
    reason: str


@dataclass(frozen=True)
class FalShots:
    """Builds and prices the jobs of shots. `book` has the words that prompts are made with. Nothing is sent."""

    orders: FalOrders
    book: Book = field(default_factory=shipped)

    def job(self, wanted: FootageOrder) -> ShotJob:
        """The job of a shot. Raises ContentError for what its model does not take, and where no price is known."""
        library = self.orders.library
        given = {slot: Given(content_name(media), measured(library, media)) for slot, media in wanted.given.items()}
        made = order(_in_quality(wanted.shot, wanted.cell.mode), given, self.book, wanted.format)
        purchase = self.orders.purchase(
            made.endpoint, SHOT_ASSET, wanted.cell, made.arguments, wanted.take, made.media_seconds
        )
        return ShotJob(
            Job(
                purchase=purchase,
                media={content_name(media): media for media in wanted.given.values()},
                seconds=None if wanted.shot.is_picture else seconds_of(made),
                note=made.reason,
            ),
            made.reason,
        )

    def estimate(self, shot: Shot, mode: Mode, format: Format, facts: Mapping[str, MediaFacts]) -> Quote:
        """The price of a shot before the files that it needs are there, from what is known of them by slot."""
        made = drafted(shot, mode, format, facts, self.book)
        estimate = made.estimate(self.orders.prices)
        # Lengths are only estimated here: what a model would refuse is told, and decided when the file is there.
        doubts = made.endpoint.problems(made.arguments, facts_of(made, _given(shot, facts)))
        return Quote(
            asset=SHOT_ASSET,
            endpoint=made.endpoint.id,
            estimate=estimate,
            usd=estimate.usd,
            exact=False,
            note="; ".join([made.reason, *(f"about: {doubt}" for doubt in doubts)]),
        )


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


def drafted(shot: Shot, mode: Mode, format: Format, facts: Mapping[str, MediaFacts], book: Book) -> ShotOrder:
    """The request of a shot before its files are there, from what is known of them by slot. ContentError as `draft`."""
    return draft(_in_quality(shot, mode), _given(shot, facts), book, format)


def _given(shot: Shot, facts: Mapping[str, MediaFacts]) -> dict[str, Given]:
    """The files of a shot that are not there yet, as far as they are known."""
    return {slot: Given(f"https://example.invalid/{slot}", facts.get(slot, MediaFacts())) for slot in shot.needs()}


def seconds_of(made: ShotOrder) -> float:
    """How long the clip of a request will be: as ordered, else as long as the clip that it is made from."""
    ordered = made.arguments.seconds()
    return ordered if ordered is not None else made.media_seconds or 0.0


def _in_quality(shot: Shot, mode: Mode) -> Shot:
    """The shot in the quality that it asks for, else in the mode's own: a draft is made cheaply."""
    own = Quality.DRAFT if mode is Mode.DRAFT else Quality.STANDARD
    return shot if shot.quality else shot.model_copy(update={"quality": own})
