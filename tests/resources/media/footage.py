"""Small real clips, voices and orders for the editor's tests, made by ffmpeg and numpy."""

from collections.abc import Sequence
from pathlib import Path

import av
import numpy as np
from numpy.typing import NDArray
from PIL import Image

from resources.content.show import Format
from resources.core.library import Library
from resources.core.values import Media, Word
from resources.media.ffmpeg import run
from resources.media.picture.composite_order import CastMember, CompositeOrder, PaneClip
from resources.media.picture.patches import Patch

RATE = 48000
NINJA = CastMember(label="NINJA", name="Ninja", color="#22d3ee")
GLITCH = CastMember(label="GLITCH", name="Glitch", color="#ff4fd8")
FLASH = 0.5  # seconds at which a clip flashes white for 0.2 s
SHRINK = 4  # 270x480, 480x270


def clip(
    library: Library,
    folder: Path,
    *,
    seconds: float = 1.2,
    fps: int = 30,
    size: tuple[int, int] = (270, 240),
    color: str = "0x204060",
) -> Media:
    """A plain clip whose middle flashes white from 0.5 to 0.7 s, with a sound that must never be heard."""
    path = folder / f"{color}-{fps}-{size[0]}x{size[1]}-{seconds}.mp4"
    flash = f"drawbox=iw/3:ih/3:iw/3:ih/3:white:fill:enable='between(t,{FLASH - 0.001},{FLASH + 0.199})'"
    picture = f"color={color}:s={size[0]}x{size[1]}:r={fps}:d={seconds},{flash}"
    run(
        [
            *("-f", "lavfi", "-i", picture, "-f", "lavfi", "-i", f"sine=3000:d={seconds}"),
            *("-c:v", "libx264", "-preset", "ultrafast", "-qp", "4", "-pix_fmt", "yuv420p", "-c:a", "aac", str(path)),
        ]
    )
    return library.put(path)


def burst(seconds: float, seed: int, at: Sequence[float] = (FLASH,)) -> NDArray[np.float32]:
    """Mono sound at 48 kHz: silence, with bursts of noise of 0.2 s, different for each seed, as wide as speech."""
    sound = np.zeros(round(seconds * RATE), dtype=np.float32)
    spectrum = np.fft.rfft(np.random.default_rng(seed).normal(0, 0.5, RATE // 5))
    spectrum[4000 // 5 :] = 0  # bins of 5 Hz
    noise = np.fft.irfft(spectrum).astype(np.float32)
    for start in at:
        first = round(start * RATE)
        sound[first : first + len(noise)] = noise[: max(0, len(sound) - first)]
    return sound


def voice(library: Library, sound: NDArray[np.float32], rate: int = RATE) -> Media:
    """A mono WAV of the library."""
    return library.put_bytes(wav(sound, rate), ".wav")


def wav(sound: NDArray[np.float32], rate: int = RATE) -> bytes:
    """Mono 16-bit WAV bytes."""
    raw = (np.clip(sound, -1, 1) * 32767).astype("<i2").tobytes()
    return run(["-f", "s16le", "-ar", str(rate), "-ac", "1", "-i", "-", "-f", "wav", "-"], stdin=raw)


def words(text: str, start: float = 0.0, each: float = 0.3) -> tuple[Word, ...]:
    """Each word of `text`, evenly spoken."""
    return tuple(
        Word(text=word, start=start + index * each, end=start + (index + 0.9) * each)
        for index, word in enumerate(text.split())
    )


def order(
    speaker: Media,
    listener: Media | None,
    audio: Media,
    seconds: float,
    text: str = "",
    layout: str = "videochat",
    shape: Format = Format.SHORT,
    **more: object,
) -> CompositeOrder:
    """A small composite in which NINJA speaks and GLITCH listens."""
    clips = {"NINJA": PaneClip(video=speaker)}
    if listener is not None:
        clips["GLITCH"] = PaneClip(video=listener, loops=True)
    basic = CompositeOrder(
        format=shape,
        layout=layout,
        cast=(NINJA, GLITCH),
        speaker="NINJA",
        clips=clips,
        audio=audio,
        seconds=seconds,
        words=words(text),
        rehearsal=True,
        shrink=SHRINK,
    )
    return basic.model_copy(update=more)


def pictures(path: Path) -> NDArray[np.uint8]:
    """Every frame of a video: frames x height x width x RGB."""
    with av.open(str(path)) as file:
        return np.stack([frame.to_ndarray(format="rgb24") for frame in file.decode(video=0)])


def times(path: Path) -> list[int]:
    """Presentation times of a video's packets, in order, in ticks of its time base."""
    with av.open(str(path)) as file:
        return sorted(packet.pts for packet in file.demux(video=0) if packet.pts is not None)


def channels(path: Path) -> NDArray[np.float32]:
    """A file's sound as it is: channels x samples."""
    with av.open(str(path)) as file:
        frames = [frame.to_ndarray() for frame in file.decode(audio=0)]
    scale = 32768.0 if frames[0].dtype == np.int16 else 1.0
    stacked = np.concatenate(frames, axis=1).astype(np.float32) / np.float32(scale)
    return stacked.reshape(-1, 2).T if stacked.shape[0] == 1 else stacked  # packed: left, right, left, …


def lag(heard: NDArray[np.float32], meant: NDArray[np.float32]) -> int:
    """By how many samples `heard` is later than `meant`."""
    size = 1 << (len(heard) + len(meant)).bit_length()
    both = np.fft.irfft(np.fft.rfft(heard, size) * np.conj(np.fft.rfft(meant, size)), size)
    best = int(np.argmax(both))
    return best if best < size // 2 else best - size


def looks(patch: Patch) -> Image.Image:
    """A patch as RGBA, but for what is lost of its colours in a quarter of the pixels."""
    wide, tall = patch.area.width, patch.area.height
    sizes = [(tall, wide), *[(tall // 2, wide // 2)] * 2, *[(tall, wide)] * (not patch.opaque)]
    planes, at = [], 0
    for size in sizes:
        plane = np.frombuffer(patch.pixels, np.uint8, size[0] * size[1], at).reshape(size).astype(float)
        at += plane.size
        planes.append(plane.repeat(tall // size[0], axis=0).repeat(wide // size[1], axis=1))
    assert at == len(patch.pixels)
    y, u, v = (planes[0] - 16) * 255 / 219, (planes[1] - 128) * 255 / 224, (planes[2] - 128) * 255 / 224
    colors = [y + 1.5748 * v, y - 0.1873 * u - 0.4681 * v, y + 1.8556 * u]
    alpha = np.full_like(y, 255) if patch.opaque else planes[3]
    return Image.fromarray(np.rint(np.stack([*colors, alpha], axis=2)).clip(0, 255).astype(np.uint8))


def bright(frames: NDArray[np.uint8], x: float, y: float) -> NDArray[np.bool_]:
    """Whether each frame is white at a place, given as parts of width and height."""
    _, height, width, _ = frames.shape
    spot = frames[:, int(y * height), int(x * width), :]
    return np.asarray(spot.min(axis=1) > 200)
