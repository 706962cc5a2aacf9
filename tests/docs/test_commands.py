"""Every command and setting that the README and the pages name exists; what costs nothing is run as it is written."""

import json
import re
import shlex
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

import pytest
import typer
from pydantic import BaseModel
from typer.core import TyperGroup

from ninja_assets.cli import main
from ninja_assets.cli.app import app
from ninja_assets.cli.commands.writing.init import init
from ninja_assets.cli.commands.writing.schema import File, run
from resources.content.show import Show
from resources.core.settings import ROOT
from tests.docs.json_keys import documented

PAGES = sorted([ROOT / "README.md", ROOT / "CONTRIBUTING.md", *(ROOT / "docs").glob("*.md")])
_FENCED = re.compile(r"```(?:sh)?\n(.*?)```", re.DOTALL)
_INLINE = re.compile(r"`(ninja [^`]+)`")
_MAKE = re.compile(r"(?:^|`)make ([a-z-]+)", re.MULTILINE)
_BARE = {"ninja lint", "ninja quote"}  # a page speaks of the command, and leaves the episode out
_FREE = {"quote", "lint", "what-if", "models", "costs", "prices", "ledger", "voices", "schema", "new"}
# Settings that only tests, tools and their own pages know.
_VARIABLES = {
    *("NINJA_SHOW", "NINJA_OUTPUT", "NINJA_LIBRARY", "NINJA_MODE", "NINJA_LEDGER_URL", "NINJA_UI_HOSTS", "NINJA_LOG"),
    *("FAL_CONCURRENCY", "ELEVENLABS_CONCURRENCY"),
    *("NINJA_CACHE", "NINJA_CACHE_GB", "NINJA_PUBLISH"),
    *("NINJA_WEBHOOK_URL", "NINJA_WEBHOOK_PORT"),
    *("FAL_KEY", "FAL_AI_API_KEY", "FAL_BASE_URL", "ELEVENLABS_API_KEY", "ELEVENLABS_BASE_URL", "DAGSTER_HOME"),
}


def commands() -> Iterator[tuple[str, str]]:
    """Each command of a page, without its remark."""
    for page in PAGES:
        text = page.read_text(encoding="utf-8")
        lines = [line for block in _FENCED.findall(text) for line in block.splitlines()]
        for told in [*lines, *(" ".join(found.split()) for found in _INLINE.findall(text))]:
            command = told.split(" #")[0].split(" &&")[0].strip()
            if re.match(r"ninja (-|[a-z])", command):
                yield page.relative_to(ROOT).as_posix(), command


ALL = sorted(set(commands()))


@cache
def _whole() -> TyperGroup:
    """`ninja` with all its commands."""
    group = typer.main.get_command(app)
    assert isinstance(group, TyperGroup)
    return group


@pytest.mark.parametrize(("page", "command"), ALL, ids=[f"{page}: {command}" for page, command in ALL])
def test_a_command_that_a_page_names_exists_with_its_options(page: str, command: str) -> None:
    words = shlex.split(command)[1:]
    whole: Any = _whole()
    found = whole
    known = {option for each in found.params for option in each.opts}
    while words and words[0].startswith("-"):
        assert words.pop(0) in known, f"{page}: {command}"
    while isinstance(found, TyperGroup) and words and words[0] in found.commands:
        found = found.commands[words.pop(0)]
    known |= {option for each in found.params for option in each.opts} | {"--help"}
    assert found is not whole or not words or words == ["COMMAND"], f"{page}: {command}"
    assert {word for word in words if re.match(r"--?[a-z]", word)} <= known, f"{page}: {command}"


def free() -> list[str]:
    """Commands that can be run as they are written, in a new show."""
    written = {command for _, command in ALL if command.split()[1] in _FREE}
    unfit = re.compile(
        r"refresh|accept|settle|unlock|backup|restore|rebuild|claim$|[A-Z]{4,}|…|first-light|2026-11-20|draft|lint"
    )
    return sorted(command for command in written if not unfit.search(command) and command not in _BARE)


@pytest.mark.parametrize("command", free())
def test_what_costs_nothing_runs_as_it_is_written(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], command: str
) -> None:
    own_show(tmp_path)
    (tmp_path / "s" / "episodes" / "2026-11-30.md").write_text("ANNA: Hi there.\n", encoding="utf-8")
    if " new " in command:
        (tmp_path / "s" / "episodes" / "2026-11-30.md").unlink()
    monkeypatch.setenv("NINJA_SHOW", str(tmp_path / "s"))
    capsys.readouterr()
    assert app(shlex.split(command)[1:], standalone_mode=False) == 0, command
    assert capsys.readouterr().out


