"""What one request's answers mean: whose address it is, whether it failed, and that no odd answer loses it."""

import math
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import fal_client.client as sdk
import httpx
import pytest
from fal_client import SyncClient
from fal_client.client import Completed, InProgress, Queued

from resources import failures
from resources.core.errors import StudioError
from resources.failures import Failure, Kind, Provider, Step
from resources.providers.fal.submissions import (
    FalRequests,
    _about_asking,
    _is_ours,
    _of_the_model,
    _spans,
    _Watch,
)
from resources.providers.fal.wire.client import FalClient
from resources.purchasing.ledger import Entry, Ledger
from tests.empty_ledger import empty_ledger
from tests.resources.providers.fal.conftest import Bench
from tests.resources.purchasing.ledger.helpers import CAPS, URLS, purchase


@pytest.fixture
def entry(tmp_path: Path) -> Iterator[Entry]:
    """A request that the provider has taken."""
    with Ledger(empty_ledger(tmp_path / "ledger.db"), caps=CAPS) as ledger:
        yield ledger.submitted(ledger.sending(ledger.claim(purchase()), {"prompt": "x"}), "r1", *URLS).entry


def requests(item: dict[str, Any] | None) -> FalRequests:
    """The queue's calls, with a history that keeps that of request r1; None: it answers 500."""

    def answer(_: httpx.Request) -> httpx.Response:
        if item is None:
            return httpx.Response(500)
        return httpx.Response(200, json={"items": [{"request_id": "r1", **item}], "has_more": False})

    platform = httpx.Client(base_url="https://api.test/v1/", transport=httpx.MockTransport(answer))
    client = FalClient(SyncClient(key="k"), None, platform, ("k",))
    return FalRequests(client, poll_seconds=0.5, start_seconds=1.0, pause=lambda _: None)


def refused(status: int) -> Failure:
    """An answer to the question for a result."""
    return failures.classify(failures.Symptom(Provider.FAL, Step.RESULT, status=status))


DONE = Completed(logs=None, metrics={})


# Whose address


@pytest.mark.parametrize(
    ("url", "ours"),
    [
        ("https://queue.fal.run/a/requests/1/status", True),
        ("https://rest.fal.ai/a", True),
        ("http://queue.fal.run/a", False),  # in the clear
        ("https://fal.run.example.com/a", False),
        ("https://notfal.run/a", False),
        ("https://queue.fal.run@example.com/a", False),
        ("https://example.com/?x=.fal.run", False),
        ("//queue.fal.run/a", False),
        ("", False),
        ("http://[", False),
        (None, False),
        (5, False),
    ],
)
def test_the_key_goes_along_to_the_queues_own_host_alone(monkeypatch: pytest.MonkeyPatch, url: Any, ours: bool) -> None:
    monkeypatch.setattr(sdk, "QUEUE_URL_FORMAT", "https://queue.fal.run/")
    assert _is_ours(url) is ours


def test_another_server_is_ours_while_the_process_is_pointed_at_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sdk, "QUEUE_URL_FORMAT", "http://127.0.0.1:8080/queue/")
    assert _is_ours("http://127.0.0.1:8080/elsewhere")
    assert not _is_ours("http://127.0.0.1:8081/queue/")


@pytest.mark.parametrize("address", ["http://[", "https://elsewhere.test/r", 7, None])
def test_a_request_that_was_taken_is_kept_under_its_id_whatever_address_comes_with_it(
    bench: Bench, address: object
) -> None:
    bench.providers.fault("fal.submit", "patch", patch={"status_url": address})
    arguments = {"prompt": "A street.", "duration": "5"}
    calls = FalRequests(bench.client, poll_seconds=0.1, start_seconds=30.0, pause=lambda _: None)
    handle = calls.submit("fal-ai/kling-video/v2.5-turbo/pro/text-to-video", arguments)
    assert handle.request_id
    assert handle.status_url.startswith(bench.providers.base_url)
    assert bench.bought() == 1


# How one stands


class _Queue(FalRequests):
    """The queue's calls, with a queue that answers a look so."""

    answer: Any = None

    def poll(self, entry: Entry) -> Any:
        del entry
        if isinstance(self.answer, Exception):
            raise self.answer
        return self.answer


def _gone(status: int) -> httpx.HTTPStatusError:
    request = httpx.Request("GET", "https://queue.fal.run/a")
    return httpx.HTTPStatusError("no", request=request, response=httpx.Response(status, request=request))


@pytest.mark.parametrize(
    ("item", "answer", "stands"),
    [
        ({"status_code": 200}, Queued(position=1), "delivered"),
        ({"status_code": 422}, Queued(position=1), None),
        ({}, Queued(position=1), "under way"),
        ({}, InProgress(logs=None), "under way"),
        ({}, Completed(logs=None, metrics={}), "delivered"),
        ({}, Completed(logs=None, metrics={}, error="no", error_type="bad_request"), None),
        ({}, _gone(404), None),
    ],
)
def test_how_a_request_stands_is_the_historys_word_else_the_queues(
    entry: Entry, item: dict[str, Any], answer: Any, stands: str | None
) -> None:
    calls = _Queue.once(requests(item)._client)
    calls.answer = answer
    assert calls.stands(entry) == stands


def test_a_queue_that_refuses_to_tell_says_nothing_of_a_request(entry: Entry) -> None:
    calls = _Queue.once(requests({})._client)
    calls.answer = _gone(403)
    with pytest.raises(StudioError):
        calls.stands(entry)


# Two witnesses


