"""What stands still over a picture, drawn once as one transparent PNG: borders, name tags, seam, backdrop, marks.

The clips move beneath it. It costs one blend a frame, whatever is on it; so nothing here is a filter of its own.
"""

import io
from collections.abc import Sequence
from functools import lru_cache
from html import escape
from pathlib import Path

import resvg_py
from PIL import Image

from resources.content.show import Format
from resources.core.errors import MediaError
from resources.core.values import Value
from resources.media.layouts import PROGRESS_HEIGHT, Area, Layout, Pane, Seat, Tag, canvas, layout, tiles
from resources.media.typography.fonts import FONTS, drawable, font_for

REHEARSAL = "REHEARSAL"

_INK = "#0b0e1f"
_TAG_HEIGHT = 64
_TAG_TEXT = 34
_INSET_TAG_SCALE = 0.7
_GLOW = 58  # pixels that the light of a lit border reaches inwards
_GLOW_STEP = 0.028  # opacity of each of the strokes that fade it out; thinner steps cannot be told apart
_MARK_TEXT = 24


class Sitter(Value):
    """A character in a pane."""

    name: str
    color: str
    speaking: bool


class OverlayOrder(Value):
    """An overlay. `sitters` are in the order of the layout's panes."""

    layout: str
    format: Format
    sitters: tuple[Sitter, ...]
    rehearsal: bool
    bug: str = ""  # a small line in the corner: the show's name
    progress: bool = False  # the groove of a progress bar
    shrink: int = 1


@lru_cache(maxsize=64)
def overlay(order: OverlayOrder) -> bytes:
    """The overlay as PNG bytes (RGBA), at the size of the picture. The same order is drawn once in a process."""
    width, height = canvas(order.format, order.shrink)
    return bytes(
        resvg_py.svg_to_bytes(
            svg_string=svg(order),
            width=width,
            height=height,
            skip_system_fonts=True,
            font_files=[str(font.path) for font in FONTS],
        )
    )


@lru_cache(maxsize=64)
def own_overlay(path: Path, order: OverlayOrder) -> bytes:
    """A person's own overlay in place of the drawn one. A rehearsal's mark is on it all the same.

    Raises MediaError for a file that is no picture.
    """
    size = canvas(order.format, order.shrink)
    try:
        picture = Image.open(path).convert("RGBA").resize(size, Image.Resampling.LANCZOS)
    except OSError as error:
        raise MediaError("an overlay cannot be read", where=str(path), why=str(error)) from error
    if order.rehearsal:
        place = layout(order.layout).formats[order.format].mark
        mark = Image.open(io.BytesIO(rehearsal_mark(place, order.format.size)))
        picture.alpha_composite(mark.convert("RGBA").resize(size, Image.Resampling.LANCZOS))
    content = io.BytesIO()
    picture.save(content, "PNG", compress_level=1)
    return content.getvalue()


@lru_cache(maxsize=16)
def rehearsal_mark(place: Tag, size: tuple[int, int], shrink: int = 1) -> bytes:
    """The REHEARSAL mark alone, as PNG bytes (RGBA) of a whole picture of `size`: laid over shots, sought by checks.

    `shrink`: drawn in a picture 1/`shrink` as large.
    """
    return _alone(_rehearsal_mark(place), size, shrink)


@lru_cache(maxsize=16)
def progress_groove(size: tuple[int, int], shrink: int = 1) -> bytes:
    """The groove of a progress bar alone, as PNG bytes (RGBA) of a whole picture of `size`: laid over shots."""
    return _alone(_groove(size[0]), size, shrink)


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


def svg(order: OverlayOrder) -> str:
    """The overlay as SVG, in full-size pixels."""
    width, height = order.format.size
    chosen = layout(order.layout)
    arrangement = chosen.formats[order.format]
    seated = list(zip(arrangement.panes, order.sitters, strict=True))
    parts = [
        _backdrop(arrangement.panes, width, height, [sitter.color for sitter in order.sitters]),
        _seam(arrangement.panes, width, height),
        *(_border(pane, sitter, chosen) for pane, sitter in sorted(seated, key=lambda pair: pair[1].speaking)),
        *(_name_tag(pane, sitter, inset=pane.seat is Seat.LISTENER) for pane, sitter in seated),
        _bug(order.bug, width - arrangement.mark.x, arrangement.mark.y) if order.bug else "",
        _rehearsal_mark(arrangement.mark) if order.rehearsal else "",
        _groove(width) if order.progress else "",
    ]
    return f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}">{"".join(parts)}</svg>'


