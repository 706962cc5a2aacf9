import pytest
from PIL import Image

from resources.media.picture.entry.faces import can_find, face_in
from tests.faces import drawn_face

pytestmark = pytest.mark.skipif(not can_find(), reason="the detector has no wheel for macOS")


@pytest.mark.parametrize("part", [0.6, 0.15])
def test_a_face_is_found_and_its_height_is_told(part: float) -> None:
    found = face_in(drawn_face(part))
    assert found is not None
    assert found.height == pytest.approx(0.8 * part, rel=0.3)


def test_the_faces_of_the_example_are_found() -> None:
    for name in ("ninja", "glitch"):
        found = face_in(Image.open(f"show/characters/{name}.png"))
        assert found is not None
        assert found.height > 0.3


@pytest.mark.parametrize(
    "picture",
    [Image.new("RGB", (640, 480), (200, 30, 30)), Image.effect_noise((640, 640), 60)],
    ids=["one colour", "noise"],
)
def test_where_there_is_no_face_none_is_found(picture: Image.Image) -> None:
    assert face_in(picture) is None
