"""The studio around a puppet, as SVG: wall, screens, neon, and in front the desk with its microphone.

Glows are gradients, not blurs: a blur over a whole pane costs a second of CPU.
"""

from random import Random

from resources.providers.offline.puppets.parts import Backdrop, Box, dice

DESK_TOP = 908.0  # units: the line where the desk begins
_PAD = "M-62,-34 C-74,-34 -82,-26 -85,-12 L-96,30 C-100,50 -78,58 -66,42 L-48,20 L48,20 L66,42 C78,58 100,50 96,30 \
L85,-12 C82,-26 74,-34 62,-34 Z"


def scene_defs(look: Backdrop) -> str:
    """The gradients of the studio."""

    def disc(name: str, color: str, alpha: float) -> str:
        return (
            f'<radialGradient id="{name}"><stop offset="0" stop-color="{color}" stop-opacity="{alpha}"/>'
            f'<stop offset=".45" stop-color="{color}" stop-opacity="{alpha * 0.38:.3f}"/>'
            f'<stop offset="1" stop-color="{color}" stop-opacity="0"/></radialGradient>'
        )

    return (
        disc("halo", look.glow, 0.85)
        + disc("pool1", look.first, 0.5)
        + disc("pool2", look.second, 0.5)
        + f'<linearGradient id="wall" x2="0" y2="1"><stop offset="0" stop-color="{look.wall}"/>'
        f'<stop offset="1" stop-color="{look.deep}"/></linearGradient>'
        '<linearGradient id="fade" x2="0" y2="1"><stop offset="0" stop-color="#04050d" stop-opacity=".55"/>'
        '<stop offset=".25" stop-color="#04050d" stop-opacity="0"/>'
        '<stop offset=".8" stop-color="#04050d" stop-opacity="0"/>'
        '<stop offset="1" stop-color="#04050d" stop-opacity=".5"/></linearGradient>'
        '<linearGradient id="glass" x2=".3" y2="1"><stop offset="0" stop-color="#fff" stop-opacity=".10"/>'
        '<stop offset=".5" stop-color="#fff" stop-opacity=".02"/>'
        '<stop offset="1" stop-color="#fff" stop-opacity=".05"/></linearGradient>'
        '<linearGradient id="top" x2="0" y2="1"><stop offset="0" stop-color="#7d86c9"/>'
        '<stop offset=".14" stop-color="#3b4277"/><stop offset="1" stop-color="#191d3c"/></linearGradient>'
        '<linearGradient id="front" x2="0" y2="1"><stop offset="0" stop-color="#181c3a"/>'
        '<stop offset="1" stop-color="#0b0d20"/></linearGradient>'
        '<linearGradient id="steel"><stop offset="0" stop-color="#0d1024"/><stop offset=".35" stop-color="#8c95c8"/>'
        '<stop offset=".6" stop-color="#2b3055"/><stop offset="1" stop-color="#0d1024"/></linearGradient>'
        '<radialGradient id="foam" cx=".36" cy=".28" r=".85"><stop offset="0" stop-color="#5d669f"/>'
        '<stop offset=".5" stop-color="#282d52"/><stop offset="1" stop-color="#0e1126"/></radialGradient>'
    )


def wall(look: Backdrop, box: Box) -> str:
    """The wall that fills `box` (units): panels, screens, tubes of neon, the light behind the head."""
    wide, tall = box.right - box.left, box.bottom - box.top
    full = f'x="{box.left}" y="{box.top}" width="{wide}" height="{tall}"'
    return (
        f'<rect {full} fill="url(#wall)"/>'
        + _panels(box)
        + '<ellipse cx="0" cy="470" rx="620" ry="600" fill="url(#halo)"/>'
        + _screens(look, box)
        + _tube(-296, 44, 640, look.first, "pool1")
        + _tube(296, 44, 640, look.second, "pool2")
        + _bokeh(look, box)
        + '<ellipse cx="-330" cy="905" rx="520" ry="210" fill="url(#pool1)" opacity=".55"/>'
        '<ellipse cx="330" cy="905" rx="520" ry="210" fill="url(#pool2)" opacity=".55"/>'
        f'<rect {full} fill="url(#fade)"/>'
    )


