"""A bought line as a voice: its recording, and its words with their times. Nothing is asked of the provider."""

from typing import Final

from pydantic import TypeAdapter, ValidationError

from resources.core.library import Library
from resources.core.values import Voice, Word
from resources.media.audio.alignment import words_by_sound
from resources.media.audio.voice_track import RATE, heard
from resources.media.probe import samples
from resources.purchasing.ledger import Collected, Entry

WORDS: Final = TypeAdapter(tuple[Word, ...])  # as they stand in an entry's facts
_BY_SOUND: Final = "word times worked out from the sound: no alignment came with it"


def voice_of_entry(library: Library, entry: Collected, spoken: str) -> Voice:
    """The voice of a collected entry; words are `spoken.split()`, timed by the alignment that was kept.

    Without one by the sound, which the receipt's note says.
    """
    words, seconds = _kept_words(entry), entry.seconds
    receipt = entry.receipt(reused=entry.reused)
    if seconds is None or words is None or [word.text for word in words] != spoken.split():
        sound = samples(library.path(entry.media), RATE)
        seconds = len(sound) / RATE
        words = words_by_sound(spoken, heard(sound), seconds)
        receipt = receipt.model_copy(update={"note": _BY_SOUND})
    return Voice(audio=entry.media, seconds=seconds, words=words, receipt=receipt)


def _kept_words(entry: Entry) -> tuple[Word, ...] | None:
    try:
        return WORDS.validate_python(entry.facts.get("words"))
    except ValidationError:  # audio from the history or from a person has none
        return None
