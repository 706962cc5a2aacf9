"""Music beside the dialogue of a cut: a bed that makes way for speech, stings at the start and at the end, and the tone
of a room under all of it.

Levels are set against the dialogue's own measured loudness, so a bed is equally far under every voice, whatever the
loudness of its file. The bed's way down and up again is drawn from where speech is heard, not by a compressor: how far
it lies below is a setting that holds, and a measure. Nothing here changes the dialogue or its length.
"""

from collections.abc import Iterator
from pathlib import Path

import av
import numpy as np
from av.audio.resampler import AudioResampler
from numpy.typing import NDArray

from resources.content.named_files import below
from resources.content.settings.fields import NO_SOUND
from resources.content.show import Sound, SoundChoice
from resources.core.errors import MediaError
from resources.core.progress import LOGGER
from resources.core.text.diagnostics import shown_path
from resources.core.values import Value
from resources.media.audio.voice_track import (
    RAW_STEREO,
    WINDOW,
    Samples,
    audible,
    loudness,
    raw_loudness,
    window_levels,
)
from resources.media.ffmpeg import run
from resources.media.timebase import RATE

_BLOCK = 20 * RATE  # samples worked on at once: an hour of sound never lies in memory
_LEAST_PAUSE = 0.8  # seconds without speech before the bed comes up; between two turns it stays down
_DOWN, _UP = 40.0, 12.0  # decibels a second: it is down before the first word, and comes back slowly
_SEAM = round(0.005 * RATE)  # samples over which a loop's end goes into its start
_FADE_SECONDS = 0.8  # of the bed, at the end of the cut
_SOFTEST_LUFS = -60.0  # a file below is taken for an empty one
_HIT = 0.5  # of a sting's loudest 10 ms: the first so loud is its hit
_ROOM_SECONDS = 20.0  # of room tone, repeated: long enough not to be known again
_ROOM_SEED = 7  # of its noise: equal cuts sound equal
_ROOM_HERTZ = (60.0, 6_000.0)  # a room hums and breathes; it does not hiss
_SILENT = "sound-silent"  # the code of a file in which nothing is heard
_HINT = "give a file that plays, or `off`"
_BEGINNING = 512  # bytes by which a page is known
_LISTEN_RATE = 16_000  # Hz at which a file is listened to before its loudness is measured
# 0.4 s at -25 dBFS: an hour of sound that has them is above -60 LUFS by EBU R 128's gates, however soft its rest.
_LOUD = 10 ** (-25 / 20)


class Music(Value):
    """What plays beside the dialogue. Files of any kind ffmpeg reads; levels are in LU below the dialogue."""

    bed: Path | None = None  # repeated as often as it takes
    opening: Path | None = None  # so that its hit falls on the first word
    closing: Path | None = None  # from the last word on, or so that it ends with the cut
    under_speech: float = 20.0  # the bed while anybody speaks
    in_pauses: float = 10.0  # the bed while nobody does
    stings: float = 10.0
    room: float | None = None  # the tone of a room, wherever nothing else is heard and under all else; None: none

    @property
    def plays(self) -> bool:
        """Whether there is anything beside the dialogue."""
        return bool(self.files) or self.room is not None

    @property
    def files(self) -> tuple[Path, ...]:
        """All files, in the order of their fields."""
        return tuple(path for path in (self.bed, self.opening, self.closing) if path)


def music_of(sound: Sound, choice: SoundChoice, folder: Path) -> Music:
    """The music of an episode: the show's, or what the episode chose instead. Paths start at the show's `folder`."""

    def file(name: str) -> Path | None:
        chosen: Path | None = getattr(choice, name) or getattr(sound, name)
        return None if chosen in (None, NO_SOUND) else below(folder, chosen)

    return Music(
        bed=file("bed"),
        opening=file("opening"),
        closing=file("closing"),
        under_speech=sound.bed_under_speech_lu,
        in_pauses=sound.bed_in_pauses_lu,
        stings=sound.stings_lu,
        room=sound.room_tone_lu,
    )


def check_music(music: Music, seconds: float) -> None:
    """Raise MediaError for a file that cannot be played, or of which nothing is heard in the first `seconds`.

    No more of a file is read than a cut of `seconds` plays, and of one that is loud enough only its beginning.
    """
    for path in music.files:
        try:
            if _is_loud(path, seconds):
                continue
            found = loudness(path, seconds).integrated_lufs
        except (av.FFmpegError, OSError, MediaError) as error:
            raise MediaError(
                "a music file cannot be played",
                where=shown_path(path),
                why=_why_unplayed(path, error),
                hint=_HINT,
                code="sound-unreadable",
            ) from error
        _refuse_silent(path, found)


