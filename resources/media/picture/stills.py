"""Still pictures for people: a segment's poster, a storyboard sheet, a waveform; small enough to be metadata.

Pictures are read from finished segments. What a tile says besides (cost, checks) is the caller's, as `notes`.
"""

import base64
import io
from collections.abc import Sequence
from pathlib import Path

import av
import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageDraw

from resources.core.errors import MediaError
from resources.core.values import Value, Word
from resources.media.probe import blocks, opened
from resources.media.typography.colours import LIT, legible
from resources.media.typography.text import wide, wrapped, write_on

METADATA_LIMIT = 70_000  # bytes of a picture whose data URI (a third longer) stays under 100 kB with words around it
_POSTER_WIDTH = 270  # pixels
_TILE_WIDTH = 240
_GAP = 14
_RATE, _PEAKS_A_SECOND = 48000, 1000
_COLUMNS = 5  # of a storyboard; more where its sheet would be higher than WebP can be
_HIGHEST = 16383  # pixels of a side of a WebP picture (docs/sources/media.md#pictures)
_QUALITY = 74  # of WebP, where text on a tile stays clean
_NIGHT, _CARD, _TEXT, _QUIET = "#0d1026", "#171b3c", "#f4f5ff", "#9aa3c7"


class Tile(Value):
    """What a storyboard says of a segment. Seconds are of the whole cut."""

    segment: str
    speaker: str
    color: str
    start: float
    end: float
    text: str
    notes: str = ""


def poster(video: Path, words: Sequence[Word] = (), width: int = _POSTER_WIDTH) -> Image.Image:
    """A good frame of a segment: of its key frames, the richest in detail among those with a word being spoken.

    A blink or a blur has less detail than an open face. Only key frames are decoded: some 10 ms each.
    """
    frames = _key_frames(video, width)
    speaking = [image for at, image in frames if any(word.start <= at <= word.end for word in words)]
    return max(speaking or [image for _, image in frames], key=detail)


def still(video: Path, at: float, width: int = _POSTER_WIDTH) -> Image.Image:
    """The frame that is shown at `at` seconds (the last one, if the video is shorter)."""
    with opened(video, "a video") as file:
        stream = file.streams.video[0]
        file.seek(int(at / float(stream.time_base or 1)), stream=stream)
        shown: av.VideoFrame | None = None
        for frame in file.decode(stream):
            if shown is not None and (frame.time or 0.0) > at + 1e-6:
                break
            shown = frame
        if shown is None:
            raise MediaError("a video has no frames", where=str(video))
        return _small(shown, width)


