"""What of a database is waited for, what is said of it, and what is told at once."""

import socket
import threading
from collections.abc import Iterator
from contextlib import closing, contextmanager

import pytest
from sqlalchemy import text
from sqlalchemy.engine import make_url
from sqlalchemy.exc import DBAPIError, OperationalError

from resources.core.errors import CutOffError, LedgerError
from resources.core.settings import OF_A_COMMAND, Patience
from resources.purchasing.ledger import ClaimKind, Ledger
from resources.purchasing.ledger.tables.patience import is_away, is_refused, waiting
from resources.purchasing.ledger.tables.store import Store
from tests.postgres import OwnServer, own_server
from tests.resources.purchasing.ledger.helpers import CAPS, purchase


class RefusedError(Exception):
    """What psycopg raises where no connection comes about: it has no code."""

    sqlstate = None


def failure(words: str) -> OperationalError:
    return OperationalError("", {}, RefusedError(words))


def test_a_begin_is_tried_again_while_the_server_lets_nobody_in() -> None:
    left = [failure("connection refused"), failure("the database system is starting up")]

    def begin() -> str:
        if left:
            raise left.pop(0)
        return "begun"

    assert waiting(Patience(away=60), "postgresql://host/shows").ask(begin) == "begun"


def test_without_patience_a_server_that_is_away_is_told_at_once() -> None:
    tries: list[int] = []

    def begin() -> None:
        tries.append(1)
        raise failure("connection refused")

    with pytest.raises(OperationalError):
        waiting(OF_A_COMMAND, "").ask(begin)
    assert tries == [1]


@pytest.mark.parametrize(
    "words",
    [
        'FATAL:  password authentication failed for user "ninja"',
        'FATAL:  database "shows" does not exist',
        'FATAL:  no pg_hba.conf entry for host "10.0.0.1", user "ninja", database "shows", no encryption',
    ],
)
def test_what_no_waiting_mends_is_not_waited_for(words: str) -> None:
    assert not is_away(failure(words))
    assert is_refused(failure(words))


def test_a_server_that_is_away_refuses_nobody() -> None:
    assert not is_refused(failure("connection refused"))
    assert not is_refused(ValueError("no password supplied"))


def test_a_fault_of_what_was_asked_is_no_server_that_is_away() -> None:
    class WrongError(Exception):
        sqlstate = "42703"

    assert not is_away(DBAPIError("", {}, WrongError("column does not exist")))
    assert not is_away(ValueError())


# A real server


@pytest.fixture
def server() -> Iterator[OwnServer]:
    with own_server() as found:
        yield found


@contextmanager
def started_after(server: OwnServer, seconds: float) -> Iterator[None]:
    server.stop()
    starting = threading.Timer(seconds, server.start)
    starting.start()
    try:
        yield
    finally:
        starting.join()


@pytest.mark.postgres
def test_reads_writes_and_claims_wait_for_a_server_that_is_started_anew(server: OwnServer) -> None:
    with closing(Ledger(Store(server.address, Patience(away=60)), caps=CAPS)) as ledger:
        with started_after(server, 2.0):
            assert ledger.rows() == []
        with started_after(server, 2.0):
            claim = ledger.claim(purchase())
        assert claim.kind is ClaimKind.SEND
        with started_after(server, 2.0):
            ledger.release(claim)
        assert [entry.id for entry in ledger.rows()] == [claim.entry.id]


@pytest.mark.postgres
def test_what_waited_to_begin_goes_by_the_time_at_which_it_began(server: OwnServer) -> None:
    """A lease would else begin in the past, and one that ran out meanwhile would let a request out."""
    moment = [1000.0]
    store = Store(server.address, Patience(away=60))
    with closing(Ledger(store, caps=CAPS, lease_seconds=60, clock=lambda: moment[0])) as ledger:
        claim = ledger.claim(purchase())
        server.stop()

        def later() -> None:
            moment[0] += 90.0
            server.start()

        starting = threading.Timer(1.0, later)
        starting.start()
        with pytest.raises(CutOffError, match="its lease ran out"):
            ledger.sending(claim)
        starting.join()
        assert ledger.claim(purchase()).kind is ClaimKind.SEND


@pytest.mark.postgres
def test_a_transaction_that_broke_off_is_told_as_one_and_nothing_of_it_is_there(server: OwnServer) -> None:
    with closing(Store(server.address, Patience(away=60))) as store:

        def broken_off() -> None:
            with store.writing() as session:
                session.execute(text("UPDATE supported SET oldest = 'never'"))
                server.stop()
                server.start()
                session.execute(text("SELECT 1"))

        with pytest.raises(CutOffError) as told:
            broken_off()
        assert told.value.retryable
        with store.reading() as session:
            assert session.execute(text("SELECT oldest FROM supported")).scalar_one() != "never"


@pytest.mark.postgres
def test_a_password_that_is_not_right_any_more_is_told_at_once(server: OwnServer) -> None:
    url = make_url(server.address).set(password="another").render_as_string(hide_password=False)
    with pytest.raises(LedgerError, match="the ledger cannot be opened") as told:
        Store(url, Patience(away=3600))
    assert "password authentication failed" in str(told.value.why)
    assert not isinstance(told.value, CutOffError)


@pytest.mark.postgres
def test_a_password_that_is_changed_while_the_ledger_is_open_is_told_at_once_with_what_to_do(server: OwnServer) -> None:
    """What is to be told to the ledger then goes to the spool at once: no further try of this process can help."""
    with closing(Store(server.address, Patience(away=3600))) as store:
        server.change_password()
        with pytest.raises(LedgerError, match="the ledger cannot be written") as told, store.writing():
            pass
        assert not told.value.retryable
        assert "password authentication failed" in str(told.value.why)
        assert "let NINJA_LEDGER_URL have the user, password and database" in str(told.value.hint)
        assert str(make_url(server.address).password) not in str(told.value)


@pytest.mark.postgres
def test_a_server_that_says_nothing_is_given_up() -> None:
    """Its machine is gone, or a firewall swallows what is sent: without a limit a run would wait for hours."""
    with socket.create_server(("127.0.0.1", 0)) as silent:
        port = silent.getsockname()[1]
        with pytest.raises(LedgerError, match="the ledger cannot be opened") as told:
            Store(f"postgresql://ninja:secret@127.0.0.1:{port}/shows?connect_timeout=2")
    assert "timeout" in str(told.value.why)
