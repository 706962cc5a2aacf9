"""Clips as they were delivered: does the mouth follow the voice, does a listener's stay shut, does the picture move.

Only the head of a clip is decoded (a 960x1080 frame costs 1.7 ms of CPU), and of it only a thinned luma plane.
"""

import statistics
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from resources.core.errors import MediaError
from resources.core.values import Value
from resources.media.audio.voice_track import envelope
from resources.media.picture.frames import luma
from resources.media.probe import opened
from resources.media.timebase import FPS
from resources.quality.checks.report import FROZEN, LENGTHS, LIPS, STILL, Finding

Box = tuple[int, int, int, int]  # left, top, right, bottom in pixels

_HEAD_SECONDS = 5.0  # of a clip that is decoded; speech starts 0.06 s after its first frame
_ACROSS = 30  # pixels of the mouth region that are looked at from left to right, whatever a clip's size
_MOST_LAG = 0.15  # seconds that a mouth may be early or late and is still searched at
_LAG_ALLOWED_MS = 67  # where viewers begin to see it
_SYLLABLES_SECONDS = 0.7  # slower changes are those of phrases
# The example's puppets, 15 drawings a second, measure .57 to .84, lines of two seconds .49 to .69; with the sound of
# another line at most .43 (Pearson, mouth against envelope).
_PUPPET_FOLLOWS = 0.46
_FEWEST = 9  # frames that a correlation is taken of
# A face whose mouth's place is only assumed moves with its whole head, too: less is expected of it.
_FACE_FOLLOWS = 0.15
_FROZEN_SECONDS = 1.0
_SHORT_SECONDS = 0.3  # a clip may be this much shorter: its last frame is held over the tail's silence of 0.25 s


class Lips(Value):
    """How a mouth region moves with a voice: Pearson's r at its best lag (seconds; positive: the mouth is late)."""

    follows: float
    lag: float


def assumed_mouth(width: int, height: int) -> Box:
    """Where a mouth is assumed in a portrait that nobody has drawn: the lower middle of where faces are."""
    return round(width * 0.36), round(height * 0.44), round(width * 0.64), round(height * 0.70)


def measure_lips(clip: Path, voice: Path, box: Box, *, drawn: bool) -> Lips:
    """Compare the mouth region's difference from its look in silence with the voice's loudness. Raises MediaError.

    A `drawn` mouth follows each syllable: what changes slower is taken away, since phrases of any two lines resemble
    each other.
    """
    mouth, fps = _mouth(clip, box)
    loud = envelope(voice, fps)
    count = min(len(mouth), len(loud))
    if count < _FEWEST:
        raise MediaError("a clip is too short to be judged", where=str(clip), why=f"{count} frames")
    mouth, loud = mouth[:count], loud[:count]
    shut = mouth[loud <= np.quantile(loud, 0.1)].mean(axis=0)
    opening = np.abs(mouth - shut).mean(axis=(1, 2))
    if drawn:
        window = round(_SYLLABLES_SECONDS * fps)
        opening, loud = _quick(opening, window), _quick(loud, window)
    most = round(_MOST_LAG * fps)
    by_lag = {lag: _correlation(opening, loud, lag) for lag in range(-most, most + 1)}
    best = max(by_lag, key=by_lag.__getitem__)
    return Lips(follows=by_lag[best], lag=(best + _summit(by_lag, best)) / fps)


def measure_movement(clip: Path, box: Box) -> float:
    """How much a mouth region changes in a frame of the cut: the median of its mean luma step, 0 to 255.

    A clip of half the cut's frames moves twice as far in each of its own.
    """
    mouth, fps = _mouth(clip, box)
    held = max(1, round(FPS / fps))
    return float(np.median(np.abs(np.diff(mouth, axis=0)).mean(axis=(1, 2)))) / held if len(mouth) > 1 else 0.0


