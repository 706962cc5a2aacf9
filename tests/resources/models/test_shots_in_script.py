"""Shots as they stand in an episode file: where each is seen, what it refers to, and mistakes with their lines."""

from pathlib import Path

import pytest
from PIL import Image

from resources.content.segments import PlacedShot, Script, Turn
from resources.content.settings.characters import Character, ElevenLabsVoice, Voices
from resources.content.show import Show
from resources.core.errors import ContentError
from resources.models.loading import parse_script

VOICE = Voices(elevenlabs=ElevenLabsVoice(voice_id="voiceNinja01"))
SHOW = Show(title="Test", slots=12, characters={"NINJA": Character(name="Ninja", puppet="ninja", voice=VOICE)})
BUILT = "fal-ai/kling-video/v2.5-turbo/pro/text-to-video"


def parse(content: str, folder: Path | None = None) -> Script:
    return parse_script(content, episode="x", show=SHOW, where="x.md", folder=folder)


def refusal(content: str, folder: Path | None = None) -> str:
    with pytest.raises(ContentError) as caught:
        parse(content, folder)
    return str(caught.value)


def test_turns_and_shots_are_segments_in_the_order_of_the_file() -> None:
    script = parse(
        "NINJA: One.\n"
        "BROLL {over: true, seconds: 5}: A city\nat night.\n"
        "IMAGE {name: hero}: A ninja.\n"
        "BROLL {image: hero}: He waves.\n"
        "BROLL {name: raw, shown: false}: A street.\n"
        "EDIT {clip: raw}: The street in snow.\n"
        "IMAGE {seconds: 2}: A map.\n"
        "NINJA: Two.\n"
    )
    assert [(each.segment, each.label, each.in_cut, each.line) for each in script.segments] == [
        ("s01", "NINJA", True, 1),
        ("s02", "BROLL", False, 2),
        ("s03", "IMAGE", False, 4),
        ("s04", "BROLL", True, 5),
        ("s05", "BROLL", False, 6),
        ("s06", "EDIT", True, 7),
        ("s07", "IMAGE", True, 8),
        ("s08", "NINJA", True, 9),
    ]
    assert [placed.segment for placed in script.shots_over("s01")] == ["s02"]
    assert script.segments[1].text == "A city\nat night."
    assert script.owner("hero") == script.segment("s03")
    assert [turn.spoken for turn in script.turns] == ["One.", "Two."]
    assert Script.model_validate_json(script.model_dump_json()) == script


def test_a_script_that_was_stored_before_there_were_shots_is_read() -> None:
    stored = parse("NINJA: One.").model_dump_json().replace('"segments"', '"turns"')
    assert isinstance(Script.model_validate_json(stored).segments[0], Turn)


def test_a_new_shot_over_a_turn_makes_the_turns_picture_anew() -> None:
    script = parse("NINJA: One.\nNINJA: Two.\nBROLL {over: true}: A city.")
    assert script.with_what_shows(["s03"]) == ["s02", "s03"]
    assert script.with_what_shows(["s01"]) == ["s01"]


def test_a_chapter_begins_with_what_is_seen_first() -> None:
    script = parse("NINJA: One.\n## Two\nIMAGE {name: a}: A map.\nBROLL {image: a}: It unfolds.")
    assert [each.chapter for each in script.segments] == [None, None, "Two"]
    assert "nothing of the chapter 'Two' is seen" in refusal("NINJA: One.\n## Two\nIMAGE: A map.")


def test_settings_may_hold_braces_and_lists() -> None:
    script = parse("IMAGE {name: a}: A.\nOMNI {references: {one: a}, ending: 'walking: away'}: He from @one walks.")
    placed = script.segments[1]
    assert isinstance(placed, PlacedShot)
    assert placed.shot.needs() == {"references.one": "a"}


