"""Nothing that is written lies on a face or on anything else: over all layouts, formats and lengths of names."""

from collections.abc import Iterator
from itertools import combinations

import pytest

from resources.content.show import Format
from resources.core.values import Word
from resources.media.layouts import (
    CHIN,
    COVERED,
    FACE,
    LAYOUTS,
    PROGRESS_HEIGHT,
    Area,
    Arrangement,
    arrangement,
    face_in,
)
from resources.media.picture.overlays import bug_box, mark_box
from resources.media.typography.caption_styles import STYLES
from resources.media.typography.captions import GROWN, ass
from resources.media.typography.colours import told_apart
from resources.media.typography.fonts import base_font, set_ink
from resources.media.typography.plates import Banner, card_box, tag_setting, third_setting

Box = tuple[float, float, float, float]  # left, top, right, bottom
NAMES = ("Jo", "Ninja & Glitch", "W" * 24)
LONG = "W" * 100
EVERYWHERE = [(name, shape) for name in LAYOUTS for shape in Format]


def edges(area: Area) -> Box:
    return area.x, area.y, area.x + area.width, area.y + area.height


def overlap(one: Box, other: Box) -> bool:
    return one[0] < other[2] and other[0] < one[2] and one[1] < other[3] and other[1] < one[3]


def always(place: Arrangement, shape: Format, name: str) -> Iterator[tuple[str, Box]]:
    width, _ = shape.size
    yield "progress", (0, 0, width, PROGRESS_HEIGHT)
    yield "mark", edges(mark_box(place.mark))
    yield "bug", edges(bug_box(name, place.mark, width, rehearsal=True))
    yield "captions", edges(place.captions)


def faces(place: Arrangement, shape: Format, part: Box = FACE) -> Iterator[tuple[str, Box]]:
    """The faces of clips in the shape that they are ordered in, far and as near as may be.

    The whole of a wide picture is only filled by a clip that is as wide (`suiting`).
    """
    for number, pane in enumerate(place.panes):
        whole = shape is Format.LONG and (pane.area.width, pane.area.height) == shape.size
        inset = any(other is not pane and _holds(other.area, pane.area) for other in place.panes)
        for zoom in () if inset else (1.0, pane.most_zoom):
            yield f"face {number} at {zoom}", face_in(pane, shape.size if whole else shape.clip_size, zoom, part=part)


def _holds(outer: Area, inner: Area) -> bool:
    return outer.x <= inner.x and outer.x + outer.width >= inner.x + inner.width and outer.y <= inner.y


def plates(place: Arrangement, name: str, *, grown: bool) -> Iterator[tuple[str, Box]]:
    for number, pane in enumerate(place.panes):
        third = Banner(kind="third", text=LONG if len(name) > 20 else name, small=name, color="#22d3ee", seconds=1)
        grows = grown and pane.plate.area.height > 64  # a small pane's name stays a tag: who speaks is in the large one
        yield (
            f"plate {number}",
            edges((third_setting(third, pane.plate) if grows else tag_setting(name, pane.plate))[1]),
        )


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize(("chosen", "shape"), EVERYWHERE)
def test_nothing_written_lies_on_anything_else(chosen: str, shape: Format, name: str) -> None:
    place = arrangement(chosen, shape)
    fixed, seen = list(always(place, shape, name)), list(faces(place, shape))
    card = Banner(kind="card", text=LONG if len(name) > 20 else name, small=name, color="#22d3ee", seconds=1)
    title = ("title", edges(card_box(card, place.title)[1]))
    for written in ([*fixed, title], *([*fixed, *plates(place, name, grown=grown)] for grown in (False, True))):
        found = [
            (one[0], other[0])
            for one, other in [*combinations(written, 2), *((each, face) for each in written for face in seen)]
            if overlap(one[1], other[1])
        ]
        assert found == []
        assert all(box[0] >= 0 and box[2] <= shape.size[0] and box[3] <= shape.size[1] for _, box in written)


@pytest.mark.parametrize(("chosen", "shape"), EVERYWHERE)
def test_captions_and_names_leave_every_chin_free(chosen: str, shape: Format) -> None:
    place = arrangement(chosen, shape)
    written = [("captions", edges(place.captions)), *plates(place, "Ninja & Glitch", grown=False)]
    chins = list(faces(place, shape, CHIN))
    assert [(one, face) for one, box in written for face, chin in chins if overlap(box, chin)] == []


@pytest.mark.parametrize(("chosen", "shape"), EVERYWHERE)
def test_captions_cross_no_edge_of_a_pane(chosen: str, shape: Format) -> None:
    """A line of light through letters: where two panes meet, captions stand on one side of it, or on the desk."""
    place, lit = arrangement(chosen, shape), 7
    crossed = []
    for pane in place.panes:
        left, top, right, bottom = edges(pane.area)
        border = [(left, top, right, top + lit), (left, bottom - lit, right, bottom)]
        border += [(left, top, left + lit, bottom), (right - lit, top, right, bottom)]
        crossed += [edge for edge in border if overlap(edge, edges(place.captions))]
    assert crossed == []


@pytest.mark.parametrize(("chosen", "shape"), EVERYWHERE)
@pytest.mark.parametrize("name", list(STYLES))
def test_captions_of_each_style_are_laid_over_the_middle_of_their_room(name: str, chosen: str, shape: Format) -> None:
    """Their band is larger than the room, and may reach out of the picture: moved into it, it would take them along."""
    area = arrangement(chosen, shape).captions
    words = [Word(text="Goodnight", start=0, end=0.5)]
    sheet = ass(words, STYLES[name], color="#22d3ee", size=shape.size, places=[(0, area)], fps=30)
    assert sheet is not None
    (spot,) = sheet.places
    assert abs(spot.x + sheet.width / 2 - area.x - area.width / 2) < 2
    assert abs(spot.y + sheet.height / 2 - area.y - area.height / 2) < 2


@pytest.mark.parametrize(("chosen", "shape"), EVERYWHERE)
@pytest.mark.parametrize("name", list(STYLES))
def test_captions_of_each_style_stand_in_their_room_with_their_outlines(name: str, chosen: str, shape: Format) -> None:
    """And as large as they grow: so what is true of the room is true of every style."""
    look, area, em = STYLES[name], arrangement(chosen, shape).captions, STYLES[name].size * min(shape.size)
    font = base_font("a")
    line = "AGY" if look.upper else "Agy"
    high = (look.lines - 1) * em * font.line + set_ink(line, font, em)
    assert high * (GROWN if look.moves == "pop" else 1) + 2 * (0 if look.plate else look.stroke) * em <= area.height


@pytest.mark.parametrize("name", list(STYLES))
def test_captions_of_each_style_are_told_from_any_picture(name: str) -> None:
    """By a dark plate, or an outline that is seen at a phone's size: white letters on white stay letters."""
    look = STYLES[name]
    least = 5  # pixels of 1080
    assert look.plate or look.stroke * look.size * 1080 >= least
    assert told_apart("#22d3ee" if look.color == "speaker" else look.color, look.ground)


@pytest.mark.parametrize(("chosen", "shape"), EVERYWHERE)
def test_captions_names_and_titles_keep_out_of_what_platforms_cover(chosen: str, shape: Format) -> None:
    place = arrangement(chosen, shape)
    rooms = {"captions": place.captions, "title": place.title}
    rooms |= {f"plate {number}": pane.plate.area for number, pane in enumerate(place.panes)}
    assert [
        name for name, room in rooms.items() if any(overlap(edges(room), edges(each)) for each in COVERED[shape])
    ] == []
