"""Thumbnails: faces in the middle of a word, from the clips themselves (no captions, no tags), with the title."""

from collections.abc import Sequence
from pathlib import Path

from PIL import Image, ImageDraw, ImageOps

from resources.core.errors import MediaError
from resources.core.values import Value, Word
from resources.media.picture.stills import detail, still
from resources.media.typography.text import LINE, fitted, write_on

_NIGHT = "#070914"
_LINES = 3  # of the title, at most
_WIDTH = 1080  # pixels that a frame is read at


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
    """Each speaker's faces, the richest in detail first: a blink or a blur has less."""
    faces: dict[str, list[Face]] = {}
    for shot in shots:
        longest = max(shot.words, key=lambda word: word.end - word.start, default=Word(text="", start=0, end=1))
        frame = still(shot.clip, (longest.start + longest.end) / 2, _WIDTH)
        faces.setdefault(shot.speaker, []).append((frame, shot.color))
    return {name: sorted(each, key=lambda face: -detail(face[0])) for name, each in faces.items()}


def _composed(faces: Sequence[Face], title: str, size: tuple[int, int]) -> Image.Image:
    width, height = size
    upright = height > width
    picture = Image.new("RGB", size, _NIGHT)
    for number, (face, _) in enumerate(faces):
        share = (width, height // len(faces)) if upright else (width // len(faces), height)
        place = (0, number * share[1]) if upright else (number * share[0], 0)
        picture.paste(ImageOps.fit(face, share, Image.Resampling.LANCZOS, centering=(0.5, 0.35)), place)
    middle = height // 2 if upright and len(faces) > 1 else round(height * 0.8)
    _shade(picture, middle)
    _write_title(picture, title, middle, [color for _, color in faces])
    return picture


def _shade(picture: Image.Image, middle: int) -> None:
    """A soft dark band behind the title."""
    width, height = picture.size
    reach = round(0.24 * min(height, width * 9 // 8))
    column = Image.new("L", (1, height))
    column.putdata([round(215 * max(0.0, 1 - (abs(y - middle) / reach) ** 2)) for y in range(height)])
    picture.paste(Image.new("RGB", picture.size, _NIGHT), mask=column.resize(picture.size))


def _write_title(picture: Image.Image, title: str, middle: int, colors: Sequence[str]) -> None:
    width, shorter = picture.width, min(picture.size)
    letters = fitted(
        title,
        room=(width * 0.88, _LINES * LINE * shorter),
        largest=shorter * 0.13,
        least=shorter * 0.03,
        lines=_LINES,
    )
    em, lines = round(letters.size), letters.lines
    step = round(em * 1.12)
    top = middle - step * len(lines) // 2
    for number, line in enumerate(lines):
        color = colors[0] if len(lines) > 1 and number == len(lines) - 1 else "#ffffff"
        at = (width / 2, top + step * (number + 0.5))
        write_on(picture, at, line, em, anchor="mm", fill=color, stroke_width=max(2, em // 14), stroke_fill=_NIGHT)
    bar, part = max(6, em // 10), width * 0.3 / len(colors)
    draw = ImageDraw.Draw(picture)
    for number, color in enumerate(colors):
        left = width * 0.35 + part * number
        draw.rectangle((left, top - bar * 3, left + part, top - bar * 2), fill=color)
