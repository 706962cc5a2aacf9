"""What a puppet is made of: parts drawn as SVG, and the pose that moves them. No pixels here.

Drawings share one space of units: x = 0 is the puppet's middle, y = 0 the top and y = 1080 the bottom of its scene.
`Framing` maps those units to the pixels of a pane of any shape.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import IntEnum
from pathlib import Path
from random import Random
from typing import NamedTuple

from resources.media.timebase import FPS

SCENE_HEIGHT = 1080.0  # units from the top of the scene to its bottom
SCENE_WIDTH = 900.0  # units that always stay in the picture: shoulders, the band's tails, the antenna
HELD = 2  # frames of the cut that a drawing is held: "on twos", as animators draw, for half of the work
DRAWN_FPS = FPS // HELD
LOOP_FRAMES = 180  # a listener's loop and the way that heads sway along: six seconds of poses


def dice(seed: int) -> Random:
    """Chance that falls the same way every time: drawings and motions are reproducible."""
    return Random(seed)  # noqa: S311  (nothing secret)


class Box(NamedTuple):
    """A rectangle in units."""

    left: float
    top: float
    right: float
    bottom: float


class Eyes(IntEnum):
    """What the eyes show; the order of the drawings of a puppet's `eyes` part."""

    OPEN = 0
    WIDE = 1
    HALF = 2
    SHUT = 3
    HAPPY = 4


class Lips(IntEnum):
    """What lips, teeth and tongue do."""

    FREE = 0  # nothing: the mouth is as open and as wide as it is
    TEETH = 1  # nearly closed, and seen
    BITE = 2  # the upper ones on the lower lip
    TONGUE = 3  # its tip behind the upper teeth
    PRESSED = 4
    SMILE = 5  # shut


class Mouth(NamedTuple):
    """A mouth that can be drawn: 0 … 1 open, -1 (puckered) … 1 (spread) wide."""

    lips: Lips
    opening: float = 0.0
    width: float = 0.0


_WIDTHS = (-1.0, -0.5, 0.0, 0.5, 1.0)
_OPENINGS = {
    Lips.FREE: tuple(step / 9 for step in range(1, 10)),
    Lips.TEETH: (0.15, 0.3, 0.45),
    Lips.BITE: (0.15, 0.35),
    Lips.TONGUE: (0.3, 0.5, 0.7),
}
# The drawings of a puppet's `mouth` part, in order; a Pose says which by its index.
MOUTHS = (
    Mouth(Lips.FREE),
    *(Mouth(Lips.FREE, opening, width) for opening in _OPENINGS[Lips.FREE] for width in _WIDTHS),
    *(Mouth(lips, opening, 0.4) for lips in (Lips.TEETH, Lips.BITE, Lips.TONGUE) for opening in _OPENINGS[lips]),
    Mouth(Lips.PRESSED),
    Mouth(Lips.SMILE),
)
SHUT, PRESSED, SMILE = 0, len(MOUTHS) - 2, len(MOUTHS) - 1
_INDEX = {mouth: index for index, mouth in enumerate(MOUTHS)}


def mouth_index(lips: Lips, opening: float = 0.0, width: float = 0.0) -> int:
    """The drawing that is nearest to a mouth."""
    if lips not in _OPENINGS:
        return _INDEX[Mouth(lips)]
    if lips is Lips.FREE and opening < _OPENINGS[lips][0] / 2:
        return SHUT
    near = min(_OPENINGS[lips], key=lambda step: abs(step - opening))
    wide = min(_WIDTHS, key=lambda step: abs(step - width)) if lips is Lips.FREE else 0.4
    return _INDEX[Mouth(lips, near, wide)]


@dataclass(frozen=True, slots=True)
class Pose:
    """How a puppet is held in one frame. Lengths are shares of a full movement (-1 … 1); angles are degrees."""

    turn: float = 0.0  # to the viewer's right
    nod: float = 0.0  # down
    roll: float = 0.0  # degrees, clockwise
    lift: float = 0.0  # breath: the shoulders rise
    swing: float = 0.0  # degrees: what hangs loose
    scan: float = 0.0  # 0 … 1: the way of a line of light over a screen
    gaze: float = 0.0  # the eyes look to the viewer's right
    eyes: Eyes = Eyes.OPEN
    mouth: int = SHUT  # of MOUTHS
    opening: float = 0.0  # 0 … 1: how far the jaw has dropped
    slip: int = 0  # 0: none, else which glitch
    bob: float = 0.0  # units that the head is lowered by, in whole pixels: a nod on a stressed word