def _why_unplayed(path: Path, error: Exception) -> str:
    """Why a file is no sound, in words for whoever put it there: most are pages or pictures by the name of a sound."""
    try:
        with path.open("rb") as file:
            begins = file.read(_BEGINNING).lstrip()
    except OSError as lost:
        return lost.strerror or str(lost)
    if not begins:
        return "nothing is in it"
    if begins.startswith(b"<"):
        return "it is a web page, not a sound: it was saved from an address that led to no file"
    if isinstance(error, av.FFmpegError):
        return f"no program here knows it as a sound, or it has not been copied whole ({error.strerror})"
    return getattr(error, "what", None) or str(error)


def _is_loud(path: Path, seconds: float) -> bool:
    """Whether a block is so loud that all of `seconds` is loud enough, whatever the rest is.

    Raises MediaError for a file without sound, with the bare cause as its `what`.
    """
    block, heard = round(0.4 * _LISTEN_RATE), False
    pieces: list[NDArray[np.float32]] = []
    with av.open(str(path)) as file:
        if not file.streams.audio:
            raise MediaError("it has no sound, only pictures" if file.streams.video else "it has no sound")
        resampler = AudioResampler(format="flt", layout="mono", rate=_LISTEN_RATE)
        for frame in file.decode(audio=0):
            heard = True
            pieces += [piece.to_ndarray().reshape(-1).astype(np.float32) for piece in resampler.resample(frame)]
            if sum(map(len, pieces)) >= block:
                sound = np.concatenate(pieces)
                if float(np.sqrt(np.mean(np.square(sound)))) > _LOUD:
                    return True
                pieces = []
            if float(frame.time or 0) > seconds:
                break
    if not heard:
        raise MediaError("it has no sound")
    return False


def lay_under(dialogue: Path, music: Music, dialogue_lufs: float, target: Path) -> Path:
    """Write `dialogue` with its music to `target`; both are raw sound as RAW_STEREO says. Returns `target`.

    Each sample of the dialogue is in it unchanged. Raises MediaError for a file that cannot be played.
    """
    spoken = _open(dialogue)
    parts = _Parts(spoken, music, dialogue_lufs, target.parent)
    with target.open("wb") as out:
        for first in range(0, len(spoken), _BLOCK):
            block = spoken[first : first + _BLOCK]
            out.write((block + parts.block(first, len(block))).astype("<f4").tobytes())
    return target


def heard_within(music: Music, samples: int) -> tuple[Music, tuple[str, ...]]:
    """The music without the files of which nothing is heard in a cut of so many samples, and what was left out, each in
    words: the cut became shorter than its words told. MediaError for a file that cannot be played."""
    seconds, silent, said = _longest(samples), dict[str, None](), list[str]()
    for name in ("bed", "opening", "closing"):
        path = getattr(music, name)
        try:
            check_music(Music(bed=path), seconds)
        except MediaError as error:
            if error.code != _SILENT:
                raise
            said.append(f"the {name} is left out: nothing is heard in the first {seconds:.0f} s of {path.name}")
            LOGGER.warning("%s", said[-1])
            silent[name] = None
    return music.model_copy(update=silent), tuple(said)


class _Parts:
    """The music of a cut, block by block."""

    def __init__(self, spoken: Samples, music: Music, dialogue_lufs: float, folder: Path) -> None:
        heard = _heard(spoken)
        first, last = (int(place) for place in np.flatnonzero(heard)[[0, -1]] + [0, 1]) if heard.any() else (0, 0)
        self._total = len(spoken)
        longest = _longest(self._total)
        self._bed = _file(music.bed, folder / "bed.raw", longest) if music.bed else None
        if self._bed is not None and music.bed:
            level = dialogue_lufs - _lufs(folder / "bed.raw")
            self._ducking = level - ducking(heard, under_speech=music.under_speech, in_pauses=music.in_pauses)
        self._stings: list[tuple[int, Samples]] = []
        for path, at_the_end in ((music.opening, False), (music.closing, True)):
            if path:
                sound = _file(path, folder / "sting.raw", longest)
                gain = _linear(dialogue_lufs - _lufs(folder / "sting.raw") - music.stings)
                at = min(last * WINDOW, self._total - len(sound)) if at_the_end else first * WINDOW - _hit(sound)
                at = max(0, at)
                self._stings.append((at, sound * np.float32(gain)))

        self._room: Samples | None = None
        if music.room is not None:
            tone = room_tone()
            path = folder / "room.raw"
            path.write_bytes(tone.tobytes())
            level = dialogue_lufs - music.room - raw_loudness(path).integrated_lufs
            self._room = tone * np.float32(_linear(level))

    def block(self, first: int, count: int) -> Samples:
        """The music of `count` samples from `first` on: shape (count, 2)."""
        sound = np.zeros((count, 2), dtype=np.float32)
        if self._bed is not None:
            places = np.arange(first, first + count)
            middles = (np.arange(len(self._ducking)) + 0.5) * WINDOW
            gain = 10 ** (np.interp(places, middles, self._ducking) / 20)
            gain *= np.clip((self._total - places) / (_FADE_SECONDS * RATE), 0, 1)
            sound += looped(self._bed, first, count) * gain[:, None].astype(np.float32)
        if self._room is not None:
            sound += looped(self._room, first, count)
        for at, sting in self._stings:
            begin, end = max(at, first), min(at + len(sting), first + count)
            if begin < end:
                sound[begin - first : end - first] += sting[begin - at : end - at]
        return sound


