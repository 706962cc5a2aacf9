"""The final cut: segments joined by copying their pictures, and their sound mastered and encoded once.

Segments come from `composite`: exact frames and samples, so the joints are sample-exact and a segment's place is a sum
of whole frames. What the segments show is not known here.
"""

import tempfile
from collections.abc import Sequence
from fractions import Fraction
from pathlib import Path

import av

from resources.errors import MediaError
from resources.media.composite import FPS, RATE, SAMPLES_PER_FRAME, TIMESCALE
from resources.media.ffmpeg import part_of, run
from resources.media.music import Music, lay_under
from resources.media.sound import RAW_STEREO
from resources.seams import Value

TARGET_LUFS = -14.0  # what YouTube plays at
# The limiter's ceiling leaves 0.3 dB for AAC, which overshoots: at 0.861 the encoded file measures -1.3 dBTP.
_CEILING = 0.861
_CLOSE_ENOUGH = 0.1  # LU; nearer than this the gain is not corrected
_MOST_PASSES = 4  # of the limiter: each gives back the loudness that the one before took
_COMPRESSOR = "acompressor=threshold=-21dB:ratio=2.5:attack=8:release=160:knee=6"
_AAC = ("-c:a", "aac", "-b:a", "192k")
# The encoder without its searches: a third of the CPU, for ears that only check.
_AAC_QUICK = (*_AAC, "-aac_coder", "fast", "-aac_tns", "0", "-aac_pns", "0", "-aac_is", "0", "-aac_ms", "0")


class Place(Value):
    """Where a segment lies in the cut. Seconds are exact multiples of 1/30."""

    first_frame: int
    frames: int

    @property
    def start(self) -> float:
        """In point in seconds."""
        return self.first_frame / FPS

    @property
    def end(self) -> float:
        """Out point in seconds."""
        return (self.first_frame + self.frames) / FPS


class CutFacts(Value):
    """A finished cut. `loudness_lufs` is the mastered sound's, before AAC."""

    frames: int
    width: int
    height: int
    places: tuple[Place, ...]
    loudness_lufs: float

    @property
    def seconds(self) -> float:
        """The length of the whole cut."""
        return self.frames / FPS


class _Segment(Value):
    frames: int
    width: int
    height: int


def final_cut(
    segments: Sequence[Path],
    target: Path,
    *,
    title: str,
    comment: str,
    quick: bool = False,
    music: Music | None = None,
) -> CutFacts:
    """Join `segments` (files of `composite`) into the MP4 `target` and say where each lies.

    `title` and `comment` become the file's metadata; the comment is where a rehearsal says that it is one. Pictures
    are copied; speech is compressed, music laid under it, the whole brought to -14 LUFS, limited under -1 dBTP and
    encoded to AAC once; `quick` spares AAC's searches, for a rehearsal. Raises MediaError naming the first segment that
    is not what `composite` makes, before anything is written.
    """
    measured = _measure(segments)
    with tempfile.TemporaryDirectory(prefix="ninja-") as name:
        folder = Path(name)
        _write_list(segments, folder / "segments.txt")
        loudness = _master(folder, music)
        _join(folder, target, _AAC_QUICK if quick else _AAC, {"title": title, "comment": comment})
    return CutFacts(
        frames=sum(segment.frames for segment in measured),
        width=measured[0].width,
        height=measured[0].height,
        places=_places(measured),
        loudness_lufs=loudness,
    )


def _measure(segments: Sequence[Path]) -> list[_Segment]:
    if not segments:
        raise MediaError("there is nothing to join", why="no segments were given")
    measured = [_segment(path) for path in segments]
    first = measured[0]
    for path, each in zip(segments, measured, strict=True):
        if (each.width, each.height) != (first.width, first.height):
            raise MediaError(
                "segments differ in size",
                where=str(path),
                why=f"{each.width}x{each.height} here, {first.width}x{first.height} in the first",
                mend="materialize composites of the whole episode again",
            )
    return measured


