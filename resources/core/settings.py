"""The environment, read in one place, and where a show is found.

Secrets are not here: they stay in Dagster's `EnvVar` until one is needed, and no child process gets them.
"""

import hashlib
import os
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Final, NamedTuple

from resources.core.copied_folders import make_fetched
from resources.core.errors import ContentError
from resources.core.names import SHOW_FILE, Mode

ROOT = Path(__file__).resolve().parents[2]
EXAMPLE = ROOT / "show"  # in the project's own folder; an installed wheel has none
STATE_FOLDER = ".state"  # in a show's folder
# The names of the providers' keys, the first of each as it is asked for (docs/sources/fal-client.md#key).
FAL_KEYS: Final = ("FAL_KEY", "FAL_AI_API_KEY")
ELEVENLABS_KEYS: Final = ("ELEVENLABS_API_KEY",)
CACHE_GB: Final = 20.0  # of a library elsewhere: some three hundred episodes' clips
_IN_THE_FOLDER: Final = ("NINJA_LIBRARY", "NINJA_LEDGER_URL", "NINJA_OUTPUT", "DAGSTER_HOME")  # unless they are set
KEYS_HINT: Final = "leave them out, and set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, or those of another store"
_BUCKETS: Final = ("s3", "s3a", "gs", "gcs")
# What a program needs to start, to find its temporary folder and to read paths in any alphabet.
_CHILDS: Final = frozenset(
    {"PATH", "HOME", "LANG", "LC_ALL", "LC_CTYPE", "TMPDIR", "TEMP", "TMP", "LD_LIBRARY_PATH", "DYLD_LIBRARY_PATH"}
    | {"SYSTEMROOT", "SYSTEMDRIVE", "COMSPEC", "PATHEXT"}  # Windows
)


def is_local(address: str) -> bool:
    """Whether an address is a folder of this machine, and not one that another program serves."""
    return address.rpartition("://")[0] in ("", "file", "local")


def holds_keys(address: str) -> bool:
    """Whether keys stand before the bucket of an address, where no store takes them."""
    protocol, _, rest = address.partition("://")
    return protocol in _BUCKETS and "@" in rest.partition("/")[0]


def without_slash(address: str) -> str:
    """An address that names may follow; `s3://` stays what it is, and no folder `s3:`, and so does `/`."""
    bare = address.rstrip("/")
    return address if not bare or bare.endswith(":") else bare


def default_cache() -> Path:
    """Where the files of a library elsewhere are kept near, unless NINJA_CACHE names a folder."""
    return Path(tempfile.gettempdir()) / "ninja-library-cache"


class Patience(NamedTuple):
    """For how many seconds is waited: for a database file that another process writes to, for a server that is away."""

    busy: float = 60.0
    away: float = 0.0  # a database
    store: float = 10.0  # one of objects asks for pauses as a matter of course


OF_A_COMMAND: Final = Patience()
OF_A_RUN: Final = Patience(away=75.0, store=75.0)  # a server is started anew in less
OF_A_PAGE: Final = Patience(busy=4.0, store=3.0)  # a person waits for the answer


