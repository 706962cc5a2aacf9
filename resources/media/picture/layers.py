"""The layers of a composite's graph: clips beside each other, what sources inside the graph lay over them (drawings,
captions, titles, progress), the voice, and the sound of a clip under it.

Only the laying is here; what is drawn comes from `overlays`, `titles` and `captions`. Files lie in ffmpeg's folder.
"""

import io
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import ffmpeg
import numpy as np
from PIL import Image

from resources.media.ffmpeg import own_input, source
from resources.media.layouts import PROGRESS_HEIGHT, Area
from resources.media.picture.patches import Patch, raw
from resources.media.typography.captions import Sheet
from resources.media.typography.plates import DrawnBanner

# Without it RGB becomes BT.601, and colours shift in a file that players take for BT.709.
BT709 = {"out_color_matrix": "bt709", "out_range": "tv"}
_LOUDEST = 0.9  # of full scale: two voices at once
_SLIDE = 0.35  # seconds in which a title comes and goes


def arranged(
    clips: Sequence[Any], areas: Sequence[Area], wall: Sequence[Patch], size: tuple[int, int], folder: Path, name: str
) -> Any:
    """Clips and the opaque parts of what is round them as one picture, later ones on earlier ones.

    They are copied into their places: a third of what blending takes, which `overlay` does with what is opaque, too.
    """
    stills = [
        _stills(folder, f"{name}{number}", part.area, part.pixels, opaque=True) for number, part in enumerate(wall)
    ]
    places = [*areas, *(part.area for part in wall)]
    bare = np.ones(size, dtype=bool)
    for area in places:
        bare[area.x : area.x + area.width, area.y : area.y + area.height] = False
    if len(places) == 1:
        return clips[0].filter("pad", *size, areas[0].x, areas[0].y) if bare.any() else clips[0]
    where = "|".join(f"{area.x}_{area.y}" for area in places)
    beyond = {"fill": "black"} if bare.any() else {}
    picture = ffmpeg.filter([*clips, *stills], "xstack", inputs=len(places), layout=where, **beyond)
    return picture.filter("pad", *size, 0, 0) if bare[-1, -1] else picture


def with_drawing(
    picture: Any, drawn: Sequence[Patch], folder: Path, name: str, *, first: int = 0, until: int | None = None
) -> Any:
    """A drawing laid over the picture, by its parts that are not empty, from frame `first` up to `until`, if any.

    Its files start with `name`.
    """
    for number, patch in enumerate(drawn):
        still = _stills(folder, f"{name}{number}", patch.area, patch.pixels, opaque=patch.opaque)
        picture = _laid(picture, still, patch.area, first, until)
    return picture


def with_captions(picture: Any, sheet: Sheet, frames: int, fps: int) -> Any:
    """Captions, drawn from captions.ass with the fonts in `fonts`, where they stand in each shot.

    libass takes its time for every frame that it is given: it gets those that change.
    """
    empty = source("color", color="black@0", size=f"{sheet.width}x{sheet.height}", rate=fps)
    text = (
        empty.filter("format", "yuva420p")
        .filter("setparams", colorspace="bt709", range="tv")
        .filter("trim", end_frame=frames)
        .filter("select", _among(sheet.redrawn))
        .filter("ass", filename="captions.ass", fontsdir="fonts", alpha=1)
    )
    across = _stepwise([(place.first / fps, place.x) for place in sheet.places], fps)
    down = _stepwise([(place.first / fps, place.y) for place in sheet.places], fps)
    return ffmpeg.overlay(picture, text, x=across, y=down, format="yuv420", eof_action="repeat")


def with_card(picture: Any, banner: DrawnBanner, times: tuple[int, int], name: str, folder: Path, fps: int) -> Any:
    """A headline that is there from frame `times[0]` on and slides out to the left before `times[1]`."""
    area, (begins, ends) = banner.area, times
    gone = f"pow(max(0,1-({ends / fps:.4f}-t)/{_SLIDE}),3)"
    place = f"{area.x}-{area.x + area.width}*({gone})"
    drawn = _stills(folder, name, area, _raw(banner.steps[-1]))
    seen = f"between(n,{begins},{ends - 1})"
    return ffmpeg.overlay(picture, drawn, x=place, y=area.y, format="yuv420", eof_action="repeat", enable=seen)


def with_third(
    picture: Any,
    banner: DrawnBanner,
    times: tuple[int, int],
    name: str,
    folder: Path,
    fps: int,
    *,
    goes_back: bool = True,
) -> Any:
    """A lower third that grows out of the name tag from frame `times[0]` on, and is a tag again at `times[1]`.

    Where it does not go back it stays whole until then: the picture changes there.
    """
    begins, ends = times
    steps = [_raw(step) for step in banner.steps]
    steps += reversed(steps[:-1]) if goes_back else ()
    whole = len(banner.steps)  # the first frame of the way back comes when the plate has stood long enough
    held = max(0, ends - begins - len(steps))
    drawn = _stills(folder, name, banner.area, b"".join(steps)).filter(
        "setpts", f"({begins}+N+if(gte(N,{whole}),{held},0))/{fps}/TB"
    )
    seen = f"between(n,{begins},{ends - 1})"
    return ffmpeg.overlay(
        picture, drawn, x=banner.area.x, y=banner.area.y, format="yuv420", eof_action="repeat", enable=seen
    )


