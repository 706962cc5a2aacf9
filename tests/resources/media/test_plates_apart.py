"""Nothing that is written lies on a face or on anything else: over all layouts, formats and lengths of names."""

from collections.abc import Iterator
from itertools import combinations

import pytest

from resources.content.show import Format
from resources.media.layouts import COVERED, LAYOUTS, PROGRESS_HEIGHT, Area, Arrangement, arrangement, face_in
from resources.media.picture.overlays import bug_box, mark_box
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


def faces(place: Arrangement, shape: Format) -> Iterator[tuple[str, Box]]:
    """The faces of clips in the shape that they are ordered in, or of the whole picture; far and as near as may be."""
    for number, pane in enumerate(place.panes):
        whole = (pane.area.width, pane.area.height) == shape.size
        inset = any(other is not pane and _holds(other.area, pane.area) for other in place.panes)
        for zoom in () if inset else (1.0, pane.most_zoom):
            yield f"face {number} at {zoom}", face_in(pane, shape.size if whole else shape.clip_size, zoom)


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
def test_captions_names_and_titles_keep_out_of_what_platforms_cover(chosen: str, shape: Format) -> None:
    place = arrangement(chosen, shape)
    rooms = {"captions": place.captions, "title": place.title}
    rooms |= {f"plate {number}": pane.plate.area for number, pane in enumerate(place.panes)}
    assert [
        name for name, room in rooms.items() if any(overlap(edges(room), edges(each)) for each in COVERED[shape])
    ] == []
