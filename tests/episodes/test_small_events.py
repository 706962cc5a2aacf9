"""What an episode leaves in Dagster's event log: words and figures, and no pictures."""

import sqlite3
from pathlib import Path

import pytest

from tests.stage import SHOW, build_stage

pytestmark = pytest.mark.long
TURNS, MOST_BYTES = 10, 600_000  # a Short; of the events in the larger of the two databases
_LINE = "Starfall Kingdoms launches today, and the day-one patch is already bigger than the game."


def test_a_short_over_sixteen_slots_leaves_few_bytes_of_events(tmp_path: Path) -> None:
    stage = build_stage(tmp_path, on_disk=True)
    stage.write_show(SHOW.replace("slots: 4", "slots: 16"))
    stage.write_episode(text="".join(f"{('NINJA', 'GLITCH')[turn % 2]}: {_LINE}\n" for turn in range(TURNS)))
    assert stage.produce().final_video
    sizes = {path.name: _event_bytes(path) for path in (tmp_path / "dagster_home").rglob("history/runs/*.db")}
    assert len(sizes) == 2
    assert max(sizes.values()) <= MOST_BYTES, sizes


def _event_bytes(database: Path) -> int:
    with sqlite3.connect(database) as opened:
        return int(opened.execute("SELECT sum(length(event)) FROM event_logs").fetchone()[0])
