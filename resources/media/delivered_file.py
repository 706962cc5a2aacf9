"""A file that was paid for, decoded whole and measured before it is believed: a clip or a picture, cut short or not."""

from pathlib import Path
from typing import ClassVar, Final

import av
import numpy as np
from numpy.typing import NDArray
from PIL import Image, UnidentifiedImageError

from resources.core.errors import MediaError
from resources.core.values import Value
from resources.media.probe import video_facts

# A clip may differ from what was ordered by this much: models end up to half a second off on long speech, and a file
# of another order differs by more. The composite holds the last frame or cuts.
_LOOSE_SECONDS: Final = 0.6
_LOOSE_SHARE: Final = 0.06
_LOST_FRAMES: Final = 1  # some containers count one more than there is; a truncated file loses more
# Mean luma step (0-255) from the last frame to the first, above which a loop is seen to jump: neighbouring frames of a
# calm portrait differ by about 1, an open clip's ends by about 20.
_SEAM_STEP: Final = 6.0
_PICTURES: Final = {"PNG": ".png", "JPEG": ".jpg", "WEBP": ".webp"}


class ClipFacts(Value):
    """What a delivered clip was measured to be. `closed`: its first frame follows its last without a jump."""

    suffix: ClassVar[str] = ".mp4"

    seconds: float
    width: int
    height: int
    fps: float
    closed: bool


class PictureFacts(Value):
    """What a delivered picture was measured to be. `suffix` is that of its own format."""

    width: int
    height: int
    suffix: str


def checked(path: Path, *, seconds: float) -> ClipFacts:
    """Decode a clip to its last frame and measure it. Raises MediaError: damaged, cut short, or of another length."""
    facts = video_facts(path)
    first, last, frames, announced = _decoded(path)
    # A container counts what an edit list hides, too.
    wanted = max(facts.frames, announced - facts.hidden)
    if frames < wanted - _LOST_FRAMES:
        raise MediaError("a clip is cut short", why=f"{frames} of {wanted} frames decode")
    loose = max(_LOOSE_SECONDS, _LOOSE_SHARE * seconds)
    if abs(facts.seconds - seconds) > loose:
        raise MediaError("a clip has another length", why=f"{facts.seconds:.2f} s instead of {seconds:.2f} s")
    return ClipFacts(
        seconds=facts.seconds,
        width=facts.width,
        height=facts.height,
        fps=facts.fps,
        closed=bool(np.abs(first - last).mean() <= _SEAM_STEP),
    )


def checked_picture(path: Path) -> PictureFacts:
    """Decode a picture whole and measure it. Raises MediaError for a damaged one, or one that nothing here reads."""
    try:
        with Image.open(path) as picture:
            picture.load()
            suffix = _PICTURES.get(picture.format or "")
            if suffix is None:
                raise MediaError(
                    "a picture is of another kind", why=f"{picture.format} instead of {', '.join(_PICTURES)}"
                )
            return PictureFacts(width=picture.width, height=picture.height, suffix=suffix)
    except (UnidentifiedImageError, OSError, Image.DecompressionBombError, SyntaxError, ValueError) as error:
        raise MediaError("a picture cannot be decoded", why=str(error)) from error


def _decoded(path: Path) -> tuple[NDArray[np.float32], NDArray[np.float32], int, int]:
    """The first and the last frame's luma, how many frames decode, and how many the container announces."""
    first = last = None
    frames = 0
    try:
        with av.open(str(path)) as container:
            stream = container.streams.video[0]
            stream.thread_type = "AUTO"
            announced = stream.frames
            for frame in container.decode(stream):
                first = frame if first is None else first
                last = frame
                frames += 1
            if first is None or last is None:
                raise MediaError("a clip has no frames", why="nothing decodes")
            return _luma(first), _luma(last), frames, announced
    except (av.FFmpegError, IndexError, OSError) as error:
        raise MediaError("a clip cannot be decoded", why=str(error)) from error


def _luma(frame: av.VideoFrame) -> NDArray[np.float32]:
    return frame.to_ndarray(format="gray").astype(np.float32)
