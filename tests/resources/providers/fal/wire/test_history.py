"""The history as it is asked: every item once, oldest first, and an unread rest is never an empty look."""

from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from itertools import count
from pathlib import Path
from typing import Any

import httpx
import pytest
from fal_client import SyncClient
from hypothesis import given
from hypothesis import strategies as st

from resources.core.errors import Charge, StudioError
from resources.providers.fal.wire import history as history_module
from resources.providers.fal.wire.client import FalClient
from resources.providers.fal.wire.history import FalHistory, has, sent_at
from resources.purchasing.ledger import Ledger
from tests.empty_ledger import empty_ledger
from tests.resources.purchasing.ledger.helpers import CAPS, purchase

NOON = datetime(2026, 11, 20, 12, tzinfo=UTC)
SENT = {"prompt": "x", "audio_url": "https://files/a.mp3"}
MODEL = "fal-ai/kling-video/ai-avatar/v2/standard"

Answer = Callable[[httpx.Request], dict[str, Any] | httpx.Response]
Matching = Callable[..., list[str]]


class Asked:
    """A history that answers as a test says, and keeps what it was asked."""

    def __init__(self, answer: Answer) -> None:
        self.requests: list[httpx.Request] = []
        self._answer = answer
        platform = httpx.Client(base_url="https://api.test/v1/", transport=httpx.MockTransport(self._handle))
        self.history = FalHistory(FalClient(SyncClient(key="k"), None, platform, ("k",)))

    def _handle(self, request: httpx.Request) -> httpx.Response:
        self.requests.append(request)
        answer = self._answer(request)
        return answer if isinstance(answer, httpx.Response) else httpx.Response(200, json=answer)


def item(name: str, at: str | None = "2026-11-20T12:00:00Z", sent: object = SENT, **more: Any) -> dict[str, Any]:
    return {"request_id": name, "sent_at": at, "json_input": sent, **more}


def of(*items: object) -> Asked:
    """A history of one page."""
    return Asked(lambda _: {"items": list(items), "has_more": False, "next_cursor": None})


@pytest.fixture
def ledger(tmp_path: Path) -> Iterator[Ledger]:
    with Ledger(empty_ledger(tmp_path / "ledger.db"), caps=CAPS) as opened:
        yield opened


@pytest.fixture
def matching(ledger: Ledger) -> Matching:
    """All that looks find of what was sent, in their order: what one has found is another entry's for the next."""

    def found(asked: Asked, since: datetime = NOON) -> list[str]:
        sent = ledger.sending(ledger.claim(purchase()), SENT).entry
        entry = sent.model_copy(update={"endpoint": MODEL, "sent_at": since})
        names: list[str] = []
        while (name := asked.history.look(ledger)(entry)) is not None:
            names.append(name)
            ledger.submitted(ledger.sending(ledger.claim(purchase(take=len(names) + 1)), SENT), name)
        return names

    return found


def test_a_request_is_recognised_by_all_that_was_sent_and_may_have_defaults_beside_it(matching: Matching) -> None:
    asked = of(item("a"), item("b", sent={**SENT, "cfg": 0.5}), item("c", sent={"prompt": "x"}))
    assert matching(asked) == ["a", "b"]


@pytest.mark.parametrize("sent", [None, "x", [], {}, {"prompt": "X", "audio_url": SENT["audio_url"]}])
def test_what_is_not_exactly_what_was_sent_is_not_ours(sent: object) -> None:
    assert not has(sent, SENT)


@given(st.dictionaries(st.text(), st.none() | st.booleans() | st.floats(allow_nan=False) | st.text()), st.text())
def test_whatever_was_sent_is_recognised_with_anything_beside_it(sent: dict[str, Any], more: str) -> None:
    assert has(sent, sent)
    assert has({**sent, more: sent.get(more, 1)}, sent)
    assert not has({**sent, more: "other"}, {**sent, more: "own"})


