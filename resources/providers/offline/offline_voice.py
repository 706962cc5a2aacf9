"""The offline voice studio: hibari-tts for English, eSpeak NG for all else and in its place, coloured by ffmpeg.

Which of them spoke is the receipt's endpoint, and why another than was asked for, its note. Equal orders give equal
bytes on one machine and installation. What is said about ends, pauses and loudness of
a segment's sound is `resources.media.audio.voice_track`'s; this module delivers a raw recording like any other studio.
"""

import re
import time
import unicodedata
from typing import NamedTuple

import numpy as np

from resources.content.settings.characters import OfflineVoice
from resources.core.errors import StudioError
from resources.core.library import Library, recipe_key
from resources.core.recipes import Recipe
from resources.core.values import Receipt, Voice
from resources.media import ffmpeg
from resources.media.audio.voice_track import Samples, heard, wav_bytes
from resources.media.timebase import RATE
from resources.providers.offline import espeak_process, hibari
from resources.providers.offline.hibari import MAN, WOMAN, Timbre
from resources.providers.offline.mouths import mouth_cues
from resources.providers.offline.timing import Spoken, word_times
from resources.purchasing.requests.briefs import VoiceBrief

_VERSION = 2  # of what follows from a brief: a change makes every line anew
_HIGHEST_PEAK = 0.95

# The English variants that a man's or a woman's voice is meant by: no accent and no character of eSpeak's own.
_PLAIN_ENGLISH = re.compile(r"en(?:-us|-gb)?(?:\+(?:m[1-8]|(?P<woman>f[1-5])))?", re.IGNORECASE)
_TIMBRES = {"hibari-man": MAN, "hibari-woman": WOMAN}