def longest_freeze(clip: Path) -> float:
    """Seconds of the longest run of frames that change nothing, read from the sizes of their packets alone.

    A frame that repeats the one before costs under 100 bytes whatever the encoder, but for the first few, which still
    sharpen the picture; constant-rate filler would hide it. A key frame is whole whether it moves or not: it neither
    makes a freeze nor ends one.
    """
    with opened(clip, "a clip") as file:
        stream = file.streams.video[0]
        packets = [(packet.size, packet.is_keyframe) for packet in file.demux(stream) if packet.size]
        fps = float(stream.average_rate or 30)
        still = max(100, stream.codec_context.width * stream.codec_context.height // 8000)
    longest = run = 0
    for size, whole in packets:
        run = run + 1 if size <= still or (whole and run) else 0
        longest = max(longest, run)
    return longest / fps


def judge_lips(segment: str, lips: Lips, *, drawn: bool) -> Finding:
    """Whether lips follow: a `drawn` puppet's closely, a face's whose mouth is only assumed loosely."""
    wanted = _PUPPET_FOLLOWS if drawn else _FACE_FOLLOWS
    passed = lips.follows >= wanted and abs(1000 * lips.lag) <= _LAG_ALLOWED_MS
    message = f"r = {lips.follows:.2f} (at least {wanted}), lag {1000 * lips.lag:.0f} ms (at most {_LAG_ALLOWED_MS})"
    return Finding(check=LIPS.name, segment=segment, passed=passed, message=message)


def judge_listener(segment: str, movement: float, *, most: float) -> Finding:
    """Whether a listener's mouth is still."""
    message = f"the mouth's region changes by {movement:.1f} a frame (at most {most:.0f})"
    return Finding(check=STILL.name, segment=segment, passed=movement <= most, message=message)


def judge_freeze(segment: str, frozen: dict[str, float]) -> Finding:
    """Whether any of a segment's clips (label -> seconds) stands still."""
    label, seconds = max(frozen.items(), key=lambda item: item[1])
    message = f"{label} stands still for {seconds:.1f} s at most (allowed: {_FROZEN_SECONDS:.0f} s)"
    return Finding(check=FROZEN.name, segment=segment, passed=seconds < _FROZEN_SECONDS, message=message)


def judge_length(segment: str, *, voice: float, clip: float) -> Finding:
    """Whether a clip lasts as long as its voice (seconds)."""
    message = f"voice {voice:.2f} s, clip {clip:.2f} s"
    return Finding(check=LENGTHS.name, segment=segment, passed=clip >= voice - _SHORT_SECONDS, message=message)


def judge_frames(segment: str, *, frames: int, wanted: int) -> Finding:
    """Whether a composite has exactly the frames of its voice."""
    message = f"composite {frames} frames (wanted: {wanted})"
    return Finding(check=LENGTHS.name, segment=segment, passed=frames == wanted, message=message)


def _mouth(clip: Path, box: Box) -> tuple[NDArray[np.float32], float]:
    """The luma of the mouth region in the first seconds, thinned: frames x height x width; and the frame rate."""
    left, top, right, bottom = box
    with opened(clip, "a clip") as file:
        stream = file.streams.video[0]
        stream.thread_type = "NONE"
        stream.codec_context.options = {"skip_loop_filter": "all"}  # a third of the decoding; edges do not matter
        fps = float(stream.average_rate or 30)
        pictures: list[NDArray[np.float32]] = []
        thin = max(1, (right - left) // _ACROSS)
        for frame in file.decode(stream):
            pictures.append(luma(frame)[top:bottom:thin, left:right:thin].astype(np.float32))
            if len(pictures) >= _HEAD_SECONDS * fps:
                break
    if not pictures:
        raise MediaError("a clip has no frames", where=str(clip))
    return np.stack(pictures), fps


def _quick(values: NDArray[np.float32], window: int) -> NDArray[np.float32]:
    """What is left of a series without its mean over a window of frames."""
    before = window // 2
    padded = np.pad(values, (before, window - 1 - before), mode="edge")
    return (values - np.convolve(padded, np.ones(window) / window, "valid")).astype(np.float32)


def _summit(by_lag: dict[int, float], best: int) -> float:
    """How far, in frames, the summit of the parabola through the best value and its neighbours is from the best."""
    before, after = by_lag.get(best - 1), by_lag.get(best + 1)
    if before is None or after is None or (bend := before - 2 * by_lag[best] + after) >= 0:
        return 0.0
    return (before - after) / (2 * bend)


def _correlation(opening: NDArray[np.float32], loud: NDArray[np.float32], lag: int) -> float:
    count = len(loud)
    seen = opening[max(0, lag) : count + min(0, lag)]
    heard = loud[max(0, -lag) : count - max(0, lag)]
    if statistics.pstdev(seen.tolist()) < 1e-3 or statistics.pstdev(heard.tolist()) < 1e-3:
        return 0.0  # what does not move follows nothing
    return float(np.corrcoef(seen, heard)[0, 1])
