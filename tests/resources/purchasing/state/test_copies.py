"""Backups: one moment of a database in use, brought back whole, and never in the place of a run."""

import datetime as dt
import sqlite3
import threading
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Enum, Table, insert, select
from sqlalchemy.engine import make_url

from resources.core.errors import LedgerError
from resources.core.names import CellKey, Mode
from resources.core.values import Cell, Part
from resources.purchasing.ledger import ClaimKind, Ledger
from resources.purchasing.ledger.steps.reservations import Wanted
from resources.purchasing.ledger.tables.store import Store
from resources.purchasing.state.copies import back_up, restore, set_aside
from resources.purchasing.state.cut_notes import Notes
from resources.purchasing.state.state import Record, Retaken, ShowState
from resources.purchasing.state.tables import ShowRow
from tests.resources.purchasing.ledger.helpers import CAPS, buy, purchase

TABLES = ShowRow.metadata.sorted_tables
OF = Retaken.of(Mode.DRAFT, Part.VOICE, CellKey("monday", "s01"))
RECORD = Record("s01", "tts_audio", "d" * 16, {}, "{}")


def filled(url: str) -> None:
    """A database with one of each."""
    with Ledger(url, caps=CAPS) as ledger:
        buy(ledger, purchase(), request_id="r-1")
        state = ShowState.of(ledger)
        state.write("monday", Mode.DRAFT, [RECORD])
        state.count_retake(OF, "run", waits=False, keys_at=lambda _: [])


def test_everything_comes_back_and_the_database_that_was_there_is_kept(url: str, tmp_path: Path) -> None:
    filled(url)
    backup = tmp_path / "kept" / "backup.db"
    with closing(Store(url)) as store:
        assert back_up(store, backup) == 1
    with Ledger(url, caps=CAPS) as ledger:
        buy(ledger, purchase("later"), request_id="r-2")
    restored = restore(url, backup)
    assert restored.purchases == 1
    with Ledger(url, caps=CAPS) as ledger:
        assert [entry.request_id for entry in ledger.rows()] == ["r-1"]
        assert ledger.history(1)
        state = ShowState.of(ledger)
        assert state.records("monday", Mode.DRAFT) == [RECORD]
        assert state.retakes(OF) == 1
        buy(ledger, purchase("after"), request_id="r-3")  # numbers go on
    with Ledger(f"sqlite:///{restored.before}", caps=CAPS) as before:
        assert len(before.rows()) == 2


def test_every_table_comes_back_and_its_numbers_go_on(url: str, tmp_path: Path) -> None:
    backup = tmp_path / "backup.db"
    with closing(Store(url)) as store:
        with store.writing() as session:
            for table in TABLES:
                session.execute(insert(table), a_row(table))
        before = {table.name: rows_of(store, table) for table in TABLES}
        assert all(before.values())
        back_up(store, backup)
    restore(url, backup)
    restore(url, backup)  # over what it brought
    with closing(Store(url)) as store:
        assert {table.name: rows_of(store, table) for table in TABLES} == before
        for table in (each for each in TABLES if each.autoincrement_column is not None):
            with store.writing() as session:
                session.execute(insert(table), a_row(table, "other"))
            assert len(rows_of(store, table)) == len(before[table.name]) + 1


def a_row(table: Table, letters: str = "text") -> dict[str, Any]:
    """A row with a value in each column but the number that the database gives."""
    values: dict[type, Any] = {str: letters, int: len(letters), float: 1.5, bool: True, object: {"a": 1}}
    values[dt.date] = dt.date(2026, 11, 20)
    return {
        column.name: column.type.enums[0] if isinstance(column.type, Enum) else values[column.type.python_type]
        for column in table.columns
        if column is not table.autoincrement_column
    }


def rows_of(store: Store, table: Table) -> list[dict[str, Any]]:
    with store.reading() as session:
        return [dict(row) for row in session.execute(select(table)).mappings()]


def test_what_is_no_purchase_is_kept_too_and_an_empty_database_leaves_no_file(url: str, tmp_path: Path) -> None:
    backup = tmp_path / "a name" / "backup.db"
    with closing(Store(url)) as store:
        back_up(store, backup)
    if not url.startswith("sqlite"):  # a SQLite file is set aside as it is
        assert restore(url, backup).before is None
    with Ledger(url, caps=CAPS) as ledger:
        ShowState.of(ledger).count_retake(OF, "run", waits=False, keys_at=lambda _: [])
    with pytest.raises(LedgerError, match="what shows bought and wrote"):  # not by the way, and kept then
        restore(url, backup)
    restored = restore(url, backup, replace=True)
    with Ledger(f"sqlite:///{restored.before}", caps=CAPS) as before:
        assert ShowState.of(before).retakes(OF) == 1
    with Ledger(url, caps=CAPS) as ledger:
        assert ShowState.of(ledger).retakes(OF) == 0


