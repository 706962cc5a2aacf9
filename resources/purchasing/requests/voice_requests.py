"""What a line is bought as at ElevenLabs: its arguments, its purchase and its price. No key; nothing is sent."""

from typing import Final

from pydantic import JsonValue

from resources.content.orders import VoiceOrder
from resources.content.show import ElevenLabsVoice
from resources.core.errors import ContentError
from resources.failures import Provider
from resources.models.prices import PriceList
from resources.purchasing.ledger import Purchase

PROVIDER: Final = Provider.ELEVENLABS.value
ASSET: Final = "tts_audio"
OUTPUT_FORMAT: Final = "mp3_44100_128"  # the best that every plan has
ACTING: Final = ("eleven_v3", "eleven_v4")  # models that act `[tags]`; all others read them out
_NO_LANGUAGE: Final = ("eleven_multilingual_v2",)  # refuses `language_code`
_SETTINGS: Final = ("stability", "similarity_boost", "style", "speed")
_SEEDS: Final = 2**32


def purchase_of(order: VoiceOrder, prices: PriceList) -> Purchase:
    """What a line would be bought as, with its estimate. Equal keys are one purchase.

    Raises ContentError for a character without an ElevenLabs voice, or a model without a price.
    """
    voice = voice_of(order)
    endpoint = f"{PROVIDER}/{voice.model}"
    arguments = _arguments(order, voice)
    return Purchase(
        provider=PROVIDER,
        endpoint=endpoint,
        asset=ASSET,
        cell=order.cell,
        arguments=arguments,
        take=order.take,
        estimate=prices.estimate(endpoint, len(str(arguments["text"])) / 1000),
    )


def voice_of(order: VoiceOrder) -> ElevenLabsVoice:
    """The voice that speaks; ContentError for a character without one."""
    voice = order.character.voice.elevenlabs
    if voice is None:
        raise ContentError(
            f"{order.label} has no ElevenLabs voice",
            where=f"show.yaml, characters.{order.label}.voice",
            mend="add `elevenlabs: {voice_id: …}` with the id of a voice of https://elevenlabs.io/app/voice-lab",
        )
    return voice


def _arguments(order: VoiceOrder, voice: ElevenLabsVoice) -> dict[str, JsonValue]:
    """The API's own arguments: nothing that a model refuses, and no setting that the show does not make."""
    settings: dict[str, JsonValue] = {name: value for name in _SETTINGS if (value := getattr(voice, name)) is not None}
    language = voice.language_code or (None if voice.model in _NO_LANGUAGE else order.language)
    given: dict[str, JsonValue] = {
        "voice_id": voice.voice_id,
        "text": order.performance if voice.model in ACTING else order.spoken,
        "model_id": voice.model,
        "output_format": OUTPUT_FORMAT,
        "language_code": language,
        "voice_settings": settings or None,
        # The same seed would give every take the same performance.
        "seed": None if voice.seed is None else (voice.seed + order.take - 1) % _SEEDS,
    }
    return {name: value for name, value in given.items() if value is not None}
