"""An episode at the beginning of a run: what is wrong with it stops it as a whole, and stays asked for."""

from dataclasses import replace

import pytest

from ninja_assets.cells.failure_table import Failed
from ninja_assets.cells.record.records import Records
from ninja_assets.cells.running.beginning import Asked
from ninja_assets.cells.running.engine import run_cells
from resources.core.names import CellKey
from resources.studio import Studio
from tests.ninja_assets.cells.running.run_of_toy import ALL, asked, cells_of, failed, run
from tests.ninja_assets.cells.toy import SEGMENTS, Toy


@pytest.mark.parametrize(
    ("retake", "parts", "says"),
    [
        (["s02", "s04"], ["voice"], "s04 is to be made anew, and demo does not use it"),
        (["s02"], ["shot"], "s02 has no shot that could be made anew"),
    ],
)
def test_a_retake_of_which_nothing_would_be_made_anew_is_refused_before_anything_is_made(
    toy: Toy, studio: Studio, retake: list[str], parts: list[str], says: str
) -> None:
    anew = replace(studio, retake=frozenset(retake), retake_of=frozenset(parts))
    outcomes = run(toy, anew)
    assert all(isinstance(each, Failed) and says in str(each.error) for each in outcomes)
    assert cells_of(outcomes) == []
    unknown = Asked(frozenset(ALL), tuple(CellKey("demo", each) for each in SEGMENTS), "run-1", None)
    assert failed(list(run_cells(toy.graph(), unknown, anew, lambda _: {}))) == []


def test_a_script_that_cannot_be_read_fails_its_own_cells_and_all_of_it_stays_asked_for(
    toy: Toy, studio: Studio
) -> None:
    toy.stage.write_episode(text="NOBODY: Hello.\n")
    outcomes = run(toy, studio)
    assert failed(outcomes) == [("script", segment) for segment in SEGMENTS]
    assert toy.made == []
    assert asked(studio) == {segment: frozenset(ALL) for segment in SEGMENTS}


def test_an_episode_that_was_never_read_fails_what_was_asked_for_and_is_not_written_down(
    toy: Toy, studio: Studio
) -> None:
    outcomes = run(toy, studio, "tts_audio", segments=["s01"], episode="nobody")
    assert failed(outcomes) == [("tts_audio", "s01")]
    assert Records(studio.state, studio.settings.output, studio.mode).asked("nobody") == {}
