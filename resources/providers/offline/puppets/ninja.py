"""Ninja: a hood, a red band with a steel plate, goggles with LED eyes, and a mask with an LED voice bar."""

from math import exp
from pathlib import Path

from resources.providers.offline.puppets.parts import MOUTH_LEVELS, Backdrop, Box, Eyes, Mouth, Part, Puppet

_CYAN = "#3fe6ff"
_LOOK = Backdrop(deep="#090e24", wall="#14264f", glow="#2b8fd0", first="#22d3ee", second="#c86bff", mic=228)

_GRIDS = {
    Eyes.OPEN: ("..###..", ".#####.", "#######", "#######", "#######", ".#####.", "..###.."),
    Eyes.WIDE: ("..###..", ".#####.", "#######", "#######", "#######", ".#####.", "..###.."),
    Eyes.HALF: (".......", ".......", "#######", "#######", "#######", ".#####.", "......."),
    Eyes.SHUT: (".......", ".......", ".......", "#######", "#######", ".......", "......."),
    Eyes.HAPPY: (".......", "..###..", ".#####.", "##...##", "#.....#", ".......", "......."),
}
_PITCH = 16.4  # units between two LEDs of an eye


def _eyes(state: Eyes) -> str:
    rows = _GRIDS[state]
    lit = [(column - 3, row - 3) for row in range(7) for column in range(7) if rows[row][column] == "#"]
    return "".join(_eye(x, lit, state) for x in (-96, 96))


def _eye(x: float, lit: list[tuple[int, int]], state: Eyes) -> str:
    bright = state in (Eyes.OPEN, Eyes.WIDE)
    cells = "".join(_led(column, row, 21, 7, 'fill="#19c6f2" opacity=".28"') for column, row in lit)
    cells += "".join(_led(column, row, 14, 3.6, f'fill="{_CYAN}"') for column, row in lit)
    cells += "".join(_led(column, row - 0.12, 8, 3, 'fill="#d7fbff" opacity=".7"') for column, row in lit)
    glint = _led(-1, -2, 14, 3.6, 'fill="#fff"') + _led(-2, -1, 14, 3.6, 'fill="#e9fdff" opacity=".9"')
    return (
        f'<g transform="translate({x},414) scale({1.13 if state is Eyes.WIDE else 1})">'
        f'<ellipse rx="{92 if bright else 66}" ry="{72 if bright else 52}" fill="url(#led)"/>'
        f"{cells}{glint if bright else ''}</g>"
    )


def _led(column: float, row: float, size: float, round_by: float, paint: str) -> str:
    x, y = column * _PITCH - size / 2, row * _PITCH - size / 2
    return f'<rect x="{x:.1f}" y="{y:.1f}" width="{size}" height="{size}" rx="{round_by}" {paint}/>'


_COLUMNS = 13  # LED columns of the voice bar
_BELL = {Mouth.REST: 4.6, Mouth.SPREAD: 7.5, Mouth.ROUND: 2.9}  # width of the lit bell, in columns


def _voice(shape: Mouth, level: int) -> str:
    # Heights wobble a little from column to column, as a meter's do, but the sum grows with the level.
    bars = []
    for index in range(_COLUMNS):
        x = (index - _COLUMNS // 2) * 14.2
        bell = exp(-(((index - _COLUMNS // 2) / _BELL[shape]) ** 2))
        wobble = 0.82 + 0.18 * ((index * 5 + 3) % 7) / 6
        high = 7 + 66 * (level / (MOUTH_LEVELS - 1)) * bell * wobble
        bars.append(_bar(x, high))
    return "".join(bars)


def _smile() -> str:
    return "".join(_bar((index - 6) * 14.2, 7, 8 - 0.52 * (index - 6) ** 2) for index in range(_COLUMNS))


def _bar(x: float, high: float, lower: float = 0) -> str:
    return "".join(
        f'<rect x="{x - wide / 2:.1f}" y="{606 + lower - tall / 2:.1f}" width="{wide}" height="{tall:.1f}"'
        f' rx="{wide / 2}" {paint}/>'
        for wide, tall, paint in (
            (16, high + 8, 'fill="#19c6f2" opacity=".25"'),
            (8.4, high, f'fill="{_CYAN}"'),
            (3.6, max(high - 4, 1), 'fill="#dcfcff"'),
        )
    )


_TAIL_HINGE = (230.0, 352.0)
NINJA = Puppet(
    name="ninja",
    artwork=Path(__file__).with_suffix(".svg"),
    backdrop=_LOOK,
    body=Part("body", Box(-470, 660, 470, 940)),
    head=(
        Part("tail-low", Box(210, 336, 396, 500), depth=-6, hinge=_TAIL_HINGE, swing=1.5),
        Part("tail-high", Box(214, 290, 420, 410), depth=-6, hinge=_TAIL_HINGE, swing=1.0),
        Part("hood", Box(-250, 158, 250, 764), hollow=Box(-128, 350, 128, 636), depth=6),
        Part("mask", Box(-200, 436, 200, 742), depth=16, drop=15),
        Part(
            "mouth",
            Box(-108, 556, 108, 656),
            (*(_voice(shape, level) for shape in Mouth for level in range(MOUTH_LEVELS)), _smile()),
            depth=20,
            drop=15,
        ),
        Part("knot", Box(208, 318, 262, 390), depth=2),
        Part("band", Box(-244, 228, 244, 416), depth=14),
        Part("goggles", Box(-214, 320, 214, 522), depth=24),
        Part("eyes", Box(-192, 336, 192, 492), tuple(_eyes(state) for state in Eyes), depth=26, gaze=11),
    ),
    neck=(0.0, 760.0),
    mouth=Box(-120, 540, 120, 690),
)
