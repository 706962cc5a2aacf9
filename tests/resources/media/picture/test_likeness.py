from pathlib import Path

import pytest

from resources.core.library import Library
from resources.core.values import Media
from resources.media.ffmpeg import run
from resources.media.picture import likeness
from resources.media.picture.likeness import most_like


def swinging(library: Library, folder: Path, phase: float, size: str = "144x128") -> Media:
    """A second in which a white square goes from the left edge to the right, from a part of its way on."""
    path = folder / f"{phase}-{size}.mp4"
    square = (
        f"color=black:s={size}:r=30:d=1[b];color=white:s=24x24:r=30:d=1[w];[b][w]overlay=x='mod(t+{phase},1)*110':y=50"
    )
    run(["-f", "lavfi", "-i", square, "-c:v", "libx264", "-pix_fmt", "yuv420p", str(path)])
    return library.put(path)


def test_a_loop_goes_on_from_the_frame_that_is_most_like_the_last_one_seen(tmp_path: Path) -> None:
    library = Library(tmp_path / "library")
    loop, before = swinging(library, tmp_path, 0.0), swinging(library, tmp_path, 0.5)
    assert most_like(library, loop, before, 0.2) == pytest.approx(0.7 + 1 / 30, abs=0.035)
    assert most_like(library, loop, before, 9.0) == pytest.approx(0.5, abs=0.035)  # past its end: like its last frame


def test_clips_of_other_sizes_are_not_compared(tmp_path: Path) -> None:
    library = Library(tmp_path / "library")
    assert most_like(library, swinging(library, tmp_path, 0.0), swinging(library, tmp_path, 0.5, "128x128"), 0.2) == 0


def test_a_loop_begins_so_that_it_ends_near_what_is_seen_next_too(tmp_path: Path) -> None:
    """The next clip begins as the one before did, with the square half-way: 0.6 s on, the loop is to be near that."""
    library = Library(tmp_path / "library")
    loop, before = swinging(library, tmp_path, 0.0), swinging(library, tmp_path, 0.5)
    begins = most_like(library, loop, before, 0.2, ends_after=0.6)
    like, then = abs(begins - 0.7), abs(begins + 0.6 - 1.5)
    assert max(like, then) < 0.25  # between .7, which is most like what was seen, and .9, which ends like what follows
    assert most_like(library, loop, before, 0.2, ends_after=0.8) == pytest.approx(
        0.7 + 1 / 30, abs=0.035
    )  # both at once


def test_what_was_found_once_reads_no_frame_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    library = Library(tmp_path / "library")
    loop, before = swinging(library, tmp_path, 0.0), swinging(library, tmp_path, 0.5)
    found = most_like(library, loop, before, 0.2)
    monkeypatch.setattr(likeness, "_small", None)
    assert most_like(Library(tmp_path / "library"), loop, before, 0.2) == found
