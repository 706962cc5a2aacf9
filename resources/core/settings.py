"""The environment, read in one place. Secrets are not here: they stay in Dagster's `EnvVar` until one is needed."""

import os
from collections.abc import Mapping, MutableMapping
from dataclasses import dataclass, replace
from pathlib import Path

from resources.core.errors import ContentError
from resources.core.names import Mode

ROOT = Path(__file__).resolve().parents[2]
STATE_FOLDER = ".state"  # in a show's folder


@dataclass(frozen=True)
class Settings:
    """Where things are and what mode is the default. Paths are absolute."""

    show: Path  # NINJA_SHOW: the content, a person's to edit
    output: Path  # NINJA_OUTPUT: what a person opens; all of it can be laid out again
    library: str  # NINJA_LIBRARY: a folder or an fsspec URL; every medium once, by content
    ledger_url: str  # NINJA_LEDGER_URL: an SQLAlchemy URL: purchases, takes, what each cell delivered
    mode: Mode  # NINJA_MODE

    @classmethod
    def from_environment(cls, environment: Mapping[str, str] = os.environ) -> "Settings":
        """Read the settings; raises ContentError for a mode that does not exist."""
        show = Path(environment.get("NINJA_SHOW") or ROOT / "show").expanduser().absolute()
        state = show / STATE_FOLDER
        return cls(
            show=show,
            output=Path(environment.get("NINJA_OUTPUT") or ROOT / "output").expanduser().absolute(),
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


def parse_mode(name: str, *, where: str) -> Mode:
    """The mode of that name; raises ContentError that lists the three."""
    try:
        return Mode(name)
    except ValueError:
        known = ", ".join(mode.value for mode in Mode)
        raise ContentError(
            f"there is no mode {name!r}", where=where, mend=f"use one of {known}", code="argument-unknown"
        ) from None


def dagster_home(environment: MutableMapping[str, str] = os.environ) -> Path:
    """DAGSTER_HOME, or this project's own `dagster_home`, which is then set for Dagster and every child process."""
    return Path(environment.setdefault("DAGSTER_HOME", str(ROOT / "dagster_home")))
