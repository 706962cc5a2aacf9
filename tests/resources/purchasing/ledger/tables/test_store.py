"""Opening a ledger: from nothing, from an older schema, all at once, and never from a newer one."""

import re
import sqlite3
import subprocess
import sys
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing, contextmanager
from pathlib import Path
from uuid import uuid4

import pytest
from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Engine, create_engine, inspect, text
from sqlalchemy.engine import make_url
from sqlalchemy.exc import TimeoutError as NoConnectionError

from resources.core.errors import LedgerError
from resources.core.settings import OF_A_COMMAND, Patience
from resources.purchasing.ledger import ClaimKind, Ledger
from resources.purchasing.ledger.tables import store
from resources.purchasing.ledger.tables.rows import REVISIONS, Base
from resources.purchasing.ledger.tables.store import Store, shown_address
from tests.postgres import fresh_database
from tests.resources.purchasing.ledger.helpers import CAPS, purchase


@pytest.fixture
def empty(url: str) -> str:
    """The address of a database without a single table."""
    parsed = make_url(url)
    if parsed.get_backend_name() == "sqlite":
        Path(str(parsed.database)).unlink()
    return url


def config() -> Config:
    found = Config()
    found.set_main_option("script_location", str(Path(store.__file__).parent / "migrations"))
    return found


def engine_of(url: str) -> Engine:
    parsed = make_url(url)
    return create_engine(parsed if parsed.drivername == "sqlite" else parsed.set(drivername="postgresql+psycopg"))


def migrate(url: str, revision: str) -> None:
    engine = engine_of(url)
    with engine.begin() as connection:
        own = config()
        own.attributes["connection"] = connection
        command.upgrade(own, revision)
    engine.dispose()


def test_the_program_knows_every_migration_in_order() -> None:
    scripts = ScriptDirectory.from_config(config())
    assert tuple(script.revision for script in reversed(list(scripts.walk_revisions()))) == REVISIONS


def test_migrating_from_nothing_gives_the_tables_that_the_program_reads(empty: str) -> None:
    Store(empty).close()
    engine = engine_of(empty)
    with engine.connect() as connection:
        assert compare_metadata(MigrationContext.configure(connection), Base.metadata) == []
    engine.dispose()


def test_an_older_ledger_is_moved_on_and_keeps_what_was_paid_for(empty: str) -> None:
    migrate(empty, "0001")
    wanted = purchase()
    engine = engine_of(empty)
    columns = {
        "key": wanted.key,
        "provider": "fal",
        "endpoint": wanted.endpoint,
        "asset": "speaker_clips",
        "episode": "monday",
        "segment": "s01",
        "mode": "draft",
        "take": 1,
        "arguments": "{}",
        "state": "submitted",
        "charge": "possible",
        "settled": False,
        "imported": False,
        "estimated_micros": 1_000_000,
        "unit": "second",
        "units": 10.0,
        "unit_price_usd": 0.1,
        "price_date": "2026-11-21",
        "request_id": "old-1",
        "facts": "{}",
        "lease_until": 0.0,
        "intended_at": 0.0,
    }
    names = ", ".join(columns)
    values = ", ".join(f":{name}" for name in columns)
    with engine.begin() as connection:
        connection.execute(text(f"INSERT INTO purchases ({names}) VALUES ({values})"), columns)  # noqa: S608
        assert not inspect(connection).has_table("uploads")
    engine.dispose()
    with Ledger(empty, caps=CAPS) as ledger:
        claim = ledger.claim(wanted)
        assert (claim.kind, claim.entry.request_id) == (ClaimKind.ATTACH, "old-1")
        assert ledger.upload("a" * 64, "fal") is None


BOUGHT = (
    ("a", "s01", 2, "hello"),
    *(("b", "s02", 2, "one"), ("c", "s02", 2, "two")),
    *(("d", "s03", 2, "yes"), ("e", "s04", 1, "yes")),
    *(("f", "s05", 1, "moved"), ("g", "s05", 2, "moved")),
    ("h", "s06", 2, None),
)


