"""Which models speak how long, and where a turn too long for its model is cut."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from resources.catalogue import registry, speakers
from resources.errors import ContentError
from resources.seams import Word


def turn(*sentences: tuple[str, float]) -> tuple[list[Word], float]:
    """Words of sentences, each as long as said, with a silence of 0.4 s after each sentence; and the whole length."""
    words: list[Word] = []
    now = 0.0
    for text, seconds in sentences:
        parts = text.split()
        step = (seconds - 0.4) / len(parts)
        for index, part in enumerate(parts):
            words.append(Word(text=part, start=now + index * step, end=now + (index + 1) * step))
        now += seconds
    return words, now


FABRIC = speakers.option(registry.FABRIC, "480p")
PRO = speakers.option(registry.AVATAR_PRO)


def test_every_avatar_is_an_option_at_each_of_its_resolutions() -> None:
    assert [option.name for option in speakers.options()] == [
        "Avatar v2 Standard",
        "Avatar v2 Pro",
        "OmniHuman v1.5 at 1080p",
        "OmniHuman v1.5 at 720p",
        "Creatify Aurora at 720p",
        "Creatify Aurora at 480p",
        "VEED Fabric 1.0 at 720p",
        "VEED Fabric 1.0 at 480p",
    ]


def test_a_model_that_takes_no_prompt_is_sent_none() -> None:
    files = {"image_url": "https://a.test/i.png", "audio_url": "https://a.test/s.mp3", "prompt": "excited"}
    assert FABRIC.arguments(**files).payload() == {
        "image_url": "https://a.test/i.png",
        "audio_url": "https://a.test/s.mp3",
        "resolution": "480p",
    }
    assert PRO.arguments(**files).payload()["prompt"] == "excited"


def test_a_model_that_does_not_speak_is_refused_with_those_that_do() -> None:
    with pytest.raises(ContentError, match="does not speak a recording") as caught:
        speakers.option(registry.T2V_O3_PRO)
    assert registry.AVATAR_PRO in str(caught.value.mend)


def test_a_resolution_that_a_model_has_not_is_refused() -> None:
    with pytest.raises(ContentError, match="it has 1080p, 720p"):
        speakers.option(registry.OMNIHUMAN, "4K")
    with pytest.raises(ContentError, match="offers no choice"):
        speakers.option(registry.AVATAR_PRO, "1080p")


@pytest.mark.parametrize(
    ("seconds", "names"),
    [
        (61.0, set()),
        (60.0, {"Avatar v2 Standard", "Avatar v2 Pro", "Creatify Aurora at 720p", "Creatify Aurora at 480p"}),
    ],
)
def test_the_models_that_take_a_length_are_told(seconds: float, names: set[str]) -> None:
    assert {option.name for option in speakers.able(seconds)} == names


def test_thirty_seconds_are_too_long_for_omnihuman_at_1080p_only() -> None:
    able = {option.name for option in speakers.able(30.0)}
    assert "OmniHuman v1.5 at 720p" in able
    assert "OmniHuman v1.5 at 1080p" not in able


def test_a_turn_that_fits_stays_whole() -> None:
    words, seconds = turn(("Hi there.", 30.0))
    assert [(part.start, part.end, part.text) for part in speakers.fit(FABRIC, words, seconds)] == [
        (0, 30, "Hi there.")
    ]


def test_a_long_turn_is_cut_in_the_silence_between_sentences_as_evenly_as_it_can_be() -> None:
    words, seconds = turn(("One two three.", 10), ("Four five!", 12), ("Six seven?", 11), ("Eight nine.", 9))
    parts = speakers.fit(FABRIC, words, seconds)
    assert [part.text for part in parts] == ["One two three. Four five!", "Six seven? Eight nine."]
    assert parts[0].end == parts[1].start == pytest.approx(21.8)
    assert parts[1].end == seconds
    assert parts[1].words[0].start == pytest.approx(0.2)


def test_a_full_stop_of_an_abbreviation_or_a_number_ends_no_sentence() -> None:
    words, seconds = turn(("Patch 2.1 is vs. Dr. Doom here", 31))
    with pytest.raises(ContentError, match="cannot be split"):
        speakers.fit(FABRIC, words, seconds)


def test_a_sentence_may_end_inside_a_quotation() -> None:
    words, seconds = turn(("He said “go.”", 20), ("And I went.", 20))
    assert len(speakers.fit(FABRIC, words, seconds)) == 2


def test_a_turn_without_a_cut_is_refused_with_the_models_that_take_it_whole() -> None:
    words, seconds = turn(("one long breath without an end", 40))
    with pytest.raises(ContentError, match=r"a turn of 40\.00 s cannot be split for VEED Fabric") as caught:
        speakers.fit(FABRIC, words, seconds)
    assert "Avatar v2 Pro" in str(caught.value.mend)
    assert "0-30 s" in str(caught.value.why)


def test_a_turn_that_no_model_takes_is_to_become_two() -> None:
    words, seconds = turn(("one long breath without an end", 90))
    with pytest.raises(ContentError, match="make it two turns"):
        speakers.fit(PRO, words, seconds)


def test_a_turn_shorter_than_the_model_takes_is_refused_and_not_cut() -> None:
    words, seconds = turn(("Ha. Ha.", 1.5))
    with pytest.raises(ContentError, match=r"a turn of 1\.50 s is too short for Avatar v2 Pro"):
        speakers.fit(PRO, words, seconds)


def test_no_piece_is_left_shorter_than_the_model_takes() -> None:
    words, seconds = turn(("A long one.", 59), ("Ha!", 1.2), ("Then more.", 5))
    parts = speakers.fit(PRO, words, seconds)
    assert [round(part.seconds, 1) for part in parts] == [58.8, 6.4]


@given(st.lists(st.floats(2.5, 25), min_size=1, max_size=12))
def test_the_pieces_of_any_turn_fit_touch_and_say_every_word(lengths: list[float]) -> None:
    words, seconds = turn(*(("Some words here.", length) for length in lengths))
    parts = speakers.fit(PRO, words, seconds)
    assert all(2 <= part.seconds <= 60 for part in parts)
    assert [parts[0].start, *(part.end for part in parts)] == [*(part.start for part in parts), seconds]
    assert [word.text for part in parts for word in part.words] == [word.text for word in words]
    assert all(word.start >= -1e-6 and word.end <= part.seconds + 1e-6 for part in parts for word in part.words)
