"""Receipts as a cell's metadata: what it cost, by which request, and what reuse saved."""

from collections.abc import Sequence
from typing import Any, Final

from resources.core.values import Receipt

_ALWAYS: Final = ("cost_usd", "reused", "take", "provider", "endpoint")
# Of what was bought, with None for what its provider does not tell.
_BOUGHT: Final = (
    *("estimated_usd", "saved_usd", "request_id", "billed_units", "unit_price_usd", "unit"),
    *("queue_seconds", "render_seconds"),
)
_NOTHING: Final = (None, 0.0)
_IF_SO: Final = ("by_estimate", "flag", "note")


def money_metadata(receipts: Sequence[Receipt]) -> dict[str, Any]:
    """The money of a cell: the sum of its receipts, each field under its own name. What was made here has fewer."""
    if not receipts:
        return {"cost_usd": 0.0, "reused": False, "take": 1}
    money = Receipt.sum_of(receipts).model_dump()
    bought = money["unit_price_usd"] is not None
    names = [
        *_ALWAYS,
        *(name for name in _BOUGHT if bought or money[name] not in _NOTHING),
        *(name for name in _IF_SO if money[name]),
    ]
    return {name: money[name] for name in names if money[name] != ""}
