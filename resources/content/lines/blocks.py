"""Cuts the text of an episode file into blocks: a label, and the lines that belong to it.

What a label stands for is not known here, only that it is one: a character of the show, or a word like one. What stands
before the first label of a chapter, and what is almost a label, is a mistake with its line.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path

import regex

from resources.content.lines.labels import almost_label, label_at
from resources.content.lines.speech import clean_speech
from resources.content.settings.characters import Character
from resources.core.names import LABEL as LABEL_NAME
from resources.core.names import label_key
from resources.core.text.blank import is_blank
from resources.core.text.diagnostics import Mistakes, shorten

MAX_TURN_LETTERS = 5000  # ElevenLabs v3 takes 5,000 characters; a minute of English has 900
MAX_CHAPTER_LETTERS = 100  # as an episode's title

_COMMENT = re.compile(r"<!--.*?(?:-->|\Z)", re.DOTALL)
_HEADING = regex.compile(r"\s{0,3}(#{1,6})(?:\s+(.*))?$")
_CLOSING = re.compile(r"(?:^|[ \t]+)#+[ \t]*$")  # Markdown may end a heading as it begins: ## Name ##
_OPEN_SETTINGS = regex.compile(rf"\s*(?P<name>{LABEL_NAME})\s*\{{")
# A label dressed up, as in `**NINJA:** hi`, `> Ninja: hi` or `NINJA： hi`: spoken by nobody as it stands.
_DRESSED_LABEL = regex.compile(
    r"[\s*_>`~#-]*(?P<name>\p{L}[\p{L}\p{M}0-9_-]{0,23}?)[\s*_`~]*(?:\{.*?\}[\s*_`~]*)?[:：](?!//)"
)


@dataclass
class Block:
    """A label with the text that belongs to it. `line` is the label's."""

    label: str
    settings: str
    line: int
    chapter: str | None
    lines: list[str] = field(default_factory=list)


def blocks_of(text: str, first_line: int, cast: Mapping[str, Character], mistakes: Mistakes) -> Iterator[Block]:
    """The labels of the body, each with its lines."""
    block: Block | None = None
    heading: tuple[int, str] | None = None
    stray = False  # told once, not for each line of a paragraph
    for number, line in _body(text, first_line, mistakes):
        if found := _HEADING.match(line):
            if block:
                yield block
            block, heading, stray = None, _chapter(found, number, heading, mistakes), False
        elif found := _label(line, number, cast, mistakes):
            if block:
                yield block
            block = Block(
                label_key(found["name"]), found["settings"] or "{}", number, heading and heading[1], [found["text"]]
            )
            heading = None
        elif block:
            block.lines.append(line)
        elif line.strip() and not stray:
            stray = True
            _refuse_stray(line, number, heading, cast, mistakes)
    if block:
        yield block
    if heading:
        mistakes.add(heading[0], f"the chapter {shorten(heading[1])} has no turn", hint="delete it, or write its turn")


def _body(text: str, first_line: int, mistakes: Mistakes) -> Iterator[tuple[int, str]]:
    """The numbered lines after the front matter, without comments."""
    body = "\n".join(text.split("\n")[first_line - 1 :])
    for comment in _COMMENT.finditer(body):
        line, inside = first_line + body.count("\n", 0, comment.start()), comment[0].find("<!--", 1)
        if not comment[0].endswith("-->"):
            mistakes.add(line, "this comment is not closed", hint="end it with -->")
        elif inside > 0:
            other = line + comment[0].count("\n", 0, inside)
            why = f"another one begins on line {other}, before it ends"
            mistakes.add(
                line, "this comment is not closed", why=why, hint="end it with -->; a comment holds no other one"
            )
    plain = _COMMENT.sub(lambda comment: "\n" * comment[0].count("\n"), body)
    return enumerate(plain.split("\n"), start=first_line)


def _chapter(
    found: regex.Match[str], line: int, before: tuple[int, str] | None, mistakes: Mistakes
) -> tuple[int, str] | None:
    title = clean_speech(_CLOSING.sub("", (found[2] or "")[:MAX_TURN_LETTERS])).spoken
    if before:
        mistakes.add(before[0], f"the chapter {shorten(before[1])} has no turn", hint="delete it, or write its turn")
    if found[1] != "##":
        mistakes.add(
            line,
            f"a heading of level {len(found[1])} means nothing here",
            hint="`## Name` opens a chapter; the episode's `title:` stands in the front matter",
        )
    elif is_blank(title) or len(title) > MAX_CHAPTER_LETTERS:
        mistakes.add(line, f"a chapter's name has 1 to {MAX_CHAPTER_LETTERS} letters", hint="write `## Name`")
    return None if is_blank(title) else (line, title)


def _label(line: str, number: int, cast: Mapping[str, Character], mistakes: Mistakes) -> regex.Match[str] | None:
    """The label that a line starts with, if any. A label that is almost one is a mistake, and no label."""
    if found := label_at(line, cast):
        return found
    opened = _OPEN_SETTINGS.match(line)
    dressed = _DRESSED_LABEL.match(line)
    if opened and almost_label(line, cast) is None:
        mistakes.add(number, "the settings are not closed", hint="write `NAME {take: 2}: …` on one line")
    elif dressed and label_key(dressed["name"].upper()) in cast:
        mistakes.add(
            number,
            f"{shorten(dressed[0].strip())} is not a label",
            why="it would be spoken",
            hint=f"write `{dressed['name'].upper()}:` without marks; if it is meant to be spoken, write `\\:`",
            code="label-almost",
        )
    return None


def _refuse_stray(
    line: str, number: int, heading: tuple[int, str] | None, cast: Mapping[str, Character], mistakes: Mistakes
) -> None:
    if mistakes.found and mistakes.found[-1].line == number:
        return  # told already: a label that is almost one
    place = "the first turn of a chapter" if heading else "the first turn"
    if almost := almost_label(line, cast):
        fix = f": ninja fix {Path(mistakes.where).stem}" if almost.certain else ""
        mistakes.add(
            number,
            f"{shorten(almost.written)} is not a label",
            why=f"it stands before {place}, where nobody says it",
            hint=f"write `{shorten(almost.mended, 60)[1:-1]}`{fix}",
            code="label-almost",
        )
        return
    mistakes.add(
        number,
        f"{shorten(line)} stands before {place}",
        why="nobody says it",
        hint=f"start the line with a label: {_labels(cast)}; a note is written <!-- so -->",
    )


def _labels(cast: Mapping[str, Character]) -> str:
    return ", ".join(f"`{label}:`" for label in cast)
