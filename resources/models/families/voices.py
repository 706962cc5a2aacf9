"""Voices: an id for the models that speak from the prompt."""

from resources.models.endpoints.arguments import Arguments, Url
from resources.models.endpoints.endpoint import Endpoint, Kind
from resources.models.endpoints.ids import CREATE_VOICE
from resources.models.endpoints.limits import MediaLimit, Span
from resources.models.endpoints.sources import READ_DAY, page, types
from resources.models.prices import Unit

_VOICE_SAMPLE = MediaLimit(
    source="docs/sources/endpoints.md#voices-for-prompts",
    on=READ_DAY,
    suffixes=frozenset({".mp3", ".wav", ".mp4", ".mov"}),
    seconds=Span(5, 30),
    advice="one clean voice, nothing else",
)


class CreateVoiceArguments(Arguments):
    """A voice for `voice_ids` and `voice_id`, made from 5-30 s of one clean voice."""

    voice_url: Url


ENDPOINTS = (
    Endpoint(
        id=CREATE_VOICE,
        name="Create voice",
        kind=Kind.VOICE,
        arguments=CreateVoiceArguments,
        best_for="A voice id for the models that speak by prompt.",
        resolution="none",
        unit=Unit.GENERATION,
        media={"voice_url": _VOICE_SAMPLE},
        amount=lambda _: 1.0,
        facts=(types(71318), page("limits", "fal.ai/models/fal-ai/kling-video/create-voice/llms.txt")),
    ),
)
