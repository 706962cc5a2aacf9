"""The sound of a segment: a raw voice becomes its track, and what models are sent and faces follow is derived from it.

Every mode's voice passes through here, so all speak with the same pauses and the same loudness. Mastering of the whole
cut and music are the editor's. A track is found again by its raw audio's hash and the settings alone, never by the
versions of tools: in a paid mode its bytes are part of what was bought.
"""

import io
import math
import tempfile
import wave
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from pydantic import BaseModel, ConfigDict

from resources.content.show import Pacing
from resources.core.errors import MediaError
from resources.core.library import Library, recipe_key
from resources.core.recipes import Recipe
from resources.core.values import Media, MouthCue, Receipt, Value, Voice, VoiceTrack, Word
from resources.media import ffmpeg
from resources.media.probe import samples
from resources.media.timebase import RATE

Samples = NDArray[np.float32]

SHORTEST_SECONDS = 2.0  # the shortest sound that the avatar models take; how long it may be is each model's own
RAW_STEREO = ("-f", "f32le", "-ar", str(RATE), "-ac", "2")  # sound on its way into a cut: floats, left and right
SPEECH_LUFS = -20.0  # leaves speech its peaks; the cut is mastered to its final loudness later
CEILING_DBTP = -1.5

# A change of any of these changes every track, and with it what a paid clip was bought for.
TRACK_VERSION = 1
WINDOW = RATE // 100  # samples: level is judged in steps of 10 ms
_BELOW_LOUDEST_DB = 45.0  # soft consonants lie up to 35 dB below vowels, room noise mostly lower than this
_SILENCE_DBFS = -70.0
_FADE_SECONDS = 0.005
_LIMITER_PASSES = 4  # gain lost to the limiter is given back; ordinary speech needs one pass, peaky speech more
_EVEN_ENOUGH_LU = 0.1

UPLOAD_VERSION = 1
_UPLOAD_BITRATE = "192k"  # 1.4 MB at 60 s
_TONE_HERTZ = 60
_TONE_DBFS = -20.0  # enough for a model to take it for sound, and for no mouth to move

_QUIET_BELOW_LOUD_DB = 25.0  # the envelope's zero; half of all frames of speech then lie between 0.3 and 0.8
_FAINTEST_LOUD = 10 ** (-50 / 20)  # a recording with nothing louder than this opens no mouth wide


class Loudness(BaseModel):
    """Loudness by EBU R 128. `integrated_lufs` of -70 or less means that nothing is loud enough to be measured."""

    model_config = ConfigDict(frozen=True)

    integrated_lufs: float
    true_peak_dbtp: float
    range_lu: float


class _Finish(Value):
    """What finishing made of a recording. `shift` in seconds is added to the times of its words."""

    audio: Media
    seconds: float
    shift: float
    padded: bool


def loudness(path: Path, seconds: float | None = None) -> Loudness:
    """Measure a file's loudness in its own channel layout, of its first `seconds` if told. Raises MediaError."""
    return _measure([*(["-t", f"{seconds:.3f}"] if seconds else []), "-i", str(path)])


def raw_loudness(path: Path) -> Loudness:
    """Measure the loudness of a file of raw sound, as RAW_STEREO says. Raises MediaError."""
    return _measure([*RAW_STEREO, "-i", str(path)])


def envelope(path: Path, fps: float) -> Samples:
    """How far a mouth is open in each video frame: shape (ceil(seconds * fps),), values 0 to 1.

    The level around each frame's middle (a Hann window two frames long, so nothing lags), in decibels from 25 dB below
    the recording's loud speech (0) to that loud speech (1). Silence is exactly 0. Raises MediaError.
    """
    sound = samples(path, RATE)
    count = math.ceil(len(sound) * fps / RATE - 1e-6)
    half = round(RATE / fps)
    window = np.hanning(2 * half + 1)
    window /= window.sum()
    power = np.pad(np.square(sound, dtype=np.float64), half)
    middles = np.minimum(((np.arange(count) + 0.5) * RATE / fps).astype(int), max(len(sound) - 1, 0))
    level = np.sqrt([window @ power[middle : middle + 2 * half + 1] for middle in middles])
    if not count or not level.any():
        return np.zeros(count, dtype=np.float32)
    loud = max(float(np.percentile(level[level > 0], 95)), _FAINTEST_LOUD)
    decibels = 20 * np.log10(np.maximum(level / loud, 1e-9))
    return np.clip(1 + decibels / _QUIET_BELOW_LOUD_DB, 0, 1).astype(np.float32)


