"""The stores of a library: where its root is, and what a disk without room is told as."""

import subprocess
import sys
import textwrap
from pathlib import Path

import pytest

from resources.core.library import Library
from resources.core.settings import ROOT


@pytest.mark.parametrize("root", ["library", "file"])
def test_a_root_is_a_folder_or_its_address(tmp_path: Path, root: str) -> None:
    library = Library(tmp_path / "a" if root == "library" else f"file://{tmp_path}/a")
    media = library.put_bytes(b"a", ".png")
    assert library.path(media).is_relative_to(tmp_path / "a" / "media")


def test_a_full_disk_is_told_and_leaves_nothing(tmp_path: Path) -> None:
    script = """
        import resource, sys
        from resources.core.errors import MediaError
        from resources.core.library import Library
        resource.setrlimit(resource.RLIMIT_FSIZE, (1000, 1000))  # no file may be larger, as on a disk without room
        try:
            Library(sys.argv[1]).put_bytes(bytes(5000), ".mp4")
        except MediaError as error:
            print(error.retryable, error)
        """
    done = subprocess.run(
        [sys.executable, "-c", textwrap.dedent(script), str(tmp_path)],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.stdout.startswith("True")
    assert "the library cannot take a file" in done.stdout
    assert "mend: make room" in done.stdout
    assert [path for path in tmp_path.rglob("*") if path.is_file()] == []
