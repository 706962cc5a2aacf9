"""The final cut: segments joined by copying their pictures, with their sound mastered (`mastering`) and encoded once.

Segments come from `composite`: exact frames and samples, so the joints are sample-exact and a segment's place is a sum
of whole frames. What the segments show is not known here.
"""

import shutil
import tempfile
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from fractions import Fraction
from itertools import pairwise
from pathlib import Path
from typing import Literal

from resources.core.errors import MediaError
from resources.core.files import atomic_write
from resources.core.names import Mode
from resources.core.values import Value
from resources.media import cores
from resources.media.audio.mastering import Aim, master
from resources.media.audio.music import Music, heard_within
from resources.media.audio.voice_track import RAW_STEREO
from resources.media.ffmpeg import WHOLE_CUT_SECONDS, run
from resources.media.joining.joints import Piece, Transition, held, joined
from resources.media.probe import opened
from resources.media.profiles import PROFILES, Encoder, Profile
from resources.media.timebase import FPS, RATE, SAMPLES_PER_FRAME, TIMESCALE

LOOP = Transition(style="crossfade", frames=6)
_RAW_BYTES = 8  # of a sample of both sides, as RAW_STEREO has them
_AAC = ("-c:a", "aac", "-b:a", "192k")
_PRIMING = 1024  # samples that AAC's decoder gives before the first one: where no edit list hides them, they are heard
_AAC_QUICK = (*_AAC, "-aac_coder", "fast", "-aac_tns", "0", "-aac_pns", "0", "-aac_is", "0", "-aac_ms", "0")

# Without edit lists: as many samples as are put before the sound are left out of its beginning, which is silence; and
# frames that are shown later than they are decoded say so by offsets that may be negative, so that the first one is
# shown at nought. Players that honour edit lists and those that do not then agree (docs/sources/media.md#edit-lists).
_AT_NOUGHT = ("-af", f"atrim=start_sample={_PRIMING},afade=type=in:nb_samples={_PRIMING // 4}", "-use_editlist", "0")


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
    """A finished cut. `loudness_lufs` is the mastered sound's, before AAC; `left_out` is music, in words, of which
    nothing is heard so soon."""

    frames: int
    width: int
    height: int
    places: tuple[Place, ...]
    loudness_lufs: float
    left_out: tuple[str, ...] = ()

    @property
    def seconds(self) -> float:
        """The length of the whole cut."""
        return self.frames / FPS


class _Segment(Value):
    frames: int
    width: int
    height: int


class Finish(Value):
    """How segments become a cut, beyond being joined."""

    music: Music = Music()
    transition: Transition = Transition()
    joints: tuple[int, ...] = ()  # frames of each transition, where some have less room; without any, all are equal
    ending: Literal["fade", "loop", "hold"] = "fade"  # the last picture fades to black, leads to the first, or stands
    ending_frames: int = 0  # after the last segment, in which it fades or stands


def final_cut(
    segments: Sequence[Path],
    target: Path,
    *,
    title: str,
    comment: str,
    profile: Profile = PROFILES[Mode.DRAFT],
    finish: Finish = Finish(),  # noqa: B008  (frozen)
    aim: Aim = Aim(),  # noqa: B008
    kept_in: Sequence[tuple[str, Path]] = (),
) -> CutFacts:
    """Join `segments` (files of `composite`) into the MP4 `target` and say where each lies.

    `title` and `comment` become the file's metadata; the comment is where a rehearsal says that it is one. Pictures are
    copied, but for the few frames of a transition and of an ending; sound is mastered and encoded to AAC once.
    `profile` is the one that segments were made with; `aim` what its sound is mastered for. `kept_in`: the folders in
    which the file is kept afterwards, each with the setting that names it. Raises MediaError before anything is
    written, naming the first segment that is not what `composite` makes, or the disk on which there is no room.
    """
    measured = _measure(segments)
    whole = [Piece(path, each.frames) for path, each in zip(segments, measured, strict=True)]
    frames = sum(segment.frames for segment in measured) + finish.ending_frames
    music, left_out = heard_within(finish.music, frames * SAMPLES_PER_FRAME)
    with tempfile.TemporaryDirectory(prefix="ninja-") as name:
        folder = Path(name)
        _look_for_room(folder, [("TMPDIR", target.parent), *kept_in], segments, frames, music)
        sounds = _listed(whole, folder / "sounds.txt")
        with ThreadPoolExecutor(1) as pool:  # pictures and sound do not wait for each other
            finishing = pool.submit(_finished, whole, finish, profile.encoder, folder)
            silence = finish.ending_frames * SAMPLES_PER_FRAME
            loudness = master(sounds, music, silence, folder / "mastered.raw", aim)
            pictures = _listed(finishing.result(), folder / "pictures.txt")
        _join(pictures, folder / "mastered.raw", target, profile, {"title": title, "comment": comment})
    return CutFacts(
        frames=frames,
        width=measured[0].width,
        height=measured[0].height,
        places=_places(measured),
        loudness_lufs=loudness,
        left_out=left_out,
    )


