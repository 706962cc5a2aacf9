"""What the library keeps: media by content; and that nobody can damage it unseen."""

import os
import random
import signal
import subprocess
import sys
import textwrap
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from resources.core.errors import MediaDamagedError, MediaError, MediaLostError
from resources.core.files import is_marked, sha256_of
from resources.core.library import Library
from resources.core.settings import ROOT
from resources.core.values import Media
from tests.resources.core.library.on_disk import damage, opened_anew

# Media


@given(content=st.binary(max_size=200), suffix=st.sampled_from([".mp4", ".WAV", ""]))
def test_what_is_put_is_found_by_its_content(
    tmp_path_factory: pytest.TempPathFactory, content: bytes, suffix: str
) -> None:
    folder = tmp_path_factory.mktemp("library")
    library, source = Library(folder / "library", durable=False), folder / f"source{suffix}"
    source.write_bytes(content)
    media = library.put(source)
    assert library.put_bytes(content, suffix) == media
    assert library.has(media)
    assert library.intact(media)
    assert library.path(media).read_bytes() == content
    assert media.suffix == suffix.lower()


@pytest.mark.parametrize("durable", [True, False])
def test_a_file_is_read_only_and_bears_its_mark(root: Path, tmp_path: Path, durable: bool) -> None:
    library = Library(tmp_path / "library", durable=durable)
    media = library.put_bytes(b"a clip", ".mp4")
    path = tmp_path / "library" / "media" / media.sha256[:2] / f"{media.sha256}.mp4"
    assert path.stat().st_mode & 0o777 == 0o444
    assert is_marked(path.stat(), media.sha256)
    assert library.path(media) == path


def test_what_is_missing_is_told_as_lost_and_how_it_comes_back(library: Library) -> None:
    media = Media(sha256="ab" * 32, suffix=".mp4", size=3)
    assert not library.has(media)
    assert not library.intact(media)
    with pytest.raises(MediaLostError, match="missing from the library: abababab") as caught:
        library.path(media)
    assert not isinstance(caught.value, MediaDamagedError)
    assert caught.value.retryable
    assert "fetched from its provider" in str(caught.value.hint)


@pytest.mark.parametrize("unseen", [False, True])
def test_damage_of_equal_length_is_seen_and_healed(
    root: Path, library: Library, caplog: pytest.LogCaptureFixture, unseen: bool
) -> None:
    media = library.put_bytes(b"a clip that was paid for", ".mp4")
    path = library.path(media)
    damage(path, unseen=unseen)
    other = opened_anew(root)
    assert other.has(media) == unseen  # without reading it, only what was written to is seen
    assert not other.intact(media)
    assert not other.has(media)
    assert not opened_anew(root).has(media)  # what was found is noted on the file itself
    with pytest.raises(MediaDamagedError, match="damaged"):
        other.path(media)
    assert "is damaged" in caplog.text
    assert other.put_bytes(b"a clip that was paid for", ".mp4") == media
    assert other.intact(media)
    assert path.read_bytes() == b"a clip that was paid for"
    assert path.stat().st_mode & 0o777 == 0o444


@given(at=st.integers(0, 99), bit=st.integers(0, 7))
def test_any_bit_is_missed(tmp_path_factory: pytest.TempPathFactory, at: int, bit: int) -> None:
    library = Library(tmp_path_factory.mktemp("library"), durable=False)
    media = library.put_bytes(bytes(range(100)), ".mp4")
    path = library.path(media)
    content = bytearray(path.read_bytes())
    content[at] ^= 1 << bit
    path.write_bytes(bytes(content))
    assert not library.has(media)
    with pytest.raises(MediaDamagedError):
        library.path(media)


def test_a_short_file_is_not_here_and_is_replaced(library: Library) -> None:
    media = library.put_bytes(b"a whole clip", ".mp4")
    library.path(media).write_bytes(b"a who")
    assert not library.has(media)
    with pytest.raises(MediaDamagedError):
        library.path(media)
    library.put_bytes(b"a whole clip", ".mp4")
    assert library.path(media).read_bytes() == b"a whole clip"


def test_a_file_that_lost_its_end_and_kept_its_mark_is_not_here(root: Path, library: Library) -> None:
    """As a power cut leaves one: the times of a file are on the disk before its content."""
    path = library.path(media := library.put_bytes(b"a whole clip", ".mp4"))
    before = path.stat()
    path.chmod(0o644)
    os.truncate(path, 5)
    os.utime(path, ns=(before.st_atime_ns, before.st_mtime_ns))
    assert not opened_anew(root).has(media)


