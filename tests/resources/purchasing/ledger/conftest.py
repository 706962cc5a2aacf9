"""An empty ledger for each test: a SQLite file, and a PostgreSQL database where a server is given."""

import os
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from uuid import uuid4

import pytest
from sqlalchemy import create_engine, text
from sqlalchemy.engine import make_url

from resources.content.show import Caps
from resources.purchasing.ledger import Ledger
from tests.resources.purchasing.ledger.helpers import CAPS, Clock

SERVER = "NINJA_TEST_POSTGRES_URL"  # set by `make test-postgres`

Opener = Callable[..., Ledger]


@pytest.fixture(scope="session")
def migrated(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An empty, migrated SQLite ledger, to be copied."""
    path = tmp_path_factory.mktemp("ledger") / "ledger.db"
    Ledger(f"sqlite:///{path}", caps=None).close()
    return path


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.postgres)])
def url(request: pytest.FixtureRequest, tmp_path: Path, migrated: Path) -> Iterator[str]:
    if request.param == "sqlite":
        yield f"sqlite:///{shutil.copy(migrated, tmp_path / 'ledger.db')}"
        return
    server = os.environ.get(SERVER)
    if not server:
        pytest.skip(f"{SERVER} is not set: make test-postgres starts a server")
    name = f"ninja_{uuid4().hex}"
    admin = create_engine(make_url(server).set(drivername="postgresql+psycopg"), isolation_level="AUTOCOMMIT")
    with admin.connect() as connection:
        connection.execute(text(f"CREATE DATABASE {name}"))
    yield make_url(server).set(database=name).render_as_string(hide_password=False)
    with admin.connect() as connection:
        connection.execute(text(f"DROP DATABASE {name} WITH (FORCE)"))
    admin.dispose()


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def opened(url: str, clock: Clock) -> Iterator[Opener]:
    """Opens further ledgers on the same database: each stands for a process."""
    ledgers: list[Ledger] = []

    def opener(caps: Caps | None = CAPS, lease_seconds: float = 60.0) -> Ledger:
        ledgers.append(Ledger(url, caps=caps, lease_seconds=lease_seconds, clock=clock))
        return ledgers[-1]

    yield opener
    for ledger in ledgers:
        ledger.close()


@pytest.fixture
def ledger(opened: Opener) -> Ledger:
    return opened()
