"""A few words set for a drawing: the largest size at which they fit their room, and no smaller than can be read.

What does not fit at the least size ends in an ellipsis: a plate never grows over a face or another plate.
"""

import math
import re
from bisect import bisect_right
from collections.abc import Iterator
from functools import lru_cache
from html import escape
from io import BytesIO
from typing import Any, Literal

from PIL import Image, ImageDraw

from resources.core.values import Value
from resources.media.typography import emoji_art, fonts
from resources.media.typography.bidi import embedded, leftwards
from resources.media.typography.fonts import Font, drawable, font_for
from resources.media.typography.phrases import phrases_of
from resources.media.typography.svg import png_of

LINE = 1.16  # of a text's size: the height of its line
_RISE = 0.36  # of a text's size: how far its line lies under its middle
_ELLIPSIS = "…"
_JOINED = re.compile(r"[\u0900-\u0e7f][\u0900-\u0e7f\W]*|[^\u0900-\u0e7f]+")  # Indic scripts and Thai, and all others


class Setting(Value):
    """Words as lines at a size in pixels."""

    lines: tuple[str, ...]
    size: float
    spacing: float = 0.0  # between letters, in pixels

    @property
    def width(self) -> float:
        """The width of the widest line."""
        return max((wide(line, self.size, self.spacing) for line in self.lines), default=0.0)

    @property
    def height(self) -> float:
        """The height of all lines."""
        return len(self.lines) * self.size * LINE


def wide(text: str, size: float, spacing: float = 0.0) -> float:
    """How wide a text is in its font, with its emoji."""
    font = font_for(text)
    return sum(_wide(part, emoji, font, size, spacing) for part, emoji in _parts(text, font))


def _wide(part: str, emoji: bool, font: Font, size: float, spacing: float) -> float:
    return emoji_art.WIDE * size + spacing if emoji else font.width(part, size) + spacing * len(part)


@lru_cache(maxsize=1024)  # the same at every size that is tried
def _parts(text: str, font: Font) -> tuple[tuple[str, bool], ...]:
    """What is drawn of a text, as it is read: emoji (True), and the words between them as the font has them."""
    found = emoji_art.pieces(text)
    if len(found) == 1 and not found[0][1]:
        return ((drawable(text, font), False),)
    shown = [(part if emoji else drawable(part, font, strip=False), emoji) for part, emoji in found]
    return tuple((part, emoji) for part, emoji in shown if part)


def fitted(
    text: str, *, room: tuple[float, float], largest: float, least: float, lines: int = 1, tracking: float = 0.0
) -> Setting:
    """The largest setting of `text` that has `room` (width, height): as few lines as it takes, at most `lines`.

    `tracking` is the space between letters, as a part of the size. Raises ContentError when letters would be lost.
    """
    size = largest
    while size > least:
        for count in range(1, lines + 1):
            set_so = Setting(lines=_broken(text, count), size=size, spacing=tracking * size)
            if set_so.width <= room[0] and set_so.height <= room[1]:
                return set_so
        size -= 2
    count = max(1, min(lines, int(room[1] / (least * LINE))))
    kept = [_cut(line, room[0], least, tracking * least) for line in _broken(text, count)]
    return Setting(lines=tuple(kept), size=least, spacing=tracking * least)


def drawn(
    line: str,
    *,
    x: float,
    middle: float,
    size: float,
    color: str,
    anchor: Literal["start", "middle"],
    spacing: float = 0.0,
    more: str = "",
) -> str:
    """A line of text as SVG, its emoji in their own colours; `more` are further attributes of its letters."""
    font, base = font_for(line), middle + _RISE * size
    parts = _parts(line, font)
    runs = [run for part, emoji in parts for run in ([(None, part)] if emoji else _runs(part, font))]
    if len(runs) == 1 and runs[0][0]:
        return _letters(embedded(runs[0][1]), runs[0][0], x, base, size, color, anchor, spacing, more)
    left, leftward = x if anchor == "start" else x - wide(line, size, spacing) / 2, leftwards(line)
    pieces = []
    for one, part in reversed(runs) if leftward else runs:
        if one is None:
            pieces.append(emoji_art.as_svg(part, left, base, size))
        elif words := part.strip():
            space = part[len(part.rstrip()) :] if leftward else part[: len(part) - len(part.lstrip())]
            begins, shown = left + _wide(space, False, font, size, spacing), embedded(words, leftward=leftward)
            pieces.append(_letters(shown, one, begins, base, size, color, "start", spacing, more))
        left += _wide(part, one is None, font, size, spacing)
    return "".join(pieces)


