import io

import numpy as np
import pytest
from PIL import Image

from resources.media.typography import svg
from resources.media.typography.fonts import FONTS
from resources.media.typography.svg import png_of
from resources.media.typography.text import drawn


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
