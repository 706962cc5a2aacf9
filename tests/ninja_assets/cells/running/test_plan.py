"""What a run makes: what it was asked for, what a red cell was asked for before, and nothing that nobody asked for."""

import pytest

from ninja_assets.cells.asset import AssetCell, Graph, SegmentAsset
from ninja_assets.cells.record.records import Records
from ninja_assets.cells.running.plan import Plan, asked_of, plan, standing
from ninja_assets.cells.work import SegmentWork
from resources.content.segments import Script
from resources.core.names import CellKey
from resources.models.loading import load_script
from resources.studio import Studio
from tests.ninja_assets.cells.toy import Toy

ALL = ("script", "tts_audio", "speaker_clips", "composites", "final_video")
VOICE = ("tts_audio",)


@pytest.fixture
def records(studio: Studio) -> Records:
    return Records(studio.state, studio.settings.output, studio.mode)


@pytest.fixture
def script(studio: Studio, records: Records) -> Script:
    """Of three segments, in a show of four slots."""
    read = load_script(studio.settings.show, studio.show, "demo")
    records.write_script(read)
    return read


class Planner:
    """Plans runs of the toy."""

    def __init__(self, graph: Graph, studio: Studio, records: Records, script: Script) -> None:
        self._parts = graph, studio, records, script

    def __call__(self, *segments: str, assets: tuple[str, ...] = ALL) -> Plan:
        return plan(*self._parts, segments=segments, assets=assets, root_run="run-1")


@pytest.fixture
def planned(toy: Toy, studio: Studio, records: Records, script: Script) -> Planner:
    return Planner(toy.graph(), studio, records, script)


def cells(made: Plan) -> list[tuple[str, str]]:
    return [(each.asset.name, each.work.key.segment) for each in made.chosen]


def test_a_run_of_the_whole_episode_makes_each_cell_asset_by_asset_and_tells_unused_slots(planned: Planner) -> None:
    made = planned("s01", "s02", "s03", "s04")
    assert cells(made) == [(asset, f"s0{n}") for asset in ALL[1:-1] for n in (1, 2, 3)]
    assert {(each.asset, each.cell.segment, each.why) for each in made.needless} == {(a, "s04", None) for a in ALL[1:]}
    assert made.cut == ("s01", "s02", "s03")
    assert not made.cut_is_carried


def test_a_cell_that_is_launched_alone_is_made_alone(planned: Planner) -> None:
    made = planned("s02", assets=VOICE)
    assert cells(made) == [("tts_audio", "s02")]
    assert made.cut is None
    assert made.cut_is_carried


def test_a_red_cell_is_carried_on_to_all_that_was_asked_of_it_and_to_the_cut(
    planned: Planner, records: Records
) -> None:
    records.ask("demo", {"s02": {"tts_audio", "speaker_clips", "composites", "final_video"}, "s01": {"final_video"}})
    made = planned("s02", assets=VOICE)
    assert cells(made) == [("tts_audio", "s02"), ("speaker_clips", "s02"), ("composites", "s02")]
    assert set(made.cut or ()) == {"s01", "s02"}
    assert made.cut_is_carried


def test_a_red_cell_of_another_asset_is_not_what_is_launched_and_nothing_is_carried(
    planned: Planner, records: Records
) -> None:
    records.ask("demo", {"s02": {"composites", "final_video"}})
    made = planned("s02", assets=VOICE)
    assert cells(made) == [("tts_audio", "s02")]
    assert made.cut is None
    made.write_down()
    assert records.asked("demo")["s02"] == {"tts_audio", "composites", "final_video"}  # it is still asked for


def test_another_red_segment_stays_red(planned: Planner, records: Records) -> None:
    records.ask("demo", {"s01": {"tts_audio"}, "s02": {"tts_audio"}})
    assert cells(planned("s02", assets=VOICE)) == [("tts_audio", "s02")]


def test_what_waits_for_a_red_segment_near_and_far_is_carried_with_it(
    toy: Toy, studio: Studio, records: Records, script: Script
) -> None:
    graph = toy.graph()

    def after(work: SegmentWork) -> list[AssetCell]:
        """A composite is made from that of the segment before, and the first from the last: a circle ends, too."""
        number = int(work.key.segment[1:])
        return [("composites", CellKey("demo", f"s0{(number - 2) % 3 + 1}"))]

    composites = graph.segments[-1]
    chained = SegmentAsset(
        composites.declared, composites.make, composites.on_cores, composites.paid, after, composites.follows, None
    )
    linked = Graph(graph.script, (*graph.segments[:-1], chained), graph.cut)
    records.ask("demo", {f"s0{n}": {"composites"} for n in (1, 2, 3)})
    made = plan(linked, studio, records, script, segments=["s02"], assets=["composites"], root_run="")
    assert sorted(cells(made)) == [("composites", f"s0{n}") for n in (1, 2, 3)]


def test_what_was_asked_of_a_segment_that_the_script_lost_is_forgotten(planned: Planner, records: Records) -> None:
    records.ask("demo", {"s04": {"tts_audio"}, "s09": {"composites"}})
    made = planned("s01", assets=VOICE)
    made.write_down()
    assert records.asked("demo") == {"s01": frozenset({"tts_audio"})}


def test_what_is_done_is_asked_for_no_more(planned: Planner, records: Records) -> None:
    made = planned("s01", assets=VOICE)
    made.done("tts_audio", "s01")
    made.done("tts_audio", "s01")
    made.done("tts_audio", "s99")
    made.write_down()
    assert records.asked("demo") == {}


def test_what_another_run_was_asked_for_and_has_made_meanwhile_is_its_own_matter(
    planned: Planner, studio: Studio, records: Records
) -> None:
    records.ask("demo", {"s03": {"composites"}})
    made = planned("s01", assets=VOICE)
    made.write_down()
    other = Records(studio.state, studio.settings.output, studio.mode)
    other.ask("demo", {"s01": {"tts_audio"}, "s02": {"speaker_clips"}})  # s03 is made, a clip of s02 is not
    made.done("tts_audio", "s01")
    made.write_down()
    assert other.asked("demo").keys() == {"s01", "s02"}
    other.refresh("demo")
    assert other.asked("demo") == {"s02": frozenset({"speaker_clips"})}


def test_a_run_of_the_cut_alone_makes_no_cell(planned: Planner) -> None:
    made = planned("s01", "s02", "s03", "s04", assets=("final_video",))
    assert (cells(made), made.cut) == ([], ("s01", "s02", "s03"))
    assert [(each.asset, each.cell.segment) for each in made.needless] == [("final_video", "s04")]


def test_a_standing_episode_is_looked_at_whole(toy: Toy, studio: Studio, records: Records, script: Script) -> None:
    found = standing(toy.graph(), studio, records, script, ["composites"])
    assert [(each.asset.name, each.work.key.segment) for each in found] == [("composites", f"s0{n}") for n in (1, 2, 3)]
    assert standing(toy.graph(), studio, records, script, []) == []


def test_the_segments_of_which_an_asset_is_asked_for_are_told_in_their_order() -> None:
    assert asked_of({"s02": {"a"}, "s01": {"a", "b"}, "s03": set()}, "a") == ["s02", "s01"]
