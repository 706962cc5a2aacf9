"""A finished MP4 as platforms read it: its boxes, how its pictures are coded, how they may be cut, its rates.

Measured on the file, without decoding it; what platforms ask for is `deliver`'s. H.264 by ITU-T H.264 7.3, boxes by
ISO/IEC 14496-12.
"""

import struct
from collections.abc import Iterator
from fractions import Fraction
from itertools import pairwise
from pathlib import Path

import av

from resources.core.errors import MediaError
from resources.core.values import Value

_HOLDERS = frozenset({b"moov", b"trak", b"edts"})
_PPS_BEGINS = 6  # bytes of avcC before its parameter sets: version, profile, compatibility, level, lengths, how many
_HDR = frozenset({16, 18})  # transfer: PQ, HLG


class StreamFacts(Value):
    """What a file is. `group`: the most frames from one that a player can start from to the next; rates in kb/s."""

    size: int  # bytes
    seconds: float
    width: int
    height: int
    fps: float
    codec: str
    profile: str
    pixels: str
    cabac: bool
    hdr: bool
    group: int
    closed: bool  # no frame is shown before the one that its group begins with
    b_frames: int  # the most in a row
    kbps: float  # of the picture
    edit_lists: int
    index_first: bool  # a player can begin before it has all of the file
    sound_codec: str
    sound_rate: int  # Hz
    channels: int
    sound_kbps: float


def stream_facts(video: Path) -> StreamFacts:
    """Measure a finished MP4. Raises MediaError for what is none."""
    boxes = list(_boxes(video))
    names = [name for name, _ in boxes]
    try:
        with av.open(str(video)) as file:
            stream, sound = file.streams.video[0], file.streams.audio[0]
            picture = stream.codec_context
            packets = [
                (packet.pts, packet.is_keyframe, packet.size) for packet in file.demux(stream) if packet.pts is not None
            ]
            seconds = float(len(packets) / (stream.average_rate or Fraction(30)))
            keys = [place for place, (_, key, _) in enumerate(packets) if key]
            return StreamFacts(
                size=video.stat().st_size,
                seconds=seconds,
                width=picture.width,
                height=picture.height,
                fps=float(stream.average_rate or 0),
                codec=picture.name,
                profile=str(picture.profile),
                pixels=str(picture.pix_fmt),
                cabac=_cabac(bytes(picture.extradata or b"")),
                hdr=int(picture.color_trc) in _HDR,
                group=max(after - before for before, after in pairwise([*keys, len(packets)])),
                closed=all(
                    pts >= packets[first][0]
                    for first, end in pairwise([*keys, len(packets)])
                    for pts, _, _ in packets[first:end]
                ),
                b_frames=_b_frames([pts for pts, _, _ in packets]),
                kbps=sum(size for _, _, size in packets) * 8 / 1000 / seconds,
                edit_lists=names.count(b"elst"),
                index_first=names.index(b"moov") < names.index(b"mdat"),
                sound_codec=sound.codec_context.name,
                sound_rate=sound.rate,
                channels=sound.channels,
                sound_kbps=(sound.bit_rate or 0) / 1000,
            )
    except (av.FFmpegError, IndexError, OSError, ValueError) as error:
        raise MediaError("a video cannot be read", where=str(video), why=str(error)) from error


def _boxes(video: Path) -> Iterator[tuple[bytes, int]]:
    """The name and the place of each box, those within others too, in the file's order."""
    with video.open("rb") as file:
        ends = [video.stat().st_size]
        while (at := file.tell()) + 8 <= ends[0]:
            size, name = struct.unpack(">I4s", file.read(8))
            if size == 1:
                [size] = struct.unpack(">Q", file.read(8))
            yield name, at
            if name not in _HOLDERS:
                file.seek(at + size if size >= 8 else ends[0])


def _b_frames(shown: list[int]) -> int:
    """The most frames in a row that are shown before one that is coded before them, from times in coded order."""
    most = run = 0
    latest = shown[0]
    for pts in shown:
        run = run + 1 if pts < latest else 0
        most, latest = max(most, run), max(latest, pts)
    return most


def _cabac(extradata: bytes) -> bool:
    """Whether the first picture parameter set of an avcC box asks for arithmetic coding."""
    place = _PPS_BEGINS
    try:
        for _ in range(extradata[5] & 0x1F):  # sequence parameter sets
            place += 2 + int.from_bytes(extradata[place : place + 2], "big")
        first = extradata[place + 4]  # behind how many, the length and the header of the first
    except IndexError:
        return False
    bits = f"{first:08b}{extradata[place + 5]:08b}" if len(extradata) > place + 5 else f"{first:08b}"
    for _ in range(2):  # its number and its sequence's, each an Exp-Golomb code
        zeros = len(bits) - len(bits.lstrip("0"))
        bits = bits[2 * zeros + 1 :]
    return bits.startswith("1")
