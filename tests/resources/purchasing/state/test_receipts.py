"""Receipts in the library: ledger and library can be made anew from each other, and a lost ledger buys nothing."""

import json
import shutil
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import update
from typer.testing import CliRunner, Result

from ninja_assets.cli.app import app
from resources.content.identity import Line
from resources.core.errors import LedgerError, MediaError, NinjaError
from resources.core.library import Library
from resources.core.names import CellKey, Mode
from resources.core.settings import Settings
from resources.core.values import Part
from resources.models.loading import load_show
from resources.models.prices.billing import reported_usd
from resources.purchasing.books import find_ledger, open_ledger, open_state
from resources.purchasing.ledger import ClaimKind, Ledger, State
from resources.purchasing.ledger.steps.changes import locked
from resources.purchasing.ledger.steps.journal import Event, note
from resources.purchasing.ledger.tables.store import Store
from resources.purchasing.requests.takes import Takes
from resources.purchasing.state.copies import back_up, restore
from resources.purchasing.state.receipts import leave_receipts, rebuild, refuse_contradiction, unknown_to
from resources.purchasing.state.state import Retaken, ShowState
from resources.purchasing.state.tables import ChosenRow, RetakeRow
from tests.fixtures.bought import PAID_FOR, bought_before
from tests.resources.purchasing.ledger.helpers import CAPS, buy, media, purchase
from tests.stage import Stage


@pytest.fixture(scope="module")
def taken(tmp_path_factory: pytest.TempPathFactory) -> Stage:
    """What an earlier version left, taken over: its receipts are written. Tests copy it."""
    stage = Stage(bought_before(tmp_path_factory.mktemp("taken")))
    opened(stage).close()
    return stage


@pytest.fixture
def stage(taken: Stage, tmp_path: Path) -> Stage:
    copied = shutil.copytree(taken.root, tmp_path / "stage")
    shutil.rmtree(copied / "output" / ".library")  # it says where the state is of which this is a copy
    return Stage(tmp_path / "stage")


def opened(stage: Stage) -> Ledger:
    """The ledger as a paid run opens it."""
    settings = stage.settings(Mode.DRAFT)
    return open_ledger(settings, load_show(settings.show))


def ninja(stage: Stage, *arguments: str) -> Result:
    places = {"NINJA_SHOW": str(stage.show), "NINJA_OUTPUT": str(stage.output)}
    return CliRunner().invoke(app, arguments, env=places)


def quoted(stage: Stage) -> dict[str, Any]:
    """The dollars of every episode in draft."""
    done = {name: ninja(stage, "quote", name, "--mode", "draft", "--json") for name in PAID_FOR}
    return {name: json.loads(each.stdout.splitlines()[-1])["total_usd"] for name, each in done.items()}


def files(settings: Settings) -> list[Path]:
    return [path for path in settings.state.iterdir() if path.name.startswith("ledger.db")]


def test_what_was_bought_before_has_receipts_after_the_first_start(taken: Stage) -> None:
    with closing(opened(taken)) as ledger:
        collected = ledger.rows(states=[State.COLLECTED])
        library = Library(taken.settings().library)
        found = [json.loads(library.receipt(name) or b"") for name in library.receipt_names()]
        bought = {each["row"]["key"] for each in found if each["kind"] == "purchase"}
        assert bought == {entry.key for entry in collected}
        assert [each for each in found if each["kind"] == "retake"]
        assert leave_receipts(ledger.store, library) == 0


def test_a_deleted_ledger_stops_paid_modes_and_is_made_anew_from_receipts(stage: Stage) -> None:
    with closing(opened(stage)) as ledger:
        before = {entry.id: entry.key for entry in ledger.rows(states=[State.COLLECTED])}
    for path in files(stage.settings()):
        path.unlink()
    with pytest.raises(LedgerError, match=f"receipts of {len(before)} purchases") as refused:
        opened(stage)
    assert refused.value.hint == "ninja ledger rebuild"
    told = ninja(stage, "costs").stdout
    assert "ninja ledger rebuild" in told
    done = ninja(stage, *str(refused.value.hint).split()[1:])
    assert f"{len(before)} purchases" in done.stdout, done.output
    assert "before anything is bought: ninja reconcile --days 30" in done.stdout
    with closing(opened(stage)) as ledger:
        assert {entry.id: entry.key for entry in ledger.rows(states=[State.COLLECTED])} == before
    assert set(quoted(stage).values()) == {0}
    with open_state(stage.settings(), load_show(stage.show)) as state:
        assert Takes(state, Mode.DRAFT).current(CellKey("pilot", "s02"), Part.VOICE, 1) == 2
    again = ninja(stage, "ledger", "rebuild")
    assert "library's receipts: 0 purchases ($0.00), 0 retakes and 0 chosen takes" in again.stdout.replace("\n", " ")


