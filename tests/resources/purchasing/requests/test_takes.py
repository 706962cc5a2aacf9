"""Takes: what a retake raises, and what raises it only once."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from resources.core.names import CellKey, Mode
from resources.core.values import Part
from resources.purchasing.ledger import Ledger
from resources.purchasing.ledger.tables.store import Store
from resources.purchasing.requests.takes import Takes
from resources.purchasing.state.state import ShowState
from tests.empty_ledger import empty_ledger
from tests.resources.purchasing.ledger.helpers import CAPS, purchase

CELL = CellKey("demo", "s03")


def idle() -> bool:
    """Nothing is under way."""
    return False


@pytest.fixture
def state(tmp_path: Path) -> Iterator[ShowState]:
    with ShowState(Store(empty_ledger(tmp_path / "ledger.db")), "show") as opened:
        yield opened


def test_a_retake_is_remembered_by_later_runs(state: ShowState) -> None:
    Takes(state, Mode.DRAFT, "run-1").retake(CELL, Part.SPEAKER, under_way=idle)
    assert Takes(state, Mode.DRAFT).current(CELL, Part.SPEAKER, 1) == 2


def test_the_scripts_take_and_the_retakes_add_up(state: ShowState) -> None:
    for run in ("run-1", "run-2"):
        Takes(state, Mode.DRAFT, run).retake(CELL, Part.VOICE, 3, under_way=idle)
    assert Takes(state, Mode.DRAFT).current(CELL, Part.VOICE, 3) == 5


def test_a_run_that_is_executed_again_raises_nothing_twice_not_even_after_another_one(state: ShowState) -> None:
    for run in ("root", "root", "other", "root"):
        Takes(state, Mode.FINAL, run).retake(CELL, Part.SPEAKER, under_way=idle)
    assert Takes(state, Mode.FINAL).current(CELL, Part.SPEAKER, 1) == 3


def test_what_an_earlier_run_of_the_same_launch_has_asked_for_is_not_asked_for_again(state: ShowState) -> None:
    Takes(state, Mode.DRAFT, "first").retake(CELL, Part.SPEAKER, under_way=idle)
    again = Takes(state, Mode.DRAFT, "again", earlier={"first", "another"})
    assert again.is_counted(CELL, Part.SPEAKER)
    again.retake(CELL, Part.SPEAKER, under_way=idle)
    assert again.current(CELL, Part.SPEAKER, 1) == Takes(state, Mode.DRAFT).current(CELL, Part.SPEAKER, 1) == 2
    assert not Takes(state, Mode.DRAFT, "again").is_counted(CELL, Part.SPEAKER)


def test_of_two_runs_that_retake_at_once_each_makes_the_take_that_it_asked_for(state: ShowState) -> None:
    first, second = (Takes(state, Mode.FINAL, run) for run in ("first", "second"))
    first.retake(CELL, Part.SPEAKER, under_way=idle)
    second.retake(CELL, Part.SPEAKER, under_way=idle)
    assert (first.current(CELL, Part.SPEAKER, 1), second.current(CELL, Part.SPEAKER, 1)) == (2, 3)
    assert Takes(state, Mode.FINAL, "a later one").current(CELL, Part.SPEAKER, 1) == 3


def test_draft_and_final_share_voices_and_shots_and_not_the_clips(state: ShowState) -> None:
    draft, final, rehearsal = (Takes(state, mode, "run") for mode in (Mode.DRAFT, Mode.FINAL, Mode.REHEARSAL))
    draft.retake(CELL, Part.VOICE, under_way=idle)
    draft.retake(CELL, Part.SPEAKER, under_way=idle)
    assert final.current(CELL, Part.VOICE, 1) == 2
    assert final.current(CELL, Part.SPEAKER, 1) == 1
    draft.retake(CELL, Part.SHOT, under_way=idle)
    assert (final.current(CELL, Part.SHOT, 1), rehearsal.current(CELL, Part.SHOT, 1)) == (2, 1)
    assert rehearsal.current(CELL, Part.VOICE, 1) == 1


def test_what_is_under_way_is_not_raised_neither_now_nor_when_that_run_is_executed_again(state: ShowState) -> None:
    Takes(state, Mode.FINAL, "killed").retake(CELL, Part.SPEAKER, under_way=idle)
    again = Takes(state, Mode.FINAL, "again")
    again.retake(CELL, Part.SPEAKER, under_way=lambda: True)
    again.retake(CELL, Part.SPEAKER, under_way=idle)
    assert again.current(CELL, Part.SPEAKER, 1) == 2
    Takes(state, Mode.FINAL, "another").retake(CELL, Part.SPEAKER, under_way=idle)
    assert Takes(state, Mode.FINAL).current(CELL, Part.SPEAKER, 1) == 3


def test_a_take_that_an_equal_line_has_is_passed_over(state: ShowState) -> None:
    """The key of a purchase holds the line and the take, not the segment."""

    def line(take: int) -> list[str]:
        return [f"the line, take {take}"]

    s01, s03 = CellKey("demo", "s01"), CELL
    Takes(state, Mode.DRAFT, "one").retake(s01, Part.VOICE, under_way=idle, keys_at=line)
    assert Takes(state, Mode.DRAFT, "two").after(s03, Part.VOICE, 1, line) == 3
    Takes(state, Mode.DRAFT, "two").retake(s03, Part.VOICE, under_way=idle, keys_at=line)
    takes = Takes(state, Mode.DRAFT)
    assert (takes.current(s01, Part.VOICE, 1), takes.current(s03, Part.VOICE, 1)) == (2, 3)


def test_a_take_that_was_bought_for_anybody_is_passed_over(state: ShowState) -> None:
    bought = purchase(take=2)
    with Ledger(state.store, show="another", caps=CAPS) as ledger:
        ledger.claim(bought)

    def keys(take: int) -> list[str]:
        return [bought.model_copy(update={"take": take}).key]

    Takes(state, Mode.DRAFT, "run").retake(CELL, Part.SPEAKER, under_way=idle, keys_at=keys)
    assert Takes(state, Mode.DRAFT).current(CELL, Part.SPEAKER, 1) == 3


def test_shows_of_one_database_count_for_themselves(state: ShowState) -> None:
    Takes(state, Mode.DRAFT, "run").retake(CELL, Part.VOICE, under_way=idle)
    other = ShowState(state.store, "other")
    assert Takes(other, Mode.DRAFT).current(CELL, Part.VOICE, 1) == 1
