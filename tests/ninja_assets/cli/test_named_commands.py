"""Every `ninja` command that a message tells a person to run exists, with the options that it is given."""

import ast
import re
from collections.abc import Iterator
from functools import cache
from typing import Any

import typer
from typer.core import TyperGroup

from ninja_assets.cli.app import app
from resources.core.settings import ROOT

_COMMAND = re.compile(r"\bninja ((?:[a-z]+)(?: [^`;,\n]*)?)")
_FILES = sorted([*(ROOT / "resources").rglob("*.py"), *(ROOT / "ninja_assets").rglob("*.py")])


@cache
def _texts() -> tuple[str, ...]:
    """Every string of the program, with `…` for what is put in when it runs."""
    return tuple(_found())


def _found() -> Iterator[str]:
    for path in _FILES:
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.JoinedStr):
                yield "".join(
                    part.value if isinstance(part, ast.Constant) and isinstance(part.value, str) else "…"
                    for part in node.values
                )
            elif isinstance(node, ast.Constant) and isinstance(node.value, str):
                yield node.value


@cache
def _root() -> TyperGroup:
    root = typer.main.get_command(app)
    assert isinstance(root, TyperGroup)
    return root


def _named() -> list[str]:
    root = _root()
    found = {match[1].strip() for text in _texts() for match in _COMMAND.finditer(text)}
    return sorted(name for name in found if name.split()[0] in root.commands or name.split()[0] in _VERBS)


# Words that follow "ninja" in a message as a command; any other word after it is prose about the character.
_VERBS = {"produce", "quote", "costs", "ledger", "settle", "unlock", "prices", "import", "doctor", "refresh"}


def test_a_command_that_a_message_names_exists() -> None:
    named = _named()
    assert len(named) > 50
    for each in named:
        _exists(each)


def _exists(named: str) -> None:
    words = named.split()
    command: Any = _root()
    while isinstance(command, TyperGroup) and words and words[0] in command.commands:
        command = command.commands[words.pop(0)]
    known = {option for parameter in command.params for option in parameter.opts}
    given = {word.strip(".:()'\"") for word in words if word.startswith("--")}
    assert given <= known | {"--help"}, f"ninja {named}"
    assert command is not _root(), f"ninja {named}"
    if isinstance(command, TyperGroup):
        assert not [word for word in words if word.isalpha() and word in _VERBS], f"ninja {named}"


def test_a_command_that_a_message_names_works_as_typed() -> None:
    """Nothing is left to fill in; a backup's file alone only a person knows.

    What `ninja explain` tells of a code is of no one episode.
    """
    table = (ROOT / "resources" / "quality" / "lint" / "table").glob("*.py")
    explained = "".join(file.read_text(encoding="utf-8") for file in table)
    told = [named for named in _named() if not named.startswith("compare") and f"ninja {named}`" not in explained]
    gaps = {gap for named in told for gap in re.findall(r"\b[A-Z][A-Z_]+\b|<\w+>", named)}
    assert gaps <= {"FILE"}


def test_messages_that_name_a_verdict_name_one_that_exists() -> None:
    verdicts = {match[1] for text in _texts() for match in re.finditer(r"ledger settle (?:…|\d+) ([a-z-]+)", text)}
    assert verdicts >= {"not-charged", "buy-again", "found"}
    assert verdicts <= {"not-charged", "buy-again", "found", "charged"}
