"""ElevenLabs: text to speech with and without timestamps, history, models, voices, subscription.

Every generation is charged by its characters and kept in the history, whether or not its answer arrived.
"""

import base64
import json
import re
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any
from uuid import uuid4

from tests.providers.account import Account, Clock, Purchase, purchase_key
from tests.providers.faults import Fault
from tests.providers.media import number
from tests.providers.settings import Settings
from tests.providers.voices import FORMATS, Spoken, encode, speak
from tests.providers.wire import RefusalError, Reply, Request, Route, reply

_USD_PER_CREDIT = 0.0001  # $0.10 per 1000 characters
_FAST = ("eleven_flash_v2_5", "eleven_turbo_v2_5")
_MODELS = {
    "eleven_v4": 10_000,
    "eleven_v3": 5_000,
    "eleven_multilingual_v2": 10_000,
    "eleven_flash_v2_5": 40_000,
    "eleven_turbo_v2_5": 40_000,
}
_ACTING = ("eleven_v3", "eleven_v4")  # the models that act tags instead of speaking them
_STITCHING = ("previous_text", "next_text", "previous_request_ids", "next_request_ids")
_BODY = {
    "text": str,
    "model_id": str,
    "language_code": str,
    "voice_settings": dict,
    "pronunciation_dictionary_locators": list,
    "seed": int,
    "previous_text": str,
    "next_text": str,
    "previous_request_ids": list,
    "next_request_ids": list,
    "apply_text_normalization": str,
    "apply_language_text_normalization": bool,
    "use_pvc_as_ivc": bool,
}
_RANGES = {"stability": (0, 1), "similarity_boost": (0, 1), "style": (0, 1), "speed": (0.7, 1.2)}
_QUERY = ("output_format", "enable_logging", "optimize_streaming_latency")
_TIERS = ("free", "starter", "creator", "pro", "scale", "business")


@dataclass(frozen=True)
class Item:
    """A generation in the history."""

    request_id: str  # of the answer; what the account knows it by is `purchase.request_id`, the item's id
    purchase: Purchase
    body: dict[str, Any]
    voice: str
    output_format: str
    audio: bytes
    alignment: dict[str, Any]
    characters: tuple[int, int]  # the account's count before and after

    @property
    def id(self) -> str:
        """The item's id in the history."""
        return self.purchase.request_id


