"""The server of webhooks: what it believes and writes down, and everything that it refuses."""

import asyncio
import gzip
import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from types import SimpleNamespace
from urllib.parse import urlsplit

import httpx
import pytest
from starlette.types import Message

from ninja_assets.desk.hooks import hooks_app
from resources.core.errors import LedgerError
from resources.providers.fal.wire.signatures import FalKeys
from resources.providers.fal.wire.webhooks import FalWebhooks
from resources.purchasing.ledger.arrivals import Hooks
from resources.purchasing.ledger.tables.store import Store
from tests.signer import Signer, signing

ENTRY = 7


@dataclass(frozen=True)
class Door:
    """The server with a database, and who may sign."""

    hooks: Hooks
    signer: Signer

    def send(
        self, path: str, headers: Mapping[str, str], body: bytes, *, method: str = "POST", url: str = ""
    ) -> httpx.Response:
        app = hooks_app(self.hooks, FalKeys(self.signer.base_url), url)

        async def sent() -> httpx.Response:
            async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://hooks.example") as client:
                return await client.request(method, path, headers=dict(headers), content=body)

        return asyncio.run(sent())


@pytest.fixture
def door(tmp_path: Path) -> Iterator[Door]:
    store = Store(f"sqlite:///{tmp_path / 'ledger.db'}")
    with signing() as signer:
        yield Door(Hooks(store), signer)
    store.close()


def test_a_hook_of_ours_is_written_down_and_the_same_again_changes_nothing(door: Door) -> None:
    path = f"/fal/{door.hooks.expect(ENTRY)}"
    assert door.send(path, *door.signer.hook("r1")).status_code == 200
    assert door.hooks.request_of(ENTRY) == "r1"
    assert door.send(path, *door.signer.hook("r1")).status_code == 200
    assert door.send(path, *door.signer.hook("another")).status_code == 200
    assert door.hooks.request_of(ENTRY) == "r1"


def test_what_is_forged_changed_late_or_not_signed_is_refused_and_not_written(door: Door) -> None:
    path = f"/fal/{door.hooks.expect(ENTRY)}"
    headers, body = door.signer.hook("r1")
    stranger = Signer()
    refused = [
        stranger.hook("r1"),
        (headers, body.replace(b"OK", b"ERROR")),
        ({**headers, "x-fal-webhook-request-id": "r2"}, body),
        ({**headers, "x-fal-webhook-signature": "zz"}, body),
        ({**headers, "x-fal-webhook-timestamp": "soon"}, body),
        ({}, body),
        door.signer.hook("r1", at=0),
    ]
    assert [door.send(path, *each).status_code for each in refused] == [403] * len(refused)
    assert door.hooks.request_of(ENTRY) is None


def test_an_address_that_was_never_sent_is_refused_before_a_signature_is_looked_at(door: Door) -> None:
    for path in ("/fal/guessed", "/fal/", "/", "/desk/", "/graphql"):
        assert door.send(path, *door.signer.hook("r1")).status_code == 404
    assert door.send(f"/fal/{door.hooks.expect(ENTRY)}", {}, b"", method="GET").status_code == 405
    assert door.signer.asked == 0


# Behind a proxy


@pytest.mark.parametrize("url", ["https://studio.example/of/ninja", "https://studio.example/of/ninja/"])
def test_a_proxy_may_leave_the_path_of_the_address_before_ours_or_take_it_away(door: Door, url: str) -> None:
    for before in ("/of/ninja", ""):
        address = FalWebhooks(url, door.hooks).address(SimpleNamespace(id=ENTRY))  # type: ignore[arg-type]
        path = before + urlsplit(address).path.removeprefix("/of/ninja")
        assert door.send(path, *door.signer.hook("r1"), url=url).status_code == 200
        assert door.hooks.request_of(ENTRY) == "r1"
    path = f"/of/another/fal/{door.hooks.expect(ENTRY)}"
    assert door.send(path, *door.signer.hook("r2"), url=url).status_code == 404


def test_what_a_proxy_adds_to_the_headers_changes_nothing_and_what_it_does_to_the_body_is_refused(door: Door) -> None:
    path = f"/fal/{door.hooks.expect(ENTRY)}"
    headers, body = door.signer.hook("r1")
    added = {"x-forwarded-for": "203.0.113.7, 10.0.0.1", "x-forwarded-proto": "https", "via": "1.1 proxy"}
    packed = {**headers, "content-encoding": "gzip"}
    assert door.send(path, packed, gzip.compress(body)).status_code == 403
    assert door.send(path, {**headers, **added}, body + b" ").status_code == 403
    assert door.hooks.request_of(ENTRY) is None
    assert door.send(path, {**headers, **added}, body).status_code == 200
    assert door.hooks.request_of(ENTRY) == "r1"


def test_a_delivery_that_a_proxy_breaks_off_is_no_fault_of_ours_and_may_come_again(door: Door) -> None:
    path = f"/fal/{door.hooks.expect(ENTRY)}"
    headers, body = door.signer.hook("r1")
    app = hooks_app(door.hooks, FalKeys(door.signer.base_url))
    parts: list[Message] = [{"type": "http.request", "body": body[:10], "more_body": True}, {"type": "http.disconnect"}]
    scope = {
        "type": "http",
        "method": "POST",
        "path": path,
        "query_string": b"",
        "root_path": "",
        "headers": [(name.encode(), value.encode()) for name, value in headers.items()],
    }
    answers: list[Message] = []

    async def receive() -> Message:
        return parts.pop(0)

    async def send(message: Message) -> None:
        answers.append(message)

    asyncio.run(app(scope, receive, send))  # raises nothing: that would be a traceback in the log
    assert [each["status"] for each in answers if "status" in each] == [400]
    assert door.hooks.request_of(ENTRY) is None
    assert door.send(path, headers, body).status_code == 200


@pytest.mark.parametrize("what", ["expected", "arrive"])
def test_while_the_ledger_is_away_a_hook_may_come_again(door: Door, monkeypatch: pytest.MonkeyPatch, what: str) -> None:
    path = f"/fal/{door.hooks.expect(ENTRY)}"

    def away(*_: str) -> bool:
        raise LedgerError("the ledger cannot be read")

    with monkeypatch.context() as patch:
        patch.setattr(door.hooks, what, away)
        assert door.send(path, *door.signer.hook("r1")).status_code == 503
    assert door.send(path, *door.signer.hook("r1")).status_code == 200
    assert door.hooks.request_of(ENTRY) == "r1"


@pytest.mark.parametrize(
    ("body", "status"),
    [
        (b"{}", 400),
        (b"no json", 400),
        (json.dumps({"request_id": "", "status": "OK"}).encode(), 400),
        (json.dumps({"request_id": "r1", "status": "MAYBE"}).encode(), 400),
        (b" " * 1_000_001, 413),
    ],
)
def test_a_body_that_names_no_request_or_is_too_large_is_refused(door: Door, body: bytes, status: int) -> None:
    path = f"/fal/{door.hooks.expect(ENTRY)}"
    assert door.send(path, door.signer.signed(body), body).status_code == status
    assert door.hooks.request_of(ENTRY) is None


def test_where_the_keys_cannot_be_read_the_hook_may_come_again(door: Door) -> None:
    path = f"/fal/{door.hooks.expect(ENTRY)}"
    door.signer.answers = False
    assert door.send(path, *door.signer.hook("r1")).status_code == 503
    door.signer.answers = True
    assert door.send(path, *door.signer.hook("r1")).status_code == 200
