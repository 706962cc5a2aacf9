"""What is written over the stand-in of a shot: its kind, what will be seen, and that nothing was bought.

It is laid over each format of an episode by itself: a stand-in is cropped, as what will be bought is, and its words
would be cropped with it. Over a turn it stands in the rows that captions and headline leave free.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from PIL import Image, ImageDraw

from resources.content.shots import Shot
from resources.content.show import Format
from resources.core.text.emoji_signs import is_emoji
from resources.media.layouts import LEAST_TEXT
from resources.media.typography.bidi import leftwards
from resources.media.typography.fonts import FONTS
from resources.media.typography.text import wide, wrapped, write_on
from resources.models.prompts import scene

COLORS = {  # by kind of shot
    "broll": "#22d3ee",
    "transition": "#a78bfa",
    "motion": "#7ee787",
    "edit": "#fb923c",
    "omni": "#ff4fd8",
    "image": "#ffd166",
}
_NIGHT, _TEXT, _QUIET = "#070914", "#f4f5ff", "#b9c0e4"
_TEXT_SIZE = 40  # pixels of the prompt; what is beside it is as small as any text
_LINES = 5  # of the prompt, at most
_LINE, _HEAD, _FOOT, _PAD = 53, 76, 54, 44  # pixels: a line of the prompt, the rows above and below it, the card's edge
_APART = 12  # pixels between a card and what else is written
_AS_LONG = 3600.0  # seconds: longer than a segment
# Left edge, upper edge and width, in shares of the picture: under a Short's header and the REHEARSAL mark.
_CARD = {Format.SHORT: (0.075, 0.096, 0.80), Format.LONG: (0.06, 0.16, 0.56), Format.SQUARE: (0.07, 0.16, 0.86)}
_CORNER = 0.055  # of the shorter side: the viewfinder's corners
_INSET = (0.045, 0.115)  # of the shorter side, across and down: under the REHEARSAL mark


@dataclass(frozen=True)
class Slate:
    """The words of a card."""

    kind: str
    text: str
    facts: Sequence[str]


def slates(shot: Shot, seconds: float | None) -> list[tuple[float, float, Slate]]:
    """What is written from which second of a shot up to which: a slate for each part of a prompt with timestamps.

    A picture has no seconds of its own; its slate stays as long as it is seen.
    """
    timed = scene.timed_shots(shot.prompt) if shot.kind == "broll" else ()
    parts: list[tuple[float, float, str]] = [(part.start, part.end, part.prompt) for part in timed]
    parts = parts or [(0.0, seconds or _AS_LONG, shot.prompt)]
    counts = [[f"shot {number} of {len(parts)}"] if len(parts) > 1 else [] for number, _ in enumerate(parts, 1)]
    return [
        (start, end, Slate(shot.kind, text, [*count, *_facts(shot, seconds)]))
        for count, (start, end, text) in zip(counts, parts, strict=True)
    ]


def _facts(shot: Shot, seconds: float | None) -> list[str]:
    """What the card says in small: length, camera, mood, style."""
    facts = [f"{seconds:g} s" if seconds == round(seconds) else f"{seconds:.1f} s"] if seconds else []
    facts += [str(wish) for name in ("camera", "mood", "style") if (wish := getattr(shot, name, None))]
    return facts


def card(slate: Slate, format: Format, rows: tuple[int, int] | None = None) -> Image.Image:
    """The card and the corners of a viewfinder, as a transparent picture of the format's size.

    `rows`: between which the card stands, without anything else that is written; else in all of the picture.
    """
    width, height = format.size
    picture = Image.new("RGBA", (width, height), (0, 0, 0, 0))
    draw = ImageDraw.Draw(picture)
    color = COLORS[slate.kind]
    _corners(draw, width, height)
    left, top, share = (round(edge * side) for edge, side in zip(_CARD[format], (width, height, width), strict=True))
    first, end = (edge - way * _APART for edge, way in zip(rows or (0, height), (-1, 1), strict=True))
    around = 2 * _PAD + _HEAD + _FOOT
    room = (end - max(first, min(top, end - around - _LINES * _LINE)) - around) // _LINE
    lines = _wrapped(slate.text, _TEXT_SIZE, share - 2 * _PAD, min(_LINES, max(1, room)))
    tall = around + _LINE * len(lines)
    at = max(first, min(top, end - tall))
    box = (left, at, left + share, at + tall)
    draw.rounded_rectangle(box, radius=_TEXT_SIZE, fill=(*_rgb(_NIGHT), 205), outline=(*_rgb(color), 230), width=3)
    inner, middle = (left + _PAD, left + share - _PAD), at + _PAD + 27
    right = _chip(picture, inner[0], middle, slate.kind.upper(), color)
    beside = _wrapped("stand-in, nothing bought", LEAST_TEXT, inner[1] - right - 24, 1)
    _write(picture, beside, (right + 24, inner[1]), middle - LEAST_TEXT * 0.62, LEAST_TEXT, _QUIET)
    _write(picture, lines, inner, at + _PAD + _HEAD, _TEXT_SIZE, _TEXT)
    facts = _wrapped("  ·  ".join(slate.facts), LEAST_TEXT, share - 2 * _PAD, 1)
    _write(picture, facts, inner, box[3] - _PAD - _FOOT + 16, LEAST_TEXT, _QUIET)
    return picture


def _chip(picture: Image.Image, left: int, middle: float, text: str, color: str) -> float:
    """A label on a plate; returns where it ends."""
    across = wide(text, LEAST_TEXT) + 44
    box = (left, middle - 27, left + across, middle + 27)
    ImageDraw.Draw(picture).rounded_rectangle(box, radius=17, fill=color)
    write_on(picture, (left + across / 2, middle), text, LEAST_TEXT, anchor="mm", fill=_NIGHT)
    return left + across


def _write(
    picture: Image.Image, lines: Sequence[str], edges: tuple[float, float], top: float, size: int, color: str
) -> None:
    """Lines between two edges: from the left one, or where they are read so from the right one."""
    for number, line in enumerate(lines):
        at = top + number * _LINE
        if leftwards(line):
            write_on(picture, (edges[1], at), line, size, anchor="ra", fill=color)
        else:
            write_on(picture, (edges[0], at), line, size, anchor="la", fill=color)


def _corners(draw: ImageDraw.ImageDraw, width: int, height: int) -> None:
    shorter = min(width, height)
    reach, aside, under = round(shorter * _CORNER), round(shorter * _INSET[0]), round(shorter * _INSET[1])
    for x, across in ((aside, 1), (width - aside, -1)):
        for y, down in ((under, 1), (height - aside, -1)):
            draw.line(
                ((x + across * reach, y), (x, y), (x, y + down * reach)),
                fill=(255, 255, 255, 150),
                width=4,
                joint="curve",
            )


def _wrapped(text: str, size: int, room: float, lines: int) -> list[str]:
    """Words in lines; what no font has a letter for is left out, since a label is not worth a failure."""
    return wrapped(
        "".join(letter for letter in text if letter.isspace() or is_emoji(letter) or _drawable(letter)),
        size,
        room,
        lines,
    )


def _drawable(letter: str) -> bool:
    return any(font.has(letter) for font in FONTS)


def _rgb(color: str) -> tuple[int, int, int]:
    return int(color[1:3], 16), int(color[3:5], 16), int(color[5:7], 16)
