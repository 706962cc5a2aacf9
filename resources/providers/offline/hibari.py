"""The neural offline voice, for English: hibari-tts, whose model and dictionary come inside its wheel.

Here a text is read (words to phonemes) and spoken (phonemes to sound) on the CPU of this machine, one thread a line;
which lines are, and what becomes of them, is `resources.providers.offline.offline_voice`. The model decides itself how
long each phoneme lasts: that is asked of its graph, so the times of words and mouth shapes are the sound's own.

The wheel has one voice, a woman's. The model predicts pitch and spectrum apart, and sound is made of them here: a man's
voice is the same with its pitch halved and its resonances lowered, as a longer throat has them. Equal texts and
settings give equal samples on one machine and installation.
"""

import json
import os
import re
import threading
import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from functools import cache
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from resources.content.settings.characters import OfflineVoice
from resources.media.audio.voice_track import Samples
from resources.providers.offline.timing import Spoken

ENDPOINT = "hibari-tts"
RATE = 24_000  # Hz

_UNIT = 0.025  # seconds: the model counts how long a phoneme lasts in these
# The graph computes it and does not deliver it: units of each phoneme, none less than one.
_DURATIONS = "/Clip_output_0"
_SEED = 1  # of the noise in breath and consonants

_NATURAL_RATE = 168  # words per minute as the model paces them, pauses between sentences included
_NATURAL_HERTZ = 196.0  # the median of its voice
_NATURAL_RANGE = 65  # `range` that leaves its melody as it is
_AHEAD = 0.05  # seconds at that pace by which its sound is ahead of its own count (measured, stops against vowels)
_PAUSE = 0.18  # seconds between two sentences, beside the silence that each ends with
_LEAD = 0.05  # seconds before a sentence's first phoneme that are its own: a stop's closure, an onset
_FADE = 0.005

_LONGEST = 400  # phonemes that the model is given at once
_LONGEST_WORD = 30  # letters: the net that reads unknown words does not see the rest
_SILENT = frozenset(' ;:,.!?—…"()“”')
_CLAUSE = frozenset(";:,—…")
# Letters of the model's own alphabet.
_IPA = {"A": "eɪ", "I": "aɪ", "O": "oʊ", "Q": "əʊ", "W": "aʊ", "Y": "ɔɪ", "T": "ɾ", "ʤ": "dʒ", "ʧ": "tʃ"}


class Timbre(NamedTuple):
    """How a voice is made of the model's own: factors of its pitch and of the frequencies of its resonances."""

    pitch: float = 1.0
    resonances: float = 1.0


WOMAN = Timbre()
MAN = Timbre(pitch=0.6, resonances=0.9)  # with the usual `pitch` of 38 to 40: about 100 Hz


class Phone(NamedTuple):
    """A sound of the model's alphabet, a pause or a sign, and the character of the text at which its word begins."""

    symbol: str
    at: int


@dataclass(frozen=True)
class Reading:
    """A text as it will be spoken, in phrases; `unread` is the first word that there are no sounds for."""

    phrases: tuple[tuple[Phone, ...], ...]
    unread: str | None


def read(text: str) -> Reading:
    """How a text is said. Letters and digits that cannot be are told, never left out. Raises UnavailableError."""
    words = [(match.start(), _plain(match[0])) for match in re.finditer(r"\S+", text)]
    strange = next((word for _, word in words if not _readable(word)), None)
    if strange is not None:
        return Reading((), strange)
    phrases: list[tuple[Phone, ...]] = []
    model, first = _model(), 0
    for sentence in model.sentences(" ".join(word for _, word in words)):
        count = len(sentence.split())
        own, first = words[first : first + count], first + count
        phones, unread = model.phones(own)
        if unread is not None:
            return Reading((), unread)
        phrases += _divided(phones)
    return Reading(tuple(phrases), None)


def speak(reading: Reading, timbre: Timbre, settings: OfflineVoice) -> Spoken:
    """Speak what was read: mono samples at RATE, and when each word and phoneme begins."""
    pause = _PAUSE * _NATURAL_RATE / settings.rate
    sound: list[Samples] = []
    marks: dict[int, float] = {}
    phonemes: list[tuple[str, float]] = []
    length = 0
    for phrase in reading.phrases:
        spoken, starts = _model().spoken(phrase, timbre, settings)
        begins = length / RATE
        for phone, start in zip(phrase, starts.tolist(), strict=True):
            phonemes.append((_IPA.get(phone.symbol, phone.symbol), begins + start))
            if phone.symbol not in _SILENT:
                marks.setdefault(phone.at, begins + start)
        sound += [spoken, np.zeros(round(pause * RATE), np.float32)]
        phonemes.append((".", begins + len(spoken) / RATE))
        length += len(spoken) + round(pause * RATE)
    whole = np.concatenate(sound) if sound else np.zeros(0, np.float32)
    return Spoken(whole, RATE, tuple(marks.items()), tuple(phonemes))


