"""The catalogue as Markdown: `docs/models.md` and the README's table. Written by `python -m resources.catalogue.docs`.

Tests hold what is written to what is generated here, so it is never edited by hand.
"""

import types
from collections.abc import Collection, Iterable, Iterator
from enum import Enum
from pathlib import Path
from typing import Annotated, Any, Literal, Union, get_args, get_origin

from pydantic import BaseModel
from pydantic.fields import FieldInfo

from resources.catalogue import registry
from resources.catalogue.endpoint import Endpoint, Kind
from resources.catalogue.limits import MEGABYTE, MediaLimit
from resources.errors import ContentError
from resources.prices import PriceList

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

_BEGIN, _END = "<!-- models: written by python -m resources.catalogue.docs -->", "<!-- end of models -->"


def table(prices: PriceList) -> str:
    """One row for each model: name, endpoint, price, what it is best for."""
    rows = (f"| {e.name} | `{e.id}` | {price_text(e, prices)} | {e.best_for} |" for e in registry.all())
    return "\n".join(["| model | endpoint | price | best for |", "|---|---|---|---|", *rows])


def price_text(endpoint: Endpoint, prices: PriceList) -> str:
    """`$0.07 silent, $0.14 audio a second`; what to do where no price is known."""
    told = []
    for variant in endpoint.variants:
        try:
            price = prices.price(endpoint.id, variant)
        except ContentError:
            return "not known: not bought until `ninja prices refresh` or `show/prices.toml` has it"
        told.append(f"${price.unit_usd:g}" + (f" {variant}" if variant else ""))
    unit = endpoint.unit.value
    more = [f", ${prices.addition(endpoint.id, name).unit_usd:g} more with {name}" for name in endpoint.additions]
    return f"{', '.join(told)} {'an' if unit[0] in 'aeiou' else 'a'} {unit}{''.join(more)}"


def page(prices: PriceList) -> str:
    """The whole of `docs/models.md`."""
    kinds = (line for kind in Kind for line in _kind(kind, prices))
    return "\n".join(_intro(prices, kinds)) + "\n"


def _intro(prices: PriceList, kinds: Iterable[str]) -> Iterator[str]:
    yield "# Models"
    yield ""
    yield "Written by `python -m resources.catalogue.docs` from the catalogue (`resources/catalogue`) and the price"
    yield "list (`resources/prices/prices.toml`); do not edit it by hand. `ninja models` shows the same."
    yield ""
    yield "A setting that a model does not have is refused with those that it has. Every default is sent in full;"
    yield "`generate_audio` is off unless asked for, whatever the provider's own default."
    yield ""
    yield table(prices)
    yield from kinds


def _kind(kind: Kind, prices: PriceList) -> Iterator[str]:
    yield ""
    yield f"## {TITLES[kind]}"
    for endpoint in registry.by_kind(kind):
        yield from _endpoint(endpoint, prices)


def _endpoint(endpoint: Endpoint, prices: PriceList) -> Iterator[str]:
    yield ""
    yield f"### {endpoint.name}"
    yield ""
    yield f"`{endpoint.id}`"
    yield ""
    yield endpoint.best_for
    yield ""
    yield f"- price: {price_text(endpoint, prices)}"
    if endpoint.length_of:
        yield f"- length: that of `{endpoint.length_of}`"
    yield f"- resolution: {endpoint.resolution}"
    yield from (f"- {_limit(name, limit)}" for name, limit in endpoint.media.items())
    yield from (f"- source ({fact.what}): {fact.source}, {fact.on}" for fact in endpoint.facts)
    yield ""
    yield from settings_table(endpoint.arguments)


def settings_table(model: type[BaseModel], without: Collection[str] = ()) -> Iterator[str]:
    """The settings of a model as the lines of a table: name, what it takes, default, meaning."""
    yield "| setting | takes | default | |"
    yield "|---|---|---|---|"
    for name, field in model.model_fields.items():
        if name not in without:
            yield f"| `{name}` | {_takes(name, field)} | {_default(field)} | {field.description or ''} |"


def _default(field: FieldInfo) -> str:
    if field.is_required():
        return "required"
    value = field.get_default(call_default_factory=True, validated_data={})
    return "" if value is None or value in ((), {}) else f"`{_plain(value)}`"


def _limit(name: str, limit: MediaLimit) -> str:
    advice = f". Best: {limit.advice}" if limit.advice else ""
    return f"`{name}`: {limit_text(limit)}{advice} (source: {limit.source}, {limit.on})"


def lengths(endpoint: Endpoint) -> Iterator[str]:
    """How long the result is, in words; nothing for what has no length."""
    duration = endpoint.arguments.model_fields.get("duration")
    if duration is not None:
        yield f"{_type(duration.annotation)} seconds"
    elif endpoint.length_of and endpoint.kind.makes_video:
        yield f"as long as {endpoint.length_of}"


def limit_text(limit: MediaLimit) -> str:
    """What a file must be, in words: `.mp3, .wav, 2-60 s, at most 5 MB`."""
    told = [", ".join(sorted(limit.suffixes)) or "any form"]
    if limit.seconds:
        told.append(limit.seconds.text("s"))
    if limit.seconds_by:
        told += [
            f"{span.text('s')} with `{limit.seconds_by[0]}` {value}" for value, span in limit.seconds_by[1].items()
        ]
    if limit.max_bytes:
        told.append(f"at most {limit.max_bytes / MEGABYTE:g} MB")
    if limit.sides:
        told.append(
            f"sides of {limit.sides.least:g} px or more"
            if limit.sides.most == float("inf")
            else f"sides {limit.sides.text('px')}"
        )
    if limit.ratio:
        told.append(f"width / height {limit.ratio.text()}")
    if limit.fps:
        told.append(f"{limit.fps.text()} frames a second")
    if limit.opaque:
        told.append("not transparent")
    return ", ".join(told)


def _plain(value: Any) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)


def _takes(name: str, field: FieldInfo) -> str:
    if name.endswith("_url"):
        return "address"
    bounds = [_bound(item) for item in field.metadata]
    return " ".join(filter(None, (_type(field.annotation), *bounds)))


def _bound(item: Any) -> str:
    words = {
        "ge": "from {}",
        "gt": "over {}",
        "le": "to {}",
        "min_length": "",
        "max_length": "up to {} long",
    }
    return " ".join(
        text.format(f"{getattr(item, name):g}") for name, text in words.items() if hasattr(item, name)
    ).strip()


def _type(kind: Any) -> str:
    origin, inside = get_origin(kind), get_args(kind)
    if origin is Annotated:
        return _type(inside[0])
    if origin in (Union, types.UnionType):
        return " or ".join(_type(option) for option in inside if option is not type(None))
    if origin is Literal:
        return _choices([str(choice) for choice in inside])
    if origin is dict:
        return f"{{name: {_type(inside[1])}}}"
    return f"list of {_type(inside[0])}" if origin in (list, tuple) else _plain_type(kind)


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


def with_table(readme: str, prices: PriceList) -> str:
    """The README with today's table between its marks. Raises ValueError for one without the marks."""
    before, rest = readme.split(_BEGIN)
    _, after = rest.split(_END)
    return f"{before}{_BEGIN}\n{table(prices)}\n{_END}{after}"


def main() -> None:
    """Write `docs/models.md` and the README's table of this project."""
    root, prices = Path(__file__).resolve().parents[2], PriceList.load()
    (root / "docs" / "models.md").write_text(page(prices), encoding="utf-8")
    readme = root / "README.md"
    readme.write_text(with_table(readme.read_text(encoding="utf-8"), prices), encoding="utf-8")


if __name__ == "__main__":
    main()
