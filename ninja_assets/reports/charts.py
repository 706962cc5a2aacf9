"""A bar chart for a page of Dagster, drawn with Pillow: small, dark as the other pictures, no plotting library."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import cycle

from PIL import Image, ImageDraw, ImageFont

from resources.media.typography.fonts import FONTS

_WIDTH, _HEIGHT = 900, 420  # pixels
_LEFT, _RIGHT, _TOP, _BOTTOM = 64, 216, 56, 40
_NIGHT, _GRID, _TEXT, _QUIET = "#0d1026", "#262c57", "#f4f5ff", "#9aa3c7"
_COLORS = ("#22d3ee", "#ff4fd8", "#ffd166", "#7ee787", "#a78bfa", "#fb923c", "#60a5fa")
_LEGEND_ROWS = 12
_STEPS = (1, 2, 2.5, 5, 10)  # what an axis counts by, times a power of ten
_MOST_LINES = 5


@dataclass(frozen=True)
class StackedBar:
    """A bar: its name under the axis, and its parts from below (name -> value, none negative)."""

    name: str
    parts: Mapping[str, float]

    @property
    def total(self) -> float:
        """The bar's whole height."""
        return sum(self.parts.values())


def stacked_bars(title: str, bars: Sequence[StackedBar]) -> Image.Image:
    """The bars side by side, with an axis in dollars and a legend of the parts. `bars` is not empty."""
    image = Image.new("RGB", (_WIDTH, _HEIGHT), _NIGHT)
    draw = ImageDraw.Draw(image)
    draw.text((_LEFT, 18), title, fill=_TEXT, font=_font(20))
    step = axis_step(max(bar.total for bar in bars))
    top = step * max(1, -(-max(bar.total for bar in bars) // step))
    scale = (_HEIGHT - _TOP - _BOTTOM) / top
    _grid(draw, step, top, scale)
    names = list(dict.fromkeys(name for bar in bars for name in bar.parts))
    colors = dict(zip(names, cycle(_COLORS), strict=False))
    _bars(draw, bars, colors, scale)
    for row, name in enumerate(names[-_LEGEND_ROWS:]):
        y = _TOP + row * 24
        draw.rectangle((_WIDTH - _RIGHT + 20, y + 3, _WIDTH - _RIGHT + 32, y + 15), fill=colors[name])
        draw.text((_WIDTH - _RIGHT + 40, y), name if len(name) <= 20 else name[:19] + "…", fill=_QUIET, font=_font(14))
    return image


def axis_step(most: float) -> float:
    """The distance of an axis' lines: a round number, so that at most five of them reach `most`."""
    power = 10.0**-4
    while True:
        for step in _STEPS:
            if step * power * _MOST_LINES >= most:
                return step * power
        power *= 10


def _grid(draw: ImageDraw.ImageDraw, step: float, top: float, scale: float) -> None:
    for line in range(round(top / step) + 1):
        y = _HEIGHT - _BOTTOM - line * step * scale
        draw.line((_LEFT, y, _WIDTH - _RIGHT, y), fill=_GRID)
        draw.text((_LEFT - 8, y), f"${line * step:g}", fill=_QUIET, font=_font(13), anchor="rm")


def _bars(draw: ImageDraw.ImageDraw, bars: Sequence[StackedBar], colors: Mapping[str, str], scale: float) -> None:
    room = (_WIDTH - _LEFT - _RIGHT) / len(bars)
    width = min(room * 0.7, 72)
    every = -(-len(bars) // 8)  # more names than that would run into each other
    for number, bar in enumerate(bars):
        middle, y = _LEFT + (number + 0.5) * room, float(_HEIGHT - _BOTTOM)
        for name, value in bar.parts.items():
            draw.rectangle((middle - width / 2, y - value * scale, middle + width / 2, y), fill=colors[name])
            y -= value * scale
        if number % every == 0:
            draw.text((middle, _HEIGHT - _BOTTOM + 10), bar.name, fill=_QUIET, font=_font(13), anchor="mt")


def _font(size: int) -> ImageFont.FreeTypeFont:
    return ImageFont.truetype(FONTS[-1].path, size)
