"""What is written on plates: who is seen, as a name tag that grows to a lower third, and the headline of an episode.

Boxes and drawings come from the same settings, so what a test finds of the boxes is true of the picture. Where a plate
may stand is `layouts`' to say; laying it over the picture is `layers`'.
"""

import math
from functools import lru_cache
from typing import Literal

from resources.core.values import Value
from resources.media.layouts import LEAST_TEXT, TAG_HEIGHT, THIRD_HEIGHT, Area, Plate
from resources.media.typography.bidi import leftwards
from resources.media.typography.colours import INK, PAPER, ink_on, legible
from resources.media.typography.svg import png_of
from resources.media.typography.text import LINE, Setting, drawn, fitted, wide

STEPS = 9  # frames in which a tag grows to a lower third, and shrinks again
_TAG_PAD = 29  # pixels left and right of a tag's name
_TAG_TRACKING = 0.06
_TAG_EDGE = 3
_THIRD_TEXT = 44
_PAD = 26
_STRIPE = 10  # the line of the speaker's colour at the left
_CARD_TEXT = 76
_QUIET = "#3a4170"  # on a card: the smaller line, and its edge
_CARD_PAD = 16


class Banner(Value):
    """A title over a part of a turn: a `card` is the episode's headline, a `third` grows out of the speaker's tag.

    A headline that began in the turn before `begins` before 0, one that goes on ends after its turn.
    """

    kind: Literal["card", "third"]
    text: str
    small: str = ""  # a second, smaller line below
    color: str  # #rrggbb
    seconds: float
    begins: float = 0.0


class DrawnBanner(Value):
    """A banner as PNG bytes (RGBA): its look when it is fully there, the steps of its coming, and where it stands."""

    steps: tuple[bytes, ...]  # the last one is the whole
    area: Area


def tag_setting(name: str, plate: Plate) -> tuple[Setting, Area]:
    """How a name is set on its tag, and the tag's box: in spaced capitals, or closer where it would be cut off."""
    room = plate.area.width - 2 * _TAG_PAD
    ways = ((name.upper(), _TAG_TRACKING), (name.upper(), 0.0), (name, 0.0))
    text, tracking = next((way for way in ways if wide(way[0], LEAST_TEXT, way[1] * LEAST_TEXT) <= room), ways[-1])
    words = fitted(text, room=(room, TAG_HEIGHT), largest=LEAST_TEXT, least=LEAST_TEXT, tracking=tracking)
    return words, _box(words.width + 2 * _TAG_PAD, TAG_HEIGHT, plate)


def tag(name: str, color: str, plate: Plate, *, speaking: bool) -> str:
    """A name tag as SVG, in full-size pixels: filled with the character's colour while it speaks."""
    words, box = tag_setting(name, plate)
    color = legible(color, INK)  # a light on the picture, as its border is
    fill, ink, edge = (color, ink_on(color), 1.0) if speaking else (INK, "#ffffff", 0.55)
    inset = _TAG_EDGE / 2  # the line lies inside the box: a lower third that grows over the tag hides all of it
    return (
        f'<rect x="{box.x + inset}" y="{box.y + inset}" width="{box.width - _TAG_EDGE}" '
        f'height="{box.height - _TAG_EDGE}" rx="18" fill="{fill}" fill-opacity="{0.96 if speaking else 0.78}" '
        f'stroke="{color}" stroke-width="{_TAG_EDGE}" stroke-opacity="{edge}"/>'
        + _tag_text(words, box.x, box.y + box.height / 2, box.width, ink)
    )


@lru_cache(maxsize=64)
def draw_third(banner: Banner, name: str, plate: Plate, shrink: int) -> DrawnBanner:
    """A lower third that grows out of the speaker's tag. `name` is the tag's. ContentError when letters are lost."""
    words, small = tag_setting(name, plate)
    lines, whole = third_setting(banner, plate, least=small.width)
    left, top = min(whole.x, small.x), min(whole.y, small.y)
    right, bottom = (
        max(whole.x + whole.width, small.x + small.width),
        max(whole.y + whole.height, small.y + small.height),
    )
    # Outwards to where a smaller picture has whole pixels: rounded, the tag would be seen beside the plate over it.
    step = 2 * shrink
    left, top, right, bottom = left // step, top // step, -(-right // step), -(-bottom // step)
    reach = Area(x=2 * left, y=2 * top, width=2 * (right - left), height=2 * (bottom - top))
    steps = []
    for step in range(STEPS):
        share = _eased((step + 1) / STEPS)
        box = [one + (other - one) * share for one, other in zip(_edges(small), _edges(whole), strict=True)]
        steps.append(_png(_grown(banner, lines, whole, words, box, share), reach, shrink))
    return DrawnBanner(steps=tuple(steps), area=reach)


def card_box(banner: Banner, title: Area) -> tuple[list[Setting], Area]:
    """How a headline is set in its place, with its smaller line where there is room, and the box of both."""
    room = (title.width - 2 * _PAD, title.height - 2 * _CARD_PAD)
    text = fitted(banner.text, room=room, largest=_CARD_TEXT, least=LEAST_TEXT, lines=3)
    lines, height = [text], text.height
    if banner.small and height + LEAST_TEXT * LINE <= room[1]:
        small = fitted(banner.small, room=(room[0], LEAST_TEXT * LINE), largest=LEAST_TEXT, least=LEAST_TEXT)
        lines, height = [text, small], height + small.height
    width = min(title.width, 2 * math.ceil(max(line.width for line in lines) / 2) + 2 * _PAD)
    high = min(title.height, 2 * math.ceil(height / 2) + 2 * _CARD_PAD)
    return lines, Area(
        x=title.x + (title.width - width) // 2, y=title.y + title.height - high, width=width, height=high
    )