# eSpeak's voices are synthetic. Warmth and a small room make a low one friendlier; presence and a chorus make a high
# one a machine's on purpose. A neural voice is coloured less: as much as that costs it six words of a hundred.
_EFFECTS = {
    espeak_process.ENDPOINT: {
        "none": "anull",
        "warm": (
            "highpass=f=75,equalizer=f=180:t=q:w=1:g=3,equalizer=f=3200:t=q:w=1:g=2.5,lowpass=f=9000,"
            "aecho=in_gain=0.9:out_gain=0.9:delays=31:decays=0.12"
        ),
        "bright": (
            "highpass=f=140,equalizer=f=3500:t=q:w=1:g=3,lowpass=f=9500,"
            "chorus=in_gain=0.8:out_gain=0.9:delays=24|37:decays=0.25|0.2:speeds=0.4|0.3:depths=1.5|2"
        ),
    },
    hibari.ENDPOINT: {
        "none": "anull",
        "warm": "highpass=f=60,equalizer=f=180:t=q:w=1:g=2,equalizer=f=3200:t=q:w=1:g=2",
        "bright": (
            "highpass=f=120,equalizer=f=4000:t=q:w=1:g=3,"
            "chorus=in_gain=0.9:out_gain=0.9:delays=21:decays=0.12:speeds=0.35:depths=1.2"
        ),
    },
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
        """Speak a line, or find it spoken. 48 kHz mono WAV with mouth shapes; words are `brief.spoken.split()`.

        Each take is another performance: rate, pitch and range differ a little, take 1 is as `show.yaml` says.
        ContentError for an unknown voice, StudioError for text without anything to speak or a failing engine.
        """
        timbre = timbre_of(brief.character.voice.offline, brief.language)
        try:
            return self._kept(brief, timbre)
        except hibari.UnavailableError as missing:
            return self._kept(brief, None, f"spoken by eSpeak NG: {hibari.ENDPOINT} cannot be loaded ({missing})")

    def _kept(self, brief: VoiceBrief, timbre: Timbre | None, note: str | None = None) -> Voice:
        settings = brief.character.voice.offline
        key = recipe_key(
            Recipe.OFFLINE_VOICE,
            version=_VERSION,
            engines=[espeak_process.engine_version(), hibari.engine_version() if timbre else note],
            timbre=timbre,
            text=brief.spoken,
            voice=settings,
            take=brief.take,
        )
        voice, reused = self._library.memo(
            key, Voice, lambda: self._record(brief, performance(settings, brief.take), timbre, note)
        )
        if not reused:
            return voice
        receipt = voice.receipt.model_copy(update={"reused": True, "render_seconds": None})
        return voice.model_copy(update={"receipt": receipt})

    def _record(self, brief: VoiceBrief, settings: OfflineVoice, timbre: Timbre | None, note: str | None) -> Voice:
        started = time.monotonic()
        line = _spoken(brief, settings, timbre, note)
        sound = _coloured(line.spoken, _EFFECTS[line.endpoint][settings.effect])
        windows = heard(sound)
        if not windows.any():
            raise StudioError(
                "the offline voice finds nothing to speak in a turn",
                where=_where(brief),
                why=f"no letter or digit of {brief.spoken[:60]!r} can be spoken by {settings.variant}",
                hint="write words into the turn, or delete it",
            )
        seconds = len(sound) / RATE
        receipt = Receipt(
            provider="offline",
            endpoint=line.endpoint,
            take=brief.take,
            render_seconds=round(time.monotonic() - started, 3),
            note=line.note,
        )
        return Voice(
            audio=self._library.put_bytes(wav_bytes(sound), ".wav"),
            seconds=seconds,
            words=word_times(brief.spoken, line.spoken.marks, windows, seconds),
            visemes=mouth_cues(line.spoken.phonemes, seconds),
            receipt=receipt,
        )


def timbre_of(settings: OfflineVoice, language: str) -> Timbre | None:
    """The neural voice that speaks a language with these settings; None: eSpeak NG does."""
    if language.lower() != "en" or settings.voice == "espeak":
        return None
    if settings.voice is not None:
        return _TIMBRES[settings.voice]
    plain = _PLAIN_ENGLISH.fullmatch(settings.variant)
    return None if plain is None else WOMAN if plain["woman"] else MAN


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


class _Line(NamedTuple):
    """A line as it was spoken: by which engine, and why not by another."""

    spoken: Spoken
    endpoint: str
    note: str | None = None


def _spoken(brief: VoiceBrief, settings: OfflineVoice, timbre: Timbre | None, note: str | None) -> _Line:
    text = _speakable(brief.spoken)
    if timbre is not None:
        reading = hibari.read(text)
        if reading.unread is None:
            return _Line(hibari.speak(reading, timbre, settings), hibari.ENDPOINT)
        note = f"spoken by eSpeak NG: {hibari.ENDPOINT} has no sounds for {reading.unread!r}"
    place = f"show.yaml, characters.{brief.label}.voice.offline.variant"
    return _Line(espeak_process.speak(text, settings, where=_where(brief), place=place), espeak_process.ENDPOINT, note)


def _speakable(text: str) -> str:
    """The text with a space for each control character: some are commands to the engine, and NUL ends its text."""
    return "".join(" " if unicodedata.category(character) == "Cc" else character for character in text)


def _coloured(spoken: Spoken, effect: str) -> Samples:
    chain = f"aformat=sample_fmts=fltp,volume=-6dB,aresample={RATE},{effect}"
    source = ["-f", "f32le", "-ar", str(spoken.rate), "-ac", "1", "-i", "pipe:0"]
    raw = spoken.sound.astype("<f4").tobytes()
    made = ffmpeg.run([*source, "-af", chain, "-f", "f32le", "pipe:1"], stdin=raw)
    sound = np.frombuffer(made, dtype="<f4").astype(np.float32)
    peak = float(np.abs(sound).max(initial=0))
    return sound * np.float32(_HIGHEST_PEAK / peak) if peak > _HIGHEST_PEAK else sound


def _where(brief: VoiceBrief) -> str:
    return f"{brief.cell.episode}, {brief.cell.segment}, {brief.label}"
