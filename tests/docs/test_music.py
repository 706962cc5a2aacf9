"""The example show's own music, as it is made from numbers."""

import numpy as np

from docs.write.music import bed, closing, opening
from resources.media.timebase import RATE


def test_the_bed_repeats_without_a_seam() -> None:
    sound = bed()
    assert sound.shape == (20 * RATE, 2)
    steps = np.abs(np.diff(sound, axis=0)).max()
    assert np.abs(sound[0] - sound[-1]).max() <= steps


def test_a_sting_ends_in_silence() -> None:
    for sound, seconds in ((opening(), 2.4), (closing(), 3.0)):
        assert len(sound) >= seconds * RATE
        assert np.abs(sound[-1]).max() < 1e-6
