"""Timestamps, voices and labelled references."""

import pytest

from resources.core.errors import ContentError
from resources.models.prompts import scene
from resources.models.prompts.book import shipped
from resources.models.prompts.scene import TimedShot

BOOK = shipped()
THREE_SHOTS = """Shot 1 [0:00-0:04] A close-up of the ninja's face,
eyes glowing with determination.
Shot 2 [0:04-0:08] Medium shot pulling back.
[0:08–0:12]: Wide establishing shot"""


def test_shots_are_read_with_their_times() -> None:
    assert scene.timed_shots(THREE_SHOTS) == (
        TimedShot(0, 4, "A close-up of the ninja's face, eyes glowing with determination."),
        TimedShot(4, 8, "Medium shot pulling back."),
        TimedShot(8, 12, "Wide establishing shot"),
    )


def test_shots_are_written_with_their_times() -> None:
    assert scene.timestamps([TimedShot(0, 4, "a face"), TimedShot(4, 65, "a desk.")]) == (
        "Shot 1 [0:00-0:04] A face.\nShot 2 [0:04-1:05] A desk."
    )


def test_a_prompt_without_timestamps_has_no_shots() -> None:
    assert scene.timed_shots("A fox [looking] left.\nIt leaps.") == ()


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("[0:01-0:04] a", "shot 1 starts at 0:01, and it is 0:00 then"),
        ("[0:00-0:04] a\n[0:05-0:08] b", "shot 2 starts at 0:05, and it is 0:04 then"),
        ("[0:00-0:04] a\n[0:03-0:08] b", "shot 2 starts at 0:03, and it is 0:04 then"),
        ("[0:00-0:00] a", "before it has lasted a second"),
        ("A fox.\n[0:00-0:04] a", "'A fox.' stands before the first shot"),
    ],
)
def test_shots_that_do_not_follow_each_other_are_refused(text: str, said: str) -> None:
    with pytest.raises(ContentError, match=said):
        scene.timed_shots(text)


def test_spoken_lines_get_their_voice_and_direction_stays() -> None:
    text = '[ninja]: Breaking news!\nCamera pulls back.\n\n[Boss, raspy deep voice]: "Get out"'
    assert scene.scene_direction(BOOK, text) == (
        '[ninja, energetic male voice]: "Breaking news!"\nCamera pulls back.\n[Boss, raspy deep voice]: "Get out"'
    )


def test_a_speaker_without_a_voice_is_refused() -> None:
    with pytest.raises(ContentError, match="nobody knows how 'Ninjo' sounds") as caught:
        scene.scene_direction(BOOK, "[Ninjo]: hi")
    assert "did you mean 'Ninja'" in str(caught.value.hint)


def test_a_timestamp_is_no_speaker() -> None:
    assert not scene.speaks("[0:00-0:04]: A fox")
    assert scene.speaks("A fox.\n[Ninja]: hi")


def test_references_become_labels_and_the_last_line_holds_the_scene() -> None:
    prompt = scene.omni(
        BOOK,
        scene="The woman from @glitch and the man from @ninja walk through the forest in @forest",
        references=["forest", "ninja", "glitch"],
        ending="continuing down the path.",
    )
    assert prompt == (
        "The woman from @Image3 and the man from @Image2 walk through the forest in @Image1. "
        "The scene ends with them continuing down the path in @Image1."
    )


def test_the_last_line_is_there_even_if_nobody_thought_of_it_and_only_once() -> None:
    assert scene.omni(BOOK, scene="@ninja waits", references=["ninja"]).endswith(
        "The scene ends with them continuing what they do in @Image1."
    )
    written = scene.omni(BOOK, scene="@a. The scene ends with them asleep in @b.", references=["a", "b"])
    assert written == "@Image1. The scene ends with them asleep in @Image2."


def test_the_frame_of_the_last_line_can_be_chosen() -> None:
    assert scene.omni(BOOK, scene="@a runs", references=["a", "b"], frame="b").endswith("in @Image2.")


def test_labels_of_the_model_itself_stay() -> None:
    assert scene.omni(BOOK, scene="@Element1 meets @a", references=["a"]).startswith("@Element1 meets @Image1.")


def test_an_unknown_reference_is_refused() -> None:
    with pytest.raises(ContentError, match="there is no reference @nina"):
        scene.omni(BOOK, scene="@nina runs", references=["ninja"])
    with pytest.raises(ContentError, match="needs a reference"):
        scene.omni(BOOK, scene="nobody runs", references=[])


@pytest.mark.parametrize("begun", ["[a", "[a,"])
def test_a_line_of_any_length_is_seen_not_to_be_spoken_in_one_pass(begun: str) -> None:
    assert not scene.speaks(f"{begun}{' ' * 300_000}x")
