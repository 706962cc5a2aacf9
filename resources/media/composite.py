"""One segment's picture: clips, name tags, captions and the finished voice, in one decode and one encode.

The result is exact: n = ceil(seconds x 30) frames and n x 1600 samples, H.264 and FLAC in MP4, so that `cut` can join
segments by copying. FLAC, because every AAC stream brings 21 ms of priming that would pile up at the joints.
"""

import tempfile
from collections.abc import Sequence
from functools import lru_cache
from pathlib import Path
from typing import Any

import av
import ffmpeg
import numpy as np

from resources.errors import MediaError
from resources.library import Library, recipe_key
from resources.media.captions import ass, font_of, redrawn, style
from resources.media.ffmpeg import part_of, render, run
from resources.media.fonts import lay_out
from resources.media.layouts import Area, Arrangement, Pane, Seat, canvas, fitting, layout, tiles
from resources.media.overlays import OverlayOrder, Sitter, overlay
from resources.seams import Media, Value, Word
from resources.show.model import Format

FPS = 30
RATE = 48000  # Hz
SAMPLES_PER_FRAME = RATE // FPS
TIMESCALE = 15360  # ticks a second: whole for 24, 25 and 30 fps, so that no time is rounded
# Without it RGB becomes BT.601, and colours shift in a file that players take for BT.709.
_BT709 = {"out_color_matrix": "bt709", "out_range": "tv"}
_HEADROOM = 0.3  # of what is cropped vertically, how much goes above: faces sit high in a portrait
_UNSPECIFIED = 2  # AVCOL_SPC_UNSPECIFIED
_KEYFRAMES = 2 * FPS  # a frame to start from every 2 s: players seek, and posters are picked, without a long decode
# Recipes of another version are made anew. Raise it when the picture changes for the same order.
_VERSION = 2


class CastMember(Value):
    """A character as the screen shows it."""

    label: str
    name: str
    color: str  # #rrggbb


class PaneClip(Value):
    """A clip to fill a pane: any size, rate and length."""

    video: Media
    loops: bool = False  # it may be repeated; else its last frame is held


class Encoder(Value):
    """x264 settings. superfast crf 18 has the quality of medium crf 20 at a quarter of the CPU (SSIM .9923/.9900)."""

    preset: str
    crf: int


ENCODERS = {True: Encoder(preset="ultrafast", crf=20), False: Encoder(preset="superfast", crf=18)}  # by rehearsal


class CompositeOrder(Value):
    """Everything that a segment's picture depends on."""

    format: Format
    layout: str
    cast: tuple[CastMember, ...]  # in the show's order: it decides who sits where
    speaker: str  # a label
    clips: dict[str, PaneClip]  # by label; characters without one are not shown
    audio: Media  # the finished voice track
    seconds: float  # its length
    words: tuple[Word, ...]
    captions: str = "karaoke"
    rehearsal: bool = False
    bug: str = ""  # small line in the corner
    zoom: float = 1.0  # punch-in on the speaker: 1.2 shows the middle 1/1.2
    shrink: int = 1  # 1/shrink of the published size


class Composite(Value):
    """A finished segment. `frames` are 1/30 s; sound and picture are equally long."""

    video: Media
    seconds: float
    frames: int
    width: int
    height: int
    reused: bool = False


class _Seated(Value):
    """A pane, who is in it, and where it lies in the picture that is made."""

    pane: Pane
    area: Area
    member: CastMember
    clip: PaneClip
    speaking: bool


class _Captions(Value):
    """Captions to be drawn: the rows of the picture that they are in, and the frames at which they change."""

    band: Area
    redrawn: tuple[int, ...]


_Piece = tuple[Any, Area]  # a stream, and which part of the picture it shows