@dataclass(frozen=True)
class Settings:
    """Where things are and what mode is the default. Paths are absolute."""

    show: Path  # NINJA_SHOW: the content, a person's to edit; of an address (s3://…), what was fetched from it
    output: Path  # NINJA_OUTPUT: what a person opens; all of it can be laid out again
    library: str  # NINJA_LIBRARY: a folder or an fsspec URL; every medium once, by content
    ledger_url: str  # NINJA_LEDGER_URL: an SQLAlchemy URL: purchases, takes, what each cell delivered
    mode: Mode  # NINJA_MODE
    cache: Path = field(default_factory=default_cache)  # NINJA_CACHE: for the files of a library elsewhere
    cache_gb: float = CACHE_GB  # NINJA_CACHE_GB: how much of it stays
    publish: str = ""  # NINJA_PUBLISH: where finished episodes are published, an fsspec URL; empty: nowhere
    version: str = ""  # where `show` holds one version of the content, laid out for a run: its name
    home: Path | None = None  # and the show's own folder, which it is a copy of
    patience: Patience = OF_A_COMMAND  # how long what it needs is waited for

    @classmethod
    def from_environment(cls, environment: Mapping[str, str] = os.environ, *, start: Path | None = None) -> "Settings":
        """Read the settings; the show is found as `find_show` says.

        Raises ContentError where there is no show, and for a mode that does not exist.
        """
        environment = _said(environment)
        show = find_show(environment, start)
        if show is not None and (address := _address(environment)):
            _check_apart(environment, address)
            make_fetched(show, address)
        if show is None:
            raise ContentError(
                "there is no show here",
                where=str(start or Path.cwd()),
                why="neither this folder nor one above it holds show.yaml, and NINJA_SHOW names none",
                hint="ninja init my-show, then: cd my-show",
            )
        state = show / STATE_FOLDER
        return cls(
            show=show,
            output=_output(environment, show),
            library=_library(environment) or str(state / "library"),
            ledger_url=_ledger_url(environment) or f"sqlite:///{state / 'ledger.db'}",
            mode=parse_mode(environment.get("NINJA_MODE") or Mode.REHEARSAL.value, where="NINJA_MODE"),
            cache=_cache(environment),
            cache_gb=_gigabytes(environment),
            publish=without_slash(environment.get("NINJA_PUBLISH") or ""),
        )

    @property
    def state(self) -> Path:
        """The show's own state folder: where its database and its library are by default."""
        return (self.home or self.show) / STATE_FOLDER

    @property
    def is_new(self) -> bool:
        """Whether the show's state would be its own folder, and there is none yet."""
        return self.ledger_url == f"sqlite:///{self.state / 'ledger.db'}" and not self.state.exists()

    @property
    def shared(self) -> bool:
        """Whether media live elsewhere, so that a path of this machine's disk says nothing to others."""
        return not is_local(self.library)

    def at(self, version: str, folder: Path) -> "Settings":
        """The same settings, with a version of the content that is laid out in a folder."""
        return replace(self, show=folder, version=version, home=self.home or self.show)

    def in_mode(self, mode: Mode) -> "Settings":
        """The same settings in another mode."""
        return replace(self, mode=mode)


def _said(environment: Mapping[str, str]) -> Mapping[str, str]:
    """The environment without blanks around a value: one of blanks alone is not set."""
    return {name: value.strip() for name, value in environment.items()}


def _path(address: str) -> str:
    """Of a local address the path: a folder may be named as `file:///a/folder`, too."""
    return address.rpartition("://")[2]


def _expanded(path: str, variable: str) -> Path:
    """A path of this machine, absolute; `~` is a user's home. Raises ContentError for a user who is not known."""
    try:
        return Path(path).expanduser().absolute()
    except RuntimeError:
        raise ContentError(
            f"{path} begins with the home of a user whom this machine does not know",
            where=variable,
            hint=f"export {variable}=/a/whole/path",
            code="place-unwritable",
        ) from None


def _library(environment: Mapping[str, str]) -> str:
    """The library as it is named. No shell reads a `.env`, so `~` is read here; a folder that is called so is it."""
    named = environment.get("NINJA_LIBRARY", "")
    path = _path(named)
    home = is_local(named) and path.startswith("~") and not Path(path).exists()
    return str(_expanded(path, "NINJA_LIBRARY")) if home else named


def _ledger_url(environment: Mapping[str, str]) -> str:
    """The ledger as it is named; `~` as in `_library`."""
    named = environment.get("NINJA_LEDGER_URL", "")
    kind, found, path = named.partition(":///")
    home = found and kind.startswith("sqlite") and path.startswith("~") and not Path(path).exists()
    return f"{kind}:///{_expanded(path, 'NINJA_LEDGER_URL')}" if home else named


