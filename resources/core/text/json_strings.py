"""The strings of a JSON value, wherever they stand in it. What becomes of them is the caller's."""

from collections.abc import Callable, Mapping
from typing import Any

from pydantic import JsonValue


def changed(document: Mapping[str, JsonValue], change: Callable[[str], JsonValue]) -> dict[str, JsonValue]:
    """An object with `change` applied to each of its strings, at any depth; names stay as they are."""
    return {name: with_strings(item, change) for name, item in document.items()}


def with_strings(value: Any, change: Callable[[str], JsonValue]) -> Any:
    """Any JSON value, as `changed`; a tuple becomes a list."""
    if isinstance(value, str):
        return change(value)
    if isinstance(value, dict):
        return changed(value, change)
    return [with_strings(item, change) for item in value] if isinstance(value, (list, tuple)) else value
