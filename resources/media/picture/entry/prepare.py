"""A character's picture, prepared for the models: checked, upright, opaque, in the shape of the pane it will fill.

A clip takes its shape from the picture, so the picture is cut to the pane before anything is bought. The prepared file
is made once for each picture and shape and found again by its recipe: its bytes are part of what was paid for.
"""

import io
import math
from typing import Final

from PIL import Image

from resources.core.errors import ContentError
from resources.core.library import Library, recipe_key
from resources.core.recipes import Recipe
from resources.core.values import Media
from resources.media.picture.entry.opening import open_picture

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

    def make() -> Media:
        return library.put_bytes(_jpeg(library, picture, width, height, where), ".jpg")

    return library.memo(key, Media, make).value


def shape_of(width: int, height: int) -> str:
    """The shape of a pane, as `9:16`."""
    return ":".join(map(str, _reduced(width, height)))


def opaque(library: Library, picture: Media, *, where: str) -> Media:
    """The picture itself, or a PNG of it on a plain background where it can be seen through. ContentError."""
    source = open_picture(library.path(picture), where)
    if source.mode == "RGB" or source.getchannel("A").getextrema()[0] == _SOLID:
        return picture
    key = recipe_key(Recipe.OPAQUE, version=VERSION, picture=picture.sha256)

    def lay() -> Media:
        file = io.BytesIO()
        _opaque(open_picture(library.path(picture), where)).save(file, "PNG")
        return library.put_bytes(file.getvalue(), ".png")

    return library.memo(key, Media, lay).value


def portrait(picture: Image.Image, *, width: int, height: int, where: str) -> Image.Image:
    """An opened picture in the shape of a `width` x `height` pane, as the models get it. Raises ContentError."""
    aspect = width / height
    if not 1 / WIDEST <= aspect <= WIDEST:
        raise ContentError(
            f"a pane of {aspect:.2f}:1 is too narrow or too wide for the models",
            where=where,
            why=f"they take pictures from 1:{WIDEST} to {WIDEST}:1",
            hint="choose another layout in show.yaml",
            code="file-unfit",
        )
    whole = _opaque(picture)
    cut = _cut(whole, aspect)
    if min(cut.size) < SHORTEST_SIDE:
        raise ContentError(
            f"a picture is too small: {cut.width}x{cut.height} pixels are left in the shape of its pane",
            where=where,
            why=f"the models need {SHORTEST_SIDE} pixels on each side; the picture is {whole.width}x{whole.height}",
            hint="use a larger picture",
            code="image-small",
        )
    cut.thumbnail((LONGEST_SIDE, LONGEST_SIDE), Image.Resampling.LANCZOS)
    return cut


def _jpeg(library: Library, picture: Media, width: int, height: int, where: str) -> bytes:
    cut = portrait(open_picture(library.path(picture), where), width=width, height=height, where=where)
    file = io.BytesIO()
    cut.save(file, "JPEG", quality=95, subsampling=0)
    return file.getvalue()


def _opaque(picture: Image.Image) -> Image.Image:
    if picture.mode == "RGB":
        return picture
    behind = Image.new("RGBA", picture.size, (*BACKGROUND, 255))
    return Image.alpha_composite(behind, picture).convert("RGB")


def _cut(image: Image.Image, aspect: float) -> Image.Image:
    width, height = min(image.width, round(image.height * aspect)), min(image.height, round(image.width / aspect))
    left, top = (image.width - width) // 2, round((image.height - height) * _FACE_HEIGHT)
    return image.crop((left, top, left + width, top + height))


def _reduced(width: int, height: int) -> list[int]:
    common = math.gcd(width, height)
    return [width // common, height // common]
