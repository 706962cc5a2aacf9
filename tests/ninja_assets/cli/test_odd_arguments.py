"""No command takes an empty argument for something, or passes over one: it is refused, before anything is done."""

import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import typer
from typer.core import TyperGroup

from ninja_assets.cli.app import app
from resources.core.errors import NinjaError
from resources.core.names import Mode
from resources.models.loading import load_show
from resources.purchasing.books import open_ledger, open_state
from resources.purchasing.state.cut_notes import Notes
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


def _run(line: list[str]) -> None:
    typer.main.get_command(app)(line, standalone_mode=False)


def _refused(line: list[str], folder: Any, monkeypatch: pytest.MonkeyPatch) -> NinjaError:
    """What a command line is refused with."""
    monkeypatch.setenv("NINJA_SHOW", str(folder.show))
    monkeypatch.setenv("NINJA_OUTPUT", str(folder.output))
    monkeypatch.setenv("DAGSTER_HOME", str(folder.root))
    with pytest.raises(NinjaError) as refused:
        _run(line)
    return refused.value


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


@pytest.mark.parametrize(
    ("line", "hint"),
    [
        (
            ["produce", "demo", "-m", "draft", "-s", "s02, s01,s01", "--retake-of", "voice, speaker"],
            "ninja produce demo --mode draft --segments s01,s02 --retake --retake-of voice,speaker",
        ),
        (["take", "demo", "s01", "--from", "other"], "ninja take demo --from other"),
        (["notes", "demo", "--at", "5"], 'ninja notes demo --at 5 --write "the music is too loud"'),
        (["archive", "--undo", "demo"], "ninja produce demo"),
        (["archive", "--undo", "another"], "ninja new another"),
        (["ledger", "claim", "a b", "--none"], "ninja ledger claim 'a b', or ninja ledger claim --none"),
    ],
    ids=lambda given: " ".join(given) if isinstance(given, list) else "",
)
def test_what_a_refusal_names_can_be_typed_however_its_arguments_were_written(
    line: list[str], hint: str, folder: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert _refused(line, folder, monkeypatch).hint == hint


@pytest.mark.parametrize(
    ("line", "what"),
    [
        (["produce", "a b", "--retake-of", "voice"], "'a b' cannot be an episode's name"),
        (["produce", "demo", "-m", "fin al", "--retake-of", "voice"], "there is no mode 'fin al'"),
        (["produce", "demo", "-s", "s 1", "--retake-of", "voice"], "'s 1' is not a segment"),
        (["produce", "demo", "--retake-of", "a b"], "nothing called a b can be made anew"),
        (["take", "demo", "s01", "--from", "a b"], "'a b' cannot be an episode's name"),
        (["notes", "a b", "--at", "5"], "'a b' cannot be an episode's name"),
        (["archive", "--undo", "a b"], "'a b' cannot be an episode's name"),
    ],
    ids=lambda given: " ".join(given) if isinstance(given, list) else "",
)
def test_what_could_be_typed_nowhere_is_told_before_a_command_is_named_with_it(
    line: list[str], what: str, folder: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert what in _refused(line, folder, monkeypatch).what


@pytest.mark.parametrize("acts", [["--write", "too loud", "--done", "7"], ["--done", "1", "--open", "7"]], ids=" ".join)
def test_of_several_acts_on_notes_none_is_done_where_one_is_refused(
    acts: list[str], folder: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    with open_state(folder.settings(), load_show(folder.show)) as state:
        if not (notes := Notes(state).of("demo", Mode.REHEARSAL)):
            notes = [Notes(state).write("demo", Mode.REHEARSAL, segment="", seconds=0, text="the first")]
    assert notes[0].id == 1
    refused = _refused(["notes", "demo", *acts], folder, monkeypatch)
    with open_state(folder.settings(), load_show(folder.show)) as state:
        assert Notes(state).of("demo", Mode.REHEARSAL) == notes
    assert refused.what == "demo has no note 7"


def test_several_acts_on_notes_are_done_together(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    stage = paid_show(tmp_path)
    monkeypatch.setenv("NINJA_SHOW", str(stage.show))
    monkeypatch.setenv("NINJA_OUTPUT", str(stage.output))
    with open_state(stage.settings(), load_show(stage.show)) as state:
        for text in ("the first", "the second"):
            Notes(state).write("demo", Mode.REHEARSAL, segment="", seconds=0, text=text)
        Notes(state).settle("demo", 2)
    _run(["notes", "demo", "--done", "1", "--open", "2"])
    with open_state(stage.settings(), load_show(stage.show)) as state:
        kept = Notes(state).of("demo", Mode.REHEARSAL)
    assert [(note.text, note.done) for note in kept] == [("the first", True), ("the second", False)]


def test_a_path_with_brackets_is_told_as_it_is(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    stage, file = paid_show(tmp_path / "[bold]my shows"), tmp_path / "a [dim]copy.db"
    monkeypatch.setenv("NINJA_SHOW", str(stage.show))
    monkeypatch.setenv("NINJA_OUTPUT", str(stage.output))
    with open_ledger(stage.settings(), load_show(stage.show)):
        pass
    _run(["ledger", "backup", str(file)])
    assert capsys.readouterr().out == f"{file}: 0 purchases; ninja ledger restore '{file}' brings them back\n"
    _run(["ledger", "restore", str(file)])
    [before, _] = capsys.readouterr().out.splitlines()
    assert Path(before.removeprefix("the ledger that was there is now ")).is_file()
    stage.write_episode(text="**NINJA:** One two three.\n")
    _run(["fix", "demo", "--write"])
    told = capsys.readouterr().out.splitlines()[-1].removeprefix("written: ")
    assert told.endswith("[bold]my shows/show/episodes/demo.md")
