"""What stands still over a picture, drawn once: borders and seam of a framing, the backdrop round its panes, name tags,
and the marks that stand through a whole segment.

The clips move beneath it. What is on one drawing costs one blend a frame, so nothing here is a filter of its own; and
only where something is drawn are there pixels, as `Patch`es: what is empty would cost as much as what is not.
"""

import io
import itertools
import math
import threading
from collections.abc import Callable, Sequence
from functools import cache, lru_cache
from pathlib import Path
from typing import ParamSpec

from PIL import Image

from resources.content.show import Format
from resources.core.errors import MediaError
from resources.core.values import Value
from resources.media.layouts import LEAST_TEXT, PROGRESS_HEIGHT, Area, Layout, Pane, Seat, Tag, canvas, layout, tiles
from resources.media.picture.patches import Patch, patches
from resources.media.typography.colours import INK, LIT, legible
from resources.media.typography.emoji_art import parted
from resources.media.typography.plates import tag, tag_setting
from resources.media.typography.svg import png_of
from resources.media.typography.text import Setting, drawn, fitted

REHEARSAL = "REHEARSAL"

_GLOW = 34  # pixels that the light of a lit border reaches inwards
_GLOW_STEP = 0.028  # opacity of each of the strokes that fade it out; thinner steps cannot be told apart
_EDGE = 48  # pixels that a border with its glow and its round corners reaches into its pane
_ROUND = 28  # the radius of a pane's corners
_MARK_HEIGHT = 52
_MARK_PAD = 16
_BARS_ROOM = 240  # pixels beside a pane in which five bars of light stand apart
_DESK = "#181d45"  # its front, under the name of who sits there


class Sitter(Value):
    """A character in a pane."""

    name: str
    color: str
    speaking: bool


class OverlayOrder(Value):
    """A framing's overlay. `sitters` are in the order of the layout's panes."""

    layout: str
    format: Format
    sitters: tuple[Sitter, ...]
    shrink: int = 1


class MarksOrder(Value):
    """What stands through a whole segment, over everything but titles and captions."""

    format: Format
    mark: Tag  # where the REHEARSAL mark stands, and opposite of it the show's own line
    rehearsal: bool
    bug: str = ""  # a small line in the corner: the show's name
    progress: bool = False  # the groove of a progress bar
    shrink: int = 1


Drawn = tuple[Patch, ...]
P = ParamSpec("P")
_Part = tuple[str, Sequence[Area]]  # SVG, and where it has something: places may overlap, outside of them it is empty


def _once(draw: Callable[P, Drawn]) -> Callable[P, Drawn]:
    """Each drawing made once in a process, though many segments ask for it at the same time."""
    kept, making = lru_cache(maxsize=64)(draw), threading.Lock()

    def found(*order: P.args, **more: P.kwargs) -> Drawn:
        with making:
            return kept(*order, **more)  # type: ignore[arg-type]  # orders are frozen values

    return found


@_once
def overlay(order: OverlayOrder) -> Drawn:
    """The borders and the seam of a framing."""
    chosen = layout(order.layout)
    panes = chosen.formats[order.format].panes
    width, height = order.format.size
    seated = zip(panes, order.sitters, strict=True)
    borders = (_border(pane, sitter, chosen) for pane, sitter in sorted(seated, key=lambda pair: pair[1].speaking))
    places = [edge for pane in panes for edge in _edges(pane.area)] if chosen.bordered else []
    seam, shadow = _seam(panes, width, height)
    return _patched([(seam + "".join(borders), [*shadow, *places])], order.format, order.shrink)


@_once
def backdrop(order: OverlayOrder) -> Drawn:
    """What is seen round the panes, opaque; nothing where they fill the picture."""
    chosen = layout(order.layout)
    panes = chosen.formats[order.format].panes
    wall = _backdrop(panes, order.format.size, order.sitters, bordered=chosen.bordered)
    return _patched(wall, order.format, order.shrink)


@_once
def names(order: OverlayOrder) -> Drawn:
    """The name tags of a framing. ContentError when letters are lost."""
    panes = layout(order.layout).formats[order.format].panes
    seated = list(zip(panes, order.sitters, strict=True))
    tags = (tag(sitter.name, sitter.color, pane.plate, speaking=sitter.speaking) for pane, sitter in seated)
    places = [tag_setting(sitter.name, pane.plate)[1] for pane, sitter in seated]
    return _patched([("".join(tags), places)], order.format, order.shrink)


