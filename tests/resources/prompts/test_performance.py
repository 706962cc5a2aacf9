"""How a character speaks and listens, merged with what a turn asks for."""

import pytest

from resources.errors import ContentError
from resources.prompts import performance
from resources.prompts.book import shipped
from resources.prompts.performance import Beat
from resources.show.model import LISTENING_NEGATIVE_PROMPT, LISTENING_PROMPT, Character, Listening, Speaking

BOOK = shipped()
CHARACTER = Character(
    name="Glitch",
    puppet="glitch",
    speaking=Speaking(prompt="A girl speaks."),
    listening=Listening(moods={"amused": "holding back a laugh"}),
)


def test_a_speaker_has_its_own_way_and_the_turns() -> None:
    assert performance.speaker(CHARACTER) == "A girl speaks."
    assert performance.speaker(CHARACTER, own="leans in") == "A girl speaks. Leans in."


def test_emotions_move_with_their_times() -> None:
    beats = [Beat("neutral", 0, 15), Beat("excited", 15, 30.4), Beat("sad", 45, 70)]
    assert performance.transitions(beats) == (
        "Begin neutral, transition to excited (00:15-00:30), transition to sad (00:45-01:10)"
    )
    assert performance.speaker(CHARACTER, beats=beats).endswith("(00:45-01:10).")
    assert performance.transitions(beats[:1]) is None


def test_a_listener_has_its_prompt_and_mood() -> None:
    assert performance.listener(BOOK, CHARACTER) == (LISTENING_PROMPT, LISTENING_NEGATIVE_PROMPT)
    assert performance.listener(BOOK, CHARACTER, "amused")[0] == LISTENING_PROMPT + " Holding back a laugh."


def test_a_listener_keeps_its_mouth_shut_whatever_is_written() -> None:
    careless = CHARACTER.model_copy(
        update={"listening": Listening(prompt="She nods.", negative_prompt="blur, talking")}
    )
    prompt, negative = performance.listener(BOOK, careless)
    assert prompt == "Mouth closed. She nods."
    assert negative == "blur, talking, speaking, mouth movement"


def test_a_mood_that_a_character_does_not_have_is_refused() -> None:
    with pytest.raises(ContentError, match="Glitch has no mood 'amuse'"):
        performance.listener(BOOK, CHARACTER, "amuse")
