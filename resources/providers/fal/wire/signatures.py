"""Whether what came to a webhook was signed by fal.ai, and now (docs/sources/fal-queue.md#webhooks).

Who receives hooks asks here. A run does not: it looks at what has arrived, and loads no cryptography.
"""

import base64
import hashlib
import threading
import time
from collections.abc import Callable, Mapping
from typing import Any, Final

import httpx
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from resources.providers.fal.wire.client import checked_base

_HOST: Final = "https://rest.fal.ai"
_KEYS_PATH: Final = "/.well-known/jwks.json"
_KEYS_SECONDS: Final = 24 * 3600.0  # for which keys may be kept
_KEYS_AGAIN_SECONDS: Final = 60.0  # before they are asked for again for a signature that none of them made
_ANSWER_SECONDS: Final = 10.0
_MOST_KEYS: Final = 20
_TOLERANCE_SECONDS: Final = 300.0  # between the hook's time and ours
_HEADERS: Final = tuple(f"x-fal-webhook-{name}" for name in ("request-id", "user-id", "timestamp", "signature"))


class FalKeys:
    """The keys that fal.ai publishes for its webhooks. Safe for threads. `clock` in seconds since 1970."""

    def __init__(self, base_url: str | None = None, *, clock: Callable[[], float] = time.time) -> None:
        self._url = f"{checked_base(base_url) or _HOST}{_KEYS_PATH}"
        self._clock = clock
        self._keys: list[Ed25519PublicKey] = []
        self._read_at: float | None = None
        self._lock = threading.Lock()

    def why_not(self, headers: Mapping[str, str], body: bytes) -> str | None:
        """Why what came is not believed; None: it is fal.ai's, and of now.

        Raises httpx.HTTPError where the keys cannot be read: then nothing is known, and it may come again.
        """
        values = [headers.get(name, "") for name in _HEADERS]
        if not all(values):
            return "it is not signed"
        request_id, user_id, at, signature = values
        if not at.isdecimal() or abs(self._clock() - int(at)) > _TOLERANCE_SECONDS:
            return "its time is not now"
        try:
            signed = bytes.fromhex(signature)
        except ValueError:
            return "its signature is none"
        message = "\n".join([request_id, user_id, at, hashlib.sha256(body).hexdigest()]).encode()
        if self._made(signed, message, again=False) or self._made(signed, message, again=True):
            return None
        return "fal.ai did not sign it"

    def _made(self, signature: bytes, message: bytes, *, again: bool) -> bool:
        for key in self._read(again=again):
            try:
                key.verify(signature, message)
            except InvalidSignature:
                continue
            return True
        return False

    def _read(self, *, again: bool) -> list[Ed25519PublicKey]:
        """The keys; `again`: those that have come since, if it was long enough ago that they were asked for."""
        with self._lock:
            age = float("inf") if self._read_at is None else abs(self._clock() - self._read_at)
            if age > (_KEYS_AGAIN_SECONDS if again else _KEYS_SECONDS):
                answer = httpx.get(self._url, timeout=_ANSWER_SECONDS)
                answer.raise_for_status()
                self._keys, self._read_at = _keys_of(answer), self._clock()
            elif again:
                return []
            return self._keys


def _keys_of(answer: httpx.Response) -> list[Ed25519PublicKey]:
    try:
        document = answer.json()
        found = [_key(each) for each in document["keys"][:_MOST_KEYS]]
    except (ValueError, KeyError, TypeError, RecursionError) as error:
        raise httpx.DecodingError(f"fal.ai's keys cannot be read: {error}", request=answer.request) from None
    return found


def _key(published: Mapping[str, Any]) -> Ed25519PublicKey:
    x = str(published["x"])
    return Ed25519PublicKey.from_public_bytes(base64.urlsafe_b64decode(x + "=" * (-len(x) % 4)))
