import av
import numpy as np
import pytest

from resources.media.picture.frames import luma


@pytest.mark.parametrize("stored", ["yuv420p", "yuv444p", "gray", "yuv420p10le", "gray16le", "rgb24"])
def test_the_brightness_of_a_frame_is_its_own_however_it_is_stored(stored: str) -> None:
    """With more than 8 bits a pixel has two bytes: they are no two pixels."""
    ramp = np.tile(np.linspace(40, 200, 64, dtype=np.uint8), (48, 1))
    seen = luma(av.VideoFrame.from_ndarray(ramp, format="gray").reformat(format=stored))
    assert seen.shape == ramp.shape
    # Limited and full range apart, it rises as it was drawn.
    assert np.corrcoef(seen.ravel(), ramp.ravel())[0, 1] > 0.999
