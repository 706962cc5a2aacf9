"""When a turn's voice begins in its segment, and when the segment ends: by the pauses before and after it.

A longer pause opens the segment of the turn that it stands before; a shorter one ends the segment before it sooner. So
a voice and a clip stay as they are, however long a pause is, and segments are still joined by copying. Silence that
only makes a voice long enough for a model is in no segment: after a word nobody stands and waits.
"""

import numpy as np

from resources.content.segments import Turn
from resources.content.show import Show
from resources.core.errors import ContentError
from resources.core.library import Library
from resources.core.values import Value, VoiceTrack
from resources.media.audio.voice_track import WINDOW, heard
from resources.media.probe import samples
from resources.media.timebase import FPS, RATE, SAMPLES_PER_FRAME, frames_of

SHORTEST = 15  # frames of a turn that are seen, however soon the next one falls in


class Timing(Value):
    """A turn's segment in frames: `voice` long, begun `opening` before it, ended `sooner` before it ends."""

    voice: int
    opening: int = 0
    sooner: int = 0

    @property
    def frames(self) -> int:
        """How long the segment is."""
        return self.opening + self.voice - self.sooner

    @property
    def rest(self) -> int:
        """The sample of the track that is the first one not heard in its own segment."""
        return (self.voice - self.sooner) * SAMPLES_PER_FRAME


def timing_of(library: Library, show: Show, turn: Turn, track: VoiceTrack) -> Timing:
    """The timing of a turn with its finished voice. Raises ContentError where the next turn begins before this one."""
    voice, opening = frames_of(track.seconds), round(max(turn.pause or 0.0, 0.0) * FPS)
    filling = track.seconds - _spoken(library, show, track) if track.padded else 0.0
    earlier = max(-(turn.pause_after or 0.0), 0.0)
    if not earlier:  # a word is seen for half a second at least
        sooner = max(0, min(round(filling * FPS), opening + voice - SHORTEST))
        return Timing(voice=voice, opening=opening, sooner=sooner)
    sooner = round((filling + earlier) * FPS)
    if voice <= sooner or opening + voice - sooner < SHORTEST:  # who waits to speak is seen, too
        raise ContentError(
            f"the turn after {turn.segment} begins before {turn.segment} has been seen for half a second",
            why=f"its voice lasts {track.seconds:.2f} s",
            hint="write a smaller `overlap` in the braces of the turn after it",
        )
    return Timing(voice=voice, opening=opening, sooner=sooner)


def _spoken(library: Library, show: Show, track: VoiceTrack) -> float:
    """The seconds of a padded track with its own pause, without the silence that makes it long enough."""
    loud = np.flatnonzero(heard(samples(library.path(track.audio), RATE)))
    last = (int(loud[-1]) + 1) * WINDOW / RATE if loud.size else track.seconds
    return min(last + show.pacing.tail_seconds, track.seconds)
