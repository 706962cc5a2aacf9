"""An endpoint in words: its price, its length, what its files may be. For whoever shows the catalogue to a person.

No table and no page is made here: `ninja models` and `docs/write` do that.
"""

import types
from collections.abc import Iterator
from enum import Enum
from typing import Annotated, Any, Literal, Union, get_args, get_origin

from pydantic import BaseModel

from resources.core.errors import ContentError
from resources.models.endpoints.endpoint import Endpoint, Kind
from resources.models.endpoints.limits import MEGABYTE, MediaLimit
from resources.models.prices import PriceList

TITLES = {
    Kind.AVATAR: "Avatars: a picture speaks a recording",
    Kind.IMAGE_TO_VIDEO: "Image to video",
    Kind.TEXT_TO_VIDEO: "Text to video",
    Kind.REFERENCE_TO_VIDEO: "Reference to video",
    Kind.MOTION_CONTROL: "Motion control",
    Kind.VIDEO_EDIT: "Video edit",
    Kind.VOICE: "Voices",
    Kind.IMAGE: "Pictures",
    Kind.IMAGE_EDIT: "Pictures from pictures",
}


def price_text(endpoint: Endpoint, prices: PriceList) -> str:
    """`$0.07 silent, $0.14 audio a second`; what to do where no price is known."""
    amounts = []
    for variant in endpoint.variants:
        try:
            price = prices.price(endpoint.id, variant)
        except ContentError:
            return "not known: not bought until `ninja prices refresh` or `prices.toml` beside show.yaml has it"
        amounts.append(f"${price.unit_usd:g}" + (f" {variant}" if variant else ""))
    unit = endpoint.unit.value
    more = [f", ${prices.addition(endpoint.id, name).unit_usd:g} more with {name}" for name in endpoint.additions]
    return f"{', '.join(amounts)} {'an' if unit[0] in 'aeiou' else 'a'} {unit}{''.join(more)}"


def lengths(endpoint: Endpoint) -> Iterator[str]:
    """How long the result is, in words; nothing for what has no length."""
    duration = endpoint.arguments.model_fields.get("duration")
    if duration is not None:
        yield f"{type_text(duration.annotation)} seconds"
    elif endpoint.length_of and endpoint.kind.makes_video:
        yield f"as long as {endpoint.length_of}"


def limit_text(limit: MediaLimit) -> str:
    """What a file must be, in words: `.mp3, .wav, 2-60 s, at most 5 MB`."""
    limits = [", ".join(sorted(limit.suffixes)) or "any form"]
    if limit.seconds:
        limits.append(limit.seconds.text("s"))
    if limit.seconds_by:
        limits += [
            f"{span.text('s')} with `{limit.seconds_by[0]}` {value}" for value, span in limit.seconds_by[1].items()
        ]
    if limit.max_bytes:
        limits.append(f"at most {limit.max_bytes / MEGABYTE:g} MB")
    if limit.sides:
        limits.append(
            f"sides of {limit.sides.least:g} px or more"
            if limit.sides.most == float("inf")
            else f"sides {limit.sides.text('px')}"
        )
    if limit.ratio:
        limits.append(f"width / height {limit.ratio.text()}")
    if limit.fps:
        limits.append(f"{limit.fps.text()} frames a second")
    if limit.opaque:
        limits.append("not transparent")
    return ", ".join(limits)


def type_text(kind: Any) -> str:
    """What a setting takes, in words: `text`, `5, 10`, `3 … 15`, `list of {prompt, duration}`."""
    origin, inside = get_origin(kind), get_args(kind)
    if origin is Annotated:
        return type_text(inside[0])
    if origin in (Union, types.UnionType):
        return " or ".join(type_text(option) for option in inside if option is not type(None))
    if origin is Literal:
        return _choices([str(choice) for choice in inside])
    if origin is dict:
        return f"{{name: {type_text(inside[1])}}}"
    return f"list of {type_text(inside[0])}" if origin in (list, tuple) else _plain_type(kind)


def _plain_type(kind: Any) -> str:
    if issubclass(kind, Enum):
        return _choices([str(choice.value) for choice in kind])
    if issubclass(kind, BaseModel):
        return "{" + ", ".join(kind.model_fields) + "}"
    return {str: "text", int: "whole number", float: "number", bool: "true, false"}[kind]


def _choices(choices: list[str]) -> str:
    if len(choices) > 4 and all(choice.isdigit() for choice in choices):
        return f"{choices[0]} … {choices[-1]}"
    return ", ".join(choices)
