"""Measuring media exactly, by reading the container and decoding it (PyAV). What a provider says is never assumed."""

import wave
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from fractions import Fraction
from functools import lru_cache
from pathlib import Path

import av
import numpy as np
from av.audio.resampler import AudioResampler
from av.container import InputContainer
from av.video.stream import VideoStream
from numpy.typing import NDArray
from pydantic import BaseModel, ConfigDict

from resources.core.errors import MediaError

_UNSPECIFIED = 2  # AVCOL_SPC_UNSPECIFIED
_LEAD_SECONDS = 0.1  # before a part that is heard: a frame of AAC is whole only after the one before it
_EMPTY = np.zeros(0, dtype=np.float32)


class VideoFacts(BaseModel):
    """What a video file's header and packets say. `seconds` is the picture's own length."""

    model_config = ConfigDict(frozen=True)

    seconds: float
    width: int
    height: int
    fps: float
    frames: int  # that are shown
    has_audio: bool
    hidden: int = 0  # frames that an edit list does not show


@contextmanager
def opened(path: Path, what: str) -> Iterator[InputContainer]:
    """A media file, read within this block. MediaError, which calls it `what`, where it cannot be opened or read."""
    try:
        with av.open(str(path)) as file:
            yield file
    except (av.FFmpegError, IndexError, OSError) as error:
        raise MediaError(f"{what} cannot be read", where=str(path), why=str(error)) from error


def pictures_of(file: InputContainer) -> VideoStream:
    """The pictures of a file that is open. MediaError without any, and where nothing here decodes them."""
    if not file.streams.video:
        what = "a file has no pictures, only sound" if file.streams.audio else "a file has no pictures"
        raise MediaError(what, where=file.name)
    stream = file.streams.video[0]
    if getattr(stream, "codec_context", None) is None:  # which its type does not tell
        raise MediaError("a file's pictures are coded in a way that nothing here decodes", where=file.name)
    return stream


def video_facts(path: Path) -> VideoFacts:
    """Measure a video without decoding it: packets are counted, so a wrong header cannot lie. Raises MediaError."""
    with opened(path, "a video") as container:
        stream = pictures_of(container)
        base = stream.time_base or Fraction(1, 1000)
        times: list[int] = []
        hidden = last_duration = 0
        for packet in container.demux(stream):
            if packet.pts is None:
                continue
            if packet.is_discard:
                hidden += 1
                continue
            times.append(packet.pts)
            last_duration = packet.duration or last_duration
        if not times:
            raise MediaError("a video has no frames", where=str(path))
        fps = float(stream.average_rate or 0) or len(times) / max(float((max(times) - min(times)) * base), 1e-6)
        span = float((max(times) - min(times) + (last_duration or round(1 / fps / base))) * base)
        return VideoFacts(
            seconds=span,
            width=stream.codec_context.width,
            height=stream.codec_context.height,
            fps=fps,
            frames=len(times),
            has_audio=bool(container.streams.audio),
            hidden=hidden,
        )


def tells_colours(video: Path) -> bool:
    """Whether a video says how its colours are coded. Raises MediaError."""
    with opened(video, "a clip") as file:
        return int(pictures_of(file).codec_context.colorspace) != _UNSPECIFIED


def samples(path: Path, rate: int = 48000) -> NDArray[np.float32]:
    """Decode a file's sound to mono float samples at `rate` Hz; what it starts after the picture is silence in front.

    Times count from the file's own start: an MP3's first timestamp is its encoder's delay, which is already cut off.
    """
    stored = _stored_samples(path, rate)
    return stored if stored is not None else np.concatenate([_EMPTY, *blocks(path, rate)])


