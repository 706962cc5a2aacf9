"""When a voice begins in its segment and when the segment ends, in whole frames."""

import wave
from pathlib import Path

import numpy as np
import pytest

from ninja_assets.cut.shooting.turn_timing import Timing, timing_of
from resources.content.segments import Turn
from resources.content.show import Show
from resources.core.library import Library
from resources.core.values import Media, Receipt, VoiceTrack
from resources.media.timebase import FPS, SAMPLES_PER_FRAME

SHOW = Show(title="Small", characters={"NINJA": {"name": "Ninja", "puppet": "ninja"}})
NOWHERE = Media(sha256="a" * 64, suffix=".wav", size=1)


def turn(pause: float | None = None, after: float | None = None) -> Turn:
    return Turn(segment="s01", speaker="NINJA", performance="Hi", spoken="Hi", line=1, pause=pause, pause_after=after)


def track(seconds: float = 2.0, *, padded: bool = False, audio: Media = NOWHERE) -> VoiceTrack:
    return VoiceTrack(audio=audio, seconds=seconds, words=(), padded=padded, receipt=Receipt(provider="offline"))


@pytest.mark.parametrize(
    ("pause", "after", "opening", "sooner"),
    [
        (None, None, 0, 0),
        (0.5, None, 0.5, 0),  # a longer pause opens its own segment
        (-0.5, None, 0, 0),  # a shorter one ends the segment before it
        (None, 0.5, 0, 0),
        (None, -0.5, 0, 0.5),
        (0.5, -0.5, 0.5, 0.5),
    ],
)
def test_a_longer_pause_opens_a_segment_and_a_shorter_one_ends_the_one_before(
    tmp_path: Path, pause: float | None, after: float | None, opening: float, sooner: float
) -> None:
    found = timing_of(Library(tmp_path), SHOW, turn(pause, after), track())
    assert found == Timing(voice=2 * FPS, opening=round(opening * FPS), sooner=round(sooner * FPS))
    assert found.frames == round((2 + opening - sooner) * FPS)
    assert found.rest == round((2 - sooner) * FPS) * SAMPLES_PER_FRAME


def test_half_a_second_of_a_turn_is_seen_however_soon_the_next_falls_in(tmp_path: Path) -> None:
    library = Library(tmp_path)
    assert timing_of(library, SHOW, turn(after=-1.5), track()).frames == 15
    later = timing_of(library, SHOW, turn(after=-1.8), track())
    assert (later.frames, later.later) == (15, 9)  # the next one falls in 0.3 s later than it was told to


def test_who_waits_for_a_beat_before_a_word_has_been_seen_when_the_next_one_falls_in(tmp_path: Path) -> None:
    library = Library(tmp_path)
    assert timing_of(library, SHOW, turn(0.5, after=-1.8), track()).frames == 21  # 0.2 s of the voice
    heard = timing_of(library, SHOW, turn(2.0, after=-2.0), track())
    assert heard.frames - heard.opening == 5  # the voice is heard, too


def test_silence_that_only_makes_a_track_long_enough_is_seen_nowhere(tmp_path: Path) -> None:
    rate, sound = 48000, np.zeros(48000 * 4, np.int16)
    sound[:rate] = (np.sin(np.arange(rate) / 20) * 20000).astype(np.int16)
    with wave.open(str(tmp_path / "voice.wav"), "wb") as file:
        file.setparams((1, 2, rate, 0, "NONE", ""))
        file.writeframes(sound.tobytes())
    library = Library(tmp_path / "library")
    audio = library.put(tmp_path / "voice.wav")
    padded = timing_of(library, SHOW, turn(after=0.0), track(4.0, padded=True, audio=audio))
    assert abs(padded.frames / FPS - (1 + SHOW.pacing.tail_seconds)) < 0.1
    for after in (None, 0.5):  # the usual pause, or none; a longer one, which opens the next turn
        assert timing_of(library, SHOW, turn(after=after), track(4.0, padded=True, audio=audio)) == padded
    whole = timing_of(library, SHOW, turn(after=0.0), track(4.0, audio=audio))
    assert whole.frames == 4 * FPS  # its own silence is the show's