def _look_for_room(
    folder: Path, kept_in: Sequence[tuple[str, Path]], segments: Sequence[Path], frames: int, music: Music
) -> None:
    """Raise MediaError where a cut's sound, as raw samples, or its file have no room: hours of it are gigabytes."""
    passes = 2 + music.plays + (music.bed is not None)  # speech, mastered; mixed; the bed itself, at most as long
    raw = passes * frames * SAMPLES_PER_FRAME * _RAW_BYTES
    size = sum(path.stat().st_size for path in segments)
    disks: dict[int, list[tuple[str, Path, int]]] = {}
    for setting, place, bytes_there in [("TMPDIR", folder.parent, raw), *((*each, size) for each in kept_in)]:
        there = next(each for each in (place, *place.absolute().parents) if each.exists())
        disks.setdefault(there.stat().st_dev, []).append((setting, there, bytes_there))
    for places in disks.values():
        needed, free = sum(each for *_, each in places), shutil.disk_usage(places[0][1]).free
        if free < needed:
            raise MediaError(
                "there is no room to join the cut",
                where=str(places[0][1]),
                why=f"it takes about {needed / 1e9:.1f} GB there until it is done, and {free / 1e9:.1f} GB are free",
                hint="make room there, or name a folder with more in "
                f"{' and '.join(dict.fromkeys(setting for setting, *_ in places))}; what is made is kept",
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
                hint="materialize composites of the whole episode again",
            )
    return measured


def _segment(path: Path) -> _Segment:
    """What a segment's header says; MediaError when joining it would not be exact."""
    with opened(path, "a segment") as file:
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
    if not exact:
        raise MediaError(
            "a segment cannot be joined exactly",
            where=str(path),
            why=f"it is not H.264 at {FPS} fps with FLAC at {RATE} Hz of the same length",
            hint="materialize its composite again",
        )
    return _Segment(frames=frames, width=size[0], height=size[1])


def _places(measured: Sequence[_Segment]) -> tuple[Place, ...]:
    places: list[Place] = []
    first = 0
    for segment in measured:
        places.append(Place(first_frame=first, frames=segment.frames))
        first += segment.frames
    return tuple(places)


def _finished(whole: Sequence[Piece], finish: Finish, encoder: Encoder, folder: Path) -> list[Piece]:
    """The files that hold the cut's pictures, in order."""
    pieces: list[Sequence[Piece]] = [(piece,) for piece in whole]
    joints = finish.joints or (finish.transition.frames,) * (len(whole) - 1)
    with ThreadPoolExecutor(cores.usable()) as pool:
        made = {
            number: pool.submit(
                joined,
                before,
                after.path,
                finish.transition.model_copy(update={"frames": frames}),
                encoder,
                folder / f"joint-{number}",
            )
            for number, ((before, after), frames) in enumerate(zip(pairwise(whole), joints, strict=True))
            if frames
        }
        for number, each in made.items():
            pieces[number] = each.result()
    if finish.ending == "loop":
        # The end goes over into the beginning, in the pause after the last word: players begin again without a jump.
        pieces[-1] = joined(whole[-1], whole[0].path, LOOP, encoder, folder / "loop")
    elif finish.ending_frames:
        black = finish.ending == "fade"
        pieces.append((held(whole[-1], finish.ending_frames, encoder, folder / "ending", black=black),))
    return [piece for each in pieces for piece in each]


def _listed(pieces: Sequence[Piece], path: Path) -> list[str]:
    """ffmpeg's input arguments for files one after the other.

    Each length is told so that starts are right to the microsecond: added up from the files' own lengths, which are
    rounded to one, they would be a tick of the time base off after a hundred segments.
    """
    lines, first = ["ffconcat version 1.0"], 0
    for piece in pieces:
        start, end = (round(frame * 1_000_000 / FPS) for frame in (first, first + piece.frames))
        lines.append("file '{}'".format(str(piece.path.absolute()).replace("'", r"'\''")))
        lines.append(f"duration {(end - start) / 1_000_000:.6f}")
        first += piece.frames
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return ["-f", "concat", "-safe", "0", "-i", str(path)]


def _join(pictures: Sequence[str], mastered: Path, target: Path, profile: Profile, metadata: dict[str, str]) -> None:
    sound = [*RAW_STEREO, "-i", str(mastered)]
    coder = _AAC_QUICK if profile.quick_sound else _AAC
    begin, flags = ([], "+faststart") if profile.edit_lists else (_AT_NOUGHT, "+faststart+negative_cts_offsets")
    with atomic_write(target.absolute(), durable=False) as part:
        run(
            [
                *(*pictures, *sound, "-map", "0:v", "-map", "1:a", "-c:v", "copy", *coder, *begin),
                *("-video_track_timescale", str(TIMESCALE), "-movflags", flags, "-fflags", "+bitexact"),
                *(argument for key, value in metadata.items() for argument in ("-metadata", f"{key}={value}")),
                str(part),
            ],
            timeout=WHOLE_CUT_SECONDS,
        )
