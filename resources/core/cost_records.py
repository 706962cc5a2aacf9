"""Several receipts as one: for a delivery that was bought in parts."""

from collections.abc import Iterable, Sequence

from resources.core.values import Receipt


def summed(receipts: Sequence[Receipt], *, note: str | None = None) -> Receipt:
    """The receipt of a whole: sums of dollars and units, the longest of the waits, all request ids.

    Its parts are of one endpoint and take, bought side by side.
    """
    first = receipts[0]
    billed = [receipt.billed_units for receipt in receipts if receipt.billed_units is not None]
    return first.model_copy(
        update={
            "reused": all(receipt.reused for receipt in receipts),
            "cost_usd": _sum(receipt.cost_usd for receipt in receipts),
            "estimated_usd": _sum(receipt.estimated_usd for receipt in receipts),
            "saved_usd": _sum(receipt.saved_usd for receipt in receipts),
            "billed_units": _sum(billed) if len(billed) == len(receipts) else None,
            "request_id": ", ".join(receipt.request_id for receipt in receipts if receipt.request_id) or None,
            "queue_seconds": _longest(receipt.queue_seconds for receipt in receipts),
            "render_seconds": _longest(receipt.render_seconds for receipt in receipts),
            "note": note,
        }
    )


def _sum(amounts: Iterable[float]) -> float:
    return round(sum(amounts), 6)


def _longest(waits: Iterable[float | None]) -> float | None:
    return max((wait for wait in waits if wait is not None), default=None)
