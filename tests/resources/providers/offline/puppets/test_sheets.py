"""A puppet's drawings, made in a process of their own: the same as here, whole, and none of the process's business."""

import subprocess
from io import BytesIO

import pytest
from PIL import Image

from resources.providers.offline.puppets import puppet, rasterize, sheets
from resources.providers.offline.puppets.parts import Pose
from resources.providers.offline.puppets.stage import Stage


def svg(color: str, width: int = 4) -> str:
    box = f'<rect width="{width}" height="3" fill="{color}"/>'
    return f'<svg xmlns="http://www.w3.org/2000/svg" width="{width}" height="3">{box}</svg>'


def test_what_is_drawn_apart_is_what_is_drawn_here_in_the_order_asked_for() -> None:
    asked = (svg("#ff0000"), svg("#00ff00", 7), svg("#0000ff"))
    made = sheets.drawn(asked)
    assert list(made) == [rasterize.png_of(each) for each in asked]
    pictures = [Image.open(BytesIO(png)).convert("RGB") for png in made]
    assert [picture.getpixel((0, 0)) for picture in pictures] == [(255, 0, 0), (0, 255, 0), (0, 0, 255)]
    assert [picture.size for picture in pictures] == [(4, 3), (7, 3), (4, 3)]


def test_nothing_to_draw_is_drawn() -> None:
    assert list(sheets.drawn(())) == []


def test_where_no_process_can_be_begun_it_is_drawn_here(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sys.executable", "/nowhere/python")
    asked = (svg("#123456"),)
    assert list(sheets.drawn(asked)) == [rasterize.png_of(asked[0])]


def test_an_answer_that_breaks_off_is_not_taken(monkeypatch: pytest.MonkeyPatch) -> None:
    whole = subprocess.run

    def cut_off(*args: object, **options: object) -> "subprocess.CompletedProcess[bytes]":
        done = whole(*args, **options)  # type: ignore[call-overload]
        return subprocess.CompletedProcess(done.args, 0, done.stdout[:-5], b"")

    monkeypatch.setattr("subprocess.run", cut_off)
    asked = (svg("#654321"),)
    assert list(sheets.drawn(asked)) == [rasterize.png_of(asked[0])]


@pytest.mark.parametrize("name", ["ninja", "glitch"])
def test_a_stage_says_beforehand_all_that_it_has_drawn(name: str) -> None:
    asked: list[str] = []

    def raster(drawing: str) -> Image.Image:
        asked.append(drawing)
        return Image.open(BytesIO(rasterize.png_of(drawing))).convert("RGBA")

    stage = Stage(puppet(name), 180, 160, raster)
    stage.paint(Pose(mouth=1, lift=0.5))
    stage.picture(Pose())
    assert sorted(asked) == sorted(stage.svgs())
