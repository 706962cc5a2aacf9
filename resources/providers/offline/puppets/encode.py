"""Frames to an MP4: planes of yuv420p through a pipe to ffmpeg. No sound: nobody plays that of a clip."""

from collections.abc import Iterable
from pathlib import Path

from resources.media import ffmpeg
from resources.media.timebase import TIMESCALE

# x264 with a fixed number of threads writes the same bytes on every machine; a clip is encoded again in its composite,
# so speed counts and size does not. Two seconds between key frames: one frame of a clip is found without all before it.
_ENCODER = ("-c:v", "libx264", "-preset", "ultrafast", "-qp", "20", "-threads", "1", "-g", "30")
_COLORS = ("-colorspace", "bt709", "-color_primaries", "bt709", "-color_trc", "bt709", "-color_range", "tv")


def encode(frames: Iterable[bytes], width: int, height: int, fps: int, target: Path) -> None:
    """Write `frames` (yuv420p, `width` x `height`) to `target`. Marked as a rehearsal in its metadata. MediaError."""
    shape = ("-f", "rawvideo", "-pix_fmt", "yuv420p", "-s", f"{width}x{height}", "-r", str(fps), *_COLORS)
    coding = (*_ENCODER, *_COLORS, "-video_track_timescale", str(TIMESCALE), "-metadata", "comment=rehearsal")
    ffmpeg.feed(shape, frames, (*coding, str(target)))
