from itertools import combinations

import pytest

from resources.content.show import Format
from resources.core.errors import ContentError
from resources.media.layouts import (
    FACE,
    LAYOUTS,
    Area,
    Seat,
    arrangement,
    canvas,
    enlargement,
    face_in,
    fitting,
    layout,
    panes,
    tiles,
)

EVERYWHERE = [(name, shape) for name in LAYOUTS for shape in Format]


def test_videochat_stacks_two_faces_and_newsdesk_puts_them_side_by_side() -> None:
    assert [pane.area for pane in panes("videochat", Format.SHORT)] == [
        Area(x=0, y=0, width=1080, height=960),
        Area(x=0, y=960, width=1080, height=960),
    ]
    assert [pane.area for pane in panes("newsdesk", Format.LONG)] == [
        Area(x=0, y=0, width=960, height=900),
        Area(x=960, y=0, width=960, height=900),
    ]


def test_an_unknown_layout_is_refused_with_the_known_ones() -> None:
    with pytest.raises(ContentError, match="splitscreen") as refusal:
        layout("splitscreen")
    assert "videochat, newsdesk, single, pip, cutaway" in str(refusal.value)


@pytest.mark.parametrize(("name", "shape"), EVERYWHERE)
def test_panes_and_captions_lie_inside_the_picture_on_even_pixels(name: str, shape: Format) -> None:
    for shrink in (1, 2, 3, 4):
        width, height = canvas(shape, shrink)
        made = arrangement(name, shape)
        for area in [*(pane.area for pane in made.panes), made.captions]:
            small = area.shrunk(shrink)
            assert not any(number % 2 for number in (small.x, small.y, small.width, small.height))
            assert small.x >= 0
            assert small.y >= 0
            assert small.x + small.width <= width
            assert small.y + small.height <= height


@pytest.mark.parametrize(("name", "shape"), [each for each in EVERYWHERE if not each[0].endswith("-near")])
def test_places_of_a_two_pane_layout_are_equal_and_apart(name: str, shape: Format) -> None:
    seats = [pane for pane in panes(name, shape) if pane.seat in (Seat.FIRST, Seat.SECOND)]
    for one, other in combinations(seats, 2):
        assert (one.area.width, one.area.height) == (other.area.width, other.area.height)
        assert one.area.x + one.area.width <= other.area.x or one.area.y + one.area.height <= other.area.y


def test_panes_that_fill_the_picture_still_fill_a_smaller_one() -> None:
    for shrink in (2, 3, 4):
        small = [pane.area.shrunk(shrink) for pane in panes("videochat", Format.SHORT)]
        assert tiles(small, *canvas(Format.SHORT, shrink))


def test_a_show_of_one_gets_the_single_layout() -> None:
    assert fitting("videochat", 1) == "single"
    assert fitting("videochat", 2) == "videochat"
    assert fitting("cutaway", 1) == "cutaway"


def test_clips_are_ordered_at_the_size_of_their_pane() -> None:
    made = arrangement("pip", Format.LONG)
    speaker, listener = made.pane(speaking=True), made.pane(speaking=False)
    assert speaker is not None
    assert listener is not None
    assert (speaker.area.width, speaker.area.height) == (1920, 1080)
    assert (listener.area.width, listener.area.height) == (400, 400)
    assert arrangement("cutaway", Format.LONG).pane(speaking=False) is None


@pytest.mark.parametrize("clip", [(1080, 960), (960, 1080), (1920, 1080), (1080, 1920)])
@pytest.mark.parametrize(("name", "shape"), EVERYWHERE)
def test_a_face_in_the_middle_of_a_clip_is_whole_or_fills_its_pane(
    name: str, shape: Format, clip: tuple[int, int]
) -> None:
    """Whatever the clip's shape: one that is wider than its pane loses no half of a face."""
    for pane in panes(name, shape):
        left, _, right, _ = face_in(pane, clip)
        whole = (FACE[2] - FACE[0]) * enlargement(pane.area, clip) * clip[0]
        assert right - left == pytest.approx(min(whole, pane.area.width), abs=1)
