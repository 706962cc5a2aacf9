"""Real media, made cheaply: videos by ffmpeg with libx264 ultrafast, stills by Pillow; and the reading of uploads.

Equal parameters give the same file, made once in a process, whichever server asks. Lengths come from decoding, never
from a header.
"""

import hashlib
import io
import subprocess
import threading
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, replace
from fractions import Fraction
from pathlib import Path

import av
import imageio_ffmpeg
from av.audio.resampler import AudioResampler
from PIL import Image, ImageDraw, UnidentifiedImageError

FRAME_RATES = (24, 25, 30, 48)  # reported of the avatar models


class UnreadableError(Exception):
    """Content that is not the kind of media it should be."""


@dataclass(frozen=True)
class Sound:
    """Decoded length in seconds, and the container as libav names it."""

    seconds: float
    format: str


@dataclass(frozen=True)
class Picture:
    """Size in pixels, and whether it has transparency."""

    width: int
    height: int
    alpha: bool


def read_sound(path: Path) -> Sound:
    """Measure sound by decoding it."""
    try:
        with av.open(str(path)) as container:
            stream = container.streams.audio[0]
            resampler = AudioResampler(format="s16", layout="mono", rate=48000)
            frames = [piece for frame in container.decode(stream) for piece in resampler.resample(frame)]
            frames += resampler.resample(None)
            return Sound(sum(frame.samples for frame in frames) / 48000, container.format.name)
    except (av.FFmpegError, IndexError) as error:
        raise UnreadableError(str(error)) from error


def read_picture(path: Path) -> Picture:
    """Measure a picture."""
    try:
        with Image.open(path) as image:
            image.load()
            return Picture(image.width, image.height, "A" in image.getbands() or "transparency" in image.info)
    except (UnidentifiedImageError, OSError) as error:
        raise UnreadableError(str(error)) from error


def read_video(path: Path) -> float:
    """The length of a video in seconds, by its packets."""
    try:
        with av.open(str(path)) as container:
            stream = container.streams.video[0]
            base = stream.time_base or Fraction(1, 1000)
            ends = [(packet.pts or 0) + (packet.duration or 0) for packet in container.demux(stream) if packet.size]
            return float(max(ends) * base)
    except (av.FFmpegError, IndexError, ValueError) as error:
        raise UnreadableError(str(error)) from error


def number(text: str) -> int:
    """A stable number of a text: the server's choices follow from what it was asked."""
    return int(hashlib.sha256(text.encode()).hexdigest()[:12], 16)


def color(text: str) -> str:
    """A stable, bright colour of a text, as #rrggbb: the band at the head of every clip made from it."""
    value = number(f"color {text}")
    red, green, blue = (64 + (value >> shift) % 192 for shift in (0, 8, 16))
    return f"#{red:02x}{green:02x}{blue:02x}"


@dataclass(frozen=True)
class Shot:
    """A video to make. `mark` chooses the colour of its band; `still` is what it shows; even `width` and `height`."""

    frames: int
    fps: int
    width: int
    height: int
    mark: str
    still: Path | None = None
    sound: Path | None = None  # its track ends a little before the picture, as reported of real clips
    silence: bool = False  # a silent track instead

    @property
    def seconds(self) -> float:
        """The exact length of the picture."""
        return self.frames / self.fps


def fit(width: float, height: float, target: int) -> tuple[int, int]:
    """The even size of `target` height that keeps the shape of `width` x `height`."""
    return max(2, round(width / height * target / 2) * 2), target // 2 * 2


_MADE: dict[str, bytes] = {}  # by name: a test has a server of its own, and most ask for the same clips


class Workshop:
    """Makes files into a folder. One worker: rendering is not what is measured here."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._folder.mkdir(parents=True, exist_ok=True)
        self._worker = ThreadPoolExecutor(1, thread_name_prefix="workshop")
        self._made: dict[str, Future[Path]] = {}
        self._lock = threading.Lock()

    def video(self, shot: Shot) -> "Future[Path]":
        """Begin a video; the same shot is made once."""
        plain = replace(shot, still=None, sound=None)
        return self._once(
            f"{plain} {_content(shot.still)} {_content(shot.sound)}", ".mp4", lambda target: _video(shot, target)
        )

    def still(self, width: int, height: int, mark: str, form: str) -> "Future[Path]":
        """Begin a picture in `form` (png, jpeg, webp)."""
        return self._once(
            f"{width} {height} {mark}", f".{form}", lambda target: _still(width, height, mark).save(target)
        )

    def close(self) -> None:
        """Stop; what has not begun is not made."""
        self._worker.shutdown(cancel_futures=True)

    def _once(self, name: str, suffix: str, make: Callable[[Path], None]) -> "Future[Path]":
        target = self._folder / f"{hashlib.sha256(name.encode()).hexdigest()[:20]}{suffix}"

        def work() -> Path:
            if target.name in _MADE:
                target.write_bytes(_MADE[target.name])
            else:
                make(target)
                _MADE[target.name] = target.read_bytes()
            return target

        with self._lock:
            if target.name not in self._made:
                self._made[target.name] = self._worker.submit(work)
            return self._made[target.name]


def _content(path: Path | None) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest() if path else ""


def _still(width: int, height: int, mark: str, photo: Path | None = None) -> Image.Image:
    if photo is None:
        image = Image.new("RGB", (width, height), color(f"back {mark}"))
    else:
        with Image.open(photo) as source:
            image = source.convert("RGB").resize((width, height))
    ImageDraw.Draw(image).rectangle((0, 0, width, height // 12), fill=color(mark))
    return image


def _video(shot: Shot, target: Path) -> None:
    still = io.BytesIO()
    _still(shot.width, shot.height, shot.mark, shot.still).save(still, "bmp")
    # The box swings once in the clip's length, so that the first frame meets the last.
    swing = f"drawbox=x='(iw-iw/6)/2*(1+sin(2*PI*t/{shot.seconds}))':y=ih*5/6:w=iw/6:h=ih/12:color=white:t=fill"
    arguments = ["-f", "bmp_pipe", "-framerate", str(shot.fps), "-i", "pipe:0"]
    if shot.sound is not None:
        arguments += ["-i", str(shot.sound)]
    elif shot.silence:
        arguments += ["-f", "lavfi", "-i", "anullsrc=r=44100:cl=mono"]
    arguments += [
        "-vf",
        f"format=yuv420p,loop=loop=-1:size=1,setpts=N/({shot.fps}*TB),{swing}",
        "-frames:v",
        str(shot.frames),
        "-c:v",
        "libx264",
    ]
    arguments += ["-preset", "ultrafast", "-crf", "30", "-threads", "1", "-movflags", "+faststart"]
    if shot.sound is not None or shot.silence:
        length = max(shot.seconds - 0.12, 0.1)
        arguments += ["-map", "0:v", "-map", "1:a", "-c:a", "aac", "-b:a", "64k", "-af", f"atrim=0:{length}"]
    part = target.with_suffix(f".part{target.suffix}")
    command = [imageio_ffmpeg.get_ffmpeg_exe(), "-hide_banner", "-loglevel", "error", "-y", *arguments, str(part)]
    subprocess.run(command, input=still.getvalue(), check=True, capture_output=True)
    part.replace(target)
