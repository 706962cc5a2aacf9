"""What `ninja produce` and `ninja approve` say of a production, and what they return."""

from io import StringIO
from pathlib import Path

import pytest
from rich.console import Console

from ninja_assets.cli.commands.making.produce import watched
from ninja_assets.runs.produced import Production
from ninja_assets.runs.production import check_order
from tests.stage import build_stage

MADE = Production(
    episode="demo", mode="rehearsal", final_video=None, seconds=None, cost_usd=0.001, run_id="run-1", segments=[]
)


@pytest.mark.parametrize(
    ("production", "says", "status"),
    [
        (MADE, "done no cut was asked for, 0 made, 0 reused, $0.0010", 0),
        (MADE.model_copy(update={"seconds": 7.5}), "done 7.5 s", 1),
        (MADE.model_copy(update={"error": "no sound"}), "failed: no sound", 1),
    ],
    ids=["without a cut", "a cut that could not be laid out", "failed"],
)
def test_a_production_is_told_with_or_without_a_cut(
    tmp_path: Path, production: Production, says: str, status: int
) -> None:
    order, said = check_order(build_stage(tmp_path).settings(), "demo"), StringIO()
    console = Console(file=said, width=200)
    assert watched(console, order, make=lambda **_: production, yes=True, as_json=False) == status
    assert says in said.getvalue()
