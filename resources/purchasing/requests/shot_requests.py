"""What a shot asks for: its clip or picture, bought at fal.ai, once all that it is made from is there.

How a shot becomes a request of a model is `resources.models.shot_arguments`.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import ClassVar

from resources.content.segments import PlacedShot
from resources.content.shots import Shot, is_file
from resources.content.show import Format, Quality
from resources.core.errors import ContentError
from resources.core.names import SHOTS, Mode
from resources.core.values import Media, Part
from resources.media.probe import video_facts
from resources.models.catalogue import MediaFacts
from resources.models.prompts.book import Book
from resources.models.references import fitted, form_of, measured, original_of
from resources.models.shot_arguments import Given, ShotOrder, draft, facts_of, order, ordered_seconds
from resources.purchasing.requests.briefs import References, ShotBrief
from resources.purchasing.requests.given import of_shot
from resources.purchasing.requests.market import Market
from resources.purchasing.requests.quotes import Quote
from resources.purchasing.requests.request import Request, content_name, sources_of
from resources.purchasing.requests.segment_requests import SegmentRequests


@dataclass(frozen=True)
class ShotRequests(SegmentRequests):
    """The requests of a shot. `files` are those of its slots, in their forms, where they are known."""

    assets: ClassVar[tuple[str, ...]] = (SHOTS,)
    uploads: ClassVar[type[References]] = References

    segment: PlacedShot
    files: Mapping[str, Media] = field(default_factory=dict)

    def shot(self, given: Mapping[str, Media]) -> ShotBrief:
        """The shot, made from the `given` files by slot, each in the form that its slot takes.

        Raises ContentError, in a paid mode, for what its model does not take, and where no price is known.
        """
        context = self.context
        brief = ShotBrief(
            cell=context.cell(self.segment),
            shot=self.segment.shot,
            format=context.script.format,
            take=context.take(self.segment, Part.SHOT),
            given=given,
            origins=self._origins(given),
        )
        return context.asked(brief, shot_requests)

    def for_files(self, files: Mapping[str, Media]) -> SegmentRequests:
        return replace(self, files=files)

    def requests(self, asset: str) -> tuple[Request, ...] | None:
        if asset not in self.assets:
            return ()
        given = {slot: self._given(slot) for slot in self.segment.needs}
        there = {slot: media for slot, media in given.items() if media is not None}
        return self.shot(there).requests if len(there) == len(given) else None

    def expected(self, asset: str) -> list[Quote]:
        del asset  # it has but one
        known = {slot: self._known(slot) for slot in self.segment.needs}
        context = self.context
        return [expected_shot(context.paid, self.segment.shot, context.mode, context.script.format, known)]

    def waits(self) -> ContentError:
        episode, mode = self.context.script.episode, self.context.mode
        return ContentError(
            f"{self.segment.segment} is made from what is not there yet: its purchase is not known",
            hint=f"buy or import that first: ninja produce {episode} --mode {mode}",
        )

    def endpoints(self) -> frozenset[str]:
        context = self.context
        made = drafted(self.segment.shot, context.mode, context.script.format, {}, context.paid.book)
        return frozenset({made.endpoint.id})

    def planned_seconds(self) -> float:
        """As it is ordered, else as long as the clip that it is made from."""
        shot = self.segment.shot
        ordered = ordered_seconds(shot)
        source = next((slot for slot in self.segment.needs if slot in shot.clip_slots), None)
        if ordered is not None or source is None:
            return ordered or 0.0
        if source in self.sources:
            return self.sources[source].planned_seconds()
        return round(video_facts(self.context.folder / self.segment.needs[source]).seconds, 3)

    def length(self) -> tuple[float, bool]:
        requests = self.requests(SHOTS)
        if not self.segment.in_cut:
            return 0.0, requests is not None
        ordered = requests[0].seconds if requests else None
        return self.planned_seconds() if ordered is None else ordered, requests is not None

    def picture(self) -> Media | None:
        """The file of the shot, if it is bought."""
        requests = self.requests(SHOTS) or ()
        found = self.context.paid.collected(requests[0].purchase) if requests else None
        return found.media if found else None

    def _given(self, slot: str) -> Media | None:
        """The file of a slot, in its form; None before it is bought."""
        if slot in self.files:
            return self.files[slot]
        original = self._original(slot)
        return original and self._fitted(slot, original)

    def _original(self, slot: str) -> Media | None:
        """The file of a slot as a person or a provider made it; None before it is bought."""
        reference = self.segment.needs[slot]
        if is_file(reference):
            return original_of(self.context.paid.library, self.context.folder, self.segment.shot, slot)
        return self.sources[slot].picture()

    def _fitted(self, slot: str, original: Media) -> Media:
        library, reference = self.context.paid.library, self.segment.needs[slot]
        where = str(self.context.folder / reference) if is_file(reference) else reference
        return fitted(library, self.segment.shot, slot, original, format=self.context.script.format, where=where)

    def _origins(self, given: Mapping[str, Media]) -> dict[str, str]:
        """What the files were made from that this program's tools made; see `ShotBrief.origins`."""
        if self.context.market is None:
            return {}
        shape, found = self.context.script.format, {}
        for slot, media in given.items():
            original = self._original(slot)
            # A file that was made from another one than lies there now is known by its own content alone.
            if original is not None and original != media and self._fitted(slot, original) == media:
                found[media.sha256] = form_of(self.segment.shot, slot, original, format=shape)
        return found

    def _known(self, slot: str) -> MediaFacts:
        """What can be known of a slot's file before it is made."""
        media = self._given(slot)
        if media is not None:
            return measured(self.context.paid.library, media)
        if slot not in self.segment.shot.clip_slots:
            return MediaFacts()
        source = self.sources[slot]
        seconds, exact = source.length()
        return MediaFacts(seconds=seconds if exact and seconds else source.planned_seconds())


