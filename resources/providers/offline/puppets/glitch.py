"""Glitch: a white and pink cyborg with a screen for a face, pink hair, an antenna, and a picture that slips."""

from pathlib import Path

from resources.providers.offline.puppets.parts import MOUTHS, SHUT, Backdrop, Box, Eyes, Lips, Mouth, Part, Puppet

_TONGUE = "#ff6fa8"
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
_PRESSED = "M-44,608 Q0,614 44,608 M-52,603 l6,5 M52,603 l-6,5"
_TOP = 596.0  # of an open mouth, in units


def _mouth(mouth: Mouth) -> str:
    if mouth == MOUTHS[SHUT]:
        return _neon(_SHUT, 7)
    if mouth.lips is Lips.SMILE:
        return _neon(_SMILE, 7)
    if mouth.lips is Lips.PRESSED:
        return _neon(_PRESSED, 8)
    return _open_mouth(mouth, MOUTHS.index(mouth))


def _open_mouth(mouth: Mouth, number: int) -> str:
    share, puckered = mouth.opening, max(0.0, -mouth.width)
    wide = (48 + 16 * max(0.0, mouth.width) - 26 * puckered) * (0.86 + 0.14 * share)
    deep = 13 + (62 - 12 * max(0.0, mouth.width) - 6 * puckered) * share
    top = _TOP - 6 * share + 8 * puckered * (1 - share)
    outline = _outline(wide, top, deep, puckered)
    inside = {
        Lips.FREE: _free_inside,
        Lips.TEETH: _teeth_inside,
        Lips.BITE: _bite_inside,
        Lips.TONGUE: _tongue_inside,
    }[mouth.lips](wide, top, deep, mouth)
    lower = _neon(f"M{-wide * 0.62:.1f},{top + deep * 0.78:.1f} q{wide * 0.62:.1f},9 {wide * 1.24:.1f},0", 8)
    return (
        f'<clipPath id="mouth{number}"><path d="{outline}"/></clipPath><path d="{outline}" fill="url(#mouthIn)"/>'
        f'<g clip-path="url(#mouth{number})">{inside}</g>{_neon(outline, 6.5)}'
        f"{lower if mouth.lips is Lips.BITE else ''}"
    )


def _outline(wide: float, top: float, deep: float, puckered: float) -> str:
    """A smile's opening, its corners high, that becomes a ring as it is puckered."""
    puckered = min(1.0, 1.7 * puckered)
    corner, low = top + deep * 0.5 * puckered, top + deep
    dip = top + 8 * (1 - puckered) - 2 * puckered  # the upper lip's middle
    above, below = corner - (corner - dip) * (1.1 - 0.54 * puckered), corner + (low - corner) * (0.86 - 0.3 * puckered)
    reach, foot = wide * 0.56, wide * (0.66 - 0.1 * puckered)
    return (
        f"M{-wide:.1f},{corner:.1f} C{-wide:.1f},{above:.1f} {-reach:.1f},{dip:.1f} 0,{dip:.1f} "
        f"C{reach:.1f},{dip:.1f} {wide:.1f},{above:.1f} {wide:.1f},{corner:.1f} "
        f"C{wide:.1f},{below:.1f} {foot:.1f},{low:.1f} 0,{low:.1f} "
        f"C{-foot:.1f},{low:.1f} {-wide:.1f},{below:.1f} {-wide:.1f},{corner:.1f} Z"
    )


def _band(wide: float, top: float, tall: float, color: str = "#fff") -> str:
    return f'<rect x="{-wide:.1f}" y="{top:.1f}" width="{2 * wide:.1f}" height="{tall:.1f}" rx="5" fill="{color}"/>'


def _free_inside(wide: float, top: float, deep: float, mouth: Mouth) -> str:
    puckered = max(0.0, -mouth.width)
    tall = 4 + 24 * mouth.opening
    tongue = f'<ellipse cy="{top + deep + 4:.1f}" rx="{wide * 0.64:.1f}" ry="{tall:.1f}" fill="{_TONGUE}"/>'
    teeth = _band(wide * 0.86, top - 4, (9 + 13 * mouth.opening) * (1 - 0.75 * puckered))
    return tongue + (teeth if puckered < 0.9 else "")


def _teeth_inside(wide: float, top: float, deep: float, mouth: Mouth) -> str:
    del mouth
    middle = top + deep * 0.56
    gap = f'<rect x="{-wide:.1f}" y="{middle - 2:.1f}" width="{2 * wide:.1f}" height="4" fill="#47095c"/>'
    edges = "".join(
        f'<rect x="{x - 1:.1f}" y="{top - 4:.1f}" width="2" height="{deep + 8:.1f}" fill="#47095c" opacity=".22"/>'
        for x in (-wide * 0.6, -wide * 0.3, 0.0, wide * 0.3, wide * 0.6)
    )
    return _band(wide, top - 6, deep + 12) + edges + gap


def _bite_inside(wide: float, top: float, deep: float, mouth: Mouth) -> str:
    del mouth
    return _band(wide * 0.8, top - 6, deep * 0.78 + 6)


def _tongue_inside(wide: float, top: float, deep: float, mouth: Mouth) -> str:
    tip, root, edge, bend = top + 7 + 5 * mouth.opening, top + deep + 6, wide * 0.5, wide * 0.3
    tongue = (
        f'<path d="M{-edge:.1f},{root:.1f} C{-edge:.1f},{tip + 6:.1f} {-bend:.1f},{tip:.1f} 0,{tip:.1f}'
        f' C{bend:.1f},{tip:.1f} {edge:.1f},{tip + 6:.1f} {edge:.1f},{root:.1f} Z" fill="{_TONGUE}"/>'
        f'<path d="M0,{tip + 8:.1f} V{top + deep:.1f}" stroke="#d94a86" stroke-width="3" stroke-linecap="round"/>'
    )
    return _band(wide * 0.86, top - 4, 10 + 8 * mouth.opening) + tongue


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
            tuple(_mouth(mouth) for mouth in MOUTHS),
            depth=22,
            drop=4,
        ),
        Part("fringe", Box(-256, 150, 256, 606), hollow=Box(-96, 424, 148, 620), depth=24),
    ),
    neck=(0.0, 770.0),
    mouth=Box(-70, 582, 70, 668),
    slips=True,
)