def test_what_the_history_keeps_of_a_good_end_is_the_result(entry: Entry) -> None:
    kept = {"status_code": 200, "json_output": {"video": {"url": "https://v"}}}
    assert requests(kept)._by_history(entry, DONE, refused(500)) == ({"video": {"url": "https://v"}}, None)


@pytest.mark.parametrize("code", [422, 500, 503])
def test_a_failure_that_the_history_has_too_is_one(entry: Entry, code: int) -> None:
    failure = refused(code)
    assert requests({"status_code": code})._by_history(entry, DONE, failure) == failure


def test_another_answer_than_the_historys_was_about_the_asking_and_the_historys_word_counts(entry: Entry) -> None:
    done = Completed(logs=None, metrics={}, error="Runner disconnected", error_type="runner_disconnected")
    found = requests({"status_code": 503})._by_history(entry, done, refused(404))
    assert isinstance(found, Failure)
    assert found.status == 503
    assert "Runner disconnected" in found.why


@pytest.mark.parametrize(
    "item",
    [
        None,
        {},
        {"status_code": None},
        {"status_code": 200},
        {"status_code": 200, "json_output": "x"},
        {"status_code": "500"},
    ],
)
@pytest.mark.parametrize("status", [404, 405, 422, 500])
def test_with_one_witness_the_request_lives_on_and_another_try_asks_again(
    entry: Entry, item: dict[str, Any] | None, status: int
) -> None:
    with pytest.raises(StudioError) as raised:
        requests(item)._by_history(entry, DONE, refused(status))
    assert raised.value.retryable


def test_an_output_beside_a_failure_is_no_result(entry: Entry) -> None:
    found = requests({"status_code": 422, "json_output": {"video": {}}})._by_history(entry, DONE, refused(422))
    assert isinstance(found, Failure)


@pytest.mark.parametrize("name", ["x-fal-request-id", "X-Fal-Error-Type", "x-fal-retryable"])
def test_an_answer_is_the_models_own_by_what_a_gateway_does_not_write(name: str) -> None:
    request = httpx.Request("GET", "https://queue.fal.run/r")
    own = httpx.HTTPStatusError("no", request=request, response=httpx.Response(422, headers={name: "1"}))
    gateways = httpx.HTTPStatusError(
        "no", request=request, response=httpx.Response(502, headers={"server": "cloudflare"})
    )
    assert (_of_the_model(own), _of_the_model(gateways), _of_the_model(ValueError())) == (True, False, False)


@pytest.mark.parametrize("status", [400, 405, 409, 418, 422])
def test_what_one_answer_calls_wrong_is_no_word_about_a_request_that_lives_on(status: int) -> None:
    told = _about_asking(refused(status), Step.RESULT)
    assert (told.kind, told.retryable, told.status) == (Kind.ODD_ANSWER, True, status)


@pytest.mark.parametrize("status", [401, 404, 429, 500])
def test_what_is_wrong_with_the_asking_itself_stays_what_it_is(status: int) -> None:
    assert _about_asking(refused(status), Step.RESULT) == refused(status)


# Waits and spans


def test_a_provider_that_asks_to_be_left_alone_is_and_not_for_ever() -> None:
    calls, failure = requests({}), refused(429)
    waits = [calls._asked_to_wait(replace(failure, retry_after=after)) for after in (None, 0.0, 30.0, 1e9)]
    assert waits == [0.5, 0.5, 30.0, 120.0]


def test_seconds_of_work_are_the_providers_where_it_tells_them(entry: Entry) -> None:
    measured = _spans(entry, Completed(logs=None, metrics={"inference_time": 12.5}), _Watch())
    assert measured["render_seconds"] == 12.5
    assert measured["queue_seconds"] == 0.0
    assert _spans(entry, DONE, _Watch()) == {}


@pytest.mark.parametrize(
    "metrics", [None, [], "fast", {"inference_time": None}, {"inference_time": math.nan}, {"inference_time": "9"}]
)
def test_odd_measures_of_a_finished_request_lose_nothing(entry: Entry, metrics: Any) -> None:
    watch = _Watch()
    watch.working = watch.began
    spans = _spans(entry, Completed(logs=None, metrics=metrics), watch)
    assert all(spans[name] >= 0 for name in ("queue_seconds", "render_seconds"))  # type: ignore[operator]


@pytest.mark.parametrize("logs", [None, [], {"message": "x"}, "Rendering", [None, 5, {"message": None}]])
def test_odd_lines_of_a_provider_are_left_out(entry: Entry, logs: Any) -> None:
    calls, watch = requests({}), _Watch()
    calls._show(entry, Queued(position=2), watch)
    calls._show(entry, InProgress(logs=logs), watch)
    assert watch.place == 2
    assert watch.working is not None


def test_each_line_of_a_provider_is_told_once_without_the_key(entry: Entry, caplog: pytest.LogCaptureFixture) -> None:
    platform = httpx.Client(base_url="https://api.test/v1/")
    client = FalClient(SyncClient(key="secret-key-1"), None, platform, ("secret-key-1",))
    calls, watch = FalRequests(client, poll_seconds=1, start_seconds=1, pause=lambda _: None), _Watch()
    lines = [{"message": "loading with secret-key-1"}]
    with caplog.at_level("INFO", "ninja.fal"):
        calls._show(entry, InProgress(logs=lines), watch)
        calls._show(entry, InProgress(logs=[*lines, {"message": "half"}]), watch)
    assert caplog.text.count("loading with ***") == 1
    assert caplog.text.count("half") == 1
    assert "secret-key-1" not in caplog.text