def own_show(folder: Path) -> Path:
    """A new show with one episode, demo."""
    init(folder / "s", title="S", identity="s", anchors="Anna,Ben", formats="short", language="en", ask=False)
    (folder / "s" / "episodes" / "demo.md").write_text("ANNA: Hi there.\n", encoding="utf-8")
    return folder / "s"


@pytest.mark.parametrize(
    "command", [each for each in documented() if not re.search("draft|produce|open|compare|reconcile|decline", each)]
)
def test_an_object_has_the_keys_that_its_page_says(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], command: str
) -> None:
    monkeypatch.setenv("NINJA_SHOW", str(own_show(tmp_path)))
    capsys.readouterr()
    app(shlex.split(command.replace("EPISODE", "demo").replace("CODE", "image-blank"))[1:], standalone_mode=False)
    printed = json.loads(capsys.readouterr().out.splitlines()[-1])
    assert (set(printed), printed["schema"]) == ({*documented()[command], "schema"}, 1)


def test_every_command_that_prints_an_object_has_its_row() -> None:
    printing = {name for name, each in _whole().commands.items() if any("--json" in one.opts for one in each.params)}
    assert printing == {command.split()[1] for command in documented()}


def test_an_object_is_printed_in_one_place() -> None:
    files = (ROOT / "ninja_assets" / "cli").rglob("*.py")
    assert [file.name for file in files if re.search(r"print\(.*(dump_json|dumps)\(", file.read_text("utf-8"))] == []


def test_a_refusal_has_the_keys_that_its_page_says(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("NINJA_SHOW", str(own_show(tmp_path)))
    capsys.readouterr()
    monkeypatch.setattr("sys.argv", ["ninja", "produce", "nobody", "--json"])
    with pytest.raises(SystemExit) as ended:
        main()
    assert ended.value.code == 2
    printed = json.loads(capsys.readouterr().out.splitlines()[-1])
    assert set(printed) == {"schema", "status", "error", "refusal", "findings"}
    assert set(printed["refusal"]) == {"what", "where", "why", "mend"}


def test_every_make_target_that_a_page_names_exists() -> None:
    targets = set(re.findall(r"^([a-z-]+):", (ROOT / "Makefile").read_text(encoding="utf-8"), re.MULTILINE))
    named = {target for page in PAGES for target in _MAKE.findall(page.read_text(encoding="utf-8"))}
    assert named - targets == set()


def test_every_variable_is_listed_and_every_one_that_is_listed_is_read() -> None:
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    source = "".join(
        path.read_text(encoding="utf-8") for top in ("resources", "ninja_assets") for path in (ROOT / top).rglob("*.py")
    )
    listed = set(re.findall(r"\b(?:NINJA|FAL|ELEVENLABS)_[A-Z_]+\b|DAGSTER_HOME", readme))
    read = set(re.findall(r'"((?:NINJA|FAL|ELEVENLABS)_[A-Z_]+|DAGSTER_HOME)"', source))
    assert listed == _VARIABLES
    assert read <= _VARIABLES | {"FAL_KEY_ID", "FAL_KEY_SECRET"}
    assert {name for name in listed if f'"{name}"' not in source} == set()


def settings_of(model: type[BaseModel], before: str = "") -> Iterator[str]:
    """The path of every setting of show.yaml."""
    for name, field in model.model_fields.items():
        kinds = [field.annotation, *getattr(field.annotation, "__args__", ())]
        inner = [kind for kind in kinds if isinstance(kind, type) and issubclass(kind, BaseModel)]
        yield f"{before}{name}"
        for kind in inner:
            yield from settings_of(kind, f"{before}{name}.")


def test_every_setting_of_a_show_is_on_its_page() -> None:
    page = (ROOT / "docs" / "show-yaml.md").read_text(encoding="utf-8")
    missing = [path for path in settings_of(Show) if not re.search(rf"`[^`]*\b{path.rsplit('.')[-1]}\b", page)]
    assert missing == []


@pytest.mark.parametrize("file", File)
def test_a_schema_knows_the_settings_and_no_others(file: File, capsys: pytest.CaptureFixture[str]) -> None:
    run(file)
    schema = json.loads(capsys.readouterr().out)
    assert schema["additionalProperties"] is False
    assert "title" in schema["properties"]
    assert schema["$schema"].startswith("https://json-schema.org/")