def room_tone() -> Samples:
    """Some seconds of the noise of an empty room: pink, without hiss, other on each side. Loops without a seam."""
    count = round(_ROOM_SECONDS * RATE)
    hertz = np.fft.rfftfreq(count, 1 / RATE)
    low, high = _ROOM_HERTZ
    shape = (hertz >= low) / np.sqrt(np.maximum(hertz, low)) / (1 + (hertz / high) ** 4)
    chance = np.random.default_rng(_ROOM_SEED)
    sides = [np.fft.irfft(np.fft.rfft(chance.normal(size=count)) * shape, count) for _ in range(2)]
    tone = np.stack(sides, axis=1)
    return np.ascontiguousarray(tone / np.abs(tone).max() * 0.5, dtype="<f4")


def _hit(sting: Samples) -> int:
    """The sample at which a sting first is loud."""
    levels = window_levels(np.ascontiguousarray(sting[:, 0]))
    return int(np.argmax(levels >= _HIT * levels.max(initial=0))) * WINDOW


def ducking(heard: NDArray[np.bool_], *, under_speech: float, in_pauses: float) -> NDArray[np.float64]:
    """How far below the dialogue the bed lies in each 10 ms window, in LU, from where speech is heard.

    All of `under_speech` wherever anybody speaks and in every pause under 0.8 s; before speech it goes down at 40 dB a
    second, after it comes up at 12.
    """
    speech = _closed(heard, round(_LEAST_PAUSE * RATE / WINDOW))
    wanted = np.where(speech, under_speech, min(in_pauses, under_speech))
    # The lowest line above `wanted` whose slope is never steeper than these, either way.
    steps = np.arange(len(wanted))
    down, up = (rate * WINDOW / RATE for rate in (_DOWN, _UP))
    after = np.maximum.accumulate(wanted + up * steps) - up * steps
    before = (np.maximum.accumulate((wanted - down * steps)[::-1]) + down * steps[::-1])[::-1]
    return np.asarray(np.maximum(after, before))


def looped(sound: Samples, first: int, count: int) -> Samples:
    """`count` samples of an endless repetition of `sound`, from sample `first` of it on; the seam does not click."""
    period = len(sound) - _SEAM
    places = np.arange(first, first + count)
    within = places % period
    out = np.array(sound[within], dtype=np.float32)
    seam = (within < _SEAM) & (places >= period)
    share = (within[seam] / _SEAM).astype(np.float32)[:, None]
    out[seam] = out[seam] * share + sound[period + within[seam]] * (1 - share)
    return out


def _closed(heard: NDArray[np.bool_], least: int) -> NDArray[np.bool_]:
    """With every gap shorter than `least` windows filled; what lies before and after all speech is no gap."""
    places = np.flatnonzero(heard)
    filled = heard.copy()
    for gap in np.flatnonzero(np.diff(places) <= least):
        filled[places[gap] : places[gap + 1]] = True
    return filled


def _heard(spoken: Samples) -> NDArray[np.bool_]:
    levels = [window_levels(block[:, 0]) for block in _blocks(spoken)]
    return audible(np.concatenate(levels))


def _blocks(sound: Samples) -> Iterator[Samples]:
    for first in range(0, len(sound), _BLOCK):
        yield sound[first : first + _BLOCK]


def _file(path: Path, raw: Path, seconds: float) -> Samples:
    run(["-t", f"{seconds:.3f}", "-i", str(path), "-vn", *RAW_STEREO, str(raw)])
    return _open(raw)


def _longest(samples: int) -> float:
    """The seconds of a file that are read for a cut: no more than is played."""
    return samples / RATE + 1.0


def _lufs(raw: Path) -> float:
    return max(raw_loudness(raw).integrated_lufs, _SOFTEST_LUFS)


def _refuse_silent(path: Path, lufs: float) -> None:
    if lufs < _SOFTEST_LUFS:
        raise MediaError(
            "a music file is too short or too quiet to be measured",
            where=shown_path(path),
            why=f"it is at {lufs:.0f} LUFS; EBU R 128 needs 0.4 s of sound",
            hint=_HINT,
            code=_SILENT,
        )


def _open(raw: Path) -> Samples:
    if not raw.stat().st_size:
        return np.zeros((0, 2), dtype=np.float32)
    return np.memmap(raw, dtype="<f4", mode="r").reshape(-1, 2)


def _linear(decibels: float) -> float:
    return float(10 ** (decibels / 20))
