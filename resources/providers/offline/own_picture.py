"""A person's own picture as a face: cropped to the pane, moved gently, with a level meter where lips would tell.

Nothing is guessed about the face: a portrait keeps it in the upper middle, and the crop keeps that.
"""

import math
from pathlib import Path

from PIL import Image, ImageOps

from resources.core.errors import ContentError
from resources.media.picture.entry import opening
from resources.providers.offline.puppets.parts import Box, Framing, dice, document
from resources.providers.offline.puppets.stage import Affine, Layer, Planes, Raster, Sprite, rasterize

METER = Box(-150, 826, 150, 896)  # units: above the place of name tags
_LEVELS = 20
_SMALLEST = 64  # pixels: less cannot be recognised as a face
_MARGIN = 1.07  # of the pane's size, so that the picture can move without showing its edge
_GROUND = "#0d1024"  # behind a transparent picture
_ABOVE = 0.3  # of what is cut off above and below, the share that is cut above
_BARS = 13
_STILL: Affine = (1, 0, 0, 0, 1, 0)


def open_picture(path: Path, name: str, width: int, height: int) -> Image.Image:
    """A picture as RGB, upright, opaque, cropped to the pane and its margin. `name` is what an error calls it.

    Raises ContentError when it cannot be read or is smaller than 64 pixels. A large JPEG is read at a fraction of its
    size; other large pictures need 4 bytes of memory a pixel while they are read.
    """
    wide, tall = _even(width * _MARGIN), _even(height * _MARGIN)
    picture = opening.open_picture(path, name, near=(wide, tall))
    _check_size(picture.size, name)
    factor = min(picture.width // (2 * max(wide, tall)), picture.height // (2 * max(wide, tall)))
    upright = picture.reduce(factor) if factor > 1 else picture
    if upright.mode == "RGBA":
        ground = Image.new("RGBA", upright.size, _GROUND)
        ground.alpha_composite(upright)
        upright = ground.convert("RGB")
    return ImageOps.fit(upright, (wide, tall), Image.Resampling.LANCZOS, centering=(0.5, _ABOVE))


def _check_size(size: tuple[int, int], name: str) -> None:
    if min(size) < _SMALLEST:
        raise ContentError(
            f"a picture is too small: {size[0]} x {size[1]} pixels",
            where=name,
            why=f"a face needs at least {_SMALLEST} pixels each way; good ones have 1000 and more",
            hint="use a larger picture",
        )


class PictureStage:
    """A picture in a pane, ready to be painted at any moment of its motion."""

    def __init__(self, picture: Image.Image, color: str, width: int, height: int, raster: Raster = rasterize) -> None:
        self._framing = Framing.of(width, height)
        self._size = (width, height)
        self._picture = Sprite(picture, (width - picture.width) / 2, (height - picture.height) / 2)
        svg, _, tall = document([_meter(level) for level in range(_LEVELS)], _glow(color), METER, self._framing.scale)
        sheet = raster(svg)
        left, top = (
            self._framing.x + METER.left * self._framing.scale,
            self._framing.y + METER.top * self._framing.scale,
        )
        bars = (sheet.crop((0, level * tall, sheet.width, (level + 1) * tall)) for level in range(_LEVELS))
        self._meter = [Layer.of([(Sprite(picture, left, top), _STILL)], self._size) for picture in bars]

    def paint(self, phase: float, level: int | None) -> Planes:
        """The frame at `phase` (turns of the motion; a whole turn meets itself), with the meter if it speaks."""
        width, height = self._size
        frame = Planes(Image.new("L", (width, height)), *(Image.new("L", (width // 2, height // 2)) for _ in "uv"))
        zoom = 1.018 + 0.018 * math.sin(2 * math.pi * phase)
        dx = width * 0.011 * math.sin(2 * math.pi * (phase + 0.2))
        dy = height * 0.008 * math.sin(2 * math.pi * (2 * phase + 0.1))
        move = (zoom, 0.0, width / 2 * (1 - zoom) + dx, 0.0, zoom, height / 2 * (1 - zoom) + dy)
        for layer in (Layer.of([(self._picture, move)], self._size), None if level is None else self._meter[level]):
            if layer:
                layer.paste(frame)
        return frame


def level_of(share: float) -> int:
    """The meter's level for a loudness of 0 to 1 (in decibels, as `media.audio.voice_track.envelope` gives it)."""
    opening: float = min(max(share, 0.0), 1.0) ** 1.6
    return round(opening * (_LEVELS - 1))


def _even(value: float) -> int:
    return math.ceil(value / 2) * 2


def _glow(color: str) -> str:
    return (
        f'<linearGradient id="bar" x2="0" y2="1"><stop offset="0" stop-color="#ffffff"/>'
        f'<stop offset=".3" stop-color="{color}"/><stop offset=".7" stop-color="{color}"/>'
        '<stop offset="1" stop-color="#ffffff"/></linearGradient>'
        f'<linearGradient id="edge"><stop offset="0" stop-color="{color}" stop-opacity=".9"/>'
        f'<stop offset="1" stop-color="{color}" stop-opacity=".35"/></linearGradient>'
    )


def _meter(level: int) -> str:
    random = dice(3)
    middle = (METER.top + METER.bottom) / 2
    bars = []
    for index in range(_BARS):
        offset = index - _BARS // 2
        bell = math.exp(-((offset / 5.0) ** 2)) * random.uniform(0.7, 1.0)
        high = 6 + 46 * level / (_LEVELS - 1) * bell
        bars.append(
            f'<rect x="{offset * 18 - 5}" y="{middle - high / 2:.1f}" width="10" height="{high:.1f}" rx="5"'
            ' fill="url(#bar)"/>'
        )
    return (
        f'<rect x="{METER.left + 3}" y="{METER.top + 3}" width="{METER.right - METER.left - 6}"'
        f' height="{METER.bottom - METER.top - 6}" rx="32" fill="#070a1c" fill-opacity=".72" stroke="url(#edge)"'
        f' stroke-width="2.5"/>' + "".join(bars)
    )