def desk(look: Backdrop, box: Box) -> str:
    """The desk and the microphone, in front of the body. Its front stays calm: name tags lie over it."""
    wide = box.right - box.left
    side = -1 if look.mic < 0 else 1
    return (
        f'<rect x="{box.left}" y="{DESK_TOP}" width="{wide}" height="{box.bottom - DESK_TOP}" fill="url(#front)"/>'
        f'<rect x="{box.left}" y="{DESK_TOP}" width="{wide}" height="36" fill="url(#top)"/>'
        f'<ellipse cx="0" cy="{DESK_TOP + 17}" rx="330" ry="15" fill="{look.glow}" opacity=".16"/>'
        f'<rect x="{box.left}" y="{DESK_TOP + 30}" width="{wide}" height="26" fill="{look.first}" opacity=".10"/>'
        f'<rect x="{box.left}" y="{DESK_TOP + 36}" width="{wide}" height="14" fill="{look.first}" opacity=".22"/>'
        f'<rect x="{box.left}" y="{DESK_TOP + 40}" width="{wide}" height="5" fill="{look.first}"/>'
        f'<rect x="{box.left}" y="{DESK_TOP + 41.5}" width="{wide}" height="1.6" fill="#fff" opacity=".75"/>'
        + _microphone(look.mic, side, look.first if side < 0 else look.second)
    )


