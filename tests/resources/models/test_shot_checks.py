"""Shots held to what they refer to and to what their models sell, before anything is made; each mistake at its line."""

from pathlib import Path

import pytest
from PIL import Image

from resources.content.settings.characters import Character
from resources.content.show import Show
from resources.core.errors import ContentError
from resources.media.ffmpeg import run
from resources.models.loading import parse_script
from tests.paid.bad_inputs import vast

SHOW = Show(title="Test", slots=12, characters={"NINJA": Character(name="Ninja", puppet="ninja")})


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    show = tmp_path / "show"
    show.mkdir()
    Image.new("RGB", (640, 640)).save(show / "desk.png")
    Image.new("RGB", (640, 640)).save(tmp_path / "outside.png")
    (show / "torn.png").write_bytes((show / "desk.png").read_bytes()[:60])
    Image.effect_noise((640, 640), 80).save(show / "half.jpg")
    (show / "half.jpg").write_bytes((show / "half.jpg").read_bytes()[:20_000])
    (show / "vast.png").write_bytes(vast(12_000))
    (show / "bomb.png").write_bytes(vast(20_000))
    (show / "torn.mp4").write_bytes(b"no film")
    (show / "notes.txt").write_text("x", encoding="utf-8")
    return show


def messages_of(lines: str, folder: Path | None = None) -> str:
    """What is wrong with an episode; nothing for one that can be shot."""
    try:
        parse_script(lines, episode="x", show=SHOW, where="x.md", folder=folder)
    except ContentError as error:
        return f"{error.where} {error}"
    return ""


def test_what_can_be_shot_has_no_mistake(folder: Path) -> None:
    lines = (
        "NINJA {broll: desk.png}: One.\n"
        "IMAGE {name: map}: A map.\n"
        "BROLL {image: map, seconds: 5}: It unfolds.\n"
        "BROLL {image: desk.png, seconds: 5}: It lights up.\n"
        "EDIT {clip: s01}: In the rain.\n"
    )
    assert messages_of(lines, folder) == ""
    assert messages_of("NINJA: One.\n", folder) == ""


@pytest.mark.parametrize(
    ("lines", "what"),
    [
        ("NINJA: One.\nBROLL {image: mop, seconds: 5}: X.\nIMAGE {name: map}: A map.", "no shot is called 'mop'"),
        ("NINJA: One.\nEDIT {clip: s09}: X.", "there is no segment 's09'"),
        ("IMAGE {name: map}: A map.\nEDIT {clip: map}: X.", "map is a still picture, and EDIT needs a clip there"),
        ("NINJA: One.\nBROLL {image: notes.txt, seconds: 5}: X.", "notes.txt is not a picture"),
        ("NINJA: One.\nEDIT {clip: desk.png}: X.", "desk.png is not a clip"),
        ("NINJA: One.\nBROLL {image: desc.png, seconds: 5}: X.", "there is no file desc.png"),
        ("NINJA: One.\nBROLL {image: ../outside.png, seconds: 5}: X.", "outside the show's folder"),
        ("NINJA {broll: torn.png}: One.", "broll: torn.png cannot be read"),
        ("NINJA {broll: half.jpg}: One.", "broll: half.jpg cannot be read"),
        ("NINJA {broll: vast.png}: One.", "broll: vast.png cannot be read"),
        ("NINJA {broll: bomb.png}: One.", "broll: bomb.png cannot be read"),
        ("NINJA {broll: torn.mp4}: One.", "broll: torn.mp4 cannot be read"),
        ("NINJA {broll: notes.txt}: One.", "broll: notes.txt is not a picture"),
        ("IMAGE {name: a}: A.\nIMAGE {name: a}: B.\nNINJA: One.", "two shots are called 'a'"),
        (
            "NINJA: One.\nBROLL {over: true, seconds: 5}: A.\nBROLL {over: true, seconds: 5}: B.",
            "s02 begins at the same moment of s01",
        ),
        ("BROLL {name: a, image: b, seconds: 5}: A.\nBROLL {name: b, image: a, seconds: 5}: B.", "x.md:1"),
        ("NINJA: One.\nBROLL {name: a, image: a, seconds: 5}: A.", "x.md:2"),
    ],
)
def test_each_mistake_is_told_where_it_stands(folder: Path, lines: str, what: str) -> None:
    assert what in messages_of(lines, folder)


def test_a_clip_of_which_no_picture_can_be_decoded_is_told_though_its_header_is_whole(folder: Path) -> None:
    whole = folder / "whole.mp4"
    run(["-f", "lavfi", "-i", "testsrc=d=1:s=320x180", "-movflags", "+faststart", str(whole)])
    content = whole.read_bytes()
    (folder / "rest.mp4").write_bytes(content[: content.index(b"mdat") + 300])
    run(["-f", "lavfi", "-i", "sine=d=1", str(folder / "heard.mp4")])
    assert messages_of("NINJA {broll: whole.mp4}: One.", folder) == ""
    assert "broll: rest.mp4 cannot be read" in messages_of("NINJA {broll: rest.mp4}: One.", folder)
    assert "a file has no pictures, only sound" in messages_of("NINJA {broll: heard.mp4}: One.", folder)


def test_what_lies_nowhere_is_not_looked_for_without_a_folder() -> None:
    assert messages_of("NINJA: One.\nBROLL {image: nowhere.png, seconds: 5}: X.") == ""
    assert "is not a picture" in messages_of("NINJA: One.\nBROLL {image: nowhere.txt, seconds: 5}: X.")


def test_a_name_that_is_wrong_hides_no_other_mistake_of_its_kind() -> None:
    both = messages_of("NINJA: One.\nBROLL {image: mop, seconds: 5}: X.\nEDIT {clip: s77}: Y.")
    assert "'mop'" in both
    assert "'s77'" in both


def test_what_no_model_sells_is_told_with_the_shots_label() -> None:
    refused = messages_of("NINJA: One.\nBROLL {seconds: 5, model: fal-ai/flux/dev}: X.")
    assert refused.startswith("x.md:2 ")
    assert "BROLL: Flux dev cannot make this broll" in refused


def test_two_that_are_seen_over_a_turn_at_different_times_are_both_seen() -> None:
    assert (
        messages_of("NINJA: One.\nBROLL {over: true, seconds: 5}: A.\nBROLL {over: true, begins: 2.5, seconds: 5}: B.")
        == ""
    )
