"""Bytes as text with lines that can be counted, and what is refused with its line."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from resources.core.text.diagnostics import Mistakes
from resources.core.text.text_files import MAX_BYTES, line_count, read_text


def read(content: bytes) -> tuple[str | None, list[tuple[int, str]]]:
    mistakes = Mistakes("x.md")
    text = read_text(content, mistakes)
    return text, [(each.line, each.what) for each in mistakes.found]


def test_a_mark_goes_and_every_line_ends_alike() -> None:
    assert read(b"\xef\xbb\xbfa\r\nb\rc\n") == ("a\nb\nc\n", [])
    assert read("a\u2028b\u2029c".encode()) == ("a b c", [])


@pytest.mark.parametrize(
    ("content", "line", "message"),
    [
        (b"a\r\nb\r\n\xff", 3, "byte 0xff at offset 6 is not UTF-8"),
        (b"\xff\xfea\x00", 1, "the file is UTF-16"),
        (b"a\n\x00b", 2, "a NUL character"),
        (b"a\n\n\x07", 3, "the control character U+0007"),
        (b"a" * (MAX_BYTES + 1), 1, "more than 400,000 bytes"),
    ],
)
def test_what_is_no_text_is_refused_with_its_line(content: bytes, line: int, message: str) -> None:
    text, [(where, what)] = read(content)
    assert (text, where) == (None, line)
    assert message in what


def test_the_longest_text_is_read() -> None:
    assert read(b"a" * MAX_BYTES)[1] == []


@given(st.binary(max_size=60))
def test_any_bytes_are_a_text_or_a_mistake(content: bytes) -> None:
    text, mistakes = read(content)
    assert (text is None) == bool(mistakes)
    assert text is None or "\r" not in text


@pytest.mark.parametrize(("text", "lines"), [("", 1), ("a", 1), ("a\n", 1), ("a\nb", 2), ("a\n\n", 2)])
def test_a_final_newline_opens_no_line(text: str, lines: int) -> None:
    assert line_count(text) == lines
