"""The notice names every wheel that the project installs, and every typeface that it carries."""

import re
import tomllib
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
NOTICE = (ROOT / "NOTICE.md").read_text(encoding="utf-8")
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
TOOLS = {"dev", "machines"}  # of development: never passed on


def test_every_dependency_is_named_with_its_terms() -> None:
    extras = PROJECT["optional-dependencies"]
    extras = {name: wheels for name, wheels in PROJECT["optional-dependencies"].items() if name not in TOOLS}
    needed = [*PROJECT["dependencies"], *(wheel for wheels in extras.values() for wheel in wheels)]
    named = {name for row in NOTICE.splitlines() if row.startswith("| ") for name in re.findall(r"[\w-]+", row)}
    assert {re.split(r"[\[<>=~!; ]", wheel)[0].lower() for wheel in needed} - named == set()


def test_every_typeface_of_the_tree_has_its_licence_beside_it() -> None:
    faces = sorted((ROOT / "resources").rglob("*.[to]tf"))
    assert faces
    for face in faces:
        assert face.with_name(f"{face.stem.partition('-')[0]}-OFL.txt").is_file()
        assert face.relative_to(ROOT).as_posix() in NOTICE


def test_the_wheel_carries_the_licence_and_the_notice() -> None:
    assert PROJECT["license"] == "MIT"
    carried = {path for pattern in PROJECT["license-files"] for path in ROOT.glob(pattern)}
    assert {"LICENSE", "NOTICE.md", "Rubik-OFL.txt"} <= {path.name for path in carried}
