"""Databases of a test on the PostgreSQL server that `tests/with-postgres` starts, and servers of a test's own."""

import os
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from uuid import uuid4

import pytest
from sqlalchemy import create_engine, text
from sqlalchemy.engine import make_url

from resources.core.settings import ROOT

WITH_POSTGRES = ROOT / "tests" / "with-postgres"
SERVER = "NINJA_TEST_POSTGRES_URL"  # set by `make test-postgres` and `make test-machines`


@contextmanager
def fresh_database() -> Iterator[str]:
    """The address of an empty database, which is dropped at the end. The test is skipped where there is no server."""
    server = os.environ.get(SERVER)
    if not server:
        pytest.skip(f"{SERVER} is not set: make test-postgres starts a server")
    name = f"ninja_{uuid4().hex}"
    admin = create_engine(make_url(server).set(drivername="postgresql+psycopg"), isolation_level="AUTOCOMMIT")
    try:
        with admin.connect() as connection:
            connection.execute(text(f"CREATE DATABASE {name}"))
        yield make_url(server).set(database=name).render_as_string(hide_password=False)
        with admin.connect() as connection:
            connection.execute(text(f"DROP DATABASE {name} WITH (FORCE)"))
    finally:
        admin.dispose()


@dataclass(frozen=True)
class OwnServer:
    """A PostgreSQL server that no other test uses: it may go away."""

    address: str
    control: str  # a shell's words, which `stop` or `start` follows

    def stop(self) -> None:
        """Away at once, as when its machine loses power."""
        self._do("stop")

    def start(self) -> None:
        """There again, with what was committed."""
        self._do("start")

    def change_password(self) -> str:
        """Let its user have another password, and end all that came in by the old one; returns the new address."""
        old = make_url(self.address)
        new = old.set(password=uuid4().hex)
        admin = create_engine(old.set(drivername="postgresql+psycopg"), isolation_level="AUTOCOMMIT")
        with admin.connect() as connection:
            connection.execute(text(f"ALTER ROLE {old.username} PASSWORD '{new.password}'"))
            others = "FROM pg_stat_activity WHERE pid <> pg_backend_pid() AND usename = current_user"
            connection.execute(text(f"SELECT pg_terminate_backend(pid) {others}"))
        admin.dispose()
        return new.render_as_string(hide_password=False)

    def _do(self, what: str) -> None:
        subprocess.run(["sh", "-c", f"{self.control} {what}"], check=True, cwd="/", stdout=subprocess.DEVNULL)


@contextmanager
def own_server() -> Iterator[OwnServer]:
    """A server of a test's own, with an empty database. The test is skipped where none may be started."""
    if SERVER not in os.environ:
        pytest.skip(f"{SERVER} is not set: make test-machines starts a server")
    told = f'printf "%s\\n" "${SERVER}" "$NINJA_TEST_POSTGRES_CONTROL"; cat'
    command = [str(WITH_POSTGRES), "sh", "-c", told]
    # Its end closes what `cat` reads: then the server is stopped, and its folder removed.
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, cwd="/") as process:
        assert process.stdout is not None
        yield OwnServer(process.stdout.readline().strip(), process.stdout.readline().strip())