def test_a_retake_of_an_older_ledger_is_of_the_line_that_was_bought_by_it(empty: str) -> None:
    migrate(empty, "0012")
    engine = engine_of(empty)
    purchase_of = (
        "INSERT INTO purchases (key, provider, endpoint, asset, episode, segment, mode, take, arguments, state, charge,"
        " settled, imported, estimated_micros, unit, units, unit_price_usd, price_date, facts, lease_until,"
        " intended_at, show, content) VALUES (:key, 'elevenlabs', 'v3', 'tts_audio', 'monday', :segment, 'draft',"
        " :take, '{}', 'collected', 'charged', false, false, 1, 'c', 1, 1, '2026-11-21', '{}', 0, 0, 'show', :content)"
    )
    retake = (
        "INSERT INTO retakes (show, scope, part, episode, segment, root_run, number, counted, keys, asked_at, receipt)"
        " VALUES ('show', 'paid', 'voice', 'monday', :segment, :run, :number, true, '', 0, 'of its place')"
    )
    reuse = (
        "INSERT INTO reuses (purchase_id, show, asset, episode, segment, mode, times, first_at, last_at)"
        " SELECT id, show, asset, episode, 's09', mode, 1, 0, 0 FROM purchases WHERE key = 'g'"
    )
    with engine.begin() as connection:
        for key, segment, take, content in BOUGHT:
            values = {"key": key, "segment": segment, "take": take, "content": content}
            connection.execute(text(purchase_of), values)
        connection.execute(text(reuse))
        for segment in ("s01", "s02", "s03", "s05", "s06"):
            connection.execute(text(retake), {"segment": segment, "run": segment, "number": 1})
            chosen = "INSERT INTO chosen_takes VALUES ('show', 'paid', 'voice', 'monday', :segment, 0, 1, 0)"
            connection.execute(text(chosen), {"segment": segment})
    engine.dispose()
    Store(empty).close()
    engine = engine_of(empty)
    with engine.connect() as connection:
        for table in ("retakes", "chosen_takes"):
            rows = connection.execute(text(f"SELECT segment, content FROM {table} ORDER BY segment")).all()  # noqa: S608
            # Of two lines, of one that stood elsewhere too, and of one that is not known, it stays of the place.
            of_places = [(segment, "") for segment in ("s02", "s03", "s05", "s06")]
            assert [tuple(row) for row in rows] == [("s01", "hello"), *of_places]
        # The receipt of before does not tell the line: a further one is written.
        assert connection.execute(text("SELECT segment FROM retakes WHERE receipt IS NULL")).scalars().all() == ["s01"]
    engine.dispose()


def test_a_newer_ledger_is_refused_and_left_alone(url: str) -> None:
    Store(url).close()
    engine = engine_of(url)
    with engine.begin() as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = '9999'"))
        connection.execute(text("UPDATE supported SET oldest = '9998'"))
    with pytest.raises(LedgerError, match="the ledger has schema 9999; this program knows up to") as refusal:
        Store(url)
    assert "update this program" in str(refusal.value.hint)
    with engine.connect() as connection:
        assert connection.execute(text("SELECT version_num FROM alembic_version")).scalar_one() == "9999"
    engine.dispose()


def test_a_newer_ledger_that_this_program_can_work_with_is_used_as_it_is(url: str) -> None:
    Store(url).close()
    engine = engine_of(url)
    with engine.begin() as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = '9999'"))
        assert connection.execute(text("SELECT oldest FROM supported")).scalar_one() in REVISIONS
    with Ledger(url, caps=CAPS) as ledger:
        assert ledger.claim(purchase()).kind is ClaimKind.SEND
    with engine.connect() as connection:
        assert connection.execute(text("SELECT version_num FROM alembic_version")).scalar_one() == "9999"
    engine.dispose()


