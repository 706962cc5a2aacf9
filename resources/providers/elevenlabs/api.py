"""The ElevenLabs SDK as this project uses it: one call that buys, and the history in which what it made is found again.

The SDK repeats a call after any 5xx, each time a new generation that may be charged: its retries are switched off, and
nothing is repeated here (docs/sources/elevenlabs.md#retries). What it raises leaves through `failure`, classified and
without the key.
"""

import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from functools import partial
from typing import Any, Final

import httpx
from elevenlabs import VoiceSettings
from elevenlabs.base_client import BaseElevenLabs
from elevenlabs.core.api_error import ApiError
from elevenlabs.core.parse_error import ParsingError
from elevenlabs.core.request_options import RequestOptions
from pydantic import JsonValue

from resources import failures
from resources.core.bounded import within
from resources.core.settings import ELEVENLABS_KEYS
from resources.core.text.env_file import refuse_malformed
from resources.failures import Failure, Kind, Provider, Step
from resources.media.audio.alignment import Alignment
from resources.models.prices.billing import number_of
from resources.providers.elevenlabs.answers import HistoryItem, read_alignment, read_audio, read_item, read_page

# The last two are what the SDK raises where an answer is of a shape that it has no type for.
CLIENT_ERRORS: Final = (
    ApiError, ParsingError, httpx.HTTPError, httpx.InvalidURL, ValueError, TypeError, RecursionError
)  # fmt: skip
_SPEAK_SECONDS: Final = 180.0  # 5000 characters take about a minute
_LOOKUP_SECONDS: Final = 30.0
_PAGE: Final = 100
_MOST_PAGES: Final = 1000
# Requests at once by plan (docs/sources/elevenlabs.md#at-once). Each answer's headers tell what is in force.
_AT_ONCE: Final = {"free": 2, "starter": 3, "creator": 5, "pro": 10, "scale": 15, "business": 15}
CLOCKS_APART: Final = timedelta(minutes=5)  # this machine's clock and the provider's may differ


@dataclass(frozen=True)
class Recording:
    """What a generation delivered. `audio` is None when it arrived damaged; `credits` when nothing told them."""

    request_id: str | None
    audio: bytes | None
    alignment: Alignment | None
    credits: float | None
    at_once: int | None = None  # the plan's number of requests, as the answer tells it


