"""A library in an object store: whole objects or none, few requests, no folders; and on other servers of fsspec."""

import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path
from uuid import uuid4

import fsspec
import pytest
from fsspec.implementations.memory import MemoryFileSystem

from resources.core.errors import MediaDamagedError, MediaError, MediaLostError
from resources.core.extras import is_missing
from resources.core.library import Library
from resources.core.library.object_store import ObjectStore
from resources.core.library.proofs import StoredName
from resources.core.settings import EXAMPLE, Settings
from resources.core.values import Media, Value
from tests.resources.core.library import bucket
from tests.resources.core.library.bucket import Bucket, counted


class Made(Value):
    """The result of a recipe."""

    media: Media


@pytest.fixture
def url() -> str:
    bucket.empty()
    return "bucket://shows/ninja"


@pytest.fixture
def library(url: str, tmp_path: Path) -> Library:
    return Library(url, cache=tmp_path / "cache")


@pytest.fixture
def elsewhere(url: str, tmp_path: Path) -> Library:
    """The library as another machine sees it, with a folder of its own."""
    return Library(url, cache=tmp_path / "elsewhere")


def object_of(media: Media) -> str:
    """The name of a file's object."""
    return f"shows/ninja/media/{media.sha256[:2]}/{media.sha256}{media.suffix}"


@pytest.mark.parametrize("root", ["bucket://shows/ninja", "memory://ninja"])
def test_a_file_and_a_result_are_found_from_another_machine(root: str, url: str, tmp_path: Path) -> None:
    here, there = Library(root, cache=tmp_path / "here"), Library(root, cache=tmp_path / "there")
    made = here.memo("ab12", Made, lambda: Made(media=here.put_bytes(b"a clip", ".mp4"))).value
    assert there.recall("ab12", Made) == made
    assert there.has(made.media)
    assert there.path(made.media).read_bytes() == b"a clip"
    assert there.path(made.media).is_relative_to(tmp_path / "there")
    target = there.copy_to(made.media, tmp_path / "output" / "speaker.mp4")
    assert target.read_bytes() == b"a clip"
    name = here.put_receipt(made.media.sha256, b"{}")
    assert (there.receipt_names(), there.receipt(name)) == ({name}, b"{}")
    there.put_receipt(made.media.sha256, b"[]")
    assert len(here.receipt_names()) == 2


def test_a_folder_of_documents_is_one_request_when_it_is_empty_too(library: Library) -> None:
    with counted() as requests:
        assert library.receipt_names() == set()
    assert requests == {"LIST": 1}


def test_libraries_of_one_process_ask_for_what_one_of_them_has_seen_once(url: str, tmp_path: Path) -> None:
    settings = Settings.from_environment({"NINJA_SHOW": str(EXAMPLE), "NINJA_LIBRARY": f"{url}/{tmp_path.name}"})
    first, second = (Library.of(replace(settings, cache=tmp_path / name)) for name in ("first", "second"))
    media = first.put_bytes(b"a clip", ".mp4")
    with counted() as requests:
        assert second.has(media)
    assert requests == {}


def test_a_look_is_one_request_and_so_is_a_file(library: Library, elsewhere: Library) -> None:
    with counted() as requests:
        media = library.put_bytes(b"a clip", ".mp4")
    assert requests == {"BUCKET": 1, "PUT": 1, "HEAD": 1}  # whether there is a bucket, and whether it arrived
    with counted() as requests:
        assert elsewhere.has(media)
        assert elsewhere.intact(media)  # seen a moment ago
    assert requests == {"HEAD": 1}
    with counted() as requests:
        elsewhere.path(media)
    assert requests == {"GET": 1}
    with counted() as requests:
        elsewhere.path(media)
        library.path(media)  # what was put here was never fetched
    assert requests == {}
    with counted() as requests:
        assert library.put_bytes(b"a clip", ".mp4") == media
        library.put_receipt(media.sha256, b"{}")
        library.memo("ab12", Made, lambda: Made(media=library.put_bytes(b"a", ".png")))
    # What is known is not asked for; a receipt is one; a result is looked for, its file sent and seen, and it is kept.
    assert requests == {"PUT": 3, "GET": 1, "HEAD": 1}
    with counted() as requests:
        assert library.recall("ab12", Made)  # what was made here
        assert elsewhere.recall("ab12", Made) == elsewhere.recall("ab12", Made)
    assert requests == {"GET": 1, "HEAD": 1}


