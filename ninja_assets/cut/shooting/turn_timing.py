"""When a turn's voice begins in its segment, and when the segment ends: by the pauses before and after it.

A longer pause opens the segment of the turn that it stands before; a shorter one ends the segment before it sooner. So
a voice and a clip stay as they are, however long a pause is, and segments are still joined by copying. Silence that
only makes a voice long enough for a model is in no segment: after a word nobody stands and waits.
"""

import numpy as np

from resources.content.segments import Turn
from resources.content.show import Show
from resources.core.library import Library
from resources.core.values import Value, VoiceTrack
from resources.media.audio.voice_track import WINDOW, heard
from resources.media.probe import samples
from resources.media.timebase import FPS, RATE, SAMPLES_PER_FRAME, frames_of

SHORTEST = 15  # frames of a turn that are seen, however soon the next one falls in
_HEARD = 5  # frames of its voice at least, of those


class Timing(Value):
    """A turn's segment in frames: `voice` long, begun `opening` before it, ended `sooner` before it ends.

    `later`: by how many frames the next turn falls in later than it was told to, so that this one is seen.
    """

    voice: int
    opening: int = 0
    sooner: int = 0
    later: int = 0

    @property
    def frames(self) -> int:
        """How long the segment is."""
        return self.opening + self.voice - self.sooner

    @property
    def rest(self) -> int:
        """The sample of the track that is the first one not heard in its own segment."""
        return (self.voice - self.sooner) * SAMPLES_PER_FRAME


def timing_of(library: Library, show: Show, turn: Turn, track: VoiceTrack) -> Timing:
    """The timing of a turn with its finished voice."""
    voice, opening = frames_of(track.seconds), round(max(turn.pause or 0.0, 0.0) * FPS)
    filling = track.seconds - _spoken(library, show, track) if track.padded else 0.0
    asked = round((filling + max(-(turn.pause_after or 0.0), 0.0)) * FPS)
    # Who waits to speak is seen, too.
    sooner = max(0, min(asked, opening + voice - SHORTEST, voice - _HEARD))
    overlapped = (turn.pause_after or 0.0) < 0
    return Timing(voice=voice, opening=opening, sooner=sooner, later=asked - sooner if overlapped else 0)


def _spoken(library: Library, show: Show, track: VoiceTrack) -> float:
    """The seconds of a padded track with its own pause, without the silence that makes it long enough."""
    loud = np.flatnonzero(heard(samples(library.path(track.audio), RATE)))
    last = (int(loud[-1]) + 1) * WINDOW / RATE if loud.size else track.seconds
    return min(last + show.pacing.tail_seconds, track.seconds)
