"""The show as a request of the desk finds it."""

import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from ninja_assets.desk.site import opened
from ninja_assets.desk.site.opened import Desk
from resources.core.errors import LedgerError
from resources.core.names import Mode
from resources.core.settings import OF_A_COMMAND, OF_A_PAGE, Patience
from resources.purchasing.books import open_state
from resources.purchasing.state.cut_notes import Notes
from tests.stage import build_stage


def test_a_click_on_a_ledger_that_another_program_holds_is_answered_soon(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert OF_A_PAGE.busy < OF_A_COMMAND.busy / 10
    monkeypatch.setattr(opened, "OF_A_PAGE", Patience(busy=0.2))
    stage = build_stage(tmp_path)
    desk = Desk(stage.settings())
    with open_state(desk.settings, desk.show()):
        pass
    file = desk.settings.ledger_url.removeprefix("sqlite:///")
    with closing(sqlite3.connect(file)) as other, desk.state(desk.show()) as state:
        assert state is not None
        other.execute("BEGIN IMMEDIATE")
        with pytest.raises(LedgerError, match="the ledger cannot be written") as told:
            Notes(state).write("demo", Mode.REHEARSAL, segment="s01", seconds=1, text="louder")
    assert "close the program that holds that file" in str(told.value.hint)
