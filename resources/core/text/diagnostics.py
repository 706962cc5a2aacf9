"""Mistakes in a file that a person wrote: collected like a compiler's, then told together, each with its line.

What counts as a mistake is decided by the readers (`loader`, `script`); here is only how they are gathered and shown.
"""

import difflib
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from pydantic import ValidationError
from pydantic_core import ErrorDetails

from resources.core.copied_folders import original
from resources.core.errors import ContentError

# A number with `_` in it: nothing to programs, a slip for the point to a person.
GROUPED: Final = re.compile(r"[+-]?[\d.]+(_[\d.]+)+(e[+-]?\d+)?", re.IGNORECASE)
SHOWN = 50  # mistakes told at once; a binary file has thousands
# What was expected, by the validator's name of the mistake: its own words mean little to a person. `{…}` is a limit.
_EXPECTED: Final[Mapping[str, str]] = {
    **dict.fromkeys(("model_type", "dict_type", "mapping_type"), "a mapping: indented `key: value` lines"),
    **dict.fromkeys(("tuple_type", "list_type", "set_type"), "a list: `[a, b]`, or lines that start with `- `"),
    **dict.fromkeys(("string_type", "string_unicode"), "a text"),
    **dict.fromkeys(("int_type", "int_parsing", "int_from_float", "int_parsing_size"), "a whole number, such as 4"),
    **dict.fromkeys(("float_type", "float_parsing", "finite_number"), "a number, such as 2.5"),
    **dict.fromkeys(("bool_type", "bool_parsing"), "true or false"),
    "path_type": "the path of a file",
    "too_short": "{min_length} of them at least",
    "too_long": "{max_length} of them at most",
    "string_too_short": "a text, and not a blank one",  # one letter is the least everywhere
    "string_too_long": "a text of {max_length} letters or less",
    "string_pattern_mismatch": "a text of the form {pattern}",
    "greater_than_equal": "{ge} or more",
    "greater_than": "more than {gt}",
    "less_than_equal": "{le} or less",
    "less_than": "less than {lt}",
}


@dataclass(frozen=True)
class Mistake:
    """One thing to mend. `line` counts from 1. `code`: of the table of findings, where it is not the file's own."""

    line: int
    what: str
    why: str | None = None
    hint: str | None = None
    code: str | None = None


@dataclass
class Mistakes:
    """The mistakes of one file. `where` is the file as a person knows it, `code` what its mistakes are found under."""

    where: str
    code: str | None = None
    found: list[Mistake] = field(default_factory=list)

    def add(
        self, line: int, what: str, *, why: str | None = None, hint: str | None = None, code: str | None = None
    ) -> None:
        """Note a mistake and go on reading."""
        self.found.append(Mistake(line, what, why, hint, code))

    def settle(self) -> None:
        """Raise `error()` when there is any mistake."""
        if self.found:
            raise self.error()

    def error(self) -> ContentError:
        """One error that tells every mistake in the order of lines; there must be one.

        A single mistake is told as it is. Several become one line each in `what`, `where` is the place of the first,
        and each is a part of the error.
        """
        ordered = sorted(self.found, key=lambda mistake: mistake.line)
        parts = [
            ContentError(
                each.what,
                where=f"{self.where}:{each.line}",
                why=each.why,
                hint=each.hint,
                code=each.code or self.code,
            )
            for each in ordered
        ]
        if len(parts) == 1:
            return parts[0]
        messages = [self._message(mistake) for mistake in ordered[:SHOWN]]
        if len(ordered) > SHOWN:
            messages.append(f"and {len(ordered) - SHOWN} more")
        return ContentError(f"{len(ordered)} mistakes\n" + "\n".join(messages), where=parts[0].where, parts=parts)

    def _message(self, mistake: Mistake) -> str:
        parts = [mistake.what, mistake.why or "", mistake.hint or ""]
        return f"{self.where}:{mistake.line}: " + "; ".join(filter(None, parts))


def shown_path(path: Path) -> str:
    """A path as an error shows it: relative to the current folder where it is inside it, with forward slashes.

    A file of a copy is shown by its original's path, or address.
    """
    absolute, here = original(path.absolute()), Path.cwd()
    if isinstance(absolute, str):
        return absolute
    return (absolute.relative_to(here) if absolute.is_relative_to(here) else absolute).as_posix()


def shorten(text: str, limit: int = 40) -> str:
    """A quotation of what was written, on one line and short enough for an error."""
    flat = " ".join(text.split())
    return repr(flat if len(flat) <= limit else flat[: limit - 1] + "…")


def nearest(wrong: str, known: Iterable[str]) -> str:
    """`did you mean 'color'? ` when something known is spelled alike, else nothing."""
    by_fold = {name.casefold(): name for name in known}
    close = difflib.get_close_matches(wrong.casefold(), by_fold, n=1)
    return f"did you mean {by_fold[close[0]]!r}? " if close else ""


def explain(error: ValidationError) -> str:
    """A validation error in one line a person can read: `seconds: '5s' is not a whole number, such as 4`."""
    parts = []
    for item in error.errors(include_url=False):
        place = ".".join(str(part) for part in item["loc"])
        message = item["msg"].removeprefix("Value error, ")
        if item["type"] in _EXPECTED and isinstance(item["input"], str | int | float):
            message = f"{shorten(str(item['input']))} is not {expected(item)}"
        parts.append(f"{place}: {message}" if place else message)
    return "; ".join(parts)


def expected(detail: ErrorDetails) -> str:
    """What should stand in place of what a validator refused: `a whole number, such as 4`."""
    if words := _EXPECTED.get(detail["type"]):
        limits = {
            name: f"{limit:g}" if isinstance(limit, float) else limit for name, limit in detail.get("ctx", {}).items()
        }
        return words.format(**limits)
    said = detail["msg"].removeprefix("Input should be ").removeprefix("a valid ")
    return said[:1].lower() + said[1:]
