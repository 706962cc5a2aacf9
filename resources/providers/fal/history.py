"""The provider's own memory of requests: which one is ours, when its answer was lost, and what it answered once.

A request is recognised by its arguments. They hold addresses of uploads that no other ledger knows, so a request with
all the arguments that were sent is this purchase, whichever take of it; the ledger tells which ids are taken already.
What is listed, and when: docs/sources/fal-queue.md#history.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any, Final

from pydantic import JsonValue

from resources.providers.fal.client import FalClient

_PATH: Final = "models/requests/by-endpoint"
_PAGE: Final = 100  # the most that a page may have
_MOST_PAGES: Final = 20
_CLOCKS_APART: Final = timedelta(minutes=5)  # this machine's clock and the provider's may differ


@dataclass(frozen=True)
class FalHistory:
    """Look-ups in the request history. They cost nothing; the key needs the API scope."""

    client: FalClient

    def matching(self, endpoint: str, sent: Mapping[str, JsonValue], since: datetime) -> Iterator[str]:
        """The ids of requests with all the arguments `sent`, sent from `since` on, oldest first. Raises StudioError."""
        start = (since - _CLOCKS_APART).astimezone(UTC)
        found = [item for item in self._items(endpoint, start=_iso(start)) if _has(item, sent)]
        yield from (item["request_id"] for item in sorted(found, key=lambda item: str(item.get("sent_at"))))

    def output(self, endpoint: str, request_id: str) -> dict[str, Any] | None:
        """What a request answered, kept longer than the queue keeps it; None if it is not known. StudioError."""
        items = self._items(endpoint, request_id=request_id)
        outputs = (item.get("json_output") for item in items if item.get("request_id") == request_id)
        return next((output for output in outputs if isinstance(output, dict)), None)

    def _items(self, endpoint: str, **query: str) -> Iterator[dict[str, Any]]:
        cursor: dict[str, str] = {}
        for _ in range(_MOST_PAGES):
            page = self.client.ask(_PATH, endpoint_id=endpoint, expand="payloads", limit=_PAGE, **query, **cursor)
            yield from (item for item in page.get("items") or () if isinstance(item, dict) and item.get("request_id"))
            if not page.get("has_more") or not page.get("next_cursor"):
                return
            cursor = {"cursor": str(page["next_cursor"])}


def _has(item: Mapping[str, Any], sent: Mapping[str, JsonValue]) -> bool:
    """Whether the item's input has everything that was sent; the provider may have added defaults."""
    given = item.get("json_input")
    return isinstance(given, dict) and all(name in given and given[name] == value for name, value in sent.items())


def _iso(moment: datetime) -> str:
    return moment.isoformat(timespec="milliseconds").replace("+00:00", "Z")