@dataclass(frozen=True, slots=True)
class Part:
    """What moves as one: the group `part-<name>` of the puppet's artwork, or a drawing of each of its states."""

    name: str
    box: Box
    states: tuple[str, ...] = ()  # SVG, for eyes and mouth
    hollow: Box | None = None  # what later parts always cover, or nothing fills: it need not be painted
    depth: float = 0.0  # units that a full turn shifts it sideways; a full nod shifts it down by 0.6 of that
    drop: float = 0.0  # units that a wide open mouth lowers it, in whole pixels
    gaze: float = 0.0  # units that a full gaze shifts it sideways
    scan: float = 0.0  # units of the way of `Pose.scan`
    hinge: tuple[float, float] | None = None  # the point that `Pose.swing` turns it around
    swing: float = 0.0  # its share of `Pose.swing`

    @property
    def steady(self) -> bool:
        """Whether it looks the same each time that the head comes to the same place."""
        return not (self.states or self.scan or self.gaze)

    @property
    def comes_again(self) -> bool:
        """Whether it often looks the same where the head is at the same place: no mouth does, nor a line on its way."""
        return len(self.states) <= len(Eyes) and not self.scan

    @property
    def drawings(self) -> tuple[str, ...]:
        """Its SVG fragments, one for each state."""
        return self.states or (f'<use href="#part-{self.name}"/>',)


@dataclass(frozen=True, slots=True)
class Puppet:
    """A character drawn by the project.

    `backdrop`, `body` and `desk` are painted in this order behind the head; only the body breathes. `head` parts lie
    over them, first to last, and turn around `neck`.
    """

    name: str
    artwork: Path  # an SVG file of gradients and groups named part-…
    backdrop: "Backdrop"
    body: Part
    head: tuple[Part, ...]
    neck: tuple[float, float]
    mouth: Box  # where lips move
    slips: bool = False  # its picture slips like a bad signal now and then

    def defs(self) -> str:
        """What the artwork defines, to be used by drawings: the file without its outermost element."""
        text = self.artwork.read_text(encoding="utf-8")
        return text[text.index(">") + 1 : text.rindex("</svg>")]


@dataclass(frozen=True, slots=True)
class Backdrop:
    """The colours of a puppet's studio; `resources.providers.offline.puppets.puppet_scene` draws it."""

    deep: str
    wall: str
    glow: str
    first: str  # the neon on the viewer's left, the desk's strip
    second: str
    mic: float  # units from the middle; negative is left


class Framing(NamedTuple):
    """How the scene lies in a pane: pixels per unit, and the pixel of the unit point (0, 0)."""

    scale: float
    x: float
    y: float
    width: int
    height: int

    @classmethod
    def of(cls, width: int, height: int) -> "Framing":
        """The framing of a pane: whole scene height where it is wide enough, else whole scene width."""
        scale = min(height / SCENE_HEIGHT, width / SCENE_WIDTH)
        spare = height - SCENE_HEIGHT * scale  # of a narrow pane; more of it goes above the head
        return cls(scale, width / 2, spare * 0.55, width, height)

    @property
    def box(self) -> Box:
        """The pane in units."""
        return Box(
            -self.x / self.scale,
            -self.y / self.scale,
            (self.width - self.x) / self.scale,
            (self.height - self.y) / self.scale,
        )

    def pixels(self, box: Box) -> tuple[int, int, int, int]:
        """A rectangle of units as left, top, right, bottom in whole pixels inside the pane."""
        left, right = (round(self.x + value * self.scale) for value in (box.left, box.right))
        top, bottom = (round(self.y + value * self.scale) for value in (box.top, box.bottom))
        return max(left, 0), max(top, 0), min(right, self.width), min(bottom, self.height)


def document(fragments: Sequence[str], defs: str, box: Box, scale: float) -> tuple[str, int, int]:
    """An SVG of the fragments under one another, each filling `box`; and one's width and height in pixels."""
    width = max(1, round((box.right - box.left) * scale + 0.5))
    height = max(1, round((box.bottom - box.top) * scale + 0.5))
    tall = height / scale
    cells = "".join(
        f'<svg x="0" y="{index * tall:.4f}" width="{width / scale:.4f}" height="{tall:.4f}"'
        f' viewBox="{box.left:.4f} {box.top:.4f} {width / scale:.4f} {tall:.4f}">{fragment}</svg>'
        for index, fragment in enumerate(fragments)
    )
    return (
        (
            f'<svg xmlns="http://www.w3.org/2000/svg" width="{width}" height="{height * len(fragments)}"'
            f' viewBox="0 0 {width / scale:.4f} {tall * len(fragments):.4f}"><defs>{defs}</defs>{cells}</svg>'
        ),
        width,
        height,
    )
