"""Frames to an MP4: planes of yuv420p through a pipe to ffmpeg. No sound: nobody plays that of a clip."""

import subprocess
import tempfile
from collections.abc import Iterable
from pathlib import Path

from resources.core.errors import MediaError
from resources.media import cores, ffmpeg
from resources.media.timebase import TIMESCALE

# x264 with a fixed number of threads writes the same bytes on every machine; a clip is encoded again in its composite,
# so speed counts and size does not. Two seconds between key frames: one frame of a clip is found without all before it.
_ENCODER = ("-c:v", "libx264", "-preset", "ultrafast", "-qp", "20", "-threads", "1", "-g", "30")
_COLORS = ("-colorspace", "bt709", "-color_primaries", "bt709", "-color_trc", "bt709", "-color_range", "tv")
_PIPE_BYTES = 1 << 20  # fewer changes between the two processes than with the usual 64 kB


def encode(frames: Iterable[bytes], width: int, height: int, fps: int, target: Path) -> None:
    """Write `frames` (yuv420p, `width` x `height`) to `target`. Marked as a rehearsal in its metadata. MediaError."""
    command = [ffmpeg.executable(), "-hide_banner", "-loglevel", "error", "-y"]
    command += ["-f", "rawvideo", "-pix_fmt", "yuv420p", "-s", f"{width}x{height}", "-r", str(fps), *_COLORS, "-i", "-"]
    command += [
        *_ENCODER,
        *_COLORS,
        "-video_track_timescale",
        str(TIMESCALE),
        "-metadata",
        "comment=rehearsal",
        str(target),
    ]
    with cores.shared().place(), tempfile.TemporaryFile() as complaint:
        process = subprocess.Popen(
            command,
            stdin=subprocess.PIPE,
            stdout=subprocess.DEVNULL,
            stderr=complaint,
            pipesize=_PIPE_BYTES,
            env=ffmpeg.environment(),
        )
        try:
            _feed(process, frames)
        except BaseException:
            process.kill()
            raise
        finally:
            process.wait()
        complaint.seek(0)
        if process.returncode:
            words = complaint.read().decode(errors="replace").strip()[-1000:]
            raise MediaError(f"ffmpeg ended with {process.returncode} while a clip was drawn", why=words)


def _feed(process: "subprocess.Popen[bytes]", frames: Iterable[bytes]) -> None:
    pipe = process.stdin
    if pipe is None:
        raise MediaError("ffmpeg was started without a pipe")
    try:
        for frame in frames:
            pipe.write(frame)
        pipe.close()
    except BrokenPipeError:
        process.wait()  # it ended by itself: its own words are told by the caller
        if not process.returncode:
            raise
