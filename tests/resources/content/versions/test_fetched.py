"""Shows at an address: the folder here is equal to it at each look, and nothing of one's own is written there."""

from collections.abc import Callable
from pathlib import Path
from uuid import uuid4

import fsspec
import pytest

from resources.content.loader import read_show
from resources.content.versions.fetched import fetch
from resources.core.copied_folders import FETCHED_FILE, make_fetched, refuse_fetched
from resources.core.errors import ContentError, MediaError

Put = Callable[[str, str], None]


@pytest.fixture
def address() -> str:
    return f"memory://{uuid4().hex}/show"


@pytest.fixture
def put(address: str) -> Put:
    files, root = fsspec.url_to_fs(address)

    def write(name: str, text: str) -> None:
        files.pipe_file(f"{root}/{name}", text.encode())

    return write


def found(folder: Path) -> dict[str, str]:
    paths = (path for path in folder.rglob("*") if path.is_file() and not path.name.startswith("."))
    return {path.relative_to(folder).as_posix(): path.read_text() for path in paths}


def test_a_folder_is_what_its_address_is_at_each_look(tmp_path: Path, address: str, put: Put) -> None:
    put("show.yaml", "one")
    put("episodes/a.md", "A")
    put(".state/ledger.db", "not fetched")
    make_fetched(tmp_path, address)
    fetch(tmp_path)
    assert found(tmp_path) == {"show.yaml": "one", "episodes/a.md": "A"}
    assert not (tmp_path / ".state").exists()
    unchanged = (tmp_path / "show.yaml").stat().st_ino
    put("episodes/b.md", "B")
    files, root = fsspec.url_to_fs(address)
    files.rm(f"{root}/episodes/a.md")
    make_fetched(tmp_path, address)
    fetch(tmp_path)
    assert found(tmp_path) == {"show.yaml": "one", "episodes/b.md": "B"}
    assert (tmp_path / "show.yaml").stat().st_ino == unchanged
    put("show.yaml", "two")
    fetch(tmp_path)
    assert found(tmp_path) == {"show.yaml": "two", "episodes/b.md": "B"}


def test_whoever_reads_the_show_reads_it_as_it_is_now_and_is_told_its_address(
    tmp_path: Path, address: str, put: Put
) -> None:
    make_fetched(tmp_path, address)
    put("show.yaml", "title: Elsewhere\ncharacters: {NINJA: {name: Ninja, puppet: ninja}}\n")
    assert read_show(tmp_path).show.title == "Elsewhere"
    put("show.yaml", "title: Elsewhere\ncharacters: {}\n")
    with pytest.raises(ContentError) as refused:
        read_show(tmp_path)
    assert refused.value.where == f"{address}/show.yaml:2"


def test_a_folder_of_this_machine_is_left_alone(tmp_path: Path) -> None:
    (tmp_path / "show.yaml").write_text("mine")
    fetch(tmp_path)
    refuse_fetched(tmp_path, tmp_path / "show.yaml")
    assert [path.name for path in tmp_path.iterdir()] == ["show.yaml"]


def test_what_would_be_written_to_a_copy_is_refused_by_its_address(tmp_path: Path, address: str) -> None:
    make_fetched(tmp_path, address)
    with pytest.raises(ContentError) as refused:
        refuse_fetched(tmp_path, tmp_path / "episodes" / "new.md")
    assert refused.value.where == f"{address}/episodes/new.md"


def test_what_cannot_be_fetched_is_told_with_its_setting(tmp_path: Path, address: str, put: Put) -> None:
    put("show.yaml", "one")
    make_fetched(tmp_path, address)
    (tmp_path / "show.yaml").mkdir()  # in the way
    with pytest.raises(ContentError) as refused:
        fetch(tmp_path)
    assert (refused.value.where, refused.value.retryable) == (address, True)
    nowhere = tmp_path / "nowhere"
    make_fetched(nowhere, "nothing://show")
    assert (nowhere / FETCHED_FILE).is_file()
    with pytest.raises(MediaError, match="NINJA_SHOW"):
        fetch(nowhere)
