"""A composite's picture, read from its key frames (one every two seconds, some 10 ms each): panes and the mark."""

import io
from collections.abc import Sequence
from functools import lru_cache
from pathlib import Path
from typing import Any

import av
import numpy as np
from numpy.typing import NDArray
from PIL import Image

from resources.core.errors import MediaError
from resources.core.values import Value
from resources.media.layouts import Area, Tag
from resources.media.picture.frames import luma
from resources.media.picture.overlays import mark_box, rehearsal_mark
from resources.media.probe import opened
from resources.media.timebase import FPS
from resources.quality.checks.report import BLACK, MARK, Finding

_BLACK = 32  # luma; limited-range black is 16, and a dark room still has lights above this
_MARKED = 0.5  # correlation with the mark's own drawing: where it is .75 to .95, elsewhere under .2


class KeyFrames(Value):
    """What a video's key frames show: the brightest 2 % of the darkest pane (luma, or colour), and how the mark's place
    looks."""

    count: int
    darkest: float
    least_marked: float
    most_marked: float


def measure_key_frames(
    video: Path, *, panes: Sequence[tuple[int, Sequence[Area]]], mark: Tag, size: tuple[int, int]
) -> KeyFrames:
    """Measure panes and the mark's place in every key frame. `size` is the full picture's. Raises MediaError.

    `panes`: which there are from which frame on, rising.
    """
    box, drawn = _drawn_mark(mark, size)
    lights: list[float] = []
    marks: list[float] = []
    with opened(video, "a video") as file:
        stream = file.streams.video[0]
        stream.codec_context.skip_frame = "NONKEY"
        for frame in file.decode(stream):
            picture = luma(frame)
            scale = picture.shape[1] / size[0]
            number = round((frame.time or 0) * FPS)
            shown = next((areas for first, areas in reversed(panes) if first <= number), panes[0][1])
            lights += [_light(frame, picture, pane, scale) for pane in shown]
            marks.append(_likeness(picture, box, drawn, scale))
    if not marks:
        raise MediaError("a video has no frames", where=str(video))
    return KeyFrames(count=len(marks), darkest=min(lights), least_marked=min(marks), most_marked=max(marks))


def judge_black(segment: str, seen: KeyFrames) -> Finding:
    """Whether any pane was black in any key frame."""
    message = f"the darkest pane of {seen.count} key frames has lights of {seen.darkest:.0f} (black: under {_BLACK})"
    return Finding(check=BLACK.name, segment=segment, passed=seen.darkest >= _BLACK, message=message)


def judge_mark(segment: str, seen: KeyFrames, *, rehearsal: bool) -> Finding:
    """Whether every key frame of a rehearsal has the mark, or none of a draft or final."""
    if rehearsal:
        message = f"the mark is seen with {seen.least_marked:.2f} (at least {_MARKED})"
        return Finding(check=MARK.name, segment=segment, passed=seen.least_marked >= _MARKED, message=message)
    message = f"the mark's place looks like it with {seen.most_marked:.2f} (less than {_MARKED})"
    return Finding(check=MARK.name, segment=segment, passed=seen.most_marked < _MARKED, message=message)


def _light(frame: av.VideoFrame, picture: NDArray[np.uint8], pane: Area, scale: float) -> float:
    """The brightest 2 % of a pane, without its edges, where border, tag and captions are drawn.

    What is dark and has colour is not black: deep blue has a luma of 32.
    """
    light = _lightest(picture, pane, scale)
    if light >= _BLACK:
        return light
    colour = np.abs(frame.to_ndarray(format="yuv444p")[1:].astype(np.int16) - 128).max(axis=0)
    return max(light, _lightest(colour, pane, scale))


def _lightest(picture: NDArray[Any], pane: Area, scale: float) -> float:
    left, top = (pane.x + 0.2 * pane.width) * scale, (pane.y + 0.15 * pane.height) * scale
    right, bottom = (pane.x + 0.65 * pane.width) * scale, (pane.y + 0.6 * pane.height) * scale
    inner = picture[round(top) : round(bottom) : 4, round(left) : round(right) : 4]
    return float(np.percentile(inner, 98))


def _likeness(
    picture: NDArray[np.uint8], box: tuple[int, int, int, int], drawn: NDArray[np.float32], scale: float
) -> float:
    left, top, right, bottom = (round(edge * scale) for edge in box)
    place = Image.fromarray(picture[top:bottom, left:right]).resize((drawn.shape[1], drawn.shape[0]))
    seen = np.asarray(place, dtype=np.float32)
    if float(seen.std()) < 1:
        return 0.0  # an even surface shows no letters
    return float(np.corrcoef(seen.ravel(), drawn.ravel())[0, 1])


@lru_cache(maxsize=16)
def _drawn_mark(place: Tag, size: tuple[int, int]) -> tuple[tuple[int, int, int, int], NDArray[np.float32]]:
    """Where the mark stands, and the brightness of its letters there."""
    at = mark_box(place)
    box = (at.x, at.y, at.x + at.width, at.y + at.height)
    if at.x < 0 or at.y < 0 or box[2] > size[0] or box[3] > size[1]:
        raise MediaError("the REHEARSAL mark lies outside the picture", why=f"{place} in {size[0]}x{size[1]}")
    letters = np.asarray(Image.open(io.BytesIO(rehearsal_mark(place))).convert("RGBA"), dtype=np.float32)
    return box, (letters[..., 0] * letters[..., 3] / 255).astype(np.float32)
