"""Making an open clip repeatable: forwards, then backwards, baked once, so that its ends meet."""

import tempfile
from pathlib import Path
from typing import Final

from resources.core.library import Library, recipe_key
from resources.core.recipes import Recipe
from resources.core.values import Media
from resources.media import ffmpeg

_VERSION: Final = 1
_MOST_SECONDS: Final = 5.5  # reversing holds every frame in memory: about 400 MB for 5 s at 720p
_CRF: Final = "14"  # the composite encodes it once more: this one must not be seen


def ping_pong(library: Library, video: Media) -> Media:
    """The clip forwards and back again, silent, at its own size and rate; found again by its recipe. MediaError."""
    key = recipe_key(Recipe.PING_PONG, version=_VERSION, video=video.sha256)
    return library.memo(key, Media, lambda: _baked(library, video)).value


def _baked(library: Library, video: Media) -> Media:
    # The first and the last frame are shown once a turn: shown twice, the picture would stand still there.
    graph = (
        f"[0:v]trim=duration={_MOST_SECONDS},setpts=PTS-STARTPTS,split[forth][rest];"
        "[rest]trim=start_frame=1,setpts=PTS-STARTPTS,reverse,trim=start_frame=1,setpts=PTS-STARTPTS[back];"
        "[forth][back]concat=n=2:v=1[out]"
    )
    with tempfile.TemporaryDirectory(prefix="ninja-loop-") as folder:
        target = Path(folder) / "loop.mp4"
        coding = ["-c:v", "libx264", "-preset", "veryfast", "-crf", _CRF, "-pix_fmt", "yuv420p"]
        tail = ["-an", "-map_metadata", "-1", "-movflags", "+faststart"]
        ffmpeg.run(
            ["-i", str(library.path(video)), "-filter_complex", graph, "-map", "[out]", *coding, *tail, str(target)]
        )
        return library.put(target)
