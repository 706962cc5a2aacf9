"""The models that speak a recording: every way to order one, how long it may be, and which take a turn's length.

A turn is spoken in one piece where its model takes it so; how a longer one is cut is `media.audio.pieces`. What a
file must be otherwise is the endpoint's own limit.
"""

from dataclasses import dataclass
from typing import get_args

from resources.core.errors import ContentError
from resources.models.catalogue import registry
from resources.models.endpoints.arguments import Arguments
from resources.models.endpoints.endpoint import Endpoint, Kind
from resources.models.endpoints.limits import Span

_UNBOUNDED = Span(0, float("inf"))
_PLACEHOLDER = "https://example.invalid/file"  # where only the other settings of arguments matter


@dataclass(frozen=True)
class SpeakerOption:
    """An avatar model with the resolution that it is ordered at; "" where the model offers no choice."""

    endpoint: Endpoint
    resolution: str = ""

    @property
    def name(self) -> str:
        """What a person reads: `OmniHuman v1.5 at 720p`."""
        return f"{self.endpoint.name} at {self.resolution}" if self.resolution else self.endpoint.name

    def arguments(self, *, image_url: str, audio_url: str, prompt: str | None) -> Arguments:
        """The arguments of one turn; a prompt is left out where the model takes none."""
        settings = {"image_url": image_url, "audio_url": audio_url, "resolution": self.resolution, "prompt": prompt}
        return self.endpoint.parse(
            {name: value for name, value in settings.items() if value and name in self.endpoint.settings()}
        )

    def sample(self) -> Arguments:
        """Arguments without files, for limits and prices."""
        return self.arguments(image_url=_PLACEHOLDER, audio_url=_PLACEHOLDER, prompt=None)

    def span(self) -> Span:
        """How long the sound may be, in seconds."""
        return self.endpoint.media["audio_url"].length(self.sample()) or _UNBOUNDED

    def takes(self, seconds: float, *, slack: float = 0.0) -> bool:
        """Whether a sound of `seconds` may be sent. `slack` is how far a measured length may lie over an end; where
        the end itself is too much already, there is none.
        """
        span = self.span()
        within = span.least - slack <= seconds <= span.most + slack
        return span.holds(seconds) or (within and not span.under)


def endpoints() -> tuple[Endpoint, ...]:
    """Every avatar model."""
    return tuple(registry.by_kind(Kind.AVATAR))


def options() -> tuple[SpeakerOption, ...]:
    """Every avatar model at each of its resolutions."""
    return tuple(
        SpeakerOption(endpoint, resolution) for endpoint in endpoints() for resolution in resolutions(endpoint)
    )


def resolutions(endpoint: Endpoint) -> tuple[str, ...]:
    """The resolutions that an endpoint offers, its default first; ("",) where there is no choice."""
    field = endpoint.arguments.model_fields.get("resolution")
    if field is None:
        return ("",)
    choices = tuple(str(choice) for choice in get_args(field.annotation))
    return tuple(sorted(choices, key=lambda choice: choice != field.default))


def option(endpoint: str, resolution: str | None = None) -> SpeakerOption:
    """The option of a model id. Raises ContentError for a model that does not speak or has not this resolution."""
    entry = registry.get(endpoint)
    if entry.kind is not Kind.AVATAR:
        speakers = ", ".join(speaker.id for speaker in endpoints())
        raise ContentError(f"{entry.name} does not speak a recording", where=endpoint, hint=f"use one of {speakers}")
    offered = resolutions(entry)
    if resolution is not None and resolution not in offered:
        raise ContentError(
            f"{entry.name} has no resolution {resolution!r}",
            where=endpoint,
            hint=f"it has {', '.join(offered)}"
            if offered != ("",)
            else "it offers no choice: leave the resolution out",
        )
    return SpeakerOption(entry, offered[0] if resolution is None else resolution)


def named(name: str) -> Endpoint:
    """The avatar model that a person means: its id, or a part of id or name that no other has (`omnihuman`, `v2/pro`).

    Raises ContentError that lists them for a name that fits none or several.
    """
    known = endpoints()
    wanted = name.strip().casefold()
    exact = [endpoint for endpoint in known if endpoint.id == wanted]
    found = exact or [
        endpoint for endpoint in known if wanted and (wanted in endpoint.id or wanted in endpoint.name.casefold())
    ]
    if len(found) == 1:
        return found[0]
    raise ContentError(
        f"{name!r} is {'several speaker models' if found else 'no speaker model'}",
        hint="use one of " + ", ".join(endpoint.id for endpoint in found or known),
    )


def able(seconds: float) -> tuple[SpeakerOption, ...]:
    """The options that take `seconds` of speech."""
    return tuple(choice for choice in options() if choice.takes(seconds))


def options_of(endpoint: str, resolution: str | None = None) -> tuple[SpeakerOption, ...]:
    """A model at each of its resolutions, its default first; at the one that is asked for, if one is. As `option`."""
    default = option(endpoint, resolution)
    if resolution is not None:
        return (default,)
    return tuple(SpeakerOption(default.endpoint, offered) for offered in resolutions(default.endpoint))


def longest(endpoint: str, resolution: str | None = None) -> SpeakerOption:
    """The option of a model that takes the most at once: pieces of a turn are ordered in it, for the fewest seams."""
    return max(options_of(endpoint, resolution), key=lambda choice: choice.span().most)


def taking(
    endpoint: str, seconds: float, *, resolution: str | None = None, slack: float = 0.0, where: str | None = None
) -> SpeakerOption:
    """The option of a model for `seconds` of speech: its default resolution if that takes them, else the next that can.

    With a `resolution`, only that one. Raises ContentError, at `where`, that names the models which can, and as
    `option` does.
    """
    choices = options_of(endpoint, resolution)
    for choice in choices:
        if choice.takes(seconds, slack=slack):
            return choice
    default = choices[0]
    raise ContentError(
        f"{default.endpoint.name} does not take a turn of {seconds:.2f} s",
        where=where,
        why=f"it takes {lengths(default.endpoint)}",
        hint=_hint(default.span(), seconds),
    )


def lengths(endpoint: Endpoint) -> str:
    """How long a sound may be at each resolution, in words: `0 to under 30 s at 1080p, 0 to under 60 s at 720p`."""
    spans = {resolution: SpeakerOption(endpoint, resolution).span().text("s") for resolution in resolutions(endpoint)}
    if len(set(spans.values())) == 1:
        return next(iter(spans.values()))
    return ", ".join(f"{span} at {resolution}" for resolution, span in spans.items())


def _hint(span: Span, seconds: float) -> str:
    others = ", ".join(dict.fromkeys(choice.endpoint.id for choice in able(seconds)))
    longer = "say a few words more" if seconds < span.least else "make it two turns"
    return f"{longer}, or use {others}" if others else longer