class ElevenLabs:
    """The pretended ElevenLabs account."""

    def __init__(self, account: Account, clock: Clock, settings: Callable[[], Settings]) -> None:
        self._account = account
        self._clock = clock
        self._settings = settings
        self._items: list[Item] = []
        self._used = 0
        self._working = 0
        self._made: dict[str, tuple[Spoken, bytes]] = {}
        self._making = threading.Lock()

    def routes(self) -> list[Route]:
        """Every address of ElevenLabs that the server answers."""
        voice = "/v1/text-to-speech/(?P<voice>[^/]+)"
        return [
            Route("POST", f"{voice}/with-timestamps", "elevenlabs.speak", self._speak),
            Route("POST", f"{voice}(?:/stream)?", "elevenlabs.speak", self._plain),
            Route("POST", f"{voice}/stream/with-timestamps", "elevenlabs.speak", self._speak),
            Route("GET", "/v1/history", "elevenlabs.history", self._history),
            Route("GET", "/v1/history/(?P<id>[^/]+)", "elevenlabs.history_item", self._item),
            Route("GET", "/v1/history/(?P<id>[^/]+)/audio", "elevenlabs.audio", self._audio),
            Route("GET", "/v1/models", "elevenlabs.models", self._models),
            Route("GET", "/v1/voices", "elevenlabs.voices", self._voices),
            Route("GET", "/v1/user/subscription", "elevenlabs.subscription", self._subscription),
        ]

    # -- generation

    def _speak(self, request: Request, match: re.Match[str], _: Fault | None) -> Reply:
        item, headers = self._generate(request, match["voice"])
        document = {
            "audio_base64": base64.b64encode(item.audio).decode(),
            "alignment": item.alignment,
            "normalized_alignment": item.alignment,
        }
        return self._sent(reply(document, headers=headers), item)

    def _plain(self, request: Request, match: re.Match[str], _: Fault | None) -> Reply:
        item, headers = self._generate(request, match["voice"])
        return self._sent(Reply(200, item.audio, {**headers, "content-type": _content_type(item)}), item)

    def _sent(self, answer: Reply, item: Item) -> Reply:
        return Reply(answer.status, answer.body, answer.headers, lambda: self._account.deliver(item.purchase))

    def _generate(self, request: Request, voice: str) -> tuple[Item, dict[str, str]]:
        self._authorize(request)
        body = self._body(request)
        form = self._output_format(request)
        if voice not in self._settings().voices:
            raise _refusal(400, "voice_not_found", f"A voice with the voice_id {voice} was not found.")
        model = self._check(body)
        with self._place() as current:
            content = {**body, "voice": voice, "output_format": form}
            purchase, before = self._charge(content, model)
            time.sleep(self._settings().voice_latency)
            item = self._make(purchase, body, voice, form, before)
        headers = {
            "request-id": item.request_id,
            "history-item-id": item.id,
            "character-cost": f"{item.purchase.billed_units:.0f}",
            "current-concurrent-requests": str(current),
            "maximum-concurrent-requests": str(self._settings().voice_concurrency),
        }
        return item, headers

    @contextmanager
    def _place(self) -> Iterator[int]:
        most = self._settings().voice_concurrency
        with self._account.lock:
            if self._working >= most:
                text = f"Too many concurrent requests. Your subscription allows {most} requests at once."
                counts = {"current-concurrent-requests": str(self._working), "maximum-concurrent-requests": str(most)}
                raise _refusal(429, "too_many_concurrent_requests", text, counts)
            self._working += 1
            current = self._working
        try:
            yield current
        finally:
            with self._account.lock:
                self._working -= 1

    def _charge(self, content: dict[str, Any], model: str) -> tuple[Purchase, int]:
        """The purchase, accepted and charged before it is made; and the account's count before it."""
        factor = self._settings().credits_per_character * (0.5 if model in _FAST else 1.0)
        credits = max(1, round(len(content["text"]) * factor))
        with self._account.lock:
            left = self._settings().character_limit - self._used
            if credits > left:
                text = (
                    f"This request exceeds your quota of {self._settings().character_limit}. You have {left} credits "
                    f"remaining, while {credits} credits are required for this request."
                )
                raise _refusal(401, "quota_exceeded", text)
            before = self._used
            self._used += credits
            purchase = Purchase(
                provider="elevenlabs",
                endpoint=model,
                request_id=uuid4().hex[:20],
                key=purchase_key("elevenlabs", model, content),
                content=content,
                at=self._clock.now(),
                cost_usd=credits * _USD_PER_CREDIT,
                billed_units=credits,
                ended="ok",
            )
            return self._account.accept(purchase), before

    def _make(self, purchase: Purchase, body: dict[str, Any], voice: str, form: str, before: int) -> Item:
        spoken, audio = self._sound(body["text"], voice, purchase.endpoint, form)
        alignment = spoken.alignment(self._settings().clock_ratio)
        counts = (before, before + round(purchase.billed_units))
        item = Item(uuid4().hex, purchase, body, voice, form, audio, alignment, counts)
        with self._account.lock:
            self._items.append(item)
        return item

    def _sound(self, text: str, voice: str, model: str, form: str) -> tuple[Spoken, bytes]:
        name = f"{text} {voice} {model} {form}"
        with self._making:
            if name not in self._made:
                spoken = speak(text, 110 + number(voice) % 120, tags=model in _ACTING)
                self._made[name] = (spoken, encode(spoken, form))
            return self._made[name]

    # -- what a request may say

    def _authorize(self, request: Request) -> None:
        if "xi-api-key" not in request.headers:
            raise _refusal(401, "needs_authorization", "Neither authorization header nor xi-api-key received.")
        if request.headers["xi-api-key"] != self._settings().elevenlabs_key:
            raise _refusal(401, "invalid_api_key", "Invalid API key")

    def _body(self, request: Request) -> dict[str, Any]:
        try:
            body = json.loads(request.body)
        except ValueError:
            raise _invalid([], "JSON decode error", "json_invalid") from None
        if not isinstance(body, dict):
            raise _invalid([], "Input should be a valid dictionary", "model_type")
        given = {name: value for name, value in body.items() if value is not None}
        for name, value in given.items():
            if name not in _BODY:
                raise _invalid([name], "Extra inputs are not permitted", "extra_forbidden")
            if not isinstance(value, _BODY[name]) or (_BODY[name] is int and isinstance(value, bool)):
                raise _invalid(
                    [name], f"Input should be a valid {_BODY[name].__name__}", f"{_BODY[name].__name__}_type"
                )
        if "text" not in given:
            raise _invalid(["text"], "Field required", "missing")
        if not 0 <= given.get("seed", 0) <= 4294967295:
            raise _invalid(["seed"], "Input should be between 0 and 4294967295", "less_than_equal")
        return given

    def _output_format(self, request: Request) -> str:
        for name in request.query:
            if name not in _QUERY:
                raise _invalid([name], "Extra inputs are not permitted", "extra_forbidden")
        form = request.query.get("output_format", "mp3_44100_128")
        if form not in FORMATS:
            raise _invalid(["output_format"], "Input should be an output format", "enum")
        tier = _TIERS.index(self._settings().tier)
        needed = (
            2 if form.endswith("_192") else 3 if form in ("pcm_44100", "wav_44100", "pcm_48000", "wav_48000") else 0
        )
        if tier < needed:
            text = f"Output format {form} is only available on the {_TIERS[needed]} tier and above."
            raise _refusal(403, "output_format_not_allowed", text)
        return form

    def _check(self, body: dict[str, Any]) -> str:
        model = str(body.get("model_id", "eleven_multilingual_v2"))
        if model not in _MODELS:
            raise _refusal(400, "model_not_found", f"A model with model ID {model} does not exist")
        if not body["text"].strip():
            raise _refusal(400, "empty_text", "The text is empty")
        if len(body["text"]) > _MODELS[model]:
            text = f"A request with {len(body['text'])} characters exceeds the limit of {_MODELS[model]} characters."
            raise _refusal(400, "max_character_limit_exceeded", text)
        for name in _STITCHING:
            if name in body and model in _ACTING:
                text = f"Providing {name} is not yet supported with the '{model}' model."
                raise _refusal(400, "unsupported_model", text)
        self._check_settings(body.get("voice_settings") or {}, model)
        return model

    def _check_settings(self, settings: dict[str, Any], model: str) -> None:
        for name, value in settings.items():
            if name == "use_speaker_boost" or value is None:
                continue
            if name not in _RANGES:
                raise _invalid(["voice_settings", name], "Extra inputs are not permitted", "extra_forbidden")
            least, most = _RANGES[name]
            if not least <= value <= most:
                text = f"Invalid setting for {name} received, expected to be between {least} and {most}"
                raise _refusal(400, "invalid_voice_settings", text)
        if model in _ACTING and settings.get("stability") not in (None, 0, 0.5, 1):
            text = "Invalid TTD stability value. Must be one of: [0.0, 0.5, 1.0]"
            raise _refusal(400, "invalid_ttd_stability", text)

    # -- looking things up

    def _visible(self) -> list[Item]:
        latest = self._clock.now() - self._settings().history_delay
        return [item for item in reversed(self._items) if item.purchase.at <= latest]

    def _find(self, name: str) -> Item:
        found = next((item for item in self._visible() if item.id == name), None)
        if found is None:
            raise _refusal(404, "history_item_not_found", f"History item {name} not found")
        return found

    def _history(self, request: Request, _: re.Match[str], __: Fault | None) -> Reply:
        self._authorize(request)
        query = request.query
        if "model_id" in query and "source" not in query:
            raise _invalid(["source"], "source is required with model_id", "missing")
        size = int(query.get("page_size", "100"))
        if not 1 <= size <= 1000:
            raise _invalid(["page_size"], "Input should be between 1 and 1000", "less_than_equal")
        with self._account.lock:
            items = [item for item in self._visible() if _wanted(item, query)]
        if query.get("sort_direction", "desc") == "asc":
            items.reverse()
        after = query.get("start_after_history_item_id")
        if after is not None:
            names = [item.id for item in items]
            items = items[names.index(after) + 1 :] if after in names else []
        page = items[:size]
        last = page[-1] if page else None
        document = {
            "history": [self._describe(item) for item in page],
            "last_history_item_id": last.id if last else None,
            "has_more": len(items) > size,
            "scanned_until": int(last.purchase.at) if last else None,
        }
        return reply(document)

    def _item(self, request: Request, match: re.Match[str], _: Fault | None) -> Reply:
        self._authorize(request)
        return reply(self._describe(self._find(match["id"])))

    def _audio(self, request: Request, match: re.Match[str], _: Fault | None) -> Reply:
        self._authorize(request)
        item = self._find(match["id"])
        return self._sent(Reply(200, item.audio, {"content-type": _content_type(item)}), item)

    def _describe(self, item: Item) -> dict[str, Any]:
        both = {"alignment": item.alignment, "normalized_alignment": item.alignment}
        return {
            "history_item_id": item.id,
            "request_id": item.request_id if self._settings().history_names_requests else None,
            "voice_id": item.voice,
            "model_id": item.purchase.endpoint,
            "voice_name": self._settings().voices.get(item.voice),
            "voice_category": "professional",
            "text": item.body["text"],
            "date_unix": int(item.purchase.at),
            "character_count_change_from": item.characters[0],
            "character_count_change_to": item.characters[1],
            "content_type": _content_type(item),
            "state": "created",
            "settings": item.body.get("voice_settings"),
            "share_link_id": None,
            "source": "TTS",
            "alignments": both if self._settings().history_alignments else None,
            "output_format": item.output_format,
        }

    def _models(self, request: Request, _: re.Match[str], __: Fault | None) -> Reply:
        self._authorize(request)
        return reply(
            [
                {
                    "model_id": name,
                    "name": name,
                    "can_do_text_to_speech": True,
                    "token_cost_factor": 0.5 if name in _FAST else 1.0,
                    "maximum_text_length_per_request": limit,
                    "languages": [{"language_id": "en", "name": "English"}],
                    "concurrency_group": "turbo" if name in _FAST else "standard",
                }
                for name, limit in _MODELS.items()
            ]
        )

    def _voices(self, request: Request, _: re.Match[str], __: Fault | None) -> Reply:
        self._authorize(request)
        voices = [
            {"voice_id": key, "name": name, "category": "premade"} for key, name in self._settings().voices.items()
        ]
        return reply({"voices": voices})

    def _subscription(self, request: Request, _: re.Match[str], __: Fault | None) -> Reply:
        self._authorize(request)
        document = {
            "tier": self._settings().tier,
            "character_count": self._used,
            "character_limit": self._settings().character_limit,
            "max_credit_limit_extension": 0,
            "can_extend_character_limit": False,
            "allowed_to_extend_character_limit": False,
            "next_character_count_reset_unix": int(self._clock.now()) + 86400,
            "voice_slots_used": len(self._settings().voices),
            "professional_voice_slots_used": 0,
            "professional_voice_slots_used_in_workspace": 0,
            "voice_limit": 30,
            "voice_add_edit_counter": 0,
            "professional_voice_limit": 1,
            "can_extend_voice_limit": False,
            "can_use_instant_voice_cloning": True,
            "can_use_professional_voice_cloning": True,
            "currency": "usd",
            "status": "active",
            "billing_period": "monthly_period",
            "character_refresh_period": "monthly_period",
            "next_invoice": None,
            "open_invoices": [],
            "has_open_invoices": False,
            "pending_change": None,
        }
        return reply(document)


def _wanted(item: Item, query: Any) -> bool:
    at = int(item.purchase.at)
    return (
        query.get("voice_id") in (None, item.voice)
        and query.get("model_id") in (None, item.purchase.endpoint)
        and query.get("source") in (None, "TTS")
        and at < int(query.get("date_before_unix", at + 1))
        and at >= int(query.get("date_after_unix", at))
        and query.get("search", "").lower() in item.body["text"].lower()
    )


def _content_type(item: Item) -> str:
    kinds = {"mp3": "audio/mpeg", "wav": "audio/wav", "opus": "audio/opus"}
    return kinds.get(item.output_format.split("_")[0], "audio/basic")


def _refusal(status: int, code: str, message: str, headers: dict[str, str] | None = None) -> RefusalError:
    return RefusalError(reply({"detail": {"status": code, "message": message}}, status, headers))


def _invalid(place: list[str], message: str, kind: str) -> RefusalError:
    return RefusalError(reply({"detail": [{"loc": ["body", *place], "msg": message, "type": kind}]}, 422))
