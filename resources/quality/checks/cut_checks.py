"""Finished files as a player meets them: streams, the joints of a cut, its loudness and what it says of itself."""

from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from resources.core.values import Value
from resources.media.audio.mastering import PEAK_DBTP, TARGET_LUFS
from resources.media.audio.voice_track import Loudness
from resources.media.joining.join import Place
from resources.media.probe import opened, samples, samples_at
from resources.media.timebase import FPS, RATE, SAMPLES_PER_FRAME
from resources.quality.checks.report import JOINTS, MARK, MUSIC, SOUND, STREAMS, Finding

_AUDIO_FRAME = 1024  # samples: AAC's own; the most that a joint may be away
_WINDOW = RATE // 2  # samples of a voice that are looked for in the cut: its loudest half second
_SEARCH = 2 * _AUDIO_FRAME  # samples before and after the exact place
_LOUDNESS_LU = 1.0
_NOTHING_LUFS = -60.0
_METER_DB = 0.05  # what two runs of a meter at four times the rate may differ by


class Streams(Value):
    """What a file's header says. Zeros stand for a stream that is missing."""

    width: int = 0
    height: int = 0
    fps: float = 0.0
    frames: int = 0
    rate: int = 0  # Hz
    channels: int = 0
    comment: str = ""


class Joint(Value):
    """A segment's start in the cut: how many ticks its key frame, and how many samples its voice, are away."""

    segment: str
    keyed: bool
    samples: int


def measure_streams(video: Path) -> Streams:
    """Read a file's header. A missing stream is told, not raised; MediaError for what is no media file."""
    with opened(video, "a video") as file:
        facts = Streams(comment=file.metadata.get("comment", ""))
        if file.streams.video:
            picture = file.streams.video[0]
            facts = facts.model_copy(
                update={
                    "width": picture.codec_context.width,
                    "height": picture.codec_context.height,
                    "fps": float(picture.average_rate or 0),
                    "frames": picture.frames,
                }
            )
        if file.streams.audio:
            sound = file.streams.audio[0]
            facts = facts.model_copy(update={"rate": sound.rate, "channels": sound.channels})
    return facts


def measure_joints(
    cut: Path, voices: Sequence[tuple[str, Path]], places: Sequence[Place], openings: Sequence[int] | None = None
) -> tuple[Joint, ...]:
    """Find each segment's start in the cut: by its key frame, and by its voice's loudest half second. MediaError.

    `openings`: frames of each segment before its voice begins; without it, none.
    """
    keys = _key_frames(cut)
    wanted = [
        _loudest(samples(voice, RATE), (place.first_frame + opening) * SAMPLES_PER_FRAME)
        for (_, voice), place, opening in zip(voices, places, openings or [0] * len(places), strict=True)
    ]
    heard = samples_at(cut, [each.span for each in wanted], RATE)
    return tuple(
        Joint(segment=segment, keyed=place.first_frame in keys, samples=_away(part, each))
        for (segment, _), place, part, each in zip(voices, places, heard, wanted, strict=True)
    )


def judge_streams(segment: str, facts: Streams, *, size: tuple[int, int]) -> Finding:
    """Whether both streams are there as they must be."""
    picture = f"{facts.width}x{facts.height} at {facts.fps:g} fps" if facts.width else "no picture"
    sound = f"{facts.rate} Hz in {facts.channels} channels" if facts.rate else "no sound"
    wanted = f"wanted: {size[0]}x{size[1]} at {FPS} fps, {RATE} Hz in 2"
    passed = (facts.width, facts.height, facts.fps, facts.rate, facts.channels) == (*size, FPS, RATE, 2)
    return Finding(check=STREAMS.name, segment=segment, passed=passed, message=f"{picture}, {sound} ({wanted})")


def judge_joint(joint: Joint) -> Finding:
    """Whether a segment starts where it should."""
    passed = joint.keyed and abs(joint.samples) < _AUDIO_FRAME
    frame = "a key frame at its time" if joint.keyed else "no key frame at its time"
    message = f"{frame}, voice {joint.samples} samples away (under {_AUDIO_FRAME})"
    return Finding(check=JOINTS.name, segment=joint.segment, passed=passed, message=message)


