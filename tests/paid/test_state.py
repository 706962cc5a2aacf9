"""A show's state, seen from whole paid runs: what it loses is bought again never, and stops before money."""

import shutil
import sqlite3
from contextlib import closing

import pytest

from tests.paid.conftest import MakeStage
from tests.paid.judge import check_purchases, check_video
from tests.paid.runs import PaidStage

pytestmark = pytest.mark.long


def bought(stage: PaidStage) -> int:
    """How many purchases the provider has taken."""
    return len(stage.providers.report().purchases)


def test_neither_the_output_folder_nor_a_deleted_ledger_buys_anything_again(make_stage: MakeStage) -> None:
    stage = make_stage()
    check_video(stage, stage.produce("demo"), 3)
    before, state = bought(stage), stage.root / "show" / ".state"
    with closing(sqlite3.connect(shutil.copy(state / "ledger.db", stage.root / "alone.db"))) as alone:
        [(rows,)] = alone.execute("SELECT count(*) FROM purchases WHERE state = 'collected'").fetchall()
    assert rows == before  # all of it is in the one file when a run has ended

    shutil.rmtree(stage.output)
    again = stage.start("demo", NINJA_OUTPUT=str(stage.root / "elsewhere")).end().production
    assert (again.error, again.cost_usd, bought(stage)) == (None, 0, before)
    assert str(again.final_video).startswith(str(stage.root / "elsewhere"))

    for path in state.glob("ledger.db*"):
        path.unlink()
    refused = stage.ninja("produce", "demo", "--mode", "draft").end()
    assert refused.status == 2
    assert "mend: ninja ledger rebuild" in refused.stderr
    assert bought(stage) == before
    assert stage.ninja("ledger", "rebuild").end().status == 0
    check_video(stage, stage.produce("demo"), 3)
    assert bought(stage) == before
    check_purchases(stage)


def test_an_equal_line_of_another_segment_gets_a_take_of_its_own(make_stage: MakeStage) -> None:
    stage = make_stage()
    line = "NINJA: Yes, that is exactly what I said."
    stage.write_episode("twice", [line, "GLITCH: Say it again, please.", line])
    assert stage.produce("twice").error is None

    def retaken(segment: str) -> list[tuple[str, int]]:
        before = {entry.id for entry in stage.entries()}
        assert (
            stage.ninja("produce", "twice", "--mode", "draft", "--segments", segment, "--retake", "--yes").end().status
            == 0
        )
        return sorted((entry.asset, entry.take) for entry in stage.entries() if entry.id not in before)

    assert retaken("s01") == [("speaker_clips", 2), ("tts_audio", 2)]
    # The provider speaks equal words alike, so s01 has bought this line's second clip, too.
    assert retaken("s03") == [("speaker_clips", 3), ("tts_audio", 3)]