def test_a_file_is_hashed_once_and_again_when_it_changed(
    root: Path, library: Library, monkeypatch: pytest.MonkeyPatch
) -> None:
    media = library.put_bytes(b"a clip", ".mp4")
    other = opened_anew(root)
    hashed: list[Path] = []

    def counting(path: Path) -> str:
        hashed.append(path)
        return sha256_of(path)

    monkeypatch.setattr("resources.core.library.local_store.sha256_of", counting)
    for _ in range(3):
        other.path(media)
        assert other.intact(media)
    assert len(hashed) == 1
    os.utime(other.path(media))
    assert other.has(media)
    assert other.path(media).exists()
    assert len(hashed) == 2


def test_a_file_that_changes_while_it_is_stored_is_refused(
    library: Library, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    source = tmp_path / "drawing.png"
    source.write_bytes(b"first")

    def saved_meanwhile(path: Path) -> str:
        found = sha256_of(path)
        path.write_bytes(b"other")
        return found

    monkeypatch.setattr("resources.core.library.library.sha256_of", saved_meanwhile)
    with pytest.raises(MediaError, match="changed on its way") as caught:
        library.put(source)
    assert caught.value.retryable
    assert [path for path in tmp_path.rglob("*") if path.is_file()] == [source]


def test_two_that_put_the_same_get_the_same(root: Path, library: Library, tmp_path: Path) -> None:
    source = tmp_path / "clip.mp4"
    source.write_bytes(os.urandom(2_000_000))
    libraries = [library, opened_anew(root)]
    with ThreadPoolExecutor(8) as pool:
        found = set(pool.map(lambda number: libraries[number % 2].put(source), range(16)))
    [media] = found
    assert all(each.intact(media) for each in libraries)
    assert len([path for path in (tmp_path / "library").rglob("*") if path.is_file()]) == 1


def test_a_process_that_is_killed_while_it_puts_leaves_only_whole_files(tmp_path: Path) -> None:
    script = """
        import os, sys
        from resources.core.library import Library
        library = Library(sys.argv[1])
        print("ready", flush=True)
        while True:
            print(library.put_bytes(os.urandom(4_000_000), ".mp4").sha256, flush=True)
        """
    rng, told = random.Random(7), []
    for _ in range(3):
        child = subprocess.Popen(
            [sys.executable, "-c", textwrap.dedent(script), str(tmp_path)], cwd=ROOT, stdout=subprocess.PIPE, text=True
        )
        with child:
            assert child.stdout is not None
            assert child.stdout.readline() == "ready\n"
            told += [child.stdout.readline().strip() for _ in range(rng.randint(1, 3))]
            child.send_signal(signal.SIGKILL)  # somewhere within the next one
    whole = [path for path in (tmp_path / "media").rglob("*.mp4") if not path.name.startswith(".")]
    assert {path.stem for path in whole} >= set(told)
    assert all(sha256_of(path) == path.stem for path in whole)


def test_what_a_killed_writer_left_is_swept_a_day_later(root: Path, library: Library) -> None:
    folder = library.path(library.put_bytes(b"a", ".png")).parent
    old, new = folder / ".a.12345678.part.png", folder / ".b.12345678.part.png"
    for part in (old, new):
        part.write_bytes(b"half")
    yesterday = time.time() - 90_000
    os.utime(old, (yesterday, yesterday))
    media = opened_anew(root).put_bytes(b"a", ".PNG")
    assert library.path(media).parent == folder
    assert old.exists()  # nothing was written
    library.path(media).unlink()
    opened_anew(root).put_bytes(b"a", ".png")
    assert (old.exists(), new.exists()) == (False, True)


# What a person opens


def test_an_editor_that_saves_in_place_changes_only_the_copy(root: Path, library: Library, tmp_path: Path) -> None:
    media = library.put_bytes(b"a clip", ".mp4")
    target = library.copy_to(media, tmp_path / "output" / "s01" / "speaker.mp4")
    assert target.stat().st_mode & 0o200
    damage(target)
    assert target.read_bytes() != b"a clip"
    assert opened_anew(root).intact(media)
    assert library.copy_to(media, target).read_bytes() == b"a clip"  # the next run shows what was made


def test_what_is_laid_out_already_is_left_alone(root: Path, library: Library, tmp_path: Path) -> None:
    media = library.put_bytes(b"a clip", ".mp4")
    target = library.copy_to(media, tmp_path / "speaker.mp4")
    before = target.stat()
    opened_anew(root).copy_to(media, target)
    assert (target.stat().st_ino, target.stat().st_mtime_ns) == (before.st_ino, before.st_mtime_ns)


@pytest.mark.parametrize("how", ["other", "hard link", "symlink", "rewritten"])
def test_whatever_else_is_there_is_replaced(library: Library, tmp_path: Path, how: str) -> None:
    media, target = library.put_bytes(b"a clip", ".mp4"), tmp_path / "speaker.mp4"
    if how == "other":
        library.copy_to(library.put_bytes(b"b clip", ".mp4"), target)
    elif how == "hard link":
        target.hardlink_to(library.path(media))
    elif how == "symlink":
        target.symlink_to(library.path(media))
    else:
        target.write_bytes(b"a clip")
    before = target.lstat().st_ino
    library.copy_to(media, target)
    assert target.read_bytes() == b"a clip"
    assert not target.is_symlink()
    assert target.stat().st_ino not in (before, library.path(media).stat().st_ino)


def test_a_second_copy_beside_the_first_takes_no_room(library: Library, tmp_path: Path) -> None:
    media = library.put_bytes(b"a clip", ".mp4")
    first = library.copy_to(media, tmp_path / "speaker.mp4")
    second = library.copy_to(media, tmp_path / "takes" / "1" / "speaker.mp4", beside=first)
    assert second.samefile(first)
    library.copy_to(library.put_bytes(b"b clip", ".mp4"), first)
    assert second.read_bytes() == b"a clip"


def test_beside_what_was_edited_a_copy_is_made(library: Library, tmp_path: Path) -> None:
    media = library.put_bytes(b"a clip", ".mp4")
    first = library.copy_to(media, tmp_path / "speaker.mp4")
    damage(first)
    second = library.copy_to(media, tmp_path / "takes" / "1" / "speaker.mp4", beside=first)
    assert second.read_bytes() == b"a clip"


def test_damage_is_never_laid_out(root: Path, library: Library, tmp_path: Path) -> None:
    media = library.put_bytes(b"a clip", ".mp4")
    damage(library.path(media), unseen=True)
    with pytest.raises(MediaDamagedError):
        opened_anew(root).copy_to(media, tmp_path / "speaker.mp4")
    assert not (tmp_path / "speaker.mp4").exists()


# A library of earlier versions: writable files, hard-linked into outputs, without marks


def earlier(folder: Path, content: bytes) -> tuple[Library, Media, Path, Path]:
    """A library with one file as earlier versions left it: what it is known by, where it is, and its other name."""
    media = Library(folder / "elsewhere", durable=False).put_bytes(content, ".mp4")
    path = folder / "library" / "media" / media.sha256[:2] / f"{media.sha256}.mp4"
    path.parent.mkdir(parents=True)
    path.write_bytes(content)
    output = folder / "output.mp4"
    output.hardlink_to(path)
    return Library(folder / "library", durable=False), media, path, output


def test_files_of_earlier_versions_are_made_read_only_when_the_library_is_opened(tmp_path: Path) -> None:
    _, _, path, _ = earlier(tmp_path, b"a clip")
    assert path.stat().st_mode & 0o777 == 0o444


def test_a_file_of_an_earlier_version_is_verified_and_gets_a_place_of_its_own(root: Path, tmp_path: Path) -> None:
    library, media, path, output = earlier(tmp_path, b"a clip")
    assert library.has(media)
    assert not path.samefile(output)
    assert is_marked(path.stat(), media.sha256)
    damage(output)
    assert opened_anew(root).intact(media)
    library.copy_to(media, output)
    assert output.read_bytes() == b"a clip"


def test_a_file_that_was_damaged_through_its_other_name_is_found_out(tmp_path: Path) -> None:
    library, media, _, output = earlier(tmp_path, b"a clip")
    damage(output)
    assert not library.has(media)
    with pytest.raises(MediaDamagedError):
        library.path(media)


def test_what_is_paid_for_is_on_the_disk_before_it_counts(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    synced: list[str] = []
    real = os.fsync

    def fsync(handle: int) -> None:
        synced.append(Path(f"/proc/self/fd/{handle}").readlink().name)
        real(handle)

    monkeypatch.setattr(os, "fsync", fsync)
    media = Library(tmp_path / "library").put_bytes(b"a clip", ".mp4")
    assert synced[-2].endswith(".part.mp4")
    assert synced[-1] == media.sha256[:2]
    assert {"library", "media"} <= set(synced)  # the folders that were made
