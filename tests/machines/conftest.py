"""A studio of several machines on loopback: PostgreSQL, an S3 server, a server that pretends to be the providers."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.machines.workers import Machines, ObjectStore, object_store
from tests.paid.runs import PaidStage
from tests.postgres import fresh_database
from tests.providers.fixture import provider_process

LINES = ["NINJA: [excited] One two three, here we go.", "GLITCH: Four five six, count!", "NINJA: Seven eight, done."]


@pytest.fixture
def database() -> Iterator[str]:
    """The address of an empty database."""
    with fresh_database() as address:
        yield address


@pytest.fixture
def store() -> Iterator[ObjectStore]:
    """An S3 server of the test's own."""
    with object_store() as found:
        yield found


@pytest.fixture
def machines(tmp_path: Path, database: str, store: ObjectStore) -> Iterator[Machines]:
    """Workers that share a database, a bucket and the providers. The episode `demo` has three turns."""
    with provider_process(tmp_path / "providers", video_height=120) as providers:
        stage = PaidStage.build(tmp_path / "content", providers, slots=4)
        stage.write_episode("demo", LINES)
        yield Machines(tmp_path, stage, store, database)
