"""An endpoint of the catalogue: its arguments, limits, billing and use, as one value, and what can be asked of it.

Dollars are not here: `resources/models/prices/prices.toml` has them, by endpoint id and the variant named here.
"""

import difflib
import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum
from typing import Any

from pydantic import ValidationError

from resources.core.errors import ContentError
from resources.core.text.diagnostics import explain
from resources.models.endpoints.arguments import Arguments
from resources.models.endpoints.limits import MediaFacts, MediaLimit
from resources.models.prices import Estimate, PriceList, Unit


class Kind(StrEnum):
    """What an endpoint makes, and of what."""

    AVATAR = "avatar"
    IMAGE_TO_VIDEO = "image-to-video"
    TEXT_TO_VIDEO = "text-to-video"
    REFERENCE_TO_VIDEO = "reference-to-video"
    MOTION_CONTROL = "motion-control"
    VIDEO_EDIT = "video-edit"
    VOICE = "voice"
    IMAGE = "image"
    IMAGE_EDIT = "image-edit"

    @property
    def makes_video(self) -> bool:
        """Whether the result is a moving picture."""
        return self not in {Kind.VOICE, Kind.IMAGE, Kind.IMAGE_EDIT}


@dataclass(frozen=True)
class Fact:
    """Where a statement comes from, and when it was so."""

    what: str
    source: str
    on: date


@dataclass(frozen=True)
class Endpoint:
    """One model of a provider.

    `length_of` is the file argument whose measured length is priced, for endpoints that no argument gives a length.
    `variant` picks the variant of the price list that arguments fall under; `variants` are all of them, the dearest
    last; None where there is one price for all. `added` picks what comes on top of it of `additions`: a web search.
    `amount` counts what is priced where that is no length.
    """

    id: str
    name: str
    kind: Kind
    arguments: type[Arguments]
    best_for: str
    resolution: str
    facts: tuple[Fact, ...]
    unit: Unit = Unit.SECOND
    media: Mapping[str, MediaLimit] = field(default_factory=dict)
    length_of: str | None = None
    variants: tuple[str | None, ...] = (None,)
    variant: Callable[[Any], str | None] = lambda _: None
    additions: tuple[str, ...] = ()
    added: Callable[[Any], tuple[str, ...]] = lambda _: ()
    amount: Callable[[Any], float] | None = None
    not_settings: Mapping[str, str] = field(default_factory=dict)  # wrong setting -> what to do instead

    def settings(self) -> tuple[str, ...]:
        """The names of the settings that this endpoint has."""
        return tuple(self.arguments.model_fields)

    def parse(self, settings: Mapping[str, Any]) -> Arguments:
        """Arguments from settings. Raises ContentError for an unknown setting (naming those there are) or a bad one."""
        for name in settings:
            if name not in self.arguments.model_fields:
                raise self.unknown(name)
        try:
            return self.arguments.model_validate(dict(settings))
        except ValidationError as error:
            raise ContentError(
                f"{self.name} cannot be asked this",
                where=self.id,
                why=explain(error),
                hint=f"see docs/models.md, {self.name}",
            ) from error

    def unknown(self, name: str) -> ContentError:
        """The refusal of a setting that this endpoint does not have."""
        near = difflib.get_close_matches(name, self.settings(), 1)
        return ContentError(
            f"{self.name} has no setting {name!r}",
            where=self.id,
            why=self.not_settings.get(name),
            hint="".join(f"did you mean {name!r}? " for name in near) + "it has: " + ", ".join(self.settings()),
        )

    def units(self, arguments: Arguments, *, media_seconds: float | None = None) -> float:
        """How much is billed: seconds, megapixels (rounded up), images or voices.

        `media_seconds` is the measured length of the file named by `length_of`; without it such an endpoint cannot be
        estimated, which raises ContentError.
        """
        if self.amount is not None:
            return self.amount(arguments)
        seconds = arguments.seconds() if self.length_of is None else media_seconds
        if seconds is None or not math.isfinite(seconds):
            raise ContentError(
                f"the price of {self.name} follows from the length of {self.length_of}, which is not known",
                where=self.id,
            )
        return seconds

    def estimate(self, prices: PriceList, arguments: Arguments, *, media_seconds: float | None = None) -> Estimate:
        """What a request is expected to cost. Raises ContentError where no price is known, and as `units` does."""
        units = self.units(arguments, media_seconds=media_seconds)
        return prices.estimate(self.id, units, self.variant(arguments), self.added(arguments))

    def check(self, arguments: Arguments, files: Mapping[str, MediaFacts]) -> None:
        """Raise ContentError, with every reason, if a measured file is outside this endpoint's limits."""
        problems = self.problems(arguments, files)
        if problems:
            raise ContentError(f"{self.name} does not take this", where=self.id, why="; ".join(problems))

    def problems(self, arguments: Arguments, files: Mapping[str, MediaFacts]) -> list[str]:
        """What is wrong with the files of a request, by argument name (`image_url`, `image_urls[0]`)."""
        return [
            f"{name} {problem} ({limit.source})"
            for name, facts in files.items()
            if (limit := self.media.get(name.partition("[")[0])) is not None
            for problem in limit.problems(facts, arguments)
        ]
