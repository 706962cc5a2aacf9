"""A character's picture, prepared for the models: checked, upright, opaque, in the shape of the pane it will fill.

A clip takes its shape from the picture, so the picture is cut to the pane before anything is bought. The prepared file
is made once for each picture and shape and found again by its recipe: its bytes are part of what was paid for.
"""

import io
import math
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final

from PIL import Image, ImageOps, UnidentifiedImageError

from resources.core.errors import ContentError
from resources.core.library import Library, recipe_key
from resources.core.recipes import Recipe
from resources.core.values import Media

SHORTEST_SIDE: Final = 512  # pixels; models take 300, where a face is a blur (docs/sources/endpoints.md#avatar-v2)
LONGEST_SIDE: Final = 2048  # pixels; the models render at most 1080p
WIDEST: Final = 2.5  # models take 1:2.5 to 2.5:1
BACKGROUND: Final = (48, 52, 63)  # behind see-through pixels, which the models would turn black
_FACE_HEIGHT: Final = 0.35  # where a face is in a portrait: what is cut off goes mostly from below
_SOLID: Final = 255  # alpha of a pixel that hides what is behind it
VERSION: Final = 1


def prepared(library: Library, picture: Media, *, width: int, height: int, where: str) -> Media:
    """The JPEG of `picture` in the shape of a `width` x `height` pane. Raises ContentError naming `where`."""
    key = recipe_key(Recipe.PORTRAIT, version=VERSION, picture=picture.sha256, shape=_reduced(width, height))
    aspect = width / height
    return library.memo(key, Media, lambda: library.put_bytes(_jpeg(library, picture, aspect, where), ".jpg")).value


def shape_of(width: int, height: int) -> str:
    """The shape of a pane, as `9:16`."""
    return ":".join(map(str, _reduced(width, height)))


def opaque(library: Library, picture: Media, *, where: str) -> Media:
    """The picture itself, or a PNG of it on a plain background where it can be seen through. ContentError."""
    with _opened(library, picture, where) as source:
        if not source.has_transparency_data or source.convert("RGBA").getchannel("A").getextrema()[0] == _SOLID:
            return picture
    key = recipe_key(Recipe.OPAQUE, version=VERSION, picture=picture.sha256)

    def lay() -> Media:
        file = io.BytesIO()
        with _opened(library, picture, where) as source:
            _opaque(ImageOps.exif_transpose(source), where).save(file, "PNG")
        return library.put_bytes(file.getvalue(), ".png")

    return library.memo(key, Media, lay).value


@contextmanager
def _opened(library: Library, picture: Media, where: str) -> Iterator[Image.Image]:
    try:
        with Image.open(library.path(picture)) as source:
            yield source
    except (UnidentifiedImageError, OSError, Image.DecompressionBombError, SyntaxError) as error:
        raise ContentError(
            "a picture cannot be read", where=where, why=str(error), mend="save it as a PNG or JPEG again"
        ) from error


def _jpeg(library: Library, picture: Media, aspect: float, where: str) -> bytes:
    if not 1 / WIDEST <= aspect <= WIDEST:
        raise ContentError(
            f"a pane of {aspect:.2f}:1 is too narrow or too wide for the models",
            where=where,
            why=f"they take pictures from 1:{WIDEST} to {WIDEST}:1",
            mend="choose another layout in show.yaml",
        )
    with _opened(library, picture, where) as source:
        whole = _opaque(ImageOps.exif_transpose(source), where)
    cut = _cut(whole, aspect)
    if min(cut.size) < SHORTEST_SIDE:
        raise ContentError(
            f"a picture is too small: {cut.width}x{cut.height} pixels are left in the shape of its pane",
            where=where,
            why=f"the models need {SHORTEST_SIDE} pixels on each side; the picture is {whole.width}x{whole.height}",
            mend="use a larger picture",
        )
    cut.thumbnail((LONGEST_SIDE, LONGEST_SIDE), Image.Resampling.LANCZOS)
    file = io.BytesIO()
    cut.save(file, "JPEG", quality=95, subsampling=0)
    return file.getvalue()


def _opaque(image: Image.Image, where: str) -> Image.Image:
    if image.mode.startswith(("I", "F")):
        raise ContentError(
            "a picture has more than 8 bits a channel", where=where, mend="save it as an 8-bit PNG or JPEG"
        )
    if not image.has_transparency_data:
        return image.convert("RGB")
    behind = Image.new("RGBA", image.size, (*BACKGROUND, 255))
    return Image.alpha_composite(behind, image.convert("RGBA")).convert("RGB")


def _cut(image: Image.Image, aspect: float) -> Image.Image:
    width, height = min(image.width, round(image.height * aspect)), min(image.height, round(image.width / aspect))
    left, top = (image.width - width) // 2, round((image.height - height) * _FACE_HEIGHT)
    return image.crop((left, top, left + width, top + height))


def _reduced(width: int, height: int) -> list[int]:
    common = math.gcd(width, height)
    return [width // common, height // common]
