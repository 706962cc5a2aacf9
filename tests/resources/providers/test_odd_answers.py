"""Both clients against a server that answers anything: what it means is an error of theirs or of ours, never a crash.

What each reads is taken from a true answer of which parts were changed.
"""

import copy
import json
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import JsonValue

from resources.core.errors import NinjaError
from resources.media.audio.alignment import aligned_words
from resources.models.prices import PriceList
from resources.providers.elevenlabs import api as elevenlabs
from resources.providers.elevenlabs.statement import statement as elevenlabs_statement
from resources.providers.fal import submissions as fal
from resources.providers.fal.pricing import refresh
from resources.providers.fal.statement import statement as fal_statement
from resources.providers.fal.wire.client import FalClient
from resources.providers.fal.wire.history import FalHistory
from resources.purchasing.ledger import Ledger
from tests.empty_ledger import empty_ledger
from tests.providers.fixture import pointed_anew
from tests.resources.purchasing.ledger.helpers import CAPS, purchase

NOW = datetime(2026, 11, 29, 12, tzinfo=UTC)
SINCE = NOW - timedelta(days=3)
MODEL = "fal-ai/x"
LINE: dict[str, JsonValue] = {"voice_id": "v", "model_id": "m", "text": "Hi you.", "voice_settings": {"stability": 0.5}}
ALIGNMENT = {
    "characters": list("Hi you."),
    "character_start_times_seconds": [0.1 * n for n in range(7)],
    "character_end_times_seconds": [0.1 * n + 0.1 for n in range(7)],
}
ITEM = {
    "history_item_id": "h1", "request_id": "r1", "voice_id": "v", "model_id": "m", "text": "Hi you.",
    "date_unix": int(NOW.timestamp()), "character_count_change_from": 0, "character_count_change_to": 7,
    "content_type": "audio/mpeg", "state": "created", "settings": {"stability": 0.5}, "source": "TTS",
    "alignments": {"alignment": ALIGNMENT, "normalized_alignment": ALIGNMENT},
}  # fmt: skip
SPOKEN = {"audio_base64": "YWJj", "alignment": ALIGNMENT, "normalized_alignment": None}
LINES = {"history": [ITEM], "last_history_item_id": "h1", "has_more": False, "scanned_until": 0}
TAKEN = {f"{name}_url": f"https://queue.fal.run/x/requests/q1/{name}" for name in ("response", "status", "cancel")}
REQUESTS = {
    "items": [
        {
            "request_id": "q1", "endpoint_id": MODEL, "sent_at": "2026-11-29T10:00:00Z", "status_code": 200,
            "json_input": {"prompt": "a"}, "json_output": {"video": {"url": "https://x"}}, "duration": 3.0,
        }
    ],
    "has_more": False,
    "next_cursor": None,
}  # fmt: skip
BILLS = {"billing_events": [{"request_id": "q1", "cost_total": 1.5}], "summary": [{"cost_total": 1.0}], **REQUESTS}
OFFERS = {"prices": [{"endpoint_id": MODEL, "unit_price": 0.05, "unit": "second", "currency": "USD"}]}

ODD: st.SearchStrategy[Any] = st.sampled_from(
    [None, 0, -1, 1e308, "", "x", "NaN", [], {}, [None], [[]], {"a": 1}, True, 3.5, "2020-01-01T00:00:00"]
)
NO_JSON = st.sampled_from([b"", b"[", b"\xff\xfe", b"null", b"1" * 5_000, b"<html>"])


def places(value: Any, at: tuple[str | int, ...] = ()) -> Iterator[tuple[str | int, ...]]:
    yield at
    inner = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for name, each in inner:
        yield from places(each, (*at, name))


@st.composite
def changed(draw: st.DrawFn, answer: dict[str, Any]) -> bytes:
    """An answer with one to three parts of it changed or taken out; or none that is JSON."""
    if draw(st.integers(0, 19)) == 0:
        return draw(NO_JSON)
    made: Any = copy.deepcopy(answer)
    for _ in range(draw(st.integers(1, 3))):
        *way, last = draw(st.sampled_from([at for at in places(made) if at] or [("a",)]))
        holder = made
        for step in way:
            holder = holder[step]
        if isinstance(holder, dict) and draw(st.booleans()):
            holder.pop(last, None)
        else:
            holder[last] = copy.deepcopy(draw(ODD))
    return json.dumps(made).encode()


