"""What a run tells Dagster while Dagster's own storage is away: events when it is back, and lines of the log in vain.

Dagster tries for some seconds and then raises, of a line of the log, too, in whatever thread has written it.
"""

import logging
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from typing import Final

from sqlalchemy.exc import DataError, IntegrityError, NotSupportedError, ProgrammingError, SQLAlchemyError
from tenacity import Retrying, retry_if_exception, stop_after_delay, wait_fixed

from resources.core.progress import LOGGER
from resources.core.settings import OF_A_RUN
from resources.purchasing.ledger.tables.patience import is_refused

_PAUSE_SECONDS: Final = 1.0  # Dagster has tried for some already
_FOUND_WRONG: Final = (DataError, IntegrityError, NotSupportedError, ProgrammingError)


def is_storage_away(error: BaseException | None) -> bool:
    """Whether Dagster's database could not be reached: its own error of PostgreSQL has SQLAlchemy's as its cause.

    One that lets nobody in by this address, as when a password was changed, is there; so is one that takes what is told
    and finds it wrong.
    """
    cause = error if isinstance(error, SQLAlchemyError) else getattr(error, "__cause__", None)
    return isinstance(cause, SQLAlchemyError) and not isinstance(cause, _FOUND_WRONG) and not is_refused(cause)


def surely(tell: Callable[[], object]) -> None:
    """Tell Dagster something, for as long as a run waits for a database. Raises what the last try raised.

    What was written though the answer did not come is told twice: that changes nothing of a cell.
    """
    Retrying(
        retry=retry_if_exception(is_storage_away),
        stop=stop_after_delay(OF_A_RUN.away),
        wait=wait_fixed(_PAUSE_SECONDS),
        reraise=True,
    )(tell)


@contextmanager
def lines_apart() -> Iterator[None]:
    """For the block, a line of this project's log that cannot be written is lost, and raises nowhere."""
    handlers = list(LOGGER.handlers)
    LOGGER.handlers[:] = map(_Apart, handlers)
    try:
        yield
    finally:
        LOGGER.handlers[:] = handlers


class _Apart(logging.Handler):
    """A handler whose errors are its own matter: Dagster's says on stderr what it could not write."""

    def __init__(self, handler: logging.Handler) -> None:
        super().__init__(handler.level)
        self._handler = handler

    def emit(self, record: logging.LogRecord) -> None:
        """Hand on a line."""
        with suppress(Exception):
            self._handler.handle(record)