def plays_as_mastered(heard: Loudness) -> bool:
    """Whether a sound is as loud as platforms play it, without peaks that distort."""
    return abs(heard.integrated_lufs - TARGET_LUFS) <= _LOUDNESS_LU and _without_distortion(heard)


def judge_loudness(heard: Loudness, *, wordless: bool = False) -> Finding:
    """Whether the cut is as loud as platforms play it, without peaks that distort.

    `wordless`: nobody speaks in it. Then it may be softer: a click in silence is never as loud as speech, and nothing
    need be heard.
    """
    if wordless and heard.integrated_lufs <= _NOTHING_LUFS:
        return Finding(check=SOUND.name, segment="", passed=True, message="silent: nobody speaks, and nothing is heard")
    softer = wordless and heard.integrated_lufs < TARGET_LUFS and _without_distortion(heard)
    message = (
        f"{heard.integrated_lufs:.1f} LUFS (wanted: {TARGET_LUFS:.0f} within {_LOUDNESS_LU:.0f}"
        f"{', or softer where nobody speaks' if wordless else ''}), "
        f"true peak {heard.true_peak_dbtp:.1f} dBTP (at most {PEAK_DBTP:.0f})"
    )
    return Finding(check=SOUND.name, segment="", passed=softer or plays_as_mastered(heard), message=message)


def judge_music(files: int, left_out: Sequence[str]) -> Finding:
    """Whether each music file of a cut is heard in it. `left_out`: those that are not, in words."""
    heard = f"{files} music {'file is' if files == 1 else 'files are'} heard" if files else "it has no music"
    return Finding(check=MUSIC.name, segment="", passed=not left_out, message="; ".join(left_out) or heard)


def _without_distortion(heard: Loudness) -> bool:
    return heard.true_peak_dbtp <= PEAK_DBTP + _METER_DB


def judge_comment(facts: Streams, *, rehearsal: bool) -> Finding:
    """Whether the file says that it is a rehearsal exactly when it is one."""
    says = "REHEARSAL" in facts.comment
    message = f"the file's comment {'says' if says else 'does not say'} REHEARSAL"
    return Finding(check=MARK.name, segment="", passed=says == rehearsal, message=message)


def _key_frames(cut: Path) -> frozenset[int]:
    """The numbers of the frames that can be started from; one off its exact time has none."""
    with opened(cut, "a cut") as file:
        stream = file.streams.video[0]
        base = stream.time_base or 0
        times = [
            packet.pts * base * FPS for packet in file.demux(stream) if packet.is_keyframe and packet.pts is not None
        ]
    return frozenset(int(time) for time in times if time == int(time))


class _Wanted(NamedTuple):
    """The loudest half second of a voice, and the sample of the cut at which it must be heard."""

    sound: NDArray[np.float32]
    start: int

    @property
    def span(self) -> tuple[int, int]:
        """Where it is looked for in the cut."""
        return max(0, self.start - _SEARCH), self.start + len(self.sound) + _SEARCH


def _loudest(voice: NDArray[np.float32], start: int) -> _Wanted:
    """What is looked for of a voice that begins at sample `start` of the cut."""
    window = min(_WINDOW, len(voice))
    power = np.cumsum(np.square(voice, dtype=np.float64))
    first = int(np.argmax(power[window - 1 :] - np.concatenate([[0.0], power[:-window]])))
    return _Wanted(voice[first : first + window], start + first)


def _away(part: NDArray[np.float32], wanted: _Wanted) -> int:
    """By how many samples a voice is later than it must be, in its span of the cut; past its end where it is not."""
    window = len(wanted.sound)
    if len(part) < window or not part.any():
        return _SEARCH
    size = 1 << (len(part) + window).bit_length()
    both = np.fft.irfft(np.fft.rfft(part, size) * np.conj(np.fft.rfft(wanted.sound, size)), size)
    return wanted.span[0] + int(np.argmax(both[: len(part) - window + 1])) - wanted.start
