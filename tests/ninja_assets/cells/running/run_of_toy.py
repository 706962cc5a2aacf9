"""A run of the engine over a toy show, and what came of it in few words."""

from collections.abc import Sequence

from ninja_assets.cells.failure_table import Failed
from ninja_assets.cells.record.records import Records
from ninja_assets.cells.running.beginning import Asked
from ninja_assets.cells.running.engine import run_cells
from ninja_assets.cells.running.outcomes import Done, Outcome
from resources.core.names import CellKey
from resources.studio import Studio
from tests.ninja_assets.cells.toy import SEGMENTS, Toy

ALL = ("script", "tts_audio", "speaker_clips", "composites", "final_video")


def run(
    toy: Toy, studio: Studio, *assets: str, segments: Sequence[str] = SEGMENTS, episode: str = "demo"
) -> list[Outcome]:
    cells = tuple(CellKey(episode, each) for each in segments)
    asked = Asked(frozenset(assets or ALL), cells, "run-1", cells)
    return list(run_cells(toy.graph(), asked, studio, lambda _: {}))


def cells_of(outcomes: Sequence[Outcome], *, needless: bool = False) -> list[tuple[str, str]]:
    found = [each for each in outcomes if isinstance(each, Done) and each.needless is needless]
    return sorted((each.asset, each.cell.segment) for each in found)


def failed(outcomes: Sequence[Outcome]) -> list[tuple[str, str]]:
    return [(each.asset, each.cell.segment) for each in outcomes if isinstance(each, Failed)]


def asked(studio: Studio) -> dict[str, frozenset[str]]:
    return Records(studio.state, studio.settings.output, studio.mode).asked("demo")
