"""Speech-like sound with its exact clock: a burst of tone for every word, silence for pauses, nothing after the last.

A burst begins where its word begins, so that a test can hear whether times that someone worked out are right.
"""

import io
import re
import subprocess
import tempfile
import wave
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import imageio_ffmpeg
import numpy as np
from numpy.typing import NDArray

from tests.providers.media import number

_RATE = 44100
_TOKEN = re.compile(r"\[[^\]]*\]|\S+")
_PAUSES = {",": 0.16, ";": 0.2, ":": 0.2, ".": 0.34, "!": 0.34, "?": 0.34, "…": 0.5}
_GAP = 0.05  # seconds between words
_DYING = 0.07  # seconds in which a word dies away
_ACTED = {"pause": 0.6, "laughs": 0.5, "sighs": 0.4}  # tags that take time of their own
_CODECS = {  # kind -> ffmpeg's codec and container
    "mp3": ("libmp3lame", "mp3"),
    "opus": ("libopus", "ogg"),
    "pcm": ("pcm_s16le", "s16le"),
    "wav": ("pcm_s16le", "wav"),
    "ulaw": ("pcm_mulaw", "mulaw"),
    "alaw": ("pcm_alaw", "alaw"),
}

FORMATS = frozenset(
    ["mp3_22050_32", "mp3_24000_48", *(f"mp3_44100_{rate}" for rate in (32, 64, 96, 128, 192))]
    + [f"{kind}_{rate}" for kind in ("pcm", "wav") for rate in (8000, 16000, 22050, 24000, 32000, 44100, 48000)]
    + [f"opus_48000_{rate}" for rate in (32, 64, 96, 128, 192)]
    + ["ulaw_8000", "alaw_8000"]
)


@dataclass(frozen=True)
class Spoken:
    """Samples at 44.1 kHz, and each character of the text with its start and end in seconds of the real sound."""

    samples: NDArray[np.float32]
    characters: list[str]
    starts: list[float]
    ends: list[float]

    @property
    def seconds(self) -> float:
        """The length of the sound."""
        return len(self.samples) / _RATE

    def alignment(self, ratio: float) -> dict[str, Any]:
        """ElevenLabs' alignment, on a clock that runs `ratio` times as fast as the sound."""
        return {
            "characters": self.characters,
            "character_start_times_seconds": [round(start * ratio, 3) for start in self.starts],
            "character_end_times_seconds": [round(end * ratio, 3) for end in self.ends],
        }


def speak(text: str, pitch: float, tags: bool) -> Spoken:
    """Speak a text. `tags`: bracketed phrases are acted (v3); without, they are read out like words."""
    starts: list[float] = []
    ends: list[float] = []
    pieces: list[NDArray[np.float32]] = []
    clock = 0.0
    last = 0
    tokens = list(_TOKEN.finditer(text))
    for index, token in enumerate(tokens):
        for _ in range(last, token.start()):  # the space before it
            starts.append(clock)
            ends.append(clock)
        word, pause = _timing(token[0], tags, final=index == len(tokens) - 1)
        silent = tags and token[0].startswith("[")
        tone = pitch * (1 + number(token[0]) % 16 / 64)  # other words sound otherwise
        pieces += [_burst(word, tone, silent), np.zeros(round(pause * _RATE), dtype=np.float32)]
        length = len(token[0])
        edges = [clock + word * step / length for step in range(length + 1)]
        starts += edges[:-1]
        ends += [*edges[1:-1], clock + word + pause]  # a pause belongs to the last character
        clock += word + pause
        last = token.end()
    starts += [clock] * (len(text) - last)
    ends += [clock] * (len(text) - last)
    samples = np.concatenate(pieces) if pieces else np.zeros(1, dtype=np.float32)
    return Spoken(samples, list(text), starts, ends)


def _timing(token: str, tags: bool, *, final: bool) -> tuple[float, float]:
    if tags and token.startswith("["):
        return _ACTED.get(token.strip("[]").lower(), 0.02), 0.0
    letters = len(re.sub(r"\W", "", token))
    pause = 0.0 if final else _PAUSES.get(token[-1], 0.0) + _GAP
    return 0.1 + 0.05 * letters, pause


def _burst(seconds: float, pitch: float, silent: bool) -> NDArray[np.float32]:
    time = np.arange(round(seconds * _RATE)) / _RATE
    if silent:
        return np.zeros(len(time), dtype=np.float32)
    tone = sum(np.sin(2 * np.pi * pitch * harmonic * time) / harmonic for harmonic in (1, 2, 3, 5))
    syllables = 0.6 + 0.4 * np.cos(2 * np.pi * 5 * time)
    dying = np.minimum(1, (seconds - time) / _DYING)  # as words do, and what breaks off does not
    return np.asarray(0.2 * tone * syllables * dying, dtype=np.float32)


def encode(spoken: Spoken, form: str) -> bytes:
    """The sound in one of ElevenLabs' output formats."""
    kind, rate, *bits = form.split("_")
    buffer = io.BytesIO()
    with wave.open(buffer, "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(_RATE)
        file.writeframes((np.clip(spoken.samples, -1, 1) * 32767).astype("<i2").tobytes())
    codec, container = _CODECS[kind]
    with tempfile.TemporaryDirectory() as folder:
        target = Path(folder) / "voice"  # a file: only then does the header tell the length of the sound
        arguments = ["-i", "pipe:0", "-ar", rate, "-c:a", codec, *(["-b:a", f"{bits[0]}k"] if bits else [])]
        command = [imageio_ffmpeg.get_ffmpeg_exe(), "-loglevel", "error", "-y", *arguments, "-f", container, target]
        subprocess.run(command, input=buffer.getvalue(), check=True, capture_output=True)
        return target.read_bytes()
