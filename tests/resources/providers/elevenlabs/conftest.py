"""A voice studio with a ledger and a library of its own, and the lines that it is asked for."""

from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from resources.content.settings.characters import Character, ElevenLabsVoice, Voices
from resources.content.show import Caps
from resources.core.library import Library
from resources.core.names import Mode
from resources.core.values import Cell
from resources.models.prices import PriceList
from resources.providers.elevenlabs.api import ElevenLabsClient
from resources.providers.elevenlabs.voice_studio import ElevenLabsVoiceStudio, Times
from resources.purchasing.ledger import Ledger
from resources.purchasing.requests.briefs import VoiceBrief
from resources.purchasing.requests.voice_requests import voice_request
from tests.empty_ledger import empty_ledger
from tests.providers.client import Providers
from tests.providers.fixture import providers

__all__ = ["providers"]

PERFORMANCE = "[excited] What's up ninjas! Big news, today."
SPOKEN = "What's up ninjas! Big news, today."
QUICK = Times(wait=0.02, busy=20, retry=0.05, longest_retry=0.2, work=30.0, look=0.05, damaged=0.3)
CAPS = Caps(segment_usd=1, episode_usd=10, day_usd=20)
Studios = Callable[..., ElevenLabsVoiceStudio]


@pytest.fixture
def library(tmp_path: Path) -> Library:
    return Library(tmp_path / "library")


@pytest.fixture
def ledger(tmp_path: Path) -> Iterator[Ledger]:
    with Ledger(empty_ledger(tmp_path / "ledger.db"), caps=CAPS) as opened:
        yield opened


@pytest.fixture
def studios(providers: Providers, ledger: Ledger, library: Library) -> Studios:
    def make(key: str = Providers.elevenlabs_key, speak_seconds: float = 10, **more: Any) -> ElevenLabsVoiceStudio:
        client = ElevenLabsClient.open(key, providers.base_url, speak_seconds=speak_seconds)
        return ElevenLabsVoiceStudio(client, ledger, library, **{"times": QUICK, **more})

    return make


def order(
    segment: str = "s01", performance: str = PERFORMANCE, spoken: str = SPOKEN, take: int = 1, **voice: Any
) -> VoiceBrief:
    given = ElevenLabsVoice(**{"voice_id": "voiceNinja01", **voice})
    brief = VoiceBrief(
        cell=Cell(episode="first-light", segment=segment, mode=Mode.DRAFT),
        label="NINJA",
        character=Character(name="Ninja", puppet="ninja", voice=Voices(elevenlabs=given)),
        performance=performance,
        spoken=spoken,
        take=take,
        language="en",
    )
    return replace(brief, requests=(voice_request(PriceList.load(), brief),))
