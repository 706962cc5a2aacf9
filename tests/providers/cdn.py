"""fal's storage and CDN: tokens, uploads with a lifecycle, files that expire for good."""

import hashlib
import json
import re
import secrets
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from urllib.parse import urlsplit

from tests.providers.account import Clock
from tests.providers.faults import Fault
from tests.providers.settings import Settings
from tests.providers.wire import RefusalError, Reply, Request, Route, reply

_TOKEN_SECONDS = 3600
_LIFECYCLES = ("x-fal-object-lifecycle", "x-fal-object-lifecycle-preference")


@dataclass(frozen=True)
class File:
    """A file of the CDN. `expires_at` in Unix seconds, None: never."""

    path: Path
    sha256: str
    content_type: str
    expires_at: float | None
    sent: Callable[[], None] | None = None


def lifetime(request: Request) -> float | str | None:
    """The seconds that a request's lifecycle headers ask for; "default" when they say nothing."""
    for name in _LIFECYCLES:
        if name not in request.headers:
            continue
        try:
            seconds = json.loads(request.headers[name])["expiration_duration_seconds"]
        except (ValueError, KeyError, TypeError):
            raise RefusalError(reply({"detail": f"Invalid {name} header"}, 400)) from None
        if seconds is not None and (not isinstance(seconds, int) or seconds <= 0):
            raise RefusalError(reply({"detail": f"Invalid {name} header"}, 400))
        return seconds
    return "default"


class Cdn:
    """Storage by unguessable addresses: equal bytes get a new address each time."""

    def __init__(self, folder: Path, clock: Clock, settings: Callable[[], Settings], base: Callable[[], str]) -> None:
        self._folder = folder
        self._folder.mkdir(parents=True, exist_ok=True)
        self._clock = clock
        self._settings = settings
        self._base = base
        self._tokens: dict[str, float] = {}
        self._files: dict[str, File] = {}

    def routes(self, authorize: Callable[[Request], None]) -> list[Route]:
        """Token, upload and download."""

        def token(request: Request, _: re.Match[str], __: Fault | None) -> Reply:
            authorize(request)
            return self._token(request)

        return [
            Route("POST", "/storage/auth/token", "fal.token", token),
            Route("POST", "/files/upload", "fal.upload", self._upload),
            Route("GET", "/files/b/[A-Za-z0-9_-]+/.+", "fal.file", self._download),
            Route("GET", "/v1/storage/settings", "fal.storage_settings", self._defaults(authorize)),
        ]

    def publish(
        self, path: Path, content_type: str, seconds: float | None, sent: Callable[[], None] | None = None
    ) -> str:
        """Put a file at a new address and return it."""
        expires = None if seconds is None else self._clock.now() + seconds
        name = f"/files/b/{secrets.token_urlsafe(16)}/{path.name}"
        self._files[name] = File(path, hashlib.sha256(path.read_bytes()).hexdigest(), content_type, expires, sent)
        return f"{self._base()}{name}"

    def find(self, url: str) -> File | None:
        """The living file at an address of this CDN, or None: this server has no other network."""
        if not url.startswith(f"{self._base()}/"):
            return None
        file = self._files.get(urlsplit(url).path)
        if file is None or (file.expires_at is not None and file.expires_at <= self._clock.now()):
            return None
        return file

    def seconds(self, asked: float | str | None) -> float | None:
        """A lifetime, with the account's own for "default"."""
        return self._settings().media_seconds if isinstance(asked, str) else asked

    def _token(self, request: Request) -> Reply:
        if request.query.get("storage_type") != "fal-cdn-v3":
            raise RefusalError(reply({"detail": "Unknown storage_type"}, 400))
        token = secrets.token_urlsafe(24)
        expires = time.time() + _TOKEN_SECONDS  # the client keeps a token by its own clock
        self._tokens[token] = expires
        stamp = datetime.fromtimestamp(expires, UTC).isoformat()
        document = {"token": token, "token_type": "Bearer", "base_url": self._base(), "expires_at": stamp}
        return reply(document)

    def _upload(self, request: Request, _: re.Match[str], __: Fault | None) -> Reply:
        token = request.headers.get("authorization", "").removeprefix("Bearer ")
        if self._tokens.get(token, 0) <= time.time():
            raise RefusalError(reply({"detail": "Invalid or expired token"}, 401))
        if not request.body:
            raise RefusalError(reply({"detail": "Empty file"}, 400))
        asked = lifetime(request)
        given = Path(request.headers.get("x-fal-file-name", "file.bin")).name
        folder = self._folder / secrets.token_hex(8)
        folder.mkdir()
        path = folder / given
        path.write_bytes(request.body)
        kind = request.headers.get("content-type", "application/octet-stream")
        return reply({"access_url": self.publish(path, kind, self.seconds(asked))})

    def _download(self, request: Request, _: re.Match[str], __: Fault | None) -> Reply:
        file = self.find(f"{self._base()}{request.path}")
        if file is None:
            raise RefusalError(Reply(404, b"Not Found", {"content-type": "text/plain"}))
        return Reply(200, file.path.read_bytes(), {"content-type": file.content_type}, file.sent)

    def _defaults(self, authorize: Callable[[Request], None]) -> Callable[..., Reply]:
        def answer(request: Request, _: re.Match[str], __: Fault | None) -> Reply:
            authorize(request)
            return reply({"expiration_duration_seconds": self._settings().media_seconds, "initial_acl": None})

        return answer
