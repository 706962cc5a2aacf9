"""What fal.ai says of an account: its requests and, where the key may read them, its bills and the sum of its usage.

The list needs a key with the scope API, bills and usage one with ADMIN: docs/sources/fal-billing.md#bills. Nothing is
compared here: that is `resources.purchasing.accounts.reconciler`.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any, Final

from resources import failures
from resources.core.values import sum_usd
from resources.failures import Failure, Kind, Provider, Step
from resources.providers.fal.wire.client import FalClient
from resources.providers.fal.wire.history import FalHistory, has, sent_at
from resources.purchasing.accounts.reconciler import Listed, Statement
from resources.purchasing.ledger import Entry

_BILLS: Final = "models/billing-events"
_USAGE: Final = "models/usage"
_PAGE: Final = 1000
_MOST_PAGES: Final = 1000
_MAY_NOT: Final = (Kind.FORBIDDEN, Kind.KEY_REFUSED)
_UNREAD: Final = "the key may not read bills: one with the scope ADMIN may"


def statement(client: FalClient, endpoints: Sequence[str], since: datetime) -> Statement:
    """The requests of these endpoints that were sent from `since` on, with what was billed. Raises StudioError."""
    history = FalHistory(client)
    items = list(history.listed(endpoints, since))
    bills = _bills(client, since)

    def listed(item: Mapping[str, Any]) -> Listed:
        usd = None if bills is None else bills.get(str(item["request_id"]))
        return _listed(item, usd)

    def item_of(entry: Entry) -> Listed | None:
        found = history.item(entry.endpoint, entry.request_id or "")
        return None if found is None else listed({"endpoint_id": entry.endpoint, **found})

    return Statement(
        provider=Provider.FAL.value,
        requests=[listed(item) for item in items],
        same=has,
        item=item_of,
        account_usd=None if bills is None else _usage(client, since),
        untold=_UNREAD if bills is None else None,
    )


def _listed(item: Mapping[str, Any], usd: float | None) -> Listed:
    status, given = item.get("status_code"), item.get("json_input")
    return Listed(
        request_id=str(item["request_id"]),
        endpoint=str(item.get("endpoint_id") or ""),
        sent_at=sent_at(item),
        arguments=given if isinstance(given, dict) else {},
        ended=bool(item.get("ended_at")),
        readable=isinstance(given, dict),
        delivered=isinstance(status, int) and 200 <= status < 300,
        usd=usd,
    )


def _bills(client: FalClient, since: datetime) -> dict[str, float] | None:
    """What was billed for each request, in US dollars; None where the key may not know. Raises StudioError."""
    usd: dict[str, float] = defaultdict(float)
    cursor: dict[str, str] = {}
    for _ in range(_MOST_PAGES):
        page = client.answer(_BILLS, start=_iso(since), limit=_PAGE, **cursor)
        if isinstance(page, Failure):
            if page.kind in _MAY_NOT:
                return None
            raise page.error(f"fal.ai {_BILLS}")
        for event in _rows(page, "billing_events", _BILLS):
            usd[str(event.get("request_id"))] += _dollars(event, _BILLS)
        if not page.get("has_more"):
            return {name: round(sum_, 6) for name, sum_ in usd.items()}
        before, cursor = cursor, {"cursor": str(page.get("next_cursor") or "")}
        if cursor == before or not cursor["cursor"]:
            break
    raise _odd(_BILLS, "it does not come to an end")


def _usage(client: FalClient, since: datetime) -> float:
    """The account's own sum, over all who use it. Raises StudioError."""
    page = client.ask(_USAGE, start=_iso(since), expand="summary")
    return sum_usd(_dollars(row, _USAGE) for row in _rows(page, "summary", _USAGE))


def _rows(page: Mapping[str, Any], name: str, path: str) -> Iterable[Mapping[str, Any]]:
    rows = page.get(name)
    if not isinstance(rows, list) or not all(isinstance(row, dict) for row in rows):
        raise _odd(path, f"no list of {name}")
    return rows


def _dollars(row: Mapping[str, Any], path: str) -> float:
    total = row.get("cost_total")
    if isinstance(total, bool) or not isinstance(total, (int, float)) or not 0 <= total < float("inf"):
        raise _odd(path, f"cost_total is {total!r}")
    return float(total)


def _odd(path: str, text: str) -> Exception:
    return failures.noticed(Provider.FAL, Step.LOOKUP, Kind.ODD_ANSWER, text).error(f"fal.ai {path}")


def _iso(moment: datetime) -> str:
    return moment.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
