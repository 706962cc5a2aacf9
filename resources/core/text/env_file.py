"""A show's `.env`: the keys and settings of a machine, which git ignores. Every command reads it before anything else.

What the environment already has wins. Names that are not this project's are left to whoever reads them. No value of
the file, and no key in whole or in part, is ever shown.
"""

import os
import re
from collections.abc import Mapping, MutableMapping
from io import StringIO
from pathlib import Path
from typing import Final

from resources.core.errors import ContentError
from resources.core.settings import ELEVENLABS_KEYS, EXAMPLE, FAL_KEYS, find_show
from resources.core.text.diagnostics import shorten, shown_path

FILE: Final = ".env"
KEY_FORM: Final = re.compile(r"[\x21-\x7e]+")  # what the header of a request may hold, without a blank
# NINJA_SHOW is not among them: the file lies in the show that was found.
_OURS: Final = re.compile(r"NINJA_(?!SHOW$)\w+|(?:FAL|ELEVENLABS|AWS|FSSPEC)_\w+|DAGSTER_HOME")


def read_env_file(environment: MutableMapping[str, str] = os.environ, start: Path | None = None) -> Path | None:
    """Add what the `.env` of the show says to `environment`; returns the file, None where there is none.

    It lies beside show.yaml; a show in a folder `show` may have it above, too. Raises ContentError for a file that
    cannot be read.
    """
    file = env_file(environment, start)
    if file is not None:
        for name, value in _settings(file).items():
            if not environment.get(name):
                environment[name] = value
    return file


def env_file(environment: Mapping[str, str] = os.environ, start: Path | None = None) -> Path | None:
    """Where the `.env` of the show is; None where there is none."""
    show = find_show(environment, start)
    if show is None:
        return None
    places = (show, show.parent) if show.name == EXAMPLE.name else (show,)
    return next((place / FILE for place in places if (place / FILE).is_file()), None)


def is_private(file: Path) -> bool:
    """Whether the file can be read by its user alone, where a system tells."""
    return os.name != "posix" or not file.stat().st_mode & 0o077


def refuse_malformed(key: str, variable: str) -> None:
    """Raise ContentError for a key that no request can bear: it would be shown by whoever fails to send it."""
    if KEY_FORM.fullmatch(key) is None:
        raise ContentError(
            "the key is malformed: it has a line break, a blank or letters that no key has",
            where=variable,
            hint=f"copy it again: export {variable}=…",
        )


def _settings(file: Path) -> dict[str, str]:
    """The project's own settings of a file; an empty value is as none."""
    try:
        text = file.read_text(encoding="utf-8-sig")
    except (OSError, UnicodeError) as error:
        why = error.strerror if isinstance(error, OSError) else "it is not UTF-8"
        raise ContentError("the settings cannot be read", where=shown_path(file), why=why) from None
    from dotenv.parser import parse_stream  # noqa: PLC0415  (a machine may have no such file)

    if "\0" in text:
        where = f"{shown_path(file)}:{text.count(chr(10), 0, text.index(chr(0))) + 1}"
        raise ContentError("a NUL character is in the text", where=where, hint="save the file as plain text")
    found: dict[str, str] = {}
    lines: dict[str, int] = {}
    for written in parse_stream(StringIO(text)):
        blank = written.original.string[: len(written.original.string) - len(written.original.string.lstrip())]
        line = written.original.line + blank.count("\n")
        name, where = written.key or "", f"{shown_path(file)}:{line}"
        if written.error:
            raise ContentError(
                "this line is no setting",
                where=where,
                hint="write NAME=value, or # before a remark; the value is not shown here, for it may be a key",
            )
        if (meant := _KNOWN.get(_letters(name))) and meant != name:
            raise ContentError(f"there is no setting {shorten(name)}", where=where, hint=f"did you mean {meant}?")
        if not written.value or not _OURS.fullmatch(name):
            continue
        if name in lines:
            raise ContentError(
                f"{name} is given twice", where=where, why=f"first on line {lines[name]}", hint="keep one"
            )
        found[name], lines[name] = written.value, line
    return found


def _letters(name: str) -> str:
    """A name without what is easily mistaken: `fal-key` is FALKEY."""
    return re.sub(r"[^A-Z0-9]", "", name.upper())


# The settings that a show's `.env` has (README.md lists them), by what is easily mistaken for their names.
_KNOWN: Final = {
    _letters(name): name
    for name in (
        *FAL_KEYS,
        *ELEVENLABS_KEYS,
        *("NINJA_OUTPUT", "NINJA_LIBRARY", "NINJA_MODE", "NINJA_LEDGER_URL", "NINJA_CACHE", "NINJA_CACHE_GB"),
        *("NINJA_PUBLISH", "NINJA_UI_HOSTS", "NINJA_LOG", "NINJA_WEBHOOK_URL", "NINJA_WEBHOOK_PORT", "DAGSTER_HOME"),
        *("FAL_CONCURRENCY", "ELEVENLABS_CONCURRENCY", "FAL_BASE_URL", "ELEVENLABS_BASE_URL"),
    )
}
