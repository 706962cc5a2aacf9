"""What a line is bought as at ElevenLabs, and the voice that a bought line is. No key; nothing is sent or asked."""

from typing import Final

from pydantic import JsonValue, TypeAdapter, ValidationError

from resources.content.settings.characters import ElevenLabsVoice
from resources.core.errors import ContentError
from resources.core.library import Library
from resources.core.names import TTS_AUDIO
from resources.core.values import Voice, Word
from resources.failures import Provider
from resources.media.audio.alignment import words_by_sound
from resources.media.audio.voice_track import heard
from resources.media.probe import samples
from resources.media.timebase import RATE
from resources.models.endpoints.ids import ACTING_VOICES
from resources.models.prices import PriceList
from resources.purchasing.ledger import Collected, Entry, Purchase
from resources.purchasing.requests.briefs import VoiceBrief
from resources.purchasing.requests.given import of_voice
from resources.purchasing.requests.request import Request

PROVIDER: Final = Provider.ELEVENLABS.value
OUTPUT_FORMAT: Final = "mp3_44100_128"  # the best that every plan has
_NO_LANGUAGE: Final = ("eleven_multilingual_v2",)  # refuses `language_code`
_SETTINGS: Final = ("stability", "similarity_boost", "style", "speed")
_SEEDS: Final = 2**32

WORDS: Final = TypeAdapter(tuple[Word, ...])  # as they stand in an entry's facts
_BY_SOUND: Final = "word times worked out from the sound: no alignment came with it"


def voice_request(prices: PriceList, brief: VoiceBrief) -> Request:
    """What a line is bought as, with its estimate.

    Raises ContentError for a character without an ElevenLabs voice, or a model without a price.
    """
    voice = _voice_of(brief)
    endpoint = f"{PROVIDER}/{voice.model}"
    arguments = _arguments(brief, voice)
    purchase = Purchase(
        provider=PROVIDER,
        endpoint=endpoint,
        asset=TTS_AUDIO,
        cell=brief.cell,
        arguments=arguments,
        given=of_voice(brief),
        take=brief.take,
        estimate=prices.estimate(endpoint, len(str(arguments["text"])) / 1000),
    )
    return Request(purchase, brief.label)


def acts_tags(endpoint: str) -> bool:
    """Whether the voice model of an endpoint acts `[tags]`, so that they stand in what it was sent."""
    return endpoint.removeprefix(f"{PROVIDER}/") in ACTING_VOICES


def pace_of(voice: ElevenLabsVoice) -> float:
    """How many times as fast as by itself a voice speaks.

    Models that act `[tags]` take `speed` without effect: docs/sources/elevenlabs.md#v3.
    """
    return 1.0 if voice.model in ACTING_VOICES else voice.speed or 1.0


def voice_of_entry(library: Library, entry: Collected, spoken: str) -> Voice:
    """The voice of a collected entry; words are `spoken.split()`, timed by the alignment that was kept.

    Without one by the sound, which the receipt's note says.
    """
    words, seconds = _kept_words(entry), entry.seconds
    receipt = entry.receipt(reused=entry.reused)
    if seconds is None or words is None or [word.text for word in words] != spoken.split():
        sound = samples(library.path(entry.media), RATE)
        seconds = len(sound) / RATE
        words = words_by_sound(spoken, heard(sound), seconds)
        receipt = receipt.model_copy(update={"note": _BY_SOUND})
    return Voice(audio=entry.media, seconds=seconds, words=words, receipt=receipt)


def _voice_of(brief: VoiceBrief) -> ElevenLabsVoice:
    voice = brief.character.voice.elevenlabs
    if voice is None:
        raise ContentError(
            f"{brief.label} has no ElevenLabs voice",
            where=f"show.yaml, characters.{brief.label}.voice",
            hint="add `elevenlabs: {voice_id: …}` with the id of a voice of https://elevenlabs.io/app/voice-lab",
        )
    return voice


def _arguments(brief: VoiceBrief, voice: ElevenLabsVoice) -> dict[str, JsonValue]:
    """The API's own arguments: nothing that a model refuses, and no setting that the show does not make."""
    settings: dict[str, JsonValue] = {name: value for name in _SETTINGS if (value := getattr(voice, name)) is not None}
    language = voice.language_code or (None if voice.model in _NO_LANGUAGE else brief.language)
    given: dict[str, JsonValue] = {
        "voice_id": voice.voice_id,
        "text": brief.performance if voice.model in ACTING_VOICES else brief.spoken,
        "model_id": voice.model,
        "output_format": OUTPUT_FORMAT,
        "language_code": language,
        "voice_settings": settings or None,
        # The same seed would give every take the same performance.
        "seed": None if voice.seed is None else (voice.seed + brief.take - 1) % _SEEDS,
    }
    return {name: value for name, value in given.items() if value is not None}


def _kept_words(entry: Entry) -> tuple[Word, ...] | None:
    try:
        return WORDS.validate_python(entry.facts.get("words"))
    except ValidationError:  # audio from the history or from a person has none
        return None
