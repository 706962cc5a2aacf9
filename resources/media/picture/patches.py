"""The parts of a transparent picture that have something on them, as a few rectangles.

Blending costs by the area that is blended, empty or not: a border, a name tag and a mark are a fifth of the frame that
they stand in.
"""

import io

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from resources.core.values import Value
from resources.media.layouts import Area

_CELL = 16  # pixels: rectangles fall on this grid, and so on whole chroma samples
_WORTH = 120  # cells that must be empty in one place to be cut out: a patch more costs as much as blending these
_FULL = 255  # alpha of what nothing is seen through

_Cells = NDArray[np.bool_]
_Box = tuple[int, int, int, int]  # top, left, bottom, right, in cells


class Patch(Value):
    """A part of a picture that is not empty, and its content as PNG bytes (RGBA). `opaque`: nothing is seen through."""

    area: Area
    png: bytes
    opaque: bool = False


def patches(picture: Image.Image) -> tuple[Patch, ...]:
    """What is drawn on a transparent picture (RGBA), as rectangles that do not overlap."""
    tall, wide = -(-picture.height // _CELL), -(-picture.width // _CELL)
    padded = np.zeros((tall * _CELL, wide * _CELL), dtype=np.uint8)
    padded[: picture.height, : picture.width] = np.asarray(picture.getchannel("A"))
    cells: _Cells = padded.reshape(tall, _CELL, wide, _CELL).max(axis=(1, 3)) > 0
    return tuple(_patch(picture, box) for box in _boxes(cells, (0, 0, tall, wide)))


def _patch(picture: Image.Image, box: _Box) -> Patch:
    top, left, bottom, right = (_CELL * side for side in box)
    right, bottom = min(right, picture.width), min(bottom, picture.height)
    content = io.BytesIO()
    part = picture.crop((left, top, right, bottom))
    part.save(content, "PNG", compress_level=1)
    area = Area(x=left, y=top, width=right - left, height=bottom - top)
    return Patch(area=area, png=content.getvalue(), opaque=part.getchannel("A").getextrema()[0] == _FULL)


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
    up, down, west, east = top + up, top + down, left + west, left + east
    around = ((top, left, up, right), (down, left, bottom, right), (up, left, down, west), (up, east, down, right))
    return [box for side in around for box in _boxes(cells, side)]


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
