"""What stands still over a picture, drawn once as transparent PNGs: borders and seam of a framing, the backdrop round
its panes, name tags, and the marks that stand through a whole segment.

The clips move beneath it. What is on one drawing costs one blend a frame, so nothing here is a filter of its own.
"""

import io
from collections.abc import Sequence
from functools import cache, lru_cache
from pathlib import Path

import resvg_py
from PIL import Image

from resources.content.show import Format
from resources.core.errors import MediaError
from resources.core.values import Value
from resources.media.layouts import LEAST_TEXT, PROGRESS_HEIGHT, Area, Layout, Pane, Seat, Tag, canvas, layout, tiles
from resources.media.typography.fonts import FONTS
from resources.media.typography.plates import tag
from resources.media.typography.text import Setting, drawn, fitted

REHEARSAL = "REHEARSAL"

_GLOW = 34  # pixels that the light of a lit border reaches inwards
_GLOW_STEP = 0.028  # opacity of each of the strokes that fade it out; thinner steps cannot be told apart
_MARK_HEIGHT = 52
_MARK_PAD = 16


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


@lru_cache(maxsize=64)
def overlay(order: OverlayOrder) -> bytes:
    """The borders and the seam of a framing as PNG bytes (RGBA) of the whole picture. Drawn once in a process."""
    chosen = layout(order.layout)
    panes = chosen.formats[order.format].panes
    width, height = order.format.size
    seated = zip(panes, order.sitters, strict=True)
    borders = (_border(pane, sitter, chosen) for pane, sitter in sorted(seated, key=lambda pair: pair[1].speaking))
    return _alone(_seam(panes, width, height) + "".join(borders), order.format.size, order.shrink)


@lru_cache(maxsize=64)
def backdrop(order: OverlayOrder) -> bytes:
    """What is seen round the panes, opaque, as PNG bytes (RGBA) of the whole picture; nothing where they fill it."""
    panes = layout(order.layout).formats[order.format].panes
    return _alone(_backdrop(panes, order.format.size, order.sitters), order.format.size, order.shrink)


@lru_cache(maxsize=64)
def names(order: OverlayOrder) -> bytes:
    """The name tags of a framing as PNG bytes (RGBA) of the whole picture. ContentError when letters are lost."""
    panes = layout(order.layout).formats[order.format].panes
    tags = (
        tag(sitter.name, sitter.color, pane.plate, speaking=sitter.speaking)
        for pane, sitter in zip(panes, order.sitters, strict=True)
    )
    return _alone("".join(tags), order.format.size, order.shrink)


@lru_cache(maxsize=64)
def marks(order: MarksOrder) -> bytes:
    """The marks as PNG bytes (RGBA) of the whole picture."""
    width, _ = order.format.size
    parts = [
        _bug(order.bug, bug_box(order.bug, order.mark, width, rehearsal=True)) if order.bug else "",
        _rehearsal_mark(order.mark) if order.rehearsal else "",
        _groove(width) if order.progress else "",
    ]
    return _alone("".join(parts), order.format.size, order.shrink)


@lru_cache(maxsize=64)
def own_overlay(path: Path, shape: Format, shrink: int) -> bytes:
    """A person's own overlay, in place of all but the marks. Raises MediaError for a file that is no picture."""
    try:
        picture = Image.open(path).convert("RGBA").resize(canvas(shape, shrink), Image.Resampling.LANCZOS)
    except OSError as error:
        raise MediaError("an overlay cannot be read", where=str(path), why=str(error)) from error
    content = io.BytesIO()
    picture.save(content, "PNG", compress_level=1)
    return content.getvalue()


@lru_cache(maxsize=16)
def rehearsal_mark(place: Tag, size: tuple[int, int], shrink: int = 1) -> bytes:
    """The REHEARSAL mark alone, as PNG bytes (RGBA) of a whole picture of `size`: laid over shots, sought by checks.

    `shrink`: drawn in a picture 1/`shrink` as large.
    """
    return _alone(_rehearsal_mark(place), size, shrink)


