"""The offline voice studio: eSpeak NG from its wheel, one process for each line, coloured by ffmpeg.

Equal orders give equal bytes on one machine and installation. What is said about ends, pauses and loudness of
a segment's sound is `resources.media.audio.voice_track`'s; this module delivers a raw recording like any other studio.
"""

import json
import subprocess
import sys
import time
import unicodedata
from functools import cache
from importlib.metadata import version
from pathlib import Path
from typing import Any

import espeakng_loader
import numpy as np

from resources.content.show import OfflineVoice
from resources.core.errors import ContentError, StudioError
from resources.core.library import Library, recipe_key
from resources.core.recipes import Recipe
from resources.core.values import Receipt, Voice
from resources.media import ffmpeg
from resources.media.audio.voice_track import RATE, Samples, heard, wav_bytes
from resources.providers.offline import espeak
from resources.providers.offline.timing import word_times
from resources.purchasing.requests.briefs import VoiceBrief

ENDPOINT = "espeak-ng"

_VERSION = 1  # of what follows from a brief: a change makes every line anew
_CHILD_SECONDS = 120  # 5000 characters take about one second
_STDERR_TAIL = 500  # characters
_HIGHEST_PEAK = 0.95

# The voices are synthetic. Warmth and a small room make a low one friendlier; presence and a chorus make a high one
# a machine's on purpose.
_EFFECTS = {
    "none": "anull",
    "warm": (
        "highpass=f=75,equalizer=f=180:t=q:w=1:g=3,equalizer=f=3200:t=q:w=1:g=2.5,lowpass=f=9000,"
        "aecho=in_gain=0.9:out_gain=0.9:delays=31:decays=0.12"
    ),
    "bright": (
        "highpass=f=140,equalizer=f=3500:t=q:w=1:g=3,lowpass=f=9500,"
        "chorus=in_gain=0.8:out_gain=0.9:delays=24|37:decays=0.25|0.2:speeds=0.4|0.3:depths=1.5|2"
    ),
}

# How far takes differ at most from what show.yaml says, and steps that spread any number of takes evenly over that
# (the R3 sequence: powers of 1 over 1.2207440846, the root of x^4 = x + 1).
_TAKE_STEPS = (0.8191725134, 0.6710436067, 0.5497004779)
_TAKE_RATE = 0.16  # of the rate
_TAKE_PITCH = 14  # eSpeak's units, of 99
_TAKE_RANGE = 36


class OfflineVoiceStudio:
    """Speaks lines on this machine, at no cost. Safe to use from many threads at once."""

    def __init__(self, library: Library) -> None:
        self._library = library

    def speak(self, brief: VoiceBrief) -> Voice:
        """Speak a line, or find it spoken. 48 kHz mono WAV; words are `brief.spoken.split()`.

        Each take is another performance: rate, pitch and range differ a little, take 1 is as `show.yaml` says.
        ContentError for an unknown voice, StudioError for text without anything to speak or a failing engine.
        """
        settings = brief.character.voice.offline
        key = recipe_key(
            Recipe.OFFLINE_VOICE,
            version=_VERSION,
            engine=_engine_version(),
            text=brief.spoken,
            voice=settings,
            take=brief.take,
        )
        voice, reused = self._library.memo(key, Voice, lambda: self._record(brief, performance(settings, brief.take)))
        if not reused:
            return voice
        receipt = voice.receipt.model_copy(update={"reused": True, "render_seconds": None})
        return voice.model_copy(update={"receipt": receipt})

    def _record(self, brief: VoiceBrief, settings: OfflineVoice) -> Voice:
        started = time.monotonic()
        header, raw = _spoken(brief, settings)
        sound = _coloured(raw, header["rate"], settings.effect)
        windows = heard(sound)
        if not windows.any():
            raise StudioError(
                "the offline voice finds nothing to speak in a turn",
                where=_where(brief),
                why=f"no letter or digit of {brief.spoken[:60]!r} can be spoken by {settings.variant}",
                mend="write words into the turn, or delete it",
            )
        return Voice(
            audio=self._library.put_bytes(wav_bytes(sound), ".wav"),
            seconds=len(sound) / RATE,
            words=word_times(brief.spoken, header["marks"], windows, len(sound) / RATE),
            receipt=Receipt(
                provider="offline",
                endpoint=ENDPOINT,
                take=brief.take,
                render_seconds=round(time.monotonic() - started, 3),
            ),
        )


