"""Moods of who listens: those that a rehearsal's puppets play, and other words for them."""

from collections.abc import Mapping
from typing import Final

PLAYED: Final = ("attentive", "amused", "surprised", "doubtful")
_ALSO: Final[Mapping[str, str]] = {
    "laughing": "amused",
    "happy": "amused",
    "shocked": "surprised",
    "amazed": "surprised",
    "astonished": "surprised",
    "skeptical": "doubtful",
    "sceptical": "doubtful",
    "suspicious": "doubtful",
    "bored": "doubtful",
    "annoyed": "doubtful",
    "proud": "amused",
    "smug": "amused",
    "scared": "surprised",
}


def played_mood(mood: str | None) -> str | None:
    """The mood that a puppet shows for a show's own name of one; None for one that no puppet plays."""
    if mood is None:
        return PLAYED[0]
    return mood if mood in PLAYED else _ALSO.get(mood)
