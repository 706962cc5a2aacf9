"""YAML that remembers its lines, and typed values made of it, so that every mistake is told with its line.

The type of a value comes from the model, not from its spelling: scalars stay the text that was written until pydantic
reads them. So `title: 2.10` keeps its zero, `style: off` is a word, `at: 16:30` is a time and not 59400, and
`language: no` is Norwegian. An empty value means: not given. Anchors, aliases, merges and YAML tags are refused:
nothing here needs them, and with them a small file can unfold without end. So is what would be read as something else
than what stands there: `1_0` for a number, a text that ends in a `#word`.
"""

import re
import types
import unicodedata
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Annotated, Any, TypeVar, Union, get_args, get_origin

import yaml
from pydantic import BaseModel, ValidationError
from pydantic_core import ErrorDetails
from yaml.nodes import MappingNode, Node, ScalarNode, SequenceNode

from resources.core.text.blank import is_blank
from resources.core.text.diagnostics import GROUPED, SHOWN, Mistakes, expected, nearest, shorten
from resources.core.text.text_files import line_count

Place = tuple[str | int, ...]  # keys and indices from the root

MAX_DEPTH = 20  # show.yaml is six deep; the composer calls itself once for each level
# A colour where a value should stand: what follows ` #` is a comment to YAML.
_UNQUOTED = re.compile(r"^[^#\"']*?(?<![\w-])(?P<key>[\w-]+):[ \t]+(#[0-9A-Fa-f]{6}|#[0-9A-Fa-f]{3})(?![\w-])")
_BEYOND = re.compile(r"\\U(?!000|0010)[0-9A-Fa-f]{8}")  # escapes of what is no character
_SWALLOWED = re.compile(r"[{\[][^}\]\"'\n]*[ \t]#[^}\]\n]*([}\]])")  # a bracket whose end is in a comment
_NULLS = frozenset({"", "~", "null"})
_HASHED = re.compile(r"[ \t]+(#[^\s#][^\n]*)")  # behind a plain text: no remark, which has a space, but a part of it
_CONTROL = ("Cc", "Cs")  # Unicode's categories: control characters, and halves of characters
_FORM = "string_pattern_mismatch"  # pydantic's word for a text of another form

ModelT = TypeVar("ModelT", bound=BaseModel)


@dataclass(frozen=True)
class Marked:
    """A YAML mapping as plain values, and the line (from 1) of every key and list item in it."""

    value: dict[str, Any]
    lines: Mapping[Place, int]
    hashed: Mapping[Place, str] = field(default_factory=dict)  # what stands behind a plain text, and begins `#word`

    def line(self, place: Place) -> int:
        """The line of a place, or of the nearest thing around it."""
        return next(self.lines[place[:size]] for size in range(len(place), -1, -1) if place[:size] in self.lines)


class _Loader(yaml.BaseLoader):
    """BaseLoader reads every scalar as text. This one also refuses what has no end: aliases and great depth."""

    _depth = 0

    def compose_node(self, parent: Node | None, index: int) -> Node | None:
        event = self.peek_event()  # type: ignore[no-untyped-call]
        line = event.start_mark.line if event.start_mark else 0
        if isinstance(event, yaml.AliasEvent):
            raise _RefusedError(line, "an alias (*name) is not read here", "write out what it stands for, or quote it")
        if getattr(event, "anchor", None) is not None:
            raise _RefusedError(line, "an anchor (&name) is not read here", "delete it, or put the value in quotes")
        if getattr(event, "tag", None) is not None:
            raise _RefusedError(line, "a YAML tag (!name) is not read here", "delete it, or put the value in quotes")
        if self._depth >= MAX_DEPTH:
            hint = f"nothing here is nested deeper than {MAX_DEPTH} times"
            raise _RefusedError(line, "it is nested too deep", hint)
        self._depth += 1
        node = super().compose_node(parent, index)
        self._depth -= 1
        return node


class _RefusedError(Exception):
    """What is no YAML, or is not read here: on which line, counted from 0, what it is, and how to mend it."""

    def __init__(self, line: int, what: str, hint: str | None = None) -> None:
        super().__init__(what)
        self.line, self.what, self.hint = line, what, hint


def _compose(text: str) -> Node | None:
    """The nodes of a text; None where there are none. Raises _RefusedError."""
    try:
        return yaml.compose(text, Loader=_Loader)
    except yaml.reader.ReaderError as error:
        line = text.count("\n", 0, error.position)
        raise _RefusedError(line, f"YAML cannot hold the character U+{error.character:04X}") from error
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        if "'\\t' that cannot start" in (error.problem or ""):
            raise _RefusedError(mark.line if mark else 0, "a tab stands here", "YAML takes spaces alone") from error
        hint = "check the indentation, the colons and the quotes near this line"
        if swallowed := _SWALLOWED.search(text):
            hint = f"what follows the # is a comment to YAML, {swallowed[1]!r} too: write the text in quotes"
        raise _RefusedError(
            mark.line if mark else 0, f"this is not YAML: {error.problem or error.context}", hint
        ) from error
    except (OverflowError, ValueError) as error:  # of `chr`, which PyYAML asks for any number that an escape names
        at = next((number for number, line in enumerate(text.split("\n")) if _BEYOND.search(line)), 0)
        raise _RefusedError(at, "an escape names a character that there is not", "delete it") from error


