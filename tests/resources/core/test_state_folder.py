"""A show's state folder is its user's alone."""

import stat
from contextlib import closing
from pathlib import Path

from resources.core.library import Library
from resources.core.state_folder import make_private, make_state_folder
from resources.purchasing.ledger.tables.store import Store


def mode(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


def test_it_is_made_private_and_ignored_and_one_that_is_there_becomes_so(tmp_path: Path) -> None:
    state = make_state_folder(tmp_path)
    assert mode(state) == 0o700
    assert (state / ".gitignore").read_text(encoding="utf-8").endswith("*\n")
    state.chmod(0o755)
    make_private(state)
    assert mode(state) == 0o700


def test_a_database_and_a_library_elsewhere_are_private_too(tmp_path: Path) -> None:
    file = tmp_path / "books" / "ledger.db"
    with closing(Store(f"sqlite:///{file}")):
        assert {mode(each) for each in file.parent.iterdir()} == {0o600}
    source = tmp_path / "a.txt"
    source.write_text("a", encoding="utf-8")
    Library(tmp_path / "library").put(source, "text/plain")
    assert mode(tmp_path / "library") == 0o700
