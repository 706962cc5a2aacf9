"""A parsed episode: which segments it has, what is seen in the cut, and what its references mean."""

from pathlib import Path

import pytest

from resources.content.segments import Script
from resources.content.show import Format
from resources.models.loading import load_script, load_show
from tests.stage import SHOW, Stage, build_stage

EPISODE = """\
    ---
    title: "Mixed"
    formats: [short, long]
    ---
    NINJA: One two three.
    BROLL {over: true, begins: 1.5, name: late}: A street at night, rain on the pavement.
    BROLL {over: true}: The same street from above, cars passing slowly.
    ## The second half
    IMAGE {name: hero}: A ninja in a hall, full body visible.
    BROLL {image: hero, seconds: 5}: The lamps go on one by one behind the ninja.
    GLITCH: Four five.
    """


@pytest.fixture
def stage(tmp_path: Path) -> Stage:
    """A stage for six segments."""
    stage = build_stage(tmp_path)
    stage.write_show(SHOW.replace("slots: 4", "slots: 8"))
    return stage


@pytest.fixture
def script(stage: Stage) -> Script:
    """An episode with turns and shots."""
    stage.write_episode(text=EPISODE)
    return load_script(stage.show, load_show(stage.show), "demo")


def test_every_turn_and_shot_is_a_segment_in_the_order_of_the_file(script: Script) -> None:
    assert [(each.segment, each.label) for each in script.segments] == [
        ("s01", "NINJA"),
        ("s02", "BROLL"),
        ("s03", "BROLL"),
        ("s04", "IMAGE"),
        ("s05", "BROLL"),
        ("s06", "GLITCH"),
    ]
    assert [turn.segment for turn in script.turns] == ["s01", "s06"]
    assert [shot.segment for shot in script.shots] == ["s02", "s03", "s04", "s05"]


def test_the_cut_has_what_has_a_place_of_its_own(script: Script) -> None:
    assert [each.segment for each in script.cut] == ["s01", "s05", "s06"]
    assert script.cut[1].chapter == "The second half"


def test_shots_over_a_turn_come_in_the_order_in_which_they_begin(script: Script) -> None:
    assert [shot.segment for shot in script.shots_over("s01")] == ["s03", "s02"]
    assert script.shots_over("s06") == ()


def test_a_reference_means_a_segment_a_named_shot_or_nothing(script: Script) -> None:
    found = {
        name: owner and owner.segment
        for name in ("s06", "hero", "late", "frames/a.png")
        for owner in [script.find_owner(name)]
    }
    assert found == {"s06": "s06", "hero": "s04", "late": "s02", "frames/a.png": None}
    assert script.segment("s07") is None


def test_with_a_shot_comes_the_turn_that_shows_it(script: Script) -> None:
    assert script.with_what_shows(["s02"]) == ["s01", "s02"]
    assert script.with_what_shows(["s05", "s06"]) == ["s05", "s06"]
    assert script.with_what_shows(["s04"]) == ["s04"]


def test_files_of_a_further_format_have_its_name(script: Script) -> None:
    assert script.formats == (Format.SHORT, Format.LONG)
    assert script.named("final.mp4", Format.SHORT) == "final.mp4"
    assert script.named("final.mp4", Format.LONG) == "final-long.mp4"


def test_a_script_survives_being_stored_and_so_does_one_from_before_there_were_shots(script: Script) -> None:
    assert Script.model_validate_json(script.model_dump_json()) == script
    older = script.model_dump(mode="json")
    older["turns"] = [
        {name: value for name, value in each.items() if name != "broll"} for each in older.pop("segments")
    ]
    older["turns"] = [each for each in older["turns"] if each["kind"] == "turn"]
    assert [turn.segment for turn in Script.model_validate(older).segments] == ["s01", "s06"]