class _Reader:
    """Turns composed nodes into plain values, writing down lines and doubled keys on the way."""

    def __init__(self, text: str, mistakes: Mistakes, first_line: int, last_line: int) -> None:
        self.text = text
        self.mistakes = mistakes
        self.first_line = first_line
        self.last_line = last_line
        self.lines: dict[Place, int] = {(): first_line}
        self.hashed: dict[Place, str] = {}

    def line(self, mark: yaml.Mark) -> int:
        return min(self.first_line + mark.line, self.last_line)

    def read(self, node: Node, place: Place) -> Any:
        if isinstance(node, MappingNode):
            return self._mapping(node, place)
        if isinstance(node, SequenceNode):
            return [self._item(item, (*place, index)) for index, item in enumerate(node.value)]
        plain = isinstance(node, ScalarNode) and node.style is None
        if plain and (behind := _HASHED.match(self.text, node.end_mark.index)):
            self.hashed[place] = f"{node.value} {behind[1].strip()}".strip()
        is_null = plain and node.value in _NULLS
        return None if is_null else self._text(node)

    def _text(self, node: Node) -> str:
        """A scalar without control characters: no path and no name could be made of them."""
        plain = "".join(char for char in node.value if char in "\n\t" or unicodedata.category(char) not in _CONTROL)
        if plain != node.value:
            self.mistakes.add(self.line(node.start_mark), "an escape makes a control character", hint="delete it")
        return plain

    def _item(self, node: Node, place: Place) -> Any:
        self.lines[place] = self.line(node.start_mark)
        return self.read(node, place)

    def _mapping(self, node: MappingNode, place: Place) -> dict[str, Any]:
        mapping: dict[str, Any] = {}
        given: dict[str, int] = {}  # on which line, by the name as it is compared: an accent may be typed in two ways
        for key, value in node.value:
            line = self.line(key.start_mark)
            if not isinstance(key, ScalarNode):
                self.mistakes.add(line, "a key must be a plain word", hint="write `key: value`")
                continue
            if key.value == "<<" and key.style is None:
                self.mistakes.add(line, "a merge (<<) is not read here", hint="write out what it stands for")
                continue
            if key.style is None and key.value[:1].isspace():
                what = f"the line begins with a blank that is no space: U+{ord(key.value[0]):04X}"
                self.mistakes.add(line, what, hint="write spaces", code="sign-hidden")
                continue
            spot, same = (*place, key.value), unicodedata.normalize("NFC", key.value)
            if same in given:
                why = f"first on line {given[same]}"
                self.mistakes.add(line, f"{key.value!r} is given twice", why=why, hint="keep one")
                continue
            self.lines[spot] = given[same] = line
            if value.start_mark.index == key.end_mark.index and value.start_mark.index == value.end_mark.index:
                self.mistakes.add(
                    line,
                    f"{shorten(key.value)} has no value",
                    why="a space follows the colon of `key: value`, and a comma begins the next setting",
                    hint=f"write `{shorten(_as_setting(key.value))[1:-1]}`; a decimal point is a point, as in 0.8",
                )
                continue
            plain = self.read(value, spot)
            if plain is not None:
                mapping[key.value] = plain
        return mapping


def _as_setting(key: str) -> str:
    """What was meant by `take:2` or `take 2`, where a setting should stand."""
    name, _, value = key.replace(":", " ", 1).partition(" ")
    return f"{name}: {value.strip() or '…'}"


def read_yaml(text: str, mistakes: Mistakes, *, first_line: int = 1) -> Marked | None:
    """Read one YAML mapping whose text starts on `first_line` of its file. Empty text is an empty mapping.

    Adds to `mistakes` for bad YAML and for doubled keys; returns None when there is nothing to go on with.
    """
    reader = _Reader(text, mistakes, first_line, first_line + line_count(text) - 1)
    for number, written in enumerate(text.split("\n"), start=first_line):
        if unquoted := _UNQUOTED.search(written):
            mistakes.add(
                number,
                f"{unquoted[2]} is taken for a comment, and `{unquoted['key']}` gets no value",
                hint=f'write it in quotes: {unquoted["key"]}: "{unquoted[2]}"',
                code="colour-unquoted",
            )
    if any(mistake.code == "colour-unquoted" for mistake in mistakes.found):
        return None
    try:
        root = _compose(text)
    except _RefusedError as refused:
        line = min(first_line + refused.line, reader.last_line)
        mistakes.add(line, refused.what, hint=refused.hint)
        return None
    if root is None:
        return Marked({}, reader.lines)
    if not isinstance(root, MappingNode):
        mistakes.add(reader.line(root.start_mark), "settings are written as `key: value`")
        return None
    return Marked(reader.read(root, ()), reader.lines, reader.hashed)


