"""The one door by which clips and pictures come into a cut: each is looked at once, and made plain where it is not.

Plain is what everything behind the door takes for granted: upright, square pixels, whole frames and no fields, 8 bits,
BT.709 or sRGB, every frame that is there is shown, and the first one when its sound begins. What is plain comes out as
it went in. What was bought stays as it was bought: what comes out is for the picture alone.
"""

import io
import tempfile
from pathlib import Path
from typing import Final

import av
from PIL import Image

from resources.core.errors import MediaError
from resources.core.library import Library, recipe_key
from resources.core.recipes import Recipe
from resources.core.values import Media, Value
from resources.media.endings import PICTURES
from resources.media.ffmpeg import run
from resources.media.picture.entry.opening import is_plain, open_picture
from resources.media.probe import video_facts

# What came in by an older version is looked at again. Raise it when something else is made plain.
VERSION: Final = 2
_HDR: Final = frozenset({16, 18})  # transfer: PQ, HLG
_TOO_LATE: Final = 1 / 60  # seconds: half a frame of the cut
# What comes out is encoded once more: this must not be seen. FLAC keeps its sound as it is.
_CODING: Final = ("-c:v", "libx264", "-preset", "veryfast", "-crf", "12", "-pix_fmt", "yuv420p", "-c:a", "flac")
_COLOURS: Final = ("-colorspace", "bt709", "-color_primaries", "bt709", "-color_trc", "bt709", "-color_range", "tv")
# Bright parts are rolled off, what is as bright as paper stays where it was: 203 cd/m2 by ITU-R BT.2408.
_TONE_MAPPED: Final = (
    "zscale=transfer=linear:npl=203",
    "format=gbrpf32le",
    "zscale=primaries=bt709",
    "tonemap=tonemap=mobius:desat=0",
    "zscale=transfer=bt709:matrix=bt709:range=limited:dither=error_diffusion",
    "format=yuv420p",
)


class Look(Value):
    """What is not plain about a clip. `late`: seconds by which its picture begins after its sound."""

    hidden: int = 0  # frames that an edit list does not show
    late: float = 0.0
    turned: bool = False
    stretched: bool = False
    hdr: bool = False
    interlaced: bool = False

    @property
    def plain(self) -> bool:
        """Whether it can be taken as it is."""
        return self == Look()


def entered(library: Library, media: Media) -> Media:
    """A clip or a picture as everything behind the door takes it: itself, or a plain copy. Raises NinjaError."""
    key = recipe_key(Recipe.ENTERED, version=VERSION, media=media.sha256)
    still = media.suffix.lower() in PICTURES
    return library.memo(key, Media, lambda: _picture(library, media) if still else _clip(library, media)).value


def look_at(clip: Path) -> Look:
    """What is not plain about a clip: its header, its packets and its first frame are read. Raises MediaError."""
    facts = video_facts(clip)
    try:
        with av.open(str(clip)) as file:
            stream = file.streams.video[0]
            late = 0.0
            if file.streams.audio:
                sound = file.streams.audio[0]
                starts = [float((each.start_time or 0) * (each.time_base or 0)) for each in (stream, sound)]
                late = starts[0] - starts[1]
            first = next(file.decode(stream))
            shape = stream.sample_aspect_ratio
            return Look(
                hidden=facts.hidden,
                late=round(late, 4) if late > _TOO_LATE else 0.0,
                turned=bool(first.rotation % 360),
                stretched=bool(shape) and shape != 1,
                hdr=int(stream.codec_context.color_trc) in _HDR,
                interlaced=bool(first.interlaced_frame),
            )
    except (av.FFmpegError, IndexError, OSError, StopIteration) as error:
        why = "none of its pictures can be decoded" if isinstance(error, StopIteration) else str(error)
        raise MediaError("a clip cannot be read", where=str(clip), why=why) from error


def _clip(library: Library, media: Media) -> Media:
    found = look_at(library.path(media))
    if found.plain:
        return media
    with tempfile.TemporaryDirectory(prefix="ninja-door-") as folder:
        target = Path(folder) / "plain.mp4"
        chain = ",".join(_chain(found))
        tail = ["-map", "0:v:0", "-map", "0:a:0?", "-map_metadata", "-1", "-fflags", "+bitexact"]
        run(["-i", str(library.path(media)), *tail, "-vf", chain, *_CODING, *_COLOURS, str(target)])
        return library.put(target)


def _chain(found: Look) -> list[str]:
    """The filters that make a clip plain. ffmpeg turns it upright and leaves out hidden frames by itself."""
    chain = ["setpts=PTS-STARTPTS"]
    if found.interlaced:  # a frame for each frame, of both of its fields: what is not interlaced stays as it is
        chain.append("bwdif=mode=send_frame:deint=interlaced")
    if found.hdr:
        chain += _TONE_MAPPED
    if found.stretched:
        chain.append("scale=2*trunc(iw*sar/2):2*trunc(ih/2)")
    if found.late:
        chain.append(f"tpad=start_mode=clone:start_duration={found.late}")
    return [*chain, "setsar=1"]


def _picture(library: Library, media: Media) -> Media:
    path = library.path(media)
    with Image.open(path) as file:
        if is_plain(file):
            return media
    content = io.BytesIO()
    open_picture(path, str(path)).save(content, "PNG")
    return library.put_bytes(content.getvalue(), ".png")
