"""Thumbnails: a title of any length is read whole, and lies on no mouth, in every format and from clips of any."""

from typing import Any
from weakref import ref

import numpy as np
import pytest
from PIL import Image

from resources.content.show import Format
from resources.core.errors import MediaError
from resources.core.values import Word
from resources.deliver.thumbnails import Shot, places, thumbnails
from resources.media.ffmpeg import run
from resources.media.layouts import CHIN, FACE, Area, Pane, Plate, Seat, face_in
from resources.media.picture.stills import still

FORMATS = [(cut, first) for cut in Format for first in Format]


@pytest.mark.parametrize("count", [1, 2])
@pytest.mark.parametrize(("cut", "first"), FORMATS)
def test_a_title_has_room_beside_every_face_down_to_the_chin(cut: Format, first: Format, count: int) -> None:
    areas, room = places([first.clip_size] * count, cut.size)
    assert 0 <= room.x < room.x + room.width <= cut.size[0]
    assert 0 <= room.y < room.y + room.height <= cut.size[1]
    assert room.height >= 0.14 * cut.size[1] - 1
    for area in areas:
        pane = Pane(seat=Seat.SPEAKER, area=area, plate=Plate(area=area))
        for part in (FACE, CHIN):
            left, top, right, bottom = face_in(pane, first.clip_size, part=part)
            beside = room.x >= right or room.x + room.width <= left
            assert beside or room.y >= bottom - 1 or room.y + room.height <= top + 1


@pytest.fixture(scope="module")
def shots(tmp_path_factory: pytest.TempPathFactory) -> list[Shot]:
    """Two dark faces: what is bright in a thumbnail is its title and the line over it."""
    clip = tmp_path_factory.mktemp("clips") / "dark.mp4"
    run(["-f", "lavfi", "-i", "color=0x101010:s=1080x960:r=30:d=0.2", "-pix_fmt", "yuv420p", str(clip)])
    words = (Word(text="dark", start=0.0, end=0.1),)
    people = (("A", "#22d3ee"), ("B", "#ff4fd8"))
    return [Shot(speaker=name, color=color, clip=clip, words=words) for name, color in people]


@pytest.mark.parametrize(
    ("cut", "title"),
    [(Format.LONG, "Patch"), (Format.SHORT, "Deep dive: ten years of waiting"), (Format.SQUARE, "Wonderful " * 10)],
)
def test_a_title_stands_in_its_room_whatever_its_length(shots: list[Shot], cut: Format, title: str) -> None:
    made = thumbnails(shots, title=title.strip(), size=cut.size)
    for picture, count in zip(made, (2, 2, 1), strict=True):
        rows, columns = (np.asarray(picture.convert("L")) > 140).nonzero()
        room = places([(1080, 960)] * count, cut.size)[1]
        assert picture.size == cut.size
        _inside(room, rows, columns)


def _inside(room: Area, rows: "np.ndarray", columns: "np.ndarray") -> None:
    assert room.y - 2 <= rows.min() <= rows.max() <= room.y + room.height + 2
    assert room.x - 2 <= columns.min() <= columns.max() <= room.x + room.width + 2


def test_of_the_faces_of_a_long_episode_only_the_best_are_kept_in_memory(
    shots: list[Shot], monkeypatch: pytest.MonkeyPatch
) -> None:
    seen, most = list[ref[Image.Image]](), 0

    def counted(*arguments: Any) -> Image.Image:
        nonlocal most
        picture = still(*arguments)
        seen.append(ref(picture))
        most = max(most, sum(each() is not None for each in seen))
        return picture

    monkeypatch.setattr("resources.deliver.thumbnails.still", counted)
    thumbnails(shots * 15, title="Patch", size=Format.SHORT.size)
    assert most <= 6


def test_without_a_face_there_is_no_thumbnail() -> None:
    with pytest.raises(MediaError, match="no face"):
        thumbnails([], title="Patch", size=Format.LONG.size)


def test_the_last_line_of_a_title_is_read_in_a_colour_as_dark_as_the_night(shots: list[Shot]) -> None:
    dark = [shot.model_copy(update={"color": "#101028"}) for shot in shots]
    made, *_ = thumbnails(dark, title="Wonderful patches of the day and of the night", size=Format.SQUARE.size)
    rows = np.flatnonzero((np.asarray(made.convert("L")) > 100).any(axis=1))
    room = places([(1080, 960)] * 2, Format.SQUARE.size)[1]
    lines = np.split(rows, np.flatnonzero(np.diff(rows) > 8) + 1)
    assert len(lines) >= 2
    assert rows.max() > room.y + 0.8 * room.height