def test_a_backup_is_one_moment_of_a_database_in_use(url: str, tmp_path: Path) -> None:
    stop = threading.Event()

    def work() -> None:
        with Ledger(url, caps=CAPS) as ledger:
            number = 0
            while not stop.is_set():
                buy(ledger, purchase(f"line {number}", usd=0.001), request_id=f"r-{number}")
                number += 1

    worker = threading.Thread(target=work)
    worker.start()
    try:
        with closing(Store(url)) as store:
            for number in range(3):
                file = tmp_path / f"backup-{number}.db"
                back_up(store, file)
                with closing(sqlite3.connect(file)) as connection:
                    [(rows, events)] = connection.execute(
                        "SELECT (SELECT count(*) FROM purchases WHERE state = 'collected'), "
                        "(SELECT count(*) FROM journal WHERE event = 'delivered')"
                    ).fetchall()
                    assert rows == events
    finally:
        stop.set()
        worker.join()


def test_nothing_is_brought_back_under_a_run(url: str, tmp_path: Path) -> None:
    filled(url)
    backup = tmp_path / "backup.db"
    with closing(Store(url)) as store:
        back_up(store, backup)
    with Ledger(url, caps=CAPS) as ledger:
        claim = ledger.claim(purchase("under way"))
        assert claim.kind is ClaimKind.SEND
        with pytest.raises(LedgerError, match="a run is under way") as refused:
            restore(url, backup)
        assert refused.value.retryable
        ledger.not_taken(ledger.sending(claim))
        ledger.reserve([Wanted(Cell(episode="monday", segment="s02", mode=Mode.DRAFT), "speaker_clips", 1.0)])
        with pytest.raises(LedgerError, match="a run is under way"):  # which is about to buy
            restore(url, backup)
        assert len(ledger.rows()) == 2


def test_purchases_of_another_show_are_replaced_only_by_word_and_kept(url: str, tmp_path: Path) -> None:
    filled(url)
    backup = tmp_path / "backup.db"
    with closing(Store(url)) as store:
        back_up(store, backup)
    with Ledger(url, caps=CAPS, show="night") as other:
        buy(other, purchase("tonight"), request_id="r-2")
    with pytest.raises(LedgerError, match="what shows bought and wrote") as refused:
        restore(url, backup)
    assert str(refused.value.why).startswith("night: 1 purchases, ")
    assert f"ninja ledger restore {backup} --replace " in str(refused.value.hint)
    with Ledger(url, caps=CAPS, show="night") as other:
        assert len(other.rows()) == 1
    restored = restore(url, backup, replace=True)
    with Ledger(url, caps=CAPS, show="night") as other:
        assert other.rows() == []
    with Ledger(f"sqlite:///{restored.before}", caps=CAPS, show="night") as before:
        assert [entry.request_id for entry in before.rows()] == ["r-2"]


def test_what_people_wrote_in_a_show_that_bought_nothing_is_replaced_only_by_word(url: str, tmp_path: Path) -> None:
    """A note is in no receipt, and no run makes it again."""
    filled(url)
    backup = tmp_path / "backup.db"
    with closing(Store(url)) as store:
        back_up(store, backup)
    with ShowState(Store(url), "night") as state:
        Notes(state).write("monday", Mode.REHEARSAL, segment="s01", seconds=1, text="louder")
    with pytest.raises(LedgerError, match="what shows bought and wrote") as refused:
        restore(url, backup)
    assert refused.value.why == "night: 0 purchases, 1 further rows"
    assert restore(url, backup, replace=True).before is not None


def test_what_is_no_backup_is_refused_and_nothing_moves(url: str, tmp_path: Path) -> None:
    filled(url)
    text, other = tmp_path / "text.db", tmp_path / "other.db"
    text.write_text("no database, " * 1000, encoding="utf-8")
    with closing(sqlite3.connect(other)) as connection:
        connection.execute("CREATE TABLE films (name TEXT)")
        connection.commit()
    for file in (text, other, tmp_path / "none.db"):
        with pytest.raises(LedgerError, match="no backup of a ledger") as refused:
            restore(url, file)
        assert str(file) in str(refused.value)
    with Ledger(url, caps=CAPS) as ledger:
        assert len(ledger.rows()) == 1


def test_a_database_whose_name_has_a_percent_sign_keeps_it_when_it_is_set_aside(tmp_path: Path) -> None:
    file = tmp_path / "100%days.db"
    file.touch()
    aside = set_aside(file)
    assert aside is not None
    assert aside.name.startswith("100%days.db.20")


def test_a_database_that_is_set_aside_takes_its_log_along(url: str, tmp_path: Path) -> None:
    if make_url(url).get_backend_name() != "sqlite":
        pytest.skip("a file is set aside")
    filled(url)
    file = tmp_path / "ledger.db"
    file.with_name("ledger.db-wal").write_bytes(b"log")
    first, second = set_aside(file), set_aside(file)
    assert first is not None
    assert second is None
    assert first.with_name(f"{first.name}-wal").read_bytes() == b"log"
    assert not file.exists()


def test_a_backup_that_cannot_be_written_is_told(url: str, tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with closing(Store(url)) as store, pytest.raises(LedgerError, match="cannot be written"):
        back_up(store, tmp_path / "file" / "backup.db")