@_once
def marks(order: MarksOrder) -> Drawn:
    """The marks that stand through a whole segment."""
    width, _ = order.format.size
    parts: list[str] = []
    places: list[Area] = []
    if order.bug:
        box = bug_box(order.bug, order.mark, width, rehearsal=True)
        # Its letters' dark edge reaches over the box.
        places.append(Area(x=box.x - 4, y=box.y - 4, width=box.width + 8, height=box.height + 8))
        parts.append(_bug(order.bug, box))
    if order.rehearsal:
        places.append(mark_box(order.mark))
        parts.append(_rehearsal_mark(order.mark))
    if order.progress:
        places.append(Area(x=0, y=0, width=width, height=PROGRESS_HEIGHT))
        parts.append(_groove(width))
    return _patched([("".join(parts), places)], order.format, order.shrink)


@_once
def own_overlay(path: Path, shape: Format, shrink: int) -> Drawn:
    """A person's own overlay, in place of all but the marks. Raises MediaError for a file that is no picture."""
    try:
        picture = Image.open(path).convert("RGBA").resize(canvas(shape, shrink), Image.Resampling.LANCZOS)
    except OSError as error:
        raise MediaError("an overlay cannot be read", where=str(path), why=str(error)) from error
    return patches(picture)


def rehearsal_mark(place: Tag) -> bytes:
    """The REHEARSAL mark alone, as PNG bytes (RGBA) of its `mark_box`: sought by checks."""
    box = mark_box(place)
    return png_of(_rehearsal_mark(place), (box.x, box.y, box.width, box.height), box.width, box.height)


def _patched(parts: Sequence[_Part], shape: Format, shrink: int) -> Drawn:
    """A drawing of full size in a picture 1/`shrink` as large, drawn where it has something."""
    picture = Image.new("RGBA", canvas(shape, shrink))
    across, down = (full / small for full, small in zip(shape.size, picture.size, strict=True))
    for svg, place in ((svg, place) for svg, places in parts for place in places):
        left = max(0, int(place.x / across))
        top = max(0, int(place.y / down))
        right = min(picture.width, math.ceil((place.x + place.width) / across))
        bottom = min(picture.height, math.ceil((place.y + place.height) / down))
        view = (left * across, top * down, (right - left) * across, (bottom - top) * down)
        part = png_of(svg, view, right - left, bottom - top)
        picture.paste(Image.open(io.BytesIO(part)).convert("RGBA"), (left, top))
    return patches(picture) if any(places for _, places in parts) else ()


def _lies_on_another(panes: tuple[Pane, ...], width: int, height: int) -> bool:
    return any(pane.area.width == width and pane.area.height == height for pane in panes)


def _backdrop(
    panes: tuple[Pane, ...], size: tuple[int, int], sitters: Sequence[Sitter], *, bordered: bool
) -> list[_Part]:
    """What is seen where there is no pane: a dark studio wall with rounded windows for the panes.

    Where panes reach from edge to edge and leave room, they stand in a set: a desk below and lights above, or wings.
    """
    width, height = size
    if tiles([pane.area for pane in panes], width, height) or _lies_on_another(panes, width, height):
        return []
    colors, main = list(map(_shining, sitters)), next((each for each in sitters if each.speaking), sitters[0])
    areas = [pane.area for pane in panes if not any(_within(pane.area, other.area) for other in panes if other != pane)]
    upright = all(area.height == height for area in areas[:1])
    across = sum(area.width for area in areas) == width
    corner = 0 if upright or across else _ROUND
    windows = "".join(_window(area, corner) for area in areas)
    around = f"M0 0H{width}V{height}H0Z{windows}"
    furniture = ""
    if upright:
        furniture = _wings(areas, width, height, colors[0], bordered=bordered)
    elif across:
        furniture = _set(areas, width, height, colors) + (_signage(areas[0], width, main) if len(areas) == 1 else "")
    defs = (
        '<defs><linearGradient id="wall" x1="0" y1="0" x2="0.4" y2="1"><stop offset="0" stop-color="#161a3a"/>'
        '<stop offset="0.55" stop-color="#0d1026"/><stop offset="1" stop-color="#1d1033"/></linearGradient>'
        f'<clipPath id="around"><path clip-rule="evenodd" d="{around}"/></clipPath></defs>'
    )
    wall = f'<rect width="{width}" height="{height}" fill="url(#wall)"/>{furniture}'
    # A clip takes as long as all that it clips: only where a pane's corners are round is one needed.
    cut = f'{defs}<g clip-path="url(#around)">{wall}</g>'
    return [(defs + wall, _around(areas, width, height)), (cut, _corners(areas, corner))]


