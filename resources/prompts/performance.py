"""How a character speaks in a turn: its own way from `show.yaml`, merged with what the turn asks for."""

from resources.prompts.builders import sentences
from resources.show.model import Character


def speaking_prompt(character: Character, acting: str | None) -> str:
    """A speaker's prompt: the character's own way to speak, as it is written, and after it what this turn adds."""
    own = character.speaking.prompt
    return own if acting is None else sentences(own, acting)
