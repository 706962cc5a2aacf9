"""`python -m docs.write.music [FOLDER]`: the example show's own music.

A loop and two stings, made from numbers.

A slow four-chord loop of soft pads, a plucked figure and a low bass, and two stings from the same chords. Everything
is added up round the loop's end, its room too, so the loop has no seam. It is made to lie under speech: little between
1 and 4 kHz, where words are understood, and no drum that could be taken for a consonant.
"""

import sys
from collections.abc import Iterator, Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from resources.media.ffmpeg import run
from resources.media.timebase import RATE

Stereo = NDArray[np.float64]  # shape (samples, 2)

_BEAT = 0.625  # seconds: 96 beats a minute
_BARS = 8
# A low root and the notes above it, as MIDI numbers: Am9, Fmaj9, Cmaj9, G6. Two bars each.
_CHORDS = (
    (33, (52, 55, 59, 60, 64)),
    (29, (52, 55, 57, 60, 64)),
    (36, (50, 55, 59, 60, 64)),
    (31, (50, 55, 57, 59, 62)),
)
_FIGURE = (0, 2, 4, 3, 2, 4, 1, 3)  # which notes of a chord are plucked, an eighth each
_ROOM_SECONDS = 1.6  # in which the room's sound falls by 60 dB
_PEAK = 0.5  # full scale is 1; a show sets how loud music plays
_BITRATE = "112k"


class _Tape:
    """A stereo recording onto which notes are added; on a loop, what passes its end goes on at its start."""

    def __init__(self, seconds: float, *, loop: bool) -> None:
        self.sound: Stereo = np.zeros((round(seconds * RATE), 2))
        self._loop = loop

    def add(self, at: float, note: NDArray[np.float64], *, level: float, pan: float = 0.0) -> None:
        """Add a mono note at a time. `pan`: -1 left to 1 right, equally loud in sum."""
        sides = np.array([np.cos((pan + 1) * np.pi / 4), np.sin((pan + 1) * np.pi / 4)]) * level
        places = round(at * RATE) + np.arange(len(note))
        if self._loop:
            places %= len(self.sound)
        else:
            note, places = note[places < len(self.sound)], places[places < len(self.sound)]
        self.sound[places] += note[:, None] * sides

    def with_room(self, share: float) -> Stereo:
        """The recording with reverberation: noise that dies away, each ear its own, darker than the notes."""
        length = len(self.sound) if self._loop else len(self.sound) + round(_ROOM_SECONDS * RATE)
        decay = round(_ROOM_SECONDS * RATE)
        noise = np.random.default_rng(7).normal(size=(decay, 2))
        noise *= np.exp(-6.9 * np.arange(decay) / decay)[:, None]
        spectrum = np.fft.rfft(noise, length, axis=0)
        hertz = np.fft.rfftfreq(length, 1 / RATE)
        spectrum *= (np.minimum(hertz / 200, 1) / np.sqrt(1 + (hertz / 1800) ** 4))[:, None]
        spectrum /= np.sqrt(np.mean(np.abs(spectrum) ** 2))
        wet = np.fft.irfft(np.fft.rfft(self.sound, length, axis=0) * spectrum, length, axis=0)[: len(self.sound)]
        return self.sound + share * wet


def bed() -> Stereo:
    """Twenty seconds that repeat without a seam."""
    tape, bar = _Tape(_BARS * 4 * _BEAT, loop=True), 4 * _BEAT
    for number, (root, notes) in enumerate(_CHORDS):
        start = number * 2 * bar
        for voice, note in enumerate(notes):
            for side in (-1, 1):
                pad = _pad(_hertz(note) * (1 + side * 0.0011 * (voice + 1)), 2 * bar)
                tape.add(start, pad, level=0.09, pan=side * 0.7)
        for beat in (0.0, 2.5, 4.0, 6.5):
            tape.add(start + beat * _BEAT, _bass(_hertz(root + 12), 1.4 * _BEAT), level=0.22)
        for eighth in range(16):
            note = notes[_FIGURE[eighth % 8]] + (24 if eighth % 8 in (2, 5) else 12)
            accent = 0.34 if eighth % 4 == 0 else 0.2
            tape.add(start + eighth * _BEAT / 2, _pluck(_hertz(note), 0.5), level=accent, pan=0.5 - eighth % 2)
    return tape.with_room(0.25)


