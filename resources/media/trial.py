"""Whether an ffmpeg that somebody else brought can do what pictures and sound are made with.

The wheel's own program is what the project is tested with; another one (IMAGEIO_FFMPEG_EXE, or the system's where the
wheel brings none) is tried out before anything is bought or drawn: one small segment, with each part that older or
smaller builds lack (docs/sources/media.md#building-graphs).
"""

import tempfile
from functools import lru_cache
from pathlib import Path
from typing import Final

from resources.core.errors import MediaError
from resources.media import ffmpeg
from resources.media.probe import video_facts

_SIZE: Final = 64
_RAW: Final = "still"  # a transparent picture, in the folder that ffmpeg works in
_MADE: Final = "segment.mp4"
_FRAMES: Final = 3
_CAPTIONS: Final = "captions.ass"
_INPUTS: Final = ("-f", "lavfi", "-i", "color=size=64x32:rate=30", "-f", "lavfi", "-i", "sine=300:r=48000")
_PICTURE: Final = (
    "[0:v]fps=30,tpad=stop_duration=1:stop_mode=clone,split[above][below];"
    "[above][below]xstack=inputs=2:layout=0_0|0_32:fill=black,scale=64:64:out_color_matrix=bt709:out_range=tv[both];"
    f"movie=filename={_RAW}:format_name=rawvideo:format_opts=video_size=64x64\\\\:pixel_format=yuva420p,"
    "setparams=colorspace=bt709:range=tv[still];"
    "[both][still]overlay=format=yuv420:eof_action=repeat:enable='gte(n,1)'[laid];"
    f"color=color=black@0:size=64x64:rate=30,format=yuva420p,trim=end_frame={_FRAMES},ass=filename={_CAPTIONS}:alpha=1[words];"
    "[laid][words]overlay=format=yuv420:eof_action=repeat,fps=30,setparams=color_primaries=bt709[picture];"
    "[1:a]aformat=sample_fmts=s16:channel_layouts=mono,channelmap=0-0|0-1:channel_layout=stereo,adelay=1600S:all=1,"
    "alimiter=limit=0.9:level=false:latency=true,ebur128,aformat=sample_fmts=s16,apad=whole_len=4800[sound]"
)
_OUTPUT: Final = (
    f"-map [picture] -map [sound] -frames:v {_FRAMES} -t 0.1 -c:v libx264 -preset ultrafast -x264-params deblock=0,0 "
    "-force_key_frames expr:eq(n,2) -pix_fmt yuv420p -c:a flac -frame_size 4096 -video_track_timescale 15360 "
    f"-fflags +bitexact {_MADE}"
)


@lru_cache(maxsize=4)
def unfit(program: str) -> str | None:
    """Why a program cannot do it, in a line; None where it can. Tried once in a process."""
    with tempfile.TemporaryDirectory(prefix="ninja-") as name:
        folder = Path(name)
        (folder / _RAW).write_bytes(bytes(_SIZE * _SIZE * 5 // 2))
        (folder / _CAPTIONS).write_text("[Script Info]\nScriptType: v4.00+\n\n[Events]\n", encoding="utf-8")
        try:
            ffmpeg.run_by(program, [*_INPUTS, "-filter_complex", _PICTURE, *_OUTPUT.split()], cwd=folder)
            frames = video_facts(folder / _MADE).frames if (folder / _MADE).exists() else 0
        except OSError as error:
            return f"it cannot be started: {error.strerror}"
        except MediaError as error:
            return (error.why or "").split("\n", 1)[0] or error.what
    return None if frames == _FRAMES else f"it made {frames} frames of {_FRAMES}"
