"""Shots as they are written in an episode file, and the order in which they can be made."""

from typing import Any

import pytest

from resources.content import shots
from resources.content.shots import BrollShot, ImageShot, MotionShot, OmniShot, TransitionShot, parse_shot
from resources.core.errors import ContentError


def test_a_shot_is_read_from_its_label_settings_and_text() -> None:
    shot = parse_shot("BROLL", {"seconds": "5", "camera": "dolly_in", "audio": "true"}, " A city at night. ")
    assert shot == BrollShot(prompt="A city at night.", seconds=5, camera="dolly_in", audio=True)
    assert shot.kind == "broll"


def test_lists_may_be_written_as_words_between_commas() -> None:
    assert parse_shot("BROLL", {"avoid": "rain, cars ,"}, "x").model_dump()["avoid"] == ("rain", "cars")
    assert parse_shot("EDIT", {"clip": "s03", "keep": ["face", "hair"]}, "x").model_dump()["keep"] == ("face", "hair")


def test_the_labels_of_shots_are_known() -> None:
    assert [
        label for label in ("BROLL", "TRANSITION", "MOTION", "EDIT", "OMNI", "IMAGE", "NINJA") if shots.is_shot(label)
    ] == [
        "BROLL",
        "TRANSITION",
        "MOTION",
        "EDIT",
        "OMNI",
        "IMAGE",
    ]
    with pytest.raises(ContentError, match="did you mean 'BROLL'"):
        parse_shot("BROL", {}, "x")


@pytest.mark.parametrize(
    ("label", "settings"),
    [
        ("BROLL", {}),
        ("TRANSITION", {"start": "a.png", "end": "b.png"}),
        ("MOTION", {"image": "hero", "video": "moves/dance.mp4"}),
        ("EDIT", {"clip": "s03"}),
        ("OMNI", {"references": {"forest": "f.png"}}),
        ("IMAGE", {}),
    ],
)
def test_each_shot_names_its_settings_when_asked_for_another(label: str, settings: dict[str, Any]) -> None:
    assert parse_shot(label, settings, "x").needs() is not None
    for unknown in ("speed", "prompt"):
        with pytest.raises(ContentError, match=f"{label} has no setting '{unknown}'") as caught:
            parse_shot(label, settings | {unknown: "1"}, "x")
        assert "take" in str(caught.value.hint)
    with pytest.raises(ContentError, match=f"{label} has no text"):
        parse_shot(label, settings, "  ")


@pytest.mark.parametrize("label", ["TRANSITION", "MOTION", "EDIT", "OMNI"])
def test_a_shot_without_its_files_is_refused(label: str) -> None:
    with pytest.raises(ContentError, match="Field required"):
        parse_shot(label, {}, "x")


@pytest.mark.parametrize(
    ("label", "least", "name", "inside", "outside"),
    [
        ("BROLL", {}, "seconds", (3, 15), (2, 16)),
        ("BROLL", {}, "take", (1, 999), (0, 1000)),
        ("BROLL", {}, "guidance", (0, 1), (-0.1, 1.1)),
        ("BROLL", {}, "quality", ("draft", "best"), ("finest",)),
        ("BROLL", {}, "name", ("hero", "b-2"), ("Hero", "s03", "2nd")),
        ("BROLL", {}, "image", ("a/b.png", "s03", "s100", "hero"), ("../a.png", "/a.png", "a\\b.png", "Hero")),
        ("TRANSITION", {"start": "a.png", "end": "b.png"}, "seconds", (3, 15), (2, 16)),
        ("MOTION", {"image": "a.png", "video": "b.mp4"}, "orientation", ("image", "video"), ("both",)),
        ("EDIT", {"clip": "s01"}, "references", (dict.fromkeys("abcd", "a.png"),), (dict.fromkeys("abcde", "a.png"),)),
        ("OMNI", {}, "references", ({"a": "a.png"},), ({}, {"A": "a.png"}, {"a": "no/thing"})),
        ("OMNI", {"references": {"a": "a.png"}}, "frame", ("a",), ("b",)),
        ("OMNI", {"references": {"a": "a.png"}}, "seconds", (3, 15), (2, 16)),
        ("IMAGE", {}, "resolution", ("0.5K", "4K"), ("8K",)),
        ("IMAGE", {}, "seconds", (0.1, 60), (0.05, 61)),
        ("IMAGE", {}, "references", ({f"n{i}": "a.png" for i in range(14)},), ({f"n{i}": "a.png" for i in range(15)},)),
    ],
)
def test_each_setting_has_its_limits(
    label: str, least: dict[str, Any], name: str, inside: tuple[Any, ...], outside: tuple[Any, ...]
) -> None:
    for value in inside:
        parse_shot(label, least | {name: value}, "x")
    for value in outside:
        with pytest.raises(ContentError, match=f"{label} cannot be shot like this") as caught:
            parse_shot(label, least | {name: value}, "x")
        assert name in str(caught.value.why)


def test_what_a_picture_shows_needs_the_picture() -> None:
    with pytest.raises(ContentError, match="give the image"):
        parse_shot("BROLL", {"picture": "a street"}, "x")


def test_shots_that_refer_to_each_other_without_a_circle_can_be_made() -> None:
    hero = ImageShot(prompt="x", name="hero")
    dance = MotionShot(prompt="x", image="hero", video="moves/dance.mp4", name="dance")
    change = TransitionShot(prompt="x", start="dance", end="s09")
    shots.check_waits({"s02": change, "s03": dance, "s04": hero})


def test_references_to_nothing_and_to_each_other_are_refused() -> None:
    with pytest.raises(ContentError, match="no shot is called 'heroo'") as caught:
        shots.check_waits({"s01": BrollShot(prompt="x", image="heroo"), "s02": ImageShot(prompt="x", name="hero")})
    assert (caught.value.where, "did you mean 'hero'" in str(caught.value.hint)) == ("s01", True)
    with pytest.raises(ContentError, match="two shots are called 'hero'"):
        shots.check_waits({"s01": ImageShot(prompt="x", name="hero"), "s02": ImageShot(prompt="x", name="hero")})
    circle = {
        "s01": OmniShot(prompt="x", name="a", references={"r": "b"}),
        "s02": OmniShot(prompt="x", name="b", references={"r": "a"}),
        "s03": BrollShot(prompt="x", image="s01"),
    }
    with pytest.raises(ContentError, match=r"wait for each other: s01, s02\n"):
        shots.check_waits(circle)
    with pytest.raises(ContentError, match=r"wait for each other: s03\n"):
        shots.check_waits({"s03": BrollShot(prompt="x", image="s03")})