def storyboard(tiles: Sequence[tuple[Tile, Image.Image]]) -> Image.Image:
    """One sheet with a tile for each segment: its poster, its key, its speaker in colour, its times and its words."""
    drawn = [_tile(tile, picture) for tile, picture in tiles]
    step_x, step_y = _TILE_WIDTH + _GAP, max(tile.height for tile in drawn) + _GAP
    at_most = (_HIGHEST - _GAP) // step_y  # rows
    columns = min(max(_COLUMNS, -(-len(drawn) // at_most)), len(drawn))
    rows = -(-len(drawn) // columns)
    sheet = Image.new("RGB", (columns * step_x + _GAP, rows * step_y + _GAP), _NIGHT)
    for number, tile in enumerate(drawn):
        sheet.paste(tile, (_GAP + number % columns * step_x, _GAP + number // columns * step_y))
    return sheet


def waveform(
    audio: Path, width: int = 1000, height: int = 160, color: str = "#22d3ee", joints: Sequence[float] = ()
) -> Image.Image:
    """The sound's peaks over time, with a line at each of `joints` (seconds)."""
    loud = _peaks(audio)
    picture = Image.new("RGB", (width, height), _NIGHT)
    draw = ImageDraw.Draw(picture)
    for joint in joints:
        x = round(joint * _PEAKS_A_SECOND / max(1, len(loud)) * width)
        draw.line((x, 0, x, height), fill=_QUIET)
    for x, part in enumerate(np.array_split(loud, width)):
        peak = float(part.max(initial=0.0)) * (height / 2 - 2)
        draw.line((x, height / 2 - peak, x, height / 2 + peak), fill=color)
    return picture


def _peaks(audio: Path) -> NDArray[np.float32]:
    """The largest sample of each thousandth of a second."""
    each = _RATE // _PEAKS_A_SECOND
    found, rest = [np.zeros(0, dtype=np.float32)], np.zeros(0, dtype=np.float32)
    for block in blocks(audio, _RATE):
        held = np.concatenate([rest, np.abs(block)])
        whole = len(held) // each * each
        found.append(held[:whole].reshape(-1, each).max(axis=1))
        rest = held[whole:]
    return np.concatenate([*found, rest.max(keepdims=True) if len(rest) else rest])


def webp(picture: Image.Image, limit: int = METADATA_LIMIT) -> bytes:
    """The picture as WebP of at most `limit` bytes, with fewer pixels where it must."""
    content = io.BytesIO()
    picture.save(content, "WEBP", quality=_QUALITY, method=2)
    if content.tell() <= limit:
        return content.getvalue()
    scale = 0.92 * (limit / content.tell()) ** 0.5  # bytes go with the area; the rest is for what a small picture keeps
    size = (max(1, round(picture.width * scale)), max(1, round(picture.height * scale)))
    return webp(picture.resize(size, Image.Resampling.LANCZOS, reducing_gap=2), limit)


def data_uri(picture: bytes) -> str:
    """A WebP picture as a `data:` URI, which Dagster's markdown shows inline."""
    return f"data:image/webp;base64,{base64.b64encode(picture).decode()}"


def _key_frames(video: Path, width: int) -> list[tuple[float, Image.Image]]:
    with opened(video, "a video") as file:
        stream = file.streams.video[0]
        stream.codec_context.skip_frame = "NONKEY"
        frames = [(float(frame.time or 0.0), _small(frame, width)) for frame in file.decode(stream)]
    if not frames:
        raise MediaError("a video has no frames", where=str(video))
    return frames


def _small(frame: av.VideoFrame, width: int) -> Image.Image:
    height = round(frame.height * width / frame.width)
    return Image.fromarray(frame.to_ndarray(width=width, height=height, format="rgb24", interpolation="AREA"))


def detail(picture: Image.Image) -> float:
    """How much neighbouring pixels differ."""
    luma = np.asarray(picture.convert("L"), dtype=np.float32)
    return float(np.abs(np.diff(luma, axis=0)).mean() + np.abs(np.diff(luma, axis=1)).mean())


def _tile(tile: Tile, picture: Image.Image) -> Image.Image:
    high = round(picture.height * _TILE_WIDTH / picture.width)
    card = Image.new("RGB", (_TILE_WIDTH, high + 150), _CARD)
    card.paste(picture.resize((_TILE_WIDTH, high), Image.Resampling.LANCZOS), (0, 0))
    draw = ImageDraw.Draw(card)
    draw.rectangle((0, high, _TILE_WIDTH, high + 4), fill=legible(tile.color, _CARD))
    _write(card, (10, high + 12), tile.segment, 19, _TEXT)
    (name,) = wrapped(tile.speaker, 19, _TILE_WIDTH - 32 - wide(tile.segment, 19), 1)
    _write(card, (_TILE_WIDTH - 10, high + 12), name, 19, legible(tile.color, _CARD, LIT), right=True)
    _write(card, (10, high + 38), f"{_clock(tile.start)} – {_clock(tile.end)}", 15, _QUIET)
    _write(card, (_TILE_WIDTH - 10, high + 38), f"{tile.end - tile.start:.1f} s", 15, _QUIET, right=True)
    lines = wrapped(tile.text, 15, _TILE_WIDTH - 20, 3)
    for number, line in enumerate(lines):
        _write(card, (10, high + 62 + 20 * number), line, 15, _TEXT)
    if tile.notes:
        _write(card, (10, high + 126), wrapped(tile.notes, 13, _TILE_WIDTH - 20, 1)[0], 13, _QUIET)
    return card


def _write(card: Image.Image, at: tuple[int, int], text: str, size: int, color: str, *, right: bool = False) -> None:
    write_on(card, at, text, size, anchor="ra" if right else "la", fill=color)


def _clock(seconds: float) -> str:
    return f"{int(seconds // 60)}:{seconds % 60:04.1f}"