def write_on(
    picture: Image.Image,
    at: tuple[float, float],
    text: str,
    size: int,
    *,
    anchor: Literal["la", "ra", "mm"],
    **style: Any,
) -> None:
    """Write a line on a finished picture, its emoji in their own colours; `style` is that of Pillow's letters."""
    draw, font = ImageDraw.Draw(picture), font_for(text)
    parts = _parts(text, font)
    if not any(emoji for _, emoji in parts):
        fonts.write_on(draw, at, "".join(part for part, _ in parts), font, size, anchor=anchor, **style)
        return
    left = at[0] - {"l": 0.0, "m": 0.5, "r": 1.0}[anchor[0]] * wide(text, size)
    base = fonts.baseline(font, size, at[1], anchor)
    for part, emoji in reversed(parts) if leftwards(text) else parts:
        across = _wide(part, emoji, font, size, 0.0)
        if emoji:
            side = math.ceil(emoji_art.WIDE * size)
            drawing = emoji_art.as_svg(part, 0, size, size)
            stamp = Image.open(BytesIO(png_of(drawing, (0, 0, side, side), side, side))).convert("RGBA")
            picture.paste(stamp, (round(left), round(base - size)), stamp)
        else:
            fonts.write_on(draw, (left, at[1]), part, font, size, anchor="lm" if anchor == "mm" else "la", **style)
        left += across


def _runs(text: str, font: Font) -> Iterator[tuple[Font, str]]:
    """A text in parts of one font, and of one kind of script: all of a text is joined as its first letter asks."""
    for one, run in font.runs(text):
        yield from ((one, part) for part in _JOINED.findall(run))


def _letters(
    text: str, font: Font, x: float, base: float, size: float, color: str, anchor: str, spacing: float, more: str
) -> str:
    spaced = f'letter-spacing="{spacing:.2f}" ' if spacing else ""
    return (
        f'<text x="{x:.1f}" y="{base:.1f}" font-family="{font.family}" font-weight="{700 if font.bold else 400}" '
        f'font-size="{size:g}" text-anchor="{anchor}" fill="{color}" {spaced}{more}>{escape(text)}</text>'
    )


def wrapped(text: str, size: float, room: float, lines: int) -> list[str]:
    """Words in at most `lines` lines of a width, each as full as can be; an ellipsis says that there is more.

    A word that is too long for a line goes on in the next one.
    """
    filled = [""]
    for unit in (part for each in _units(text) for part in _parted(each, size, room)):
        if wide(f"{filled[-1]}{unit}".strip(), size) <= room:
            filled[-1] = f"{filled[-1]}{unit}".strip()
        elif len(filled) < lines:
            filled.append(unit.strip())
        else:
            while " " in filled[-1] and wide(f"{filled[-1]} {_ELLIPSIS}", size) > room:
                filled[-1], *_ = filled[-1].rpartition(" ")
            filled[-1] = _cut(f"{filled[-1]} {_ELLIPSIS}", room, size, 0.0)
            break
    return filled


def _units(text: str) -> tuple[str, ...]:
    """What may stand on different lines: words with the space before them, and phrases where there are no spaces."""
    return tuple(
        (phrase if number else f" {phrase}") for word in text.split() for number, phrase in enumerate(phrases_of(word))
    )


def _parted(unit: str, size: float, room: float) -> list[str]:
    """A unit in parts that each have room on a line."""
    parts = [unit]
    while wide(parts[-1].strip(), size) > room and len(parts[-1].strip()) > 1:
        rest = parts.pop()
        kept = bisect_right(range(1, len(rest)), room, key=lambda letters: wide(rest[:letters].strip(), size))
        parts += [rest[: max(2, kept)], rest[max(2, kept) :]]
    return parts


def _broken(text: str, count: int) -> tuple[str, ...]:
    """Words in `count` lines whose widest is as narrow as can be."""
    return tuple("".join(line).strip() for line in _shared_out(_units(text), count))


# The same at every size that is tried, and for the ends of a text wherever it is broken before.
@lru_cache(maxsize=1024)
def _shared_out(units: tuple[str, ...], count: int) -> tuple[tuple[str, ...], ...]:
    if count == 1 or len(units) < 2:
        return (units,)
    breaks = range(1, len(units))
    options = ((units[:cut], *_shared_out(units[cut:], count - 1)) for cut in breaks)
    return min(options, key=lambda option: max(sum(map(_breadth, line)) for line in option))


@lru_cache(maxsize=4096)
def _breadth(unit: str) -> float:
    """A unit's share of its line: widths of whole lines would be measured for each way to break a text."""
    return wide(unit.strip(), 100) + (wide("n", 50) if unit.startswith(" ") else 0.0)


def _cut(line: str, room: float, size: float, spacing: float) -> str:
    if wide(line, size, spacing) <= room:
        return line

    def shortened(letters: int) -> str:
        return line[:letters].rstrip() + _ELLIPSIS

    kept = bisect_right(range(1, len(line)), room, key=lambda letters: wide(shortened(letters), size, spacing))
    return shortened(kept)