class Answers:
    """What the server answers to whatever it is asked."""

    def __init__(self) -> None:
        self.body = b"{}"
        self.status = 200


@contextmanager
def serving(answers: Answers) -> Iterator[str]:
    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_GET(self) -> None:
            self.rfile.read(int(self.headers.get("content-length") or 0))
            self.send_response(answers.status)
            self.send_header("content-type", "application/json")
            self.send_header("content-length", str(len(answers.body)))
            self.end_headers()
            self.wfile.write(answers.body)

        do_POST = do_GET  # noqa: N815  (as the server calls it)

        def log_message(self, *_: object) -> None:
            """Nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


class Clients:
    """Both clients, and everything that they read."""

    def __init__(self, base: str, answers: Answers, ledger: Ledger) -> None:
        self.answers, self.ledger = answers, ledger
        sent = ledger.sending(ledger.claim(purchase()), {"prompt": "a"}).entry
        self.entry = sent.model_copy(update={"endpoint": MODEL, "sent_at": SINCE})
        self.eleven = elevenlabs.ElevenLabsClient.open("sk_test", base)
        self.fal = FalClient.open("id:secret", base)
        self.prices = PriceList.load(Path("no-such-file.toml"))

    def speaks(self) -> None:
        recording = self.eleven.speak(LINE)
        if recording.alignment is not None:
            aligned_words("Hi you.", recording.alignment, 1.0, tags=True)

    def finds_lines(self) -> None:
        for item in self.eleven.items(LINE, SINCE):
            self.eleven.fetched(item)

    def finds_a_line(self) -> None:
        item = self.eleven.item(LINE, "h1", SINCE)
        if item is not None:
            self.eleven.fetched(item)

    def reads_the_plan(self) -> None:
        self.eleven.plan_at_once()

    def states_lines(self) -> None:
        elevenlabs_statement(self.eleven, SINCE)

    def submits(self) -> None:
        self.fal.sync.submit(MODEL, {"prompt": "a"})

    def finds_requests(self) -> None:
        FalHistory(self.fal).look(self.ledger)(self.entry)

    def states_requests(self) -> None:
        fal_statement(self.fal, [MODEL], SINCE)

    def asks_for_prices(self) -> None:
        refresh(self.fal, self.prices, lambda _: None, today=NOW.date(), endpoints=[MODEL], pause=lambda _: None)


@pytest.fixture(scope="module")
def clients(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Clients]:
    answers, books = Answers(), empty_ledger(tmp_path_factory.mktemp("books") / "ledger.db")
    with serving(answers) as base, pointed_anew(), Ledger(books, caps=CAPS) as ledger:
        made = Clients(base, answers, ledger)
        yield made
        made.fal.close()


@pytest.mark.parametrize(
    ("read", "answer", "errors"),
    [
        (Clients.speaks, SPOKEN, elevenlabs.CLIENT_ERRORS),
        (Clients.finds_lines, LINES, elevenlabs.CLIENT_ERRORS),
        (Clients.finds_a_line, ITEM, elevenlabs.CLIENT_ERRORS),
        (Clients.reads_the_plan, {"tier": "creator", "character_count": 1}, elevenlabs.CLIENT_ERRORS),
        (Clients.states_lines, LINES, ()),
        (Clients.submits, {"request_id": "q1", **TAKEN}, fal.CLIENT_ERRORS),
        (Clients.finds_requests, REQUESTS, ()),
        (Clients.states_requests, BILLS, ()),
        (Clients.asks_for_prices, OFFERS, ()),
    ],
)
def test_an_answer_of_any_shape_is_read_or_is_an_error_that_says_so(
    clients: Clients,
    read: Callable[[Clients], None],
    answer: dict[str, Any],
    errors: tuple[type[Exception], ...],
) -> None:
    clients.answers.status, clients.answers.body = 200, json.dumps(answer).encode()
    read(clients)

    @settings(max_examples=30, deadline=None)
    @given(changed(answer))
    def is_read_or_refused(body: bytes) -> None:
        clients.answers.body = body
        with suppress(NinjaError, *errors):
            read(clients)

    is_read_or_refused()
    clients.answers.body = b"[" * 20_000  # nested too deep to be read
    with pytest.raises((NinjaError, *errors)):
        read(clients)
