"""The forms of what nobody would say, each by itself. Whole lines are judged in `test_spoken_rules`."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from resources.quality.lint.spoken_forms import path_in, placeholders_in, why_no_direction


@pytest.mark.parametrize(
    ("line", "path"),
    [
        ("Open /home/x/y.txt now", "/home/x/y.txt"),
        ("It is in src/main.py today", "src/main.py"),
        (r"See C:\games\save.dat there", r"C:\games\save.dat"),
        ("and/or, 24/7, AC/DC, r/gaming and km/h", None),
        ("see https://example.com/a/b.html now", None),  # an address, which has a rule of its own
    ],
)
def test_a_path_is_told_as_it_is_written(line: str, path: str | None) -> None:
    assert path_in(line) == path


@pytest.mark.parametrize(("language", "found"), [("en", ["TODO"]), ("es", []), ("pt", []), ("", ["TODO"])])
def test_todo_is_a_word_where_people_say_it(language: str, found: list[str]) -> None:
    assert list(placeholders_in("TODO el mundo lo sabe", language)) == found
    assert list(placeholders_in("TODO: write this", language)) == ["TODO"]  # a remark in any language


def test_each_placeholder_of_a_line_is_told() -> None:
    assert list(placeholders_in("<name> paid XXX for ____", "en")) == ["XXX", "____", "<name>"]


@pytest.mark.parametrize(
    ("tag", "why"),
    [
        ("https://example.com", "an address"),
        ("/home/x/y.txt", "the path of a file"),
        ("...", "no word"),
        ("x", "one letter"),
        ("笑", None),
        ("your name here", "a placeholder"),
        ("GLITCH", "a label"),
        ("laughs like Glitch", None),
        ("number one fan voice", None),
    ],
)
def test_a_tag_is_a_direction_or_is_told_what_else(tag: str, why: str | None) -> None:
    assert why_no_direction(tag, {"NINJA", "GLITCH"}) == why


@given(st.text(max_size=60))
def test_no_text_is_too_odd_to_be_asked_about(text: str) -> None:
    path_in(text)
    list(placeholders_in(text, "en"))
    why_no_direction(text, ())
