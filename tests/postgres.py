"""Databases of a test on the PostgreSQL server that `tests/with-postgres` starts."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from uuid import uuid4

import pytest
from sqlalchemy import create_engine, text
from sqlalchemy.engine import make_url

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