def _alone(drawn: str, size: tuple[int, int], shrink: int) -> bytes:
    """A part of an overlay by itself, in a picture 1/`shrink` as large as `size`."""
    width, height = size
    return bytes(
        resvg_py.svg_to_bytes(
            svg_string=f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}">{drawn}</svg>',
            width=2 * round(width / shrink / 2),
            height=2 * round(height / shrink / 2),
            skip_system_fonts=True,
            font_files=[str(font.path) for font in FONTS],
        )
    )


def _lies_on_another(panes: tuple[Pane, ...], width: int, height: int) -> bool:
    return any(pane.area.width == width and pane.area.height == height for pane in panes)


def _backdrop(panes: tuple[Pane, ...], size: tuple[int, int], sitters: Sequence[Sitter]) -> str:
    """What is seen where there is no pane: a dark studio wall with rounded windows for the panes.

    Where panes reach from edge to edge and leave room, they stand in a set: a desk below and lights above, or wings.
    """
    width, height = size
    if tiles([pane.area for pane in panes], width, height) or _lies_on_another(panes, width, height):
        return ""
    colors, main = [sitter.color for sitter in sitters], next((each for each in sitters if each.speaking), sitters[0])
    areas = [pane.area for pane in panes if not any(_within(pane.area, other.area) for other in panes if other != pane)]
    upright = all(area.height == height for area in areas[:1])
    across = sum(area.width for area in areas) == width
    windows = "".join(_window(area, 0 if upright or across else 28) for area in areas)
    around = f"M0 0H{width}V{height}H0Z{windows}"
    furniture = ""
    if upright:
        furniture = _wings(areas[0], width, height, colors)
    elif across:
        furniture = _set(areas, width, height, colors) + (_signage(areas[0], width, main) if len(areas) == 1 else "")
    return (
        '<defs><linearGradient id="wall" x1="0" y1="0" x2="0.4" y2="1"><stop offset="0" stop-color="#161a3a"/>'
        '<stop offset="0.55" stop-color="#0d1026"/><stop offset="1" stop-color="#1d1033"/></linearGradient>'
        f'<clipPath id="around"><path clip-rule="evenodd" d="{around}"/></clipPath></defs><g clip-path="url(#around)">'
        f'<rect width="{width}" height="{height}" fill="url(#wall)"/>{furniture}</g>'
    )


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
    lights = "".join(
        f'<circle cx="{x}" cy="{y}" r="{2 + 6 * y / above:.1f}" fill="url(#set)" '
        f'fill-opacity="{0.1 + 0.6 * (y / above) ** 2:.2f}"/>'
        for y in range(24, above - 16, 36)
        for x in range(18, width, 36)
    )
    panels = "".join(
        f'<path d="M{width * part / 6:.0f} {below + 34}L{width * (0.5 + (part / 6 - 0.5) * 1.5):.0f} {height}" '
        'stroke="#6f7bd0" stroke-opacity="0.2" stroke-width="3"/>'
        for part in range(7)
    )
    return (
        f'<defs><linearGradient id="set" gradientUnits="userSpaceOnUse" x1="0" x2="{width}" y1="0" y2="0">'
        f'<stop offset="0" stop-color="{left}"/><stop offset="1" stop-color="{right}"/></linearGradient>'
        '<linearGradient id="desk" x1="0" x2="0" y1="0" y2="1"><stop offset="0" stop-color="#2a3170"/>'
        '<stop offset="0.25" stop-color="#181d45"/><stop offset="1" stop-color="#0a0c20"/></linearGradient></defs>'
        f'{lights}<rect y="{below}" width="{width}" height="{height - below}" fill="url(#desk)"/>{panels}'
        f'<rect y="{below}" width="{width}" height="30" fill="#0a0d24"/>'
        + "".join(
            f'<rect y="{below + 30 - wide / 2}" width="{width}" height="{wide}" fill="url(#set)" '
            f'fill-opacity="{opacity}"/>'
            for wide, opacity in ((44, 0.07), (26, 0.12), (14, 0.2), (6, 1))
        )
        + f'<rect y="{below + 320}" width="{width}" height="3" fill="url(#set)" fill-opacity="0.5"/>'
    )


