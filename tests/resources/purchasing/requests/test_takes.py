"""Takes: what a retake raises, and what raises it only once."""

from resources.core.library import Library
from resources.core.names import CellKey, Mode
from resources.core.values import Part
from resources.purchasing.requests.takes import Takes

CELL = CellKey("demo", "s03")


def idle() -> bool:
    """Nothing is under way."""
    return False


def test_a_retake_is_remembered_by_later_runs(library: Library) -> None:
    Takes(library, Mode.DRAFT).retake(CELL, Part.SPEAKER, "run-1", under_way=idle)
    assert Takes(library, Mode.DRAFT).current(CELL, Part.SPEAKER, 1) == 2


def test_the_scripts_take_and_the_retakes_add_up(library: Library) -> None:
    takes = Takes(library, Mode.DRAFT)
    takes.retake(CELL, Part.VOICE, "run-1", under_way=idle)
    takes.retake(CELL, Part.VOICE, "run-2", under_way=idle)
    assert takes.current(CELL, Part.VOICE, 3) == 5


def test_a_run_that_is_executed_again_raises_nothing_twice(library: Library) -> None:
    takes = Takes(library, Mode.FINAL)
    takes.retake(CELL, Part.SPEAKER, "root", under_way=idle)
    takes.retake(CELL, Part.SPEAKER, "root", under_way=idle)
    assert takes.current(CELL, Part.SPEAKER, 1) == 2


def test_draft_and_final_share_voices_and_shots_and_not_the_clips(library: Library) -> None:
    draft, final, rehearsal = (Takes(library, mode) for mode in (Mode.DRAFT, Mode.FINAL, Mode.REHEARSAL))
    draft.retake(CELL, Part.VOICE, "run", under_way=idle)
    draft.retake(CELL, Part.SPEAKER, "run", under_way=idle)
    assert final.current(CELL, Part.VOICE, 1) == 2
    assert final.current(CELL, Part.SPEAKER, 1) == 1
    draft.retake(CELL, Part.SHOT, "run", under_way=idle)
    assert (final.current(CELL, Part.SHOT, 1), rehearsal.current(CELL, Part.SHOT, 1)) == (2, 1)
    assert rehearsal.current(CELL, Part.VOICE, 1) == 1


def test_what_is_under_way_is_not_raised_neither_now_nor_when_that_run_is_executed_again(library: Library) -> None:
    takes = Takes(library, Mode.FINAL)
    takes.retake(CELL, Part.SPEAKER, "killed", under_way=idle)
    takes.retake(CELL, Part.SPEAKER, "again", under_way=lambda: True)
    takes.retake(CELL, Part.SPEAKER, "again", under_way=idle)
    assert takes.current(CELL, Part.SPEAKER, 1) == 2
    takes.retake(CELL, Part.SPEAKER, "another", under_way=idle)
    assert takes.current(CELL, Part.SPEAKER, 1) == 3
