"""The parts of a transparent picture that have something on them: rectangles of pixels that ffmpeg lays over a frame.

Blending costs by the area that is blended, empty or not: a border, a name tag and a mark are a fifth of the frame that
they stand in; what nothing is seen through is apart, to be copied. A PNG would cost each composite a decoder and a
conversion a part, and twice: ffmpeg sets up every graph twice.
"""

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from resources.core.values import Value
from resources.media.layouts import Area

_CELL = 16  # pixels: rectangles fall on this grid, and so on whole chroma samples
_WORTH = 120  # cells that must be empty in one place to be cut out: a patch more costs as much as blending these
_FULL = 255  # alpha of what nothing is seen through
_ROWS = 64  # that are made into numbers at once: those of a whole picture would take 100 MB
_RED, _BLUE = 0.2126, 0.0722  # their shares of brightness, by BT.709

_Cells = NDArray[np.bool_]
_Box = tuple[int, int, int, int]  # top, left, bottom, right, in cells


class Patch(Value):
    """A part of a picture that is not empty, as raw `pixels` (see `raw`). `opaque`: nothing is seen through."""

    area: Area
    pixels: bytes
    opaque: bool = False


def patches(picture: Image.Image) -> tuple[Patch, ...]:
    """What is drawn on a transparent picture (RGBA), as rectangles that do not overlap."""
    alpha = np.asarray(picture.getchannel("A"))
    cells = _cells(alpha) > 0
    return tuple(
        _patch(picture, alpha, part)
        for box in _boxes(cells, (0, 0, *cells.shape))
        for part in _parted(_trimmed(alpha, box), alpha)
    )


def raw(picture: Image.Image, *, opaque: bool = False) -> bytes:
    """A picture (RGBA) as ffmpeg's yuva420p, where it is opaque as yuv420p: BT.709, as its frames are.

    A colour counts for as much as is seen of it: beside a letter's edge lies nothing, not black.
    """
    rows = (
        picture.crop((0, top, picture.width, min(top + _ROWS, picture.height)))
        for top in range(0, picture.height, _ROWS)
    )
    planes = zip(*(_planes(np.asarray(part, dtype=np.float32)) for part in rows), strict=True)
    return b"".join(b"".join(plane) for plane in list(planes)[: 3 if opaque else 4])


def _planes(pixels: NDArray[np.float32]) -> list[bytes]:
    """Y', Cb, Cr and alpha of some rows."""
    red, green, blue, alpha = (pixels[..., channel] for channel in range(4))
    luma = _RED * red + (1 - _RED - _BLUE) * green + _BLUE * blue
    weight = np.maximum(_quartered(alpha), 1 / _FULL)
    chroma = (
        128 + _quartered((color - luma) * alpha) / weight * (112 / _FULL / (1 - share))
        for color, share in ((blue, _BLUE), (red, _RED))
    )
    planes = (16 + luma * (219 / _FULL), *chroma, alpha)
    return [np.rint(plane).astype(np.uint8).tobytes() for plane in planes]


def _quartered(plane: NDArray[np.float32]) -> NDArray[np.float32]:
    """A plane of half the width and height: the mean of each four pixels."""
    tall, wide = plane.shape
    return plane.reshape(tall // 2, 2, wide // 2, 2).mean(axis=(1, 3))  # type: ignore[no-any-return]


def _cells(alpha: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """The most of each cell's alpha."""
    tall, wide = (-side % _CELL for side in alpha.shape)
    padded = np.pad(alpha, ((0, tall), (0, wide)))
    return padded.reshape(padded.shape[0] // _CELL, _CELL, -1, _CELL).max(axis=(1, 3))  # type: ignore[no-any-return]


def _patch(picture: Image.Image, alpha: NDArray[np.uint8], box: _Box) -> Patch:
    top, left, bottom, right = box
    opaque = bool((alpha[top:bottom, left:right] == _FULL).all())
    part = picture.crop((left, top, right, bottom))
    area = Area(x=left, y=top, width=right - left, height=bottom - top)
    return Patch(area=area, pixels=raw(part, opaque=opaque), opaque=opaque)


def _trimmed(alpha: NDArray[np.uint8], box: _Box) -> _Box:
    """A box of cells as one of pixels, without what is empty at its edges; its sides are even."""
    top, left, bottom, right = (_CELL * side for side in box)
    part = alpha[top:bottom, left:right] > 0
    rows, columns = np.flatnonzero(part.any(axis=1)), np.flatnonzero(part.any(axis=0))
    return (
        top + int(rows[0]) // 2 * 2,
        left + int(columns[0]) // 2 * 2,
        top + (int(rows[-1]) + 2) // 2 * 2,
        left + (int(columns[-1]) + 2) // 2 * 2,
    )


def _parted(box: _Box, alpha: NDArray[np.uint8]) -> list[_Box]:
    """A box of pixels, and apart from the rest of it what is opaque, where that is large."""
    top, left, bottom, right = box
    part = alpha[top:bottom, left:right]
    if (part == _FULL).all():
        return [box]
    hole = _largest_hole(_cells(np.invert(part)) > 0)
    if _size(hole) < _WORTH:
        return [box]
    up, west, down, east = (_CELL * side for side in hole)
    whole = (top + up, left + west, min(top + down, bottom), min(left + east, right))
    return [whole, *(each for side in _around(box, whole) for each in _parted(side, alpha))]


def _around(box: _Box, inner: _Box) -> list[_Box]:
    """What is left of a box round an inner one: above, below, and at its sides."""
    top, left, bottom, right = box
    up, west, down, east = inner
    sides = ((top, left, up, right), (down, left, bottom, right), (up, left, down, west), (up, east, down, right))
    return [side for side in sides if _size(side)]


def _size(box: _Box) -> int:
    return (box[2] - box[0]) * (box[3] - box[1])


def _boxes(cells: _Cells, within: _Box) -> list[_Box]:
    """Boxes that hold every used cell `within`: what is empty at its edges and its largest hole are left out."""
    top, left, bottom, right = within
    part = cells[top:bottom, left:right]
    rows, columns = np.flatnonzero(part.any(axis=1)), np.flatnonzero(part.any(axis=0))
    if not rows.size:
        return []
    top, bottom = top + int(rows[0]), top + int(rows[-1]) + 1
    left, right = left + int(columns[0]), left + int(columns[-1]) + 1
    up, west, down, east = _largest_hole(cells[top:bottom, left:right])
    if (down - up) * (east - west) < _WORTH:
        return [(top, left, bottom, right)]
    hole = (top + up, left + west, top + down, left + east)
    return [box for side in _around((top, left, bottom, right), hole) for box in _boxes(cells, side)]


def _largest_hole(cells: _Cells) -> _Box:
    """The largest rectangle of unused cells (the largest rectangle in a histogram, row by row)."""
    best, size = (0, 0, 0, 0), 0
    free = np.zeros(cells.shape[1], dtype=int)  # unused cells above and in this row, by column
    for row in range(cells.shape[0]):
        free = np.where(cells[row], 0, free + 1)
        rising: list[tuple[int, int]] = []  # column that a bar reaches back to, its height
        for column, height in enumerate([*free.tolist(), 0]):
            start = column
            while rising and rising[-1][1] >= height:
                start, bar = rising.pop()
                if bar * (column - start) > size:
                    best, size = (row + 1 - bar, start, row + 1, column), bar * (column - start)
            rising.append((start, height))
    return best
