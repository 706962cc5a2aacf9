"""What a person gave, told part by part: what changes a part, what changes none, and what a change is called."""

import pytest

from resources.content.settings.characters import Character
from resources.core.names import Mode
from resources.core.values import Cell, Media
from resources.purchasing.requests.briefs import VoiceBrief
from resources.purchasing.requests.given import changed, of_voice, origin_of

CELL = Cell(episode="monday", segment="s01", mode=Mode.DRAFT)
GIVEN = {"who": "NINJA", "take": "1", "words": "a", "settings": "b"}


def brief(
    words: str = "Hello there.", *, take: int = 1, label: str = "NINJA", language: str = "en", **voice: object
) -> VoiceBrief:
    written = {"voice_id": "v1", **voice}
    character = Character.model_validate({"name": "Ninja", "puppet": "ninja", "voice": {"elevenlabs": written}})
    return VoiceBrief(
        cell=CELL, label=label, character=character, performance=words, spoken=words, take=take, language=language
    )


def test_other_words_are_words_and_another_setting_is_settings() -> None:
    before = of_voice(brief())
    assert changed(before, of_voice(brief())) == ()
    assert changed(before, of_voice(brief("Hello you."))) == ("words",)
    assert changed(before, of_voice(brief(stability=0.5))) == ("settings",)
    assert changed(before, of_voice(brief(language="de"))) == ("settings",)
    assert changed(before, of_voice(brief("Hello you.", voice_id="v2"))) == ("words", "settings")


def test_a_default_of_this_program_is_nothing_that_a_person_gave() -> None:
    default = brief().character.voice.elevenlabs
    assert default is not None
    assert changed(of_voice(brief()), of_voice(brief(model=default.model))) == ("settings",)
    assert set(of_voice(brief())) == {"who", "take", "words", "settings"}


@pytest.mark.parametrize("part", ["who", "take", "piece"])
def test_of_another_request_of_the_cell_nothing_is_called_changed(part: str) -> None:
    assert changed(GIVEN, {**GIVEN, "words": "c"}) == ("words",)
    assert changed(GIVEN, {**GIVEN, "words": "c", part: "other"}) == ()
    assert changed({**GIVEN, part: "other"}, {**GIVEN, "words": "c"}) == ()


def test_a_part_that_was_not_told_before_is_a_change_of_it() -> None:
    assert changed({"who": "NINJA", "take": "1"}, GIVEN) == ("words", "settings")


def test_a_file_is_known_by_what_it_was_made_from_and_else_by_its_content() -> None:
    media = Media(sha256="a" * 64, suffix=".wav", size=1)
    assert origin_of({"a" * 64: "a recording"}, media) == "a recording"
    assert origin_of({"b" * 64: "a recording"}, media) == f"sha256:{'a' * 64}"
