import io

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from resources.content.show import Format
from resources.media.picture.overlays import OverlayOrder, Sitter, overlay

NINJA = Sitter(name="Ninja", color="#22d3ee", speaking=True)
GLITCH = Sitter(name="Glitch", color="#ff4fd8", speaking=False)


def drawn(**changes: object) -> NDArray[np.uint8]:
    order = OverlayOrder(layout="videochat", format=Format.SHORT, sitters=(NINJA, GLITCH), rehearsal=False)
    return np.asarray(Image.open(io.BytesIO(overlay(order.model_copy(update=changes)))))


def test_an_overlay_is_as_large_as_the_picture_and_clear_where_faces_are() -> None:
    whole, small = drawn(), drawn(shrink=4)
    assert whole.shape == (1920, 1080, 4)
    assert small.shape == (480, 270, 4)
    assert not whole[100:700, 200:880, 3].any()
    assert not whole[1200:1800, 200:880, 3].any()


def test_the_speakers_name_stands_on_their_colour_and_a_listeners_on_the_dark() -> None:
    picture = drawn()
    assert tuple(picture[780, 70, :3]) == (0x22, 0xD3, 0xEE)
    assert picture[1080, 70, :3].max() < 60


def test_names_are_shown_with_their_own_letters_and_cannot_break_the_drawing() -> None:
    bare = drawn(sitters=(NINJA.model_copy(update={"name": "I"}), GLITCH))
    for name in ("Žofie & <b>", "Ниндзя", "a\"b'c"):
        tag = drawn(sitters=(NINJA.model_copy(update={"name": name}), GLITCH))
        assert (tag[760:840, 40:500, 3] > 0).sum() > (bare[760:840, 40:500, 3] > 0).sum()


def test_a_rehearsal_is_marked_in_the_corner_and_nothing_else_changes() -> None:
    marked, clean = drawn(rehearsal=True), drawn()
    rows, columns = (marked != clean).any(axis=2).nonzero()
    assert rows.max() < 90
    assert columns.min() > 700
    assert (marked[..., :3].min(axis=2) > 180)[40:90, 800:1040].sum() > 300


def test_panes_with_room_around_them_stand_on_a_backdrop() -> None:
    wall = drawn(format=Format.LONG)
    assert wall[990, 960, 3] == 255
    assert wall[400, 400, 3] == 0


def test_a_show_can_sign_its_picture() -> None:
    signed, plain = drawn(bug="Ninja News"), drawn()
    changed = (signed != plain).any(axis=2).nonzero()
    assert changed[0].max() < 110
    assert changed[1].max() < 500
