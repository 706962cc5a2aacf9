"""Each rule about words: what it finds, and what it leaves alone."""

import pytest
import yaml

from resources.content.new_show import NewShow, show_files
from resources.content.settings.characters import EXPRESSIVE_PROMPT, LISTENING_NEGATIVE_PROMPT, LISTENING_PROMPT
from resources.content.show import Format
from resources.models.catalogue import Kind
from resources.models.prompts import builders
from resources.models.prompts.book import shipped
from resources.quality.lint import text_rules
from resources.quality.lint.finding import Report
from resources.quality.lint.text_rules import Prompt, Role

BOOK = shipped()
MOUTH = "Mouth closed, subtle nodding."


def rules(message: str, role: Role = Role.SPEAKER, kind: Kind = Kind.AVATAR, negative: str | None = None) -> list[str]:
    report = Report(BOOK)
    text_rules.check(Prompt(message, role, kind, "here", negative), report)
    return [finding.rule for finding in report.findings]


def shot(message: str, kind: Kind = Kind.TEXT_TO_VIDEO) -> list[str]:
    return [rule for rule in rules(message, Role.SHOT, kind) if rule != "prompt-short"]


def test_the_proven_prompts_are_clean() -> None:
    assert rules(EXPRESSIVE_PROMPT) == []
    assert rules(LISTENING_PROMPT, Role.LISTENER, Kind.IMAGE_TO_VIDEO, LISTENING_NEGATIVE_PROMPT) == []


@pytest.mark.parametrize("name", [name for name in BOOK.templates if name != "listening"])
def test_the_shipped_templates_are_clean(name: str) -> None:
    assert rules(builders.avatar(BOOK.template(name))) == []


@pytest.mark.parametrize("name", BOOK.recipes)
def test_the_shipped_recipes_are_clean(name: str) -> None:
    recipe = BOOK.recipe(name)
    prompt = builders.recipe(BOOK, name, "A silver robot with a round head in a workshop")
    assert rules(prompt, Role.SHOT, recipe.kind, ", ".join(recipe.negative)) == []


@pytest.mark.parametrize(
    ("message", "expected"),
    [
        ("A bright sunny day with dark moody shadows", True),
        ("A serious man, frequent smiling", True),
        ("Static camera, handheld", True),
        ("A photorealistic anime city", True),
        ("A bright day, a woman with dark hair", False),
        ("A close-up. Cut to a wide shot", False),
        ("[0:00-0:04] close-up\n[0:04-0:08] wide shot", False),
        ('She says "it is bright and dark"', False),
        ("Brightness and darkness in words alone", False),
    ],
)
def test_wishes_that_exclude_each_other_are_found(message: str, expected: bool) -> None:
    assert ("contradiction" in shot(message)) is expected


def test_a_negative_prompt_must_not_forbid_what_the_prompt_wants() -> None:
    assert "contradiction" in rules("Deep shadows at dusk", Role.SHOT, Kind.TEXT_TO_VIDEO, "blur, deep shadows")
    assert "contradiction" not in rules("Deep shadows at dusk", Role.SHOT, Kind.TEXT_TO_VIDEO, "blur, shadow")


@pytest.mark.parametrize(
    ("message", "expected"),
    [
        ("Dancing energetically with spinning movements", 2),
        ("Walking forward, then turning", 2),
        ("Rumi, purple braided hair, performing on a neon-lit stage, consistent character appearance", 0),
        ("A runner in running shoes by a spinning wheel", 0),
    ],
)
def test_motion_is_not_described_to_motion_control(message: str, expected: int) -> None:
    assert shot(message, Kind.MOTION_CONTROL).count("motion-described") == expected
    assert "motion-described" not in shot(message, Kind.TEXT_TO_VIDEO)


@pytest.mark.parametrize(
    ("message", "expected"),
    [
        ("Remove the dog from the scene", True),
        ("Make it look like a cartoon", True),
        ("Change her dress to red", True),
        ("A peaceful empty park with green grass, no animals present", False),
        ("The same scene, unchanged but for the weather", False),
    ],
)
def test_an_edit_says_the_result_and_not_the_way(message: str, expected: bool) -> None:
    assert ("process-described" in shot(message, Kind.VIDEO_EDIT)) is expected
    assert "process-described" not in shot(message, Kind.TEXT_TO_VIDEO)