def test_an_upload_that_breaks_off_is_told_and_is_not_there(
    library: Library, elsewhere: Library, tmp_path: Path
) -> None:
    Bucket.breaks.append("error")
    library.stop_waiting()
    with pytest.raises(MediaError, match="cannot take a file") as caught:
        library.put_bytes(b"a clip", ".mp4")
    assert caught.value.retryable
    assert "Connection reset" in str(caught.value.why)
    media = Library(tmp_path / "local").put_bytes(b"a clip", ".mp4")
    assert not elsewhere.has(media)  # half of it is there
    with pytest.raises(MediaLostError):
        elsewhere.path(media)
    library.put_bytes(b"a clip", ".mp4")
    assert elsewhere.path(media).read_bytes() == b"a clip"


def test_an_upload_that_breaks_off_once_is_sent_again(library: Library, elsewhere: Library) -> None:
    Bucket.breaks.append("error")
    media = library.put_bytes(b"a clip", ".mp4")
    assert elsewhere.path(media).read_bytes() == b"a clip"


def test_an_upload_that_breaks_off_unnoticed_is_noticed_and_discarded(library: Library) -> None:
    Bucket.breaks.append("short")
    with pytest.raises(MediaError, match="did not arrive whole") as caught:
        library.put_bytes(b"a clip", ".mp4")
    assert caught.value.why == "3 of 6 bytes are there"
    assert Bucket.objects == {}


def test_a_short_object_of_an_earlier_version_is_not_there_and_is_replaced(
    library: Library, elsewhere: Library
) -> None:
    media = library.put_bytes(b"a clip", ".mp4")
    Bucket.objects[object_of(media)] = b"a c"
    assert not elsewhere.has(media)
    assert elsewhere.recall("ab12", Made) is None
    with pytest.raises(MediaLostError, match="missing"):
        elsewhere.path(media)
    elsewhere.put_bytes(b"a clip", ".mp4")
    assert Bucket.objects[object_of(media)] == b"a clip"


def test_what_was_seen_is_asked_for_again_after_some_minutes(library: Library, monkeypatch: pytest.MonkeyPatch) -> None:
    media = library.put_bytes(b"a clip", ".mp4")
    del Bucket.objects[object_of(media)]
    assert library.has(media)
    now = time.monotonic()
    monkeypatch.setattr(time, "monotonic", lambda: now + 301)
    assert not library.has(media)


def test_a_look_at_the_bucket_that_breaks_off_is_made_again(library: Library, tmp_path: Path) -> None:
    Bucket.away.append("shows")
    for number in (1, 2, 3):
        file = tmp_path / f"{number}.txt"
        file.write_text(f"{number}", encoding="ascii")
        library.put(file)
    assert Bucket.requests["BUCKET"] == 2


@pytest.mark.skipif(not is_missing("paramiko"), reason="what opens sftp:// is installed here")
def test_a_package_that_an_address_needs_is_told_with_the_command_that_installs_it() -> None:
    with pytest.raises(MediaError, match="NINJA_LIBRARY names needs a package") as caught:
        ObjectStore("sftp://ninja:s3cr3t@host/library")
    assert caught.value.hint == "python -m pip install paramiko"
    assert caught.value.where == "sftp://***@host/library"


def test_a_missing_bucket_is_named_and_never_made(library: Library) -> None:
    Bucket.missing.add("shows")
    media = Media(sha256="ab" * 32, suffix=".mp4", size=3)
    acts: list[Callable[[], object]] = [
        lambda: library.put_bytes(b"a clip", ".mp4"),
        lambda: library.has(media),
        lambda: library.path(media),
        lambda: library.put_receipt(media.sha256, b"{}"),
        lambda: library.recall("ab12", Made),
    ]
    for act in acts:
        with pytest.raises(MediaError, match="there is no bucket shows") as caught:
            act()
        assert not caught.value.retryable
    assert Bucket.objects == {}


def test_a_damaged_object_is_found_out_when_it_is_fetched_and_set_aside(library: Library, elsewhere: Library) -> None:
    media = library.put_bytes(b"a clip", ".mp4")
    Bucket.objects[object_of(media)] = b"a clap"
    with pytest.raises(MediaDamagedError, match="damaged"):
        elsewhere.path(media)
    assert not elsewhere.has(media)
    assert Bucket.objects == {object_of(media) + ".damaged": b"a clap"}
    elsewhere.put_bytes(b"a clip", ".mp4")
    assert elsewhere.path(media).read_bytes() == b"a clip"


def test_a_damaged_local_copy_is_fetched_again(library: Library, elsewhere: Library) -> None:
    media = library.put_bytes(b"a clip", ".mp4")
    path = elsewhere.path(media)
    path.chmod(0o644)
    path.write_bytes(b"edited")
    assert elsewhere.path(media).read_bytes() == b"a clip"
    assert Bucket.objects[object_of(media)] == b"a clip"


