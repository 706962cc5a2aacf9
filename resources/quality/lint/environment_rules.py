"""Keys, addresses, places and programs of the environment. Nothing is opened or sent, and no key is shown, in no part.

Which variables there are is the README's list. What a rehearsal never needs is `check_access`; every mode needs places.
"""

import os
import re
import shlex
import unicodedata
from collections.abc import Iterator, Mapping
from os.path import expanduser
from pathlib import Path
from typing import Final
from urllib.parse import urlsplit

from resources.content.loader import show_marks
from resources.content.show import Show
from resources.core.errors import ContentError, MediaError, without_login
from resources.core.extras import installs, is_missing
from resources.core.names import SHOW_FILE
from resources.core.settings import ELEVENLABS_KEYS, FAL_KEYS, KEYS_HINT, Settings, at_once, holds_keys
from resources.core.text.diagnostics import shown_path
from resources.core.text.env_file import KEY_FORM
from resources.media import ffmpeg
from resources.media.trial import unfit
from resources.notify.addresses import is_known, kind_of, unset
from resources.quality.lint.finding import Finding

KEYS: Final[Mapping[str, tuple[str, ...]]] = {
    "fal.ai": FAL_KEYS,
    "ElevenLabs": ELEVENLABS_KEYS,
}
ADDRESSES: Final = ("FAL_BASE_URL", "ELEVENLABS_BASE_URL", "NINJA_WEBHOOK_URL")
FFMPEG: Final = "IMAGEIO_FFMPEG_EXE"
AT_ONCE: Final = ("FAL_CONCURRENCY", "ELEVENLABS_CONCURRENCY")
_SLIP = re.compile(r"[A-Za-z][A-Za-z0-9+]+:/?[^/]")  # an address that lost a slash; C:/ has one letter
_QUOTES: Final = "\"'`"
# The package that opens an address of fsspec, where it is not fsspec's own.
PACKAGES: Final[Mapping[str, str]] = {
    "s3": "s3fs",
    "s3a": "s3fs",
    "gs": "gcsfs",
    "gcs": "gcsfs",
    "az": "adlfs",
    "abfs": "adlfs",
}
_EXAMPLES: Final[Mapping[str, str]] = {"NINJA_LIBRARY": "library", "NINJA_PUBLISH": "episodes"}
_OWN: Final = ("file", "local", "memory", "ftp", "sftp", "ssh", "smb", "dir", "zip")


def key_of(environment: Mapping[str, str], names: tuple[str, ...]) -> str | None:
    """The variable in which a provider's key stands, though it may be malformed; None where there is none."""
    return next((name for name in names if environment.get(name, "").strip()), None)


def check_access(environment: Mapping[str, str]) -> list[Finding]:
    """What draft and final need of the environment to reach their providers."""
    return [*_keys(environment), *_addresses(environment), *_at_once(environment)]


def check_notify(show: Show, folder: Path, environment: Mapping[str, str]) -> list[Finding]:
    """Whether people can be told at the addresses of show.yaml, in `folder`. No address is shown."""
    found: list[Finding] = []
    marks = show_marks(folder)
    for number, address in enumerate(show.notify.to):
        line = max(marks.line(place) for place in (("notify", number), ("notify", "to", number)))
        where, kind = f"{shown_path(folder / SHOW_FILE)}:{line}", kind_of(address)
        if not is_known(address):
            hint = "write it as Apprise does, such as tgram://${NINJA_TELEGRAM}/4711 or json://example.com/hook"
            found.append(Finding.of("notify-address", where, f"nobody can be told at {kind}", hint))
        for name in unset(address, environment):
            hint = f"export {name}=…, where `ninja ui` runs"
            found.append(Finding.of("notify-variable", where, f"nobody is told at {kind}: {name} is not set", hint))
    return found


def check_programs(environment: Mapping[str, str]) -> list[Finding]:
    """Whether another ffmpeg than the one that comes with the project can make pictures: it is tried, once."""
    hint = f"unset {FFMPEG}: the project brings its own"
    program = environment.get(FFMPEG, "")
    try:
        if not program and ffmpeg.own() is None:
            program, hint = ffmpeg.executable(), f"install a full build of ffmpeg, and name it: export {FFMPEG}=…"
    except MediaError as error:
        return [Finding.of("ffmpeg-unfit", FFMPEG, error.what, error.hint or hint)]
    why = unfit(program) if program else None
    what = f"pictures cannot be made with {program}: {why}"
    return [] if why is None else [Finding.of("ffmpeg-unfit", FFMPEG, what, hint)]