def finish_voice(library: Library, voice: Voice, *, pacing: Pacing) -> VoiceTrack:
    """Make a recording into its segment's track: pauses as set, no clicks, even loudness, 2 s or more, 48 kHz mono.

    The ends are cut by level (below 45 dB under the loudest 10 ms, or -70 dBFS), never by word times; what is shorter
    than that is padded with silence at its end. Raises MediaError for a recording in which nothing is heard.
    """
    key = recipe_key(
        Recipe.VOICE_TRACK,
        version=TRACK_VERSION,
        audio=voice.audio.sha256,
        lead=pacing.lead_seconds,
        tail=pacing.tail_seconds,
        least=SHORTEST_SECONDS,
    )
    finish = library.memo(key, _Finish, lambda: _finish(library, voice.audio, pacing)).value
    return VoiceTrack(
        audio=finish.audio,
        seconds=finish.seconds,
        words=tuple(_shifted(word, finish) for word in voice.words),
        padded=finish.padded,
        receipt=_noted(voice.receipt, finish),
        origin=f"track of sha256:{voice.audio.sha256} with {pacing.lead_seconds:g} s before, {pacing.tail_seconds:g} s "
        f"after, {SHORTEST_SECONDS:g} s and more",
        visemes=None if voice.visemes is None else tuple(_cue(cue, finish) for cue in voice.visemes),
    )


def upload_copy(library: Library, track: Media) -> Media:
    """The MP3 of a track that a lip-sync model is sent, encoded once for ever. Its order checks what a model takes."""
    key = recipe_key(Recipe.UPLOAD_COPY, version=UPLOAD_VERSION, audio=track.sha256)
    return library.memo(key, Media, lambda: _mp3(library, ["-i", str(library.path(track))])).value


def silent_tone(library: Library, seconds: float) -> Media:
    """An MP3 of a 60 Hz tone, `seconds` long: sound on which an avatar model keeps the mouth shut."""
    key = recipe_key(Recipe.SILENT_TONE, version=UPLOAD_VERSION, seconds=seconds)
    tone = f"aevalsrc={10 ** (_TONE_DBFS / 20)}*sin(2*PI*{_TONE_HERTZ}*t):s={RATE}:d={seconds}"
    return library.memo(key, Media, lambda: _mp3(library, ["-f", "lavfi", "-i", tone])).value


def wav_bytes(sound: Samples) -> bytes:
    """A 48 kHz mono 16-bit WAV of samples in -1 to 1: its bytes depend on the samples alone, on no encoder."""
    file = io.BytesIO()
    with wave.open(file, "wb") as out:
        out.setnchannels(1)
        out.setsampwidth(2)
        out.setframerate(RATE)
        out.writeframes(np.rint(np.clip(sound, -1, 1) * 32767).astype("<i2").tobytes())
    return file.getvalue()


def heard(sound: Samples) -> NDArray[np.bool_]:
    """Which 10 ms windows of 48 kHz mono sound are heard, as `audible` has it."""
    return audible(window_levels(sound))


def window_levels(sound: Samples) -> Samples:
    """The level (RMS) of each 10 ms window of 48 kHz mono sound; the last one may be filled up with silence."""
    windows = np.pad(sound, (0, -len(sound) % WINDOW)).reshape(-1, WINDOW)
    return np.asarray(np.sqrt(np.square(windows).mean(axis=1)), dtype=np.float32)


def audible(levels: Samples) -> NDArray[np.bool_]:
    """Which levels of one sound are heard: above 45 dB under the loudest one, and above -70 dBFS."""
    threshold = max(float(levels.max(initial=0)) * _linear(-_BELOW_LOUDEST_DB), _linear(_SILENCE_DBFS))
    return np.asarray(levels > threshold, dtype=np.bool_)


def _finish(library: Library, audio: Media, pacing: Pacing) -> _Finish:
    sound = samples(library.path(audio), RATE)
    windows = np.flatnonzero(heard(sound))
    if not windows.size:
        raise MediaError("nothing is heard in a voice recording", why=f"all of it is below {_SILENCE_DBFS:.0f} dBFS")
    start, end = int(windows[0]) * WINDOW, min((int(windows[-1]) + 1) * WINDOW, len(sound))
    lead, tail = round(pacing.lead_seconds * RATE), round(pacing.tail_seconds * RATE)
    # The room's own silence is kept as far as it goes; digital silence fills the rest. A recording may end in full
    # swing, and a cut may fall into a room's noise: both kinds of ends are faded.
    paced = faded(np.pad(faded(sound), (lead, tail))[start : end + lead + tail])
    least = round(SHORTEST_SECONDS * RATE)
    track = _evened(np.pad(paced, (0, max(least - len(paced), 0))))
    return _Finish(
        audio=library.put_bytes(wav_bytes(track), ".wav"),
        seconds=len(track) / RATE,
        shift=(lead - start) / RATE,
        padded=len(track) > len(paced),
    )