def _around(areas: Sequence[Area], width: int, height: int) -> list[Area]:
    """Where a picture has no pane: rows beside them, cut at their edges."""
    rows = sorted({0, height, *(edge for area in areas for edge in (area.y, area.y + area.height))})
    columns = sorted({0, width, *(edge for area in areas for edge in (area.x, area.x + area.width))})
    found: list[Area] = []
    for top, bottom in itertools.pairwise(rows):
        beside = (
            Area(x=left, y=top, width=right - left, height=bottom - top) for left, right in itertools.pairwise(columns)
        )
        found += [cell for cell in beside if not any(_within(cell, area) for area in areas)]
    return found


def _corners(areas: Sequence[Area], corner: int) -> list[Area]:
    """The round corners of panes; none where they are not round."""
    return [
        Area(x=x, y=y, width=corner, height=corner)
        for area in areas
        if corner
        for x in (area.x, area.x + area.width - corner)
        for y in (area.y, area.y + area.height - corner)
    ]


def _edges(area: Area) -> list[Area]:
    """Where a border is drawn: along the four edges of its pane."""
    x, y, width, height = area.x, area.y, area.width, area.height
    return [
        Area(x=x, y=y, width=width, height=_EDGE),
        Area(x=x, y=y + height - _EDGE, width=width, height=_EDGE),
        Area(x=x, y=y, width=_EDGE, height=height),
        Area(x=x + width - _EDGE, y=y, width=_EDGE, height=height),
    ]


def _within(inner: Area, outer: Area) -> bool:
    return (
        outer.x <= inner.x
        and outer.y <= inner.y
        and inner.x + inner.width <= outer.x + outer.width
        and inner.y + inner.height <= outer.y + outer.height
    )


