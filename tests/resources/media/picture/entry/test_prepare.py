"""A character's picture is made fit for the models, or refused with what is wrong, before anything is bought."""

import io
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from resources.core.errors import ContentError
from resources.core.library import Library
from resources.media.picture.entry.prepare import BACKGROUND, prepared
from tests.resources.providers.fal.conftest import picture


def made(library: Library, content: bytes, width: int = 540, height: int = 540, suffix: str = ".png") -> Image.Image:
    media = prepared(library, library.put_bytes(content, suffix), width=width, height=height, where="ninja.png")
    assert media.suffix == ".jpg"
    return Image.open(library.path(media))


@pytest.fixture
def library(tmp_path: Path) -> Library:
    return Library(tmp_path / "library")


@pytest.mark.parametrize("mode", ["RGB", "RGBA", "L", "LA", "P", "CMYK", "1"])
def test_every_kind_of_picture_becomes_an_opaque_rgb_jpeg(library: Library, mode: str) -> None:
    file = io.BytesIO()
    Image.new("RGBA", (600, 600), (200, 40, 40, 255)).convert(mode).save(file, "TIFF" if mode == "CMYK" else "PNG")
    image = made(library, file.getvalue(), suffix=".tiff" if mode == "CMYK" else ".png")
    assert (image.mode, image.size) == ("RGB", (600, 600))


def test_see_through_pixels_become_the_background_and_not_black(library: Library) -> None:
    file = io.BytesIO()
    Image.new("RGBA", (600, 600), (0, 0, 0, 0)).save(file, "PNG")
    pixel = made(library, file.getvalue()).getpixel((300, 300))
    assert isinstance(pixel, tuple)
    assert max(abs(a - b) for a, b in zip(pixel, BACKGROUND, strict=True)) <= 3


@pytest.mark.parametrize(("width", "height"), [(1080, 960), (960, 1080), (540, 540)])
def test_a_picture_is_cut_to_the_shape_of_its_pane(library: Library, width: int, height: int) -> None:
    image = made(library, picture(1600, 1400), width, height)
    assert image.width / image.height == pytest.approx(width / height, abs=0.005)


def test_what_is_cut_off_a_tall_picture_is_mostly_its_foot(library: Library) -> None:
    tall = Image.new("RGB", (600, 1200), "black")
    tall.paste("white", (0, 200, 600, 800))
    file = io.BytesIO()
    tall.save(file, "PNG")
    image = made(library, file.getvalue()).convert("L")
    assert image.getpixel((300, 5)) == pytest.approx(255, abs=12)
    assert image.getpixel((300, 580)) == pytest.approx(255, abs=12)


def test_a_turned_photograph_stands_upright(library: Library) -> None:
    file = io.BytesIO()
    exif = Image.Exif()
    exif[0x0112] = 6  # rotate by 90 degrees to see it
    Image.new("RGB", (1200, 700), "red").save(file, "JPEG", exif=exif)
    image = made(library, file.getvalue(), 700, 1200, ".jpg")
    assert image.size == (700, 1200)
    assert not image.getexif()


def test_a_huge_picture_is_made_smaller(library: Library) -> None:
    assert max(made(library, picture(4000, 3000), 1080, 960).size) <= 2048


def test_a_small_picture_is_refused_with_its_size(library: Library) -> None:
    with pytest.raises(ContentError, match="400x400") as caught:
        made(library, picture(400, 900))
    assert (caught.value.where, "512" in str(caught.value)) == ("ninja.png", True)


def test_a_file_that_is_no_picture_is_refused(library: Library) -> None:
    with pytest.raises(ContentError, match="cannot be read"):
        made(library, b"<svg/>")


def test_half_a_picture_is_refused(library: Library) -> None:
    file = io.BytesIO()
    Image.effect_noise((600, 600), 80).save(file, "PNG")
    with pytest.raises(ContentError, match="cannot be read"):
        made(library, file.getvalue()[:20_000])


def test_a_picture_of_sixteen_bits_keeps_its_greys_and_is_not_bought_white(library: Library) -> None:
    file = io.BytesIO()
    Image.new("I;16", (600, 600), 30_000).save(file, "PNG")
    seen = np.asarray(made(library, file.getvalue()).convert("RGB"))
    assert abs(seen.astype(int) - 30_000 * 255 // 65_535).max() <= 2


def test_a_pane_that_no_model_can_fill_is_refused(library: Library) -> None:
    with pytest.raises(ContentError, match="too narrow or too wide"):
        made(library, picture(), 1920, 600)


def test_the_same_picture_is_prepared_once_and_for_equal_shapes(library: Library) -> None:
    source = library.put_bytes(picture(1600, 1400), ".png")
    first = prepared(library, source, width=1080, height=960, where="x")
    before = library.path(first).stat().st_mtime_ns
    assert prepared(library, source, width=540, height=480, where="x") == first
    assert library.path(first).stat().st_mtime_ns == before
