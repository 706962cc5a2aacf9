import io
from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from resources.content.show import Format
from resources.media.layouts import arrangement
from resources.media.picture.overlays import MarksOrder, OverlayOrder, Sitter, backdrop, marks, names, overlay

NINJA = Sitter(name="Ninja", color="#22d3ee", speaking=True)
GLITCH = Sitter(name="Glitch", color="#ff4fd8", speaking=False)


PLATES = [pane.plate.area for pane in arrangement("videochat", Format.SHORT).panes]


def drawn(draw: Callable[[OverlayOrder], bytes] = overlay, **changes: object) -> NDArray[np.uint8]:
    order = OverlayOrder(layout="videochat", format=Format.SHORT, sitters=(NINJA, GLITCH))
    return np.asarray(Image.open(io.BytesIO(draw(order.model_copy(update=changes)))))


def marked(**changes: object) -> NDArray[np.uint8]:
    mark = arrangement("videochat", Format.SHORT).mark
    order = MarksOrder(format=Format.SHORT, mark=mark, rehearsal=False)
    return np.asarray(Image.open(io.BytesIO(marks(order.model_copy(update=changes)))))


def test_an_overlay_is_as_large_as_the_picture_and_clear_where_faces_are() -> None:
    whole, small = drawn(), drawn(shrink=4)
    assert whole.shape == (1920, 1080, 4)
    assert small.shape == (480, 270, 4)
    assert not whole[100:700, 200:880, 3].any()
    assert not whole[1200:1800, 200:880, 3].any()


def test_the_speakers_name_stands_on_their_colour_and_a_listeners_on_the_dark() -> None:
    picture = drawn(names)
    upper, lower = PLATES
    assert tuple(picture[upper.y + upper.height - 32, upper.x + 14, :3]) == (0x22, 0xD3, 0xEE)
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
    assert not alone[140:1260, 8:1072, 3].any()


def test_a_show_can_sign_its_picture() -> None:
    signed, plain = marked(bug="Ninja News"), marked()
    changed = (signed != plain).any(axis=2).nonzero()
    assert changed[0].max() < 110
    assert changed[1].max() < 500
