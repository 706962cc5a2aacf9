"""Folders that stand for another one: a copy says whose it is, so that errors name the file that a person can mend.

One of an address is fetched from there, and again what has changed (`resources.content.versions.fetched`): nothing is
written to it. What is copied, and why, is not known here.
"""

from pathlib import Path
from typing import Final

from resources.core.errors import ContentError, without_login

ORIGIN_FILE: Final = ".copy-of"
FETCHED_FILE: Final = ".fetched.json"  # in a folder that is fetched: what of it is here


def stand_for(folder: Path, origin: str) -> None:
    """Note that a folder is a copy of another one, or of an address (`s3://bucket/show`). Raises OSError."""
    (folder / ORIGIN_FILE).write_text(origin, encoding="utf-8")


def origin_of(folder: Path) -> str | None:
    """What a folder is a copy of; None for one that is none."""
    try:
        return (folder / ORIGIN_FILE).read_text(encoding="utf-8")
    except OSError:
        return None


def original(path: Path) -> Path | str:
    """Where the original of a file in a copy lies, as a path or an address to be shown; any other path as it is."""
    for folder in path.parents:
        if (origin := origin_of(folder)) is not None:
            below = path.relative_to(folder)
            return f"{without_login(origin)}/{below.as_posix()}" if "://" in origin else Path(origin) / below
    return path


def make_fetched(folder: Path, address: str) -> None:
    """Make a folder that is fetched from an address, if it is not there. Raises OSError."""
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    if not is_fetched(folder):
        stand_for(folder, address)
        (folder / FETCHED_FILE).write_text("{}", encoding="utf-8")


def is_fetched(folder: Path) -> bool:
    """Whether a folder is fetched from an address."""
    return (folder / FETCHED_FILE).is_file()


def refuse_fetched(folder: Path, file: Path) -> None:
    """Raise ContentError where a file that is to be written lies in a folder that is fetched."""
    if is_fetched(folder):
        below = file.relative_to(folder).as_posix()
        raise ContentError(
            f"{below} is not written here, where only a copy lies",
            where=str(original(file)),
            hint="write it in the folder that is uploaded there",
        )
