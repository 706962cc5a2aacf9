"""Mistakes are told together, in the order of their lines, each as a part of the error."""

from pathlib import Path

import pytest

from resources.core.errors import ContentError
from resources.core.text.diagnostics import SHOWN, Mistakes, nearest, shorten, shown_path


def test_nothing_is_raised_of_no_mistake_and_one_is_told_as_it_is() -> None:
    mistakes = Mistakes("x.md", code="refused")
    mistakes.settle()
    mistakes.add(3, "a", why="b", hint="c")
    with pytest.raises(ContentError) as error:
        mistakes.settle()
    message = error.value
    assert (message.what, message.where, message.why, message.hint, message.code) == (
        "a",
        "x.md:3",
        "b",
        "c",
        "refused",
    )


def test_several_are_told_in_the_order_of_lines_and_each_is_a_part() -> None:
    mistakes = Mistakes("x.md", code="refused")
    for line in (9, 2, 5):
        mistakes.add(line, f"of {line}", code="own" if line == 5 else None)
    error = mistakes.error()
    assert [(part.where, part.code) for part in error.parts] == [
        ("x.md:2", "refused"),
        ("x.md:5", "own"),
        ("x.md:9", "refused"),
    ]
    assert (error.where, error.what) == ("x.md:2", "3 mistakes\nx.md:2: of 2\nx.md:5: of 5\nx.md:9: of 9")


def test_of_thousands_the_first_are_told_and_the_rest_counted() -> None:
    mistakes = Mistakes("x.md")
    for line in range(1, SHOWN + 4):
        mistakes.add(line, "odd")
    assert mistakes.error().what.endswith(f"x.md:{SHOWN}: odd\nand 3 more")


def test_a_path_is_shown_from_here_where_it_is_inside(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    assert shown_path(tmp_path / "show" / "show.yaml") == "show/show.yaml"
    assert shown_path(tmp_path.parent / "other.yaml") == (tmp_path.parent / "other.yaml").as_posix()


def test_a_quotation_is_one_short_line() -> None:
    assert shorten("a\n  b") == "'a b'"
    assert shorten("x" * 50) == repr("x" * 39 + "…")
    assert shorten("x" * 40) == repr("x" * 40)


def test_what_is_spelled_alike_is_proposed_whatever_its_case() -> None:
    assert nearest("COLOUR", ["Color", "size"]) == "did you mean 'Color'? "
    assert nearest("zzz", ["Color", "size"]) == ""
