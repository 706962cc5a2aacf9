"""Prompts by the owner's frameworks, against the examples of the owner's guides."""

import pytest

from resources.content.settings.characters import EXPRESSIVE_PROMPT, LISTENING_PROMPT
from resources.core.errors import ContentError
from resources.models.prompts import builders
from resources.models.prompts.book import Template, shipped

BOOK = shipped()


def test_parts_become_sentences() -> None:
    assert builders.sentences("a fox", None, " it leaps. ", "", "why?", 'he says "go"') == (
        'A fox. It leaps. Why? He says "go"'
    )


def test_scam_is_in_the_order_of_its_letters() -> None:
    assert builders.scam(
        subject="a red fox with thick winter coat",
        camera="telephoto lens 200mm, camera tracks right smoothly",
        action="leaps gracefully through deep powder snow",
        mood="golden hour sunlight",
    ) == (
        "A red fox with thick winter coat. Telephoto lens 200mm, camera tracks right smoothly. "
        "Leaps gracefully through deep powder snow. Golden hour sunlight."
    )
    assert builders.scam(subject="a fox", action="it runs") == "A fox. It runs."


def test_the_shipped_templates_are_the_proven_prompts() -> None:
    assert builders.avatar(BOOK.template("gaming_news")) == EXPRESSIVE_PROMPT
    assert builders.avatar(BOOK.template("listening")) == LISTENING_PROMPT


def test_a_turns_own_component_replaces_the_categorys() -> None:
    prompt = builders.avatar(BOOK.template("educational"), own=Template(movement="leans in", style="2D look"))
    assert prompt == "Patient, encouraging teacher. Thoughtful pauses after complex info. Leans in. 2D look."


def test_image_to_video_says_the_first_frame_first() -> None:
    prompt = builders.first_frame(BOOK, picture="a woman in a blue dress in a garden", motion="she turns her head")
    assert prompt == "A woman in a blue dress in a garden. She turns her head. Cinematic quality, smooth motion."
    assert builders.first_frame(BOOK, picture="a", motion="b", style="film grain").endswith("Film grain.")


def test_motion_control_ends_with_consistency() -> None:
    prompt = builders.motion_context(BOOK, identity="Rumi, purple braid", scene="concert stage", style="neon")
    assert prompt == "Rumi, purple braid. Concert stage. Neon. Consistent character appearance throughout."


@pytest.mark.parametrize(
    ("keep", "ending"),
    [
        ((), ""),
        (("the man in black",), " The man in black remains unchanged, maintaining its exact appearance and motion."),
        (
            ("face", "hair", "walk"),
            " Face, hair and walk remain unchanged, maintaining its exact appearance and motion.",
        ),
    ],
)
def test_an_edit_says_the_result_and_what_stays(keep: tuple[str, ...], ending: str) -> None:
    assert builders.edit_result(BOOK, result="snowy mountains at sunset", keep=keep) == (
        "Snowy mountains at sunset." + ending
    )


def test_camera_words_are_looked_up_and_a_persons_own_stay() -> None:
    assert builders.camera(BOOK, "Low angle, dolly-in, portrait, 12 frames a second") == (
        "low angle, camera slowly dollies in, 85mm portrait lens, 12 frames a second"
    )
    assert builders.camera(BOOK, None) is None
    assert builders.camera(BOOK, " , ") is None
    assert builders.unknown_camera_words(BOOK, "bird's eye, doly in") == ("doly in",)


def test_moods_and_styles_have_words_by_name() -> None:
    assert builders.word_of(BOOK.moods, "golden hour") == "golden hour sunlight"
    assert builders.word_of(BOOK.styles, "in my own way") == "in my own way"
    assert builders.word_of(BOOK.styles, None) is None


def test_a_negative_prompt_has_each_term_once_with_the_most_special_first() -> None:
    prompt = builders.negative(BOOK, "transition", motion=["character"], extra=["rain", "warp"])
    terms = prompt.split(", ")
    assert terms[:5] == ["rain", "warp", "blurry", "distort", "deform"]
    assert "identity drift" in terms
    assert terms[-1] == BOOK.negative.universal[-1]
    assert len(terms) == len(set(terms))


def test_a_negative_prompt_does_not_forbid_what_the_prompt_asks_for() -> None:
    prompt = builders.negative(BOOK, "horror", prompt="A cartoon villain in the dark")
    assert "cartoon" not in prompt.split(", ")
    assert "comedy" in prompt.split(", ")


def test_an_unknown_negative_list_is_told() -> None:
    with pytest.raises(ContentError, match="did you mean 'anime'"):
        builders.negative(BOOK, "animee")
    with pytest.raises(ContentError, match="known: smooth, physics, character"):
        builders.negative(BOOK, motion=["wild"])


def test_a_recipe_is_about_its_subject() -> None:
    prompt = builders.recipe(BOOK, "living_portrait", "a young woman with dark hair.")
    assert prompt.startswith("A young woman with dark hair. Eyes blink naturally twice")
