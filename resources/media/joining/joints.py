"""The pictures of a joint: the last frames of a segment going over into the first picture of the next, or to black.

A transition lies wholly in the pause that ends a turn, with the next turn's first picture held: no turn becomes longer
or shorter, no lips move under another's face, and the next segment begins on its own key frame. `composite` sets a key
frame shortly before each segment's end; only what follows it is encoded a second time, with the same settings, so that
the parameter sets are equal and a player notices nothing. All else is copied.
"""

from collections import deque
from collections.abc import Iterable, Iterator
from fractions import Fraction
from pathlib import Path
from typing import Literal, NamedTuple

import av
import numpy as np
from numpy.typing import NDArray

from resources.core.errors import MediaError
from resources.core.values import Value
from resources.media.ffmpeg import feed, run
from resources.media.profiles import Encoder, picture_coding
from resources.media.timebase import FPS, TIMESCALE

Planes = NDArray[np.uint8]  # a frame as yuv420p: height * 3/2 rows of width
Weights = float | NDArray[np.float64]  # 0 to 1: of every sample, or of each

_SOFT = 0.25  # of the width: the edge of a wipe
_BLACK = (16, 128, 128)  # limited range


class Piece(NamedTuple):
    """A file with pictures of the cut, and how many."""

    path: Path
    frames: int


class Transition(Value):
    """How one segment goes over into the next. `frames` lie before the joint; a cut has none."""

    style: Literal["cut", "crossfade", "wipe"] = "cut"
    frames: int = 0


def joined(before: Piece, after: Path, transition: Transition, encoder: Encoder, folder: Path) -> tuple[Piece, ...]:
    """The pictures of `before`, ending in the transition to `after`: one or two files made in `folder`, in order.

    Together they have as many frames as `before`. Raises MediaError when they would not play as one stream.
    """
    folder.mkdir()
    count = min(transition.frames, before.frames - 1)
    start = max(key for key in _keys(before.path) if key <= before.frames - count)
    tail = Piece(folder / "tail.mp4", before.frames - start)
    pictures = _going_over(before.path, start, tail.frames, after, count, transition.style)
    _encode(pictures, tail.path, encoder, before.path)
    _check_equal(before.path, tail.path)
    return (*_head(before.path, start, folder), tail)


def _going_over(before: Path, start: int, frames: int, after: Path, count: int, style: str) -> Iterator[Planes]:
    """The `frames` of `before` from `start` on, the last `count` of them going over into the first of `after`."""
    (new,) = _decoded(after, 0, 1)
    for number, picture in enumerate(_decoded(before, start, frames)):
        step = number - (frames - count) + 1
        yield _mixed(picture, new, _weights(style, step / (count + 1), picture.shape)) if step > 0 else picture


def held(last: Piece, frames: int, encoder: Encoder, folder: Path, *, black: bool) -> Piece:
    """The last picture of a segment, standing for `frames`, or fading to `black` in them: a file made in `folder`."""
    folder.mkdir()
    made = Piece(folder / "ending.mp4", frames)
    _encode(_held(last, frames, black=black), made.path, encoder, last.path)
    _check_equal(last.path, made.path)
    return made


def _held(last: Piece, frames: int, *, black: bool) -> Iterator[Planes]:
    start = max(_keys(last.path))
    (picture,) = deque(_decoded(last.path, start, last.frames - start), maxlen=1)
    rows = len(picture) * 2 // 3
    dark = np.full_like(picture, _BLACK[1])
    dark[:rows] = _BLACK[0]
    for step in range(1, frames + 1):
        share = step / frames if black else 0.0
        yield _mixed(picture, dark, share * share * (3 - 2 * share))


def _keys(video: Path) -> list[int]:
    """Which frames of a segment are key frames."""
    with av.open(str(video)) as file:
        stream = file.streams.video[0]
        base = stream.time_base or Fraction(1, TIMESCALE)
        packets = file.demux(stream)
        return [round(packet.pts * base * FPS) for packet in packets if packet.is_keyframe and packet.pts is not None]


def _decoded(video: Path, start: int, count: int) -> Iterator[Planes]:
    """`count` frames from the key frame `start` on. MediaError when there are not as many."""
    left = count
    with av.open(str(video)) as file:
        stream = file.streams.video[0]
        file.seek(start * TIMESCALE // FPS, stream=stream)
        for frame in file.decode(stream):
            if round((frame.time or 0) * FPS) >= start:
                yield np.asarray(frame.to_ndarray(format="yuv420p"), dtype=np.uint8)
                left -= 1
            if not left:
                return
    raise MediaError("a segment has fewer frames than it says", where=str(video))


def _weights(style: str, share: float, shape: tuple[int, ...]) -> Weights:
    """How much of the next picture is seen when `share` of the transition has passed, in planes of `shape`."""
    if style == "crossfade":
        return share
    rows, width = shape
    columns = (np.arange(width) + 0.5) / width
    luma = np.clip((share * (1 + _SOFT) - columns) / _SOFT, 0, 1)
    half = luma.reshape(-1, 2).mean(axis=1)
    chroma = np.concatenate([half, half])  # a row of these planes holds two rows of half the width
    return np.repeat([luma, chroma], [rows * 2 // 3, rows // 3], axis=0)


def _mixed(old: Planes, new: Planes, weights: Weights) -> Planes:
    """`weights` of the new picture over the old one."""
    share = np.rint(np.multiply(weights, 256)).astype(np.uint16)
    mixed = old * (256 - share)
    mixed += new * share
    mixed += 128
    mixed >>= 8
    return mixed.astype(np.uint8)


def _encode(pictures: Iterable[Planes], target: Path, encoder: Encoder, segment: Path) -> None:
    """Encode `pictures` of the size of `segment` to `target`: each is made when ffmpeg asks for it."""
    with av.open(str(segment)) as file:
        codec = file.streams.video[0].codec_context
        size = f"{codec.width}x{codec.height}"
    coding = [argument for name, value in picture_coding(encoder).items() for argument in (f"-{name}", str(value))]
    # Raw pictures say nothing of themselves; a segment's say this, and its parameter sets repeat it.
    says = "setsar=1,setparams=colorspace=bt709:color_primaries=bt709:color_trc=bt709:range=tv"
    feed(
        ["-f", "rawvideo", "-pix_fmt", "yuv420p", "-s", size, "-r", str(FPS)],
        (picture.tobytes() for picture in pictures),
        ["-vf", says, *coding, "-video_track_timescale", str(TIMESCALE), "-fflags", "+bitexact", str(target)],
    )


def _head(video: Path, frames: int, folder: Path) -> tuple[Piece, ...]:
    """A copy of the pictures before a key frame: nothing, where there are none."""
    if not frames:
        return ()
    target = folder / "head.mp4"
    # The group before a key frame is closed: as many packets as frames, whatever order they are coded in.
    coding = ["-map", "0:v", "-c", "copy", "-frames:v", str(frames), "-video_track_timescale", str(TIMESCALE)]
    run(["-i", str(video), *coding, "-fflags", "+bitexact", str(target)])
    return (Piece(target, frames),)


def _check_equal(segment: Path, made: Path) -> None:
    """What a player is told once must hold for both: else it would show broken pictures after the joint."""
    if _parameters(segment) != _parameters(made):
        raise MediaError(
            "a transition would not play with its segment",
            where=str(segment),
            why="their H.264 parameter sets differ: it was encoded with other settings",
            hint="materialize composites of the whole episode again",
        )


def _parameters(video: Path) -> bytes:
    with av.open(str(video)) as file:
        return bytes(file.streams.video[0].codec_context.extradata or b"")
