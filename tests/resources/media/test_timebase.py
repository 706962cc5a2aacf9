"""Frames, samples and ticks are whole numbers of each other."""

import pytest

from resources.media.timebase import FPS, RATE, SAMPLES_PER_FRAME, TIMESCALE, frames_of
from resources.providers.offline.puppets.parts import DRAWN_FPS


@pytest.mark.parametrize("fps", [DRAWN_FPS, 24, FPS])
def test_a_frame_of_every_rate_is_a_whole_number_of_ticks(fps: int) -> None:
    assert TIMESCALE % fps == 0
    assert SAMPLES_PER_FRAME * FPS == RATE


@pytest.mark.parametrize(("seconds", "frames"), [(6.0, 180), (0.1 + 0.2, 9), (1.0001, 31), (1.2, 36), (1.2345, 38)])
def test_a_voice_gets_as_many_whole_frames_as_it_needs(seconds: float, frames: int) -> None:
    assert frames_of(seconds) == frames