@pytest.mark.parametrize(
    ("content", "line", "words"),
    [
        ("NINJA: a\nBROLL {speed: 2}: x", 2, ["no setting 'speed'", "seconds", "camera"]),
        ("NINJA: a\nBROLL {seconds: 2}: x", 2, ["seconds", "is not 3 or more"]),
        ("NINJA: a\nBROLL {seconds: 16}: x", 2, ["seconds", "is not 15 or less"]),
        (f"NINJA: a\nBROLL {{seconds: 7, model: {BUILT}}}: x", 2, ["does not sell 7 s", "5, 10"]),
        ("NINJA: a\nBROLL {model: kling}: x", 2, ["kling"]),
        ("NINJA: a\nBROLL:", 2, ["BROLL has no text"]),
        ("NINJA: a\nTRANSITION {start: a.png}: x", 2, ["end: Field required"]),
        ("NINJA: a\nBROLL {image: heroo}: x\nIMAGE {name: hero}: y", 2, ["no shot is called 'heroo'", "'hero'"]),
        ("NINJA: a\nEDIT {clip: s07}: x", 2, ["there is no segment 's07'"]),
        ("NINJA: a\nEDIT {clip: hero}: x\nIMAGE {name: hero}: y", 2, ["hero is a still picture"]),
        ("NINJA: a\nMOTION {image: a.png, video: b.png}: x", 2, ["b.png is not a clip", ".mp4"]),
        ("NINJA: a\nBROLL {image: a.txt}: x", 2, ["a.txt is not a picture"]),
        ("NINJA: a\nBROLL {image: s02}: x", 2, ["wait for each other: s02"]),
        ("NINJA: a\nIMAGE {name: h}: x\nIMAGE {name: h}: y", 3, ["two shots are called 'h'", "line 2"]),
        ("BROLL {over: true}: x\nNINJA: a", 1, ["there is none before it"]),
        ("NINJA: a\nBROLL: x\nBROLL {over: true}: y", 3, ["there is none before it"]),
        ("NINJA: a\nBROLL {over: true}: x\nBROLL {over: true}: y", 3, ["begins at the same moment"]),
        ("NINJA: a\nBROLL {begins: 2}: x", 2, ["add `over: true`"]),
        ("NINJA: a\nBROLL {over: true, shown: false}: x", 2, ["leave `over` or `shown` out"]),
        ("NINJA: a\nBROLL {audio: true}: x\n[Nobody]: Hello!", 2, ["nobody knows how 'Nobody' sounds"]),
        ("IMAGE: x", 1, ["nothing of this episode is seen"]),
        ("IMAGE: x\n" * 13, 13, ["there are 13 turns and shots", "`slots: 13`"]),
    ],
)
def test_a_mistake_in_a_shot_is_told_with_its_line(content: str, line: int, words: list[str]) -> None:
    message = refusal(content)
    assert f"x.md:{line}" in message
    assert [word for word in words if word not in message] == []


def test_files_of_shots_are_looked_for_in_the_shows_folder(tmp_path: Path) -> None:
    message = refusal("NINJA: a\nBROLL {image: frames/desk.png}: x", tmp_path)
    assert "x.md:2" in message
    assert "there is no file frames/desk.png" in message
    (tmp_path / "frames").mkdir()
    (tmp_path / "frames" / "desk.png").touch()
    parse("NINJA: a\nBROLL {image: frames/desk.png}: x", tmp_path)
    (tmp_path / "frames" / "out.png").symlink_to("/etc/hostname")
    assert "outside the show's folder" in refusal("NINJA: a\nBROLL {image: frames/out.png}: x", tmp_path)


def test_the_broll_of_a_turn_is_a_picture_or_clip_of_the_shows_folder(tmp_path: Path) -> None:
    Image.new("RGB", (8, 8)).save(tmp_path / "city.png")
    turn = parse("NINJA {broll: city.png}: Hi.\n", tmp_path).turns[0]
    assert turn.broll == "city.png"
    (tmp_path / "city.mp4").write_bytes(b"no clip")
    wrong = ("city.txt", "none.png", "city.mp4", "../outside.png")
    (tmp_path.parent / "outside.png").write_bytes(b"x")
    message = refusal("".join(f"NINJA {{broll: {name}}}: Hi.\n" for name in wrong), tmp_path)
    for expected in ("x.md:1:", "not a picture", "x.md:2:", "no file none.png", "x.md:3:", "city.mp4 cannot be read"):
        assert expected in message
    for expected in ("x.md:4:", "outside the show's folder"):
        assert expected in message
