"""How a character speaks, merged with what a turn asks for."""

from resources.content.settings.characters import Character, Speaking
from resources.models.prompts.performance import speaking_prompt


def test_a_speaker_has_its_own_way_as_it_is_written_and_the_turns_after_it() -> None:
    character = Character(name="Glitch", puppet="glitch", speaking=Speaking(prompt="a girl speaks "))
    assert speaking_prompt(character, None) == "a girl speaks "
    assert speaking_prompt(character, "leans in") == "A girl speaks. Leans in."