def _signage(area: Area, width: int, sitter: Sitter) -> str:
    """The front of the desk of one who sits there alone: the name in letters of light, and rays from below."""
    below = area.y + area.height
    name = fitted(sitter.name.upper(), room=(width - 120, 230), largest=190, least=60, tracking=0.04)
    middle = below + 240
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
            more=f'letter-spacing="{name.spacing:.1f}" stroke="{sitter.color}" stroke-width="{wide}" '
            f'stroke-opacity="{opacity}" stroke-linejoin="round"',
        )
        for wide, opacity in ((22, 0.10), (12, 0.18), (4, 0.95))
    )
    return f"{rays}{letters}"


def _wings(area: Area, width: int, height: int, colors: Sequence[str]) -> str:
    """Left and right of a pane as high as the picture: bars of light in the colour of who is seen."""
    bars = []
    for edge, room, way in ((area.x, area.x, -1), (area.x + area.width, width - area.x - area.width, 1)):
        for bar in range(1, 6):
            x, top = edge + way * room * (bar - 0.5) / 5, height * 0.08 * bar
            bars.append(
                f'<rect x="{x - 5:.0f}" y="{top:.0f}" width="10" height="{height - 2 * top:.0f}" rx="5" '
                f'fill="{colors[0]}" fill-opacity="{0.6 - 0.1 * bar:.2f}"/>'
            )
        bars.append(f'<rect x="{edge - 3}" width="6" height="{height}" fill="{colors[0]}" fill-opacity="0.85"/>')
    return "".join(bars)


def _window(area: Area, radius: int) -> str:
    x, y, r = area.x, area.y, radius
    across, down = area.width - 2 * r, area.height - 2 * r
    return (
        f"M{x + r} {y}h{across}a{r} {r} 0 0 1 {r} {r}v{down}a{r} {r} 0 0 1 {-r} {r}h{-across}"
        f"a{r} {r} 0 0 1 {-r} {-r}v{-down}a{r} {r} 0 0 1 {r} {-r}z"
    )


def _seam(panes: tuple[Pane, ...], width: int, height: int) -> str:
    """A soft shadow where two panes meet, so that two rooms read as one picture."""
    if len(panes) != 2 or _lies_on_another(panes, width, height):
        return ""
    first, second = panes[0].area, panes[1].area
    soft = '<stop offset="0" stop-color="#05060f" stop-opacity="0"/><stop offset="0.5" stop-color="#05060f" '
    soft += 'stop-opacity="0.75"/><stop offset="1" stop-color="#05060f" stop-opacity="0"/></linearGradient></defs>'
    if first.x + first.width == second.x:
        return (
            f'<defs><linearGradient id="seam" x1="0" x2="1" y1="0" y2="0">{soft}'
            f'<rect x="{second.x - 36}" y="{first.y}" width="72" height="{first.height}" fill="url(#seam)"/>'
        )
    if first.y + first.height == second.y:
        return (
            f'<defs><linearGradient id="seam" x1="0" x2="0" y1="0" y2="1">{soft}'
            f'<rect x="{first.x}" y="{second.y - 36}" width="{first.width}" height="72" fill="url(#seam)"/>'
        )
    return ""


def _border(pane: Pane, sitter: Sitter, chosen: Layout) -> str:
    """The frame of a pane: lit, with a glow, for the speaker; a dim line for a listener."""
    if not chosen.bordered:
        return ""
    if pane.seat is Seat.LISTENER:  # a small picture on a large one
        return _frame(pane.area, "#ffffff", 5, 0.9, radius=8)
    if not sitter.speaking:
        return _frame(pane.area, sitter.color, 3, 0.32)
    glow = "".join(_frame(pane.area, sitter.color, wide, _GLOW_STEP) for wide in range(14, _GLOW, 3))
    return glow + _frame(pane.area, sitter.color, 7, 1) + _frame(pane.area, "#ffffff", 1.6, 0.75)


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
        more=f'fill-opacity="0.82" letter-spacing="{_mark_words().spacing:.2f}"',
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
