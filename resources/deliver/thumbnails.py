"""Thumbnails: faces in the middle of a word, from the clips themselves (no captions, no tags), with the title."""

import math
from collections.abc import Sequence
from pathlib import Path

from PIL import Image, ImageDraw, ImageOps

from resources.core.errors import MediaError
from resources.core.values import Value, Word
from resources.media.layouts import CHIN, HEADROOM, Area, Pane, Plate, Seat, face_in
from resources.media.picture.stills import detail, still
from resources.media.typography.colours import LIT, legible
from resources.media.typography.text import fitted, write_on

_NIGHT = "#070914"
_CHOICE = 2  # faces of a speaker that are chosen from
_LINES = 3  # of the title, at most
_WIDTH = 1080  # pixels that a frame is read at
_LEAST = 0.14  # of the height: the room of a title, whatever the faces leave
_BAR = 0.011  # of the shorter side: the line over the title, in the speakers' colours


class Shot(Value):
    """A speaker's clip to take a face from."""

    speaker: str  # a label
    color: str  # #rrggbb
    clip: Path
    words: tuple[Word, ...]


def thumbnails(shots: Sequence[Shot], *, title: str, size: tuple[int, int]) -> list[Image.Image]:
    """Three thumbnails to choose from: two pairs of faces and one face alone. Raises MediaError without a shot."""
    if not shots:
        raise MediaError("there is no face for a thumbnail", why="no clips were given")
    faces = _faces(shots)
    first, *others = faces.values()
    second = others[0] if others else first[1:] or first
    pairs = [[first[0], second[0]], [first[:2][-1], second[:2][-1]]]
    alone = max((face for each in faces.values() for face in each), key=lambda face: detail(face[0]))
    return [_composed(chosen, title, size) for chosen in (*pairs, [alone])]


Face = tuple[Image.Image, str]


def _faces(shots: Sequence[Shot]) -> dict[str, list[Face]]:
    """Each speaker's best faces, the richest in detail first: a blink or a blur has less.

    The others are let go at once: those of hundreds of turns would not fit into memory.
    """
    faces: dict[str, list[Face]] = {}
    for shot in shots:
        longest = max(shot.words, key=lambda word: word.end - word.start, default=Word(text="", start=0, end=1))
        frame = still(shot.clip, (longest.start + longest.end) / 2, _WIDTH)
        found = [*faces.get(shot.speaker, []), (frame, shot.color)]
        faces[shot.speaker] = sorted(found, key=lambda face: -detail(face[0]))[:_CHOICE]
    return faces


def _composed(faces: Sequence[Face], title: str, size: tuple[int, int]) -> Image.Image:
    areas, room = places([face.size for face, _ in faces], size)
    picture = _wall(size, faces[0][1])
    for (face, _), area in zip(faces, areas, strict=True):
        seen = ImageOps.fit(face, (area.width, area.height), Image.Resampling.LANCZOS, centering=(0.5, HEADROOM))
        picture.paste(seen, (area.x, area.y))
    if room.height < room.width:
        _shade(picture, room)
    _write_title(picture, title, room, [color for _, color in faces])
    return picture


def places(clips: Sequence[tuple[int, int]], size: tuple[int, int]) -> tuple[list[Area], Area]:
    """Where one or two faces from clips of these sizes are seen, and where the title stands: under mouth and chin.

    One face alone has half of a wide picture, and the title the other half.
    """
    width, height = size
    upright, beside = height > width, len(clips) == 1 and width > height
    across, down = (1, len(clips)) if upright else (2 if beside else len(clips), 1)
    part = (width // across, height // down)
    left = width - part[0] * across + part[0] * beside
    corners = [(0, number * part[1]) if upright else (left + number * part[0], 0) for number in range(len(clips))]
    areas = [Area(x=x, y=y, width=part[0], height=part[1]) for x, y in corners]
    if beside:
        return areas, _between(0.05 * width, 0.1 * height, 0.48 * width, 0.9 * height)
    panes = [Pane(seat=Seat.SPEAKER, area=area, plate=Plate(area=area)) for area in areas]
    chins = [face_in(pane, clip, part=CHIN)[3] for pane, clip in zip(panes, clips, strict=True)]
    stacked = upright and len(clips) == 2
    above = chins[0] if stacked else max(chins)
    below = face_in(panes[1], clips[1])[1] if stacked else 0.965 * height
    return areas, _between(0.06 * width, min(above, below - _LEAST * height), 0.94 * width, below)


def _between(left: float, top: float, right: float, bottom: float) -> Area:
    return Area(x=round(left), y=round(top), width=round(right - left), height=round(bottom - top))


def _wall(size: tuple[int, int], color: str) -> Image.Image:
    """What is beside a face that does not fill the picture: the light that it throws, in its colour."""
    glow = Image.radial_gradient("L").point(lambda far: round(120 * max(0.0, 1 - far / 180)))
    light = glow.resize(size, box=(64, 64, 192, 192))
    picture = Image.new("RGB", size, _NIGHT)
    picture.paste(Image.new("RGB", size, color), mask=light)
    return picture


def _shade(picture: Image.Image, room: Area) -> None:
    """A soft dark band behind the title."""
    middle, reach = room.y + room.height / 2, 0.8 * room.height
    column = Image.new("L", (1, picture.height))
    column.putdata([round(215 * max(0.0, 1 - (abs(y - middle) / reach) ** 2)) for y in range(picture.height)])
    picture.paste(Image.new("RGB", picture.size, _NIGHT), mask=column.resize(picture.size))


def _write_title(picture: Image.Image, title: str, room: Area, colors: Sequence[str]) -> None:
    shorter = min(picture.size)
    bar = round(shorter * _BAR)
    letters = fitted(
        title,
        room=(room.width, room.height - 3 * bar),
        largest=shorter * 0.13,
        least=shorter * 0.03,
        lines=_LINES if room.height < room.width else _LINES + 1,
    )
    em, step = math.floor(letters.size), letters.height / len(letters.lines)
    top, middle = room.y + (room.height - letters.height + 3 * bar) / 2, room.x + room.width / 2
    for number, line in enumerate(letters.lines):
        color = legible(colors[0], _NIGHT, LIT) if number and number == len(letters.lines) - 1 else "#ffffff"
        at = (middle, top + step * (number + 0.5))
        write_on(picture, at, line, em, anchor="mm", fill=color, stroke_width=max(2, em // 14), stroke_fill=_NIGHT)
    part = picture.width * 0.3 / len(colors)
    draw = ImageDraw.Draw(picture)
    for number, color in enumerate(colors):
        left = middle - picture.width * 0.15 + part * number
        draw.rectangle((left, top - 2 * bar, left + part, top - bar), fill=legible(color, _NIGHT))
