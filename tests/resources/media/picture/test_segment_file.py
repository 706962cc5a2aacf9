"""A segment's file has exactly the frames that it was ordered with, or is none."""

from contextlib import nullcontext
from pathlib import Path

import pytest

from resources.core.errors import MediaError
from resources.core.library import Library
from resources.media.ffmpeg import source
from resources.media.picture.layers import voice as laid_voice
from resources.media.picture.segment_file import encode
from resources.media.profiles import ENCODER
from resources.media.timebase import RATE
from tests.resources.media.footage import burst, voice


@pytest.fixture
def library(tmp_path: Path) -> Library:
    return Library(tmp_path / "library")


@pytest.mark.parametrize("short", [1, 0])
def test_a_picture_that_ends_a_frame_too_soon_is_no_segment(library: Library, tmp_path: Path, short: int) -> None:
    picture = source("color", size="270x480", rate=30).filter("trim", end_frame=36 - short)
    sound = laid_voice(library.path(voice(library, burst(1.2, seed=7))), 36 * 1600, RATE)
    expected = pytest.raises(MediaError, match="36 frames came out with 35") if short else nullcontext()
    with expected:
        encode(picture, sound, ENCODER, 36, tmp_path / "made.mp4", tmp_path, None)
