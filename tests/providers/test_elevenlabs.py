"""The server itself, driven by the real `elevenlabs` SDK."""

import base64
import threading
import time
from pathlib import Path
from typing import Any

import httpx
import pytest
from elevenlabs import ElevenLabs, VoiceSettings
from elevenlabs.core.api_error import ApiError

from tests.providers.client import Providers
from tests.providers.fixture import providers
from tests.providers.media import read_sound
from tests.providers.settings import ELEVENLABS_KEY

__all__ = ["providers"]

TEXT = "[excited] What's up ninjas! Big news, today."
ONCE = {"max_retries": 0, "timeout_in_seconds": 5}


@pytest.fixture
def client(providers: Providers) -> ElevenLabs:
    return ElevenLabs(api_key=ELEVENLABS_KEY, base_url=providers.base_url)


def speak(client: ElevenLabs, text: str = TEXT, model: str = "eleven_v3", **more: Any) -> Any:
    api = client.text_to_speech.with_raw_response
    return api.convert_with_timestamps(
        more.pop("voice", "voiceNinja01"), text=text, model_id=model, request_options=more.pop("once", ONCE), **more
    )


def refused(client: ElevenLabs, **more: Any) -> tuple[int, str]:
    with pytest.raises(ApiError) as caught:
        speak(client, **more)
    detail = caught.value.body["detail"]
    return caught.value.status_code or 0, detail["status"] if isinstance(detail, dict) else detail[0]["type"]


def test_speech_has_every_character_on_a_clock_of_its_own(
    providers: Providers, client: ElevenLabs, tmp_path: Path
) -> None:
    providers.settings(clock_ratio=1.1)
    answer = speak(client)
    path = tmp_path / "voice.mp3"
    path.write_bytes(base64.b64decode(answer.data.audio_base_64))
    alignment = answer.data.alignment
    assert "".join(alignment.characters) == TEXT
    assert alignment.character_end_times_seconds[-1] == pytest.approx(read_sound(path).seconds * 1.1, abs=0.08)
    assert int(answer.headers["character-cost"]) == len(TEXT)
    assert answer.headers["maximum-concurrent-requests"] == "5"
    bought = providers.report()
    assert bought.purchases[0].request_id == answer.headers["history-item-id"]
    assert not bought.unused()


def test_tags_are_spoken_by_models_that_do_not_act(client: ElevenLabs) -> None:
    acted = speak(client).data.alignment.character_end_times_seconds[-1]
    read = speak(client, model="eleven_multilingual_v2").data.alignment.character_end_times_seconds[-1]
    assert read > acted + 0.3


@pytest.mark.parametrize(
    ("more", "expected"),
    [
        ({"previous_text": "before"}, (400, "unsupported_model")),
        ({"voice": "nobody"}, (400, "voice_not_found")),
        ({"text": "x" * 5001}, (400, "max_character_limit_exceeded")),
        ({"model": "eleven_v9"}, (400, "model_not_found")),
        ({"output_format": "pcm_44100"}, (403, "output_format_not_allowed")),
        ({"voice_settings": VoiceSettings(stability=0.3)}, (400, "invalid_ttd_stability")),
        ({"once": {**ONCE, "additional_body_parameters": {"emotion": "glad"}}}, (422, "extra_forbidden")),
    ],
)
def test_what_the_api_does_not_take_is_refused(
    providers: Providers, client: ElevenLabs, more: dict[str, Any], expected: tuple[int, str]
) -> None:
    assert refused(client, **more) == expected
    assert not providers.report().purchases


def test_a_wrong_key_is_refused(providers: Providers) -> None:
    client = ElevenLabs(api_key="wrong", base_url=providers.base_url)
    assert refused(client) == (401, "invalid_api_key")


def test_a_quota_ends(providers: Providers, client: ElevenLabs) -> None:
    providers.settings(character_limit=len(TEXT) + 10)
    speak(client)
    assert refused(client) == (401, "quota_exceeded")


def test_more_at_once_than_the_plan_allows_is_refused_at_once(providers: Providers, client: ElevenLabs) -> None:
    providers.settings(voice_concurrency=1, voice_latency=1.5)
    first = threading.Thread(target=speak, args=(client,))
    first.start()
    while not providers.report().purchases:
        time.sleep(0.02)
    assert refused(client) == (429, "too_many_concurrent_requests")
    first.join()
    assert len(providers.report().purchases) == 1


def test_audio_whose_answer_was_lost_is_in_the_history(providers: Providers, client: ElevenLabs) -> None:
    providers.fault("elevenlabs.speak", "drop")
    with pytest.raises(httpx.RemoteProtocolError):
        speak(client)
    report = providers.report()
    assert len(report.unused()) == 1
    item = client.history.list(voice_id="voiceNinja01", model_id="eleven_v3", source="TTS", page_size=10).history[0]
    assert item.text == TEXT
    assert item.alignments is None
    assert b"".join(client.history.get_audio(item.history_item_id))
    assert not providers.report().unused()


def test_the_account_can_be_looked_at(providers: Providers, client: ElevenLabs) -> None:
    speak(client)
    assert client.user.subscription.get().character_count == len(TEXT)
    limits = {model.model_id: model.maximum_text_length_per_request for model in client.models.list()}
    assert limits["eleven_v3"] == 5000
    assert {voice.name for voice in client.voices.get_all().voices} == {"Ninja", "Glitch", "Guest"}


@pytest.mark.parametrize("form", ["mp3_44100_128", "pcm_16000", "wav_24000", "opus_48000_64", "ulaw_8000"])
def test_plain_speech_comes_in_the_asked_format(client: ElevenLabs, form: Any) -> None:
    audio = b"".join(client.text_to_speech.convert("voiceNinja01", text="Hello you.", output_format=form))
    assert len(audio) > 2000
