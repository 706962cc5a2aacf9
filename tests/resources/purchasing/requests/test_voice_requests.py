"""What a line is bought as: the arguments of its model, its price by characters, and the voice that it is."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from resources.content.settings.characters import Character, ElevenLabsVoice
from resources.core.errors import ContentError
from resources.core.library import Library
from resources.core.names import Mode
from resources.core.values import Cell, Word
from resources.media.audio.voice_track import wav_bytes
from resources.media.timebase import RATE
from resources.models.prices import PriceList
from resources.models.prices.billing import reported_usd
from resources.purchasing.ledger import Collected, Ledger
from resources.purchasing.requests.briefs import VoiceBrief
from resources.purchasing.requests.voice_requests import acts_tags, voice_of_entry, voice_request
from tests.empty_ledger import empty_ledger
from tests.resources.purchasing.ledger.helpers import CAPS

PRICES = PriceList.load()


def brief(take: int = 1, *, language: str = "en", spoken: str = "Hello there.", **voice: Any) -> VoiceBrief:
    """A line with a direction, for a voice with these settings."""
    own = ElevenLabsVoice.model_validate({"voice_id": "voiceNinja01", **voice})
    character = Character.model_validate({"name": "Ninja", "puppet": "ninja", "voice": {"elevenlabs": own}})
    cell = Cell(episode="monday", segment="s01", mode=Mode.DRAFT)
    performance = f"[excited] {spoken}"
    return VoiceBrief(cell, "NINJA", character, performance, spoken, take, language)


def asked(*arguments: Any, **changes: Any) -> dict[str, Any]:
    return dict(voice_request(PRICES, brief(*arguments, **changes)).purchase.arguments)


# What is asked


def test_a_model_that_acts_gets_the_directions_and_every_other_one_the_spoken_words() -> None:
    assert asked()["text"] == "[excited] Hello there."
    assert asked(model="eleven_flash_v2_5")["text"] == "Hello there."
    assert [acts_tags(f"elevenlabs/{model}") for model in ("eleven_v3", "eleven_v4", "eleven_v2")] == [
        True,
        True,
        False,
    ]


def test_it_is_priced_by_the_characters_that_are_sent() -> None:
    [acted, plain] = [
        voice_request(PRICES, brief(spoken="x" * 500, model=model)).purchase.estimate
        for model in ("eleven_v3", "eleven_flash_v2_5")
    ]
    assert acted.units == 0.51
    assert plain.units == 0.5


def test_no_setting_is_sent_that_the_show_does_not_make() -> None:
    assert asked().keys() == {"voice_id", "text", "model_id", "output_format", "language_code"}
    assert asked(stability=0.0, speed=1.0)["voice_settings"] == {"stability": 0.0, "speed": 1.0}  # nothing is not unset


@pytest.mark.parametrize(
    ("model", "own", "sent"),
    [
        ("eleven_v3", None, "de"),
        ("eleven_v3", "en", "en"),
        ("eleven_multilingual_v2", None, None),
        ("eleven_multilingual_v2", "en", "en"),  # a person's own word goes out, whatever the model says to it
    ],
)
def test_the_language_is_the_voices_own_else_the_shows_where_the_model_takes_one(
    model: str, own: str | None, sent: str | None
) -> None:
    assert asked(language="de", model=model, language_code=own).get("language_code") == sent


def test_each_take_has_a_seed_of_its_own_that_the_api_takes() -> None:
    assert "seed" not in asked()
    seeds = [asked(take, seed=2**32 - 1)["seed"] for take in (1, 2, 3)]
    assert seeds == [2**32 - 1, 0, 1]


def test_another_take_is_another_purchase_also_without_a_seed() -> None:
    keys = {voice_request(PRICES, brief(take)).purchase.key for take in (1, 2)}
    assert len(keys) == 2


def test_a_character_without_a_voice_is_refused_with_the_line_to_add() -> None:
    mute = Character.model_validate({"name": "Ninja", "puppet": "ninja"})
    wanted = brief()
    with pytest.raises(ContentError, match="NINJA has no ElevenLabs voice") as refused:
        voice_request(PRICES, VoiceBrief(wanted.cell, "NINJA", mute, "Hi.", "Hi.", 1, "en"))
    assert "elevenlabs: {voice_id:" in str(refused.value.hint)


def test_a_model_without_a_price_is_refused() -> None:
    with pytest.raises(ContentError, match="price"):
        voice_request(PRICES, brief(model="eleven_v99"))


# The voice that a bought line is


@pytest.fixture
def ledger(tmp_path: Path) -> Iterator[Ledger]:
    with Ledger(empty_ledger(tmp_path / "ledger.db"), caps=CAPS) as opened:
        yield opened


def bought(ledger: Ledger, library: Library, facts: dict[str, Any], seconds: float | None = 1.0) -> Collected:
    """The line, collected as a second of a tone."""
    tone = 0.2 * np.sin(np.arange(RATE) / 20)
    audio = library.put_bytes(wav_bytes(tone.astype(np.float32)), ".wav")
    claim = ledger.sending(ledger.claim(voice_request(PRICES, brief()).purchase))
    return ledger.collected(
        ledger.submitted(claim, "r1"), media=audio, billed=reported_usd(0.1), seconds=seconds, facts=facts
    )


WORDS = [{"text": "Hello", "start": 0.1, "end": 0.4}, {"text": "there.", "start": 0.5, "end": 0.9}]


def test_its_words_are_timed_as_they_were_kept(ledger: Ledger, library: Library) -> None:
    voice = voice_of_entry(library, bought(ledger, library, {"words": WORDS}), "Hello there.")
    assert voice.words == tuple(Word.model_validate(word) for word in WORDS)
    assert (voice.seconds, voice.receipt.note) == (1.0, None)


@pytest.mark.parametrize(
    ("facts", "spoken"),
    [({}, "Hello there."), ({"words": "none"}, "Hello there."), ({"words": WORDS}, "Hello there, friend.")],
    ids=["no alignment", "unreadable", "of other words"],
)
def test_words_without_a_fitting_alignment_are_timed_by_the_sound_and_that_is_said(
    ledger: Ledger, library: Library, facts: dict[str, Any], spoken: str
) -> None:
    voice = voice_of_entry(library, bought(ledger, library, facts), spoken)
    assert [word.text for word in voice.words] == spoken.split()
    assert all(0 <= word.start <= word.end <= voice.seconds for word in voice.words)
    assert "worked out from the sound" in str(voice.receipt.note)


def test_a_length_that_nobody_measured_is_measured(ledger: Ledger, library: Library) -> None:
    voice = voice_of_entry(library, bought(ledger, library, {"words": WORDS}, seconds=None), "Hello there.")
    assert voice.seconds == pytest.approx(1.0, abs=0.05)
