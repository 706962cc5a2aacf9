"""The sound of a whole cut: speech made even, music under it, and all of it at the loudness that platforms play.

Two passes at least: the limiter takes loudness away, and what it took is given back until the target is met. What is
written is raw sound; joining it with pictures and encoding it is `cut`'s.
"""

import math
from collections.abc import Sequence
from pathlib import Path

from resources.core.values import Value
from resources.media.audio.music import Music, lay_under
from resources.media.audio.voice_track import RAW_STEREO, Loudness
from resources.media.ffmpeg import WHOLE_CUT_SECONDS, run
from resources.media.timebase import RATE

TARGET_LUFS = -14.0  # what YouTube plays at (docs/sources/platforms.md#loudness-of-playback)
PEAK_DBTP = -1.0  # the highest peak that a cut may have after AAC
_ROOM_DB = 0.2  # under that, where AAC has overshot it once
_MOST_LU = 2.0  # by which sound is mastered louder than it shall be heard
_CLOSE_ENOUGH = 0.1  # LU; nearer than this the gain is not corrected
_MOST_PASSES = 4  # of the limiter
_FAINT_LUFS = -50.0  # what is softer is no sound that anybody meant: nobody speaks, and shots have but their noise
_COMPRESSOR = "acompressor=threshold=-21dB:ratio=2.5:attack=8:release=160:knee=6"
_METER = "ebur128=metadata=1,ametadata=print:key=lavfi.r128.I:file=-"


class Aim(Value):
    """What sound is mastered for, before AAC."""

    lufs: float = TARGET_LUFS
    # -1.5 dBTP. AAC overshoots what the limiter left: by up to 0.3 dB on the example episodes, in its quick form.
    ceiling: float = 0.841

    def corrected(self, heard: Loudness) -> "Aim":
        """What to aim at instead where that was `heard` after AAC, which lifts peaks of noise and takes noise away."""
        over = heard.true_peak_dbtp - PEAK_DBTP
        louder = min(max(TARGET_LUFS - heard.integrated_lufs, -_MOST_LU), _MOST_LU)
        lower = 10 ** (-(over + _ROOM_DB) / 20) if over > 0 else 1.0
        return Aim(lufs=self.lufs + louder, ceiling=self.ceiling * lower)


def master(source: Sequence[str], music: Music, silence: int, target: Path, aim: Aim = Aim()) -> float:  # noqa: B008
    """Write the mastered sound of ffmpeg's input `source` to `target`, as RAW_STEREO says; returns its LUFS.

    `silence` samples follow the speech, for music to end in. Where nobody speaks and no music plays, what is faint
    stays so: made as loud as speech, it would be hiss. Temporary files are made beside `target`. Raises MediaError for
    a music file that cannot be played.
    """
    speech = target.with_name("speech.raw")
    spoken = max(_compress(source, silence, speech), _FAINT_LUFS)
    mixed = lay_under(speech, music, spoken, target.with_name("mixed.raw")) if music.plays else speech
    gain = aim.lufs - spoken
    most = math.inf if music.files else aim.lufs - _FAINT_LUFS
    for _ in range(_MOST_PASSES):
        reached = _limit(mixed, gain, aim.ceiling, target)
        wanted = min(gain + aim.lufs - reached, most)
        if abs(wanted - gain) <= _CLOSE_ENOUGH:
            break
        gain = wanted
    return reached


def _compress(source: Sequence[str], silence: int, target: Path) -> float:
    """Write the speech, compressed, and return its loudness in LUFS."""
    chain = f"{_COMPRESSOR},apad=pad_len={silence},{_METER}"
    return _last_reading(run([*source, "-vn", "-af", chain, *RAW_STEREO, str(target)], timeout=WHOLE_CUT_SECONDS))


def _limit(source: Path, gain: float, ceiling: float, target: Path) -> float:
    """Write `source`, louder by `gain` dB and limited; returns its loudness in LUFS.

    The limiter works at four times the rate, so that peaks between samples are caught too.
    """
    limiter = f"alimiter=limit={ceiling:.3f}:attack=5:release=60:level=false:latency=true"
    chain = f"volume={gain:.2f}dB,aresample={4 * RATE},{limiter},aresample={RATE},{_METER}"
    return _last_reading(
        run([*RAW_STEREO, "-i", str(source), "-af", chain, *RAW_STEREO, str(target)], timeout=WHOLE_CUT_SECONDS)
    )


def _last_reading(log: bytes) -> float:
    readings = [line.partition("=")[2] for line in log.decode().splitlines() if line.startswith("lavfi.r128.I=")]
    return float(readings[-1])
