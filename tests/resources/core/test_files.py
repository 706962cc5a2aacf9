"""Writing files whole, also when the writer is killed or the disk is full."""

import os
import signal
import subprocess
import sys
import textwrap
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from resources.core.errors import MediaError
from resources.core.files import atomic_write, clone, is_marked, linked, mark, sha256_of, write_text
from resources.core.settings import ROOT

Start = Callable[[str, Path], "subprocess.Popen[str]"]


@pytest.fixture
def start() -> Start:
    """Starts a script in a process of its own, with a folder as its argument; its output can be read line by line."""

    def started(script: str, folder: Path) -> "subprocess.Popen[str]":
        return subprocess.Popen(
            [sys.executable, "-c", textwrap.dedent(script), str(folder)],
            cwd=ROOT,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )

    return started


def files_in(folder: Path) -> list[str]:
    """The names of all files below a folder."""
    return sorted(path.name for path in folder.rglob("*") if path.is_file())


@pytest.mark.parametrize("durable", [True, False])
def test_a_file_is_written_into_a_folder_that_is_made(tmp_path: Path, durable: bool) -> None:
    target = tmp_path / "a" / "b" / "c.txt"
    write_text(target, "Gruß", durable=durable)
    assert target.read_text(encoding="utf-8") == "Gruß"
    assert files_in(tmp_path) == ["c.txt"]


def test_until_the_end_the_old_file_is_there(tmp_path: Path) -> None:
    target = write_text(tmp_path / "a.txt", "old")
    with atomic_write(target) as part:
        part.write_text("new")
        assert target.read_text() == "old"
        assert part.parent == target.parent
        assert part.suffix == ".txt"
    assert target.read_text() == "new"


def test_what_fails_leaves_the_old_file_and_nothing_else(tmp_path: Path) -> None:
    target = write_text(tmp_path / "a.txt", "old")
    with suppress(MediaError), atomic_write(target) as part:
        part.write_text("half")
        raise MediaError("the encoder failed")
    assert target.read_text() == "old"
    assert files_in(tmp_path) == ["a.txt"]


def test_a_file_that_cannot_be_written_is_told_by_its_own_name(tmp_path: Path) -> None:
    target = tmp_path / "day.md"
    with pytest.raises(OSError, match=r"day\.md") as refused, atomic_write(target) as part:
        raise OSError(30, "Read-only file system", str(part))
    assert refused.value.filename == str(target)


def test_who_comes_second_does_not_replace_the_first(tmp_path: Path) -> None:
    target = tmp_path / "a.txt"
    with atomic_write(target, exclusive=True) as part:
        part.write_text("first")
    with pytest.raises(FileExistsError), atomic_write(target, exclusive=True) as part:
        part.write_text("second")
    assert target.read_text() == "first"
    assert files_in(tmp_path) == ["a.txt"]


def test_a_name_as_long_as_a_disk_takes_is_written(tmp_path: Path) -> None:
    target = write_text(tmp_path / ("月" * 83 + ".json"), "x")
    assert files_in(tmp_path) == [target.name]


def test_a_writer_that_is_killed_leaves_the_old_file(tmp_path: Path, start: Start) -> None:
    target = write_text(tmp_path / "a.txt", "old")
    writer = start(
        """
        import sys
        from pathlib import Path
        from resources.core.files import atomic_write
        with atomic_write(Path(sys.argv[1]) / "a.txt") as part:
            part.write_text("half")
            print("half", flush=True)
            sys.stdin.read()
        """,
        tmp_path,
    )
    with writer:
        assert writer.stdout is not None
        assert writer.stdout.readline() == "half\n"
        writer.send_signal(signal.SIGKILL)
    assert target.read_text() == "old"
    left = [name for name in files_in(tmp_path) if name != "a.txt"]
    assert [name.startswith(".a.") and name.endswith(".part.txt") for name in left] == [True]


def test_a_full_disk_leaves_the_old_file_and_nothing_else(tmp_path: Path, start: Start) -> None:
    target = write_text(tmp_path / "a.txt", "old")
    writer = start(
        """
        import resource, sys
        from pathlib import Path
        from resources.core.files import atomic_write
        resource.setrlimit(resource.RLIMIT_FSIZE, (1000, 1000))  # no file may be larger, as on a disk without room
        try:
            with atomic_write(Path(sys.argv[1]) / "a.txt") as part:
                part.write_bytes(bytes(5000))
        except OSError as error:
            print("refused", flush=True)
        """,
        tmp_path,
    )
    assert writer.communicate()[0] == "refused\n"
    assert target.read_text() == "old"
    assert files_in(tmp_path) == ["a.txt"]


@given(content=st.binary(max_size=100), other=st.binary(max_size=100))
def test_a_mark_says_what_a_file_holds(tmp_path_factory: pytest.TempPathFactory, content: bytes, other: bytes) -> None:
    path = tmp_path_factory.mktemp("files") / "a"
    path.write_bytes(content)
    before = path.stat().st_mtime_ns
    mark(path, sha256_of(path))
    found = path.stat()
    assert is_marked(found, sha256_of(path))
    assert abs(found.st_mtime_ns - before) < 1_000_000_000
    path.with_name("b").write_bytes(other)
    assert is_marked(found, sha256_of(path.with_name("b"))) == (content == other)


def test_writing_to_a_file_wipes_its_mark(tmp_path: Path) -> None:
    path = write_text(tmp_path / "a", "content")
    mark(path, sha256_of(path))
    with path.open("r+b") as file:
        file.write(b"C")
    assert not is_marked(path.stat(), sha256_of(path))


def test_a_disk_that_keeps_whole_seconds_keeps_no_marks(tmp_path: Path) -> None:
    path = write_text(tmp_path / "a", "content")
    mark(path, sha256_of(path))
    seconds = int(path.stat().st_mtime)
    os.utime(path, (seconds, seconds))
    assert not is_marked(path.stat(), sha256_of(path))


@pytest.mark.parametrize("size", [0, 1, 3_000_001])
def test_a_clone_is_equal_and_a_file_of_its_own(tmp_path: Path, size: int) -> None:
    source, target = tmp_path / "a", tmp_path / "b"
    source.write_bytes(os.urandom(size))
    before = sha256_of(source)
    target.write_bytes(b"something longer that was there " * 200_000)
    clone(source, target)
    assert sha256_of(target) == before
    with target.open("ab") as file:
        file.write(b"edited")
    assert sha256_of(source) == before


def test_a_clone_needs_no_kernel_that_copies(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delattr(os, "copy_file_range", raising=False)
    source = write_text(tmp_path / "a", "content")
    clone(source, tmp_path / "b")
    assert (tmp_path / "b").read_text() == "content"


def test_another_name_of_a_file_is_refused_where_there_is_one(tmp_path: Path) -> None:
    source = write_text(tmp_path / "a", "content")
    assert linked(source, tmp_path / "b")
    assert not linked(source, tmp_path / "b")
