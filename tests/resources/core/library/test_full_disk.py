"""A full disk, told as one: which it is, and what helps."""

import errno
import os
import tempfile
from pathlib import Path

import pytest

from resources.core.errors import MediaFullError
from resources.core.library import Library
from resources.core.library.full_disk import full_disk, room
from tests.resources.core.library.test_cache import give_room


@pytest.mark.parametrize("code", [errno.ENOSPC, errno.EDQUOT])
def test_a_disk_without_room_is_named_with_the_setting_of_its_folder(code: int) -> None:
    with pytest.raises(MediaFullError) as told, room("take a file", Path("/disk/file"), "NINJA_CACHE"):
        raise OSError(code, os.strerror(code))
    assert (told.value.where, told.value.why) == ("/disk/file", os.strerror(code))
    assert "make room on that disk, or name a folder on another one in NINJA_CACHE" in str(told.value.hint)


def test_what_else_fails_is_raised_as_it_came() -> None:
    with pytest.raises(PermissionError), room("take a file", Path("/disk/file"), "NINJA_CACHE"):
        raise PermissionError(errno.EACCES, os.strerror(errno.EACCES))


def test_a_library_in_a_folder_names_itself(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    give_room(monkeypatch, tmp_path, 100)
    with pytest.raises(MediaFullError, match="a disk of this machine is full") as told:
        Library(tmp_path).put_bytes(bytes(200), ".mp4")
    assert "NINJA_LIBRARY" in str(told.value.hint)
    assert [path for path in tmp_path.rglob("*") if path.is_file()] == []


def test_a_full_disk_of_what_people_open_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    library = Library(tmp_path / "library")
    media = library.put_bytes(b"a clip", ".mp4")

    def full(source: Path, target: Path) -> None:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC), str(target))

    monkeypatch.setattr("resources.core.library.library.clone", full)
    with pytest.raises(MediaFullError, match="cannot lay out") as told:
        library.copy_to(media, tmp_path / "output" / "final.mp4")
    assert told.value.where == str(tmp_path / "output" / "final.mp4")
    assert "NINJA_OUTPUT" in str(told.value.hint)


def test_what_else_fails_for_want_of_room_names_the_temporary_folder(tmp_path: Path) -> None:
    found = full_disk(OSError(errno.ENOSPC, os.strerror(errno.ENOSPC)))
    assert found is not None
    assert found.where == tempfile.gettempdir()
    assert "TMPDIR" in str(found.hint)
    named = full_disk(OSError(errno.EDQUOT, os.strerror(errno.EDQUOT), str(tmp_path / "sound.raw")))
    assert named is not None
    assert named.where == str(tmp_path / "sound.raw")
    assert full_disk(PermissionError(errno.EACCES, "no")) is None
    assert full_disk(ValueError("no")) is None
