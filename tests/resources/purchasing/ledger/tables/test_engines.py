"""The engines of a ledger's database."""

import sqlite3
from pathlib import Path

import pytest
from sqlalchemy import event
from sqlalchemy.engine import make_url
from sqlalchemy.exc import OperationalError

from resources.purchasing.ledger.tables import engines


def test_what_cannot_be_opened_where_nothing_can_be_written_is_told_at_once(tmp_path: Path) -> None:
    """A state folder that has become read-only, or is gone: SQLite says no more than that it cannot open a file."""
    gone = tmp_path / "gone"
    with pytest.raises(sqlite3.OperationalError) as raised:
        sqlite3.connect(gone / "ledger.db")
    error = OperationalError("", {}, raised.value)
    assert not engines.passes(gone, error)
    assert engines.passes(tmp_path, error)  # another process may be at it


@pytest.mark.postgres  # its driver is an extra
@pytest.mark.parametrize(("written", "seconds"), [("", "10"), ("?connect_timeout=3", "3")])
def test_a_server_that_says_nothing_is_given_up_unless_the_address_says_when(written: str, seconds: str) -> None:
    given = []
    engine = engines.postgresql_engine(make_url(f"postgresql+psycopg://ninja@127.0.0.1:1/shows{written}"))

    @event.listens_for(engine, "do_connect")
    def look(_dialect: object, _record: object, _arguments: object, options: dict[str, object]) -> None:
        given.append(options)
        raise ConnectionError

    with pytest.raises(ConnectionError):
        engine.connect()
    assert str(given[0]["connect_timeout"]) == seconds
    assert {"keepalives_idle", "tcp_user_timeout"} <= given[0].keys()
