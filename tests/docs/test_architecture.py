"""The page of the house says what is there: every room has its line, and every path that it names exists."""

import re
from pathlib import Path

import pytest

from tests.test_borders import FLOORS

ROOT = Path(__file__).resolve().parents[2]
PAGE = (ROOT / "docs" / "architecture.md").read_text(encoding="utf-8")
PATH = re.compile(r"`((?:bench|docs|ninja_assets|resources|show|tests)/[\w./-]+)`")


def paths(rows: str) -> set[str]:
    return set(PATH.findall(rows))


def test_every_path_on_the_page_exists() -> None:
    assert [path for path in sorted(paths(PAGE)) if not (ROOT / path).exists()] == []


@pytest.mark.parametrize(("house", "room"), [(house, room) for house, rooms in FLOORS.items() for room in rooms])
def test_every_room_is_in_the_picture_and_has_its_line(house: str, room: str) -> None:
    picture = PAGE.split("```")[1]
    table = PAGE.split("## The rooms")[1].split("\n## ")[0]
    assert re.search(rf"\b{room}\b", picture), f"draw {room} into the picture"
    assert paths(table) & {f"{house}/{room}", f"{house}/{room}.py"}, f"give {house}/{room} a line"


def test_the_rooms_of_resources_are_drawn_from_the_top_floor_down() -> None:
    picture = PAGE.split("```")[1].split("─ resources ─")[1]
    drawn = re.findall(r"^│  ([a-z]+)", picture, re.MULTILINE)
    assert drawn == [*reversed(FLOORS["resources"])]
