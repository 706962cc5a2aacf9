"""Receipts as a cell's metadata: what it cost, by which request, and what reuse saved."""

from collections.abc import Iterable, Sequence
from typing import Any

from resources.core.values import Receipt


def money_metadata(receipts: Sequence[Receipt]) -> dict[str, Any]:
    """The money of a cell. Sums over its receipts; the longest of their waits; several requests side by side.

    What was bought has every name, with None for what its provider does not tell; what was made here has fewer.
    """
    if not receipts:
        return {"cost_usd": 0.0, "estimated_usd": 0.0, "reused": False, "take": 1}
    shown = {
        "cost_usd": _sum(receipt.cost_usd for receipt in receipts),
        "estimated_usd": _sum(receipt.estimated_usd for receipt in receipts),
        "saved_usd": _sum(receipt.saved_usd for receipt in receipts),
        "reused": all(receipt.reused for receipt in receipts),
        "take": max(receipt.take for receipt in receipts),
        "provider": _listed(receipt.provider for receipt in receipts),
        "endpoint": _listed(receipt.endpoint for receipt in receipts),
        "request_id": _listed(receipt.request_id for receipt in receipts),
        "billed_units": _total(receipt.billed_units for receipt in receipts),
        "unit_price_usd": _most(receipt.unit_price_usd for receipt in receipts),
        "queue_seconds": _most(receipt.queue_seconds for receipt in receipts),
        "render_seconds": _most(receipt.render_seconds for receipt in receipts),
        "note": _listed(receipt.note for receipt in receipts),
    }
    bought = shown["unit_price_usd"] is not None
    return {name: value for name, value in shown.items() if value is not None or (bought and name != "note")}


def _sum(amounts: Iterable[float]) -> float:
    return round(sum(amounts), 6)


def _listed(values: Iterable[str | None]) -> str | None:
    return ", ".join(dict.fromkeys(value for value in values if value)) or None


def _total(values: Iterable[float | None]) -> float | None:
    known = [value for value in values if value is not None]
    return _sum(known) if known else None


def _most(values: Iterable[float | None]) -> float | None:
    return max((value for value in values if value is not None), default=None)
