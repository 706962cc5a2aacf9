"""What earlier versions kept below the output folder is found where it is, and taken over once."""

import shutil
import sqlite3
import time
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import pytest

from resources.core.errors import LedgerError
from resources.core.library import Library
from resources.core.names import CellKey, Mode
from resources.core.settings import Settings
from resources.core.values import Part
from resources.models.loading import load_show
from resources.models.prices import read_sheet
from resources.purchasing.books import find_ledger, find_state, open_ledger, open_state
from resources.purchasing.requests.takes import Takes
from resources.purchasing.state import takeover
from resources.purchasing.taken_prices import TakenPrices
from tests.fixtures.bought import bought_before, manifest
from tests.stage import Stage, paid_show


@pytest.fixture
def stage(tmp_path: Path) -> Stage:
    """What an earlier version left."""
    return Stage(bought_before(tmp_path))


def rows_of(settings: Settings) -> dict[int, str]:
    """Every purchase of the show: its number and its key."""
    with closing(open_ledger(settings, load_show(settings.show))) as ledger:
        return {entry.id: entry.key for entry in ledger.rows()}


def told() -> dict[int, str]:
    return {row["id"]: row["key"] for row in manifest()["purchases"]}


def old(stage: Stage) -> Path:
    return stage.output / ".library" / "ledger.db"


def test_purchases_media_prices_and_takes_are_brought_into_the_shows_own_folder(stage: Stage) -> None:
    settings = stage.settings(Mode.DRAFT)
    refreshed = read_sheet(old(stage).with_name("prices.json"))
    assert rows_of(settings) == told()
    assert settings.library == str(stage.show / ".state" / "library")
    with closing(open_ledger(settings, load_show(settings.show))) as ledger:
        files = [entry.media for entry in ledger.rows() if entry.media]
    assert files
    assert all(Library(settings.library).has(media) for media in files)
    with open_state(settings, load_show(settings.show)) as state:
        assert set(TakenPrices(state).sheet().price) == set(refreshed.price)
        assert Takes(state, Mode.DRAFT).current(CellKey("pilot", "s02"), Part.VOICE, 1) == 2
    assert {path.name for path in old(stage).parent.iterdir()} == {"ledger.db.taken-over", "taken-over.json"}
    assert (stage.show / ".state" / ".gitignore").read_text(encoding="utf-8").endswith("*\n")


def test_it_is_taken_over_once_and_deleting_the_output_folder_loses_nothing(stage: Stage) -> None:
    settings = stage.settings(Mode.DRAFT)
    assert rows_of(settings) == told()
    shutil.rmtree(stage.output)
    assert rows_of(settings) == told()


