"""What of a database is waited for before a transaction begins: a server that is away, or is started anew.

Nothing was done by then, so nothing can be done twice: a begin is tried again, whatever is to follow. A transaction
that broke off in its middle is told as `CutOffError`, and done once more by who knows that it may be.
"""

from typing import Final

from sqlalchemy.exc import DBAPIError, OperationalError
from sqlalchemy.exc import TimeoutError as NoConnectionError

from resources.core.servers.asking import Waiting
from resources.core.settings import Patience

# What PostgreSQL says of an address that is wrong, or is not wrong any more: waiting mends none of it. It has no code.
_REFUSALS: Final = ("password authentication failed", "no pg_hba.conf entry", "does not exist", "no password supplied")


def waiting(patience: Patience, shown: str) -> Waiting:
    """The patience with one opened database, whose address is `shown` so."""
    return Waiting("the ledger's database", shown, patience.away, is_away=is_away, words=_words)


def is_away(error: BaseException) -> bool:
    """Whether a server could not be reached, went away, or lets nobody in yet: nothing is wrong with what was asked."""
    if isinstance(error, NoConnectionError):
        return True
    if not isinstance(error, DBAPIError) or error.orig is None:
        return False
    state = getattr(error.orig, "sqlstate", "")  # SQLite has none
    if error.connection_invalidated or str(state).startswith(("57P", "08")):
        return True
    return _found_no_way_in(error) and not is_refused(error)


def is_refused(error: BaseException) -> bool:
    """Whether a server is there and lets nobody in by this address, as when a password was changed."""
    return _found_no_way_in(error) and any(words in str(getattr(error, "orig", "")) for words in _REFUSALS)


def _found_no_way_in(error: BaseException) -> bool:
    """Whether no connection came about: neither psycopg nor psycopg2 has a code of such an error. SQLite has none."""
    if not isinstance(error, OperationalError):
        return False
    return getattr(error.orig, "sqlstate", getattr(error.orig, "pgcode", "")) is None


def _words(error: BaseException) -> str:
    return str(error.orig if isinstance(error, DBAPIError) else error)
