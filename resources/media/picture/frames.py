"""Frames of clips: the first and the last as pictures of their own size, and the brightness of any."""

import io
from collections import deque
from itertools import islice
from pathlib import Path

import av
import numpy as np
from numpy.typing import NDArray
from PIL import Image

from resources.core.errors import MediaError
from resources.core.library import Library, recipe_key
from resources.core.recipes import Recipe
from resources.core.values import Media
from resources.media.probe import opened

_VERSION = 1


def frame_of(library: Library, clip: Media, *, last: bool = False) -> Media:
    """The first or the last frame of a clip as PNG, read once and found again. Raises MediaError."""
    key = recipe_key(Recipe.FRAME, version=_VERSION, clip=clip.sha256, last=last)

    def read() -> Media:
        file = io.BytesIO()
        _frame(library.path(clip), last).save(file, "PNG")
        return library.put_bytes(file.getvalue(), ".png")

    return library.memo(key, Media, read).value


def luma(frame: av.VideoFrame) -> NDArray[np.uint8]:
    """A frame's brightness in 8 bits, height x width, without a copy or a conversion where it is stored as such."""
    stored = frame.format.name.startswith(("yuv", "gray")) and frame.format.components[0].bits == 8
    planar = frame if stored else frame.reformat(format="gray")
    plane = planar.planes[0]
    return np.frombuffer(memoryview(plane), np.uint8).reshape(-1, plane.line_size)[: planar.height, : planar.width]


def _frame(path: Path, last: bool) -> Image.Image:
    with opened(path, "a clip") as file:
        frames = file.decode(file.streams.video[0])
        shown = deque(frames, maxlen=1) if last else deque(islice(frames, 1))
        if not shown:
            raise MediaError("a clip has no frames", where=str(path))
        return Image.fromarray(shown[0].to_ndarray(format="rgb24"))
