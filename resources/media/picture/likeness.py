"""Where a loop is to begin so that a face goes on as it was: its frame that is most like the last one seen, and from
which it ends most like what is seen next.

Frames are compared small and grey: poses differ by far more than that hides.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from fractions import Fraction
from functools import lru_cache
from pathlib import Path

import av
import numpy as np
from av.container import InputContainer
from av.video.stream import VideoStream
from numpy.typing import NDArray

from resources.core.errors import MediaError
from resources.core.library import Library, recipe_key
from resources.core.recipes import Recipe
from resources.core.values import Media, Value
from resources.media.picture.frames import luma
from resources.media.probe import opened, picture_size

_SIZE = (72, 64)  # pixels that frames are compared at, about

_VERSION = 1
_NEARLY = 1e-6  # seconds: times are sums of floats

_Frames = NDArray[np.int16]  # frames x rows x columns


class _Moment(Value):
    """A time in a clip, in seconds."""

    seconds: float


def most_like(library: Library, loop: Media, seen: Media, seconds: float, *, ends_after: float | None = None) -> float:
    """The second of `loop` that goes on like `seen` at `seconds`, or like its last frame. Raises MediaError.

    `ends_after`: the seconds after which a clip follows that begins as `seen` does; then the larger of both steps is as
    small as can be. Looked for once: it takes all frames of both.
    """
    asked = {"loop": loop.sha256, "seen": seen.sha256, "seconds": seconds, "ends_after": ends_after}

    def find() -> _Moment:
        return _Moment(seconds=_most_like(library, loop, seen, seconds, ends_after))

    return library.memo(recipe_key(Recipe.LIKENESS, version=_VERSION, **asked), _Moment, find).value.seconds


def _most_like(library: Library, loop: Media, seen: Media, seconds: float, ends_after: float | None) -> float:
    frames, rate = _small(library.path(loop))
    if picture_size(library.path(loop)) != picture_size(library.path(seen)) or not rate:
        return 0.0  # cropped otherwise: not to be compared
    apart = np.abs(frames - _shown_at(library.path(seen), seconds)).mean(axis=(1, 2))
    if ends_after is not None:
        then = np.abs(frames - _shown_at(library.path(seen), 0.0)).mean(axis=(1, 2))
        apart = np.maximum(apart, np.roll(then, -round(ends_after * rate)))
    # The next frame of the loop: a face that stood still for a frame would be seen to.
    return (int(np.argmin(apart)) + 1) % len(frames) / rate


@lru_cache(maxsize=16)  # loops serve many turns; 180 frames are 1.6 MB
def _small(path: Path) -> tuple[_Frames, float]:
    """All frames of a loop, and how many a second has."""
    with _opened(path) as (file, stream):
        grey = [_thinned(luma(frame)) for frame in file.decode(stream)]
        if not grey:
            raise MediaError("a clip has no frames", where=str(path))
        return np.stack(grey), float(stream.average_rate or 0)


def _shown_at(path: Path, seconds: float) -> NDArray[np.int16]:
    """The frame on the screen `seconds` after a clip's first, or its last one: only what leads to it is decoded."""
    with _opened(path) as (file, stream):
        start, base = stream.start_time or 0, stream.time_base or Fraction(1, av.time_base)
        wanted = start + int((seconds + _NEARLY) / base)
        file.seek(wanted, stream=stream)
        shown: av.VideoFrame | None = None
        for frame in file.decode(stream):
            if shown is not None and frame.pts is not None and frame.pts > wanted:
                break
            shown = frame
        if shown is None:
            raise MediaError("a clip has no frames", where=str(path))
        return _thinned(luma(shown))


@contextmanager
def _opened(path: Path) -> Iterator[tuple[InputContainer, VideoStream]]:
    with opened(path, "a clip") as file:
        stream = file.streams.video[0]
        stream.thread_type = "NONE"  # other segments have the other cores
        stream.codec_context.options = {"skip_loop_filter": "all"}  # a third of the decoding; edges do not matter
        yield file, stream


def _thinned(picture: NDArray[np.uint8]) -> NDArray[np.int16]:
    """A frame by some pixels of each part of it: a scaler would take longer than the decoder."""
    high, wide = picture.shape
    down, across = max(1, high // _SIZE[1] // 2), max(1, wide // _SIZE[0] // 2)
    some = picture[: high // down // 2 * down * 2 : down, : wide // across // 2 * across * 2 : across].astype(np.int16)
    return np.asarray((some[::2, ::2] + some[1::2, ::2] + some[::2, 1::2] + some[1::2, 1::2]) // 4, dtype=np.int16)
