"""What is written over the stand-in of a shot: its kind, what will be seen, and that nothing was bought.

It is laid over each format of an episode by itself: a stand-in is cropped, as what will be bought is, and its words
would be cropped with it.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from PIL import Image, ImageDraw, ImageFont

from resources.content.shots import Shot
from resources.content.show import Format
from resources.media.typography.fonts import FONTS
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
_LINES = 5  # of the prompt, at most
_AS_LONG = 3600.0  # seconds: longer than a segment
# Left edge, upper edge and width, in shares of the picture: over the captions of every layout, under a Short's header.
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


def card(slate: Slate, format: Format) -> Image.Image:
    """The card and the corners of a viewfinder, as a transparent picture of the format's size."""
    width, height = format.size
    picture = Image.new("RGBA", (width, height), (0, 0, 0, 0))
    draw = ImageDraw.Draw(picture)
    color = COLORS[slate.kind]
    _corners(draw, width, height)
    left, high, share = (edge * side for edge, side in zip(_CARD[format], (width, height, width), strict=True))
    em = round(min(width, height) * 0.037)
    pad = round(em * 1.1)
    body, small = _font(em), _font(round(em * 0.66))
    lines = _wrapped(slate.text, body, share - 2 * pad)
    tall = pad * 2 + round(em * 1.9) + round(em * 1.32) * len(lines) + round(em * 1.2)
    box = (round(left), round(high), round(left + share), round(high + tall))
    draw.rounded_rectangle(box, radius=em, fill=(*_rgb(_NIGHT), 205), outline=(*_rgb(color), 230), width=3)
    at = box[1] + pad
    right = _chip(draw, box[0] + pad, at, slate.kind.upper(), color, em)
    draw.text((right + em * 0.6, at + em * 0.68), "stand-in, nothing bought", font=small, fill=_QUIET, anchor="lm")
    at += round(em * 1.9)
    for line in lines:
        draw.text((box[0] + pad, at), line, font=body, fill=_TEXT)
        at += round(em * 1.32)
    facts = _wrapped("  ·  ".join(slate.facts), small, share - 2 * pad)[:1]
    draw.text((box[0] + pad, at + em * 0.35), "".join(facts), font=small, fill=_QUIET)
    return picture


def _chip(draw: ImageDraw.ImageDraw, left: int, top: int, text: str, color: str, em: int) -> float:
    """A label on a plate; returns where it ends."""
    face = ImageFont.truetype(str(FONTS[0].path), round(em * 0.86))
    across = draw.textlength(text, font=face) + em * 1.1
    draw.rounded_rectangle((left, top, left + across, top + em * 1.34), radius=em * 0.42, fill=color)
    draw.text((left + across / 2, top + em * 0.68), text, font=face, fill=_NIGHT, anchor="mm")
    return left + across


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


def _wrapped(text: str, face: ImageFont.FreeTypeFont, width: float) -> list[str]:
    """Words in lines; what the font has no letter for is left out, since a label is not worth a failure."""
    font = FONTS[-1]
    plain = "".join(letter for letter in text if letter.isspace() or font.covers(letter))
    lines: list[str] = []
    for word in plain.split():
        longer = f"{lines[-1]} {word}" if lines else word
        if lines and face.getlength(longer) <= width:
            lines[-1] = longer
        elif len(lines) == _LINES:
            lines[-1] = f"{lines[-1].rstrip('.,;')} …"
            break
        else:
            lines.append(word)
    return lines


def _font(size: int) -> ImageFont.FreeTypeFont:
    return ImageFont.truetype(str(FONTS[-1].path), size)


def _rgb(color: str) -> tuple[int, int, int]:
    return int(color[1:3], 16), int(color[3:5], 16), int(color[5:7], 16)