def performance(settings: OfflineVoice, take: int) -> OfflineVoice:
    """The voice of a take: take 1 is as set, every other one a little faster or slower, higher or lower, livelier."""
    rate, pitch, span = (((take - 1) * step + 0.5) % 1 - 0.5 for step in _TAKE_STEPS)
    return settings.model_copy(
        update={
            "rate": _folded(settings.rate * (1 + _TAKE_RATE * rate), 80, 450),
            "pitch": _folded(settings.pitch + _TAKE_PITCH * pitch, 0, 99),
            "range": _folded(settings.range + _TAKE_RANGE * span, 0, 99),
        }
    )


def _folded(value: float, low: int, high: int) -> int:
    """The value, thrown back from a limit as far as it would pass it, so that takes at a limit differ too."""
    inside = low + abs(round(value) - low)
    return high - abs(high - inside)


def _spoken(brief: VoiceBrief, settings: OfflineVoice) -> tuple[dict[str, Any], bytes]:
    """The header and the samples of `resources.providers.offline.espeak`."""
    try:
        data = Path(espeakng_loader.get_data_path())
    except RuntimeError as error:
        raise StudioError(
            "the speech engine is not installed whole",
            why=str(error),
            mend="python -m pip install --force-reinstall espeakng-loader",
        ) from error
    # A data path of 160 characters is refused (docs/sources/media.md#offline-speech): the child starts beside it.
    request = espeak.Request(
        library=espeakng_loader.get_library_path(),
        data=data.name,
        variant=settings.variant,
        rate=settings.rate,
        pitch=settings.pitch,
        range=settings.range,
        text=_speakable(brief.spoken),
    )
    command = [sys.executable, "-I", "-S", str(Path(espeak.__file__).resolve())]
    try:
        done = subprocess.run(
            command,
            input=json.dumps(request).encode(),
            cwd=data.parent,
            capture_output=True,
            timeout=_CHILD_SECONDS,
            check=False,
        )
    except subprocess.TimeoutExpired as error:
        raise StudioError(
            f"the speech engine did not finish in {_CHILD_SECONDS} s", where=_where(brief), retryable=True
        ) from error
    if done.returncode:
        complaint = done.stderr.decode(errors="replace")[-_STDERR_TAIL:].strip()
        raise StudioError(f"the speech engine ended with {done.returncode}", where=_where(brief), why=complaint or None)
    first, _, samples = done.stdout.partition(b"\n")
    header = json.loads(first)
    if "unknown_voice" in header:
        raise ContentError(
            f"the offline voice has no variant {settings.variant!r}",
            where=f"show.yaml, characters.{brief.label}.voice.offline.variant",
            why="a variant is an eSpeak language, with or without + and one of the engine's voices",
            mend="write for example en-us+m3, en-us+f5, en-gb+f2, de+m1",
        )
    if "refused" in header:
        raise StudioError("the speech engine failed", where=_where(brief), why=header["refused"])
    return header, samples


def _speakable(text: str) -> str:
    """The text with a space for each control character: some are commands to the engine, and NUL ends its text."""
    return "".join(" " if unicodedata.category(character) == "Cc" else character for character in text)


def _coloured(raw: bytes, rate: int, effect: str) -> Samples:
    chain = f"aformat=sample_fmts=fltp,volume=-6dB,aresample={RATE},{_EFFECTS[effect]}"
    source = ["-f", "s16le", "-ar", str(rate), "-ac", "1", "-i", "pipe:0"]
    made = ffmpeg.run([*source, "-af", chain, "-f", "f32le", "pipe:1"], stdin=raw)
    sound = np.frombuffer(made, dtype="<f4").astype(np.float32)
    peak = float(np.abs(sound).max(initial=0))
    return sound * np.float32(_HIGHEST_PEAK / peak) if peak > _HIGHEST_PEAK else sound


def _where(brief: VoiceBrief) -> str:
    return f"{brief.cell.episode}, {brief.cell.segment}, {brief.label}"


@cache
def _engine_version() -> str:
    return version("espeakng-loader")
