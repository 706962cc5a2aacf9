"""From a file's bytes to text with lines that can be counted. Shared by `show.yaml` and the episode files."""

import re
import unicodedata

from resources.core.text.diagnostics import Mistakes

MAX_BYTES = 400_000  # 200 turns of a minute are 200 kB; more is not a script but a wrong file
_UTF16 = (b"\xff\xfe", b"\xfe\xff")
_UTF32 = (b"\xff\xfe\0\0", b"\0\0\xfe\xff")
_BOM = "\ufeff"
# Python, YAML and editors disagree on whether these end a line, so here they are spaces.
_AFTER_SEPARATOR = re.compile(
    r"(?P<separator>[\u2028\u2029])\s*(?P<label>[^\W\d_][\w-]{0,23})\s*(?:\{[^{}]*\}\s*)?[:：](?!//)"
)
_SEPARATORS = str.maketrans({"\u2028": " ", "\u2029": " "})


def read_text(content: bytes, mistakes: Mistakes) -> str | None:
    """The text of a UTF-8 file, its lines ended by \\n, without a byte order mark.

    Adds to `mistakes` and returns None for another encoding, a control character or a file beyond MAX_BYTES.
    """
    if len(content) > MAX_BYTES:
        mistakes.add(1, f"the file has more than {MAX_BYTES:,} bytes", why="what is longer is no text of a show")
        return None
    if content.startswith((*_UTF32, *_UTF16)) or b"\0\0" in (content[:4:2], content[1:4:2]):
        found = "UTF-32" if content.startswith(_UTF32) else "UTF-16"
        mistakes.add(1, f"the file is {found}", why="only UTF-8 is read", hint="save it as UTF-8 in your editor")
        return None
    try:
        text = content.decode("utf-8")
    except UnicodeDecodeError as error:
        mistakes.add(
            _lines(content[: error.start].decode("utf-8")).count("\n") + 1,
            f"byte 0x{content[error.start]:02x} at offset {error.start} is not UTF-8",
            hint="save the file as UTF-8 in your editor",
        )
        return None
    text = _lines(text.removeprefix(_BOM))
    _check_separators(text, mistakes)
    text = text.translate(_SEPARATORS)
    return text if _is_plain(text, mistakes) else None


def line_count(text: str) -> int:
    """How many lines a text has; an empty text has one, and a final newline opens no further one."""
    return max(1, text.removesuffix("\n").count("\n") + 1)


def _lines(text: str) -> str:
    return text.replace("\r\n", "\n").replace("\r", "\n")


def _check_separators(text: str, mistakes: Mistakes) -> None:
    """Tell a label behind a sign that an editor may show as the end of a line, and that ends none here."""
    for number, line in enumerate(text.split("\n"), start=1):
        for found in _AFTER_SEPARATOR.finditer(line):
            if found["label"].isupper():
                mistakes.add(
                    number,
                    f"{found['label']}: stands behind U+{ord(found['separator']):04X}, which ends no line here",
                    why="it would be spoken by the turn before it",
                    hint="press Enter in the place of that sign; an editor can show invisible characters",
                    code="sign-hidden",
                )


def _is_plain(text: str, mistakes: Mistakes) -> bool:
    plain = True
    for number, line in enumerate(text.split("\n"), start=1):
        control = next((char for char in line if char != "\t" and unicodedata.category(char) == "Cc"), None)
        if control is not None:
            name = "a NUL character" if control == "\0" else f"the control character U+{ord(control):04X}"
            mistakes.add(
                number,
                f"{name} is in the text",
                hint="delete it; an editor can show invisible characters",
                code="sign-hidden",
            )
            plain = False
    return plain
