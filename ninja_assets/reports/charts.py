"""Dollars as columns side by side, drawn as SVG: on the desk's page of costs as it is, on Dagster's as a picture."""

import io
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import cycle
from xml.sax.saxutils import escape

from PIL import Image

from resources.media.typography.fonts import FONTS
from resources.media.typography.svg import png_of
from resources.models.prices.price_values import usd

WIDTH, HEIGHT = 640, 280
_LEFT, _BOTTOM, _TOP, _LEGEND = 64, 34, 26, 140
_QUIET, _TEXT = 'fill="#9aa3c7" font-size="13"', 'fill="#f4f5ff" font-size="13"'  # where no style sheet says better
_COLORS = ("#22d3ee", "#ff4fd8", "#ffd166", "#7ee787", "#a78bfa", "#fb923c", "#60a5fa")
_LEGEND_ROWS = 12
_LETTER = 8.2  # the width of one, with its share of the space between two names
_STEPS = (1, 2, 2.5, 5, 10)  # what an axis counts by, times a power of ten
_MOST_LINES = 5


@dataclass(frozen=True)
class StackedBar:
    """A bar: its name under the axis, and its parts from below (name -> dollars, none negative)."""

    name: str
    parts: Mapping[str, float]

    @property
    def total(self) -> float:
        """The bar's whole height."""
        return sum(self.parts.values())


def columns(bars: Sequence[StackedBar]) -> str:
    """The bars over an axis of dollars, with a legend of their parts where there are several; empty without a value.

    Elements of an SVG of `WIDTH` x `HEIGHT`.
    """
    most = max((bar.total for bar in bars), default=0.0)
    if most <= 0:
        return ""
    names = list(dict.fromkeys(name for bar in bars for name in bar.parts))
    colors = dict(zip(names, cycle(_COLORS), strict=False))
    right = WIDTH - (_LEGEND if len(names) > 1 else 0)
    step = axis_step(most)
    top = step * math.ceil(most / step)
    scale, room, floor = (HEIGHT - _BOTTOM - _TOP) / top, (right - _LEFT) / len(bars), HEIGHT - _BOTTOM
    drawn = []
    for line in range(round(top / step) + 1):
        y = floor - line * step * scale
        drawn.append(f'<line class="grid" stroke="#2c3369" x1="{_LEFT}" x2="{right}" y1="{y:.1f}" y2="{y:.1f}"/>')
        drawn.append(_words(_LEFT - 8, y + 4, _grid(line * step, step), "end"))
    every = math.ceil(max(len(bar.name) for bar in bars) * _LETTER / room)  # more would run into each other
    for number, bar in enumerate(bars):
        middle, width, y = _LEFT + (number + 0.5) * room, min(54.0, room * 0.7), float(floor)
        for name, value in bar.parts.items():
            y -= value * scale
            place = f'x="{middle - width / 2:.1f}" y="{y:.1f}" width="{width:.1f}" height="{value * scale:.1f}"'
            drawn.append(f'<rect {place} fill="{colors[name]}"/>')
        if room >= len(usd(bar.total)) * _LETTER:
            drawn.append(_words(middle, y - 7, usd(bar.total), "middle", f'class="value" {_TEXT}'))
        if number % every == 0:
            drawn.append(_words(middle, HEIGHT - 12, bar.name, "middle"))
    for row, name in enumerate(names[-_LEGEND_ROWS:] if len(names) > 1 else ()):
        y = _TOP + 18 * row
        drawn.append(f'<rect x="{right + 12}" y="{y}" width="11" height="11" fill="{colors[name]}"/>')
        drawn.append(_words(right + 28, y + 10, name if len(name) <= 14 else f"{name[:13]}…", "start"))
    return "".join(drawn)


def picture(title: str, bars: Sequence[StackedBar]) -> Image.Image:
    """The same under a title, in pixels: for a page that shows no SVG."""
    head = 30
    drawn = (
        f'<rect width="{WIDTH}" height="{HEIGHT + head}" fill="#0d1026"/><g font-family=\'"{FONTS[-1].family}"\'>'
        f'{_words(_LEFT, head, title, "start", _TEXT)}<g transform="translate(0 {head})">{columns(bars)}</g></g>'
    )
    return Image.open(io.BytesIO(png_of(drawn, (0, 0, WIDTH, HEIGHT + head), 2 * WIDTH, 2 * (HEIGHT + head))))


def axis_step(most: float) -> float:
    """The distance of an axis' lines: a round number, so that at most five of them reach `most`."""
    power = 10.0**-4
    while True:
        for step in _STEPS:
            if step * power * _MOST_LINES >= most:
                return step * power
        power *= 10


def _words(x: float, y: float, text: str, anchor: str, look: str = _QUIET) -> str:
    return f'<text {look} x="{x:.1f}" y="{y:.1f}" text-anchor="{anchor}">{escape(text)}</text>'


def _grid(value: float, step: float) -> str:
    """Dollars beside a line of the grid: as many digits as tell it from the next."""
    return f"${value:g}" if step >= 1 else f"${value:.{2 if step >= 0.01 else 4}f}"
