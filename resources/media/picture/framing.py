"""How a clip fills a pane: at the picture's rate, cropped to the pane's shape, as near as a shot has it.

One crop and at most one scaling for each frame: only what is seen is scaled. Which clip is seen where is `composite`'s.
"""

import math
from pathlib import Path
from typing import Any

from resources.media.ffmpeg import own_input
from resources.media.layouts import HEADROOM, Area, kept
from resources.media.picture.layers import BT709
from resources.media.probe import picture_size, tells_colours

_MUCH_SMALLER = 0.5  # of a clip's size: the mean of what falls on each pixel is as sharp, at half of bicubic's time
COLOURS = {"colorspace": "bt709", "color_primaries": "bt709", "color_trc": "bt709", "range": "tv"}


def rate(
    path: Path,
    frames: int,
    fps: int,
    *,
    loops: bool = False,
    begins: float = 0.0,
    threads: int | None = None,
) -> Any:
    """A clip at `fps`, from `begins` seconds on, a little longer than `frames`: repeated, or its last frame held."""
    seconds = frames / fps + 1
    options: dict[str, Any] = {"stream_loop": -1, "t": seconds + begins} if loops else {}
    if threads:
        options["threads"] = threads
    source = own_input(path, **options).video.filter("setpts", "PTS-STARTPTS").filter("fps", fps)
    if begins:
        source = source.filter("trim", start_frame=round(begins * fps)).filter("setpts", "PTS-STARTPTS")
    if not tells_colours(path):  # then it is BT.709, as players take it; else scale would convert it, at 3 ms a frame
        source = source.filter("setparams", colorspace="bt709", range="tv")
    return source if loops else source.filter("tpad", stop_duration=seconds, stop_mode="clone")


def framed(
    stream: Any,
    path: Path,
    area: Area,
    *,
    frames: int,
    zoom: tuple[float, float] = (1.0, 1.0),
    across: float = 0.5,
    headroom: float = HEADROOM,
) -> Any:
    """The frames of the clip at `path` as they fill an area, coming nearer from `zoom[0]` to `zoom[1]` in `frames`.

    `across` and `headroom`: the shares of what is cropped that go at the left and above.
    """
    wide, high = picture_size(path)
    fill = max(area.width / wide, area.height / high)
    least = fill * min(zoom)
    seen = (_even(area.width / least, wide), _even(area.height / least, high))
    if seen != (wide, high):
        across = kept(across, wide / seen[0])
        left, top = (wide - seen[0]) * across, (high - seen[1]) * headroom
        stream = stream.filter("crop", *seen, 2 * int(left / 2), 2 * int(top / 2))
    if zoom[0] != zoom[1]:
        stream = _nearing(stream, seen, area, fill, zoom, frames, across, headroom)
    elif seen != (area.width, area.height) or math.floor(least * 1000) != 1000:
        size = [max(side, 2 * round(part * least / 2)) for side, part in zip(_size(area), seen, strict=True)]
        flags = "area" if least <= _MUCH_SMALLER else "bicubic"
        stream = stream.filter("scale", *size, flags=flags, **BT709)
        stream = stream.filter("crop", area.width, area.height, f"(iw-ow)*{across}", f"(ih-oh)*{headroom}")
    # Colours are told again: a crop or a scaling may forget them.
    return stream.filter("setsar", 1).filter("format", "yuv420p").filter("setparams", **COLOURS)


def _nearing(
    stream: Any,
    seen: tuple[int, int],
    area: Area,
    fill: float,
    zoom: tuple[float, float],
    frames: int,
    across: float,
    headroom: float,
) -> Any:
    """Frames that are each scaled a little more than the one before, to the pixel, and cropped to the area."""
    last = max(1, frames - 1)
    near = f"({fill:.6f}*({zoom[0]}+{zoom[1] - zoom[0]:.6f}*min(1,n/{last})))"
    sizes = [f"max({side},round({part}*{near}))" for side, part in zip(_size(area), seen, strict=True)]
    # `crop` knows the size of the first frame only, so its place is told by the same rule as the size.
    left, top = (
        f"floor(({size}-{side})*{share})"
        for size, side, share in zip(sizes, _size(area), (across, headroom), strict=True)
    )
    scaled = stream.filter("scale", w=sizes[0], h=sizes[1], eval="frame", flags="bicubic", **BT709)
    return scaled.filter("crop", area.width, area.height, left, top, exact=1)


def _size(area: Area) -> tuple[int, int]:
    return area.width, area.height


def _even(wanted: float, most: int) -> int:
    """The next even number of pixels, within what is there."""
    return min(2 * math.ceil(round(wanted, 3) / 2), most)
