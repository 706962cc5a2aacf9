import subprocess
import sys
from pathlib import Path

import pytest
from PIL import Image

from resources.media.picture.entry.face_search import search_face
from resources.media.picture.entry.faces import can_find, face_in
from tests.faces import drawn_face

pytestmark = pytest.mark.skipif(not can_find(), reason="the detector has no wheel for macOS")


@pytest.fixture(autouse=True)
def own_temporary_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    return tmp_path


def test_what_is_found_is_what_the_detector_finds_and_is_kept(own_temporary_folder: Path) -> None:
    face, none = drawn_face(0.6), Image.new("RGB", (640, 480), (200, 30, 30))
    assert (search_face(face), search_face(none)) == (face_in(face), None)
    [kept, _] = sorted(own_temporary_folder.rglob("*.json"), key=lambda file: len(file.read_bytes()), reverse=True)
    kept.write_text('{"height": 0.25}', encoding="utf-8")
    again = search_face(face)
    assert again is not None
    assert again.height == 0.25


def test_what_was_kept_and_is_damaged_is_looked_for_again(own_temporary_folder: Path) -> None:
    face = drawn_face(0.6)
    found = search_face(face)
    [kept] = own_temporary_folder.rglob("*.json")
    kept.write_text("{", encoding="utf-8")
    assert search_face(face) == found


def test_where_no_process_can_be_begun_it_is_looked_for_here(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sys.executable", "/nowhere/python")
    face = drawn_face(0.6)
    assert search_face(face) == face_in(face)


def test_who_asks_loads_no_detector() -> None:
    seen = (
        "import sys; from tests.faces import drawn_face; from resources.media.picture.entry.face_search import"
        " search_face; assert search_face(drawn_face(0.6)); print('dlib' in sys.modules)"
    )
    assert subprocess.check_output([sys.executable, "-c", seen], text=True).strip() == "False"