@lru_cache(maxsize=64)
def draw_card(banner: Banner, title: Area, shrink: int) -> DrawnBanner:
    """The headline of an episode, there from the first frame on. Raises ContentError when letters would be lost."""
    lines, box = card_box(banner, title)
    text, *small = lines
    middle, top = box.width / 2, _CARD_PAD
    rows = [
        drawn(line, x=middle, middle=top + (row + 0.5) * text.size * LINE, size=text.size, color=INK, anchor="middle")
        for row, line in enumerate(text.lines)
    ]
    rows += [
        drawn(
            line.lines[0],
            x=middle,
            middle=top + text.height + 0.5 * line.size * LINE,
            size=line.size,
            color=_QUIET,
            anchor="middle",
        )
        for line in small
    ]
    svg = (
        f'<rect x="1" y="1" width="{box.width - 2}" height="{box.height - 2}" rx="21" fill="{PAPER}" '
        f'fill-opacity="0.97" stroke="{_QUIET}" stroke-opacity="0.3" stroke-width="2"/>'  # on white it is a card, too
        f'<rect y="{box.height - 10}" x="{box.width / 2 - 60}" width="120" height="6" rx="3" '
        f'fill="{legible(banner.color, PAPER)}"/>' + "".join(rows)
    )
    placed = box.shrunk(shrink)
    return DrawnBanner(steps=(png_of(svg, (0, 0, box.width, box.height), placed.width, placed.height),), area=placed)


def third_setting(banner: Banner, plate: Plate, least: int = 0) -> tuple[list[Setting], Area]:
    """How a lower third is set at its full size, and its box, at `least` so many pixels wide: the tag is behind it."""
    room = plate.area.width - 2 * _PAD - _STRIPE
    text = fitted(banner.text, room=(room, _THIRD_TEXT * LINE), largest=_THIRD_TEXT, least=LEAST_TEXT)
    row = (room, LEAST_TEXT * LINE)
    small = [fitted(banner.small, room=row, largest=LEAST_TEXT, least=LEAST_TEXT)] if banner.small else []
    lines = [text, *small]
    height = THIRD_HEIGHT if small else 84
    width = max(line.width for line in lines) + 2 * _PAD + _STRIPE
    return lines, _box(max(width, least), min(height, plate.area.height), plate)


def _grown(
    banner: Banner, lines: list[Setting], whole: Area, words: Setting, box: list[float], share: float
) -> tuple[str, list[float]]:
    """The plate on its way: the tag's name goes, the third's lines come."""
    left, top, right, bottom = box
    text, *small = lines
    total = sum(line.height for line in lines)
    first = whole.y + (whole.height - total) / 2
    tops = [first, *(first + text.height for _ in small)]
    mirrored = leftwards(text.lines[0])  # the stripe stands where the lines begin
    left_edge = whole.x + (0 if mirrored else _STRIPE)
    right_edge = left_edge + whole.width - _STRIPE
    rows = [
        drawn(
            line.lines[0],
            x=right_edge - _PAD - line.width if leftwards(line.lines[0]) else left_edge + _PAD,
            middle=top + line.height / 2,
            size=line.size,
            color=color,
            anchor="start",
        )
        for line, top, color in zip(lines, tops, ("#ffffff", "#c3c9ee"), strict=False)
    ]
    edge = legible(banner.color, INK)  # the tag's
    stripe = (right - left) * (1 - share) + _STRIPE * share  # the tag's colour draws back to a stripe
    svg = (  # opaque: the tag is under it
        f'<clipPath id="plate"><rect x="{left:.1f}" y="{top:.1f}" width="{right - left:.1f}" '
        f'height="{bottom - top:.1f}" rx="18"/></clipPath><g clip-path="url(#plate)">'
        f'<rect x="{left:.1f}" y="{top:.1f}" width="{right - left:.1f}" height="{bottom - top:.1f}" fill="{INK}"/>'
        f'<g opacity="{share:.2f}">{"".join(rows)}</g>'
        f'<rect x="{right - stripe if mirrored else left:.1f}" y="{top:.1f}" width="{stripe:.1f}" '
        f'height="{bottom - top:.1f}" fill="{edge}"/></g>'
    )
    if share < 0.5:
        wide_tag = words.width + 2 * _TAG_PAD
        name = _tag_text(words, right - wide_tag if mirrored else left, bottom - TAG_HEIGHT / 2, wide_tag, ink_on(edge))
        svg += f'<g opacity="{1 - 2 * share:.2f}">{name}</g>'
    return svg, box


def _tag_text(words: Setting, left: float, middle: float, width: float, ink: str) -> str:
    return drawn(
        words.lines[0],
        x=left + width / 2 + words.spacing / 2,
        middle=middle,
        size=words.size,
        color=ink,
        anchor="middle",
        spacing=words.spacing,
    )


def _box(width: float, height: float, plate: Plate) -> Area:
    """A plate's box in its room: at its edge and on its side."""
    area = plate.area
    wide = min(area.width, 2 * math.ceil(width / 2))
    left = area.x if plate.side == "left" else area.x + area.width - wide
    top = area.y if plate.edge == "top" else area.y + area.height - int(height)
    return Area(x=left, y=top, width=wide, height=int(height))


def _edges(area: Area) -> tuple[float, float, float, float]:
    return area.x, area.y, area.x + area.width, area.y + area.height


def _eased(share: float) -> float:
    return 1 - (1 - share) ** 3


def _png(grown: tuple[str, list[float]], reach: Area, shrink: int) -> bytes:
    svg, _ = grown
    view = (reach.x * shrink, reach.y * shrink, reach.width * shrink, reach.height * shrink)
    return png_of(svg, view, reach.width, reach.height)
