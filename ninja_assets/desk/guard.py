"""Who may talk to the server: rules over the headers of a request, before any of it reaches Dagster or the desk.

Dagster's webserver asks nobody who they are. Bare, any web page that is open in the same browser can launch a paid run:
by the address of a picture, by a form, by a beacon, or under a name of its own that it points at 127.0.0.1 (DNS
rebinding). Here a browser's own words (Host, Origin, Sec-Fetch-*, Content-Type) decide. This is no login: a program of
this machine may send what it likes.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass

from starlette.datastructures import Headers, MutableHeaders
from starlette.responses import PlainTextResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send
from starlette.websockets import WebSocket

from resources.core.errors import ContentError

HOSTS = "NINJA_UI_HOSTS"
_NAME = re.compile(r"(?P<name>[a-z0-9]([a-z0-9.-]*[a-z0-9])?|\[[0-9a-f:]+\])(?P<port>:\d{1,5})?")
_READS = frozenset({"GET", "HEAD", "OPTIONS"})
_OWN_SITE = frozenset({"same-origin", "none"})  # none: a person typed the address, or opened a bookmark
_GRAPHQL = "/graphql"
_GRAPHQL_BODIES = frozenset({"application/json", "application/graphql"})  # no form and no beacon can send these
_POLICY_VIOLATION = 1008  # RFC 6455, 7.4.1
# A page of another site can neither frame a page of ours (and have its buttons clicked) nor load a file of it.
_HEADERS = {"X-Frame-Options": "SAMEORIGIN", "Cross-Origin-Resource-Policy": "same-origin"}


@dataclass(frozen=True)
class Names:
    """The names that this server answers to: values of Host, and the origins of its own pages."""

    hosts: frozenset[str]
    origins: frozenset[str]

    @classmethod
    def of(cls, host: str, port: int, environment: Mapping[str, str]) -> "Names":
        """Loopback, the address that is listened on, and what NINJA_UI_HOSTS adds. Raises ContentError for the latter.

        A further name without a port is meant with this port and with none, as behind a proxy that has HTTPS.
        """
        listening = f"[{host}]" if ":" in host else host.lower()
        own = {f"{name}:{port}" for name in ("127.0.0.1", "localhost", "[::1]", listening)}
        if port == 80:
            own |= {name.removesuffix(":80") for name in own}
        further = _further(environment.get(HOSTS, ""), port)
        return cls(
            hosts=frozenset(own | further),
            origins=frozenset({f"http://{name}" for name in own | further} | {f"https://{name}" for name in further}),
        )


def _further(setting: str, port: int) -> set[str]:
    names: set[str] = set()
    for entry in setting.lower().replace(",", " ").split():
        found = _NAME.fullmatch(entry)
        if found is None:
            raise ContentError(
                f"{entry!r} is no name of a server",
                where=HOSTS,
                why="each entry is a name with or without a port; a pattern would let a foreign page in",
                hint=f"export {HOSTS}=studio.local,studio.example.com:8080",
            )
        names |= {entry} if found["port"] else {entry, f"{entry}:{port}"}
    return names


def refusal(names: Names, scope: Scope) -> str | None:
    """Why a request or a websocket is refused, as one sentence; None when it may go on."""
    headers = Headers(scope=scope)
    return (
        _foreign_host(names, headers)
        or _foreign_page(names, headers)
        or _foreign_site(scope, headers)
        or (_no_request_of_ours(scope, headers) if scope["type"] == "http" else None)
    )


def _foreign_host(names: Names, headers: Headers) -> str | None:
    hosts = headers.getlist("host")
    if len(hosts) == 1 and hosts[0].lower() in names.hosts:
        return None
    return (
        f"refused: the request is for {_shown(hosts)}, which is no name of this server; if it is one, start "
        f"`ninja ui` with {HOSTS}=that name"
    )


def _foreign_page(names: Names, headers: Headers) -> str | None:
    origins = headers.getlist("origin")
    if not origins or (len(origins) == 1 and origins[0].lower() in names.origins):
        return None
    return (
        f"refused: the request was made by a page of {_shown(origins)}, which is none of this server's; if that is its "
        f"name, start `ninja ui` with {HOSTS}=that name"
    )


def _foreign_site(scope: Scope, headers: Headers) -> str | None:
    sites = headers.getlist("sec-fetch-site")
    if _OWN_SITE.issuperset(sites):
        return None
    visit = headers.get("sec-fetch-mode") == "navigate" and headers.get("sec-fetch-dest") == "document"
    if visit and scope.get("method") == "GET":
        return None  # a link to one of our pages, opened as a page
    return f"refused: a page of another site asked for this (Sec-Fetch-Site {_shown(sites)}); open the address itself"


def _no_request_of_ours(scope: Scope, headers: Headers) -> str | None:
    graphql = scope["path"].rstrip("/").endswith(_GRAPHQL)
    if scope["method"] in _READS:
        # Dagster answers a GET with the GraphiQL page exactly when this holds, and executes its query otherwise.
        if not graphql or scope["method"] != "GET" or "text/html" in headers.get("accept", ""):
            return None
        return "refused: GraphQL is asked by POST with Content-Type: application/json; a GET shows its page and no more"
    kinds = headers.getlist("content-type")
    if not kinds and not graphql:
        return None  # a report without a body; a page that sends one says its Origin
    if len(kinds) == 1 and kinds[0].split(";")[0].strip().lower() in _GRAPHQL_BODIES:
        return None
    return f"refused: a change is sent with Content-Type: application/json, not {_shown(kinds)}"


def _shown(values: list[str]) -> str:
    return " and ".join(ascii(value[:80]) for value in values[:3]) or "none at all"


class Guard:
    """ASGI middleware: refuses with 403 what `refusal` says, and keeps other sites from framing all else."""

    def __init__(self, app: ASGIApp, *, names: Names) -> None:
        self._app = app
        self._names = names

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve or refuse one request or websocket."""
        if scope["type"] not in ("http", "websocket"):
            await self._app(scope, receive, send)
            return
        why = refusal(self._names, scope)
        if why is None:
            await self._app(scope, receive, _with_headers(send))
        elif scope["type"] == "http":
            await _forbidden(why)(scope, receive, send)
        else:
            await WebSocket(scope, receive, send).close(_POLICY_VIOLATION)  # not accepted yet: it is answered with 403


def _forbidden(why: str) -> PlainTextResponse:
    return PlainTextResponse(f"{why}\n", 403, {"X-Content-Type-Options": "nosniff", "Cache-Control": "no-store"})


def _with_headers(send: Send) -> Send:
    async def sent(message: Message) -> None:
        if message["type"] == "http.response.start":
            MutableHeaders(scope=message).update(_HEADERS)
        await send(message)

    return sent