def _panels(box: Box) -> str:
    # Acoustic panels: bevelled squares, seen only where light falls.
    size = 90.0
    first = int(box.left // size)
    columns = range(first, int(box.right // size) + 1)
    rows = range(int(box.top // size), int(DESK_TOP // size) + 1)
    return "".join(
        f'<path d="M{column * size + 4},{row * size + 86} v-82 h82" fill="none" stroke="#fff" stroke-opacity=".03"'
        ' stroke-width="3"/>'
        f'<path d="M{column * size + 86},{row * size + 6} v80 h-80" fill="none" stroke="#000" stroke-opacity=".11"'
        ' stroke-width="3"/>'
        for column in columns
        for row in rows
    )


def _tube(x: float, top: float, bottom: float, color: str, glow: str) -> str:
    long, middle = bottom - top, (top + bottom) / 2
    caps = "".join(
        f'<rect x="{x - 9}" y="{y}" width="18" height="22" rx="5" fill="#151833" stroke="#3d4474" stroke-width="2"/>'
        for y in (top - 14, bottom - 8)
    )
    return (
        f'<ellipse cx="{x}" cy="{middle}" rx="190" ry="{long * 0.66}" fill="url(#{glow})" opacity=".75"/>'
        f'<ellipse cx="{x}" cy="{middle}" rx="46" ry="{long * 0.56}" fill="url(#{glow})"/>'
        f'<rect x="{x - 8}" y="{top - 2}" width="16" height="{long + 4}" rx="8" fill="{color}" opacity=".4"/>'
        f'<rect x="{x - 5}" y="{top}" width="10" height="{long}" rx="5" fill="{color}"/>'
        f'<rect x="{x - 2}" y="{top + 5}" width="4" height="{long - 10}" rx="2" fill="#fff" opacity=".9"/>{caps}'
    )


def _screens(look: Backdrop, box: Box) -> str:
    places = [Box(-238, 14, 238, 168), Box(-560, 52, -338, 268), Box(-600, 300, -338, 560)]
    places += [Box(338, 40, 600, 300), Box(338, 332, 560, 560)]
    far = [Box(-930, 110, -640, 470), Box(640, 90, 930, 430)]
    shown = places + [place for place in far if box.right > 640]
    colors = (look.second, look.second, look.first, look.second, look.first, look.first, look.second)
    painters = (_pad, _code, _chart, _code, _rings, _code, _chart)
    return "".join(
        _screen(place, color, painters[index](place, look, dice(index)))
        for index, (place, color) in enumerate(zip(shown, colors, strict=False))
    )


def _screen(place: Box, color: str, content: str) -> str:
    wide, tall = place.right - place.left, place.bottom - place.top
    frame = f'x="{place.left}" y="{place.top}" width="{wide}" height="{tall}" rx="16"'
    return (
        f'<rect x="{place.left - 7}" y="{place.top - 7}" width="{wide + 14}" height="{tall + 14}" rx="22"'
        f' fill="{color}" opacity=".10"/>'
        f'<rect {frame} fill="#070a1c" fill-opacity=".62"/>'
        f"{content}"
        f'<rect {frame} fill="url(#glass)" stroke="{color}" stroke-opacity=".62" stroke-width="2.5"/>'
    )


def _code(place: Box, look: Backdrop, random: Random) -> str:
    lines = []
    y = place.top + 30
    while y < place.bottom - 20:
        indent = random.choice((0, 0, 26, 52))
        x = place.left + 24 + indent
        long = random.uniform(0.25, 0.8) * (place.right - place.left - 60 - indent)
        color = random.choice((look.first, look.first, look.second, "#8b93d6"))
        lines.append(f'<rect x="{x}" y="{y}" width="{long:.0f}" height="8" rx="4" fill="{color}" opacity=".5"/>')
        if long < 110:
            lines.append(
                f'<rect x="{x + long + 12:.0f}" y="{y}" width="46" height="8" rx="4" fill="#8b93d6" opacity=".3"/>'
            )
        y += 27
    return "".join(lines)


def _chart(place: Box, look: Backdrop, random: Random) -> str:
    wide, tall = place.right - place.left, place.bottom - place.top
    count = 11
    step = (wide - 48) / count
    bars = []
    for index in range(count):
        high = (0.25 + 0.75 * random.random()) * (tall - 96)
        x = place.left + 24 + index * step
        bars.append(
            f'<rect x="{x:.1f}" y="{place.bottom - 24 - high:.1f}" width="{step - 7:.1f}" height="{high:.1f}" rx="4"'
            f' fill="{look.first if index % 3 else look.second}" opacity=".55"/>'
        )
    title = (
        f'<rect x="{place.left + 24}" y="{place.top + 24}" width="{wide * 0.42:.0f}" height="9" rx="4" fill="#aab2f0"/>'
    )
    return title + "".join(bars)


def _rings(place: Box, look: Backdrop, random: Random) -> str:
    x, y = (place.left + place.right) / 2, (place.top + place.bottom) / 2
    rings = "".join(
        f'<circle cx="{x}" cy="{y}" r="{radius}" fill="none" stroke="{look.second}" stroke-width="3" opacity=".6"'
        f' stroke-dasharray="{random.randint(30, 120)} {random.randint(8, 40)}"/>'
        for radius in (28, 50, 72, 92)
    )
    return rings + f'<circle cx="{x}" cy="{y}" r="10" fill="{look.first}"/>'


def _pad(place: Box, look: Backdrop, random: Random) -> str:
    x, y = (place.left + place.right) / 2, (place.top + place.bottom) / 2 - 14
    return (
        _code(Box(place.left, place.top, place.left + 150, place.bottom), look, random)
        + (
            f'<g transform="translate({x},{y}) scale(1.05)" fill="none" stroke-linecap="round">'
            f'<path d="{_PAD}" stroke="{look.second}" stroke-width="16" opacity=".18"/>'
            f'<path d="{_PAD}" stroke="{look.second}" stroke-width="5"/>'
            f'<path d="M-52,-8 h24 M-40,-20 v24" stroke="{look.first}" stroke-width="6"/>'
            f'<circle cx="36" cy="-14" r="6" fill="{look.first}"/>'
            f'<circle cx="54" cy="0" r="6" fill="{look.first}"/></g>'
        )
        + _code(Box(place.right - 150, place.top, place.right, place.bottom), look, random)
    )


def _bokeh(look: Backdrop, box: Box) -> str:
    random = dice(7)
    spots = []
    for _ in range(26):
        x, y = random.uniform(box.left, box.right), random.uniform(60, 860)
        radius, alpha = random.uniform(8, 30), random.uniform(0.05, 0.16)
        color = random.choice((look.first, look.second, "#ffffff"))
        spots.append(
            f'<circle cx="{x:.0f}" cy="{y:.0f}" r="{radius:.0f}" fill="{color}" fill-opacity="{alpha:.2f}"'
            f' stroke="{color}" stroke-opacity="{alpha * 0.9:.2f}" stroke-width="1.5"/>'
        )
    return "".join(spots)


def _microphone(x: float, side: int, color: str) -> str:
    foot, head = x + side * 70, x
    neck = (
        f"M{foot},{DESK_TOP + 8} C{foot - side * 4},{DESK_TOP - 50} {head + side * 62},{DESK_TOP - 62} "
        f"{head + side * 22},{DESK_TOP - 100}"
    )
    return (
        f'<ellipse cx="{foot}" cy="{DESK_TOP + 14}" rx="62" ry="13" fill="#0b0d20" opacity=".7"/>'
        f'<ellipse cx="{foot}" cy="{DESK_TOP + 8}" rx="50" ry="12" fill="url(#steel)"/>'
        f'<path d="{neck}" fill="none" stroke="#0c0f22" stroke-width="15" stroke-linecap="round"/>'
        f'<path d="{neck}" fill="none" stroke="#596198" stroke-width="5" stroke-linecap="round"/>'
        f'<g transform="translate({head},{DESK_TOP - 128}) rotate({-side * 36})">'
        '<rect x="-30" y="-50" width="60" height="94" rx="30" fill="url(#foam)" stroke="#0b0d20" stroke-width="3"/>'
        + "".join(
            f'<path d="M-27,{y} q27,12 54,0" fill="none" stroke="#0a0c1d" stroke-width="4"/>' for y in (-24, -8, 8)
        )
        + '<path d="M-19,-30 q8,-14 22,-13" fill="none" stroke="#fff" stroke-opacity=".5" stroke-width="5"'
        ' stroke-linecap="round"/>'
        f'<rect x="-31" y="20" width="62" height="9" fill="{color}"/>'
        '<rect x="-31" y="20" width="62" height="3" fill="#fff" opacity=".6"/></g>'
    )