@dataclass(frozen=True)
class ElevenLabsClient:
    """The SDK with its key. Safe for threads. Each answer is whole within its seconds, or none."""

    sdk: BaseElevenLabs = field(repr=False)
    secrets: tuple[str, ...] = field(repr=False)
    speak_seconds: float = _SPEAK_SECONDS

    @classmethod
    def open(
        cls, api_key: str, base_url: str | None = None, *, speak_seconds: float = _SPEAK_SECONDS
    ) -> "ElevenLabsClient":
        """The client for one key. Sends nothing. Raises StudioError without a key."""
        key = api_key.strip()
        if not key:
            raise failures.noticed(Provider.ELEVENLABS, Step.SPEAK, Kind.NO_KEY).error()
        refuse_malformed(key, ELEVENLABS_KEYS[0])
        # `ElevenLabs` would load 240 modules more, for agents, music and sockets. A redirect could carry the key to
        # another host.
        sdk = BaseElevenLabs(api_key=key, base_url=(base_url or "").strip() or None, follow_redirects=False)
        return cls(sdk, (key,), speak_seconds)

    def failure(self, error: Exception, step: Step) -> Failure:
        """What an exception of the SDK or of httpx means, with the key cut out of it."""
        return failures.of_elevenlabs(error, step, secrets=self.secrets)

    def speak(self, arguments: Mapping[str, Any]) -> Recording:
        """The one call that buys. `arguments` are the API's own, with `voice_id`. Raises what the SDK raises."""
        given = dict(arguments)
        settings = given.pop("voice_settings", None)
        if settings is not None:
            given["voice_settings"] = VoiceSettings(**settings)
        voice, options = given.pop("voice_id"), _once(self.speak_seconds)
        speech = self.sdk.text_to_speech.with_raw_response
        answer = within(
            self.speak_seconds, lambda: speech.convert_with_timestamps(voice, **given, request_options=options)
        )
        headers = {name.lower(): value for name, value in answer.headers.items()}
        return Recording(
            # The history knows a generation by its item's id; not every answer has a request's id.
            request_id=headers.get("history-item-id") or headers.get("request-id"),
            audio=read_audio(getattr(answer.data, "audio_base_64", None)),
            alignment=read_alignment(getattr(answer.data, "alignment", None)),
            credits=number_of(headers.get("character-cost")),
            at_once=_count(headers.get("maximum-concurrent-requests")),
        )

    def plan_at_once(self) -> int | None:
        """The requests that the account's plan allows at once; None for a plan that is not known. Costs nothing.

        Raises what the SDK raises.
        """
        plan = within(_LOOKUP_SECONDS, lambda: self.sdk.user.subscription.get(request_options=_once(_LOOKUP_SECONDS)))
        return _AT_ONCE.get(str(getattr(plan, "tier", None)))

    def items(self, arguments: Mapping[str, JsonValue], since: datetime) -> Iterator[HistoryItem]:
        """The history's items that say what `arguments` say, from `since` on, oldest first. Costs nothing.

        Raises what the SDK raises.
        """
        yield from (item for item in self.spoken(arguments, since) if says(item, arguments))

    def spoken(self, arguments: Mapping[str, JsonValue], since: datetime) -> list[HistoryItem]:
        """Every line of the same voice and model, from `since` on, oldest first. Raises as `items`."""
        of_it = {"voice_id": str(arguments["voice_id"]), "model_id": str(arguments["model_id"])}
        return sorted(self.history(since - CLOCKS_APART, **of_it), key=lambda item: item.date_unix)

    def item(self, arguments: Mapping[str, JsonValue], name: str, since: datetime) -> HistoryItem | None:
        """The history's item of that id, or of the request of that id; None where the history does not show it.

        Raises what the SDK raises.
        """
        try:
            found = within(_LOOKUP_SECONDS, lambda: self.sdk.history.get(name, request_options=_once(_LOOKUP_SECONDS)))
        except ApiError as error:
            if error.status_code not in (400, 404, 422):
                raise
        else:
            return read_item(found)
        return next((one for one in self.items(arguments, since) if name == one.request_id), None)

    def fetched(self, item: HistoryItem) -> Recording:
        """The audio of a history item, and its alignment where the history has one. Raises what the SDK raises."""
        options = _once(_LOOKUP_SECONDS)
        audio = within(
            self.speak_seconds,
            lambda: b"".join(self.sdk.history.get_audio(item.history_item_id, request_options=options)),
        )
        alignment = read_alignment(getattr(item.alignments, "alignment", None))
        return Recording(item.history_item_id, audio or None, alignment, float(item.credits) if item.credits else None)

    def history(self, since: datetime, **of: str) -> Iterator[HistoryItem]:
        """Every line that was spoken from `since` on, newest first; `of` one voice and model. Raises as `items`."""
        after: str | None = None
        for _ in range(_MOST_PAGES):
            list_page = partial(
                self.sdk.history.list,
                page_size=_PAGE,
                start_after_history_item_id=after,
                **of,
                source="TTS",
                date_after_unix=int(since.astimezone(UTC).timestamp()),
                request_options=_once(_LOOKUP_SECONDS),
            )
            page = within(_LOOKUP_SECONDS, list_page)
            items, next_after = read_page(page)
            yield from items
            if next_after is None:
                return
            if next_after == after:
                break
            after = next_after
        raise ValueError("the history does not come to an end")  # an unread rest is no empty look


def at_once_of(error: Exception) -> int | None:
    """The plan's number of requests at once, where a refusal tells it."""
    headers = error.headers if isinstance(error, ApiError) and error.headers else {}
    return _count({name.lower(): value for name, value in headers.items()}.get("maximum-concurrent-requests"))


def _once(seconds: float) -> RequestOptions:
    return RequestOptions(max_retries=0, timeout_in_seconds=seconds)  # type: ignore[typeddict-item]  # httpx takes floats


def says(item: HistoryItem, arguments: Mapping[str, JsonValue]) -> bool:
    """Whether an item is of these words and, where it tells, of these settings."""
    asked = arguments.get("voice_settings")
    kept = item.settings or {}
    if item.text != arguments["text"]:
        return False
    return not isinstance(asked, dict) or all(kept.get(name, value) == value for name, value in asked.items())


def _count(value: str | None) -> int | None:
    number = number_of(value)
    return int(number) if number is not None and 1 <= number < math.inf else None
