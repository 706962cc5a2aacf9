"""Strings are changed at any depth, and nothing else is."""

from resources.core.text.json_strings import changed, with_strings


def test_every_string_is_changed_and_no_name_or_number() -> None:
    found = changed({"a": "x", "x": [1, "x", {"x": "y"}], "n": None, "f": 0.5}, str.upper)
    assert found == {"a": "X", "x": [1, "X", {"x": "Y"}], "n": None, "f": 0.5}


def test_a_value_by_itself_and_a_tuple_as_a_list() -> None:
    assert with_strings("x", str.upper) == "X"
    assert with_strings(("x", 2), str.upper) == ["X", 2]
    assert with_strings(True, str.upper) is True