def test_the_oldest_comes_first_by_its_time_and_not_by_how_that_is_written(matching: Matching) -> None:
    asked = of(
        item("last", "2026-11-20T12:00:03Z"),
        item("untold", None),
        item("half", "2026-11-20T12:00:00.500Z"),
        item("first", "2026-11-20T12:00:00Z"),
        item("elsewhere", "2026-11-20T14:00:02+02:00"),
    )
    assert matching(asked) == ["first", "half", "elsewhere", "last", "untold"]


def test_it_is_asked_from_a_little_earlier_for_clocks_differ(matching: Matching) -> None:
    asked = of()
    assert matching(asked, NOON.astimezone()) == []
    query = dict(asked.requests[0].url.params)
    assert (query["start"], query["endpoint_id"], query["expand"]) == ("2026-11-20T11:55:00.000Z", MODEL, "payloads")


def pages(*of_items: list[dict[str, Any]], last: dict[str, Any] | None = None) -> Asked:
    """A history of several pages, by their number."""

    def answer(request: httpx.Request) -> dict[str, Any]:
        number = int(request.url.params.get("cursor", "0"))
        more = number + 1 < len(of_items)
        page = {"items": of_items[number], "has_more": more, "next_cursor": str(number + 1) if more else None}
        return page if more else {**page, **(last or {})}

    return Asked(answer)


def test_items_that_come_again_on_the_next_page_are_one(matching: Matching) -> None:
    asked = pages([item("a"), item("b")], [item("b"), item("c")])
    assert matching(asked) == ["a", "b", "c"]
    assert len(asked.requests) == 2 * 4  # each look reads each page once


@pytest.mark.parametrize(
    "last", [{"has_more": True}, {"has_more": True, "next_cursor": ""}, {"items": None}, {"items": {"a": 1}}]
)
def test_a_rest_that_was_not_read_is_no_empty_look(matching: Matching, last: dict[str, Any]) -> None:
    with pytest.raises(StudioError):
        matching(pages([item("other", sent={})], [], last=last))


