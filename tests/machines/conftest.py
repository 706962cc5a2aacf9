"""A studio of several machines on loopback: PostgreSQL, an S3 server, a server that pretends to be the providers."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest

from tests.machines.workers import Machines, ObjectStore, object_store
from tests.paid.runs import PaidStage
from tests.postgres import OwnServer, fresh_database, own_server
from tests.providers.fixture import provider_process

LINES = ["NINJA: [excited] One two three, here we go.", "GLITCH: Four five six, count!", "NINJA: Seven eight, done."]


@pytest.fixture
def database() -> Iterator[str]:
    """The address of an empty database."""
    with fresh_database() as address:
        yield address


@pytest.fixture
def server() -> Iterator[OwnServer]:
    """A database server of the test's own, which may go away."""
    with own_server() as found:
        yield found


@pytest.fixture
def store() -> Iterator[ObjectStore]:
    """An S3 server of the test's own."""
    with object_store() as found:
        yield found


@pytest.fixture
def machines(tmp_path: Path, database: str, store: ObjectStore) -> Iterator[Machines]:
    """Workers that share a database, a bucket and the providers. The episode `demo` has three turns."""
    with _studio(tmp_path, database, store) as found:
        yield found


@pytest.fixture
def frail(tmp_path: Path, server: OwnServer, store: ObjectStore) -> Iterator[Machines]:
    """The same, on the test's own database server."""
    with _studio(tmp_path, server.address, store) as found:
        yield found


@contextmanager
def _studio(folder: Path, database: str, store: ObjectStore) -> Iterator[Machines]:
    with (
        TemporaryDirectory(prefix="m-", ignore_cleanup_errors=True) as temporary,
        provider_process(folder / "providers", video_height=120) as providers,
    ):
        stage = PaidStage.build(folder / "content", providers, slots=4)
        stage.write_episode("demo", LINES)
        yield Machines(folder, stage, store, database, temporary)
