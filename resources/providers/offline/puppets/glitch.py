"""Glitch: a white and pink cyborg with a screen for a face, pink hair, an antenna, and a picture that slips."""

from pathlib import Path

from resources.providers.offline.puppets.parts import MOUTH_LEVELS, Backdrop, Box, Eyes, Mouth, Part, Puppet

_PINK, _PALE = "#ff5fd2", "#ffe3f8"
_LOOK = Backdrop(deep="#150a2f", wall="#43206c", glow="#b044dd", first="#ff4fd0", second="#38c8ff", mic=-228)


def _line(width: float, opacity: float = 1, color: str = _PINK) -> str:
    return (
        f'fill="none" stroke="{color}" stroke-opacity="{opacity}" stroke-width="{width}" stroke-linecap="round"'
        ' stroke-linejoin="round"'
    )


def _neon(path: str, width: float) -> str:
    """A line of light: a haze, the tube, its core."""
    return "".join(
        f'<path d="{path}" {line}/>' for line in (_line(width * 2.5, 0.22), _line(width), _line(width * 0.36, 1, _PALE))
    )


def _eyes(state: Eyes) -> str:
    return "".join(f'<g transform="translate({side * 78},476)">{_eye(state, side)}</g>' for side in (-1, 1))


def _eye(state: Eyes, side: int) -> str:
    if state is Eyes.SHUT:
        lashes = f"M{side * 35},8 l{side * 22},10 M{side * 26},14 l{side * 14},16"
        return f'<ellipse cy="8" rx="66" ry="36" fill="url(#pink)"/>{_neon("M-40,4 Q0,26 40,4", 9)}{_neon(lashes, 5)}'
    halo = '<ellipse rx="74" ry="80" fill="url(#pink)"/>'
    if state is Eyes.HAPPY:
        return halo + _neon("M-42,18 Q0,-46 42,18", 12)
    wide = state is Eyes.WIDE
    ball = _ball(44 if wide else 40, 62 if wide else 54)
    if state is Eyes.HALF:
        lashes = f"M{side * 38},2 l{side * 26},-6 M{side * 38},8 l{side * 24},8"
        clip = f'<clipPath id="lid{side}"><rect x="-60" y="-2" width="120" height="70"/></clipPath>'
        return f'{clip}{halo}<g clip-path="url(#lid{side})">{ball}</g>{_neon("M-42,0 Q0,-8 42,0", 8)}{_neon(lashes, 5)}'
    lashes = f"M{side * 32},-38 l{side * 25},-19 M{side * 40},-21 l{side * 27},-10"
    return halo + ball + _neon(lashes, 6)


def _ball(rx: float, ry: float) -> str:
    return (
        f'<ellipse rx="{rx + 6}" ry="{ry + 6}" fill="#ff3fc4" opacity=".3"/>'
        f'<ellipse rx="{rx}" ry="{ry}" fill="url(#iris)"/>'
        f'<ellipse cy="3" rx="{rx * 0.64:.0f}" ry="{ry * 0.64:.0f}" fill="none" stroke="#fff" stroke-opacity=".5"'
        f' stroke-width="3"/><ellipse cy="3" rx="{rx * 0.48:.0f}" ry="{ry * 0.52:.0f}" fill="#47095c"/>'
        f'<ellipse cy="{ry * 0.3:.0f}" rx="{rx * 0.34:.0f}" ry="{ry * 0.2:.0f}" fill="#c42fb6" opacity=".8"/>'
        f'<circle cx="{-rx * 0.32:.0f}" cy="{-ry * 0.36:.0f}" r="{rx * 0.28:.1f}" fill="#fff"/>'
        f'<circle cx="{rx * 0.36:.0f}" cy="{ry * 0.34:.0f}" r="{rx * 0.16:.1f}" fill="#fff" opacity=".9"/>'
    )


_SHUT = "M-46,598 Q0,630 46,598"
_SMILE = "M-58,592 Q0,646 58,592 M-66,587 l9,9 M66,587 l-9,9"
_WIDTH = {Mouth.REST: 50.0, Mouth.SPREAD: 62.0, Mouth.ROUND: 33.0}  # half of the open mouth's width, in units


def _lips(shape: Mouth, level: int) -> str:
    if level == 0:
        return _neon(_SHUT, 7)
    share = level / (MOUTH_LEVELS - 1)
    wide = 46 + (_WIDTH[shape] - 46) * min(1.0, 0.35 + share)
    deep = 12 + (70 if shape is Mouth.ROUND else 62) * share
    top = 597 - 6 * share
    outline = _round_lips(wide, top, deep) if shape is Mouth.ROUND else _smiling_lips(wide, top, deep)
    clip = f"mouth{shape}-{level}"
    return (
        f'<clipPath id="{clip}"><path d="{outline}"/></clipPath><path d="{outline}" fill="url(#mouthIn)"/>'
        f'<g clip-path="url(#{clip})"><ellipse cy="{top + deep + 3:.1f}" rx="{wide * 0.62:.1f}"'
        f' ry="{4 + 22 * share:.1f}" fill="#ff6fa8"/><rect x="{-wide * 0.86:.1f}" y="{top - 4:.1f}"'
        f' width="{wide * 1.72:.1f}" height="{6 + 14 * share:.1f}" rx="5" fill="#fff"/></g>{_neon(outline, 6.5)}'
    )


def _round_lips(wide: float, top: float, deep: float) -> str:
    middle, high, low = top + deep / 2, top - 6, top + deep + 6
    return (
        f"M{-wide:.1f},{middle:.1f} C{-wide:.1f},{high:.1f} {wide:.1f},{high:.1f} {wide:.1f},{middle:.1f} "
        f"C{wide:.1f},{low:.1f} {-wide:.1f},{low:.1f} {-wide:.1f},{middle:.1f} Z"
    )


def _smiling_lips(wide: float, top: float, deep: float) -> str:
    low = top + deep * 1.18
    return (
        f"M{-wide:.1f},{top:.1f} Q0,{top + 9:.1f} {wide:.1f},{top:.1f} "
        f"C{wide * 0.92:.1f},{low:.1f} {-wide * 0.92:.1f},{low:.1f} {-wide:.1f},{top:.1f} Z"
    )


GLITCH = Puppet(
    name="glitch",
    artwork=Path(__file__).with_suffix(".svg"),
    backdrop=_LOOK,
    body=Part("body", Box(-450, 740, 450, 940)),
    head=(
        Part("hair", Box(-296, 150, 296, 756), hollow=Box(-126, 260, 126, 630), depth=-12),
        Part("neck", Box(-70, 686, 70, 800), depth=-10),
        Part("antenna", Box(216, 262, 308, 466), depth=-4, hinge=(228, 452), swing=1.3),
        Part("shell", Box(-270, 230, 270, 732), hollow=Box(-106, 392, 106, 596), depth=4),
        Part("screen", Box(-176, 308, 176, 694), depth=16),
        Part("scan", Box(-118, 362, 118, 420), depth=16, scan=220),
        Part("eyes", Box(-158, 392, 158, 560), tuple(_eyes(state) for state in Eyes), depth=22, gaze=9),
        Part(
            "mouth",
            Box(-86, 572, 86, 684),
            (*(_lips(shape, level) for shape in Mouth for level in range(MOUTH_LEVELS)), _neon(_SMILE, 7)),
            depth=22,
            drop=4,
        ),
        Part("fringe", Box(-256, 150, 256, 606), hollow=Box(-96, 424, 148, 620), depth=24),
    ),
    neck=(0.0, 770.0),
    mouth=Box(-70, 582, 70, 668),
    slips=True,
)
