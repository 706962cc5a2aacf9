"""What the writers of pages share: a model's settings as a table, and citations as links."""

import re
from collections.abc import Collection, Iterator
from typing import Any

from pydantic import BaseModel
from pydantic.fields import FieldInfo

from resources.models.catalogue.wording import type_text

_CITATION = re.compile(r"docs/sources/([a-z-]+\.md#[a-z0-9-]+)")


def linked(source: str) -> str:
    """A source as Markdown of a page in `docs`: its citations are links to their sections."""
    return _CITATION.sub(r"[\1](sources/\1)", source)


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


def _plain(value: Any) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)


def _takes(name: str, field: FieldInfo) -> str:
    if name.endswith("_url"):
        return "address"
    bounds = [_bound(item) for item in field.metadata]
    return " ".join(filter(None, (type_text(field.annotation), *bounds)))


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
