"""What is seen of a text, and what is not."""

import pytest

from resources.core.text.blank import is_blank


@pytest.mark.parametrize(
    "text",
    [
        *("", " ", "\t\n", "\u00a0\u2003\u3000", "\u2028"),
        *("\u200b", "\u200c\u200d", "\u2060", "\ufeff", "\u00ad", "\u180e", "\u2063"),  # joiners and blanks of no width
        *("\u200e\u200f", "\u202e\u202c", "\u2066\u2069"),  # directions
        *("\u034f", "\u115f\u1160", "\u17b4", "\u3164", "\uffa0", "\u2800", "\U000e0041"),  # fillers and tags
        *("\ufe0f", "\u180b", "\U000e0100"),  # selectors
        " \u200b\u3164 ",
    ],
)
def test_a_text_of_which_nothing_is_seen_is_blank(text: str) -> None:
    assert is_blank(text)


@pytest.mark.parametrize(
    "text", ["a", "\u200ba\u200b", ".", "0", "\U0001f389", "\u2764\ufe0f", "\u0646\u200c", "가", "\u2801"]
)
def test_a_text_with_one_sign_that_is_seen_is_not(text: str) -> None:
    assert not is_blank(text)
