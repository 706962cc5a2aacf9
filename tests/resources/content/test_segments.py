"""A parsed episode: which segments it has, what is seen in the cut, and what its references mean."""

from pathlib import Path

import pytest
from pydantic import ValidationError

from resources.content.segments import PlacedShot, Script, Turn
from resources.content.shots import parse_shot
from resources.content.show import Format
from resources.core.errors import ContentError
from resources.core.names import COMPOSITES, EPISODE_ASSETS, LISTENER_CLIPS, SHOTS, SPEAKER_CLIPS, TTS_AUDIO
from resources.core.values import Part
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


def test_a_stored_segment_of_no_known_kind_is_refused(script: Script) -> None:
    stored = script.model_dump(mode="json")
    stored["segments"][0]["kind"] = "dream"
    with pytest.raises(ValidationError):
        Script.model_validate(stored)


# What a segment answers

TURN = Turn(segment="s01", speaker="NINJA", performance="[calm] Hi there.", spoken="Hi there.", take=3, line=4)
SHOT = PlacedShot(
    segment="s02", shot=parse_shot("BROLL", {"image": "hero", "over": True}, "A desk."), over="s01", line=5
)
HERO = PlacedShot(segment="s03", shot=parse_shot("IMAGE", {"name": "hero"}, "A ninja."), line=6)


def of(*segments: Turn | PlacedShot) -> Script:
    return Script(episode="demo", title="Demo", format=Format.SHORT, sha256="0", segments=segments)


def test_a_turn_answers_for_itself() -> None:
    assert (TURN.label, TURN.text, TURN.words, TURN.take, TURN.in_cut) == ("NINJA", "Hi there.", 2, 3, True)
    assert TURN.parts == (Part.VOICE, Part.SPEAKER, Part.LISTENER)
    assert (TURN.picture_asset, TURN.moves, TURN.needs) == (SPEAKER_CLIPS, True, {})
    assert {asset for asset in EPISODE_ASSETS if TURN.not_needed(asset)} == {SHOTS}
    assert TURN.metadata() == {"speaker": "NINJA", "line": "[calm] Hi there.", "words": 2}


def test_a_shot_answers_for_itself() -> None:
    assert (SHOT.label, SHOT.text, SHOT.words, SHOT.take, SHOT.in_cut) == ("BROLL", "A desk.", 0, 1, False)
    assert (SHOT.parts, SHOT.picture_asset, SHOT.needs) == ((Part.SHOT,), SHOTS, {"image": "hero"})
    assert (SHOT.moves, HERO.moves) == (True, False)
    assert {asset for asset in EPISODE_ASSETS if SHOT.not_needed(asset)} == {
        TTS_AUDIO,
        SPEAKER_CLIPS,
        LISTENER_CLIPS,
        COMPOSITES,
    }
    assert SHOT.not_needed(COMPOSITES) == "it is seen over s01"
    assert HERO.not_needed(COMPOSITES) == "it is made for other shots and not seen by itself"
    assert SHOT.metadata()["made_from"] == "hero"


def test_what_a_segment_is_made_from_is_found_by_key_and_by_name() -> None:
    whole = of(TURN, SHOT, HERO)
    assert whole.made_from(SHOT) == {"image": HERO}
    assert whole.owner("s01") == TURN
    assert whole.find_owner("nobody") is None
    with pytest.raises(ContentError, match="nothing called 'nobody'"):
        whole.owner("nobody")


def test_a_segment_of_another_kind_is_refused_with_those_there_are() -> None:
    whole = of(TURN, SHOT)
    assert (whole.turn("s01"), whole.shot("s02")) == (TURN, SHOT)
    with pytest.raises(ContentError, match=r"s02 of demo is no turn: it is BROLL\n.*use one of s01"):
        whole.turn("s02")
    with pytest.raises(ContentError, match="there is no such segment"):
        whole.shot("s09")
