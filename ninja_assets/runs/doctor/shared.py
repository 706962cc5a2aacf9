"""What several machines share, looked at for the doctor: database and clock, the rights at the object store, versions.

Silent where a show keeps everything in its own folder. What is written here is a probe, and is taken away again.
"""

import os
import time
from collections.abc import Callable, Collection, Iterator, Mapping
from contextlib import closing, suppress
from importlib.metadata import version
from typing import Final
from uuid import uuid4

from sqlalchemy import text

from ninja_assets.runs.doctor.doctor_finding import Finding, Health
from resources.core.errors import MediaError, NinjaError, without_login
from resources.core.library.object_store import ObjectStore
from resources.core.settings import Settings, is_local
from resources.purchasing.ledger.tables.rows import REVISIONS
from resources.purchasing.ledger.tables.store import Store, shown_address
from resources.purchasing.state.place import sqlite_file

_STORES: Final = {"NINJA_LIBRARY": "object store", "NINJA_PUBLISH": "publishing"}  # as findings call them
_WRITES_NOTHING: Final = "UPDATE purchases SET reason = reason WHERE false"  # and needs the right to
_ENCODINGS: Final = ("UTF8", "SQL_ASCII")  # of databases that take any text; the latter does not look at it
_CLOCK_SECONDS: Final = 5.0  # apart: more is told. Leases go by the database's clock, so nothing is stolen by it


def look_at_shared(
    settings: Settings, environment: Mapping[str, str] = os.environ, *, besides: Collection[str] = ()
) -> Iterator[Finding]:
    """The findings. `besides`: settings of which is told already what is wrong with them."""
    if "NINJA_LEDGER_URL" not in besides and sqlite_file(settings.ledger_url) is None:
        yield from _database(settings.ledger_url)
    for setting, address in {"NINJA_LIBRARY": settings.library, "NINJA_PUBLISH": settings.publish}.items():
        if setting not in besides and not is_local(address):
            yield _bucket(setting, address)
    if "NINJA_LEDGER_URL" in environment or "NINJA_LIBRARY" in environment:
        found = ", ".join(f"{name} {version(name)}" for name in ("ninja-assets", "dagster", "sqlalchemy"))
        detail = f"{found}, ledger schema {REVISIONS[-1]}: the same on every machine"
        yield Finding(name="versions", health=Health.GOOD, detail=detail)


def _database(url: str) -> Iterator[Finding]:
    try:
        shown = shown_address(url)
    except NinjaError as error:
        yield Finding(name="database", health=Health.BAD, detail=f"{error.where}: {error.what}", hint=error.hint or "")
        return
    try:
        with closing(Store(url)) as store:
            with store.reading() as session:
                server = session.execute(text("SHOW server_version")).scalar_one()
                encoding = session.execute(text("SHOW server_encoding")).scalar_one()
                most = session.execute(text("SHOW max_connections")).scalar_one()
            with store.writing() as session:
                session.execute(text(_WRITES_NOTHING))
            before, theirs, after = time.time(), store.seconds(), time.time()
            ahead = (before + after) / 2 - theirs
    except NinjaError as error:
        hint = error.hint or "check NINJA_LEDGER_URL, the network and the rights of its user"
        yield Finding(name="database", health=Health.BAD, detail=f"{shown}: {error.what} ({error.why})", hint=hint)
        return
    if encoding not in _ENCODINGS:
        detail = f"{shown}: it is in {encoding}, which not every letter of an episode can be written in"
        hint = "createdb --encoding=UTF8 --template=template0 shows, and name that one in NINJA_LEDGER_URL"
        yield Finding(name="database", health=Health.BAD, detail=detail, hint=hint)
        return
    detail = f"{shown}: PostgreSQL {server}, {most} connections"
    yield Finding(name="database", health=Health.GOOD, detail=detail)
    apart = abs(ahead)
    if apart <= _CLOCK_SECONDS:
        yield Finding(name="clock", health=Health.GOOD, detail=f"{apart:.1f} s from the database's")
        return
    detail = (
        f"this machine is {apart:.0f} s {'ahead of' if ahead > 0 else 'behind'} the database: logs are hard to read"
    )
    yield Finding(name="clock", health=Health.NOTE, detail=detail, hint="timedatectl set-ntp true")


def _bucket(setting: str, url: str) -> Finding:
    """Each right that is needed there, tried on an object of its own."""
    shown = without_login(url)
    name, probe, content = _STORES[setting], f"probe/{uuid4().hex}", b"ninja doctor"
    missing: dict[str, str] = {}

    def read(store: ObjectStore) -> None:
        found = store.read(probe)
        _must(found == content or "write" in missing, "what was written was not what was read")

    rights: dict[str, Callable[[ObjectStore], object]] = {
        "write": lambda store: store.write(probe, content),
        "read": read,
        "list": lambda store: list(store.names("probe")),
        "delete": lambda store: store.delete(probe),
    }
    try:
        store = ObjectStore(url, setting=setting)
        for right, tried in rights.items():
            try:
                tried(store)
            except MediaError:
                raise
            except Exception as error:  # noqa: BLE001  (each store has errors of its own)
                missing[right] = f"{type(error).__name__}: {error}"[:200]
    except MediaError as error:  # it says itself what is wrong, with all rights alike
        why = f" ({error.why})" if error.why else ""
        return Finding(name=name, health=Health.BAD, detail=f"{shown}: {error.what}{why}", hint=error.hint or "")
    if not missing:
        return Finding(name=name, health=Health.GOOD, detail=f"{shown}: write, read, list and delete an object")
    with suppress(Exception):
        store.delete(probe)
    refused = any(why.startswith(PermissionError.__name__) for why in missing.values())
    if len(missing) == len(rights) and not refused:
        detail = f"{shown}: nothing can be written or read there ({missing['write']})"
        hint = f"start its server, or correct its address and keys: {setting}, and for S3 AWS_ENDPOINT_URL and AWS_…"
        return Finding(name=name, health=Health.BAD, detail=detail, hint=hint)
    detail = "; ".join(f"cannot {right} ({why})" for right, why in missing.items())
    hint = (
        "give its key the rights to list, get, put and delete objects there, or mend the name and the address"
        if refused
        else "make room there, or mend its server"
    )
    return Finding(name=name, health=Health.BAD, detail=f"{shown}: {detail}", hint=hint)


def _must(so: bool, why: str) -> None:
    if not so:
        raise OSError(why)
