"""Which colours, #rrggbb, can be told from each other: letters and what they stand on. What they draw is others'."""

import colorsys
from typing import Final

INK: Final = "#0b0e1f"  # dark letters, and plates under light ones
PAPER: Final = "#ffffff"
GOLD: Final = "#ffd166"  # of what is to stand out where the speaker's own colour cannot
_TOLD_APART: Final = 3.0  # the contrast that large letters need (WCAG 2.2, 1.4.3)
LIT: Final = 5.5  # the contrast of letters of light, and of a word that is to stand out among white ones
_GREY: Final = 24  # of 255, between the least and the most of red, green and blue: no hue that anybody would see
_SILVER: Final = 11.0  # the contrast of what has no hue to stand out by
_APART: Final = 48  # of 255, in red, green or blue: less is one colour to whoever looks at moving words
_STEPS: Final = 20


def told_apart(letters: str, ground: str, least: float = _TOLD_APART) -> bool:
    """Whether letters can be read on a ground: large ones, without another `least` contrast."""
    return _contrast(letters, ground) >= least


def legible(color: str, ground: str, least: float = _TOLD_APART) -> str:
    """A colour as letters have it on a ground: as it is, or as much lighter or darker as that contrast needs.

    Black, white and greys need more of it: nothing but their lightness tells them from the ground.
    """
    towards, least = _farthest(ground), max(least, _SILVER) if _is_grey(color) else least
    steps = (_shaded(color, towards, step / _STEPS) for step in range(_STEPS))
    return next((shade for shade in steps if told_apart(shade, ground, least)), towards)


def set_apart(color: str, others: str) -> str:
    """A colour that is seen among letters of another: gold, where it would be taken for theirs."""
    different = any(abs(one - other) >= _APART for one, other in zip(_parts(color), _parts(others), strict=True))
    return color if different and not (_is_grey(color) and _is_grey(others)) else GOLD


def ink_on(color: str) -> str:
    """The colour of letters on a field of `color`: dark or white, as they are read better."""
    return _farthest(color)


def _farthest(ground: str) -> str:
    return max((INK, PAPER), key=lambda end: _contrast(end, ground))


def _contrast(one: str, other: str) -> float:
    dark, light = sorted((_luminance(one), _luminance(other)))
    return (light + 0.05) / (dark + 0.05)


def _shaded(color: str, towards: str, share: float) -> str:
    """A colour on its way to another's lightness: its hue stays, and it is as pure as it was, not mixed with grey.

    A grey has no hue.
    """
    if not share:
        return color
    hue, lightness, purity = colorsys.rgb_to_hls(*(part / 255 for part in _parts(color)))
    _, end, _ = colorsys.rgb_to_hls(*(part / 255 for part in _parts(towards)))
    shade = colorsys.hls_to_rgb(hue, lightness + (end - lightness) * share, 0 if _is_grey(color) else purity)
    return "#" + "".join(f"{round(255 * part):02x}" for part in shade)


def _is_grey(color: str) -> bool:
    return max(_parts(color)) - min(_parts(color)) <= _GREY


def _luminance(color: str) -> float:
    """0 to 1 (WCAG 2.2)."""
    parts = (part / 255 for part in _parts(color))
    red, green, blue = (part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def _parts(color: str) -> tuple[int, int, int]:
    red, green, blue = (int(color[place : place + 2], 16) for place in (1, 3, 5))
    return red, green, blue