def _output(environment: Mapping[str, str], show: Path) -> Path:
    """The output folder. Raises ContentError for an address: people open files."""
    named = environment.get("NINJA_OUTPUT")
    if named and not is_local(named):
        raise ContentError(
            "the output folder is a folder of this machine, and no address",
            where="NINJA_OUTPUT",
            why=f"{named}: what lies there is laid out from the library by each machine",
            hint=f"unset NINJA_OUTPUT, and publish finished episodes there: export NINJA_PUBLISH={named}",
            code="place-unwritable",
        )
    default = ROOT / "output" if show == EXAMPLE else show / "output"
    return _expanded(_path(named or "") or str(default), "NINJA_OUTPUT")


def _gigabytes(environment: Mapping[str, str]) -> float:
    text = environment.get("NINJA_CACHE_GB") or f"{CACHE_GB}"
    try:
        number = 0.0 if "_" in text else float(text)  # to a person 1_0 is no number
    except ValueError:
        number = 0.0
    if not 0 < number < float("inf"):
        raise ContentError(
            f"{text!r} is no size",
            where="NINJA_CACHE_GB",
            hint=f"export NINJA_CACHE_GB={CACHE_GB:g}",
            code="argument-unknown",
        )
    return number


def find_show(environment: Mapping[str, str] = os.environ, start: Path | None = None) -> Path | None:
    """The folder of the show: NINJA_SHOW; else the nearest one from `start` (the working directory) upwards.

    A folder is a show that holds show.yaml, or has one in its `show/`. Where none is near, the project's own example.
    Of a NINJA_SHOW that is an address, it is the folder to which it is fetched.
    """
    environment = _said(environment)
    if address := _address(environment):
        return _cache(environment) / "shows" / hashlib.sha256(address.encode()).hexdigest()[:16]
    if named := _path(environment.get("NINJA_SHOW", "")):
        return _expanded(named, "NINJA_SHOW")
    start = (start or Path.cwd()).absolute()
    near = (place for folder in (start, *start.parents) for place in (folder, folder / EXAMPLE.name))
    return next((place for place in (*near, EXAMPLE) if (place / SHOW_FILE).is_file()), None)


def _address(environment: Mapping[str, str]) -> str | None:
    """The address of a show that is no folder of this machine."""
    named = without_slash(environment.get("NINJA_SHOW", ""))
    return None if is_local(named) else named


def _check_apart(environment: Mapping[str, str], address: str) -> None:
    """Raise ContentError where what a show has in its folder has no place: the folder is a copy, and may vanish.

    So, too, where the address names none.
    """
    if address.endswith("://"):
        raise ContentError(
            f"{address} names no show",
            where="NINJA_SHOW",
            hint=f"name its folder: export NINJA_SHOW={address}bucket/show",
            code="place-unwritable",
        )
    missing = [name for name in _IN_THE_FOLDER if not environment.get(name)]
    if missing:
        raise ContentError(
            f"a show at an address needs places of its own: set {', '.join(missing)}",
            where="NINJA_SHOW",
            why=f"{address} is fetched, and what this machine makes is not kept there",
            hint=f"export {missing[0]}=…  (docs/machines.md has each)",
            code="place-unwritable",
        )


def _cache(environment: Mapping[str, str]) -> Path:
    return _expanded(environment.get("NINJA_CACHE") or str(default_cache()), "NINJA_CACHE")


def parse_mode(name: str, *, where: str) -> Mode:
    """The mode of that name; raises ContentError that lists the three."""
    try:
        return Mode(name)
    except ValueError:
        known = ", ".join(mode.value for mode in Mode)
        raise ContentError(
            f"there is no mode {name!r}", where=where, hint=f"use one of {known}", code="argument-unknown"
        ) from None


def at_once(environment: Mapping[str, str], name: str) -> int:
    """How many requests a variable lets go at once; 0 where it is not set. Raises ContentError for anything else."""
    text = environment.get(name, "").strip()
    if text and not (text.isascii() and text.isdecimal()):
        raise ContentError(
            f"{name} is {text!r}, which is no number of requests",
            where=name,
            hint=f"export {name}=10, or unset it",
            code="argument-unknown",
        )
    return int(text or 0)


def child_environment(environment: Mapping[str, str] = os.environ) -> dict[str, str]:
    """What a child process that makes media gets of the environment: nothing of this project's, and no key."""
    return {name: value for name, value in environment.items() if name.upper() in _CHILDS}