def test_an_emptied_ledger_and_another_address_stop_paid_modes_too(
    stage: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    for path in files(stage.settings()):
        path.unlink()
    (stage.settings().state / "ledger.db").touch()
    with pytest.raises(LedgerError, match="that the ledger does not know"):
        opened(stage)
    monkeypatch.setenv("NINJA_LEDGER_URL", f"sqlite:///{stage.root}/other.db")
    told = ninja(stage, "quote", "pilot", "--mode", "draft")
    assert isinstance(told.exception, NinjaError)
    assert told.exception.hint == "ninja ledger rebuild"


@pytest.mark.parametrize("damage", ["all of it", "its middle"])
def test_a_damaged_ledger_is_told_with_the_commands_that_mend_it(stage: Stage, damage: str) -> None:
    backup = stage.root / "backup.db"
    assert ninja(stage, "ledger", "backup", str(backup)).exit_code == 0
    file = stage.settings().state / "ledger.db"
    content = bytearray(file.read_bytes())
    start, end = (0, len(content)) if damage == "all of it" else (4096, len(content) - 4096)
    content[start:end] = b"x" * (end - start)
    file.write_bytes(content)
    with pytest.raises(LedgerError) as refused:
        opened(stage)
    assert "`ninja ledger restore FILE`" in str(refused.value.hint)
    rebuilt = ninja(stage, "ledger", "rebuild")
    assert "the damaged ledger is now" in rebuilt.stdout, rebuilt.output
    assert set(quoted(stage).values()) == {0}
    restored = ninja(stage, "ledger", "restore", str(backup))
    assert restored.exit_code == 0, restored.output
    assert set(quoted(stage).values()) == {0}
    with closing(opened(stage)) as ledger:
        assert ledger.rows(states=[State.UNKNOWN])  # no receipt tells of it, a backup does


def test_costs_say_which_ledger_they_read_and_that_there_is_none(stage: Stage, tmp_path: Path) -> None:
    found = json.loads(ninja(stage, "costs", "--json").stdout.splitlines()[-1])
    assert (found["ledger"], found["found"]) == (stage.settings().ledger_url, True)
    assert ".state/ledger.db" in ninja(stage, "costs").stdout.replace("\n", "")
    none = Stage(tmp_path / "none")
    (none.show / "episodes").mkdir(parents=True)
    none.write_show()
    (none.show / "characters").mkdir()
    for name in ("guest", "glitch-close"):
        (none.show / "characters" / f"{name}.png").write_bytes((stage.show / "characters" / "ninja.png").read_bytes())
    assert "there is none" in ninja(none, "costs").stdout.replace("\n", " ")


# On every database


@pytest.fixture
def library(tmp_path: Path) -> Library:
    return Library(tmp_path / "library")


@pytest.fixture
def ledger(url: str) -> Any:
    with Ledger(url, show="anchors", caps=CAPS) as found:
        yield found


def test_a_ledger_that_was_brought_back_from_before_a_purchase_is_completed(
    ledger: Ledger, library: Library, tmp_path: Path
) -> None:
    backup = tmp_path / "backup.db"
    under_way = ledger.claim(purchase("under way"))
    ledger.submitted(ledger.sending(under_way), "r-1")
    ledger.release(under_way)
    back_up(ledger.store, backup)
    ledger.collected(under_way, media=media("r-1"), billed=reported_usd(1.0), seconds=10.0, request_id="r-1")
    buy(ledger, purchase("later"), request_id="r-2")
    leave_receipts(ledger.store, library)
    address = ledger.store.url.render_as_string(hide_password=False)
    ledger.close()
    assert restore(address, backup).purchases == 1
    with Ledger(address, show="anchors", caps=CAPS) as older:
        assert [each.row["request_id"] for each in unknown_to(older.store, library, "anchors").receipts] == ["r-2"]
        with pytest.raises(LedgerError, match="receipts of 1 purchase"):
            refuse_contradiction(older.store, library, "anchors")
        assert rebuild(older.store, library).purchases == 2
        assert {(entry.request_id, entry.state) for entry in older.rows()} == {
            ("r-1", State.COLLECTED),
            ("r-2", State.COLLECTED),
        }
        assert older.claim(purchase("later")).kind is ClaimKind.REUSE
        refuse_contradiction(older.store, library, "anchors")


def test_a_ledger_that_was_made_anew_buys_on_under_numbers_that_no_receipt_has(
    url: str, library: Library, tmp_path: Path
) -> None:
    for place, bought in {"one": ("a", "b"), "another": ("c",)}.items():  # each has a purchase with the number 1
        with Ledger(f"sqlite:///{tmp_path}/{place}.db", show="anchors", caps=CAPS) as earlier:
            for name in bought:
                buy(earlier, purchase(name), request_id=name)
            leave_receipts(earlier.store, library)
    with Ledger(url, show="anchors", caps=CAPS) as anew:
        assert rebuild(anew.store, library).purchases == 3
        for name in ("d", "e", "f", "g"):
            buy(anew, purchase(name), request_id=name)
        assert sorted(str(entry.request_id) for entry in anew.rows()) == list("abcdefg")


def test_a_row_that_changes_gets_a_further_receipt_and_the_first_stays(ledger: Ledger, library: Library) -> None:
    buy(ledger, purchase(), request_id="r-1")
    assert leave_receipts(ledger.store, library) == 1
    assert leave_receipts(ledger.store, library) == 0
    first = library.receipt_names()
    with ledger.store.changing() as transaction:
        row = locked(transaction, 1)
        row.cost_micros = 123
        note(transaction, row, Event.DELIVERED, 0.0, cost_micros=123, media_sha256=row.media_sha256)
    assert leave_receipts(ledger.store, library) == 1
    assert first < library.receipt_names()
    assert unknown_to(ledger.store, library, "anchors").receipts == []


def test_receipts_of_another_show_stop_nobody(ledger: Ledger, library: Library, tmp_path: Path) -> None:
    buy(ledger, purchase(), request_id="r-1")
    leave_receipts(ledger.store, library)
    with closing(Store(f"sqlite:///{tmp_path}/elsewhere.db")) as elsewhere:
        refuse_contradiction(elsewhere, library, "other")
        with pytest.raises(LedgerError, match="receipts of 1 purchase"):
            refuse_contradiction(elsewhere, library, "anchors")


def test_takes_are_brought_back_with_what_was_bought(ledger: Ledger, library: Library, tmp_path: Path) -> None:
    state, of = ShowState.of(ledger), Retaken.of(Mode.DRAFT, Part.VOICE, CellKey("monday", "s01"))
    for run in ("a", "b"):
        state.count_retake(of, run, waits=False, keys_at=lambda number: [f"line {number}"])
    buy(ledger, purchase(), request_id="r-1")
    leave_receipts(ledger.store, library)
    with ShowState(Store(f"sqlite:///{tmp_path}/anew.db"), "anchors") as anew:
        assert rebuild(anew.store, library)[:3] == (1, 1.0, 2)
        assert (anew.retakes(of), anew.counted_for(of, {"a"})) == (2, 1)
        assert rebuild(anew.store, library)[:3] == (0, 0.0, 0)


def test_an_earlier_take_that_was_chosen_is_the_current_one_again_after_a_rebuild(
    ledger: Ledger, library: Library, tmp_path: Path
) -> None:
    state, line = ShowState.of(ledger), Line("hello", "", "hello")
    of = Retaken.of(Mode.DRAFT, Part.VOICE, CellKey("monday", "s01"), line)
    for run in ("a", "b"):
        state.count_retake(of, run, waits=False, keys_at=lambda number: [f"line {number}"])
    for chosen in (1, 0):
        state.choose(of, chosen)
        assert leave_receipts(ledger.store, library) > 0
    with ShowState(Store(f"sqlite:///{tmp_path}/anew.db"), "anchors") as anew:
        assert rebuild(anew.store, library).choices == 1  # the later one alone
        assert anew.retakes(of) == 0
        assert rebuild(anew.store, library).choices == 0
        anew.choose(of, 2)
        assert rebuild(anew.store, library).choices == 0
        assert anew.retakes(of) == 2
    state.choose(of, 2)
    leave_receipts(ledger.store, library)
    assert rebuild(ledger.store, library).choices == 0
    assert state.retakes(of) == 2


def test_a_choice_that_an_earlier_program_changed_gets_a_further_receipt(
    ledger: Ledger, library: Library, tmp_path: Path
) -> None:
    """It works on the same database, and knows of no receipt of a choice: the one of before stays in its row."""
    state, of = ShowState.of(ledger), Retaken.of(Mode.DRAFT, Part.VOICE, CellKey("monday", "s01"))
    for run in ("a", "b"):
        state.count_retake(of, run, waits=False, keys_at=lambda _: [])
    state.choose(of, 1)
    leave_receipts(ledger.store, library)
    with ledger.store.writing() as session:
        session.execute(update(ChosenRow).values(number=0, chosen_at=ChosenRow.chosen_at + 1))
    assert leave_receipts(ledger.store, library) == 1
    assert leave_receipts(ledger.store, library) == 0
    with ShowState(Store(f"sqlite:///{tmp_path}/anew.db"), "anchors") as anew:
        rebuild(anew.store, library)
        assert anew.retakes(of) == 0


def test_a_receipt_of_what_a_later_version_tells_of_is_passed_over_without_a_word(
    ledger: Ledger, library: Library, caplog: pytest.LogCaptureFixture
) -> None:
    library.put_receipt("a" * 64, b'{"version": 2, "kind": "praise", "number": 1, "row": {}}')
    assert rebuild(ledger.store, library).receipts == 0
    assert not caplog.records


def test_a_choice_of_before_a_retake_is_none_after_a_rebuild_either(
    ledger: Ledger, library: Library, tmp_path: Path
) -> None:
    state, of = ShowState.of(ledger), Retaken.of(Mode.DRAFT, Part.VOICE, CellKey("monday", "s01"))
    state.count_retake(of, "a", waits=False, keys_at=lambda _: [])
    state.choose(of, 0)
    state.count_retake(of, "b", waits=False, keys_at=lambda _: [])
    leave_receipts(ledger.store, library)
    with ShowState(Store(f"sqlite:///{tmp_path}/anew.db"), "anchors") as anew:
        rebuild(anew.store, library)
        assert anew.retakes(of) == state.retakes(of) == 2


def test_a_retake_whose_line_became_known_later_is_brought_back_as_of_that_line(
    ledger: Ledger, library: Library, tmp_path: Path
) -> None:
    state, cell, line = ShowState.of(ledger), CellKey("monday", "s03"), Line("hello", "", "hello")
    state.count_retake(Retaken.of(Mode.DRAFT, Part.VOICE, cell), "a", waits=False, keys_at=lambda _: [])
    leave_receipts(ledger.store, library)
    with ledger.store.writing() as session:
        session.execute(update(RetakeRow).values(content=line.key, receipt=None))
    leave_receipts(ledger.store, library)
    with closing(Store(f"sqlite:///{tmp_path}/anew.db")) as store:
        rebuild(store, library)
        anew = ShowState(store, ledger.show)
        for place, other, number in (("s07", line, 1), ("s03", Line("news", "", "news"), 0)):
            assert anew.retakes(Retaken.of(Mode.DRAFT, Part.VOICE, CellKey("monday", place), other)) == number


def test_a_library_that_takes_no_receipt_stops_nothing(
    ledger: Ledger, library: Library, monkeypatch: pytest.MonkeyPatch
) -> None:
    buy(ledger, purchase(), request_id="r-1")

    def full(*_: object) -> None:
        raise MediaError("no room")

    with monkeypatch.context() as patch:
        patch.setattr(Library, "put_receipt", full)
        leave_receipts(ledger.store, library)
    assert library.receipt_names() == set()
    assert leave_receipts(ledger.store, library) == 1


def test_a_damaged_receipt_is_left_out(ledger: Ledger, library: Library, tmp_path: Path) -> None:
    for name in ("one", "two"):
        buy(ledger, purchase(name), request_id=name)
    leave_receipts(ledger.store, library)
    file = next((tmp_path / "library" / "receipts").rglob("*.json"))
    file.chmod(0o644)
    file.write_text("{}", encoding="utf-8")
    with closing(Store(f"sqlite:///{tmp_path}/anew.db")) as anew:
        assert rebuild(anew, library).purchases == 1


def test_find_ledger_reads_also_what_paid_modes_refuse(stage: Stage) -> None:
    for path in files(stage.settings()):
        path.unlink()
    (stage.settings().state / "ledger.db").touch()
    found = find_ledger(stage.settings(Mode.DRAFT), load_show(stage.show))
    assert found is not None
    found.close()


def test_a_request_under_way_is_not_lost_to_the_receipt_of_an_earlier_one(
    ledger: Ledger, library: Library, tmp_path: Path
) -> None:
    buy(ledger, purchase(), request_id="r1", cost=0.5)
    leave_receipts(ledger.store, library)
    with Ledger(f"sqlite:///{tmp_path}/other.db", caps=CAPS) as other:
        other.submitted(other.sending(other.claim(purchase())), "r2")
        rebuild(other.store, library)
        found = {row.request_id: (row.state, row.spent_usd) for row in other.of(purchase())}
        assert found == {"r2": (State.SUBMITTED, 1.0), "r1": (State.FAILED, 0.5)}
        assert rebuild(other.store, library).purchases == 0
