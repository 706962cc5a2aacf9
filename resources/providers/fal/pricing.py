"""Bringing the price list up to date from the platform's pricing API (docs/sources/fal-billing.md#pricing-api).

The list itself is `resources.models.prices`.
"""

from collections.abc import Sequence
from datetime import date
from pathlib import Path
from typing import Any, Final

from resources.failures import Failure, Kind
from resources.models.prices import PriceList, Refresh
from resources.providers.fal.client import FalClient

_PATH: Final = "models/pricing"
_AT_ONCE: Final = 50  # the most endpoints of one question


def refresh(client: FalClient, prices: PriceList, overlay: Path, *, today: date) -> tuple[PriceList, Refresh]:
    """Ask for the price of every fal endpoint of the list; write the answers to `overlay`. Raises StudioError.

    An endpoint that the platform does not know any more is in the report's `refused`.
    """
    endpoints = [endpoint for endpoint in prices.endpoints if "/" in endpoint]
    known: list[Any] = []
    unknown: list[str] = []
    for first in range(0, len(endpoints), _AT_ONCE):
        _ask(client, endpoints[first : first + _AT_ONCE], known, unknown)
    updated, report = prices.refreshed({"prices": known}, overlay, today)
    gone = dict.fromkeys(unknown, "the platform does not know this endpoint")
    return updated, report.model_copy(update={"refused": {**report.refused, **gone}})


def _ask(client: FalClient, endpoints: Sequence[str], known: list[Any], unknown: list[str]) -> None:
    """One endpoint that is not known spoils the whole answer: then each half is asked for by itself."""
    answer = client.answer(_PATH, endpoint_id=",".join(endpoints))
    if not isinstance(answer, Failure):
        known += answer.get("prices") or []
    elif answer.kind is not Kind.NO_ENDPOINT:
        raise answer.error(f"fal.ai {_PATH}")
    elif len(endpoints) == 1:
        unknown += endpoints
    else:
        middle = len(endpoints) // 2
        _ask(client, endpoints[:middle], known, unknown)
        _ask(client, endpoints[middle:], known, unknown)