def fill(model: type[ModelT], marked: Marked, mistakes: Mistakes) -> ModelT | None:
    """The typed value of a mapping, or None with every mistake added: unknown, missing, wrong and misread settings."""
    wrong = misread(model, marked, mistakes)
    try:
        value = model.model_validate(marked.value)
    except ValidationError as error:
        for detail in error.errors(include_url=False):
            if detail["loc"] not in wrong:
                _tell(detail, model, marked, mistakes)
        return None
    return None if wrong else value


def misread(model: type[BaseModel], marked: Marked, mistakes: Mistakes) -> set[Place]:
    """The places of what would be read as something else than what was written; adds it."""
    found: set[Place] = set()
    for place, text in _scalars(marked.value):
        if GROUPED.fullmatch(text) and _kind(model, place) in (int, float):
            found.add(place)
            mistakes.add(
                marked.line(place),
                f"{_named(place)}: {shorten(text)} may be read as two numbers",
                why="`_` is nothing to some programs, and a slip for the point to a person",
                hint=f"write {text.replace('_', '')}, if that is meant",
            )
    for place, text in marked.hashed.items():
        if _kind(model, place) in (str, Path):
            found.add(place)
            mistakes.add(
                marked.line(place),
                f"{_named(place)}: of {shorten(text)} all that begins with # is a comment to YAML",
                hint=f'write it in quotes: {place[-1]}: "{text}"; or a space after the #, if it is a comment',
            )
    return found | _unseen(marked, mistakes)


def _unseen(marked: Marked, mistakes: Mistakes) -> set[Place]:
    """The places of texts that have invisible signs alone; adds them. A text of spaces is its reader's to judge."""
    found = [place for place, text in _scalars(marked.value) if text.strip() and is_blank(text)]
    for place in found:
        mistakes.add(
            marked.line(place),
            f"{_named(place)}: nothing is seen of this text",
            why="it has invisible signs alone",
            hint="delete them, and write what is to be read; an editor can show invisible characters",
            code="sign-hidden",
        )
    return {*found}


def _scalars(value: Any, place: Place = ()) -> Iterator[tuple[Place, str]]:
    """The texts of a value, each with its place."""
    if isinstance(value, str):
        yield place, value
    inside = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for part, item in inside:
        yield from _scalars(item, (*place, part))


def _named(place: Place) -> str:
    return ".".join(str(part) for part in place)


def _kind(model: type[BaseModel], place: Place) -> Any:
    """The type of what stands at a place of a model; None where it has none."""
    kind: Any = model
    for part in place:
        kind = _inside(kind, part)
    return kind


def known_keys(model: type[BaseModel], place: Place) -> list[str]:
    """The settings that may stand at a place of a model; empty where the keys are a person's own."""
    kind = _kind(model, place)
    return list(kind.model_fields) if isinstance(kind, type) and issubclass(kind, BaseModel) else []


def _described(model: type[BaseModel], place: Place) -> str | None:
    """What a setting is, in the words of its own description."""
    kind = _kind(model, place[:-1])
    found = kind.model_fields.get(str(place[-1])) if isinstance(kind, type) and issubclass(kind, BaseModel) else None
    return found.description if found else None


def _inside(kind: Any, part: str | int) -> Any:
    if isinstance(kind, type) and issubclass(kind, BaseModel):
        found = kind.model_fields.get(str(part))
        return _bare(found.annotation) if found else None
    inner = get_args(kind)
    if get_origin(kind) is dict:
        return _bare(inner[1])
    return _bare(inner[0]) if inner else None


def _bare(kind: Any) -> Any:
    """A type without `Annotated` and without `| None`."""
    if get_origin(kind) is Annotated:
        return _bare(get_args(kind)[0])
    if get_origin(kind) in (Union, types.UnionType):
        return _bare(next(option for option in get_args(kind) if option is not type(None)))
    return kind


def _tell(detail: ErrorDetails, model: type[BaseModel], marked: Marked, mistakes: Mistakes) -> None:
    place, kind = detail["loc"], detail["type"]
    line, name = marked.line(place), _named(tuple(part for part in place if part != "[key]"))
    if kind == "extra_forbidden":
        known = known_keys(model, place[:-1])
        near = nearest(str(place[-1]), known) if len(mistakes.found) < SHOWN else ""
        mistakes.add(
            line,
            f"there is no setting {shorten(str(place[-1]))}" + (f" in {name.rpartition('.')[0]}" if place[1:] else ""),
            hint=f"{near}known here: {', '.join(known)}",
        )
    elif kind == "missing":
        mistakes.add(line, f"`{name}` is missing", hint=f"add `{place[-1]}: …`")
    elif kind == "value_error" or "-" in kind:  # a kind with a dash is a code of the table of findings
        code = kind if "-" in kind else None
        mistakes.add(line, f"{name}: {detail['msg'].removeprefix('Value error, ')}", code=code)
    else:
        wanted = (kind == _FORM and _described(model, place)) or expected(detail)
        mistakes.add(line, f"{name}: {_quoted(detail['input'])} is not what is expected here: {wanted}")


def _quoted(value: Any) -> str:
    if isinstance(value, dict):
        return "a mapping"
    return "a list" if isinstance(value, list) else shorten(str(value))
