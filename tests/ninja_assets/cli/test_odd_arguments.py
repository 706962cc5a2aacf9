"""No command takes an empty argument for something, or passes over one: it is refused, before anything is done."""

import os
from collections.abc import Iterator
from typing import Any

import pytest
import typer
from typer.core import TyperGroup

from ninja_assets.cli.app import app
from resources.core.errors import NinjaError
from tests.stage import paid_show

# What stands in the place of the arguments that are not tried.
_OTHERS = {
    "episode": "demo", "segment": "s01", "entry": "1", "verdict": "charged", "file": "a.db", "number": "1",
    "--asset": "speaker_clips", "--segment": "s01", "--models": "v2/standard,v2/pro",
}  # fmt: skip


def _commands(command: Any, path: tuple[str, ...] = ()) -> Iterator[tuple[tuple[str, ...], Any]]:
    if isinstance(command, TyperGroup):
        for name, each in command.commands.items():
            yield from _commands(each, (*path, name))
    if path:
        yield path, command


def _tries() -> Iterator[Any]:
    """Every command with one of its arguments empty, and what else it must have."""
    for path, command in _commands(typer.main.get_command(app)):
        takes = [each for each in command.params if not getattr(each, "is_flag", False)]
        arguments = [each for each in takes if each.param_type_name == "argument"]
        options = [each for each in takes if each.param_type_name == "option"]
        for tried in takes:
            given = [f"{each.opts[0]}={_OTHERS[each.opts[0]]}" for each in options if each.required and each != tried]
            if tried in options:
                values = [_OTHERS.get(each.name, "other") for each in arguments if each.required]
                line = [*path, *given, f"{tried.opts[0]}=", "--", *values]
            else:
                before = arguments[: arguments.index(tried)]
                line = [*path, *given, "--", *(_OTHERS.get(each.name, "other") for each in before), ""]
            yield pytest.param(line, id=" ".join([*path, tried.opts[0]]))


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Any:
    """A show, and nothing bought."""
    return paid_show(tmp_path_factory.mktemp("show"))


def _began(*_: Any) -> None:
    raise AssertionError("a server would be begun")


@pytest.mark.parametrize("line", list(_tries()))
def test_an_empty_argument_is_refused(line: list[str], folder: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(folder.root)
    monkeypatch.setenv("NINJA_SHOW", str(folder.show))
    monkeypatch.setenv("NINJA_OUTPUT", str(folder.output))
    monkeypatch.setattr(os, "execv", _began)
    with pytest.raises((NinjaError, typer.TyperException)):
        typer.main.get_command(app)(line, standalone_mode=False)


@pytest.mark.parametrize(
    "line",
    [
        ["notes", "demo", "--at", "5"],
        ["ledger", "claim", "other", "--none"],
        ["produce", "demo", "--retake-of", "voice"],
        ["approve", "--segments", "s01"],
        ["approve", "--compare", "s01"],
        ["approve", "--offer", "3f9a2c1d"],
        ["approve", "demo", "--offer", "3f9a2c1d", "--segments", "s01"],
    ],
    ids=" ".join,
)
def test_an_argument_that_means_nothing_beside_the_others_is_refused(
    line: list[str], folder: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    test_an_empty_argument_is_refused(line, folder, monkeypatch)


@pytest.mark.parametrize(
    "line",
    [
        ["compare", "demo", "-s", "s01", "--models", "v2/standard,v2/pro", "--cap", "1_0"],
        ["import", "demo", "s01", "a.mp4", "--asset", "speaker_clips", "--cost", "1_0"],
        ["notes", "demo", "--write", "here", "--at", "1_0"],
    ],
    ids=lambda line: line[-2],
)
def test_a_number_that_programs_and_people_read_differently_is_refused(
    line: list[str], folder: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("NINJA_SHOW", str(folder.show))
    with pytest.raises(typer.TyperException) as refused:
        typer.main.get_command(app)(line, standalone_mode=False)
    assert "1_0 may be read as two numbers; write 10" in str(refused.value)
