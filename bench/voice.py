"""How well the offline voices are understood, and what they cost: `python -m bench.voice [EPISODE]`.

Every turn of an episode is spoken as show.yaml has it, and again by eSpeak NG with the same settings. PocketSphinx (a
recogniser whose American English model comes in its wheel) listens to both; its word error is the distance of what it
heard from what was written, over the words that were written. It knows no name of the show: one figure beside the
other is what to compare. CPU is of this process and of the programs that it starts, loading apart.
"""

import re
import resource
import sys
import tempfile
import time
from collections.abc import Sequence

import numpy as np
from pocketsphinx import Decoder

from resources.content.segments import Turn
from resources.content.show import Show
from resources.core.library import Library
from resources.core.names import Mode
from resources.core.settings import ROOT
from resources.core.values import Cell
from resources.media.probe import samples
from resources.models.loading import load_script, load_show
from resources.providers.offline import hibari
from resources.providers.offline.offline_voice import OfflineVoiceStudio
from resources.purchasing.requests.briefs import VoiceBrief

_HEARD = 16_000  # Hz, as the recogniser's model was trained
_TARGET = 0.30
# How figures of the example are said.
_SAID = {"$49.99": "forty nine dollars and ninety nine cents", "2.1": "two point one"}


def main(episode: str = "2026-11-20") -> None:
    """Speak, listen and print."""
    show = load_show(ROOT / "show")
    turns = load_script(ROOT / "show", show, episode).turns
    began = time.process_time()
    print(f"hibari-tts: {hibari.unavailable() or f'loaded in {time.process_time() - began:.2f} s of CPU'}")
    recogniser = Decoder(samprate=_HEARD, loglevel="FATAL")
    for name, cast in (("as show.yaml has it", show), ("by eSpeak NG", _by_espeak(show))):
        _measure(name, cast, turns, recogniser)
    print(f"word error of the first at most {_TARGET:.2f}")


def _by_espeak(show: Show) -> Show:
    cast = {}
    for label, character in show.characters.items():
        offline = character.voice.offline.model_copy(update={"voice": "espeak"})
        voice = character.voice.model_copy(update={"offline": offline})
        cast[label] = character.model_copy(update={"voice": voice})
    return show.model_copy(update={"characters": cast})


def _measure(name: str, show: Show, turns: Sequence[Turn], recogniser: Decoder) -> None:
    errors: dict[str, int] = {}
    written: dict[str, int] = {}
    engines = set()
    cpu = seconds = 0.0
    with tempfile.TemporaryDirectory(prefix="ninja-bench-") as folder:
        library = Library(folder)
        studio = OfflineVoiceStudio(library)
        for turn in turns:
            brief = VoiceBrief(
                cell=Cell(episode="bench", segment=turn.segment, mode=Mode.REHEARSAL),
                label=turn.speaker,
                character=show.characters[turn.speaker],
                performance=turn.performance,
                spoken=turn.spoken,
                take=1,
                language=show.language,
            )
            began = _cpu()
            voice = studio.speak(brief)
            cpu += _cpu() - began
            seconds += voice.seconds
            engines.add(voice.receipt.endpoint)
            words = _words(turn.spoken)
            heard = _heard(recogniser, samples(library.path(voice.audio), _HEARD))
            errors[turn.speaker] = errors.get(turn.speaker, 0) + _distance(words, heard)
            written[turn.speaker] = written.get(turn.speaker, 0) + len(words)
    each = ", ".join(f"{label} {errors[label] / written[label]:.2f}" for label in sorted(errors))
    print(
        f"{name} ({', '.join(sorted(engines))}): word error {sum(errors.values()) / sum(written.values()):.3f} ({each})"
        f"\n  {seconds:.1f} s of speech, {sum(len(turn.spoken.split()) for turn in turns) / seconds * 60:.0f} words a"
        f" minute, {cpu / seconds:.3f} s of CPU a second"
    )


def _words(spoken: str) -> list[str]:
    for figure, said in _SAID.items():
        spoken = spoken.replace(figure, said)
    return re.findall(r"[a-z0-9']+", spoken.lower().replace("’", "'"))


def _heard(recogniser: Decoder, sound: np.ndarray) -> list[str]:
    loud = sound / max(float(np.abs(sound).max()), 1e-6) * 0.7
    recogniser.reinit()  # each line is heard by itself: it adapts to what it hears
    recogniser.start_utt()
    recogniser.process_raw((loud * 32767).astype("<i2").tobytes(), full_utt=True)
    recogniser.end_utt()
    found = recogniser.hyp()
    return found.hypstr.lower().split() if found else []


def _distance(written: Sequence[str], heard: Sequence[str]) -> int:
    """How many words must be changed, put in or left out."""
    row = list(range(len(heard) + 1))
    for number, word in enumerate(written, 1):
        before, row = row, [number]
        for index, other in enumerate(heard):
            row.append(min(before[index] + (word != other), before[index + 1] + 1, row[index] + 1))
    return row[-1]


def _cpu() -> float:
    return sum(
        usage.ru_utime + usage.ru_stime
        for usage in (resource.getrusage(resource.RUSAGE_SELF), resource.getrusage(resource.RUSAGE_CHILDREN))
    )


if __name__ == "__main__":
    main(*sys.argv[1:])