def test_a_start_that_died_after_the_rows_came_over_is_finished_by_the_next(
    stage: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings = stage.settings(Mode.DRAFT)

    def dies(*_: object) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr("resources.purchasing.state.takeover._take_library", dies)
        with pytest.raises(KeyboardInterrupt):
            open_state(settings, load_show(settings.show))
    with monkeypatch.context() as patch:
        patch.setattr("resources.purchasing.state.takeover._take_retakes", dies)
        with pytest.raises(KeyboardInterrupt):
            open_state(settings, load_show(settings.show))
    assert rows_of(settings) == told()
    with open_state(settings, load_show(settings.show)) as state:
        assert Takes(state, Mode.DRAFT).current(CellKey("pilot", "s02"), Part.VOICE, 1) == 2


def test_what_is_read_first_is_found_too(stage: Stage) -> None:
    settings = stage.settings()
    ledger = find_ledger(settings, load_show(settings.show))
    assert ledger is not None
    ledger.close()


def test_where_nothing_was_ever_bought_nothing_is_made_by_reading(tmp_path: Path) -> None:
    stage = paid_show(tmp_path)
    assert find_state(stage.settings(), load_show(stage.show)) is None
    assert not (stage.show / ".state").exists()


def test_a_show_with_an_id_takes_over_what_was_bought_before_shows_had_one(stage: Stage) -> None:
    named(stage, "anchors")
    settings = stage.settings(Mode.DRAFT)
    assert rows_of(settings) == told()


def test_a_show_that_gives_itself_an_id_later_keeps_what_it_has(stage: Stage) -> None:
    settings = stage.settings(Mode.DRAFT)
    assert rows_of(settings) == told()
    named(stage, "anchors")
    assert rows_of(settings) == told()
    with open_state(settings, load_show(settings.show)) as state:
        assert state.show == "anchors"
        assert Takes(state, Mode.DRAFT).current(CellKey("pilot", "s02"), Part.VOICE, 1) == 2


def test_two_ledgers_of_earlier_versions_are_refused_and_both_are_named(stage: Stage) -> None:
    other = stage.root / "elsewhere" / ".library"
    other.mkdir(parents=True)
    shutil.copyfile(old(stage), other / "ledger.db")
    settings = replace(stage.settings(Mode.DRAFT), output=other.parent)
    with pytest.raises(LedgerError, match="two ledgers of this show") as refused:
        open_state(settings, load_show(settings.show))
    assert f"{other / 'ledger.db'}" in str(refused.value)
    assert f"{old(stage)}" in str(refused.value)
    open_state(settings.in_mode(Mode.REHEARSAL), load_show(settings.show)).close()  # it buys nothing
    command = str(refused.value.hint).partition("for example: ")[2].split()
    assert command[0] == "mv"
    Path(command[1]).rename(command[2])  # as it is typed
    assert rows_of(settings) == told()


def test_a_ledger_that_an_earlier_version_began_again_beside_this_one_is_refused_and_both_are_named(
    stage: Stage,
) -> None:
    before = old(stage).read_bytes()
    settings = stage.settings(Mode.DRAFT)
    assert rows_of(settings) == told()
    old(stage).write_bytes(before)
    with pytest.raises(LedgerError, match="two ledgers of this show") as refused:
        open_state(settings, load_show(settings.show))
    assert str(old(stage)) in str(refused.value)
    assert ".state/ledger.db" in str(refused.value)


def test_a_run_of_an_earlier_version_that_is_under_way_is_waited_for(stage: Stage) -> None:
    with closing(sqlite3.connect(old(stage))) as connection:
        connection.execute("UPDATE purchases SET lease_until = ? WHERE id = 1", (time.time() + 60,))
        connection.commit()
    settings = stage.settings(Mode.DRAFT)
    with pytest.raises(LedgerError, match="a run of an earlier version") as refused:
        open_state(settings, load_show(settings.show))
    assert refused.value.retryable
    assert old(stage).exists()


def test_a_show_that_comes_second_to_a_shared_output_folder_is_told_where_its_purchases_are(stage: Stage) -> None:
    settings = stage.settings(Mode.DRAFT)
    assert rows_of(settings) == told()
    shutil.copytree(stage.show, stage.root / "second" / "show", ignore=shutil.ignore_patterns(".state"))
    second = replace(
        settings,
        show=stage.root / "second" / "show",
        ledger_url=f"sqlite:///{stage.root}/second/show/.state/ledger.db",
        library=f"{stage.root}/second/show/.state/library",
    )
    with pytest.raises(LedgerError, match="may be in the state of another one") as refused:
        open_state(second, load_show(second.show))
    assert settings.ledger_url in str(refused.value)


def test_a_database_that_was_named_is_taken_as_it_is_with_its_library(stage: Stage) -> None:
    """NINJA_LEDGER_URL and NINJA_LIBRARY keep working: nothing moves."""
    library = stage.output / ".library"
    settings = replace(stage.settings(Mode.DRAFT), ledger_url=f"sqlite:///{old(stage)}", library=str(library))
    assert rows_of(settings) == told()
    with open_state(settings, load_show(settings.show)) as state:
        assert Takes(state, Mode.DRAFT).current(CellKey("pilot", "s02"), Part.VOICE, 1) == 2
    assert old(stage).exists()
    assert (library / "media").exists()


def test_what_is_no_ledger_is_told_with_its_place(stage: Stage) -> None:
    old(stage).write_bytes(b"not a database, but quite long " * 100)
    with pytest.raises(LedgerError, match="cannot be read") as refused:
        open_state(stage.settings(Mode.DRAFT), load_show(stage.show))
    assert str(old(stage)) in str(refused.value)


def named(stage: Stage, name: str) -> None:
    """Give the show an id."""
    file = stage.show / "show.yaml"
    file.write_text(f"id: {name}\n{file.read_text(encoding='utf-8')}", encoding="utf-8")


def test_a_show_elsewhere_is_found_in_the_projects_output_where_earlier_versions_kept_it(
    stage: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(takeover, "ROOT", stage.root)
    settings = replace(stage.settings(Mode.DRAFT), show=stage.show.rename(stage.show.with_name("own")))
    apart = replace(settings, output=settings.show / "output", ledger_url=f"sqlite:///{settings.state / 'ledger.db'}")
    assert rows_of(replace(apart, library=str(settings.state / "library"))) == told()
    other = stage.root / "other"
    (other / "episodes").mkdir(parents=True)
    assert takeover.old_ledgers(replace(apart, show=other / "show", output=other / "output")) == []
