"""Ledgers of earlier versions that cannot simply be taken over: each is refused and named, and nothing is lost."""

import shutil
import sqlite3
import time
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import pytest

from resources.core.errors import LedgerError
from resources.core.names import Mode
from resources.models.loading import load_show
from resources.purchasing.books import open_state
from resources.purchasing.state.takeover import old_ledger
from tests.resources.purchasing.state.takeover.earlier import old, rows_of, told
from tests.stage import Stage


def test_two_ledgers_of_earlier_versions_are_refused_and_both_are_named(before: Stage) -> None:
    other = before.root / "elsewhere" / ".library"
    other.mkdir(parents=True)
    shutil.copyfile(old(before), other / "ledger.db")
    settings = replace(before.settings(Mode.DRAFT), output=other.parent)
    with pytest.raises(LedgerError, match="two ledgers of this show") as refused:
        open_state(settings, load_show(settings.show))
    assert f"{other / 'ledger.db'}" in str(refused.value)
    assert f"{old(before)}" in str(refused.value)
    open_state(settings.in_mode(Mode.REHEARSAL), load_show(settings.show)).close()  # it buys nothing
    command = str(refused.value.hint).partition("for example: ")[2].split()
    assert command[0] == "mv"
    Path(command[1]).rename(command[2])  # as it is typed
    assert rows_of(settings) == told()


def test_a_ledger_that_an_earlier_version_began_again_beside_this_one_is_refused_and_both_are_named(
    before: Stage,
) -> None:
    content = old(before).read_bytes()
    settings = before.settings(Mode.DRAFT)
    assert rows_of(settings) == told()
    old(before).write_bytes(content)
    with pytest.raises(LedgerError, match="two ledgers of this show") as refused:
        open_state(settings, load_show(settings.show))
    assert str(old(before)) in str(refused.value)
    assert ".state/ledger.db" in str(refused.value)


def test_a_run_of_an_earlier_version_that_is_under_way_is_waited_for(before: Stage) -> None:
    with closing(sqlite3.connect(old(before))) as connection:
        connection.execute("UPDATE purchases SET lease_until = ? WHERE id = 1", (time.time() + 60,))
        connection.commit()
    settings = before.settings(Mode.DRAFT)
    with pytest.raises(LedgerError, match="a run of an earlier version") as refused:
        open_state(settings, load_show(settings.show))
    assert refused.value.retryable
    assert old(before).exists()


def test_a_show_that_comes_second_to_a_shared_output_folder_is_told_where_its_purchases_are(before: Stage) -> None:
    settings = before.settings(Mode.DRAFT)
    assert rows_of(settings) == told()
    shutil.copytree(before.show, before.root / "second" / "show", ignore=shutil.ignore_patterns(".state"))
    second = replace(
        settings,
        show=before.root / "second" / "show",
        ledger_url=f"sqlite:///{before.root}/second/show/.state/ledger.db",
        library=f"{before.root}/second/show/.state/library",
    )
    with pytest.raises(LedgerError, match="may be in the state of another one") as refused:
        open_state(second, load_show(second.show))
    assert settings.ledger_url in str(refused.value)


def test_what_is_no_ledger_is_told_with_its_place(before: Stage) -> None:
    old(before).write_bytes(b"not a database, but quite long " * 100)
    with pytest.raises(LedgerError, match="cannot be read") as refused:
        open_state(before.settings(Mode.DRAFT), load_show(before.show))
    assert str(old(before)) in str(refused.value)


def test_a_show_elsewhere_is_found_in_the_projects_output_where_earlier_versions_kept_it(
    before: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(old_ledger, "ROOT", before.root)
    settings = replace(before.settings(Mode.DRAFT), show=before.show.rename(before.show.with_name("own")))
    apart = replace(settings, output=settings.show / "output", ledger_url=f"sqlite:///{settings.state / 'ledger.db'}")
    assert rows_of(replace(apart, library=str(settings.state / "library"))) == told()
    other = before.root / "other"
    (other / "episodes").mkdir(parents=True)
    assert old_ledger.old_ledgers(replace(apart, show=other / "show", output=other / "output")) == []
