"""The environment, read in one place, and where a show is found.

Secrets are not here: they stay in Dagster's `EnvVar` until one is needed, and no child process gets them.
"""

import os
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Final

from resources.core.errors import ContentError
from resources.core.names import SHOW_FILE, Mode

ROOT = Path(__file__).resolve().parents[2]
EXAMPLE = ROOT / "show"  # in the project's own folder; an installed wheel has none
STATE_FOLDER = ".state"  # in a show's folder
# What a program needs to start, to find its temporary folder and to read paths in any alphabet.
_CHILDS: Final = frozenset(
    {"PATH", "HOME", "LANG", "LC_ALL", "LC_CTYPE", "TMPDIR", "TEMP", "TMP", "LD_LIBRARY_PATH", "DYLD_LIBRARY_PATH"}
    | {"SYSTEMROOT", "SYSTEMDRIVE", "COMSPEC", "PATHEXT"}  # Windows
)


@dataclass(frozen=True)
class Settings:
    """Where things are and what mode is the default. Paths are absolute."""

    show: Path  # NINJA_SHOW: the content, a person's to edit
    output: Path  # NINJA_OUTPUT: what a person opens; all of it can be laid out again
    library: str  # NINJA_LIBRARY: a folder or an fsspec URL; every medium once, by content
    ledger_url: str  # NINJA_LEDGER_URL: an SQLAlchemy URL: purchases, takes, what each cell delivered
    mode: Mode  # NINJA_MODE

    @classmethod
    def from_environment(cls, environment: Mapping[str, str] = os.environ, *, start: Path | None = None) -> "Settings":
        """Read the settings; the show is found as `find_show` says.

        Raises ContentError where there is no show, and for a mode that does not exist.
        """
        show = find_show(environment, start)
        if show is None:
            raise ContentError(
                "there is no show here",
                where=str(start or Path.cwd()),
                why="neither this folder nor one above it holds show.yaml, and NINJA_SHOW names none",
                mend="ninja init my-show, then: cd my-show",
            )
        state = show / STATE_FOLDER
        output = ROOT / "output" if show == EXAMPLE else show / "output"
        return cls(
            show=show,
            output=Path(environment.get("NINJA_OUTPUT") or output).expanduser().absolute(),
            library=environment.get("NINJA_LIBRARY") or str(state / "library"),
            ledger_url=environment.get("NINJA_LEDGER_URL") or f"sqlite:///{state / 'ledger.db'}",
            mode=parse_mode(environment.get("NINJA_MODE") or Mode.REHEARSAL.value, where="NINJA_MODE"),
        )

    @property
    def state(self) -> Path:
        """The show's own state folder: where its database and its library are by default."""
        return self.show / STATE_FOLDER

    def in_mode(self, mode: Mode) -> "Settings":
        """The same settings in another mode."""
        return replace(self, mode=mode)


def find_show(environment: Mapping[str, str] = os.environ, start: Path | None = None) -> Path | None:
    """The folder of the show: NINJA_SHOW; else the nearest one from `start` (the working directory) upwards.

    A folder is a show that holds show.yaml, or has one in its `show/`. Where none is near, the project's own example.
    """
    if named := environment.get("NINJA_SHOW"):
        return Path(named).expanduser().absolute()
    start = (start or Path.cwd()).absolute()
    near = (place for folder in (start, *start.parents) for place in (folder, folder / EXAMPLE.name))
    return next((place for place in (*near, EXAMPLE) if (place / SHOW_FILE).is_file()), None)


def parse_mode(name: str, *, where: str) -> Mode:
    """The mode of that name; raises ContentError that lists the three."""
    try:
        return Mode(name)
    except ValueError:
        known = ", ".join(mode.value for mode in Mode)
        raise ContentError(
            f"there is no mode {name!r}", where=where, mend=f"use one of {known}", code="argument-unknown"
        ) from None


def at_once(environment: Mapping[str, str], name: str) -> int:
    """How many requests a variable lets go at once; 0 where it is not set. Raises ContentError for anything else."""
    text = environment.get(name, "").strip()
    if text and not (text.isascii() and text.isdecimal()):
        raise ContentError(
            f"{name} is {text!r}, which is no number of requests",
            where=name,
            mend=f"export {name}=10, or unset it",
            code="argument-unknown",
        )
    return int(text or 0)


def child_environment(environment: Mapping[str, str] = os.environ) -> dict[str, str]:
    """What a child process that makes media gets of the environment: nothing of this project's, and no key."""
    return {name: value for name, value in environment.items() if name.upper() in _CHILDS}
