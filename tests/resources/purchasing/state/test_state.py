"""Records and retakes as rows: one read an episode, shows beside each other, and real processes that count at once."""

import multiprocessing
import time
from collections.abc import Iterator
from multiprocessing.connection import Connection
from pathlib import Path

import pytest
from sqlalchemy import event

from resources.core.names import CellKey, Mode
from resources.core.values import Part
from resources.purchasing.ledger.tables.store import Store
from resources.purchasing.state.cut_notes import Notes
from resources.purchasing.state.state import EPISODE, Record, Retaken, ShowState
from tests.postgres import fresh_database

VOICE = Retaken.of(Mode.DRAFT, Part.VOICE, CellKey("monday", "s01"))
ROUNDS = 5  # retakes of each process


@pytest.fixture
def state(url: str) -> Iterator[ShowState]:
    with ShowState(Store(url), "anchors") as opened:
        yield opened


def record(segment: str = "s01", asset: str = "tts_audio", value: str = "{}") -> Record:
    return Record(segment, asset, "d" * 16, {"script": "c" * 16}, value)


def test_an_episodes_records_are_read_with_one_select(state: ShowState) -> None:
    written = [record(f"s{number:02d}", asset) for number in range(1, 17) for asset in ("script", "tts_audio")]
    state.write("monday", Mode.DRAFT, [record(EPISODE, "script"), *written])
    told: list[str] = []
    event.listen(state.store._engine, "before_cursor_execute", lambda *given: told.append(given[2]))
    found = state.records("monday", Mode.DRAFT)
    assert len(found) == 33
    assert len([statement for statement in told if "SELECT" in statement]) == 1


def test_what_has_records_is_told_by_episode_and_mode(state: ShowState) -> None:
    state.write("monday", Mode.DRAFT, [record(), record("s02")])
    state.write("monday", Mode.REHEARSAL, [record()])
    state.write("tuesday", Mode.DRAFT, [record()])
    assert [(each.episode, each.mode, each.records) for each in state.kept()] == [
        ("tuesday", Mode.DRAFT, 1),
        ("monday", Mode.REHEARSAL, 1),
        ("monday", Mode.DRAFT, 2),
    ]
    assert {each.mode for each in state.kept("monday")} == {Mode.DRAFT, Mode.REHEARSAL}


def test_an_earlier_take_is_current_until_the_next_retake_which_gets_a_number_of_its_own(state: ShowState) -> None:
    def retake(run: str) -> int:
        return state.count_retake(VOICE, run, waits=False, keys_at=lambda _: ())

    assert (retake("one"), retake("two")) == (1, 2)
    state.choose(VOICE, 0)
    assert state.retakes(VOICE) == 0
    state.choose(VOICE, 1)
    assert (state.retakes(VOICE), state.next_number(VOICE, lambda _: ())) == (1, 3)
    assert (retake("three"), state.retakes(VOICE)) == (3, 3)


def test_a_record_takes_the_place_of_the_one_before_it(state: ShowState) -> None:
    for value in ("1", "2"):
        state.write("monday", Mode.DRAFT, [record(value=value)])
    assert state.records("monday", Mode.DRAFT) == [record(value="2")]
    state.forget("monday", Mode.DRAFT, "s01", "tts_audio")
    assert state.records("monday", Mode.DRAFT) == []


def test_records_of_shows_episodes_and_modes_stand_beside_each_other(state: ShowState) -> None:
    other = ShowState(state.store, "other")
    state.write("monday", Mode.DRAFT, [record(value="mine")])
    other.write("monday", Mode.DRAFT, [record(value="theirs")])
    state.write("monday", Mode.FINAL, [record(value="final")])
    state.write("tuesday", Mode.DRAFT, [record(value="tuesday")])
    assert [each.value for each in state.records("monday", Mode.DRAFT)] == ["mine"]
    assert [each.value for each in other.records("monday", Mode.DRAFT)] == ["theirs"]
    assert (other.has_records("monday"), other.has_records("tuesday")) == (True, False)


def test_what_is_taken_over_never_goes_over_what_is_there(state: ShowState) -> None:
    state.write("monday", Mode.DRAFT, [record(value="new")])
    state.write("monday", Mode.DRAFT, [record(value="old"), record("s02", value="old")], only_where_none=True)
    assert state.records("monday", Mode.DRAFT) == [record(value="new")]


def retake(url: str, name: str, ready: Connection) -> None:
    with ShowState(Store(url), "anchors") as state:
        ready.send(None)
        ready.recv()
        numbers = [
            state.count_retake(VOICE, f"{name}-{number}", waits=False, keys_at=lambda take: [f"line {take}"])
            for number in range(ROUNDS)
        ]
        ready.send(numbers)


def test_retakes_of_several_processes_at_once_are_all_counted_and_no_two_have_one_number(url: str) -> None:
    Store(url).close()
    context = multiprocessing.get_context("spawn")
    pipes = []
    workers = []
    for name in ("a", "b", "c"):
        ours, theirs = context.Pipe()
        worker = context.Process(target=retake, args=(url, name, theirs))
        worker.start()
        workers.append(worker)
        pipes.append(ours)
    for pipe in pipes:
        pipe.recv()
    for pipe in pipes:
        pipe.send(None)
    numbers = [number for pipe in pipes for number in pipe.recv()]
    for worker in workers:
        worker.join()
    assert sorted(numbers) == list(range(1, 3 * ROUNDS + 1))
    with ShowState(Store(url), "anchors") as state:
        assert state.retakes(VOICE) == 3 * ROUNDS


def test_a_root_run_counts_once(state: ShowState) -> None:
    def none(_: int) -> list[str]:
        return []

    assert [state.count_retake(VOICE, run, waits=False, keys_at=none) for run in ("a", "a", "b", "a")] == [1, 1, 2, 1]


def test_what_was_counted_elsewhere_is_carried_over_where_nothing_is_counted_here(state: ShowState) -> None:
    state.carry_retakes({VOICE: (3, "old")})
    state.carry_retakes({VOICE: (9, "older")})
    assert (state.retakes(VOICE), state.counted_for(VOICE, {"old"})) == (3, 3)


def test_a_database_of_the_past_keeps_its_rows_when_the_file_is_opened(tmp_path: Path) -> None:
    address = f"sqlite:///{tmp_path}/ledger.db"
    with ShowState(Store(address), "anchors") as state:
        state.write("monday", Mode.DRAFT, [record()])
    with ShowState(Store(address), "anchors") as state:
        assert state.records("monday", Mode.DRAFT) == [record()]


@pytest.mark.postgres
def test_on_a_machine_whose_clock_is_ahead_times_are_the_databases(monkeypatch: pytest.MonkeyPatch) -> None:
    with fresh_database() as address:
        now = time.time()
        monkeypatch.setattr(time, "time", lambda: now + 120)
        with ShowState(Store(address), "anchors") as state:
            state.write("monday", Mode.DRAFT, [Record("s01", "script", "d", {}, "{}")])
            [kept] = state.kept()
            note = Notes(state).write("monday", Mode.DRAFT, segment="s01", seconds=1, text="louder")
        assert abs(kept.written_at - now) < 60
        assert abs(note.written_at.timestamp() - now) < 60
