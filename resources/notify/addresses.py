"""Telling people: addresses of Apprise with secrets of the environment, and sending to them.

No address is ever shown: it may hold a secret, also one that a person wrote into show.yaml. What is shown of one is its
kind, which is what stands before `://`.
"""

import hashlib
import logging
import re
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Final

from resources.core.errors import ContentError

_VARIABLE: Final = re.compile(r"\$\{(\w+)\}")
_KIND: Final = re.compile(r"[A-Za-z0-9+-]{1,20}(?=://)")
_MAY_SHOW: Final = ("apprise", "urllib3.connectionpool")  # their debug and warnings have addresses in them
_turn = threading.Lock()
_telling = 0  # threads that tell somebody, or look whether they could
_silent_before: dict[str, bool] = {}


@dataclass(frozen=True)
class Message:
    """What is told: a title of one line, and Markdown."""

    title: str
    body: str


def kind_of(address: str) -> str:
    """What of an address may be shown."""
    found = _KIND.match(address)
    return f"{found[0].lower()}://…" if found else "an address without ://"


def name_of(address: str) -> str:
    """By what an address is known, as it is written: 16 hexadecimal digits."""
    return hashlib.sha256(address.encode()).hexdigest()[:16]


def unset(address: str, environment: Mapping[str, str]) -> list[str]:
    """The variables of an address that the environment does not have."""
    return [name for name in _VARIABLE.findall(address) if not environment.get(name)]


def is_known(address: str) -> bool:
    """Whether Apprise can tell anybody there, with any secrets."""
    import apprise  # noqa: PLC0415  (half a second, which only shows that tell somebody spend)

    with _silent():
        return apprise.Apprise.instantiate(_VARIABLE.sub("0123456789", address), suppress_exceptions=True) is not None


def send(address: str, message: Message, environment: Mapping[str, str]) -> bool:
    """Tell it there; False where it was not taken. Raises ContentError for an address that cannot be."""
    import apprise  # noqa: PLC0415  (as above)

    missing = unset(address, environment)
    if missing:
        raise ContentError(
            f"nobody is told by {kind_of(address)}: {missing[0]} is not set", hint=f"export {missing[0]}=…"
        )
    with _silent():
        service = apprise.Apprise()
        if not service.add(_VARIABLE.sub(lambda found: environment[found[1]], address)):
            raise ContentError(
                f"nobody is told by {kind_of(address)}: it is no address of Apprise", hint="mend notify in show.yaml"
            )
        try:
            taken = service.notify(title=message.title, body=message.body, body_format=apprise.NotifyFormat.MARKDOWN)
            return bool(taken)
        except Exception:  # noqa: BLE001  (whatever a service's own code raises may have the address in it)
            return False


@contextmanager
def _silent() -> Iterator[None]:
    """Let nothing be logged that may show an address, until the last of the threads that tell somebody has done so."""
    _keep_silent(1)
    try:
        yield
    finally:
        _keep_silent(-1)


def _keep_silent(more: int) -> None:
    global _telling  # noqa: PLW0603  (loggers are the process's)
    with _turn:
        _telling += more
        for logger in map(logging.getLogger, _MAY_SHOW):
            if _telling == more:  # the first
                _silent_before[logger.name] = logger.disabled
            logger.disabled = _telling > 0 or _silent_before[logger.name]