def _lies_on_another(panes: tuple[Pane, ...], width: int, height: int) -> bool:
    return any(pane.area.width == width and pane.area.height == height for pane in panes)


def _backdrop(panes: tuple[Pane, ...], width: int, height: int, colors: Sequence[str]) -> str:
    """What is seen where there is no pane: a dark studio wall with rounded windows for the panes.

    Where panes reach from edge to edge and leave room, a desk stands below them and a wall of lights above.
    """
    if tiles([pane.area for pane in panes], width, height) or _lies_on_another(panes, width, height):
        return ""
    windows = "".join(_window(pane.area, 0 if _touches_edge(pane.area, width) else 28) for pane in panes)
    return (
        '<defs><linearGradient id="wall" x1="0" y1="0" x2="0.4" y2="1"><stop offset="0" stop-color="#161a3a"/>'
        '<stop offset="0.55" stop-color="#0d1026"/><stop offset="1" stop-color="#1d1033"/></linearGradient></defs>'
        f'<path fill-rule="evenodd" fill="url(#wall)" d="M0 0H{width}V{height}H0Z{windows}"/>'
        + (_set(panes, width, height, colors) if all(_touches_edge(pane.area, width) for pane in panes) else "")
    )


def _set(panes: tuple[Pane, ...], width: int, height: int, colors: Sequence[str]) -> str:
    """A news set round a row of panes: lights above, a desk below, in the colours of those who sit there."""
    above, below = panes[0].area.y, panes[0].area.y + panes[0].area.height
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


def _touches_edge(area: Area, width: int) -> bool:
    return area.x == 0 or area.x + area.width == width


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


def _name_tag(pane: Pane, sitter: Sitter, *, inset: bool) -> str:
    """The name on a plate: filled with the character's colour while it speaks."""
    scale = _INSET_TAG_SCALE if inset else 1.0
    text, height = _TAG_TEXT * scale, _TAG_HEIGHT * scale
    font = font_for(sitter.name)
    name = drawable(sitter.name, font).upper()
    letters = 0.06 * text
    width = font.width(name, text) + letters * len(name) + height * 0.9
    left = pane.tag.x if pane.tag.side == "left" else pane.tag.x - width
    fill, ink, edge = (sitter.color, _INK, 1.0) if sitter.speaking else (_INK, "#ffffff", 0.55)
    return (
        f'<rect x="{left}" y="{pane.tag.y - height / 2}" width="{width}" height="{height}" rx="{height * 0.3}" '
        f'fill="{fill}" fill-opacity="{0.96 if sitter.speaking else 0.78}" stroke="{sitter.color}" '
        f'stroke-width="{3 * scale}" stroke-opacity="{edge}"/>'
        f'<text x="{left + width / 2 + letters / 2}" y="{pane.tag.y + text * 0.36}" font-family="{font.family}" '
        f'font-weight="{700 if font.bold else 400}" font-size="{text}" letter-spacing="{letters}" '
        f'text-anchor="middle" fill="{ink}">{escape(name)}</text>'
    )


def _rehearsal_mark(place: Tag) -> str:
    font = FONTS[-1]
    letters = 0.18 * _MARK_TEXT
    width = font.width(REHEARSAL, _MARK_TEXT) + letters * len(REHEARSAL) + 28
    left = place.x - width
    return (
        f'<rect x="{left}" y="{place.y - 21}" width="{width}" height="42" rx="10" fill="#05060f" fill-opacity="0.5"/>'
        f'<text x="{left + 14}" y="{place.y + 0.36 * _MARK_TEXT}" font-family="{font.family}" font-weight="700" '
        f'font-size="{_MARK_TEXT}" letter-spacing="{letters}" fill="#ffffff" fill-opacity="0.82">{REHEARSAL}</text>'
    )


def _groove(width: int) -> str:
    return f'<rect width="{width}" height="{PROGRESS_HEIGHT}" fill="#05060f" fill-opacity="0.7"/>'


def _bug(text: str, x: int, y: int) -> str:
    font = font_for(text)
    shown = drawable(text, font)
    return (
        f'<text x="{x}" y="{y + 10}" font-family="{font.family}" font-weight="{700 if font.bold else 400}" '
        f'font-size="28" fill="#ffffff" fill-opacity="0.85" stroke="#05060f" stroke-opacity="0.5" stroke-width="5" '
        f'paint-order="stroke">{escape(shown)}</text>'
    )