def listening(message: str, negative: str | None = LISTENING_NEGATIVE_PROMPT) -> list[str]:
    return rules(message, Role.LISTENER, Kind.IMAGE_TO_VIDEO, negative)


def test_a_listener_has_its_mouth_closed() -> None:
    assert listening("She nods.") == ["mouth-open"]
    assert listening("Lips closed, she nods.") == []
    assert listening(MOUTH + " Talking to a friend.") == ["contradiction", "mouth-open"]
    assert rules("She nods.") == []


def test_a_listeners_negative_prompt_excludes_talking() -> None:
    assert listening(MOUTH, "blur, talking") == ["mouth-not-excluded"]
    assert listening(MOUTH, None) == []


@pytest.mark.parametrize(
    ("message", "expected"),
    [
        ("A. B. C. D. E.", 5),
        ("A. B. C. D. E. F.", 6),
        ("a, b, c", 1),
        ("a, b, c, d", 2),
        (EXPRESSIVE_PROMPT, 4),
        (LISTENING_PROMPT, 4),
    ],
)
def test_the_things_a_prompt_wants_are_counted(message: str, expected: int) -> None:
    assert text_rules.aspects(message) == expected
    assert ("prompt-stuffed" in rules(message)) is (expected > 5)


def test_no_mood_of_a_new_show_asks_a_listener_for_too_much() -> None:
    written = show_files(NewShow("New", "new", ["Anna", "Ben"], [Format.SHORT], "en"))["show.yaml"]
    cast = yaml.safe_load(written)["characters"].values()
    moods = [words for each in cast for words in each["listening"]["moods"].values()]
    assert len(moods) == 6
    for words in moods:
        assert listening(f"{LISTENING_PROMPT} {words}") == []


@pytest.mark.parametrize(
    ("kind", "most"),
    [
        (Kind.TEXT_TO_VIDEO, 150),
        (Kind.IMAGE_TO_VIDEO, 80),
        (Kind.MOTION_CONTROL, 50),
        (Kind.VIDEO_EDIT, 150),
        (Kind.REFERENCE_TO_VIDEO, 150),
    ],
)
def test_each_kind_has_its_most_words(kind: Kind, most: int) -> None:
    assert shot("word " * most, kind) == []
    assert shot("word " * (most + 1), kind) == ["prompt-long"]


def test_a_prompt_of_fifty_characters_is_long_enough() -> None:
    assert rules("x" * 49, Role.SHOT, Kind.TEXT_TO_VIDEO) == ["prompt-short"]
    assert rules("x" * 50, Role.SHOT, Kind.TEXT_TO_VIDEO) == []


def test_a_pictures_prompt_may_have_any_length() -> None:
    assert rules("A fox", Role.SHOT, Kind.IMAGE) == []
    assert rules("word " * 400, Role.SHOT, Kind.IMAGE_EDIT) == []


def test_each_of_several_shots_may_be_as_long_as_one() -> None:
    two = "[0:00-0:04] " + "word " * 140 + "\n[0:04-0:08] " + "word " * 140
    assert shot(two) == []
    assert rules("word " * 200, Role.PART, Kind.TEXT_TO_VIDEO) == []


def test_vague_words_are_told_what_to_say_instead() -> None:
    report = Report(BOOK)
    text_rules.check(Prompt("A nice voice, a goodbye", Role.SPEAKER, Kind.AVATAR, "here"), report)
    assert [(finding.rule, finding.hint) for finding in report.findings] == [
        ("vague", "say instead: warm, friendly, engaging")
    ]


def test_hands_are_asked_for_only_to_be_out_of_sight() -> None:
    assert rules("She speaks, thumbs up") == ["hands"]
    assert rules("She speaks, fingers crossed, hands below frame") == []
    assert rules("Chin resting on one hand") == []


def test_a_video_is_never_see_through() -> None:
    assert shot("A fox on a transparent background") == ["form-contradicted"]