def check_places(settings: Settings, environment: Mapping[str, str]) -> list[Finding]:
    """What every mode writes to."""
    return [
        *_library(settings),
        *_address("NINJA_PUBLISH", "place to publish", settings.publish),
        *_ledger(settings),
        *_home(environment),
        *_folders(settings),
    ]


def _keys(environment: Mapping[str, str]) -> Iterator[Finding]:
    for provider, names in KEYS.items():
        name = key_of(environment, names)
        if name is None:
            blank = next((each for each in names if each in environment), None)
            why = f"{blank} is blank" if blank else f"{' or '.join(names)} is not set"
            yield Finding.of("key-missing", names[0], f"there is no key of {provider}: {why}", f"export {names[0]}=…")
        elif problem := _malformed(environment[name]):
            yield Finding.of(
                "key-malformed", name, f"the key of {provider} has {problem}", f"copy it again: export {name}=…"
            )


def _malformed(key: str) -> str | None:
    if any(sign in key for sign in "\r\n"):
        return "a line break"
    if key[:1] in _QUOTES or key[-1:] in _QUOTES:
        return "a quotation mark around it"
    if any(sign.isspace() for sign in key):
        return "a blank in it"
    return None if KEY_FORM.fullmatch(key) else "letters that no key has"


def _addresses(environment: Mapping[str, str]) -> Iterator[Finding]:
    for name in ADDRESSES:
        address = environment.get(name, "").strip()
        if address and (problem := _unfit(address)):
            yield Finding.of(
                "address-unfit", name, f"{name} {problem}", "set it like http://127.0.0.1:8080, or unset it"
            )


def _at_once(environment: Mapping[str, str]) -> Iterator[Finding]:
    for name in AT_ONCE:
        try:
            at_once(environment, name)
        except ContentError as error:
            yield Finding.of("number-unfit", name, error.what, error.hint or "")


def _unfit(address: str) -> str | None:
    try:
        parts = urlsplit(address)
        host, port = parts.hostname, parts.port
    except ValueError:
        return "is no address"
    if parts.scheme not in ("http", "https"):
        return "is not an http(s) address"
    if not host or not re.fullmatch(r"[\w.:-]+", host, re.ASCII):
        return "names no host"
    if port == 0:
        return "names port 0"
    if parts.username is not None or parts.query or parts.fragment or any(sign.isspace() for sign in address):
        return "has more in it than an address"
    return None


def _address(where: str, what: str, address: str) -> Iterator[Finding]:
    """What keeps an address of fsspec from being opened; a plain folder is none."""
    protocol, found, rest = address.partition("://")
    shown = without_login(address)
    if not found:
        if _SLIP.match(address):
            meant = address.replace(":", "://", 1).replace(":///", "://", 1)
            message = f"{shown} would be a folder of this machine, though it begins as an address does"
            yield Finding.of("library-unusable", where, message, f"export {where}={without_login(meant)}")
        return
    if holds_keys(address):
        message = f"{shown} has keys in it, which are no part of a bucket's name"
        yield Finding.of("library-unusable", where, message, KEYS_HINT)
        return
    package = PACKAGES.get(protocol)
    if package and is_missing(package):
        yield Finding.of(
            "library-unusable",
            where,
            f"{protocol}:// needs the package {package}, which is not installed",
            installs(package),
        )
    elif protocol in ("http", "https"):
        yield Finding.of(
            "library-unusable",
            where,
            f"{protocol}:// can be read, and nothing be written there",
            f"use a folder, or an address such as s3://bucket/{_EXAMPLES[where]}",
        )
    elif not package and protocol not in _OWN and "::" not in protocol:
        yield Finding.of(
            "library-unusable",
            where,
            f"no {what} can be opened at {protocol}://",
            f"use a folder, or an address such as s3://bucket/{_EXAMPLES[where]}",
        )
    elif (not rest.strip("/") and protocol not in ("file", "local")) or (package and rest.startswith("/")):
        hint = f"name it: s3://bucket/{_EXAMPLES[where]}"
        yield Finding.of("library-unusable", where, f"{shown} names no place", hint)


