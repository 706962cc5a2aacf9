"""How a character speaks and listens: its own way from `show.yaml`, merged with what one turn asks for."""

from collections.abc import Sequence
from dataclasses import dataclass

from resources.errors import ContentError
from resources.prompts.book import Book
from resources.prompts.builders import sentences
from resources.show.mistakes import nearest
from resources.show.model import Character


@dataclass(frozen=True)
class Beat:
    """An emotion over a stretch of speech, in seconds from its start."""

    emotion: str
    start: float
    end: float


def speaker(character: Character, *, own: str | None = None, beats: Sequence[Beat] = ()) -> str:
    """A speaker's prompt: the character's own way to speak, what this turn adds, and how its emotion moves."""
    return sentences(character.speaking.prompt, own, transitions(beats))


def transitions(beats: Sequence[Beat]) -> str | None:
    """Emotional transitions (000): `Begin neutral, transition to excited (00:15-00:30)`; None for fewer than two."""
    if len(beats) < 2:
        return None
    first, *rest = beats
    told = [f"{beat.emotion} ({_stamp(beat.start)}-{_stamp(beat.end)})" for beat in rest]
    return f"Begin {first.emotion}, " + ", ".join(f"transition to {step}" for step in told)


def listener(book: Book, character: Character, mood: str | None = None) -> tuple[str, str]:
    """A listener's prompt and negative prompt: the character's own, the mood, and always what keeps the mouth still.

    Raises ContentError for a mood that the character does not have.
    """
    moods = character.listening.moods
    if mood is not None and mood not in moods:
        raise ContentError(
            f"{character.name} has no mood {mood!r}", mend=f"{nearest(mood, moods)}moods: {', '.join(moods) or 'none'}"
        )
    prompt = sentences(character.listening.prompt, moods[mood] if mood else None)
    if not any(phrase in prompt.casefold() for phrase in book.lint.mouth_closed):
        prompt = sentences(book.listener.mouth, prompt)
    terms = [term.strip() for term in character.listening.negative_prompt.split(",") if term.strip()]
    return prompt, ", ".join(dict.fromkeys([*terms, *book.listener.negative]))


def _stamp(seconds: float) -> str:
    whole = round(seconds)
    return f"{whole // 60:02d}:{whole % 60:02d}"
