"""What a shot is bought as at fal.ai, and what it would cost. Nothing is sent.

How a shot becomes a request is `resources.models.shot_arguments`; which files it is given, the graph's business.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final

from resources.content.orders import FootageOrder
from resources.content.shots import Shot
from resources.content.show import Format, Quality
from resources.core.names import Mode
from resources.models.catalogue import MediaFacts
from resources.models.prompts.book import Book, shipped
from resources.models.references import measured
from resources.models.shot_arguments import Given, ShotOrder, draft, facts_of, order
from resources.purchasing.requests.clip_requests import FalOrders, content_name
from resources.purchasing.requests.job import Job
from resources.purchasing.requests.quotes import Quote

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