def _ledger(settings: Settings) -> Iterator[Finding]:
    where, url = "NINJA_LEDGER_URL", settings.ledger_url
    if why := _no_database(url):  # without the address itself, which may hold a password
        yield Finding.of(
            "ledger-unusable",
            where,
            f"no ledger can be opened there: {why}",
            "use sqlite:////a/path/ledger.db or postgresql://user@host/database; in its password %2F stands for a /",
        )
        return
    kind, found, path = url.partition(":///")
    if kind.startswith("sqlite") and found and not path.startswith(("/", "file:")):
        yield _relative(where, path, f"{kind}:///{Path(path).absolute()}")


def _library(settings: Settings) -> Iterator[Finding]:
    where, place = "NINJA_LIBRARY", settings.library
    findings = list(_address(where, "library", place))
    yield from findings
    if not findings and "://" not in place and not Path(place).is_absolute():
        yield _relative(where, place, f"{Path(place).absolute()}")


def _relative(where: str, path: str, here: str) -> Finding:
    return Finding.of(
        "place-relative",
        where,
        f"{path} is another place from each working directory, and what was paid for would be looked for there",
        f"export {where}={shlex.quote(here)}",
    )


def _no_database(url: str) -> str | None:
    scheme, found, rest = url.partition("://")
    kind = scheme.partition("+")[0]
    if not found:
        return "it is no address"
    if kind not in ("sqlite", "postgresql", "postgres"):
        return f"it begins with {scheme[:20]}://"
    if kind == "sqlite":
        return "it names no file" if rest.strip("/") in ("", ":memory:") else None
    try:
        if urlsplit(url).port == 0:
            return "it names port 0"
    except ValueError:
        return "its host or port is none"
    return None


def _home(environment: Mapping[str, str]) -> Iterator[Finding]:
    # Whether it must be writable, its dagster.yaml decides: who opens it looks.
    home = environment.get("DAGSTER_HOME", "")
    if home and not Path(home).is_absolute():
        yield Finding.of(
            "home-relative", "DAGSTER_HOME", f"DAGSTER_HOME is {home!r}, which is not absolute",
            f"export DAGSTER_HOME={_whole(home)}",
        )  # fmt: skip


def _folders(settings: Settings) -> Iterator[Finding]:
    places = {"NINJA_OUTPUT": settings.output}
    if settings.shared:
        places["NINJA_CACHE"] = settings.cache
    if settings.publish and "://" not in settings.publish:
        places["NINJA_PUBLISH"] = _whole(settings.publish)
    if "://" not in settings.library:
        places["NINJA_LIBRARY"] = Path(settings.library).absolute()
    if settings.ledger_url.startswith("sqlite:////"):
        places["NINJA_LEDGER_URL"] = Path(settings.ledger_url.removeprefix("sqlite:///")).parent
    for name, place in places.items():
        if problem := _unwritable(place):
            yield Finding.of(
                "place-unwritable", name, f"nothing can be written to {place}: {problem}",
                f"make it writable, or set {name} to another place",
            )  # fmt: skip


def _whole(path: str) -> Path:
    """A path as fsspec reads it: the home of a user who is not known stays a name."""
    return Path(expanduser(path)).absolute()  # noqa: PTH111  (pathlib's own raises there)


def _unwritable(place: Path) -> str | None:
    """Why nothing can be written below a folder that may not be there yet."""
    if any(unicodedata.category(sign) in ("Cc", "Cs") for sign in str(place)):
        return "its name has a line break, or a sign that no program shows"
    try:
        there = next(each for each in (place, *place.parents) if each.exists())
        if not there.is_dir():
            return f"{there} is no folder"
        if os.access(there, os.W_OK | os.X_OK):
            return None
        if os.statvfs(there).f_flag & os.ST_RDONLY:
            return f"the disk of {there} is read-only"
        mine = there.stat().st_uid == os.geteuid()
        return f"the permissions of {there} do not let you" if mine else f"{there} belongs to somebody else"
    except OSError as error:
        return error.strerror or type(error).__name__
