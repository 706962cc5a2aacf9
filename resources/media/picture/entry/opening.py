"""The one opener of pictures that a person gives: a rehearsal, the linter and paid modes see the same pixels, or none.

What comes out is upright, in sRGB with 8 bits a channel, and RGB, or RGBA where it can be seen through. Nothing larger
is read than a portrait needs by far: the header says how large a picture is before its pixels are touched.
"""

import io
from pathlib import Path
from typing import Final

import numpy as np
from PIL import Image, ImageCms, ImageOps, UnidentifiedImageError

from resources.core.errors import ContentError

MOST_PIXELS: Final = 80_000_000  # as RGBA that is 320 MB; the models render at most 1080p
_DEEP: Final = ("I", "F")  # modes of more than 8 bits: I;16, I, F
_PLAIN: Final = ("RGB", "RGBA", "L", "LA", "P", "1")
_ORIENTATION: Final = 0x0112  # the EXIF tag; 1 is upright
_SRGB: Final = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB"))
_BEGINNING: Final = 32  # bytes by which a kind is known
_OTHER_KINDS: Final = {b"heic": "HEIC", b"heix": "HEIC", b"mif1": "HEIC", b"avif": "AVIF", b"isom": "a video"}
_HINT: Final = "save it as a PNG or JPEG again"
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
            return _eight_bits(_in_srgb(upright))
    except BROKEN as error:
        why = _unknown(path) if isinstance(error, UnidentifiedImageError) else str(error).replace(str(path), where)
        raise ContentError(
            "a picture cannot be read", where=where, why=why, hint=_HINT, code="image-unreadable"
        ) from error


def _unknown(path: Path) -> str:
    """Why a file that can be read is no picture to Pillow: those of phones are renamed, not saved as what they say."""
    with path.open("rb") as file:
        begins = file.read(_BEGINNING)
    if not begins:
        return "nothing is in it"
    kind = next((kind for brand, kind in _OTHER_KINDS.items() if begins[4:8] == b"ftyp" and brand in begins[8:]), None)
    return f"it is {kind}, whatever its name says" if kind else "what is in it is no picture that is known here"


def _check_pixels(size: tuple[int, int], where: str) -> None:
    if size[0] * size[1] > MOST_PIXELS:
        raise ContentError(
            f"a picture of {size[0]}x{size[1]} has {size[0] * size[1] / 1e6:.0f} megapixels",
            where=where,
            why=f"at most {MOST_PIXELS / 1e6:.0f} are read, and the models render at most 1080p",
            hint="save it smaller: 2048 pixels on the longer side are plenty",
            code="image-huge",
        )


def is_plain(picture: Image.Image) -> bool:
    """Whether a picture's pixels are what is meant to be seen: its header alone is read."""
    upright = picture.getexif().get(_ORIENTATION, 1) in (0, 1)
    return upright and picture.mode in _PLAIN and _other_colours(picture) is None


def _other_colours(picture: Image.Image) -> ImageCms.ImageCmsProfile | None:
    """The profile of a picture whose colours are not sRGB; None for one without a profile, or one that nobody reads."""
    try:
        profile = ImageCms.ImageCmsProfile(io.BytesIO(picture.info.get("icc_profile") or b""))
        return None if "sRGB" in ImageCms.getProfileDescription(profile) else profile
    except (ImageCms.PyCMSError, OSError):
        return None


def _in_srgb(picture: Image.Image) -> Image.Image:
    profile = _other_colours(picture)
    if profile is None or picture.mode not in ("RGB", "RGBA", "L", "LA", "CMYK", "P"):
        return picture
    alpha = picture.convert("RGBA").getchannel("A") if picture.has_transparency_data else None
    colours = (
        picture if picture.mode in ("RGB", "L", "CMYK") else picture.convert("L" if "L" in picture.mode else "RGB")
    )
    try:
        seen = ImageCms.profileToProfile(colours, profile, _SRGB, outputMode="RGB")
    except ImageCms.PyCMSError:  # a profile of other colours than the picture has: nobody follows it
        return picture
    if seen is None:
        return picture
    if alpha is not None:
        seen.putalpha(alpha)
    return seen


def _eight_bits(picture: Image.Image) -> Image.Image:
    if picture.mode.startswith(_DEEP):
        levels = np.asarray(picture, dtype=np.float64)
        deep = picture.mode.startswith("I;16") or levels.max(initial=0) > 255
        highest = 65535.0 if deep else 255.0
        picture = Image.fromarray(np.clip(levels * (255 / highest), 0, 255).astype(np.uint8), "L")
    picture.load()
    return picture.convert("RGBA" if picture.has_transparency_data else "RGB")
