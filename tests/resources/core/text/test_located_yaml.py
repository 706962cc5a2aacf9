"""YAML read with its lines: what is written stays what it is, and every mistake has its line."""

from datetime import time

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import BaseModel, ConfigDict, Field

from resources.core.text.diagnostics import Mistakes
from resources.core.text.located_yaml import MAX_DEPTH, Marked, fill, known_keys, read_yaml


class Inner(BaseModel):
    model_config = ConfigDict(extra="forbid")

    at: time | None = None
    color: str = ""


class Outer(BaseModel):
    model_config = ConfigDict(extra="forbid")

    title: str
    inner: Inner | None = None
    people: dict[str, Inner] = Field(default_factory=dict)
    parts: tuple[Inner, ...] = Field((), min_length=1)
    size: int = Field(1, le=200)
    share: float | None = Field(None, allow_inf_nan=False)
    right: bool = True
    code: str = Field("a", pattern="^[a-z]+$", description="letters alone")


def read(text: str, first_line: int = 1) -> tuple[Marked | None, list[tuple[int, str]]]:
    mistakes = Mistakes("show.yaml")
    found = read_yaml(text, mistakes, first_line=first_line)
    return found, [(each.line, each.what) for each in mistakes.found]


def filled(text: str) -> tuple[Outer | None, list[tuple[int, str, str]]]:
    mistakes = Mistakes("show.yaml")
    marked = read_yaml(text, mistakes)
    assert marked is not None
    value = fill(Outer, marked, mistakes)
    return value, [(each.line, each.what, each.hint or "") for each in mistakes.found]


def test_a_scalar_stays_the_text_that_was_written() -> None:
    marked, mistakes = read("a: 2.10\nb: off\nc: 16:30\nd: no\ne: 0x10\nf: 'null'\n")
    assert mistakes == []
    assert marked is not None
    assert marked.value == {"a": "2.10", "b": "off", "c": "16:30", "d": "no", "e": "0x10", "f": "null"}


@pytest.mark.parametrize("written", ["", "~", "null"])
def test_an_empty_value_means_that_it_is_not_given(written: str) -> None:
    marked, _ = read(f"a: {written}\nb: x\n")
    assert marked is not None
    assert marked.value == {"b": "x"}
    assert marked.line(("a",)) == 1


def test_every_key_and_item_has_its_line_in_the_file() -> None:
    marked, _ = read("a:\n  b: x\nc:\n- y\n- d: z\n", first_line=10)
    assert marked is not None
    places: list[tuple[str | int, ...]] = [("a",), ("a", "b"), ("c",), ("c", 0), ("c", 1, "d")]
    assert [marked.line(place) for place in places] == [10, 11, 12, 13, 14]
    assert marked.line(("a", "b", "nothing")) == 11  # the nearest thing around it
    assert marked.line(("nothing",)) == 10


def test_empty_text_is_an_empty_mapping() -> None:
    assert read("")[0] == Marked({}, {(): 1})
    assert read("# a comment\n")[1] == []


@pytest.mark.parametrize(
    ("text", "line", "message"),
    [
        ("a: x\nb: *one\n", 2, "an alias"),
        ("a: x\nb: &one y\nc: *one\n", 2, "an anchor"),
        ("a: &More\n", 1, "an anchor"),
        ("a:\n  <<: {b: x}\n", 2, "a merge"),
        ("a:\tx\n", 1, "a tab stands here"),
        ("a:\n\tb: x\n", 2, "a tab stands here"),
        ("a:\n\u00a0\u00a0b: x\n", 2, "a blank that is no space: U+00A0"),
        ("K\u00c4: x\nKA\u0308: y\n", 2, "is given twice"),  # the same letters
        ("a: x\nb: !!int 5\n", 2, "a YAML tag"),
        ("a: x\na: y\n", 2, "'a' is given twice"),
        ("a: x\n? [b]\n: y\n", 2, "a key must be a plain word"),
        ("- a\n", 1, "settings are written as"),
        ("a: x\nb: [\n", 2, "this is not YAML"),
        ("a: x\n b: y\n", 2, "this is not YAML"),
        ("a: x\nb: \x07\n", 2, "cannot hold the character U+0007"),
        ('a: x\nb: "\\a"\n', 2, "an escape makes a control character"),
        ('a: x\nb: "\\ud800"\n', 2, "an escape makes a control character"),
        ('a: x\nb: "\\UFFFFFFFF"\n', 2, "an escape names a character that there is not"),
        ('a: x\nb: "\\U00110000"\n', 2, "an escape names a character that there is not"),
        ("a: {take:2}\n", 1, "'take:2' has no value"),
        ("a: {take 2}\n", 1, "'take 2' has no value"),
        ("a: x\nb: {beat: 0,8}\n", 2, "'8' has no value"),
        ("a: x\nb: #22d3ee\n", 2, "#22d3ee is taken for a comment"),
        ("a: x\nb: #fff\n", 2, "#fff is taken for a comment"),
    ],
)
def test_a_mistake_is_told_with_its_line(text: str, line: int, message: str) -> None:
    [(where, what)] = read(text)[1]
    assert where == line
    assert message in what


def test_what_yaml_could_hold_and_is_not_read_here_is_no_matter_of_indentation() -> None:
    mistakes = Mistakes("show.yaml")
    for text in ("a: *one\n", "a: !!python/object:os.system x\n", "a: " + "[" * 100 + "]" * 100):
        read_yaml(text, mistakes)
    assert len(mistakes.found) == 3
    assert all("indentation" not in str(each.hint) and "not YAML" not in each.what for each in mistakes.found)


