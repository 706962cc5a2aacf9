"""HTTP as the two providers' rooms see it: requests, replies, routes. And the transport, which alone can spoil a reply.

Knows nothing of fal.ai or ElevenLabs.
"""

import json
import re
import socket
import sys
import threading
import time
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass, field, replace
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, unquote, urlsplit

from tests.providers.faults import Act, Fault, Faults


@dataclass(frozen=True)
class Request:
    """One request. Header names are in lower case; `query` has the last value of each name."""

    method: str
    path: str
    query: Mapping[str, str]
    queries: Mapping[str, list[str]]
    headers: Mapping[str, str]
    body: bytes

    def text(self) -> str:
        """What a fault's `contains` is searched in."""
        return f"{self.path} {self.body.decode('utf-8', errors='replace')}"


@dataclass(frozen=True)
class Reply:
    """One reply. `sent` is called once every byte of it has left, unspoiled."""

    status: int = 200
    body: bytes = b""
    headers: Mapping[str, str] = field(default_factory=dict)
    sent: Callable[[], None] | None = None


def reply(document: Any, status: int = 200, headers: Mapping[str, str] | None = None) -> Reply:
    """A JSON reply."""
    return Reply(status, json.dumps(document).encode(), {"content-type": "application/json", **(headers or {})})


class RefusalError(Exception):
    """A request that is answered with an error."""

    def __init__(self, answer: Reply) -> None:
        super().__init__(answer.status)
        self.answer = answer


Handler = Callable[[Request, re.Match[str], Fault | None], Reply]


@dataclass(frozen=True)
class Route:
    """`step` is the name that faults and reports use; `pattern` matches the whole path."""

    method: str
    pattern: str
    step: str
    handler: Handler


class Transport(ThreadingHTTPServer):
    """A threaded server over a list of routes."""

    daemon_threads = True
    request_queue_size = 256

    def __init__(self, port: int, routes: list[Route], faults: Faults, count: Callable[[str, int, int], None]) -> None:
        super().__init__(("127.0.0.1", port), _Exchange)
        self.routes = routes
        self.faults = faults
        self.count = count
        self.last: dict[str, Reply] = {}
        self.last_byte = threading.Lock()

    def route(self, method: str, path: str) -> tuple[Route, re.Match[str]] | None:
        """The route of a request, or None."""
        for route in self.routes:
            if route.method == method and (match := re.fullmatch(route.pattern, path)):
                return route, match
        return None

    def handle_error(self, request: Any, client_address: Any) -> None:
        """A client that went away is an everyday matter; a mistake of the server is shown."""
        if not isinstance(sys.exception(), ConnectionError):
            super().handle_error(request, client_address)


class _LostError(Exception):
    """The connection is to be closed without another byte."""


class _Exchange(BaseHTTPRequestHandler):
    server: Transport
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True
    timeout = 600

    def log_message(self, format: str, *args: Any) -> None:
        """Nothing: the report counts requests."""

    def do_GET(self) -> None:
        self._exchange()

    do_POST = do_PUT = do_PATCH = do_DELETE = do_GET  # noqa: N815 - names that http.server calls

    def _exchange(self) -> None:
        try:
            self._answer(self._read())
        except (_LostError, ConnectionError, TimeoutError):
            self.close_connection = True
            with suppress(OSError):
                self.connection.shutdown(socket.SHUT_RDWR)

    def _read(self) -> Request:
        parts = urlsplit(self.path)
        queries = parse_qs(parts.query, keep_blank_values=True)
        size = int(self.headers.get("content-length") or 0)
        body = self.rfile.read(size)
        if len(body) < size:
            raise _LostError
        return Request(
            method=self.command,
            path=unquote(parts.path),
            query={name: values[-1] for name, values in queries.items()},
            queries=queries,
            headers={name.lower(): value for name, value in self.headers.items()},
            body=body,
        )

    def _answer(self, request: Request) -> None:
        with self.server.last_byte:  # what a client has read whole is noted before it hears anything else
            found = self.server.route(request.method, request.path)
        if found is None:
            self._send(reply({"detail": "Not Found"}, 404))
            return
        route, match = found
        fault = self.server.faults.pick(route.step, request.text)
        if fault is not None and fault.act is Act.DELAY:
            time.sleep(fault.seconds)
        untaken = fault is not None and not fault.accepted
        answer = Reply() if untaken else self._call(route, request, match, fault)
        answer = self._spoil(route, answer, fault)
        self._send(answer, fault if fault is not None and fault.act is Act.TRUNCATE else None)
        self.server.count(route.step, len(request.body), len(answer.body))

    def _call(self, route: Route, request: Request, match: re.Match[str], fault: Fault | None) -> Reply:
        try:
            return route.handler(request, match, fault)
        except RefusalError as refusal:
            return refusal.answer

    def _spoil(self, route: Route, answer: Reply, fault: Fault | None) -> Reply:
        before = self.server.last.get(route.step)
        self.server.last[route.step] = answer
        if fault is None:
            return answer
        match fault.act:
            case Act.DROP:
                raise _LostError
            case Act.HANG:
                time.sleep(fault.seconds)
                raise _LostError
            case Act.REPLY:
                return Reply(fault.status, fault.content(), {"content-type": fault.content_type, **fault.headers})
            case Act.PATCH:
                document = {**json.loads(answer.body), **fault.patch}
                kept = {name: value for name, value in document.items() if name not in fault.remove}
                return replace(answer, body=json.dumps(kept).encode(), sent=None)
            case Act.SHORTEN:
                return replace(answer, body=answer.body[: int(len(answer.body) * fault.fraction)], sent=None)
            case Act.REPEAT:
                return before or answer
            case _:
                return answer

    def _send(self, answer: Reply, truncated: Fault | None = None) -> None:
        self.send_response(answer.status, HTTPStatus(answer.status).phrase if answer.status in _KNOWN else "Odd")
        for name, value in answer.headers.items():
            self.send_header(name, value)
        self.send_header("content-length", str(len(answer.body)))
        self.end_headers()
        if truncated is not None:
            self.wfile.write(answer.body[: int(len(answer.body) * truncated.fraction)])
            raise _LostError
        self.wfile.write(answer.body[:-1])
        with self.server.last_byte:
            self.wfile.write(answer.body[-1:])
            if answer.sent is not None:
                answer.sent()


_KNOWN = {status.value for status in HTTPStatus}
