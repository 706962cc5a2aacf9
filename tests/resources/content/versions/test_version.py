"""A version of a show's content: kept by content, laid out as it was, whatever is edited since."""

from pathlib import Path

import pytest

from resources.content.versions.version import keep, laid_out
from resources.core.errors import ContentError
from resources.core.library import Library
from resources.core.text.diagnostics import shown_path

FILES = [Path("show.yaml"), Path("pictures/a.png"), Path("pictures/again/a.png")]


@pytest.fixture
def show(tmp_path: Path) -> Path:
    folder = tmp_path / "show"
    for name in FILES:
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(f"it was {name}")
    (folder / "pictures" / "unused.png").write_text("unused")
    return folder


@pytest.mark.parametrize("remote", [False, True])
def test_a_version_has_the_files_that_were_kept_as_they_were_then(tmp_path: Path, show: Path, remote: bool) -> None:
    root = f"memory://{tmp_path.name}/library" if remote else str(tmp_path / "library")
    version = keep(Library(root, tmp_path / "here"), show, FILES)
    (show / "show.yaml").write_text("another one")
    (show / "pictures" / "a.png").unlink()
    with laid_out(Library(root, tmp_path / "elsewhere"), version, str(show)) as folder:
        found = {path.relative_to(folder): path.read_text() for path in folder.rglob("[!.]*") if path.is_file()}
        assert found == {name: f"it was {name}" for name in FILES}
        assert shown_path(folder / "show.yaml") == shown_path(show / "show.yaml")
    assert not folder.exists()


def test_equal_files_are_one_version_wherever_they_lie_and_one_edit_is_another(tmp_path: Path, show: Path) -> None:
    library, elsewhere = Library(tmp_path / "library"), tmp_path / "elsewhere"
    show.rename(elsewhere)
    first = keep(library, elsewhere, FILES)
    elsewhere.rename(show)
    assert keep(library, show, [*reversed(FILES), FILES[0]]) == first
    (show / "show.yaml").write_text("another one")
    assert keep(library, show, FILES) != first


def test_a_version_that_is_not_in_the_library_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ContentError, match="is not in the library"), laid_out(Library(tmp_path), "0" * 64, "s3://a/b"):
        pass