class UnavailableError(Exception):
    """The model cannot be loaded on this machine; it says why. Whoever speaks lines speaks them otherwise."""


def unavailable() -> str | None:
    """Why this machine cannot speak so, in a phrase; None: it can, and the model is loaded."""
    try:
        _model()
    except UnavailableError as error:
        return str(error)
    return None


@cache
def engine_version() -> str:
    """What a recording depends on besides its text and settings."""
    try:
        return f"{version('hibari-tts')}, onnxruntime {version('onnxruntime')}"
    except PackageNotFoundError:
        return "missing"


def _plain(word: str) -> str:
    # Square brackets would be the dictionary's own notation for a pronunciation. A raised or circled digit is one that
    # the dictionary takes for a number and cannot read.
    digits = (f"{unicodedata.digit(sign)}" if sign.isdigit() and not sign.isdecimal() else sign for sign in word)
    return unicodedata.normalize("NFC", "".join(digits)).replace("[", "(").replace("]", ")")


def _readable(word: str) -> bool:
    letters = [letter for letter in word if letter.isalpha()]
    return len(letters) <= _LONGEST_WORD and all(unicodedata.name(each, "").startswith("LATIN") for each in letters)


def _divided(phones: Sequence[Phone]) -> Iterator[tuple[Phone, ...]]:
    """A sentence in pieces that the model can be given: whole, or cut after a clause, else between words."""
    while len(phones) > _LONGEST:
        head = range(1, _LONGEST)
        clauses = [index for index in head if phones[index].symbol == " " and phones[index - 1].symbol in _CLAUSE]
        spaces = [index for index in head if phones[index].symbol == " "]
        cut = (clauses or spaces or [_LONGEST])[-1]
        yield tuple(phones[:cut])
        phones = phones[cut:]
    if any(phone.symbol not in _SILENT for phone in phones):
        yield tuple(phones)


class _Model:
    """The loaded model. Safe for threads."""

    def __init__(self) -> None:
        # From 1.29 on the runtime keeps an identifier of the machine in the home folder and sends its maker what it was
        # used for. It looks at this variable once, when it is loaded: docs/sources/media.md.
        os.environ["ORT_DISABLE_TELEMETRY"] = "1"
        import hibari  # noqa: PLC0415  (it and the runtime take 0.2 s to import, which only who speaks should pay)
        import onnxruntime  # noqa: PLC0415
        from hibari import dsp  # noqa: PLC0415
        from hibari.g2p import G2P, normalize  # noqa: PLC0415

        self.sentences = hibari.Hibari.split_sentences
        self._dsp, self._normalize = dsp, normalize
        assets = Path(hibari.__file__).parent / "assets"
        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = options.inter_op_num_threads = 1
        options.log_severity_level = 3
        graph = _delivering((assets / "hibari.onnx").read_bytes(), _DURATIONS)
        self._session = onnxruntime.InferenceSession(graph, options, providers=["CPUExecutionProvider"])
        self._ids: dict[str, int] = json.loads((assets / "vocab.json").read_text(encoding="utf-8"))
        self._g2p = G2P()
        self._reading = threading.Lock()

    def phones(self, words: Sequence[tuple[int, str]]) -> tuple[list[Phone], str | None]:
        """The phones of a sentence, and the first of its words that has none though it has letters or digits."""
        written = [word for _, word in words]
        with self._reading:
            said = self._normalize(" ".join(written))
            tokens = self._g2p.phonemize_tokens(self._g2p.tokenize(said))
        belongs = _belongs(written, said.split(" "))
        phones: list[Phone] = []
        spoken: set[int] = set()
        index = 0
        for token in tokens:
            word = belongs[min(index, len(belongs) - 1)]
            sounds = [symbol for symbol in token.phonemes or "" if symbol in self._ids]
            phones += [Phone(symbol, words[word][0]) for symbol in sounds]
            if any(symbol not in _SILENT for symbol in sounds):
                spoken.add(word)
            if token.whitespace:
                phones.append(Phone(" ", words[word][0]))
                index += 1
        unread = next(
            (
                word
                for number, word in enumerate(written)
                if number not in spoken and number in belongs and any(each.isalnum() for each in word)
            ),
            None,
        )
        return phones, unread

    def spoken(
        self, phrase: Sequence[Phone], timbre: Timbre, settings: OfflineVoice
    ) -> tuple[Samples, NDArray[np.float64]]:
        """The samples of a phrase, and the second in them at which each of its phones begins."""
        ids = [0, *(self._ids[phone.symbol] for phone in phrase), 0]
        speed = settings.rate / _NATURAL_RATE
        asked = {"ids": np.asarray([ids], np.int64), "speed": np.asarray([speed], np.float32)}
        *parts, units = self._session.run(None, asked)
        harmonic, turn, noise, free, phase, hertz = (part[0] for part in parts)
        pitch = timbre.pitch * 2 ** (
            (settings.pitch - 50) / 50
        )  # eSpeak's scale: 0 is an octave down, 99 nearly one up
        if timbre.resonances != 1:
            harmonic, turn, noise, free = (_lowered(part, timbre.resonances) for part in (harmonic, turn, noise, free))
            phase = phase[np.minimum(np.rint(np.arange(len(phase)) / timbre.resonances).astype(int), len(phase) - 1)]
        melody = _NATURAL_HERTZ * pitch * (np.maximum(hertz, 0) / _NATURAL_HERTZ) ** (settings.range / _NATURAL_RANGE)
        hertz = np.where(hertz > 0, melody, 0).astype(np.float32)
        # Half the pitch is twice the harmonics: each is taken down, so that a voice keeps its loudness.
        harmonic = harmonic + np.float32(0.5 * np.log(pitch))
        whole = self._dsp.synth(harmonic, turn, noise, free, phase, hertz, np.random.default_rng(_SEED))
        ends = np.cumsum(units.ravel(), dtype=np.float64) * _UNIT - _AHEAD / speed
        # The model's own silence before and after a sentence differs from one to the next: it is cut off.
        sounding = [index for index, phone in enumerate(phrase) if phone.symbol not in _SILENT]
        first = max(ends[sounding[0]] - _LEAD, 0.0)
        last = ends[1 + sounding[-1]]
        starts = np.clip(ends[:-2] - first, 0, last - first)
        starts[: sounding[0] + 1] = 0
        return _faded(whole[round(first * RATE) : round(last * RATE)]), starts