def with_progress(picture: Any, done: tuple[float, float], size: tuple[int, int], seconds: float, shrink: int) -> Any:
    """A bar at the upper edge that grows from one part of the picture's width to another."""
    width, height = size[0], max(2, PROGRESS_HEIGHT // shrink)
    bar = source("color", color="white@0.92", size=f"{width}x{height}", rate=1).filter("trim", end_frame=1)
    bar = bar.filter("format", "yuva420p").filter("setparams", colorspace="bt709", range="tv")
    grown = f"{done[0]:.5f}+{done[1] - done[0]:.5f}*min(1,t/{seconds:.3f})"
    return ffmpeg.overlay(picture, bar, x=f"{width}*({grown}-1)", y=0, format="yuv420", eof_action="repeat")


def voice(audio: Path, samples: int, rate: int, *, first: int = 0, late: int = 0) -> Any:
    """A voice as stereo of `rate` Hz and exactly `samples`: silence is added, and what is longer is cut.

    It begins with its sample `first`, after `late` samples of silence.
    """
    mono = own_input(audio).audio.filter("aresample", rate).filter("aformat", sample_fmts="s16", channel_layouts="mono")
    if first:
        mono = mono.filter("atrim", start_sample=first).filter("asetpts", "PTS-STARTPTS")
    # As loud on each side as it was: a plain upmix takes 3 dB away.
    stereo = mono.filter("channelmap", map="0-0|0-1", channel_layout="stereo")
    if late:
        stereo = stereo.filter("adelay", delays=f"{late}S", all=1)
    return (
        stereo.filter("apad", whole_len=samples).filter("atrim", end_sample=samples).filter("asetpts", "PTS-STARTPTS")
    )


def with_rest(spoken: Any, audio: Path, first: int, samples: int, rate: int) -> Any:
    """A voice with what is left of another from its sample `first` on, limited where both are too loud together."""
    mixed = ffmpeg.filter([spoken, voice(audio, samples, rate, first=first)], "amix", inputs=2, normalize=0)
    # In floats, or the sum would be cut off before it is limited.
    limited = mixed.filter("alimiter", limit=_LOUDEST, level="false", latency="true")
    return limited.filter("aformat", sample_fmts="s16", channel_layouts="stereo").filter("atrim", end_sample=samples)


def with_sound_beneath(spoken: Any, clip: Path, gain: float, place: tuple[int, int], rate: int) -> Any:
    """A clip's own sound added to the voice, `gain` decibels louder than it is, faded at both ends.

    `place`: where it begins and ends, in samples at `rate` Hz. The voice stays as it was, to the sample.
    """
    begins, ends = place
    fade = min(rate // 4, (ends - begins) // 2)
    own = (
        own_input(clip)
        .audio.filter("aresample", rate)
        .filter("aformat", channel_layouts="stereo")
        .filter("atrim", end_sample=ends - begins)
        .filter("afade", type="in", nb_samples=fade)
        .filter("afade", type="out", start_sample=ends - begins - fade, nb_samples=fade)
        .filter("volume", f"{gain:.2f}dB")
        .filter("adelay", delays=f"{begins}S", all=1)
    )
    mixed = ffmpeg.filter([spoken, own], "amix", inputs=2, duration="first", normalize=0)
    return mixed.filter("aformat", sample_fmts="s16", channel_layouts="stereo")


def _laid(picture: Any, upper: Any, area: Area, first: int, until: int | None) -> Any:
    """A transparent stream laid over the picture; its last frame stays."""
    begun = [f"gte(n,{first})"] if first else []
    times = [*begun, *([] if until is None else [f"lt(n,{until})"])]
    seen = {"enable": "*".join(times)} if times else {}
    return ffmpeg.overlay(picture, upper, x=area.x, y=area.y, format="yuv420", eof_action="repeat", **seen)


def _stills(folder: Path, name: str, area: Area, pixels: bytes, *, opaque: bool = False) -> Any:
    """Raw pictures of an area's size as a stream. The file is named as the graph has it, in ffmpeg's folder."""
    (folder / name).write_bytes(pixels)
    form = "yuv420p" if opaque else "yuva420p"
    looks = f"video_size={area.width}x{area.height}:pixel_format={form}"
    still = source("movie", filename=name, format_name="rawvideo", format_opts=looks)
    return still.filter("setparams", colorspace="bt709", range="tv")


def _raw(png: bytes) -> bytes:
    return raw(Image.open(io.BytesIO(png)).convert("RGBA"))


def _stepwise(values: Sequence[tuple[float, int]], fps: int) -> str:
    """An expression that is each value from its second on; the first holds from the start.

    By time, half a frame before: the `n` of an overlay's place is one more than that of its `enable`.
    """
    expression = str(values[0][1])
    for begins, value in values[1:]:
        expression = f"if(gte(t,{begins - 0.5 / fps:.4f}),{value},{expression})"
    return expression


def _among(frames: Sequence[int]) -> str:
    """An expression that is true for these frame numbers, in rising order.

    Its terms are runs of frames, summed in halves: ffmpeg refuses an expression of some thousand levels, which a plain
    sum over a long turn would be.
    """
    if len(frames) == frames[-1] - frames[0] + 1:
        return f"between(n,{frames[0]},{frames[-1]})"
    half = len(frames) // 2
    return f"({_among(frames[:half])}+{_among(frames[half:])})"
