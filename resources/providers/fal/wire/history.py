"""The provider's own memory of requests: which one is ours, when its answer was lost, and what it answered once.

A request is recognised by its arguments. They hold addresses of uploads that no other ledger knows, so a request with
all the arguments that were sent is this purchase, whichever take of it; the ledger tells which ids are taken already.
What is listed, and when: docs/sources/fal-queue.md#history.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any, Final

from pydantic import JsonValue

from resources import failures
from resources.failures import Kind, Provider, Step
from resources.providers.fal.wire.client import FalClient
from resources.purchasing.ledger import Entry, Ledger
from resources.purchasing.telling import untold
from resources.purchasing.worker import Look

_PATH: Final = "models/requests/by-endpoint"
_PAGE: Final = 100  # the most that a page may have
_MOST_PAGES: Final = 1000  # 100,000 requests of one model in the days that a look covers
_ENDPOINTS: Final = 50  # the most that are asked for together
_LONGEST: Final = timedelta(days=1)  # that a request may be under way
_CLOCKS_APART: Final = timedelta(minutes=5)  # this machine's clock and the provider's may differ


@dataclass(frozen=True)
class FalHistory:
    """Look-ups in the request history. They cost nothing; the key needs the API scope."""

    client: FalClient

    def look(self, ledger: Ledger) -> Look:
        """How a request that may have been taken is looked for: exactly what was sent, and not another entry's.

        One of about then that nobody has, and of which the history does not tell what it was asked with, may be it: a
        look that shows such a one is no empty look, and raises StudioError.
        """

        def shown(entry: Entry) -> str | None:
            if entry.sent is None or entry.sent_at is None:
                return None
            items = self._from(entry.endpoint, entry.sent_at)
            ids = _ids_of(items, entry.sent)
            if (own := next((found for found in ids if ledger.find(Provider.FAL, found) is None), None)) is not None:
                return own
            until = entry.sent_at + _CLOCKS_APART
            for item in items if entry.request_id is None else ():
                if _is_untold(item, until) and ledger.find(Provider.FAL, item["request_id"]) is None:
                    raise untold(entry, item["request_id"])
            return None

        return shown

    def _from(self, endpoint: str, since: datetime) -> list[dict[str, Any]]:
        """Every request of an endpoint that may have been sent from `since` on, oldest first. Raises StudioError."""
        start = (since - _CLOCKS_APART).astimezone(UTC)
        return sorted(self._items(endpoint, start=_iso(start)), key=_when)

    def is_of(self, entry: Entry, request_id: str) -> bool:
        """Whether a request is of exactly what an entry sent. Raises StudioError.

        One of about then that does not tell what it was asked with may be: who names it has seen it elsewhere.
        """
        item = self.item(entry.endpoint, request_id)
        if item is None or entry.sent is None or entry.sent_at is None:
            return False
        about_then = (_moment(item) or entry.sent_at) >= entry.sent_at - _CLOCKS_APART
        if about_then and _is_untold(item, entry.sent_at + _CLOCKS_APART):
            return True
        return has(item.get("json_input"), entry.sent)

    def item(self, endpoint: str, request_id: str) -> dict[str, Any] | None:
        """What the history has of a request: `status_code` and `json_output` once it has ended. Kept for 90 days.

        None where it is not shown. Raises StudioError.
        """
        items = self._items(endpoint, request_id=request_id)
        return next((item for item in items if item.get("request_id") == request_id), None)

    def listed(self, endpoints: Sequence[str], since: datetime) -> Iterator[dict[str, Any]]:
        """Every request of these endpoints that was sent from `since` on. Raises StudioError.

        The list is bounded by an end that is not said to be the sending's: it is asked for from earlier on.
        """
        start = (since - _LONGEST - _CLOCKS_APART).astimezone(UTC)
        for first in range(0, len(endpoints), _ENDPOINTS):
            for item in self._items(*endpoints[first : first + _ENDPOINTS], start=_iso(start)):
                if sent_at(item) >= since:
                    yield item

    def _items(self, *endpoints: str, **query: str) -> Iterator[dict[str, Any]]:
        """Every item, each once: the cursor is a page's number, so items come again while new ones push them on.

        Raises StudioError where the history does not come to an end, or an item's id cannot be read: an unread rest is
        no empty look.
        """
        cursor: dict[str, str] = {}
        seen: set[str] = set()
        for _ in range(_MOST_PAGES):
            page = self.client.ask(_PATH, endpoint_id=endpoints, expand="payloads", limit=_PAGE, **query, **cursor)
            if not isinstance(page.get("items"), list):
                raise failures.noticed(Provider.FAL, Step.LOOKUP, Kind.ODD_ANSWER, "no list of items").error(_PATH)
            for item in page["items"]:
                name = (item.get("request_id") or "") if isinstance(item, dict) else ""
                if not isinstance(name, str):  # it may be ours, and cannot be asked for
                    raise failures.noticed(Provider.FAL, Step.LOOKUP, Kind.ODD_ANSWER, "an id is no text").error(_PATH)
                if name and name not in seen:
                    seen.add(name)
                    yield item
            if not page.get("has_more"):
                return
            before, cursor = cursor, {"cursor": str(page.get("next_cursor") or "")}
            if cursor == before or not cursor["cursor"]:
                break
        raise failures.noticed(Provider.FAL, Step.LOOKUP, Kind.ODD_ANSWER, "it does not come to an end").error(_PATH)


def sent_at(item: Mapping[str, Any]) -> datetime:
    """When a request of the history was sent. Raises StudioError for one that does not tell it."""
    moment = _moment(item)
    if moment is None:
        raise failures.noticed(Provider.FAL, Step.LOOKUP, Kind.ODD_ANSWER, "no time of a request").error(_PATH)
    return moment


def _moment(item: Mapping[str, Any]) -> datetime | None:
    try:
        moment = datetime.fromisoformat(str(item.get("sent_at")))
    except ValueError:
        return None
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)


def _is_untold(item: Mapping[str, Any], until: datetime) -> bool:
    """Whether a request that was sent by then does not tell what it was asked with."""
    return not isinstance(item.get("json_input"), dict) and (_moment(item) or until) <= until


def _when(item: Mapping[str, Any]) -> datetime:
    """For the order of items: one that does not tell when it was sent comes last."""
    return _moment(item) or datetime.max.replace(tzinfo=UTC)


def _ids_of(items: Sequence[Mapping[str, Any]], sent: Mapping[str, JsonValue]) -> Iterator[str]:
    return (item["request_id"] for item in items if has(item.get("json_input"), sent))


def has(given: object, sent: Mapping[str, JsonValue]) -> bool:
    """Whether a request's input has everything that was sent; the provider may have added defaults."""
    return isinstance(given, dict) and all(name in given and given[name] == value for name, value in sent.items())


def _iso(moment: datetime) -> str:
    return moment.isoformat(timespec="milliseconds").replace("+00:00", "Z")
