"""Lines spoken by eSpeak NG from its wheel: starts `resources.providers.offline.espeak`, one process for each line.

What the engine says of a line comes back as it is, in every language that it knows; how a voice is chosen and coloured
is `resources.providers.offline.offline_voice`.
"""

import json
import subprocess
import sys
from functools import cache
from importlib.metadata import version
from pathlib import Path

import espeakng_loader
import numpy as np

from resources.content.settings.characters import OfflineVoice
from resources.core.errors import ContentError, StudioError
from resources.core.settings import child_environment
from resources.providers.offline import espeak
from resources.providers.offline.timing import Spoken

ENDPOINT = "espeak-ng"

_CHILD_SECONDS = 120  # 5000 characters take about one second
_STDERR_TAIL = 500  # characters
# The points of Hebrew: vowels and accents, and none of the signs that stand between letters.
_POINTS = frozenset(map(chr, range(0x0591, 0x05C8))) - frozenset("\u05be\u05c0\u05c3\u05c6")


def speak(text: str, settings: OfflineVoice, *, where: str, place: str) -> Spoken:
    """Speak a text without control characters: `where` is the line, `place` the setting that names its voice.

    Hebrew is spoken without its points: the engine would spell them out.
    ContentError for a voice that the engine does not have, StudioError for an engine that is not whole or fails.
    """
    data = _data()
    kept = [at for at, character in enumerate(text) if character not in _POINTS]
    # The engine refuses a data path of 160 characters, and a deep environment has one: the child starts beside it.
    request = espeak.Request(
        library=espeakng_loader.get_library_path(),
        data=data.name,
        variant=settings.variant,
        rate=settings.rate,
        pitch=settings.pitch,
        range=settings.range,
        text="".join(text[at] for at in kept),
    )
    command = [sys.executable, "-I", "-S", str(Path(espeak.__file__).resolve())]
    try:
        done = subprocess.run(
            command,
            input=json.dumps(request).encode(),
            cwd=data.parent,
            env=child_environment(),
            capture_output=True,
            timeout=_CHILD_SECONDS,
            check=False,
        )
    except subprocess.TimeoutExpired as error:
        raise StudioError(
            f"the speech engine did not finish in {_CHILD_SECONDS} s", where=where, retryable=True
        ) from error
    if done.returncode:
        complaint = done.stderr.decode(errors="replace")[-_STDERR_TAIL:].strip()
        raise StudioError(f"the speech engine ended with {done.returncode}", where=where, why=complaint or None)
    first, _, samples = done.stdout.partition(b"\n")
    header = json.loads(first)
    if "unknown_voice" in header:
        raise ContentError(
            f"the offline voice has no variant {settings.variant!r}",
            where=place,
            why="a variant is an eSpeak language, with or without + and one of the engine's voices",
            hint="write for example en-us+m3, en-us+f5, en-gb+f2, de+m1",
        )
    if "refused" in header:
        raise StudioError("the speech engine failed", where=where, why=header["refused"])
    sound = np.frombuffer(samples, dtype="<i2").astype(np.float32) / np.float32(32768)
    marks = [(kept[min(at, len(kept) - 1)] if kept else at, second) for at, second in header["marks"]]
    return Spoken(sound, header["rate"], marks, header["phonemes"])


@cache
def engine_version() -> str:
    """What a recording depends on besides its text and settings."""
    return version("espeakng-loader")


def languages() -> dict[str, str]:
    """The languages that the engine speaks: what a variant names them by, and their names."""
    found = {}
    for file in sorted(_data().joinpath("lang").rglob("*")):
        if file.is_file():
            lines = [line.split("//")[0] for line in file.read_text(encoding="utf-8", errors="replace").splitlines()]
            values = dict(line.split(maxsplit=1) for line in reversed(lines) if len(line.split(maxsplit=1)) == 2)
            found[values.get("language", file.name).split()[0]] = values.get("name", file.name).strip()
    return dict(sorted(found.items()))


def variants() -> list[str]:
    """What a voice can be varied by, after a `+`."""
    return sorted(file.name for file in _data().joinpath("voices", "!v").iterdir())


def _data() -> Path:
    """Where the engine's languages and voices are. Raises StudioError where it is not installed whole."""
    try:
        return Path(espeakng_loader.get_data_path())
    except RuntimeError as error:
        raise StudioError(
            "the speech engine is not installed whole",
            why=str(error),
            hint="python -m pip install --force-reinstall espeakng-loader",
        ) from error
