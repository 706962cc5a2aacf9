"""What a run tells Dagster while Dagster's storage is away."""

import logging

import pytest
from sqlalchemy.exc import DBAPIError, IntegrityError, OperationalError, ProgrammingError

from ninja_assets.cells.running import event_log
from ninja_assets.cells.running.event_log import is_storage_away, lines_apart, surely
from resources.core.progress import LOGGER


class TooManyRetriesError(Exception):
    """What Dagster's storage raises on PostgreSQL, with the cause in it."""


class NoWayInError(Exception):
    """What psycopg2 raises where no connection comes about: it has no code."""

    pgcode = None


def away(words: str = "connection refused") -> TooManyRetriesError:
    error = TooManyRetriesError("too many retries for DB connection")
    error.__cause__ = OperationalError("", {}, NoWayInError(words))
    return error


class Away(logging.Handler):
    def emit(self, record: logging.LogRecord) -> None:
        assert record.getMessage()
        raise away()


@pytest.fixture
def away_handler() -> logging.Handler:
    return Away()


def test_a_line_that_cannot_be_written_raises_nowhere_and_reaches_the_others(
    caplog: pytest.LogCaptureFixture, away_handler: logging.Handler
) -> None:
    LOGGER.addHandler(away_handler)
    try:
        before = list(LOGGER.handlers)
        with caplog.at_level(logging.INFO, "ninja"), lines_apart():
            logging.getLogger("ninja.fal").info("rendering")
        assert LOGGER.handlers == before
    finally:
        LOGGER.removeHandler(away_handler)
    assert [record.getMessage() for record in caplog.records] == ["rendering"]


def test_what_is_told_is_told_again_until_it_arrives(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(event_log, "_PAUSE_SECONDS", 0.0)
    troubles = [away(), away()]
    arrived: list[str] = []

    def tell() -> None:
        if troubles:
            raise troubles.pop()
        arrived.append("event")

    surely(tell)
    assert arrived == ["event"]


@pytest.mark.parametrize("kind", [IntegrityError, ProgrammingError])
def test_a_storage_that_finds_wrong_what_it_is_told_is_not_away(kind: type[DBAPIError]) -> None:
    error = TooManyRetriesError("too many retries for DB connection")
    error.__cause__ = kind("", {}, NoWayInError("a trigger raised"))
    assert not is_storage_away(error)


def test_another_error_is_raised_at_once() -> None:
    tries: list[int] = []

    def tell() -> None:
        tries.append(1)
        raise ValueError("no such asset")

    with pytest.raises(ValueError, match="no such asset"):
        surely(tell)
    assert tries == [1]
    assert is_storage_away(away())
    assert not is_storage_away(None)


def test_a_storage_that_lets_nobody_in_is_not_away() -> None:
    """No waiting mends a password that was changed: each event of a run would wait for itself."""
    assert not is_storage_away(away('FATAL:  password authentication failed for user "ninja"'))
