from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest
from numpy.typing import NDArray
from PIL import Image

from resources.content.show import Format
from resources.media.layouts import LAYOUTS, arrangement, canvas, layout
from resources.media.picture.overlays import Drawn, MarksOrder, OverlayOrder, Sitter, backdrop, marks, names, overlay
from resources.media.typography.colours import INK, legible, told_apart
from tests.resources.media.footage import looks

NINJA = Sitter(name="Ninja", color="#22d3ee", speaking=True)
GLITCH = Sitter(name="Glitch", color="#ff4fd8", speaking=False)


PLATES = [pane.plate.area for pane in arrangement("videochat", Format.SHORT).panes]


def whole(patches: Drawn, size: tuple[int, int]) -> NDArray[np.uint8]:
    """Patches in their places on an empty picture."""
    picture = Image.new("RGBA", size)
    for patch in patches:
        picture.paste(looks(patch), (patch.area.x, patch.area.y))
    return np.asarray(picture)


def drawn(draw: Callable[[OverlayOrder], Drawn] = overlay, **changes: object) -> NDArray[np.uint8]:
    order = OverlayOrder(layout="videochat", format=Format.SHORT, sitters=(NINJA, GLITCH)).model_copy(update=changes)
    return whole(draw(order), canvas(order.format, order.shrink))


def marked(**changes: object) -> NDArray[np.uint8]:
    mark = arrangement("videochat", Format.SHORT).mark
    order = MarksOrder(format=Format.SHORT, mark=mark, rehearsal=False)
    return whole(marks(order.model_copy(update=changes)), Format.SHORT.size)


def test_an_overlay_is_as_large_as_the_picture_and_clear_where_faces_are() -> None:
    full, small = drawn(), drawn(shrink=4)
    assert not full[100:700, 200:880, 3].any()
    assert not full[1200:1800, 200:880, 3].any()
    shrunk = np.asarray(Image.fromarray(full).resize((270, 480), Image.Resampling.BOX))
    assert np.abs(shrunk[..., 3].astype(int) - small[..., 3]).mean() < 1


def test_the_speakers_name_stands_on_their_colour_and_a_listeners_on_the_dark() -> None:
    picture = drawn(names)
    upper, lower = PLATES
    assert picture[upper.y + upper.height - 32, upper.x + 14, :3].tolist() == pytest.approx((0x22, 0xD3, 0xEE), abs=3)
    assert picture[lower.y + 32, lower.x + 14, :3].max() < 60


def test_names_are_shown_with_their_own_letters_and_cannot_break_the_drawing() -> None:
    def tag(name: str) -> int:
        picture = drawn(names, sitters=(NINJA.model_copy(update={"name": name}), GLITCH))
        return int((picture[PLATES[0].y : PLATES[0].y + PLATES[0].height, :, 3] > 0).sum())

    bare = tag("I")
    for name in ("Žofie & <b>", "Ниндзя", "a\"b'c"):
        assert tag(name) > bare


def test_a_rehearsal_is_marked_in_the_corner_and_nothing_else_changes() -> None:
    with_mark, clean = marked(rehearsal=True), marked()
    rows, columns = (with_mark != clean).any(axis=2).nonzero()
    assert rows.max() < 110
    assert columns.min() > 650
    assert (with_mark[..., :3].min(axis=2) > 180)[40:90, 700:1040].sum() > 300


def test_panes_with_room_around_them_stand_on_a_backdrop_that_hides_no_pane() -> None:
    wall = drawn(backdrop, format=Format.LONG)
    assert wall[990, 960, 3] == 255
    assert wall[400, 400, 3] == 0
    assert not drawn(backdrop)[..., 3].any()  # stacked panes leave no room
    alone = drawn(backdrop, layout="inset")
    assert alone[1500, 540, 3] == 255
    assert not alone[310:1430, 8:1072, 3].any()


@pytest.mark.parametrize("shape", list(Format), ids=str)
@pytest.mark.parametrize("name", list(LAYOUTS))
def test_a_backdrop_is_whole_round_its_panes_and_clear_within_them(name: str, shape: Format) -> None:
    """It is drawn in parts: none may be missing, none may reach into a pane."""
    panes = layout(name).formats[shape].panes
    wall = drawn(backdrop, layout=name, format=shape, sitters=(NINJA, GLITCH)[: len(panes)], shrink=2)[..., 3]
    inside = np.zeros(wall.shape, dtype=bool)
    corners = np.zeros(wall.shape, dtype=bool)
    near = inside.copy()
    for area in (pane.area.shrunk(2) for pane in panes):
        x, y, right, bottom = area.x, area.y, area.x + area.width, area.y + area.height
        near[max(y - 2, 0) : bottom + 2, max(x - 2, 0) : right + 2] = True  # half a pixel is rounded to an even one
        inside[y + 2 : bottom - 2, x + 2 : right - 2] = True
        for rows in (slice(y, y + 16), slice(bottom - 16, bottom)):
            for columns in (slice(x, x + 16), slice(right - 16, right)):
                corners[rows, columns] = True
    assert not wall[inside & ~corners].any()
    assert (wall[~near] == 255).all()


def test_a_drawing_is_made_once_though_many_ask_for_it_at_once() -> None:
    order = OverlayOrder(layout="newsdesk", format=Format.SQUARE, sitters=(NINJA, GLITCH))
    with ThreadPoolExecutor(4) as pool:
        found = list(pool.map(overlay, [order] * 4))
    assert all(each is found[0] for each in found)


def test_a_show_can_sign_its_picture() -> None:
    signed, plain = marked(bug="Ninja News"), marked()
    changed = (signed != plain).any(axis=2).nonzero()
    assert changed[0].max() < 110
    assert changed[1].max() < 500


def test_a_lit_border_is_seen_though_its_colour_is_as_dark_as_the_wall() -> None:
    dark = drawn(sitters=(NINJA.model_copy(update={"color": INK}), GLITCH))
    assert np.array_equal(dark, drawn(sitters=(NINJA.model_copy(update={"color": legible(INK, INK)}), GLITCH)))
    assert told_apart(legible(INK, INK), INK)
