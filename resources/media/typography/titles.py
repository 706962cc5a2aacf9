"""Titles that come and go over a turn: the title card, and lower thirds that say who speaks or which chapter begins.

They are drawn here, each as a small transparent PNG with its place; that they slide is the business of `layers`.
"""

from functools import lru_cache
from html import escape
from typing import Literal

import resvg_py

from resources.core.values import Value
from resources.media.layouts import Area, Tag
from resources.media.typography.fonts import FONTS, Font, drawable, font_for

_CARD_SIZES = (64, 56, 48, 42, 36)  # pixels of a card's text: the largest that fits is taken
_LONG_SIZES = (42, 36, 30, 26, 22, 18)  # of a title that leaves no room for a line above it
_THIRD_TEXT, _SMALL_TEXT = 44, 26
_PAD = 26
_STRIPE = 10  # the line of the speaker's colour at the left
_RISE = 0.36  # of a text's size: how far its line lies under its middle
_EDGE = 20  # pixels between a lower third and the edge of the picture
_TAG_HALF = 32  # half of a name tag's height, which a lower third hides


class Banner(Value):
    """A title over the first seconds of a turn: a `card` at the place for titles, a `third` at the speaker's tag."""

    kind: Literal["card", "third"]
    text: str
    small: str = ""  # a second, smaller line: above a card's text, below a third's
    color: str  # #rrggbb
    seconds: float


class DrawnBanner(Value):
    """A banner as PNG bytes (RGBA), and where it stands."""

    png: bytes
    area: Area
    seconds: float


class _Line(Value):
    """A line of text and its middle, from the top of the plate."""

    text: str
    size: float
    middle: float
    color: str = "#ffffff"


@lru_cache(maxsize=64)
def draw_banner(banner: Banner, title: Area, tag: Tag, height: int, shrink: int) -> DrawnBanner:
    """A banner for a picture 1/`shrink` as large as published. Raises ContentError when letters would be lost.

    `title` is the card's place, `tag` the speaker's name tag, `height` the full-size picture's.
    """
    lines, high = _card(banner, title) if banner.kind == "card" else _third(banner)
    wide = max(_width(line) for line in lines) + 2 * _PAD + _STRIPE
    if banner.kind == "card":
        left, top = title.x + (title.width - wide) / 2, title.y + (title.height - high) / 2
    else:
        left, top = tag.x if tag.side == "left" else tag.x - wide, min(tag.y - _TAG_HALF, height - _EDGE - high)
    area = Area(x=int(left), y=int(top), width=int(wide), height=int(high)).shrunk(shrink)
    png = resvg_py.svg_to_bytes(
        svg_string=_svg(banner, lines, int(wide), int(high)),
        width=area.width,
        height=area.height,
        skip_system_fonts=True,
        font_files=[str(font.path) for font in FONTS],
    )
    return DrawnBanner(png=bytes(png), area=area, seconds=banner.seconds)


def _card(banner: Banner, title: Area) -> tuple[list[_Line], float]:
    """A card's lines, one or two for its text, in the largest size that its place has room for; its height."""
    room = title.width - 2 * _PAD - _STRIPE
    above = _SMALL_TEXT * 1.3 if banner.small else 0.0
    for size, kicker in [*((size, above) for size in _CARD_SIZES), *((size, 0.0) for size in _LONG_SIZES)]:
        broken = _broken(banner.text, size, room)
        high = kicker + len(broken) * size * 1.16 + _PAD
        if high <= title.height and all(_width(_Line(text=text, size=size, middle=0)) <= room for text in broken):
            break
    small = [_Line(text=banner.small, size=_SMALL_TEXT, middle=_PAD / 2 + kicker / 2, color=banner.color)]
    text = [
        _Line(text=line, size=size, middle=_PAD / 2 + kicker + (number + 0.5) * size * 1.16)
        for number, line in enumerate(broken)
    ]
    return [*(small if kicker else []), *text], high


def _third(banner: Banner) -> tuple[list[_Line], float]:
    """A third's lines and its height."""
    text = _Line(text=banner.text, size=_THIRD_TEXT, middle=_PAD / 2 + _THIRD_TEXT * 0.58)
    if not banner.small:
        return [text], _PAD + _THIRD_TEXT * 1.16
    small = _Line(
        text=banner.small, size=_SMALL_TEXT, middle=_PAD / 2 + _THIRD_TEXT * 1.16 + _SMALL_TEXT * 0.6, color="#c3c9ee"
    )
    return [text, small], _PAD + _THIRD_TEXT * 1.16 + _SMALL_TEXT * 1.25


def _broken(text: str, size: float, room: float) -> list[str]:
    """One line, or two of about equal length where one is too wide."""
    words = text.split()
    if len(words) < 2 or _width(_Line(text=text, size=size, middle=0)) <= room:
        return [text]
    pairs = [(" ".join(words[:cut]), " ".join(words[cut:])) for cut in range(1, len(words))]
    return list(min(pairs, key=lambda pair: max(_width(_Line(text=half, size=size, middle=0)) for half in pair)))


def _width(line: _Line) -> float:
    font = font_for(line.text)
    return font.width(drawable(line.text, font), line.size)


def _svg(banner: Banner, lines: list[_Line], wide: int, high: int) -> str:
    centred = banner.kind == "card"
    at = _STRIPE + (wide - _STRIPE) / 2 if centred else _STRIPE + _PAD
    texts = "".join(_text(line, font_for(line.text), at, "middle" if centred else "start") for line in lines)
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {wide} {high}"><clipPath id="plate">'
        f'<rect width="{wide}" height="{high}" rx="16"/></clipPath><g clip-path="url(#plate)">'
        f'<rect width="{wide}" height="{high}" fill="#0b0e1f" fill-opacity="0.96"/>'
        f'<rect width="{_STRIPE}" height="{high}" fill="{banner.color}"/></g>{texts}</svg>'
    )


def _text(line: _Line, font: Font, x: float, anchor: str) -> str:
    shown = escape(drawable(line.text, font))
    return (
        f'<text x="{x}" y="{line.middle + _RISE * line.size}" font-family="{font.family}" '
        f'font-weight="{700 if font.bold else 400}" font-size="{line.size}" text-anchor="{anchor}" '
        f'fill="{line.color}">{shown}</text>'
    )
