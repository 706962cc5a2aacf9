"""The local folder of a library elsewhere: verified when used, and of a limited size."""

import errno
import os
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from types import SimpleNamespace

import pytest

from resources.core.errors import MediaFullError
from resources.core.files import atomic_write
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


# A disk that is full


def give_room(patch: pytest.MonkeyPatch, folder: Path, size: int) -> None:
    """Let the disk of a folder have room for so many bytes."""

    @contextmanager
    def within(path: Path, **how: bool) -> Iterator[Path]:
        with atomic_write(path, **how) as part:
            yield part
            if sum(each.stat().st_size for each in folder.rglob("*") if each.is_file()) > size:
                raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    patch.setattr("resources.core.library.local_store.atomic_write", within)


def test_on_a_full_disk_what_was_not_used_for_an_hour_makes_room(
    library: Library, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    old = put(library, 1, ago=3 * HOUR)
    give_room(monkeypatch, tmp_path, 500)
    media = library.put_bytes(b"n" * 300, ".mp4")
    assert near(tmp_path) == 300
    assert library.path(media).read_bytes() == b"n" * 300
    used_before(library.path(media), 2 * HOUR)
    assert library.path(old).read_bytes() == bytes([1]) * 300


def stored_bytes(library: Library, _: Path) -> Media:
    return library.put_bytes(b"n" * 300, ".mp4")


def stored_file(library: Library, folder: Path) -> Media:
    (folder / "clip.mp4").write_bytes(b"n" * 300)
    return library.put(folder / "clip.mp4")


@pytest.mark.parametrize("store", [stored_bytes, stored_file])
def test_where_a_full_disk_has_nothing_to_give_a_file_goes_to_the_store_all_the_same(
    library: Library,
    tmp_path: Path,
    tmp_path_factory: pytest.TempPathFactory,
    monkeypatch: pytest.MonkeyPatch,
    store: Callable[[Library, Path], Media],
) -> None:
    put(library, 1, ago=60)
    give_room(monkeypatch, tmp_path, 500)
    media = store(library, tmp_path_factory.mktemp("elsewhere"))
    assert library.has(media)
    assert near(tmp_path) == 300
    with pytest.raises(MediaFullError, match="cannot fetch a file: a disk of this machine is full") as told:
        library.path(media)
    assert str(tmp_path) in str(told.value.where)
    assert "NINJA_CACHE" in str(told.value.hint)
    monkeypatch.undo()
    assert library.path(media).read_bytes() == b"n" * 300  # nothing was set aside as damaged
    assert Library("bucket://shows/ninja", cache=tmp_path_factory.mktemp("b")).path(media).read_bytes() == b"n" * 300


def test_room_is_made_before_it_is_needed(library: Library, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for number, hours in enumerate((4, 3, 2)):
        put(library, number, ago=hours * HOUR)
    monkeypatch.setattr("shutil.disk_usage", lambda _: SimpleNamespace(free=100))
    assert library.near(100) == tmp_path
    assert near(tmp_path) == 900
    assert library.near(500) == tmp_path
    assert near(tmp_path) == 300
