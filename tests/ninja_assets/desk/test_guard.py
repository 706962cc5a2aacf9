"""The guard's rules on an application that does whatever it is asked."""

import asyncio
from collections.abc import Sequence

import httpx
import pytest
from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import PlainTextResponse
from starlette.routing import Route, WebSocketRoute
from starlette.types import Message
from starlette.websockets import WebSocket

from ninja_assets.desk.guard import HOSTS, Guard, Names
from resources.core.errors import ContentError
from tests.ninja_assets.desk.requests import BAD, FOREIGN, GOOD, JSON, Sent, name_of

OWN = "127.0.0.1:3000"


async def _done(_: Request) -> PlainTextResponse:
    return PlainTextResponse("done")


async def _talk(websocket: WebSocket) -> None:
    await websocket.accept()
    await websocket.send_text("done")
    await websocket.close()


def _app(host: str = "127.0.0.1", port: int = 3000, further: str = "") -> Starlette:
    methods = ["GET", "POST", "OPTIONS"]
    routes = [WebSocketRoute("/graphql", _talk), Route("/{path:path}", _done, methods=methods)]
    return Starlette(routes=routes, middleware=[Middleware(Guard, names=Names.of(host, port, {HOSTS: further}))])


def _ask(
    app: Starlette, headers: Sequence[tuple[str, str]], *, method: str = "POST", path: str = "/graphql", body: str = ""
) -> httpx.Response:
    async def ask() -> httpx.Response:
        transport = httpx.ASGITransport(app)
        async with httpx.AsyncClient(transport=transport, base_url=f"http://{OWN}") as client:
            return await client.request(method, path, headers=list(headers), content=body)

    return asyncio.run(ask())


def _open(headers: dict[str, str]) -> list[Message]:
    """What a server is told to send when somebody opens a websocket."""
    said: list[Message] = []

    async def send(message: Message) -> None:
        said.append(message)

    async def receive() -> Message:
        return {"type": "websocket.connect"}

    told = [(name.lower().encode(), value.encode()) for name, value in headers.items()]
    scope = {"type": "websocket", "path": "/graphql", "headers": told}
    asyncio.run(_app()(scope, receive, send))
    return said


@pytest.mark.parametrize("sent", BAD, ids=name_of)
def test_what_a_foreign_page_can_send_is_refused(sent: Sent) -> None:
    answer = _ask(_app(), sent.headers_for(OWN), method=sent.method, path=sent.path, body=sent.body)
    assert (answer.status_code, answer.text.startswith("refused: ")) == (403, True)
    assert answer.text.count("\n") == 1


@pytest.mark.parametrize("sent", GOOD, ids=name_of)
def test_what_own_pages_and_programs_send_goes_on(sent: Sent) -> None:
    answer = _ask(_app(), sent.headers_for(OWN), method=sent.method, path=sent.path, body=sent.body)
    assert (answer.status_code, answer.text) == (200, "done")


@pytest.mark.parametrize("host", [OWN, "localhost:3000", "LocalHost:3000", "[::1]:3000"])
def test_loopback_has_three_names(host: str) -> None:
    answer = _ask(_app(), [*JSON.items(), ("Host", host), ("Origin", f"http://{host.lower()}")])
    assert answer.text == "done"


@pytest.mark.parametrize(
    ("listening", "host"), [("192.168.1.5", "192.168.1.5:3000"), ("fe80::1", "[fe80::1]:3000"), ("::", OWN)]
)
def test_the_address_that_is_listened_on_is_a_name_too(listening: str, host: str) -> None:
    assert _ask(_app(listening), [*JSON.items(), ("Host", host)]).text == "done"


def test_at_port_80_a_browser_leaves_the_port_out() -> None:
    headers = [*JSON.items(), ("Host", "localhost"), ("Origin", "http://localhost")]
    assert _ask(_app(port=80), headers).text == "done"


@pytest.mark.parametrize(
    ("further", "host", "origin"),
    [
        ("studio.local", "studio.local:3000", "http://studio.local:3000"),
        ("studio.local", "studio.local", "https://studio.local"),
        ("a.example, Studio.example:8443", "studio.example:8443", "https://studio.example:8443"),
    ],
)
def test_further_names_are_named_by_the_setting(further: str, host: str, origin: str) -> None:
    headers = [*JSON.items(), ("Host", host), ("Origin", origin)]
    assert _ask(_app(further=further), headers).text == "done"
    refused = _ask(_app(), headers)
    assert refused.status_code == 403
    assert f"{HOSTS}=" in refused.text


@pytest.mark.parametrize(
    "entry", ["*", "*.example", "http://studio.local", "studio.local/desk", "a b:c", "-x", "x:999999"]
)
def test_a_pattern_or_an_address_is_no_name(entry: str) -> None:
    with pytest.raises(ContentError, match=HOSTS):
        Names.of("127.0.0.1", 3000, {HOSTS: entry})


def test_two_hosts_or_origins_in_one_request_are_refused() -> None:
    for double in ("Host", "Origin", "Content-Type"):
        own = {"Host": OWN, "Origin": f"http://{OWN}", "Content-Type": "application/json"}
        assert _ask(_app(), [*own.items(), (double, own[double])]).status_code == 403, double


@pytest.mark.parametrize("headers", [{}, {"Origin": f"http://{OWN}"}, {"Origin": "http://localhost:3000"}])
def test_a_websocket_of_our_own_page_or_of_a_program_is_opened(headers: dict[str, str]) -> None:
    assert [said["type"] for said in _open({"Host": OWN, **headers})][:2] == ["websocket.accept", "websocket.send"]


@pytest.mark.parametrize(
    "headers",
    [
        {"Origin": FOREIGN},
        {"Origin": "null"},
        {"Origin": "http://127.0.0.1:8888"},
        {"Sec-Fetch-Site": "cross-site", "Sec-Fetch-Mode": "websocket"},
        {"Host": "rebound.example", "Origin": "http://rebound.example"},
    ],
)
def test_a_websocket_of_a_foreign_page_is_refused(headers: dict[str, str]) -> None:
    assert [said["type"] for said in _open({"Host": OWN, **headers})] == ["websocket.close"]


def test_no_other_site_may_frame_our_pages_or_load_from_them() -> None:
    headers = _ask(_app(), [], method="GET", path="/runs").headers
    assert headers["X-Frame-Options"] == "SAMEORIGIN"
    assert headers["Cross-Origin-Resource-Policy"] == "same-origin"


def test_what_a_stranger_wrote_is_shown_as_plain_letters() -> None:
    answer = _ask(_app(), [("Host", "<script>" + "x" * 500)], method="GET", path="/")
    assert answer.headers["Content-Type"].startswith("text/plain")
    assert len(answer.text) < 300
