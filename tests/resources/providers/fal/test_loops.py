"""An open clip becomes one that can be repeated: forwards, then backwards, with no frame shown twice at a turn."""

from pathlib import Path

import av
import numpy as np
import pytest

from resources.core.library import Library
from resources.media.delivered_file import checked
from resources.media.probe import video_facts
from resources.providers.fal.loops import ping_pong
from tests.resources.providers.fal.wire.test_download import video


def lumas(path: Path) -> list[float]:
    with av.open(str(path)) as container:
        return [float(np.mean(frame.to_ndarray(format="gray"))) for frame in container.decode(video=0)]


@pytest.fixture
def library(tmp_path: Path) -> Library:
    return Library(tmp_path / "library")


def test_a_clip_goes_forwards_and_back_again(library: Library, tmp_path: Path) -> None:
    source = library.put(
        video(tmp_path / "open.mp4", seconds=1.0, source="gradients=speed=0.05:c0=black:c1=white:n=2:")
    )
    loop = library.path(ping_pong(library, source))
    before, after = lumas(library.path(source)), lumas(loop)
    assert len(after) == 2 * len(before) - 2
    assert after[: len(before)] == pytest.approx(before, abs=2)
    assert after[len(before) :] == pytest.approx(before[-2:0:-1], abs=2)
    facts = video_facts(loop)
    assert (facts.fps, facts.has_audio) == (25, False)


def test_the_ends_of_a_baked_loop_meet(library: Library, tmp_path: Path) -> None:
    source = library.put(video(tmp_path / "open.mp4"))
    assert not checked(library.path(source), seconds=2.0).closed
    assert checked(library.path(ping_pong(library, source)), seconds=3.92).closed


def test_a_loop_is_baked_once(library: Library, tmp_path: Path) -> None:
    source = library.put(video(tmp_path / "open.mp4", seconds=0.5))
    first = ping_pong(library, source)
    before = library.path(first).stat().st_mtime_ns
    assert ping_pong(library, source) == first
    assert library.path(first).stat().st_mtime_ns == before


def test_a_long_clip_is_baked_from_its_beginning_alone(library: Library, tmp_path: Path) -> None:
    source = library.put(video(tmp_path / "long.mp4", seconds=8.0))
    assert video_facts(library.path(ping_pong(library, source))).seconds == pytest.approx(2 * 5.5, abs=0.15)
