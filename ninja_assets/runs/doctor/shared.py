"""What several machines share, looked at for the doctor: database and clock, the rights at the object store, versions.

Silent where a show keeps everything in its own folder. What is written here is a probe, and is taken away again.
"""

import os
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import closing, suppress
from importlib.metadata import version
from typing import Final
from uuid import uuid4

from sqlalchemy import text

from ninja_assets.runs.doctor.doctor_finding import Finding, Health
from resources.core.errors import NinjaError
from resources.core.library.object_store import ObjectStore
from resources.core.settings import Settings
from resources.purchasing.ledger.tables.rows import REVISIONS
from resources.purchasing.ledger.tables.store import Store, shown_address
from resources.purchasing.state.place import sqlite_file

_CLOCK_SECONDS: Final = 5.0  # apart: more is told. Leases go by the database's clock, so nothing is stolen by it


def look_at_shared(settings: Settings, environment: Mapping[str, str] = os.environ) -> Iterator[Finding]:
    """The findings."""
    if sqlite_file(settings.ledger_url) is None:
        yield from _database(settings.ledger_url)
    if "://" in settings.library and not settings.library.startswith(("file://", "local://")):
        yield from _bucket(settings.library)
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
        with closing(Store(url)) as store, store.reading() as session:
            server = session.execute(text("SHOW server_version")).scalar_one()
            most = session.execute(text("SHOW max_connections")).scalar_one()
            before, theirs, after = time.time(), store.seconds(), time.time()
            ahead = (before + after) / 2 - theirs
    except NinjaError as error:
        hint = error.hint or "check NINJA_LEDGER_URL, the network and the rights of its user"
        yield Finding(name="database", health=Health.BAD, detail=f"{shown}: {error.what} ({error.why})", hint=hint)
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


def _bucket(url: str) -> Iterator[Finding]:
    """Each right that the library needs, tried on an object of its own."""
    probe, content = f"probe/{uuid4().hex}", b"ninja doctor"
    rights: tuple[tuple[str, Callable[[ObjectStore], object]], ...] = (
        ("write", lambda store: store.write(probe, content)),
        ("read", lambda store: _must(store.read(probe) == content, "what was written was not what was read")),
        ("delete", lambda store: store.delete(probe)),
    )
    store: ObjectStore | None = None
    missing: dict[str, str] = {}
    for right, tried in rights:
        try:
            store = store or ObjectStore(url)
            tried(store)
        except Exception as error:  # noqa: BLE001  (each store has errors of its own)
            missing[right] = f"{type(error).__name__}: {error}"[:200]
        if store is None:
            break
    if store is not None and missing:
        with suppress(Exception):
            store.delete(probe)
    if not missing:
        yield Finding(name="object store", health=Health.GOOD, detail=f"{url}: write, read and delete an object")
        return
    detail = "; ".join(f"cannot {right} ({why})" for right, why in missing.items())
    hint = "give its key the rights to list, get, put and delete objects there, or mend the name and the address"
    yield Finding(name="object store", health=Health.BAD, detail=f"{url}: {detail}", hint=hint)


def _must(so: bool, why: str) -> None:
    if not so:
        raise NinjaError(why)