def test_a_control_character_is_no_part_of_what_is_read() -> None:
    marked, _ = read('a: "characters/a\\0b.png"\n')
    assert marked is not None
    assert marked.value == {"a": "characters/ab.png"}


def test_a_word_of_any_length_is_read_in_one_pass() -> None:
    marked, mistakes = read(f"a: {'x' * 300_000}\n")
    assert mistakes == []
    assert marked is not None
    assert len(marked.value["a"]) == 300_000


def test_a_comment_is_no_colour() -> None:
    for text in ("a: x #ffffff\n", "a: # colour\n", "a: '#22d3ee'\n", "# a: #ffffff\n", "a: #1234567\n"):
        assert read(text)[1] == [], text


@pytest.mark.parametrize("written", ["1_0", "+1_0", "1_000", "1_0.5", "1_0e1"])
def test_a_number_that_programs_and_people_read_differently_is_refused(written: str) -> None:
    value, [(line, what, hint)] = filled(f"title: t\nshare: {written}\n")
    assert (value, line) == (None, 2)
    assert f"share: '{written}' may be read as two numbers" in what
    assert written.replace("_", "") in hint


@pytest.mark.parametrize(
    ("written", "read"), [("010", 10), ("1e1", 10), ("+5", 5), (".5", 0.5), ("'7'", 7), ("7  # a remark", 7)]
)
def test_a_number_is_what_a_person_reads(written: str, read: float) -> None:
    value, mistakes = filled(f"title: t\nshare: {written}\n")
    assert mistakes == []
    assert value is not None
    assert value.share == read


@pytest.mark.parametrize(
    "written", ["1:30", "0x10", "0o10", "0b1", ".inf", "-.inf", ".nan", "yes", "true", "1,5", "2026-11-30"]
)
def test_what_is_no_number_to_a_person_is_none(written: str) -> None:
    value, [(line, what, _)] = filled(f"title: t\nshare: '{written}'\n")
    assert (value, line) == (None, 2)
    assert "a number, such as 2.5" in what


def test_a_text_is_not_cut_short_where_yaml_sees_a_comment() -> None:
    value, [(line, what, hint)] = filled("title: News #12\n")
    assert (value, line) == (None, 1)
    assert "'News #12'" in what
    assert 'title: "News #12"' in hint
    for text in (
        "title: News # of the day\n",
        "title: 'News' #12\n",
        "title: News#12\n",
        "title: t\nsize: 5 #of 200\n",
    ):
        value, mistakes = filled(text)
        assert mistakes == [], text
        assert value is not None


def test_what_is_nested_without_end_is_refused_and_what_is_deep_is_not() -> None:
    def nested(depth: int) -> str:
        return "a: " + "[" * depth + "]" * depth

    assert read(nested(MAX_DEPTH - 2))[1] == []
    assert "nested too deep" in read(nested(500))[1][0][1]


@given(st.text(max_size=60))
def test_any_text_is_a_mapping_or_a_mistake(text: str) -> None:
    found, mistakes = read(text)
    assert found is not None or mistakes
    assert all(line >= 1 for line, _ in mistakes)


def test_types_come_from_the_model() -> None:
    value, mistakes = filled("title: 2.10\nsize: 3\ninner: {at: 16:30}\nparts:\n- {color: red}\n")
    assert mistakes == []
    assert value == Outer(title="2.10", size=3, inner=Inner(at=time(16, 30)), parts=(Inner(color="red"),))


@pytest.mark.parametrize(
    ("text", "line", "what", "hint"),
    [
        ("size: 3\n", 1, "`title` is missing", "add `title: …`"),
        ("title: x\ninner:\n  colour: red\n", 3, "there is no setting 'colour' in inner", "did you mean 'color'?"),
        ("title: x\nsiz: 3\n", 2, "there is no setting 'siz'", "known here: title, inner, people, parts, size"),
        ("title: x\nsize: many\n", 2, "size: 'many' is not what is expected here: a whole number", ""),
        ("title: x\nsize: 0o17\n", 2, "size: '0o17' is not what is expected here: a whole number", ""),
        ("title: x\nsize: 999\n", 2, "size: '999' is not what is expected here: 200 or less", ""),
        ("title: x\nparts: []\n", 2, "parts: a list is not what is expected here: 1 of them at least", ""),
        ("title: x\nright: maybe\n", 2, "right: 'maybe' is not what is expected here: true or false", ""),
        ("title: x\ncode: a b\n", 2, "code: 'a b' is not what is expected here: letters alone", ""),
        ("title: x\ninner: red\n", 2, "inner: 'red' is not what is expected here: a mapping", ""),
        ("title: [a]\n", 1, "title: a list is not what is expected here: a text", ""),
        ("title: x\npeople:\n  ann:\n    size: 1\n", 4, "there is no setting 'size' in people.ann", "at, color"),
    ],
)
def test_a_wrong_setting_is_told_with_its_line_and_what_is_known(text: str, line: int, what: str, hint: str) -> None:
    value, [(where, told, help_)] = filled(text)
    assert value is None
    assert where == line
    assert what in told
    assert hint in help_


def test_what_may_stand_at_a_place_is_known_but_for_a_persons_own_keys() -> None:
    assert known_keys(Outer, ("inner",)) == ["at", "color"]
    assert known_keys(Outer, ("people", "ann")) == ["at", "color"]
    assert known_keys(Outer, ("parts", 0)) == ["at", "color"]
    assert known_keys(Outer, ("people",)) == []
    assert known_keys(Outer, ("title", "x")) == []
