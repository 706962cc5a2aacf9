"""How a character speaks in a turn: its own way from `show.yaml`, merged with what the turn asks for."""

from resources.content.settings.characters import Character
from resources.models.prompts.builders import sentences


def speaking_prompt(character: Character, acting: str | None) -> str:
    """A speaker's prompt: the character's own way to speak, as it is written, and after it what this turn adds."""
    own = character.speaking.prompt
    return own if acting is None else sentences(own, acting)
