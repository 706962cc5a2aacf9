"""Fetching a finished file: from safe addresses only, streamed, within a size, and not taken until it decodes whole.

Result addresses come from outside, so each one, and each that it redirects to, is checked before it is asked: https
and a public host, or the configured base. No key is ever sent along. What a clip is, is measured, never believed.
"""

import ipaddress
import logging
import socket
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final, TypeVar
from urllib.parse import urljoin, urlsplit

import httpx

from resources import failures
from resources.core.bounded import within
from resources.core.errors import MediaError
from resources.failures import Failure, Kind, Provider, Step
from resources.failures.kinds import NO_COMMANDS
from resources.media.delivered_file import ClipFacts, PictureFacts, checked, checked_picture

LOG = logging.getLogger("ninja.fal")

MOST_BYTES: Final = 500_000_000  # a 60 s clip at 1080p is under 60 MB
_HOPS: Final = 4
_BLOCK: Final = 1 << 16

FactsT = TypeVar("FactsT")


@dataclass(frozen=True)
class Whose:
    """Whose file is fetched, for errors, and how it is waited between two tries: `pause` may raise to end them."""

    where: str
    commands: Mapping[str, str] = field(default_factory=lambda: NO_COMMANDS)
    pause: Callable[[float], None] = field(default=time.sleep, repr=False)


@dataclass(frozen=True)
class Download:
    """How files are fetched. `tries` of one file, `pause` seconds between them, growing, or as the provider says.

    `timeout` bounds one read and `whole` all of one try, in seconds.
    """

    base_url: str | None = None
    most_bytes: int = MOST_BYTES
    tries: int = 4
    pause: float = 1.0
    timeout: float = 60.0
    whole: float = 300.0
    secrets: tuple[str, ...] = field(default=(), repr=False)

    def clip(self, url: str, target: Path, whose: Whose, *, seconds: float) -> ClipFacts:
        """Fetch a clip that should last `seconds` and check it. Raises StudioError; what was wrong is not kept."""
        return self._fetched(url, target, whose, lambda: checked(target, seconds=seconds))

    def picture(self, url: str, target: Path, whose: Whose) -> PictureFacts:
        """Fetch a picture and decode it whole. Raises as `clip` does."""
        return self._fetched(url, target, whose, lambda: checked_picture(target))

    def _fetched(self, url: str, target: Path, whose: Whose, check: Callable[[], FactsT]) -> FactsT:
        attempt = 0
        while True:
            attempt += 1
            failure = self._tried(url, target, attempt)
            if failure is None:
                try:
                    return check()
                except MediaError as error:
                    failure = failures.noticed(Provider.FAL, Step.DOWNLOAD, Kind.BAD_FILE, f"{error.what}: {error.why}")
            target.unlink(missing_ok=True)
            if not failure.retryable or attempt == self.tries:
                raise failure.error(whose.where, commands=whose.commands)
            LOG.warning("%s: download %d of %d: %s (%s)", whose.where, attempt, self.tries, failure.what, failure.why)
            whose.pause(max(self.pause * attempt, min(failure.retry_after or 0.0, self.timeout)))

    def _tried(self, url: str, target: Path, attempt: int) -> Failure | None:
        part = target.with_name(f"{target.name}.{attempt}")  # a try that is late goes on writing its own
        try:
            failure = within(self.whole, lambda: self._fetch(url, part))
        except httpx.ReadTimeout as error:
            return failures.of_fal(error, Step.DOWNLOAD, secrets=self.secrets)
        if failure is None:
            part.replace(target)
        return failure

    def _fetch(self, url: str, target: Path) -> Failure | None:
        try:
            with httpx.Client(timeout=self.timeout, follow_redirects=False) as client:
                for _ in range(_HOPS):
                    if problem := self._unsafe(url):
                        return self._noticed(Kind.UNSAFE_URL, problem)
                    with client.stream("GET", url, headers={"Accept-Encoding": "identity"}) as response:
                        if not response.is_redirect:
                            return self._store(response, target)
                        url = urljoin(url, response.headers["location"])
                return self._noticed(Kind.UNSAFE_URL, f"more than {_HOPS} redirects")
        except (httpx.HTTPError, httpx.InvalidURL) as error:
            return failures.of_fal(error, Step.DOWNLOAD, secrets=self.secrets)

    def _store(self, response: httpx.Response, target: Path) -> Failure | None:
        if response.is_error:
            response.read()
        response.raise_for_status()
        announced = response.headers.get("content-length")
        received = 0
        with target.open("wb") as file:
            for block in response.iter_raw(_BLOCK):
                received += len(block)
                if received > self.most_bytes:
                    return self._noticed(Kind.UNSAFE_URL, f"the file is larger than {self.most_bytes} bytes")
                file.write(block)
        if announced is not None and received != int(announced):
            return self._noticed(Kind.BAD_FILE, f"{received} of {announced} bytes arrived")
        return None

    def _unsafe(self, url: str) -> str | None:
        """Why an address may not be asked; None if it may."""
        parts = urlsplit(url)
        if self.base_url and _origin(url) == _origin(self.base_url):
            return None
        host = parts.hostname
        if parts.scheme != "https" or not host:
            return f"it is not https: {parts.scheme}://{host}"
        if parts.username or parts.password:
            return "it holds a name or a password"
        try:
            found = {str(entry[4][0]) for entry in socket.getaddrinfo(host, parts.port or 443, type=socket.SOCK_STREAM)}
        except OSError as error:
            raise httpx.ConnectError(f"{host} has no address: {error}") from error
        inside = sorted(address for address in found if not ipaddress.ip_address(address.partition("%")[0]).is_global)
        return f"{host} is in a private network ({', '.join(inside)})" if inside else None

    @staticmethod
    def _noticed(kind: Kind, text: str) -> Failure:
        return failures.noticed(Provider.FAL, Step.DOWNLOAD, kind, text)


def _origin(url: str) -> tuple[str, str | None, int]:
    parts = urlsplit(url)
    return parts.scheme, parts.hostname, parts.port or (443 if parts.scheme == "https" else 80)
