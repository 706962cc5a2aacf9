"""Lines to be spoken offline, and what is measured of how they were."""

import numpy as np

from resources.content.settings.characters import Character, OfflineVoice, Voices
from resources.core.library import Library
from resources.core.names import Mode
from resources.core.values import Cell, Voice
from resources.media.audio.voice_track import Samples
from resources.media.probe import samples
from resources.media.timebase import RATE
from resources.purchasing.requests.briefs import VoiceBrief

NINJA = OfflineVoice(variant="en-us+m3", rate=172, pitch=38, range=65, effect="warm")
GLITCH = OfflineVoice(variant="en-us+f5", rate=178, pitch=60, range=75, effect="bright")
ESPEAK_NINJA, ESPEAK_GLITCH = (voice.model_copy(update={"voice": "espeak"}) for voice in (NINJA, GLITCH))
LINE = "What's up ninjas! Patch two point one breaks the meta — and the naïve café owner, well, paid $499.99 for it."


def order(spoken: str = LINE, voice: OfflineVoice = NINJA, take: int = 1, language: str = "en") -> VoiceBrief:
    return VoiceBrief(
        cell=Cell(episode="2026-11-20", segment="s03", mode=Mode.REHEARSAL),
        label="NINJA",
        character=Character(name="Ninja", puppet="ninja", voice=Voices(offline=voice)),
        performance=spoken,
        spoken=spoken,
        take=take,
        language=language,
    )


def delivered(library: Library, voice: Voice) -> Samples:
    return samples(library.path(voice.audio), RATE)


def words_are_sound(voice: Voice, spoken: str) -> bool:
    """Whether the words are the text's, in order, within the recording."""
    times = [time for word in voice.words for time in (word.start, word.end)]
    return (
        [word.text for word in voice.words] == spoken.split()
        and times == sorted(times)
        and times[0] >= 0
        and times[-1] <= voice.seconds
    )


def median_pitch(sound: Samples) -> float:
    """The median fundamental frequency in hertz, by autocorrelation of 50 ms frames that are loud and periodic."""
    length, shortest, longest = RATE // 20, RATE // 400, RATE // 60
    found = []
    for start in range(0, len(sound) - length, RATE // 50):
        frame = sound[start : start + length] - sound[start : start + length].mean()
        spectrum = np.fft.rfft(frame, 2 * length)
        likeness = np.fft.irfft(np.abs(spectrum) ** 2)[:length]
        period = shortest + int(likeness[shortest:longest].argmax())
        if np.sqrt(np.square(frame).mean()) > 0.02 and likeness[period] > 0.5 * likeness[0]:
            found.append(RATE / period)
    return float(np.median(found))
