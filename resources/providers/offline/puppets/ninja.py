"""Ninja: a hood, a red band with a steel plate, goggles with LED eyes, and a mask with an LED voice bar."""

from pathlib import Path

from resources.providers.offline.puppets.parts import MOUTHS, SHUT, Backdrop, Box, Eyes, Lips, Mouth, Part, Puppet

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
_STEP = 14.2  # units between two of them
_MIDDLE = 606.0
_HAZE = 'fill="#19c6f2" opacity=".25"'
_WHITE = "#eafcff"
_LIP = 12.0  # units of a lip's light
_REACH = 4.9  # columns from the middle to the corner of an open mouth


def _mouth(mouth: Mouth) -> str:
    return "".join(_column(index - _COLUMNS // 2, mouth) for index in range(_COLUMNS))


def _column(index: int, mouth: Mouth) -> str:
    """A column of the mouth, `index` columns from its middle."""
    x = index * _STEP
    if mouth.lips is Lips.SMILE:
        return _bar(x, 7, 8 - 0.52 * index**2)
    if mouth.lips is Lips.PRESSED:
        return _bar(x, 9) if abs(index) <= 4 else _unlit(x)
    return _bar(x, 7) if mouth == MOUTHS[SHUT] else _open_column(index, mouth)


def _open_column(index: int, mouth: Mouth) -> str:
    """Upper and lower lip with what is between them; at the corners, and where they touch, one light."""
    x, spread, puckered = index * _STEP, max(0.0, mouth.width), max(0.0, -mouth.width)
    reach = _REACH + 1.6 * spread - 2.6 * puckered
    if abs(index) > reach:
        return _unlit(x)
    curve = (1 - (abs(index) / (reach + 0.6)) ** 2) ** (0.5 + 0.35 * spread)
    tall = 12 + (62 - 16 * spread + 4 * puckered) * mouth.opening * curve
    if mouth.lips is Lips.TEETH:
        return _cell(x, -tall / 2, 0.42 * tall, _WHITE) + _cell(x, 0.08 * tall, 0.42 * tall, _WHITE) + _glow(x, tall)
    if mouth.lips is Lips.BITE:
        return _cell(x, -tall / 2, 0.55 * tall, _WHITE) + _bar(x, 0.8 * _LIP, 0.32 * tall)
    if abs(index) + 1 > reach:
        return _bar(x, max(_LIP, 0.66 * tall))
    if tall < 2 * _LIP + 3:
        return _bar(x, tall)
    lip = (tall - _LIP) / 2
    return _inside(index, _LIP / 2 - lip, lip - _LIP / 2, mouth) + _bar(x, _LIP, -lip) + _bar(x, _LIP, lip)


def _inside(index: int, top: float, bottom: float, mouth: Mouth) -> str:
    x, tall = index * _STEP, bottom - top
    teeth = 0.3 if mouth.lips is Lips.TONGUE else 0.34 if mouth.width > -0.4 else 0.0
    parts = [_cell(x, top, tall, _CYAN, 0.3)]
    if tall * teeth > 3:
        parts.append(_cell(x, top + 1, tall * teeth - 1, _WHITE))
    if mouth.lips is Lips.TONGUE and abs(index) <= 2:
        parts.append(_cell(x, top + tall * 0.3 + 2, tall * 0.7 - 2, "#ff6f9f", 0.95))
    elif mouth.lips is Lips.FREE and mouth.opening > 0.5 and abs(index) <= 2:
        parts.append(_cell(x, bottom - tall * 0.26, tall * 0.26 - 1, "#ff6f9f", 0.8))
    return "".join(parts)


def _cell(x: float, top: float, tall: float, color: str, opacity: float = 0.95) -> str:
    place = f'x="{x - 4.2:.1f}" y="{_MIDDLE + top:.1f}" width="8.4" height="{max(tall, 1):.1f}" rx="2.4"'
    return f'<rect {place} fill="{color}" opacity="{opacity}"/>'


def _glow(x: float, tall: float) -> str:
    return f'<rect x="{x - 8:.1f}" y="{_MIDDLE - tall / 2 - 4:.1f}" width="16" height="{tall + 8:.1f}" rx="8" {_HAZE}/>'


def _unlit(x: float) -> str:
    return f'<rect x="{x - 3:.1f}" y="{_MIDDLE - 2}" width="6" height="4" rx="2" fill="{_CYAN}" opacity=".3"/>'


def _bar(x: float, tall: float, lower: float = 0) -> str:
    """A light of `tall` units, `lower` than the middle of the voice bar."""
    return "".join(
        f'<rect x="{x - wide / 2:.1f}" y="{_MIDDLE + lower - high / 2:.1f}" width="{wide}" height="{high:.1f}"'
        f' rx="{wide / 2}" {paint}/>'
        for wide, high, paint in (
            (16, tall + 8, _HAZE),
            (8.4, tall, f'fill="{_CYAN}"'),
            (3.6, max(tall - 4, 1), 'fill="#dcfcff"'),
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
            tuple(_mouth(mouth) for mouth in MOUTHS),
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
