"""The local folder of a library elsewhere: verified when used, and of a limited size."""

import os
import time
from pathlib import Path

import pytest

from resources.core.library import Library
from resources.core.settings import Settings
from resources.core.values import Media
from tests.resources.core.library import bucket

HOUR = 3600.0


def used_before(path: Path, seconds: float) -> None:
    """Let a file be one that was last used so long ago."""
    then = time.time_ns() - int(seconds * 1e9)
    os.utime(path, ns=(then, path.stat().st_mtime_ns))


@pytest.fixture
def library(tmp_path: Path) -> Library:
    """A library elsewhere that keeps 1000 bytes near."""
    bucket.empty()
    return Library("bucket://shows/ninja", cache=tmp_path, cache_bytes=1000)


def near(folder: Path) -> int:
    """How many bytes lie near."""
    return sum(path.stat().st_size for path in folder.glob("media/*/*"))


def put(library: Library, number: int, *, ago: float) -> Media:
    """A file of 300 bytes that was last used so long ago."""
    media = library.put_bytes(bytes([number]) * 300, ".mp4")
    used_before(library.path(media), ago)
    return media


def test_what_was_not_used_for_longest_goes_and_is_fetched_again(library: Library, tmp_path: Path) -> None:
    old, older = put(library, 1, ago=3 * HOUR), put(library, 2, ago=4 * HOUR)
    put(library, 3, ago=2 * HOUR)
    assert near(tmp_path) == 900
    put(library, 4, ago=0)
    assert near(tmp_path) == 900
    assert not (tmp_path / "media" / older.sha256[:2] / f"{older.sha256}.mp4").exists()
    assert (tmp_path / "media" / old.sha256[:2] / f"{old.sha256}.mp4").exists()
    assert library.path(older).read_bytes() == bytes([2]) * 300


def test_what_was_used_within_the_hour_stays_also_over_the_limit(library: Library, tmp_path: Path) -> None:
    for number in range(5):
        put(library, number, ago=60)
    assert near(tmp_path) == 1500


def test_a_file_that_is_used_is_young_again(library: Library, tmp_path: Path) -> None:
    first = put(library, 1, ago=5 * HOUR)
    for number in (2, 3):
        put(library, number, ago=2 * HOUR)
    library.path(first)
    put(library, 4, ago=0)
    assert (tmp_path / "media" / first.sha256[:2] / f"{first.sha256}.mp4").exists()


def test_the_folder_and_its_size_are_settings(tmp_path: Path) -> None:
    bucket.empty()
    environment = {
        "NINJA_SHOW": str(tmp_path),
        "NINJA_LIBRARY": "bucket://shows/ninja",
        "NINJA_CACHE": str(tmp_path / "near"),
        "NINJA_CACHE_GB": "0.5",
    }
    settings = Settings.from_environment(environment)
    assert (settings.cache, settings.cache_gb, settings.shared) == (tmp_path / "near", 0.5, True)
    media = Library.of(settings).put_bytes(b"a clip", ".mp4")
    assert Library.of(settings).path(media).is_relative_to(tmp_path / "near")