def opening() -> Stereo:
    """A chord struck at once, with a run that climbs out of it: it stands under the first words."""
    tape, (root, notes) = _Tape(2.4, loop=False), _CHORDS[0]
    tape.add(0, _bass(_hertz(root + 12), 1.6), level=0.35)
    for voice, note in enumerate(notes):
        tape.add(0, _pluck(_hertz(note), 1.4), level=0.2, pan=(voice - 2) / 3)
    for step, note in enumerate((*notes, notes[1] + 12, notes[4] + 12)):
        tape.add(0.08 * step, _pluck(_hertz(note + 12), 0.9), level=0.14, pan=(-1) ** step * 0.5)
    return _ended(tape.with_room(0.4))


def closing() -> Stereo:
    """The run the other way, home to C: it leads the last words out."""
    tape, (root, notes) = _Tape(3.0, loop=False), _CHORDS[2]
    for step, note in enumerate((notes[4] + 12, notes[1] + 12, notes[4], notes[3], notes[1])):
        tape.add(0.11 * step, _pluck(_hertz(note + 12), 0.8), level=0.16, pan=(-1) ** step * 0.5)
    tape.add(0.6, _bass(_hertz(root + 12), 2.0), level=0.35)
    for voice, note in enumerate(notes):
        tape.add(0.6, _pluck(_hertz(note), 1.8), level=0.22, pan=(voice - 2) / 3)
    return _ended(tape.with_room(0.4))


def main(folder: Path) -> None:
    """Write bed.ogg, opening.ogg and closing.ogg (Opus) into `folder`."""
    folder.mkdir(parents=True, exist_ok=True)
    for name, sound in (("bed", bed()), ("opening", opening()), ("closing", closing())):
        raw = (sound / np.abs(sound).max() * _PEAK).astype("<f4").tobytes()
        source = ["-f", "f32le", "-ar", str(RATE), "-ac", "2", "-i", "pipe:0"]
        coding = ["-c:a", "libopus", "-b:a", _BITRATE, "-fflags", "+bitexact", "-flags:a", "+bitexact"]
        run([*source, *coding, str(folder / f"{name}.ogg")], stdin=raw)


def _hertz(midi: int) -> float:
    return float(440 * 2 ** ((midi - 69) / 12))


def _time(seconds: float) -> NDArray[np.float64]:
    return np.arange(round(seconds * RATE)) / RATE


def _partials(hertz: float, time: NDArray[np.float64], falls: float) -> Iterator[NDArray[np.float64]]:
    """Sine waves over a tone, each weaker than the one before; none above 6 kHz."""
    for number in range(1, 9):
        if hertz * number < 6000:
            yield np.sin(2 * np.pi * hertz * number * time + number) / number**falls


def _pad(hertz: float, seconds: float) -> NDArray[np.float64]:
    """A soft tone that swells and leaves; it overlaps the next one by a second."""
    time = _time(seconds + 1.0)
    shape = np.interp(time, [0, 0.9, seconds - 0.2, seconds + 1.0], [0, 1, 0.85, 0]) ** 1.5
    return np.asarray(sum(_partials(hertz, time, falls=1.6)) * shape)


def _pluck(hertz: float, seconds: float) -> NDArray[np.float64]:
    """A string: its upper partials die first."""
    time = _time(seconds + 0.3)
    tones = (wave * np.exp(-time * (3 + 1.4 * number) / seconds) for number, wave in enumerate(_waves(hertz, time)))
    return np.asarray(sum(tones) * np.minimum(time / 0.004, 1) * np.clip((seconds + 0.3 - time) / 0.05, 0, 1))


def _waves(hertz: float, time: NDArray[np.float64]) -> Sequence[NDArray[np.float64]]:
    return list(_partials(hertz, time, falls=1.3))


def _bass(hertz: float, seconds: float) -> NDArray[np.float64]:
    time = _time(seconds + 0.2)
    tone = np.sin(2 * np.pi * hertz * time) + 0.25 * np.sin(4 * np.pi * hertz * time)
    return (
        tone * np.minimum(time / 0.012, 1) * np.exp(-2.2 * time / seconds) * np.clip((seconds + 0.2 - time) / 0.1, 0, 1)
    )


def _ended(sound: Stereo) -> Stereo:
    """Without a click at its end, where the room is still heard."""
    tail = round(0.4 * RATE)
    return np.concatenate([sound[:-tail], sound[-tail:] * np.cos(np.linspace(0, np.pi / 2, tail))[:, None]])


if __name__ == "__main__":
    main(Path(sys.argv[1]) if len(sys.argv) > 1 else Path("show/sounds"))
