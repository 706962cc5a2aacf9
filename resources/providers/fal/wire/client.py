"""The fal client of this process: which key, which servers, and no retry that this project does not own.

`SyncClient` has no setting for its addresses or its retries; both are module names of the pinned `fal_client`, set
here once (docs/sources/fal-client.md#retries). Every other module of this room gets its client from here and sends
nothing past it.
"""

import os
import threading
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final, TypeVar
from urllib.parse import urlsplit

import fal_client
import fal_client.client as sdk
import httpx
from fal_client import SyncClient

from resources import failures
from resources.core.bounded import within
from resources.core.errors import ContentError, StudioError
from resources.core.settings import FAL_KEYS
from resources.core.text.env_file import refuse_malformed
from resources.failures import Kind, Provider, Step

PLATFORM_URL: Final = "https://api.fal.ai"
_SWITCHES: Final = ("MAX_ATTEMPTS", "QUEUE_URL_FORMAT", "RUN_URL_FORMAT", "REST_URL", "CDN_URL")
_ANSWER_SECONDS: Final = 60.0  # how long one answer may take; renders are waited for by polling, never in one request

AnswerT = TypeVar("AnswerT")

_point_lock = threading.Lock()
_pointed_at: list[str | None] = []


def key_from(environment: Mapping[str, str] = os.environ) -> str:
    """The key of the environment. Raises StudioError when neither variable is set."""
    for name in FAL_KEYS:
        if value := environment.get(name, "").strip():
            return value
    raise failures.noticed(Provider.FAL, Step.SUBMIT, Kind.NO_KEY).error()


def point(base_url: str | None) -> None:
    """Switch the client's own retries off and, with a base, send all its calls there. Once for each process.

    The base has the queue at `/queue`, run at `/run`, storage and CDN at its root. Raises ContentError for a second,
    different base, and StudioError when the installed `fal_client` has lost one of the names that are set here.
    """
    base = checked_base(base_url)
    with _point_lock:
        if _pointed_at and _pointed_at[0] != base:
            raise ContentError(
                "one process can talk to one fal.ai server",
                why=f"it talks to {_pointed_at[0] or 'fal.ai'} and is asked to talk to {base or 'fal.ai'}",
                hint="set FAL_BASE_URL once, before the first call",
            )
        if _pointed_at:
            return
        missing = [name for name in _SWITCHES if not hasattr(sdk, name)]
        if missing:
            raise StudioError(
                f"fal-client {fal_client.__version__} cannot be kept from paying twice",
                why=f"it has no {', '.join(missing)}: its retries and addresses cannot be set",
                hint="install the pinned version: pip install -c constraints.txt fal-client",
            )
        sdk.MAX_ATTEMPTS = 1  # the submit POST is retried otherwise, and each try is another purchase
        if base:
            sdk.QUEUE_URL_FORMAT = f"{base}/queue/"
            sdk.RUN_URL_FORMAT = f"{base}/run/"
            sdk.REST_URL = base
            sdk.CDN_URL = base
        _pointed_at.append(base)


def checked_base(base_url: str | None) -> str | None:
    """A base without its last slash; None for fal.ai itself. Raises ContentError for what is no http(s) address."""
    base = (base_url or "").strip().rstrip("/")
    if not base:
        return None
    parts = urlsplit(base)
    if parts.scheme not in ("http", "https") or not parts.hostname or parts.query or parts.username:
        raise ContentError(
            "FAL_BASE_URL is not an http(s) address", hint="set it like http://127.0.0.1:8080", code="address-unfit"
        )
    return base


@dataclass(frozen=True)
class FalClient:
    """A `SyncClient` with its key, and the platform API beside it. Safe for threads."""

    sync: SyncClient = field(repr=False)
    base_url: str | None
    platform: httpx.Client = field(repr=False)
    secrets: tuple[str, ...] = field(repr=False)
    answer_seconds: float = _ANSWER_SECONDS

    @classmethod
    def open(cls, key: str, base_url: str | None = None, *, answer_seconds: float = _ANSWER_SECONDS) -> "FalClient":
        """The client for one key; `answer_seconds` bounds each answer, whole. Sends nothing.

        Raises as `point` does, and StudioError without a key.
        """
        key = key.strip()
        if not key:
            raise failures.noticed(Provider.FAL, Step.SUBMIT, Kind.NO_KEY).error()
        refuse_malformed(key, FAL_KEYS[0])
        point(base_url)
        base = checked_base(base_url)
        platform = httpx.Client(
            base_url=f"{base or PLATFORM_URL}/v1/",
            headers={"Authorization": f"Key {key}"},
            timeout=answer_seconds,
        )
        return cls(SyncClient(key=key, default_timeout=answer_seconds), base, platform, (key,), answer_seconds)

    def whole(self, call: Callable[[], AnswerT], *, seconds: float | None = None) -> AnswerT:
        """What a call to fal.ai answers. Raises what it raises, and httpx.ReadTimeout when it is not whole in time."""
        return within(seconds or self.answer_seconds, call)

    def close(self) -> None:
        """Close the connections to the platform API."""
        self.platform.close()

    def failure(self, error: Exception, step: Step) -> failures.Failure:
        """What an exception of the client or of httpx means, with the key cut out of it.

        The exception itself is never a cause of what is raised: its own text may repeat what the provider was sent.
        """
        return failures.of_fal(error, step, secrets=self.secrets)

    def answer(self, path: str, **query: str | int | Sequence[str]) -> dict[str, Any] | failures.Failure:
        """One GET of the platform API (`models/pricing`, …): its document, or why there is none."""
        try:
            response = self.whole(lambda: self.platform.get(path, params=query))
            response.raise_for_status()
            body = response.json()
        except (httpx.HTTPError, ValueError, RecursionError) as error:
            return self.failure(error, Step.LOOKUP)
        if not isinstance(body, dict):
            return failures.noticed(Provider.FAL, Step.LOOKUP, Kind.ODD_ANSWER, f"a {type(body).__name__}")
        return body

    def ask(self, path: str, **query: str | int | Sequence[str]) -> dict[str, Any]:
        """One GET of the platform API. Raises StudioError."""
        answer = self.answer(path, **query)
        if isinstance(answer, failures.Failure):
            raise answer.error(f"fal.ai {path}")
        return answer