def shot_requests(market: Market, brief: ShotBrief) -> tuple[Request, ...]:
    """What a shot is bought as. Raises ContentError for what its model does not take, and where no price is known."""
    given = {slot: Given(content_name(media), measured(market.library, media)) for slot, media in brief.given.items()}
    made = order(_in_quality(brief.shot, brief.cell.mode), given, market.book, brief.format)
    purchase = market.purchase(
        made.endpoint, SHOTS, brief.cell, made.arguments, brief.take, made.media_seconds,
        sources=sources_of(brief.origins, *brief.given.values()), given=of_shot(brief),
    )  # fmt: skip
    return (
        Request(
            purchase,
            brief.shot.label,
            {content_name(media): media for media in brief.given.values()},
            seconds=None if brief.shot.is_picture else _seconds_of(made),
            note=made.reason,
            reason=made.reason,
        ),
    )


def expected_shot(market: Market, shot: Shot, mode: Mode, format: Format, known: Mapping[str, MediaFacts]) -> Quote:
    """The price of a shot before the files that it needs are there, from what is known of them by slot."""
    made = drafted(shot, mode, format, known, market.book)
    estimate = made.estimate(market.prices)
    # Lengths are only estimated here: what a model would refuse is told, and decided when the file is there.
    doubts = made.endpoint.problems(made.arguments, facts_of(made, _awaited(shot, known)))
    return Quote(
        asset=SHOTS,
        endpoint=made.endpoint.id,
        estimate=estimate,
        usd=estimate.usd,
        exact=False,
        note="; ".join([made.reason, *(f"about: {doubt}" for doubt in doubts)]),
    )


def drafted(shot: Shot, mode: Mode, format: Format, known: Mapping[str, MediaFacts], book: Book) -> ShotOrder:
    """The request of a shot before its files are there, from what is known of them by slot. ContentError as `draft`."""
    return draft(_in_quality(shot, mode), _awaited(shot, known), book, format)


def _awaited(shot: Shot, known: Mapping[str, MediaFacts]) -> dict[str, Given]:
    """The files of a shot that are not there yet, as far as they are known."""
    return {slot: Given(f"https://example.invalid/{slot}", known.get(slot, MediaFacts())) for slot in shot.needs()}


def _seconds_of(made: ShotOrder) -> float:
    """How long the clip of a request will be: as ordered, else as long as the clip that it is made from."""
    ordered = made.arguments.seconds()
    return ordered if ordered is not None else made.media_seconds or 0.0


def _in_quality(shot: Shot, mode: Mode) -> Shot:
    """The shot in the quality that it asks for, else in the mode's own: a draft is made cheaply."""
    own = Quality.DRAFT if mode is Mode.DRAFT else Quality.STANDARD
    return shot if shot.quality else shot.model_copy(update={"quality": own})