def test_many_open_a_new_ledger_at_once(empty: str) -> None:
    failures: list[BaseException] = []
    barrier = threading.Barrier(6)

    def work() -> None:
        barrier.wait()
        try:
            Store(empty).close()
        except LedgerError as error:
            failures.append(error)

    threads = [threading.Thread(target=work) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert failures == []
    assert Store(empty).url is not None


@pytest.mark.parametrize(
    "address", ["sqlite://", "sqlite:///:memory:", "mysql://u:pw@h/d", "not a url", "", "postgresql://u:pw@h:port/d"]
)
def test_a_ledger_lives_in_a_file_or_on_a_server(address: str) -> None:
    with pytest.raises(LedgerError) as refusal:
        Store(address)
    assert "NINJA_LEDGER_URL" in str(refusal.value.hint)
    assert "pw" not in str(refusal.value)


def test_a_file_that_is_no_database_is_refused_by_name(tmp_path: Path) -> None:
    path = tmp_path / "ledger.db"
    path.write_text("this is not a database, " * 100, encoding="utf-8")
    with pytest.raises(LedgerError, match="the ledger cannot be opened") as refusal:
        Store(f"sqlite:///{path}")
    assert str(path) in str(refusal.value.where)


def test_a_file_that_cannot_be_opened_is_told_with_what_helps(tmp_path: Path) -> None:
    with pytest.raises(LedgerError, match="the ledger cannot be opened") as refusal:
        Store(f"sqlite:///{tmp_path}")  # a folder
    assert "it is no file" in str(refusal.value.why)
    assert "NINJA_LEDGER_URL" in str(refusal.value.hint)


@pytest.mark.postgres
def test_a_server_that_is_not_there_is_told_without_the_password() -> None:
    pytest.importorskip("psycopg", reason="pip install 'ninja-assets[postgres]'")
    with pytest.raises(LedgerError, match="the ledger cannot be opened") as refusal:
        Store("postgresql://someone:hunter2@127.0.0.1:9/nowhere")
    assert "hunter2" not in str(refusal.value)
    assert "NINJA_LEDGER_URL" in str(refusal.value.hint)
    assert "\n" not in str(refusal.value.why)
    assert refusal.value.retryable


@contextmanager
def as_somebody(address: str) -> Iterator[tuple[str, Engine]]:
    """The address of a database for a user who owns nothing of it; and the server as its administrator has it."""
    user, url = f"ninja_{uuid4().hex[:8]}", make_url(address)
    admin = create_engine(url.set(drivername="postgresql+psycopg"), isolation_level="AUTOCOMMIT")
    with admin.connect() as connection:
        connection.execute(text(f"REVOKE CREATE ON SCHEMA public FROM PUBLIC; CREATE ROLE {user} LOGIN PASSWORD 'pw'"))
    yield url.set(username=user, password="pw").render_as_string(hide_password=False), admin
    with admin.connect() as connection:
        connection.execute(text(f"REASSIGN OWNED BY {user} TO CURRENT_USER"))
        connection.execute(text(f"DROP OWNED BY {user}; DROP ROLE {user}"))
    admin.dispose()


@pytest.mark.postgres
@pytest.mark.parametrize("before", ["nothing is there", "another user made the tables"])
def test_what_gives_a_user_the_rights_that_are_missing_is_told_and_helps(before: str) -> None:
    with fresh_database() as address, as_somebody(address) as (somebody, admin):
        if before != "nothing is there":
            Store(address).close()
        with pytest.raises(LedgerError, match="the ledger cannot be opened") as refusal:
            Store(somebody)
        assert "permission denied" in str(refusal.value.why)
        told = re.fullmatch(
            r"as the server's administrator let \w+ own it: psql -d \w+ -c '(.+)'", refusal.value.hint or ""
        )
        assert told is not None
        with admin.connect() as connection:
            connection.execute(text(told[1]))
        with closing(Store(somebody)) as opened, opened.writing() as session:
            session.execute(text("UPDATE purchases SET reason = reason WHERE false"))


@contextmanager
def database_in(encoding: str) -> Iterator[str]:
    """The address of a database in that encoding."""
    with fresh_database() as address:
        url, name = make_url(address), f"ninja_{uuid4().hex}"
        admin = create_engine(url.set(drivername="postgresql+psycopg"), isolation_level="AUTOCOMMIT")
        like = f"ENCODING '{encoding}' LC_COLLATE 'C' LC_CTYPE 'C' TEMPLATE template0"
        with admin.connect() as connection:
            connection.execute(text(f"CREATE DATABASE {name} {like}"))
        yield url.set(database=name).render_as_string(hide_password=False)
        with admin.connect() as connection:
            connection.execute(text(f"DROP DATABASE {name} WITH (FORCE)"))
        admin.dispose()


@pytest.mark.postgres
def test_a_database_that_does_not_look_at_letters_gives_back_what_it_was_given() -> None:
    with database_in("SQL_ASCII") as address, closing(Store(address)) as opened, opened.writing() as session:
        session.execute(text("UPDATE supported SET oldest = :said"), {"said": "żółw 忍者"})
        assert session.execute(text("SELECT oldest FROM supported")).scalar_one() == "żółw 忍者"


@pytest.mark.postgres
def test_a_database_without_some_letters_is_told_with_the_way_to_one_that_has_all() -> None:
    with database_in("LATIN1") as address, closing(Store(address)) as opened:
        with pytest.raises(LedgerError, match="the ledger cannot be written") as refusal, opened.writing() as session:
            session.execute(text("UPDATE supported SET oldest = :said"), {"said": "忍者"})
        assert "createdb --encoding=UTF8" in str(refusal.value.hint)


@pytest.mark.postgres
def test_a_server_that_only_reads_is_told_as_one() -> None:
    with fresh_database() as address:
        read_only = f"{address}?options=-c%20default_transaction_read_only%3Don"
        with pytest.raises(LedgerError, match="the ledger cannot be opened") as refusal:
            Store(read_only)
    assert refusal.value.hint is not None
    assert refusal.value.hint.startswith("name the server that takes writes in NINJA_LEDGER_URL")


@pytest.mark.parametrize("secret", ["password", "PassWord", "sslpassword"])
def test_a_password_among_the_options_of_an_address_is_not_shown(secret: str) -> None:
    shown = shown_address(f"postgresql://someone@db/shows?{secret}=hunter2&sslmode=require")
    assert shown == "postgresql://someone@db/shows?sslmode=require"


def test_a_password_with_an_at_sign_is_refused_and_no_part_of_it_is_shown() -> None:
    with pytest.raises(LedgerError, match="more than one @") as refusal:
        Store("postgresql://someone:hun@ter2@db/shows")
    assert "ter2" not in str(refusal.value)
    assert "%40" in str(refusal.value.hint)


def test_an_error_in_a_block_takes_the_whole_transaction_back(url: str) -> None:
    store = Store(url)

    def broken() -> None:
        with store.writing() as session:
            session.execute(text("DELETE FROM alembic_version"))
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        broken()
    with store.reading() as session:
        assert session.execute(text("SELECT version_num FROM alembic_version")).scalar_one() == REVISIONS[-1]
    store.close()


def rows(store: Store) -> int:
    with store.reading() as session:
        return int(session.execute(text("SELECT count(*) FROM supported")).scalar_one())


def test_stores_of_one_file_share_their_statements_and_each_can_be_closed(tmp_path: Path) -> None:
    address = f"sqlite:///{tmp_path}/ledger.db"
    with closing(Store(address)) as kept, kept.reading() as session:
        first = session.execute(text("SELECT oldest FROM supported")).scalar_one()
        with closing(Store(address)) as other:
            assert other._engine is kept._engine
            assert rows(other) == 1
        assert session.execute(text("SELECT oldest FROM supported")).scalar_one() == first
    with closing(Store(address)) as again:
        assert again._engine is kept._engine
        assert rows(again) == 1


def test_no_store_waits_for_another_of_its_process(tmp_path: Path) -> None:
    """Of a pool with an end, threads that hold one connection and ask for a second wait for each other."""
    address, threads = f"sqlite:///{tmp_path}/ledger.db", 40
    together = threading.Barrier(threads, timeout=60)

    def nested(_: int) -> int:
        with closing(Store(address)) as store, store.reading():
            together.wait()
            with closing(Store(address)) as other:
                return rows(other)

    with ThreadPoolExecutor(threads) as pool:
        assert list(pool.map(nested, range(threads))) == [1] * threads


def test_a_file_that_was_put_in_the_place_of_another_is_what_is_read_and_written(tmp_path: Path) -> None:
    """As by `ninja ledger restore` or `rebuild`, while a store is open: what went to the old file would be lost."""
    place, restored = tmp_path / "ledger.db", tmp_path / "restored.db"
    for file in (place, restored):
        Store(f"sqlite:///{file}").close()
    with closing(sqlite3.connect(restored)) as connection, connection:
        connection.execute("UPDATE supported SET oldest = 'theirs'")
    with closing(Store(f"sqlite:///{place}")) as store:
        assert rows(store) == 1
        place.rename(tmp_path / "aside.db")
        restored.rename(place)
        with store.reading() as session:
            assert session.execute(text("SELECT oldest FROM supported")).scalar_one() == "theirs"


def test_a_file_that_was_taken_away_is_told_and_no_empty_one_is_made_in_its_place(tmp_path: Path) -> None:
    place = tmp_path / "ledger.db"
    with closing(Store(f"sqlite:///{place}")) as store:
        assert rows(store) == 1
        place.rename(tmp_path / "aside.db")
        with pytest.raises(LedgerError, match="the ledger cannot be read") as told:
            rows(store)
        assert "taken away" in str(told.value.why)
        assert not place.exists()


def test_an_address_that_is_told_from_a_folder_is_of_that_folder(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("ours", "theirs"):
        (tmp_path / name).mkdir()
        monkeypatch.chdir(tmp_path / name)
        with closing(Store("sqlite:///ledger.db")) as store, store.writing() as session:
            session.execute(text("UPDATE supported SET oldest = :name"), {"name": name})
        with closing(Store(f"sqlite:///{tmp_path}/{name}/ledger.db")) as store, store.reading() as session:
            assert session.execute(text("SELECT oldest FROM supported")).scalar_one() == name


def test_a_store_that_closes_leaves_the_others_of_its_process_their_patience(tmp_path: Path) -> None:
    address = f"sqlite:///{tmp_path}/ledger.db"
    with closing(Store(address)) as kept, closing(Store(address)) as other:
        other._settle()
        with kept.reading() as session:
            patience = session.execute(text("PRAGMA busy_timeout")).scalar_one()
    assert patience == 1000 * OF_A_COMMAND.busy


def test_a_file_that_another_program_holds_is_told_when_patience_ends_with_what_helps(tmp_path: Path) -> None:
    file = tmp_path / "ledger.db"
    with closing(Store(f"sqlite:///{file}", Patience(busy=0.2))) as held, closing(sqlite3.connect(file)) as other:
        other.execute("BEGIN IMMEDIATE")
        with pytest.raises(LedgerError, match="the ledger cannot be written") as told, held.writing():
            pass
        assert told.value.retryable
        assert "close the program that holds that file" in str(told.value.hint)


_FORKED = """
import os, sys
from sqlalchemy import text
from resources.purchasing.ledger.tables.store import Store

store = Store(sys.argv[1])
with store.reading() as session:  # its connection is in the pool afterwards
    session.execute(text("SELECT 1"))
child = os.fork()
forked = Store(sys.argv[1])
with forked.writing(alone=True) as session:
    mine = " forked" if child == 0 else " own"
    session.execute(text("UPDATE supported SET oldest = oldest || :mine"), {"mine": mine})
own = forked._engine is store._engine
forked.close()
if child == 0:
    os._exit(1 if own else 0)
assert own and os.waitpid(child, 0)[1] == 0
with store.reading() as session:
    print(session.execute(text("SELECT oldest FROM supported")).scalar_one())
"""


def test_a_process_that_was_forked_has_connections_of_its_own(tmp_path: Path) -> None:
    asked = [sys.executable, "-c", _FORKED, f"sqlite:///{tmp_path}/ledger.db"]
    said = subprocess.run(asked, check=True, capture_output=True, text=True, timeout=120).stdout
    assert {"forked", "own"} < set(said.split())


def test_waiting_in_vain_for_a_connection_passes_and_is_tried_again(url: str) -> None:
    unread = pytest.raises(LedgerError, match="the ledger cannot be read")
    with closing(Store(url)) as store, unread as trouble, store.reading():
        raise NoConnectionError("QueuePool limit of size 2 overflow 0 reached")
    assert trouble.value.retryable


@pytest.mark.postgres
def test_many_threads_of_a_process_share_two_connections() -> None:
    asked = text("SELECT count(*) FROM pg_stat_activity WHERE datname = current_database()")
    with fresh_database() as address, closing(Store(address)) as opened:

        def look(_: int) -> int:
            with opened.writing(alone=True) as session:
                opened.now()  # from the clock that the opened ledger keeps
                return int(session.execute(asked).scalar_one())

        with ThreadPoolExecutor(12) as threads:
            assert max(threads.map(look, range(60))) <= 2
