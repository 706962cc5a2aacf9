import numpy as np
import pytest

from resources.media.audio.alignment import Alignment, aligned_words, words_by_sound


def evenly(text: str, step: float = 0.1) -> Alignment:
    """Each character takes `step` seconds."""
    count = len(text)
    return Alignment(list(text), [step * n for n in range(count)], [step * (n + 1) for n in range(count)])


def test_tags_are_no_words_but_take_their_time() -> None:
    words = aligned_words("Big news.", evenly("[laughs] Big [pause] news."), 2.6, tags=True)
    assert words is not None
    assert [word.text for word in words] == ["Big", "news."]
    assert words[0].start == pytest.approx(0.9)
    assert words[1].start == pytest.approx(2.1)


def test_a_pause_belongs_to_no_word() -> None:
    alignment = Alignment(list("Hi, you"), [0, 0.1, 0.2, 0.9, 0.9, 1.0, 1.1], [0.1, 0.2, 0.9, 0.9, 1.0, 1.1, 1.2])
    words = aligned_words("Hi, you", alignment, 1.2, tags=True)
    assert words is not None
    assert [(round(word.start, 2), round(word.end, 2)) for word in words] == [(0, 0.2), (0.9, 1.2)]


def test_the_models_clock_is_brought_to_the_sounds() -> None:
    words = aligned_words("one two", evenly("one two"), 0.5, tags=False)
    assert words is not None
    assert words[-1].end == pytest.approx(0.5)
    assert words[1].start == pytest.approx(0.4 * 0.5 / 0.7)


def test_words_never_overlap_or_leave_the_sound() -> None:
    alignment = Alignment(list("ab cd"), [0, 0.3, 0.4, 0.2, 0.3], [0.5, 0.6, 0.5, 0.4, 0.6])
    words = aligned_words("ab cd", alignment, 0.6, tags=False)
    assert words is not None
    assert words[0].end <= words[1].start <= words[1].end <= 0.6


@pytest.mark.parametrize("text", ["other words", "Big news!", ""])
def test_an_alignment_of_another_text_is_none(text: str) -> None:
    assert aligned_words("Big news.", evenly(text), 1.0, tags=True) is None


def test_brackets_stay_where_they_are_spoken() -> None:
    words = aligned_words("[sic] yes", evenly("[sic] yes"), 0.9, tags=False)
    assert words is not None
    assert [word.text for word in words] == ["[sic]", "yes"]


def test_letters_of_several_code_points_count_as_written() -> None:
    alignment = Alignment(["हि", "न्", "दी", " ", "é", "t", "é"], [0, 1, 2, 3, 4, 5, 6], [1, 2, 3, 4, 5, 6, 7])
    words = aligned_words("हिन्दी été", alignment, 7.0, tags=False)
    assert words is not None
    assert [(word.text, word.start, word.end) for word in words] == [("हिन्दी", 0, 3), ("été", 4, 7)]


def test_without_an_alignment_words_fall_where_there_is_sound() -> None:
    heard = np.array([False] * 20 + [True] * 30 + [False] * 50 + [True] * 30)
    words = words_by_sound("aaa bbb", heard, 1.3)
    assert [time for word in words for time in (word.start, word.end)] == pytest.approx([0.2, 0.5, 1.0, 1.3])


def test_without_any_sound_there_are_no_words() -> None:
    assert words_by_sound("aaa", np.zeros(10, dtype=np.bool_), 0.1) == ()
