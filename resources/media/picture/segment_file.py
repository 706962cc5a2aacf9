"""What every segment's file is, whatever is seen in it: exactly so many frames and samples, so that `cut` joins all of
them by copying.

n = ceil(seconds x 30) frames and n x 1600 samples, H.264 and FLAC in MP4. FLAC, because every AAC stream brings 21 ms
of priming that would pile up at the joints (docs/sources/media.md#joining).
"""

from pathlib import Path
from typing import Any

import ffmpeg

from resources.core.errors import MediaError
from resources.core.values import Media, Value
from resources.media.ffmpeg import render
from resources.media.picture.framing import COLOURS
from resources.media.probe import video_facts
from resources.media.profiles import Encoder, picture_coding
from resources.media.timebase import FPS, RATE, TIMESCALE

JOINT_FRAMES = 12  # before a segment's end there is a key frame: the cut may lay a transition over what follows
# Samples in a block of every segment's sound: what joins segments reads them all by the head of the first, and drops
# each block that is longer than that one's.
_FLAC_BLOCK = 4096


class Composite(Value):
    """A finished segment. `frames` are 1/30 s; sound and picture are equally long."""

    video: Media
    seconds: float
    frames: int
    width: int
    height: int
    reused: bool = False


def unending(picture: Any) -> Any:
    """The end of every segment's graph, at the picture's rate. It goes on for longer than the segment.

    A graph that ends by itself loses its last frame now and then: `fps` holds a frame back until it knows when the next
    one comes, and at the end that depends on which thread is first. So `encode` counts the frames.
    """
    # Builds before 9 forget the rate after setpts and trim and would encode 25 fps: the graph ends in fps.
    # Some filters forget what they were told: every segment must say the same of itself, whatever its layout.
    return picture.filter("fps", FPS).filter("setparams", **COLOURS)


def encode(
    picture: Any, sound: Any, encoder: Encoder, frames: int, target: Path, folder: Path, threads: int | None
) -> None:
    """Write a segment of exactly `frames`, as `cut` joins it without a second encode. Graphs work in `folder`.

    Raises MediaError when ffmpeg fails, and for a file that has another number of frames: such a one is never kept.
    """
    options: dict[str, Any] = {
        **picture_coding(encoder),
        "frames:v": frames,
        "force_key_frames": f"expr:eq(n,{frames - JOINT_FRAMES})",
        "c:a": "flac",
        "frame_size": _FLAC_BLOCK,
        "ar": RATE,
        "video_track_timescale": TIMESCALE,
        "fflags": "+bitexact",  # no version string: equal orders give equal files
    }
    if threads:
        options |= {"threads": threads, "filter_complex_threads": threads}
    render(ffmpeg.output(picture, sound, str(target), **options), cwd=folder)
    made = video_facts(target).frames
    if made != frames:
        raise MediaError(f"a segment of {frames} frames came out with {made}", where=str(target), retryable=True)
