import io

import numpy as np
import pytest
from PIL import Image

from resources.media.typography import svg
from resources.media.typography.fonts import FONTS
from resources.media.typography.svg import png_of
from resources.media.typography.text import drawn

VIEW = (0, 0, 500, 64)


def picture(drawing: str, view: tuple[float, float, float, float], width: int, height: int) -> Image.Image:
    return Image.open(io.BytesIO(png_of(drawing, view, width, height)))


def test_a_part_of_a_drawing_is_that_part_of_its_whole() -> None:
    drawing = '<rect x="10" y="20" width="40" height="8" fill="#22d3ee"/>' + drawn(
        "Žofie", x=60, middle=40, size=20, color="#ffffff", anchor="start"
    )
    full = picture(drawing, (0, 0, 160, 80), 160, 80)
    part = picture(drawing, (40, 16, 80, 40), 80, 40)
    apart = np.abs(np.asarray(full.crop((40, 16, 120, 56)), dtype=int) - np.asarray(part))
    assert apart.max() <= 2
    assert np.asarray(part)[..., 3].any()


def test_a_drawing_fills_a_picture_of_another_shape() -> None:
    for width, height in ((984, 148), (100, 40), (7, 90)):
        assert picture("<path/>", (0, 0, 984, 147), width, height).size == (width, height)
    stretched = np.asarray(picture('<rect width="10" height="10" fill="#fff"/>', (0, 0, 10, 10), 30, 20))
    assert (stretched[..., 3] == 255).all()


def test_the_same_letters_are_drawn_as_with_all_fonts_loaded(monkeypatch: pytest.MonkeyPatch) -> None:
    """Names in every script that a font has, and one in two of them."""
    for line in ("Ninja", "Ниндзя", "सोनू", "สมชาย", "健太", "דנה", "Žofie ₹ 健"):
        drawing = drawn(line, x=8, middle=32, size=40, color="#ffffff", anchor="start")
        few = np.asarray(picture(drawing, (0, 0, 400, 64), 400, 64))
        with monkeypatch.context() as loaded:
            loaded.setattr(svg, "_needed", lambda _: FONTS)
            assert np.array_equal(few, np.asarray(picture(drawing, (0, 0, 400, 64), 400, 64))), line
        assert few[..., 3].any(), line


@pytest.mark.parametrize(
    ("line", "word"),
    [
        ("ज्ञान 専門家 😀", "専門家"),
        ("専門家 ज्ञान", "ज्ञान"),
        ("Ninja ज्ञान", "ज्ञान"),
        ("प्रिया 🎮 محمد 太郎", "محمد"),
    ],
)
def test_each_script_of_a_line_is_drawn_as_it_is_by_itself(line: str, word: str) -> None:
    """Its letters joined, in a font that has them."""
    both, alone = (
        np.asarray(picture(drawn(text, x=8, middle=32, size=40, color="#000000", anchor="start"), VIEW, 2000, 256))
        for text in (line, word)
    )
    columns = np.flatnonzero(alone[..., 3].any(axis=0))
    ink = alone[:, columns[0] : columns[-1] + 1, 3].astype(int)
    apart = (
        np.abs(both[:, left : left + ink.shape[1], 3] - ink).sum() / ink.sum() for left in range(2000 - ink.shape[1])
    )
    assert min(apart) < 0.15  # it may lie between two pixels


def test_the_names_of_a_line_stand_in_the_order_that_they_are_read_in() -> None:
    drawing = drawn("प्रिया 🎮 محمد 太郎", x=8, middle=32, size=40, color="#000000", anchor="start")
    places = {name: float(drawing.split(name)[0].rpartition('x="')[2].partition('"')[0]) for name in ("محمد", "太郎")}
    assert places["محمد"] < places["太郎"]
