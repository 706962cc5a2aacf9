"""Pictures that fill the whole frame: a clip or a still instead of the panes, and what is written over it."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import ffmpeg

from resources.content.show import Format
from resources.core.library import Library
from resources.media.ffmpeg import own_input
from resources.media.layouts import Area, canvas
from resources.media.picture.composite_order import Cutaway, Slip
from resources.media.picture.framing import COLOURS, framed, rate
from resources.media.picture.layers import BT709, with_drawing
from resources.media.picture.overlays import own_overlay
from resources.media.timebase import FPS, frames_of

_MIDDLE = 0.5  # the share of what is cropped that goes above: of faces it is less
_DRIFT = 0.07  # by how much a still comes nearer while it is seen


def filling(path: Path, width: int, height: int, frames: int, *, threads: int | None = None) -> Any:
    """A clip at 30 fps that fills `width` x `height`, a little longer than `frames`: the graph is cut to length later.

    Its middle is seen, and its last frame held.
    """
    area = Area(x=0, y=0, width=width, height=height)
    return framed(rate(path, frames, FPS, threads=threads), path, area, frames=frames, headroom=_MIDDLE)


def drifting(path: Path, width: int, height: int, frames: int) -> Any:
    """A still picture that fills `width` x `height` for a little more than `frames` and slowly comes nearer."""
    # Twice the size, so that steps of whole pixels are half a pixel in what is seen.
    wide, high = 2 * width, 2 * height
    return (
        own_input(path)
        .video.filter("scale", wide, high, force_original_aspect_ratio="increase", flags="bicubic", **BT709)
        .filter("crop", wide, high)
        .filter("format", "yuv420p")
        .filter(
            "zoompan",
            z=f"1+{_DRIFT}*on/{frames}",
            x="(iw-iw/zoom)/2",
            y="(ih-ih/zoom)/2",
            d=frames + FPS,
            s=f"{width}x{height}",
            fps=FPS,
        )
        .filter("setsar", 1)
        .filter("setparams", **COLOURS)
    )


def with_cutaway(
    picture: Any,
    library: Library,
    cutaway: Cutaway,
    shape: Format,
    shrink: int,
    folder: Path,
    name: str,
    threads: int | None = None,
) -> Any:
    """What is seen instead of a picture, for its time alone, with its slips."""
    path, (width, height), frames = (
        library.path(cutaway.media),
        canvas(shape, shrink),
        frames_of(cutaway.ends - cutaway.begins),
    )
    if cutaway.still:
        shown = drifting(path, width, height, frames)
    else:
        shown = filling(path, width, height, frames, threads=threads)
    # A whole frame, so that it takes over between two frames of the panes.
    shown = shown.filter("trim", end_frame=frames).filter(
        "setpts", f"PTS-STARTPTS+{round(cutaway.begins * FPS)}/{FPS}/TB"
    )
    picture = ffmpeg.overlay(picture, shown, format="yuv420", eof_action="pass")
    slips = [_moved(slip, cutaway) for slip in cutaway.slips]
    return with_slips(picture, library, slips, shape, shrink, folder, name)


def with_slips(
    picture: Any, library: Library, slips: Sequence[Slip], shape: Format, shrink: int, folder: Path, name: str
) -> Any:
    """What is written over a picture, each slip in its time."""
    for number, slip in enumerate(slips):
        drawn = own_overlay(library.path(slip.picture), shape, shrink)
        times = {"first": round(slip.begins * FPS), "until": round(slip.ends * FPS)}
        picture = with_drawing(picture, drawn, folder, f"{name}-slip{number}", **times)
    return picture


def _moved(slip: Slip, cutaway: Cutaway) -> Slip:
    """A slip by the seconds of the segment; it goes with its cutaway."""
    begins, ends = (cutaway.begins + at for at in (slip.begins, slip.ends))
    return slip.model_copy(update={"begins": begins, "ends": min(ends, cutaway.ends)})
