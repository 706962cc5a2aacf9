"""The borders of the house: which room may import which, and what of Dagster nobody may. Part of `make check`.

import-linter draws layers too, but sees of another package only its name: that a module of Dagster is private, it
cannot tell. So all borders are held here, by reading the imports.
"""

import ast
import re
from collections.abc import Iterator, Sequence
from functools import cache
from graphlib import CycleError, TopologicalSorter
from pathlib import Path
from typing import NamedTuple

import pytest

from resources.core.settings import ROOT

# From the ground up: a room imports rooms that stand before it, never one behind it.
FLOORS = {
    "resources": (
        "core",
        "content",
        "notify",
        "media",
        "models",
        "failures",
        "quality",
        "purchasing",
        "providers",
        "deliver",
        "studio",
    ),
    "ninja_assets": (
        "served",
        "partitions",
        "cells",
        "cut",
        "assets",
        "reports",
        "jobs",
        "archiving",
        "held_up",
        "schedules",
        "sensors",
        "open_requests",
        "catching_up",
        "notices",
        "build",
        "definitions",
        "runs",
        "desk",
        "cli",
    ),
}
# Private modules of Dagster that are leant on: file -> why, and the test that would see it change.
PRIVATE: dict[str, str] = {
    "ninja_assets/runs/launcher.py": "what a launcher says of a run's process has no public name "
    "(tests/ninja_assets/runs/test_launcher.py)",
    "dagster_home/dagster.yaml": "NoOpComputeLogManager switches stdout capture off: no public name does "
    "(tests/ninja_assets/runs/test_home.py)",
    "tests/ninja_assets/runs/test_launcher.py": "pins what the launcher says",
    "tests/ninja_assets/runs/test_celery_launcher.py": "pins what the launcher says",
    "tests/ninja_assets/desk/test_server.py": "looks into a function that is public",
    "tests/stage.py": "in-memory events and the same switch: a home of a test has no faster public one",
    "tests/test_borders.py": "this table's own example",
    "ninja_assets/runs/dagster.yaml": "the same file, for new homes (tests/ninja_assets/runs/test_home.py)",
}
_PRIVATE_MODULE = re.compile(r"\bdagster\w*(?:\.\w+)*\._\w+")


class Import(NamedTuple):
    """One imported name, where it stands."""

    file: Path
    line: int
    name: str


def imports_of(file: Path) -> Iterator[Import]:
    """Every import of a file, those inside functions too: `from a.b import c` is `a.b.c`."""
    for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            yield from (Import(file, node.lineno, alias.name) for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            yield from (Import(file, node.lineno, f"{node.module}.{alias.name}") for alias in node.names)


@cache
def product(root: Path) -> tuple[Import, ...]:
    """The imports of the product."""
    return tuple(one for top in FLOORS for file in sorted((root / top).rglob("*.py")) for one in imports_of(file))


def crossings(root: Path) -> list[str]:
    """Every import that crosses a border, as `file:line: room imports name, which …`."""
    return [message for one in product(root) if (message := _crossing(one, root))]


def _crossing(one: Import, root: Path) -> str | None:
    top, room, *_ = one.file.relative_to(root).with_suffix("").parts
    here = f"{one.file.relative_to(root).as_posix()}:{one.line}: {top}.{room} imports {one.name}"
    target, _, rest = one.name.partition(".")
    if target not in FLOORS:
        return None
    if top == "resources" and target == "ninja_assets":
        return f"{here}: resources never imports ninja_assets"
    floors, other = FLOORS[target], rest.partition(".")[0]
    if target == top and room in floors and other in floors and floors.index(other) > floors.index(room):
        return f"{here}: {other} stands above {room}"
    return None


def circles(root: Path, top: str) -> Sequence[str]:
    """The folders of a circle of imports within a package; none where there is no circle."""
    graph: dict[str, set[str]] = {}
    for one in product(root):
        home = one.file.parent.relative_to(root).as_posix()
        if home.startswith(top) and one.name.startswith(f"{top}."):
            graph.setdefault(home, set()).add(_folder_of(one.name, root))
    for home, others in graph.items():
        others.discard(home)
    try:
        TopologicalSorter(graph).prepare()
    except CycleError as error:
        return list(error.args[1])
    return []


def _folder_of(name: str, root: Path) -> str:
    parts = name.split(".")
    while parts and not (root.joinpath(*parts).is_dir() or root.joinpath(*parts).with_suffix(".py").is_file()):
        parts.pop()
    place = root.joinpath(*parts)
    return (place if place.is_dir() else place.parent).relative_to(root).as_posix()


def private_uses(root: Path) -> list[str]:
    """Every private module of Dagster that a file of the project names without being excepted."""
    files = [one for top in (*FLOORS, "dagster_home", "bench", "tests") for one in sorted((root / top).rglob("*.*"))]
    return [
        f"{file.relative_to(root).as_posix()}:{number}: {found[0]} is private to Dagster"
        for file in files
        if file.suffix in (".py", ".yaml") and file.relative_to(root).as_posix() not in PRIVATE
        for number, line in enumerate(file.read_text(encoding="utf-8").splitlines(), start=1)
        if (found := _PRIVATE_MODULE.search(line))
    ]


def test_a_room_imports_only_rooms_below_it() -> None:
    assert crossings(ROOT) == []


def test_every_room_has_its_floor() -> None:
    for top, floors in FLOORS.items():
        modules = {path.stem for path in (ROOT / top).glob("*.py")} - {"__init__"}
        assert modules | {path.parent.name for path in (ROOT / top).glob("*/__init__.py")} == set(floors)


def test_no_folders_of_resources_import_each_other_in_a_circle() -> None:
    assert circles(ROOT, "resources") == []


def test_nothing_private_of_dagster_is_used() -> None:
    assert private_uses(ROOT) == []


@pytest.mark.parametrize(
    ("file", "line", "message"),
    [
        ("resources/core/a.py", "from resources.media import probe", "media stands above core"),
        ("resources/media/audio/a.py", "from resources.models.prices import Unit", "models stands above media"),
        ("resources/studio.py", "import ninja_assets.cells.running.engine", "resources never imports ninja_assets"),
        ("ninja_assets/cells/a.py", "def f():\n    from ninja_assets.cli import main", "cli stands above cells"),
    ],
)
def test_breaking_a_border_names_the_import_and_the_border(tmp_path: Path, file: str, line: str, message: str) -> None:
    path = tmp_path / file
    path.parent.mkdir(parents=True)
    path.write_text(f"{line}\n", encoding="utf-8")
    [crossing] = crossings(tmp_path)
    assert crossing.startswith(f"{file}:")
    assert message in crossing


def test_a_circle_of_folders_is_found(tmp_path: Path) -> None:
    for here, there in (("one", "two"), ("two", "one")):
        (tmp_path / "resources" / here).mkdir(parents=True)
        (tmp_path / "resources" / here / "a.py").write_text(f"from resources.{there}.a import b\n", encoding="utf-8")
    assert set(circles(tmp_path, "resources")) == {"resources/one", "resources/two"}


def test_a_private_module_of_dagster_is_found(tmp_path: Path) -> None:
    (tmp_path / "ninja_assets").mkdir()
    (tmp_path / "ninja_assets" / "a.py").write_text("from dagster._core.storage import x\n", encoding="utf-8")
    assert private_uses(tmp_path) == ["ninja_assets/a.py:1: dagster._core is private to Dagster"]