def _set(areas: Sequence[Area], width: int, height: int, colors: Sequence[str]) -> str:
    """A news set round a row of panes: lights above, a desk below, in the colours of those who sit there."""
    above, below = areas[0].y, areas[0].y + areas[0].height
    left, right = colors[0], colors[-1]
    lip = min(30, (height - below) // 12)  # on a low desk its light stands over the captions, and not in them
    lights = "".join(
        f'<circle cx="{x}" cy="{y}" r="{2 + 6 * y / above:.1f}" fill="url(#set)" '
        f'fill-opacity="{0.1 + 0.6 * (y / above) ** 2:.2f}"/>'
        for y in range(24, above - 16, 36)
        for x in range(18, width, 36)
    )
    panels = "".join(
        f'<path d="M{width * part / 6:.0f} {below + lip + 4}L{width * (0.5 + (part / 6 - 0.5) * 1.5):.0f} {height}" '
        'stroke="#6f7bd0" stroke-opacity="0.2" stroke-width="3"/>'
        for part in range(7)
    )
    return (
        f'<defs><linearGradient id="set" gradientUnits="userSpaceOnUse" x1="0" x2="{width}" y1="0" y2="0">'
        f'<stop offset="0" stop-color="{left}"/><stop offset="1" stop-color="{right}"/></linearGradient>'
        '<linearGradient id="desk" x1="0" x2="0" y1="0" y2="1"><stop offset="0" stop-color="#2a3170"/>'
        f'<stop offset="0.25" stop-color="{_DESK}"/><stop offset="1" stop-color="#0a0c20"/></linearGradient></defs>'
        f'{lights}<rect y="{below}" width="{width}" height="{height - below}" fill="url(#desk)"/>{panels}'
        f'<rect y="{below}" width="{width}" height="{lip}" fill="#0a0d24"/>'
        + "".join(
            f'<rect y="{below + lip - wide / 2}" width="{width}" height="{wide}" fill="url(#set)" '
            f'fill-opacity="{opacity}"/>'
            for wide, opacity in ((44, 0.07), (26, 0.12), (14, 0.2), (6, 1))
        )
        + f'<rect y="{below + 320}" width="{width}" height="3" fill="url(#set)" fill-opacity="0.5"/>'
    )


def _signage(area: Area, width: int, sitter: Sitter) -> str:
    """The front of the desk of one who sits there alone: the name in letters of light, and rays from below."""
    below = area.y + area.height
    letters_alone, *_ = parted(sitter.name.upper())
    name = fitted(letters_alone, room=(width - 120, 230), largest=190, least=60, tracking=0.04)
    middle = below + 240
    light = legible(sitter.color, _DESK, LIT)
    rays = "".join(
        f'<path d="M{width / 2 + way * 26:.0f} {below + 700}L{width / 2 + way * 150 - 40:.0f} {below + 34}h80z" '
        f'fill="{sitter.color}" fill-opacity="0.05"/>'
        for way in range(-4, 5)
    )
    letters = "".join(
        drawn(
            name.lines[0],
            x=width / 2 + name.spacing / 2,
            middle=middle,
            size=name.size,
            color="none",
            anchor="middle",
            spacing=name.spacing,
            more=f'stroke="{light}" stroke-width="{wide}" stroke-opacity="{opacity}" stroke-linejoin="round"',
        )
        for wide, opacity in ((22, 0.10), (12, 0.18), (4, 0.95))
    )
    return f"{rays}{letters}"


def _wings(areas: Sequence[Area], width: int, height: int, color: str, *, bordered: bool) -> str:
    """Left and right of a pane as high as the picture: the light that it throws on the wall, in the colour of who is
    seen, bars of light where no other pane stands, and an edge of light where it has no border.
    """
    area, *others = areas
    stops = "".join(
        f'<stop offset="{at}" stop-color="{color}" stop-opacity="{opacity}"/>'
        for at, opacity in ((0, 0.42), (0.25, 0.2), (0.6, 0.07), (1, 0))
    )
    parts = []
    for edge, room, way in ((area.x, area.x, -1), (area.x + area.width, width - area.x - area.width, 1)):
        # As a screen throws it: brightest at the middle of the pane's edge.
        parts.append(
            f'<radialGradient id="light{way}" gradientUnits="userSpaceOnUse" cx="0" cy="0" r="1" gradientTransform='
            f'"translate({edge} {height / 2}) scale({max(room, 1)} {height * 0.75:.0f})">{stops}</radialGradient>'
            f'<rect x="{min(edge, edge + way * room)}" width="{room}" height="{height}" fill="url(#light{way})"/>'
        )
        if not any((other.x > area.x) == (way > 0) for other in others):
            count = 5 if room > _BARS_ROOM else 2
            parts += [
                _bar(edge + way * room * (bar - 0.5) / count, height * (0.04 + 0.08 * bar), height, color, bar)
                for bar in range(1, count + 1)
            ]
        if not bordered:
            parts.append(f'<rect x="{edge - 3}" width="6" height="{height}" fill="{color}" fill-opacity="0.85"/>')
    return "".join(parts)


def _bar(x: float, top: float, height: int, color: str, number: int) -> str:
    """An upright bar of light with its glow, as far from the lower edge as from the upper; later ones are fainter."""
    return "".join(
        f'<rect x="{x - wide / 2:.0f}" y="{top - wide / 2:.0f}" width="{wide}" height="{height - 2 * top + wide:.0f}" '
        f'rx="{wide / 2}" fill="{color}" fill-opacity="{opacity:.2f}"/>'
        for wide, opacity in ((30, 0.06), (18, 0.1), (8, 0.75 - 0.12 * number))
    )


def _window(area: Area, radius: int) -> str:
    x, y, r = area.x, area.y, radius
    across, down = area.width - 2 * r, area.height - 2 * r
    return (
        f"M{x + r} {y}h{across}a{r} {r} 0 0 1 {r} {r}v{down}a{r} {r} 0 0 1 {-r} {r}h{-across}"
        f"a{r} {r} 0 0 1 {-r} {-r}v{-down}a{r} {r} 0 0 1 {r} {-r}z"
    )


def _seam(panes: tuple[Pane, ...], width: int, height: int) -> tuple[str, Sequence[Area]]:
    """A soft shadow where two panes meet, and where that is: two rooms read as one picture."""
    if len(panes) != 2 or _lies_on_another(panes, width, height):
        return "", ()
    first, second = panes[0].area, panes[1].area
    if first.x + first.width == second.x:
        place = Area(x=second.x - 36, y=first.y, width=72, height=first.height)
        return _shadow(place, 'x1="0" x2="1" y1="0" y2="0"'), [place]
    if first.y + first.height == second.y:
        place = Area(x=first.x, y=second.y - 36, width=first.width, height=72)
        return _shadow(place, 'x1="0" x2="0" y1="0" y2="1"'), [place]
    return "", ()


def _shadow(place: Area, way: str) -> str:
    """A shadow that is darkest in the middle of its place, across `way`."""
    soft = '<stop offset="0" stop-color="#05060f" stop-opacity="0"/><stop offset="0.5" stop-color="#05060f" '
    soft += 'stop-opacity="0.75"/><stop offset="1" stop-color="#05060f" stop-opacity="0"/></linearGradient></defs>'
    return (
        f'<defs><linearGradient id="seam" {way}>{soft}<rect x="{place.x}" y="{place.y}" width="{place.width}" '
        f'height="{place.height}" fill="url(#seam)"/>'
    )


def _border(pane: Pane, sitter: Sitter, chosen: Layout) -> str:
    """The frame of a pane: lit, with a glow, for the speaker; a dim line for a listener."""
    if not chosen.bordered:
        return ""
    if pane.seat is Seat.LISTENER:  # a small picture on a large one
        return _frame(pane.area, "#ffffff", 5, 0.9, radius=8)
    if not sitter.speaking:
        return _frame(pane.area, _shining(sitter), 3, 0.32)
    glow = "".join(_frame(pane.area, _shining(sitter), wide, _GLOW_STEP) for wide in range(14, _GLOW, 3))
    return glow + _frame(pane.area, _shining(sitter), 7, 1) + _frame(pane.area, "#ffffff", 1.6, 0.75)


def _shining(sitter: Sitter) -> str:
    """A character's colour as light has it: one that is as dark as the wall would not be seen."""
    return legible(sitter.color, INK)


def _frame(area: Area, color: str, wide: float, opacity: float, radius: float = 28) -> str:
    """A stroke of `wide` pixels inside the edge of an area."""
    half = wide / 2
    return (
        f'<rect x="{area.x + half}" y="{area.y + half}" width="{area.width - wide}" height="{area.height - wide}" '
        f'rx="{max(2.0, radius - half)}" fill="none" stroke="{color}" stroke-width="{wide}" '
        f'stroke-opacity="{opacity}"/>'
    )


def mark_box(place: Tag) -> Area:
    """The box of the REHEARSAL mark."""
    width = 2 * round((_mark_words().width + 2 * _MARK_PAD) / 2)
    return Area(x=place.x - width, y=place.y - _MARK_HEIGHT // 2, width=width, height=_MARK_HEIGHT)


def bug_box(text: str, mark: Tag, width: int, *, rehearsal: bool) -> Area:
    """The box of the show's own line: opposite of the mark, and clear of it in a rehearsal."""
    left = width - mark.x
    room = (mark_box(mark).x if rehearsal else width - left) - left - 24
    line = fitted(text, room=(room, _MARK_HEIGHT), largest=LEAST_TEXT, least=LEAST_TEXT)
    return Area(x=left, y=mark.y - _MARK_HEIGHT // 2, width=2 * round(line.width / 2), height=_MARK_HEIGHT)


@cache
def _mark_words() -> Setting:
    return fitted(REHEARSAL, room=(1000, _MARK_HEIGHT), largest=LEAST_TEXT, least=LEAST_TEXT, tracking=0.14)


def _rehearsal_mark(place: Tag) -> str:
    box = mark_box(place)
    text = drawn(
        REHEARSAL,
        x=box.x + _MARK_PAD,
        middle=place.y,
        size=_mark_words().size,
        color="#ffffff",
        anchor="start",
        spacing=_mark_words().spacing,
        more='fill-opacity="0.82"',
    )
    return (
        f'<rect x="{box.x}" y="{box.y}" width="{box.width}" height="{box.height}" rx="12" fill="#05060f" '
        f'fill-opacity="0.5"/>{text}'
    )


def _groove(width: int) -> str:
    return f'<rect width="{width}" height="{PROGRESS_HEIGHT}" fill="#05060f" fill-opacity="0.7"/>'


def _bug(text: str, box: Area) -> str:
    line = fitted(text, room=(box.width + 4, box.height), largest=LEAST_TEXT, least=LEAST_TEXT).lines[0]
    return drawn(
        line,
        x=box.x,
        middle=box.y + box.height / 2,
        size=LEAST_TEXT,
        color="#ffffff",
        anchor="start",
        more='fill-opacity="0.9" stroke="#05060f" stroke-opacity="0.55" stroke-width="5" paint-order="stroke"',
    )
