"""A few words set for a drawing: the largest size at which they fit their room, and no smaller than can be read.

What does not fit at the least size ends in an ellipsis: a plate never grows over a face or another plate.
"""

from functools import lru_cache
from html import escape
from typing import Literal

from resources.core.values import Value
from resources.media.typography.bidi import embedded
from resources.media.typography.fonts import drawable, font_for

LINE = 1.16  # of a text's size: the height of its line
_RISE = 0.36  # of a text's size: how far its line lies under its middle
_ELLIPSIS = "…"


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
    """How wide a text is in its font."""
    font = font_for(text)
    shown = drawable(text, font)
    return font.width(shown, size) + spacing * len(shown)


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
    line: str, *, x: float, middle: float, size: float, color: str, anchor: Literal["start", "middle"], more: str = ""
) -> str:
    """A line of text as SVG; `more` are further attributes."""
    font = font_for(line)
    return (
        f'<text x="{x:.1f}" y="{middle + _RISE * size:.1f}" font-family="{font.family}" '
        f'font-weight="{700 if font.bold else 400}" font-size="{size:g}" text-anchor="{anchor}" fill="{color}" '
        f"{more}>{escape(embedded(drawable(line, font)))}</text>"
    )


@lru_cache(
    maxsize=1024
)  # the same at every size that is tried, and for the ends of a text wherever it is broken before
def _broken(text: str, count: int) -> tuple[str, ...]:
    """Words in `count` lines whose widest is as narrow as can be."""
    words = text.split()
    if count == 1 or len(words) < 2:
        return (" ".join(words),)
    breaks = range(1, len(words))
    options = ((" ".join(words[:cut]), *_broken(" ".join(words[cut:]), count - 1)) for cut in breaks)
    return min(options, key=lambda option: max(_breadth(line) for line in option))


@lru_cache(maxsize=4096)
def _breadth(line: str) -> float:
    return wide(line, 100)


def _cut(line: str, room: float, size: float, spacing: float) -> str:
    if wide(line, size, spacing) <= room:
        return line
    kept = line
    while kept and wide(kept.rstrip() + _ELLIPSIS, size, spacing) > room:
        kept = kept[:-1]
    return kept.rstrip() + _ELLIPSIS