def test_a_history_that_never_ends_is_left(matching: Matching, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(history_module, "_MOST_PAGES", 3)
    cursors = map(str, count(1))
    asked = Asked(lambda _: {"items": [], "has_more": True, "next_cursor": next(cursors)})
    with pytest.raises(StudioError, match="cannot be understood") as raised:
        matching(asked)
    assert "does not come to an end" in str(raised.value.why)
    assert len(asked.requests) == 3


def test_a_history_that_does_not_come_forward_is_left_at_once(matching: Matching) -> None:
    asked = Asked(lambda _: {"items": [], "has_more": True, "next_cursor": "1"})
    with pytest.raises(StudioError, match="cannot be understood"):
        matching(asked)
    assert len(asked.requests) == 2


@pytest.mark.parametrize("status", [401, 403, 404, 429, 500])
def test_a_refusal_is_no_empty_look(matching: Matching, status: int) -> None:
    with pytest.raises(StudioError):
        matching(Asked(lambda _: httpx.Response(status, json={"error": {"message": "no"}})))


@pytest.mark.parametrize("name", [5, 1.5, ["a"], {"a": 1}, True])
def test_an_item_whose_id_cannot_be_read_may_be_ours(matching: Matching, name: object) -> None:
    with pytest.raises(StudioError, match="cannot be understood"):
        matching(of({**item("", sent=SENT), "request_id": name}, item("a")))


def test_items_without_a_name_are_no_requests(matching: Matching) -> None:
    assert matching(of(item(""), "odd", None, {"json_input": SENT}, item("a"))) == ["a"]


def test_one_request_is_found_by_its_own_id_alone() -> None:
    asked = of(item("b"), item("a", status_code=200))
    found = asked.history.item(MODEL, "a")
    assert found is not None
    assert found["status_code"] == 200
    assert asked.requests[0].url.params["request_id"] == "a"
    assert "start" not in asked.requests[0].url.params
    assert asked.history.item(MODEL, "z") is None


def test_what_was_sent_before_is_not_listed_though_it_ended_later() -> None:
    asked = of(
        item("before", "2026-11-20T11:59:59Z"), item("at", "2026-11-20T12:00:00Z"), item("naive", "2026-11-20T13:00")
    )
    assert [one["request_id"] for one in asked.history.listed([MODEL], NOON)] == ["at", "naive"]
    assert asked.requests[0].url.params["start"] == "2026-11-19T11:55:00.000Z"


def test_many_endpoints_are_asked_for_in_several_questions_and_none_in_none() -> None:
    asked = of()
    assert list(asked.history.listed([f"model-{number}" for number in range(101)], NOON)) == []
    assert [len(each.url.params.get_list("endpoint_id")) for each in asked.requests] == [50, 50, 1]
    assert list(of().history.listed([], NOON)) == []


@pytest.mark.parametrize("at", [None, "", "yesterday", 5])
def test_a_list_without_times_is_not_understood(at: Any) -> None:
    with pytest.raises(StudioError):
        sent_at({"sent_at": at})


def test_a_look_finds_what_was_sent_and_no_other_entrys(ledger: Ledger) -> None:
    first = ledger.sending(ledger.claim(purchase()), SENT)
    ledger.submitted(first, "a")
    second = ledger.sending(ledger.claim(purchase(take=2)), SENT)
    near = f"{datetime.now(UTC) + timedelta(seconds=1):%Y-%m-%dT%H:%M:%SZ}"
    assert of(item("a", near)).history.look(ledger)(second.entry) is None
    assert of(item("a", near), item("b", near)).history.look(ledger)(second.entry) == "b"
    history = of(item("a", near), item("c", near, sent={})).history
    assert (history.is_of(second.entry, "a"), history.is_of(second.entry, "c")) == (True, False)
    assert not history.is_of(second.entry, "z")


def test_a_request_of_then_that_nobody_has_and_whose_input_is_not_told_is_no_empty_look(ledger: Ledger) -> None:
    claim = ledger.sending(ledger.claim(purchase()), SENT)

    def at(seconds: float) -> str:
        return (datetime.now(UTC) + timedelta(seconds=seconds)).isoformat()

    for untold in (item("b", at(1), None), item("b", at(-200), "cut"), item("b", None, None)):
        with pytest.raises(StudioError) as raised:
            of(item("c", at(1), {}), untold).history.look(ledger)(claim.entry)
        assert "it does not tell what request b was asked with" in str(raised.value.why)
        assert of(untold, item("a", at(1))).history.look(ledger)(claim.entry) == "a"
    later = of(item("b", at(400), None)).history
    assert later.look(ledger)(claim.entry) is None  # sent after this one could have been
    ledger.submitted(ledger.sending(ledger.claim(purchase(take=2))), "b")
    assert of(item("b", at(1), None)).history.look(ledger)(claim.entry) is None  # another entry's
    ledger.failed(ledger.submitted(claim, "a"), charge=Charge.NONE, reason="500", retryable=True)
    ended = ledger.entry(claim.entry.id)
    assert of(item("d", at(1), None)).history.look(ledger)(ended) is None  # it has its own


def test_a_person_may_name_a_request_of_then_whose_input_is_not_told_and_no_other(ledger: Ledger) -> None:
    entry = ledger.sending(ledger.claim(purchase()), SENT).entry

    def at(seconds: float) -> str:
        return (datetime.now(UTC) + timedelta(seconds=seconds)).isoformat()

    named = {"b": item("b", at(1), None), "c": item("c", at(400), None), "d": item("d", at(-400), None)}
    assert {name for name, one in named.items() if of(one).history.is_of(entry, name)} == {"b"}
    assert not of(item("e", at(1), {"prompt": "another"})).history.is_of(entry, "e")


def test_what_was_never_sent_is_not_looked_for(ledger: Ledger) -> None:
    asked = of(item("a"))
    assert asked.history.look(ledger)(ledger.claim(purchase()).entry) is None
    assert asked.requests == []
