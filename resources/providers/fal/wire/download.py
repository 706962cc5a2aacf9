"""Fetching a finished file: from safe addresses only, streamed, within a size, and not taken until it decodes whole.

Result addresses come from outside, so each one, and each that it redirects to, is checked before it is asked: https
and a public host, or the configured base; the connection is made to the very number that was checked. No key is ever
sent along. What a clip is, is measured, never believed.
"""

import ipaddress
import logging
import socket
import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import closing, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final, NamedTuple, TypeVar
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

# Special ranges that some versions of Python take for global: IETF protocols, 6to4 relays, site-local.
_SPECIAL: Final = tuple(map(ipaddress.ip_network, ("192.0.0.0/24", "192.88.99.0/24", "fec0::/10")))
_NAT64: Final = ipaddress.ip_network("64:ff9b::/96")

FactsT = TypeVar("FactsT")


class _Asked(NamedTuple):
    """An address as it is asked for: with the host's number in it, and its name beside it."""

    url: httpx.URL
    headers: Mapping[str, str] = {}
    extensions: Mapping[str, str] = {}

    def request(self, client: httpx.Client) -> httpx.Request:
        """The request, of a client."""
        headers = {"Accept-Encoding": "identity", **self.headers}
        return client.build_request("GET", self.url, headers=headers, extensions=dict(self.extensions))


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
    transport: httpx.BaseTransport | None = field(default=None, repr=False)
    look_up: Callable[..., Sequence[Any]] = field(default=socket.getaddrinfo, repr=False)

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
            with httpx.Client(timeout=self.timeout, follow_redirects=False, transport=self.transport) as client:
                for _ in range(_HOPS):
                    asked = self._checked(url)
                    if isinstance(asked, str):
                        return self._noticed(Kind.UNSAFE_URL, asked)
                    with closing(_answer(client, asked)) as response:
                        if not response.has_redirect_location:
                            return self._store(response, target)
                        url = urljoin(url, response.headers["location"])
                return self._noticed(Kind.UNSAFE_URL, f"more than {_HOPS} redirects")
        except httpx.HTTPError as error:
            return failures.of_fal(error, Step.DOWNLOAD, secrets=self.secrets)
        except (httpx.InvalidURL, ValueError) as error:
            return self._noticed(Kind.UNSAFE_URL, f"it is no address: {failures.clean(str(error), self.secrets)}")

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

    def _checked(self, url: str) -> "list[_Asked] | str":
        """The ways in which an address can be asked; why it may not be asked, in words.

        A public host is looked up once, and asked at the addresses that were found and checked: a second look-up by
        the connection could find another one. Its certificate is held to its name.
        """
        parts = urlsplit(url)
        if self.base_url and _origin(url) == _origin(self.base_url):
            return [_Asked(httpx.URL(url))]
        host = parts.hostname
        if parts.scheme != "https" or not host:
            return f"it is not https: {parts.scheme}://{host}"
        if parts.username or parts.password:
            return "it holds a name or a password"
        found = self._addresses(host, parts.port or 443)
        inside = sorted(address for address in found if not is_public(address))
        if inside:
            return f"{host} is in a private network ({', '.join(inside)})"
        asked = httpx.URL(url)
        port = "" if asked.port is None else f":{asked.port}"
        name = f"[{asked.host}]" if ":" in asked.host else asked.raw_host.decode()
        headers, certified = {"Host": f"{name}{port}"}, {"sni_hostname": asked.raw_host.decode()}
        return [_Asked(asked.copy_with(host=address), headers, certified) for address in found]

    def _addresses(self, host: str, port: int) -> list[str]:
        """Every address of a host, in the order in which they are to be tried. Raises httpx.ConnectError."""
        try:
            found = self.look_up(host, port, type=socket.SOCK_STREAM)
        except OSError as error:
            raise httpx.ConnectError(f"{host} has no address: {error}") from error
        return list(dict.fromkeys(str(entry[4][0]) for entry in found))

    @staticmethod
    def _noticed(kind: Kind, text: str) -> Failure:
        return failures.noticed(Provider.FAL, Step.DOWNLOAD, kind, text)


def _answer(client: httpx.Client, ways: Sequence[_Asked]) -> httpx.Response:
    """The answer of the first address that can be reached; its body is not read yet. Raises httpx.HTTPError."""
    for way in ways[:-1]:
        with suppress(httpx.ConnectError, httpx.ConnectTimeout):
            return client.send(way.request(client), stream=True)
    return client.send(ways[-1].request(client), stream=True)


def _origin(url: str) -> tuple[str, str | None, int]:
    parts = urlsplit(url)
    return parts.scheme, parts.hostname, parts.port or (443 if parts.scheme == "https" else 80)


def is_public(address: str) -> bool:
    """Whether a numeric address is one of the open internet: nothing private, shared, local, reserved or for many.

    An IPv6 address that carries an IPv4 one (mapped, compatible, 6to4, Teredo, NAT64) is as public as that.
    """
    found = ipaddress.ip_address(address.partition("%")[0])
    if isinstance(found, ipaddress.IPv6Address) and (within := _within(found)) is not None:
        found = within
    return found.is_global and not (
        any(found in special for special in _SPECIAL)
        or found.is_multicast
        or found.is_reserved
        or found.is_loopback
        or found.is_link_local
        or found.is_unspecified
        or found.is_private
    )


def _within(address: ipaddress.IPv6Address) -> ipaddress.IPv4Address | None:
    """The IPv4 address that an IPv6 one carries, if it does."""
    if address in _NAT64 or not int(address) >> 32:  # the second: IPv4-compatible, out of use, and ::1
        return ipaddress.IPv4Address(int(address) & 0xFFFFFFFF)
    return address.ipv4_mapped or address.sixtofour or (address.teredo and address.teredo[1])