def blocks(path: Path, rate: int) -> Iterator[NDArray[np.float32]]:
    """What `samples` gives, a second at a time: an hour's sound need not be held at once."""
    with opened(path, "a sound file") as container:
        if not container.streams.audio:
            raise MediaError("a file has no sound", where=str(path))
        resampler = AudioResampler(format="flt", layout="mono", rate=rate, frame_size=rate)
        begun = False
        for frame in container.decode(container.streams.audio[0]):
            if not begun:
                yield np.zeros(round(max(float(frame.time or 0) - _origin(container), 0.0) * rate), dtype=np.float32)
                begun = True
            yield from map(_flat, resampler.resample(frame))
        yield from map(_flat, resampler.resample(None))


def samples_at(path: Path, spans: Sequence[tuple[int, int]], rate: int) -> list[NDArray[np.float32]]:
    """What `samples` has from each first to before each last sample of `spans`, without decoding what lies between.

    For files whose sound is at `rate`, as cuts are, and can be started from any packet. What is not there is left out.
    Noise that AAC only describes ("perceptual noise substitution") is made by a decoder, and is another each time.
    """
    with opened(path, "a sound file") as container:
        if not container.streams.audio:
            raise MediaError("a file has no sound", where=str(path))
        return [_part(container, path, *span, rate) for span in spans]


def _part(container: InputContainer, path: Path, first: int, last: int, rate: int) -> NDArray[np.float32]:
    ahead = round(first - _LEAD_SECONDS * rate)
    if ahead < 0:  # what a coder puts before the first sample is read when a file is opened, and never again
        with av.open(str(path)) as again:
            return _decoded(again, first, last, rate)
    stream = container.streams.audio[0]
    container.seek(round((ahead / rate + _origin(container)) / (stream.time_base or 1)), stream=stream)
    return _decoded(container, first, last, rate)


def _decoded(container: InputContainer, first: int, last: int, rate: int) -> NDArray[np.float32]:
    """What a file has from one sample to before another, decoded from where it stands."""
    resampler = AudioResampler(format="flt", layout="mono", rate=rate)
    part, until = np.zeros(last - first, dtype=np.float32), 0
    for frame in container.decode(container.streams.audio[0]):
        begin = round((float(frame.time or 0) - _origin(container)) * rate) - first
        if begin >= len(part):
            break
        for piece in map(_flat, resampler.resample(frame)):
            shown = piece[max(0, -begin) : max(0, len(part) - begin)]
            part[max(0, begin) : max(0, begin) + len(shown)] = shown
            begin += len(piece)
            until = max(until, min(begin, len(part)))
    return part[:until]


def _origin(container: InputContainer) -> float:
    """The second at which a file's own time begins."""
    return (container.start_time or 0) / av.time_base


def _stored_samples(path: Path, rate: int) -> NDArray[np.float32] | None:
    """What a WAV of one channel and 16 bits at `rate` holds, as finished voices are stored: far faster than decoding.

    None: it is another file, or a broken one.
    """
    try:
        with wave.open(str(path)) as file:
            held = (file.getnchannels(), file.getsampwidth(), file.getframerate(), file.getcomptype())
            if held != (1, 2, rate, "NONE"):
                return None
            count, stored = file.getnframes(), file.readframes(file.getnframes())
    except (wave.Error, EOFError, OSError):
        return None
    if len(stored) != 2 * count:
        return None
    return np.frombuffer(stored, "<i2").astype(np.float32) / np.float32(32768)


def _flat(piece: av.AudioFrame) -> NDArray[np.float32]:
    return piece.to_ndarray().reshape(-1).astype(np.float32, copy=False)


@lru_cache(maxsize=4096)
def audio_seconds(path: Path) -> float:
    """The length of a library file's sound, measured by decoding it: once, since such a file never changes."""
    return len(samples(path)) / 48000


@lru_cache(maxsize=256)
def picture_size(video: Path) -> tuple[int, int]:
    """Width and height of a video's or a picture's pixels, from its header. Raises MediaError."""
    with opened(video, "a video") as container:
        coded = pictures_of(container).codec_context
        return coded.width, coded.height
