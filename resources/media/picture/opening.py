"""The one opener of pictures that a person gives: a rehearsal, the linter and paid modes see the same pixels, or none.

What comes out is upright, with 8 bits a channel, and RGB, or RGBA where it can be seen through. Nothing larger is read
than a portrait needs by far: the header says how large a picture is before its pixels are touched.
"""

from pathlib import Path
from typing import Final

import numpy as np
from PIL import Image, ImageOps, UnidentifiedImageError

from resources.core.errors import ContentError

MOST_PIXELS: Final = 80_000_000  # as RGBA that is 320 MB; the models render at most 1080p
_DEEP: Final = ("I", "F")  # modes of more than 8 bits: I;16, I, F
_MEND: Final = "save it as a PNG or JPEG again"
BROKEN: Final = (
    UnidentifiedImageError,
    Image.DecompressionBombError,
    OSError,
    SyntaxError,
    ValueError,
)  # what Pillow raises


def open_picture(path: Path, where: str, *, near: tuple[int, int] | None = None) -> Image.Image:
    """A picture file as RGB or RGBA. With `near`, a large JPEG may be read at a fraction of its size, but not below.

    Raises ContentError, naming `where`, for what is no picture or has more than MOST_PIXELS.
    """
    try:
        with Image.open(path) as file:
            _check_pixels(file.size, where)
            if near is not None:
                file.draft("RGB", near)
            upright = ImageOps.exif_transpose(file)
            return _eight_bits(upright)
    except BROKEN as error:
        told = str(error).replace(str(path), where)
        raise ContentError(
            "a picture cannot be read", where=where, why=told, mend=_MEND, code="image-unreadable"
        ) from error


def _check_pixels(size: tuple[int, int], where: str) -> None:
    if size[0] * size[1] > MOST_PIXELS:
        raise ContentError(
            f"a picture of {size[0]}x{size[1]} has {size[0] * size[1] / 1e6:.0f} megapixels",
            where=where,
            why=f"at most {MOST_PIXELS / 1e6:.0f} are read, and the models render at most 1080p",
            mend="save it smaller: 2048 pixels on the longer side are plenty",
            code="image-huge",
        )


def _eight_bits(picture: Image.Image) -> Image.Image:
    if picture.mode.startswith(_DEEP):
        levels = np.asarray(picture, dtype=np.float64)
        highest = 65535.0 if levels.max(initial=0) > 255 else 255.0
        picture = Image.fromarray(np.clip(levels * (255 / highest), 0, 255).astype(np.uint8), "L")
    picture.load()
    return picture.convert("RGBA" if picture.has_transparency_data else "RGB")