def faded(sound: Samples) -> Samples:
    """The sound without clicks at its ends: 5 ms of fade."""
    length = min(round(_FADE_SECONDS * RATE), len(sound))
    ramp = np.linspace(0, 1, length, dtype=np.float32)
    faded = sound.copy()
    faded[:length] *= ramp
    faded[-length:] *= ramp[::-1]
    return faded


def _evened(sound: Samples) -> Samples:
    """The sound at the common speech loudness; limited only where its peaks would pass the ceiling."""
    before = _measure_samples(sound)
    if before.integrated_lufs <= _SILENCE_DBFS:
        raise MediaError(
            "a voice recording is too quiet to be measured", why=f"it is at {before.integrated_lufs:.1f} LUFS"
        )
    gain = SPEECH_LUFS - before.integrated_lufs
    if before.true_peak_dbtp + gain <= CEILING_DBTP:
        return sound * np.float32(_linear(gain))
    for _ in range(_LIMITER_PASSES):
        limited = _limited(sound, gain)
        lost = SPEECH_LUFS - _measure_samples(limited).integrated_lufs
        if abs(lost) <= _EVEN_ENOUGH_LU:
            break
        gain += lost
    return limited


def _limited(sound: Samples, gain: float) -> Samples:
    # Between samples the wave is higher than at them: at four times the rate the limiter sees nearly all of it.
    chain = (
        f"volume={gain:.4f}dB,aresample={4 * RATE},"
        f"alimiter=limit={_linear(CEILING_DBTP):.5f}:level=false:latency=true,aresample={RATE}"
    )
    raw = ffmpeg.run([*_RAW, "-i", "pipe:0", "-af", chain, *_RAW, "pipe:1"], stdin=_bytes(sound))
    return np.resize(np.frombuffer(raw, dtype="<f4"), len(sound)).astype(np.float32)


_RAW = ("-f", "f32le", "-ar", str(RATE), "-ac", "1")


def _bytes(sound: Samples) -> bytes:
    return sound.astype("<f4").tobytes()


def _measure_samples(sound: Samples) -> Loudness:
    return _measure([*_RAW, "-i", "pipe:0"], stdin=_bytes(sound))


def _measure(source: list[str], stdin: bytes | None = None) -> Loudness:
    chain = "ebur128=peak=true:metadata=1:framelog=quiet,ametadata=mode=print:file=pipe\\\\:1"
    arguments = [*source, "-vn", "-af", chain, "-f", "null", "-"]
    printed = ffmpeg.run(arguments, stdin=stdin, timeout=ffmpeg.WHOLE_CUT_SECONDS).decode()
    # Each line replaces the one before it: the last of each name is the whole file's.
    last = dict(line.split("=", 1) for line in printed.splitlines() if line.startswith("lavfi.r128."))
    if "lavfi.r128.I" not in last:
        raise MediaError("a sound is too short to be measured", where=source[-1], why="EBU R 128 needs 100 ms")
    return Loudness(
        integrated_lufs=float(last["lavfi.r128.I"]),
        true_peak_dbtp=20 * math.log10(max(float(last["lavfi.r128.true_peak"]), 1e-6)),
        range_lu=float(last["lavfi.r128.LRA"]),
    )


def _mp3(library: Library, source: list[str]) -> Media:
    with tempfile.TemporaryDirectory(prefix="ninja-") as folder:
        target = Path(folder) / "sound.mp3"
        coding = ["-c:a", "libmp3lame", "-b:a", _UPLOAD_BITRATE, "-ar", str(RATE), "-ac", "1", "-map_metadata", "-1"]
        ffmpeg.run([*source, "-vn", *coding, str(target)])
        return library.put(target)


def _shifted(word: Word, finish: _Finish) -> Word:
    return word.model_copy(update={"start": _later(word.start, finish), "end": _later(word.end, finish)})


def _cue(cue: MouthCue, finish: _Finish) -> MouthCue:
    return cue.model_copy(update={"start": _later(cue.start, finish)})


def _later(time: float, finish: _Finish) -> float:
    return min(max(time + finish.shift, 0.0), finish.seconds)


def _noted(receipt: Receipt, finish: _Finish) -> Receipt:
    if not finish.padded:
        return receipt
    note = f"padded with silence to {finish.seconds:.2f} s"
    return receipt.model_copy(update={"note": f"{receipt.note}; {note}" if receipt.note else note})


def _linear(decibels: float) -> float:
    return float(10 ** (decibels / 20))
