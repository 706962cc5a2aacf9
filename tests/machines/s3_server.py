"""An S3 server on loopback, as a process of its own: `python -m tests.machines.s3_server` prints {"url": …} and serves.

moto is the server; what stands before it counts the requests of each kind and lets uploads break off as it is told.
"""

import json
import threading
from collections import Counter
from collections.abc import Callable, Iterable
from io import BytesIO
from typing import Any
from urllib.parse import parse_qs

from moto.moto_server.werkzeug_app import DomainDispatcherApplication, create_backend_app
from werkzeug.serving import WSGIRequestHandler, make_server

CONTROL = "/_control/"
_SLOW_DOWN = b"<Error><Code>SlowDown</Code><Message>Please reduce your request rate.</Message></Error>"
Environment = dict[str, Any]
Start = Callable[..., Any]


class Counted:
    """The server with its requests counted. `GET /_control/requests` tells them and counts anew.

    `GET /_control/break?how=…&of=…` says how the next upload ends whose address holds `of`: `short` (half of it is
    stored, and the caller is told that all is well) or `refused` (503, and nothing is stored). `GET
    /_control/away?how=…` lets all requests fail from then on, until `/_control/back`: `slow` (503, SlowDown) or
    `silent` (no answer).
    """

    def __init__(self) -> None:
        self._server = DomainDispatcherApplication(create_backend_app)
        self._requests: Counter[str] = Counter()
        self._breaks: list[tuple[str, str]] = []
        self._away = ""
        self._back = threading.Event()
        self._turn = threading.Lock()

    def __call__(self, environ: Environment, start: Start) -> Iterable[bytes]:
        path, method = environ["PATH_INFO"], environ["REQUEST_METHOD"]
        if path.startswith(CONTROL):
            return self._control(path.removeprefix(CONTROL), parse_qs(environ["QUERY_STRING"]), start)
        with self._turn:
            self._requests["LIST" if "list-type" in environ["QUERY_STRING"] else method] += 1
            how = self._breaks.pop(0)[0] if method == "PUT" and self._breaks and self._breaks[0][1] in path else ""
        if self._away == "silent":
            self._back.wait()
        if self._away == "slow":
            how = "refused"
        if how == "refused":
            environ["wsgi.input"].read(int(environ.get("CONTENT_LENGTH") or 0))
            said = b"" if method == "HEAD" else _SLOW_DOWN
            start("503 Slow Down", [("Content-Type", "application/xml"), ("Content-Length", str(len(said)))])
            return [said]
        if how == "short":
            half = environ["wsgi.input"].read(int(environ["CONTENT_LENGTH"]))[: int(environ["CONTENT_LENGTH"]) // 2]
            environ |= {"wsgi.input": BytesIO(half), "CONTENT_LENGTH": str(len(half))}
        return self._server(environ, start)  # type: ignore[no-any-return]

    def _control(self, what: str, given: dict[str, list[str]], start: Start) -> Iterable[bytes]:
        with self._turn:
            told = dict(self._requests)
            if what == "away":
                self._away = given["how"][0]
                self._back.clear()
            elif what == "back":
                self._away = ""
                self._back.set()
            elif what == "break":
                self._breaks.append((given["how"][0], given["of"][0]))
            else:
                self._requests.clear()
        start("200 OK", [("Content-Type", "application/json")])
        return [json.dumps(told).encode()]


class _Quiet(WSGIRequestHandler):
    protocol_version = "HTTP/1.1"

    def log(self, kind: str, message: str, *values: object) -> None:
        """Say nothing."""


def main() -> None:
    """Serve until killed."""
    server = make_server("127.0.0.1", 0, Counted(), threaded=True, request_handler=_Quiet)
    print(json.dumps({"url": f"http://127.0.0.1:{server.port}"}), flush=True)
    server.serve_forever()


if __name__ == "__main__":
    main()