_LOADING = threading.Lock()


def _model() -> _Model:
    """The model, loaded once for a process: 1 s of CPU and about 150 MB."""
    with _LOADING:
        try:
            return _loaded()
        # What is raised has no common base: a wheel that is missing or damaged, a processor that is not known.
        except Exception as error:
            raise UnavailableError(f"{type(error).__name__}: {error}") from error


@cache
def _loaded() -> _Model:
    return _Model()


def _belongs(written: Sequence[str], said: Sequence[str]) -> list[int]:
    """For each word that is said the written one that it stands for: `$5` is said in two words, `Jan.` in another."""
    found: list[int] = []
    for _, a, b, c, d in SequenceMatcher(None, written, said, autojunk=False).get_opcodes():
        share = (b - a) / max(d - c, 1)
        found += [min(a + int(share * number), len(written) - 1) for number in range(d - c)]
    return found


def _lowered(part: Samples, factor: float) -> Samples:
    """A spectrum (bins, frames) with what is at a frequency brought to `factor` times that frequency."""
    bins = np.minimum(np.arange(len(part)) / factor, len(part) - 1)
    low = bins.astype(int)
    high, share = np.minimum(low + 1, len(part) - 1), (bins - low).astype(np.float32)[:, None]
    return np.asarray(part[low] * (1 - share) + part[high] * share, dtype=np.float32)


def _faded(sound: Samples) -> Samples:
    ramp = np.linspace(0, 1, min(round(_FADE * RATE), len(sound)), dtype=np.float32)
    faded = sound.copy()
    faded[: len(ramp)] *= ramp
    faded[len(faded) - len(ramp) :] *= ramp[::-1]
    return faded


def _delivering(model: bytes, name: str) -> bytes:
    """An ONNX file whose graph also delivers one of its inner values.

    A protobuf message that is written in two pieces is their sum: to the file is added ModelProto.graph (field 7) with
    nothing but a GraphProto.output (12), a ValueInfoProto with nothing but a name (1). The onnx package, 31 MB, does
    the same.
    """
    return model + _field(7, _field(12, _field(1, name.encode())))


def _field(number: int, content: bytes) -> bytes:
    """A length-delimited field of protobuf, of fewer than 128 bytes."""
    return bytes([number << 3 | 2, len(content)]) + content
