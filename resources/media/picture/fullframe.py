"""A segment that is one shot: a clip or a still in the whole picture, with its own sound or silence.

It is exactly as `composite` makes the segments of dialogue, so that `cut` joins both by copying.
"""

import tempfile
from pathlib import Path
from typing import Any

import ffmpeg

from resources.content.show import Format
from resources.core.library import Library, recipe_key
from resources.core.recipes import Recipe
from resources.core.values import Media, Value
from resources.media.layouts import arrangement, canvas
from resources.media.picture.composite_order import Slip
from resources.media.picture.cutaways import drifting, filling, with_slips
from resources.media.picture.layers import with_drawing, with_progress
from resources.media.picture.overlays import MarksOrder, marks
from resources.media.picture.segment_file import Composite, encode, unending
from resources.media.profiles import ENCODER, Encoder
from resources.media.timebase import FPS, RATE, SAMPLES_PER_FRAME, frames_of

LAYOUT = "cutaway"  # whose mark it bears: a picture without panes
# Recipes of another version are made anew. Raise it when the picture changes for the same order.
VERSION = 6


class FullFrameOrder(Value):
    """Everything that the segment of a shot depends on."""

    format: Format
    media: Media
    still: bool
    seconds: float
    sound: bool  # the clip has a track of its own, to be heard
    progress: tuple[float, float] | None = None  # how much of the episode is over at its start and at its end
    rehearsal: bool = False
    slips: tuple[Slip, ...] = ()
    shrink: int = 1  # 1/shrink of the published size


def make_full_frame(
    library: Library, order: FullFrameOrder, *, encoder: Encoder = ENCODER, threads: int | None = None
) -> Composite:
    """The segment of a shot: found in the library, or made and kept there. Raises MediaError when ffmpeg fails."""
    key = recipe_key(Recipe.FULL_FRAME, order=order, encoder=encoder, version=VERSION)

    def make() -> Composite:
        with tempfile.TemporaryDirectory(prefix="ninja-") as folder:
            video = library.put(_made(library, order, Path(folder), encoder, threads))
        width, height = canvas(order.format, order.shrink)
        frames = frames_of(order.seconds)
        return Composite(video=video, seconds=frames / FPS, frames=frames, width=width, height=height)

    made = library.memo(key, Composite, make)
    return made.value.model_copy(update={"reused": made.reused})


def _made(library: Library, order: FullFrameOrder, folder: Path, encoder: Encoder, threads: int | None) -> Path:
    path, frames = library.path(order.media), frames_of(order.seconds)
    width, height = canvas(order.format, order.shrink)
    if order.still:
        picture = drifting(path, width, height, frames)
    else:
        picture = filling(path, width, height, frames, threads=threads)
    picture = with_slips(picture, library, order.slips, order.format, order.shrink, folder, "shot")
    marked = MarksOrder(
        format=order.format,
        mark=arrangement(LAYOUT, order.format).mark,
        rehearsal=order.rehearsal,
        progress=order.progress is not None,
        shrink=order.shrink,
    )
    picture = with_drawing(picture, marks(marked), folder, "mark")
    if order.progress:
        picture = with_progress(picture, order.progress, (width, height), frames / FPS, order.shrink)
    target = folder / "segment.mp4"
    sound = _sound(path if order.sound else None, frames)
    encode(unending(picture), sound, encoder, frames, target, folder, threads)
    return target


def _sound(path: Path | None, frames: int) -> Any:
    """The clip's own sound, or silence, at 48 kHz stereo, as many samples as the picture lasts."""
    samples = frames * SAMPLES_PER_FRAME
    silence = {"filename": f"anullsrc=r={RATE}:cl=stereo", "f": "lavfi", "t": frames / FPS}
    own = ffmpeg.input(**({"filename": str(path)} if path else silence)).audio
    return (
        own.filter("aresample", RATE)
        .filter("aformat", sample_fmts="s16", channel_layouts="stereo")
        .filter("apad", whole_len=samples)
        .filter("atrim", end_sample=samples)
        .filter("asetpts", "PTS-STARTPTS")
    )