def frames_of(seconds: float) -> int:
    """How many frames a voice of this length needs. Counted in samples, so that 6.0 s is 180 frames, never 181."""
    return -(-round(seconds * RATE) // SAMPLES_PER_FRAME)


def make_composite(library: Library, order: CompositeOrder, *, threads: int | None = None) -> Composite:
    """The composite of an order: found in the library, or made and kept there. `threads`: see `composite`."""
    key = recipe_key("composite", order=order, encoder=ENCODERS[order.rehearsal], version=_VERSION)
    found = library.recall(key, Composite)
    if found is not None:
        return found.model_copy(update={"reused": True})
    with tempfile.TemporaryDirectory(prefix="ninja-") as folder:
        video = library.put(composite(library, order, Path(folder) / "composite.mp4", threads=threads))
    width, height = canvas(order.format, order.shrink)
    frames = frames_of(order.seconds)
    made = Composite(video=video, seconds=frames / FPS, frames=frames, width=width, height=height)
    library.remember(key, made)
    return made


def composite(library: Library, order: CompositeOrder, target: Path, *, threads: int | None = None) -> Path:
    """Make the picture of a segment at `target` (an .mp4) and return it.

    `threads` of decoder, filters and encoder: 1 is fastest when as many composites run as there are cores; None lets
    ffmpeg use them all. Raises ContentError for an unknown layout or caption style, MediaError when ffmpeg fails.
    """
    seated = _seats(order)
    with tempfile.TemporaryDirectory(prefix="ninja-") as name:
        folder = Path(name)
        captions = _write_captions(order, folder)
        _write_overlay(_overlay_order(order, seated), captions.band if captions else None, folder)
        picture = _picture(library, order, seated, captions, threads)
        sound = _sound(library.path(order.audio), frames_of(order.seconds))
        return render(_output(picture, sound, order, part_of(target.absolute()), threads), target, cwd=folder)


def _seats(order: CompositeOrder) -> list[_Seated]:
    """Who is in which pane. Two-pane layouts keep the cast's order; the speaker is always shown."""
    shown = [member for member in order.cast if member.label in order.clips]
    speaker = next((member for member in shown if member.label == order.speaker), None)
    if speaker is None:
        raise MediaError(f"the speaker {order.speaker} has no clip", why=f"clips: {', '.join(order.clips) or 'none'}")
    others = [member for member in shown if member is not speaker]
    pair = [member for member in shown if member is speaker or member in others[:1]]
    by_seat = dict(zip((Seat.FIRST, Seat.SECOND), pair, strict=False))
    by_seat |= dict(zip((Seat.SPEAKER, Seat.LISTENER), (speaker, *others), strict=False))
    return [
        _Seated(
            pane=pane,
            area=pane.area.shrunk(order.shrink),
            member=by_seat[pane.seat],
            clip=order.clips[by_seat[pane.seat].label],
            speaking=by_seat[pane.seat] is speaker,
        )
        for pane in _arrangement(order).panes
    ]


def _arrangement(order: CompositeOrder) -> Arrangement:
    return layout(_layout_name(order)).formats[order.format]


def _layout_name(order: CompositeOrder) -> str:
    return fitting(order.layout, len(order.clips))


def _overlay_order(order: CompositeOrder, seated: list[_Seated]) -> OverlayOrder:
    return OverlayOrder(
        layout=_layout_name(order),
        format=order.format,
        sitters=tuple(
            Sitter(name=seat.member.name, color=seat.member.color, speaking=seat.speaking) for seat in seated
        ),
        rehearsal=order.rehearsal,
        bug=order.bug,
        shrink=order.shrink,
    )


@lru_cache(maxsize=8)
def _still(order: OverlayOrder) -> bytes:
    """The overlay as it is blended (yuva420p), converted once in a process: that takes as long as four frames."""
    coding = "scale=" + ":".join(f"{key}={value}" for key, value in _BT709.items()) + ",format=yuva420p"
    return run(["-f", "png_pipe", "-i", "-", "-vf", coding, "-f", "rawvideo", "-"], stdin=overlay(order))


def _write_overlay(order: OverlayOrder, band: Area | None, folder: Path) -> None:
    """Write overlay.yuv; what it has in the captions' band goes to band.yuv instead, for captions to be drawn on."""
    width, height = canvas(order.format, order.shrink)
    luma, quarter = width * height, width * height // 4
    still = np.frombuffer(bytearray(_still(order)), dtype=np.uint8)
    planes = [
        plane.reshape(-1, wide)
        for plane, wide in zip(
            np.split(still, [luma, luma + quarter, luma + 2 * quarter]),
            (width, width // 2, width // 2, width),
            strict=True,
        )
    ]
    if band is not None:
        rows = [slice(band.y * len(plane) // height, (band.y + band.height) * len(plane) // height) for plane in planes]
        cut = b"".join(plane[held].tobytes() for plane, held in zip(planes, rows, strict=True))
        (folder / "band.yuv").write_bytes(cut)
        planes[-1][rows[-1]] = 0
    (folder / "overlay.yuv").write_bytes(still.tobytes())


def _write_captions(order: CompositeOrder, folder: Path) -> _Captions | None:
    """Write captions.ass and its font; None when there is nothing to show."""
    look = style(order.captions)
    if look is None or not order.words:
        return None
    speaker = next(member for member in order.cast if member.label == order.speaker)
    size, area = canvas(order.format, order.shrink), _arrangement(order).captions.shrunk(order.shrink)
    band = area.model_copy(update={"x": 0, "width": size[0]})
    text = ass(order.words, look, color=speaker.color, size=size, area=area, band=band)
    (folder / "captions.ass").write_text(text, encoding="utf-8")
    lay_out([font_of(order.words)], folder / "fonts")
    return _Captions(band=band, redrawn=tuple(redrawn(text, FPS)))


def _picture(
    library: Library, order: CompositeOrder, seated: list[_Seated], captions: _Captions | None, threads: int | None
) -> Any:
    """The graph of the picture. Paths of captions, fonts and overlay are names in ffmpeg's working folder."""
    width, height = canvas(order.format, order.shrink)
    frames = frames_of(order.seconds)
    clips = [_clip(library, seat, order.zoom if seat.speaking else 1.0, threads) for seat in seated]
    pieces = _arranged(clips, seated, width, height)
    if captions is not None:
        pieces = _captioned(pieces, captions, frames, width, height)
    picture = ffmpeg.overlay(_stacked(pieces), _drawn("overlay.yuv", width, height), format="yuv420")
    # Builds before 9 forget the rate after setpts and trim and would encode 25 fps: the graph ends in fps.
    return picture.filter("trim", end_frame=frames).filter("setpts", "PTS-STARTPTS").filter("fps", FPS)


def _drawn(name: str, width: int, height: int) -> Any:
    """A still of `_write_overlay`: one frame, which overlay repeats."""
    source = ffmpeg.input(name, format="rawvideo", pix_fmt="yuva420p", s=f"{width}x{height}", framerate=FPS)
    return source.filter("setparams", colorspace="bt709", range="tv")


def _among(frames: Sequence[int]) -> str:
    """An expression that is true for these frame numbers, in rising order.

    Its terms are runs of frames, summed in halves: ffmpeg refuses an expression of some thousand levels, which a plain
    sum over a long turn would be.
    """
    if len(frames) == frames[-1] - frames[0] + 1:
        return f"between(n,{frames[0]},{frames[-1]})"
    half = len(frames) // 2
    return f"({_among(frames[:half])}+{_among(frames[half:])})"


def _captioned(pieces: list[_Piece], captions: _Captions, frames: int, width: int, height: int) -> list[_Piece]:
    """The picture with captions, in pieces: what is above their band, the band, and what is below it.

    Text is drawn only where it changes, and blended into the band alone: a third of the CPU of the ass filter in the
    whole picture, which draws it in each frame. Cutting costs nothing, and stacking copies every pixel in any case.
    """
    band = captions.band
    text = (
        _drawn("band.yuv", band.width, band.height)
        .filter("loop", loop=-1, size=1)
        .filter("trim", end_frame=frames)
        .filter("select", _among(captions.redrawn))
        .filter("ass", filename="captions.ass", fontsdir="fonts", alpha=1)
    )
    bottom = band.y + band.height
    above = Area(x=0, y=0, width=width, height=band.y)
    below = Area(x=0, y=bottom, width=width, height=height - bottom)
    cut = _cut(pieces, (above, band, below))
    return [*cut[0], (ffmpeg.overlay(_stacked(cut[1]), text, format="yuv420"), band), *cut[2]]


def _cut(pieces: list[_Piece], bands: Sequence[Area]) -> list[list[_Piece]]:
    """The pieces of each band."""
    cut: list[list[_Piece]] = [[] for _ in bands]
    for stream, area in pieces:
        shares = [(number, share) for number, band in enumerate(bands) if (share := area.shared(band))]
        copies = stream.filter_multi_output("split", len(shares))
        for copy, (number, share) in enumerate(shares):
            place = (share.width, share.height, share.x - area.x, share.y - area.y)
            cut[number].append((copies[copy].filter("crop", *place), share))
    return cut


def _stacked(pieces: list[_Piece]) -> Any:
    """Pieces that fill a rectangle as one picture."""
    if len(pieces) == 1:
        return pieces[0][0]
    left, top = min(area.x for _, area in pieces), min(area.y for _, area in pieces)
    places = "|".join(f"{area.x - left}_{area.y - top}" for _, area in pieces)
    return ffmpeg.filter([stream for stream, _ in pieces], "xstack", inputs=len(pieces), layout=places)


def _clip(library: Library, seat: _Seated, zoom: float, threads: int | None) -> Any:
    """A clip at 30 fps, filling its pane, endless: the graph is cut to length later."""
    options: dict[str, Any] = {"stream_loop": -1} if seat.clip.loops else {}
    if threads:
        options["threads"] = threads
    area = seat.area
    wide, high = 2 * round(area.width * zoom / 2), 2 * round(area.height * zoom / 2)
    path = library.path(seat.clip.video)
    source = ffmpeg.input(str(path), **options).video.filter("setpts", "PTS-STARTPTS").filter("fps", FPS)
    if not _tagged(path):  # then it is BT.709, as players take it; else scale would convert it, at 3 ms a frame
        source = source.filter("setparams", colorspace="bt709", range="tv")
    stream = (
        source.filter("scale", wide, high, force_original_aspect_ratio="increase", flags="bicubic", **_BT709)
        .filter("crop", area.width, area.height, "(iw-ow)/2", f"(ih-oh)*{_HEADROOM}")
        .filter("setsar", 1)
        .filter("format", "yuv420p")
        .filter("setparams", colorspace="bt709", color_primaries="bt709", color_trc="bt709", range="tv")
    )
    return stream if seat.clip.loops else stream.filter("tpad", stop=-1, stop_mode="clone")


def _tagged(video: Path) -> bool:
    """Whether a clip says how its colours are coded."""
    try:
        with av.open(str(video)) as file:
            return int(file.streams.video[0].codec_context.colorspace) != _UNSPECIFIED
    except (av.FFmpegError, IndexError, OSError) as error:
        raise MediaError("a clip cannot be read", where=str(video), why=str(error)) from error


def _arranged(clips: list[Any], seated: list[_Seated], width: int, height: int) -> list[_Piece]:
    """Pieces that fill the picture: panes that do it by themselves; others are laid on each other as one piece."""
    pieces = [(clip, seat.area) for clip, seat in zip(clips, seated, strict=True)]
    if tiles([area for _, area in pieces], width, height):
        return pieces
    picture, area = pieces[0]
    if (area.width, area.height) != (width, height):
        picture = picture.filter("pad", width, height, area.x, area.y)
    for clip, area in pieces[1:]:
        picture = ffmpeg.overlay(picture, clip, x=area.x, y=area.y, format="yuv420")
    return [(picture, Area(x=0, y=0, width=width, height=height))]


def _sound(audio: Path, frames: int) -> Any:
    """The voice at 48 kHz stereo, as many samples as the picture lasts: silence is added, nothing is cut."""
    samples = frames * SAMPLES_PER_FRAME
    return (
        ffmpeg.input(str(audio))
        .audio.filter("aresample", RATE)
        .filter("aformat", sample_fmts="s16", channel_layouts="mono")
        # As loud on each side as it was: a plain upmix takes 3 dB away.
        .filter("channelmap", map="0-0|0-1", channel_layout="stereo")
        .filter("apad", whole_len=samples)
        .filter("atrim", end_sample=samples)
        .filter("asetpts", "PTS-STARTPTS")
    )


def _output(picture: Any, sound: Any, order: CompositeOrder, part: Path, threads: int | None) -> Any:
    encoder = ENCODERS[order.rehearsal]
    options: dict[str, Any] = {
        "c:v": "libx264",
        "preset": encoder.preset,
        "crf": encoder.crf,
        "g": _KEYFRAMES,
        "pix_fmt": "yuv420p",
        "colorspace": "bt709",
        "color_primaries": "bt709",
        "color_trc": "bt709",
        "c:a": "flac",
        "ar": RATE,
        "video_track_timescale": TIMESCALE,
        "fflags": "+bitexact",  # no version string: equal orders give equal files
    }
    if threads:
        options |= {"threads": threads, "filter_complex_threads": threads}
    return ffmpeg.output(picture, sound, str(part), **options)