def _segment(path: Path) -> _Segment:
    """What a segment's header says; MediaError when joining it would not be exact."""
    try:
        with av.open(str(path)) as file:
            video, audio = file.streams.video[0], file.streams.audio[0]
            frames = video.frames
            exact = (
                video.codec_context.name == "h264"
                and video.average_rate == FPS
                and video.time_base == Fraction(1, TIMESCALE)
                and audio.codec_context.name == "flac"
                and audio.rate == RATE
                and audio.duration == frames * SAMPLES_PER_FRAME
            )
            size = (video.codec_context.width, video.codec_context.height)
    except (av.FFmpegError, IndexError, OSError) as error:
        raise MediaError("a segment cannot be read", where=str(path), why=str(error)) from error
    if not exact:
        raise MediaError(
            "a segment cannot be joined exactly",
            where=str(path),
            why=f"it is not H.264 at {FPS} fps with FLAC at {RATE} Hz of the same length",
            mend="materialize its composite again",
        )
    return _Segment(frames=frames, width=size[0], height=size[1])


def _places(measured: Sequence[_Segment]) -> tuple[Place, ...]:
    places: list[Place] = []
    first = 0
    for segment in measured:
        places.append(Place(first_frame=first, frames=segment.frames))
        first += segment.frames
    return tuple(places)


def _write_list(segments: Sequence[Path], path: Path) -> None:
    lines = ("file '{}'\n".format(str(segment.absolute()).replace("'", r"'\''")) for segment in segments)
    path.write_text("ffconcat version 1.0\n" + "".join(lines), encoding="utf-8")


_LIST = ("-f", "concat", "-safe", "0", "-i", "segments.txt")
_METER = "ebur128=metadata=1,ametadata=print:key=lavfi.r128.I:file=-"


def _master(folder: Path, music: Music | None) -> float:
    """Write the whole sound to mastered.raw; returns its loudness in LUFS."""
    spoken = _compress(folder)
    source = folder / "speech.raw"
    if music is not None and music.files:
        source = lay_under(source, music, spoken, folder / "mixed.raw")
    gain = TARGET_LUFS - spoken
    for _ in range(_MOST_PASSES):
        reached = _limit(source, gain, folder)
        if abs(TARGET_LUFS - reached) <= _CLOSE_ENOUGH:
            break
        gain += TARGET_LUFS - reached
    return reached


def _compress(folder: Path) -> float:
    """Write the joined speech, compressed, to speech.raw and return its loudness in LUFS."""
    arguments = [*_LIST, "-vn", "-af", f"{_COMPRESSOR},{_METER}", *RAW_STEREO, "speech.raw"]
    return _last_reading(run(arguments, cwd=folder))


def _limit(source: Path, gain: float, folder: Path) -> float:
    """Write `source`, louder by `gain` dB and limited, to mastered.raw; returns its loudness in LUFS.

    The limiter works at four times the rate, so that peaks between samples are caught too.
    """
    limiter = f"alimiter=limit={_CEILING}:attack=5:release=60:level=false:latency=true"
    chain = f"volume={gain:.2f}dB,aresample={4 * RATE},{limiter},aresample={RATE},{_METER}"
    return _last_reading(run([*RAW_STEREO, "-i", str(source), "-af", chain, *RAW_STEREO, "mastered.raw"], cwd=folder))


def _last_reading(log: bytes) -> float:
    readings = [line.partition("=")[2] for line in log.decode().splitlines() if line.startswith("lavfi.r128.I=")]
    return float(readings[-1])


def _join(folder: Path, target: Path, coder: Sequence[str], metadata: dict[str, str]) -> None:
    part = part_of(target.absolute())
    run(
        [
            *(*_LIST, *RAW_STEREO, "-i", "mastered.raw", "-map", "0:v", "-map", "1:a", "-c:v", "copy", *coder),
            *("-video_track_timescale", str(TIMESCALE), "-movflags", "+faststart", "-fflags", "+bitexact"),
            *(argument for key, value in metadata.items() for argument in ("-metadata", f"{key}={value}")),
            str(part),
        ],
        cwd=folder,
    )
    part.replace(target)
