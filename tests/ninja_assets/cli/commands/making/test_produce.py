"""What `ninja produce` and `ninja approve` say of a production, and what they return."""

from io import StringIO
from pathlib import Path

import pytest
from rich.console import Console

from ninja_assets.cli import INTERRUPTED, Stop
from ninja_assets.cli.commands.making.produce import run, watched
from ninja_assets.runs.produced import Production
from ninja_assets.runs.production import Order, check_order
from resources.core.errors import ContentError
from resources.core.names import CellKey
from resources.core.values import Part
from resources.purchasing.books import open_state
from resources.purchasing.requests.takes import Takes, line_of
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


def test_what_nobody_speaks_in_has_no_voices_to_stop_at(tmp_path: Path) -> None:
    stage = build_stage(tmp_path)
    stage.write_episode(text="NINJA: One two three.\nBROLL {seconds: 5}: Rain in the street.\n")
    with pytest.raises(ContentError, match="nobody speaks in s02 of demo") as refused:
        run(
            stage.settings(),
            "demo",
            segments=["s02"],
            retake=False,
            retake_of=(),
            to=Stop.VOICE,
            yes=True,
            as_json=False,
        )
    assert refused.value.hint == "ninja produce demo --mode rehearsal --segments s02"


def interrupted(order: Order, *, voice: str = "", to: Stop | None = None) -> str:
    """What is said where a run of an order is ended; `voice`: of which segment its retake of the voice is counted."""
    said = StringIO()

    def make(**_: object) -> Production:
        with open_state(order.settings, order.show) as state:
            for content in (each for each in order.script.segments if each.segment == voice):
                Takes(state, order.settings.mode, "the run").retake(
                    CellKey("demo", voice),
                    Part.VOICE,
                    line=line_of(order.script, content, Part.VOICE),
                    under_way=lambda: False,
                )
        raise KeyboardInterrupt

    assert watched(Console(file=said, width=60), order, make=make, yes=True, as_json=False, to=to) == INTERRUPTED
    return said.getvalue().strip().partition("go on with: ")[2]


def test_what_goes_on_after_an_interruption_asks_for_no_more_than_was_asked_for(tmp_path: Path) -> None:
    settings = build_stage(tmp_path).settings()
    assert interrupted(check_order(settings, "demo")) == "ninja produce demo --mode rehearsal"
    some = check_order(settings, "demo", segments=["s02"])
    assert interrupted(some) == "ninja produce demo --mode rehearsal --segments s02"
    assert interrupted(some, to=Stop.VOICE) == "ninja produce demo --mode rehearsal --to voice --segments s02"


def test_what_goes_on_after_an_interruption_makes_anew_what_was_not_counted_yet(tmp_path: Path) -> None:
    settings = build_stage(tmp_path).settings()
    again = "ninja produce demo --mode rehearsal --segments"
    whole = check_order(settings, "demo", retake=True, retake_of=["voice"])
    assert interrupted(whole) == f"{again} s01,s02,s03 --retake --retake-of voice"
    order = check_order(settings, "demo", segments=["s01", "s02"], retake=True, retake_of=["voice", "speaker"])
    assert interrupted(order) == f"{again} s01,s02 --retake --retake-of voice,speaker"
    assert interrupted(order, voice="s01") == (
        f"{again} s01 --retake --retake-of speaker && {again} s02 --retake --retake-of voice,speaker"
    )
    counted = check_order(settings, "demo", segments=["s02"], retake=True, retake_of=["voice"])
    assert interrupted(counted, voice="s02") == f"{again} s02"