def test_a_result_that_another_machine_remembered_meanwhile_comes_first(library: Library, elsewhere: Library) -> None:
    def slow() -> Made:
        elsewhere.memo("ab12", Made, lambda: Made(media=elsewhere.put_bytes(b"quick", ".png")))
        return Made(media=library.put_bytes(b"slow", ".png"))

    found = library.memo("ab12", Made, slow).value
    assert library.path(found.media).read_bytes() == b"quick"
    assert elsewhere.recall("ab12", Made) == found


def test_a_broken_result_is_made_again(library: Library) -> None:
    library.stop_waiting()
    Bucket.breaks += ["whole", "error"]
    with pytest.raises(MediaError, match="cannot remember a result"):
        library.memo("ab12", Made, lambda: Made(media=library.put_bytes(b"a", ".png")))
    assert library.recall("ab12", Made) is None
    assert not library.memo("ab12", Made, lambda: Made(media=library.put_bytes(b"a", ".png"))).reused
    assert library.recall("ab12", Made) is not None


def test_many_that_fetch_the_same_fetch_it_once(library: Library, elsewhere: Library) -> None:
    media = library.put_bytes(b"a clip" * 100_000, ".mp4")
    with counted() as requests, ThreadPoolExecutor(8) as pool:
        assert len(set(pool.map(lambda _: elsewhere.path(media), range(8)))) == 1
    assert requests["GET"] == 1


class Folders(MemoryFileSystem):  # type: ignore[misc]  # fsspec has no types
    """A server with folders, as SFTP is one: a file is only written into a folder that was made."""

    protocol = "folders"
    store: dict[str, object] = {}  # noqa: RUF012
    pseudo_dirs = [""]  # noqa: RUF012
    full = False

    @classmethod
    def _strip_protocol(cls, path: str) -> str:
        return str(MemoryFileSystem._strip_protocol(path.removeprefix("folders://")))

    def _open(self, path: str, mode: str = "rb", **options: object) -> object:
        if mode == "wb" and self._parent(path) not in self.pseudo_dirs:
            raise FileNotFoundError(path)
        file = super()._open(path, mode=mode, **options)
        if mode == "wb" and self.full:
            file.write(b"ha")
            raise OSError(28, "No space left on device")
        return file


def test_on_a_server_with_folders_they_are_made(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    fsspec.register_implementation("folders", Folders, clobber=True)
    root = f"folders://{uuid4().hex}"
    library = Library(root, cache=tmp_path / "here")
    media = library.memo("ab12", Made, lambda: Made(media=library.put_bytes(b"a clip", ".mp4"))).value.media
    there = Library(root, cache=tmp_path / "there")
    assert there.recall("ab12", Made) == Made(media=media)
    assert there.path(media).read_bytes() == b"a clip"
    monkeypatch.setattr(Folders, "full", True)
    before = dict(Folders.store)
    with pytest.raises(MediaError, match="No space left"):
        library.put_bytes(b"another", ".mp4")
    assert Folders.store == before


def test_what_is_spooled_lies_on_this_machines_disk_and_in_the_store(
    library: Library, elsewhere: Library, tmp_path: Path
) -> None:
    place = library.spool("a.json", b"proof")
    assert Path(place).read_bytes() == b"proof"
    assert Path(place).is_relative_to(tmp_path / "cache")
    assert list(library.spooled()) == list(elsewhere.spooled()) == [("a.json", b"proof")]
    library.drop_spooled("a.json")
    assert list(library.spooled()) == list(elsewhere.spooled()) == []


def test_what_is_spooled_while_the_store_is_away_lies_on_the_disk(library: Library, elsewhere: Library) -> None:
    Bucket.breaks.append("error")
    library.stop_waiting()
    library.spool("a.json", b"proof")
    assert list(elsewhere.spooled()) != [("a.json", b"proof")]  # half of it, as some stores keep
    assert list(library.spooled()) == [("a.json", b"proof")]


class Away(MemoryFileSystem):  # type: ignore[misc]  # fsspec has no types
    """A server that does not answer, whose client has errors of its own."""

    protocol = "away"

    def find(self, path: str, **_: object) -> list[str]:
        raise RuntimeError(f"EndpointConnectionError: {path}")

    cat_file = rm_file = find


def test_a_server_that_does_not_answer_is_one_error_of_the_library_whatever_is_asked(tmp_path: Path) -> None:
    fsspec.register_implementation("away", Away, clobber=True)
    library = Library("away://shows/library", tmp_path / "cache")
    acts: list[Callable[[], object]] = [
        lambda: list(library.spooled()),
        lambda: library.drop_spooled("a.json"),
        library.receipt_names,
        lambda: library.receipt(StoredName("ab", "cd")),
        lambda: library.recall("ab12", Made),
    ]
    for act in acts:
        with pytest.raises(MediaError, match="the library cannot") as caught:
            act()
        assert str(caught.value.where).startswith("away://shows/library/")
        assert "EndpointConnectionError" in str(caught.value.why)
        assert caught.value.retryable
