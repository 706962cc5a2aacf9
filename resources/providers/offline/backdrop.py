"""The scene that stands where a shot from words will be: a city at night, drawn anew for each prompt, in its colour.

Two layers that move at different speeds, so that it reads as a moving picture. What is written over it: `slate`.
"""

from random import Random

import resvg_py

MARGIN = 1.16  # of the picture's width: the room in which the far layer moves
NEAR_MARGIN = 1.36  # and the near one, which moves faster


def far_layer(seed: int, color: str, width: int, height: int) -> bytes:
    """Sky, sun and the far skyline as PNG bytes, `MARGIN` times as wide as the picture."""
    random = Random(seed)  # noqa: S311  (a picture, no secret)
    wide = round(width * MARGIN)
    ground, sun = height * 0.66, min(width, height) * random.uniform(0.27, 0.34)
    x, y = wide * random.uniform(0.38, 0.62), ground - min(sun * 1.1, height * 0.3) * random.uniform(0.8, 1.1)
    stars = "".join(
        f'<circle cx="{random.uniform(0, wide):.0f}" cy="{random.uniform(0, ground * 0.8):.0f}" '
        f'r="{random.uniform(0.8, 2.6):.1f}" fill="#fff" opacity="{random.uniform(0.2, 0.8):.2f}"/>'
        for _ in range(90)
    )
    stripes = "".join(
        f'<rect x="{x - sun}" y="{y + sun * share:.1f}" width="{2 * sun}" height="{sun * 0.035 * (1 + 2 * share):.1f}" '
        'fill="#140b33"/>'
        for share in (0.05, 0.22, 0.38, 0.53, 0.67, 0.8)
    )
    return _png(
        wide,
        height,
        '<defs><linearGradient id="sky" x2="0" y2="1"><stop offset="0" stop-color="#070a1f"/>'
        f'<stop offset=".42" stop-color="#1b1147"/><stop offset=".62" stop-color="{color}" stop-opacity=".55"/>'
        '<stop offset=".63" stop-color="#0b0820"/><stop offset="1" stop-color="#05040f"/></linearGradient>'
        f'<radialGradient id="halo"><stop offset="0" stop-color="{color}" stop-opacity=".6"/>'
        f'<stop offset="1" stop-color="{color}" stop-opacity="0"/></radialGradient>'
        '<linearGradient id="sun" x2="0" y2="1"><stop offset="0" stop-color="#fff3c4"/>'
        f'<stop offset=".45" stop-color="{color}"/><stop offset="1" stop-color="#ff3d9a"/></linearGradient></defs>'
        f'<rect width="{wide}" height="{height}" fill="#070a1f"/>'
        f'<rect width="{wide}" height="{height}" fill="url(#sky)"/>'
        f'{stars}<circle cx="{x}" cy="{y}" r="{sun * 2.1}" fill="url(#halo)"/>'
        f'<circle cx="{x}" cy="{y}" r="{sun}" fill="url(#sun)"/>{stripes}'
        f'<rect y="{ground}" width="{wide}" height="{height - ground}" fill="#080619"/>'
        f"{_skyline(random, wide, ground, height * 0.22, '#1a1046', color, 0.3)}"
        f"{_floor(wide, height, ground, color)}",
    )


def near_layer(seed: int, color: str, width: int, height: int) -> bytes:
    """The near skyline, transparent above, as PNG bytes, `NEAR_MARGIN` times as wide as the picture."""
    random = Random(seed + 1)  # noqa: S311
    wide = round(width * NEAR_MARGIN)
    return _png(wide, height, _skyline(random, wide, height * 0.70, height * 0.34, "#0b0826", color, 0.85))


def _skyline(random: Random, wide: int, ground: float, tallest: float, wall: str, color: str, light: float) -> str:
    parts, left = [], -20.0
    while left < wide:
        across, high = wide * random.uniform(0.05, 0.11), tallest * random.uniform(0.35, 1)
        top = ground - high
        parts.append(
            f'<rect x="{left:.0f}" y="{top:.0f}" width="{across:.0f}" height="{high + 4:.0f}" fill="{wall}"/>'
            f'<rect x="{left:.0f}" y="{top:.0f}" width="{across:.0f}" height="3" fill="{color}" '
            f'opacity="{light * 0.7}"/>'
        )
        step = max(16.0, across / 6)
        parts += [
            f'<rect x="{left + column * step + 5:.0f}" y="{top + 16 + row * 26:.0f}" width="{step * 0.45:.0f}" '
            f'height="11" fill="{random.choice((color, "#8ad7ff", "#ffd9a0"))}" '
            f'opacity="{light * random.uniform(0.25, 0.95):.2f}"/>'
            for row in range(int((high - 20) // 26))
            for column in range(int((across - 10) // step))
            if random.random() < 0.36
        ]
        if light > 0.5 and random.random() < 0.45:  # a neon sign down the near walls
            edge, tall = left + across * random.uniform(0.2, 0.7), high * random.uniform(0.25, 0.5)
            glow = random.choice((color, "#ff4fd8", "#8ad7ff"))
            parts += [
                f'<rect x="{edge - grow:.0f}" y="{top + 24 - grow:.0f}" width="{14 + 2 * grow:.0f}" '
                f'height="{tall + 2 * grow:.0f}" rx="{7 + grow}" fill="{glow}" opacity="{strength}"/>'
                for grow, strength in ((22, 0.07), (12, 0.14), (5, 0.3), (0, 0.95))
            ]
        left += across + wide * random.uniform(0, 0.05 if light > 0.5 else 0.015)
    return "".join(parts)


def _floor(wide: int, height: int, ground: float, color: str) -> str:
    """A grid that runs to the horizon."""
    deep, middle = height - ground, wide / 2
    lines = [
        f'<path d="M{middle + offset * 26:.0f},{ground:.0f} L{middle + offset * wide * 0.22:.0f},{height}" '
        f'stroke="{color}" stroke-width="2.4" opacity=".5"/>'
        for offset in range(-14, 15)
    ]
    lines += [
        f'<path d="M0,{ground + deep * share:.0f} H{wide}" stroke="{color}" stroke-width="{1 + 3 * share:.1f}" '
        f'opacity="{0.2 + 0.5 * share:.2f}"/>'
        for share in (0.0, 0.03, 0.075, 0.14, 0.23, 0.35, 0.52, 0.74, 0.98)
    ]
    return "".join(lines)


def _png(width: int, height: int, content: str) -> bytes:
    svg = f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}">{content}</svg>'
    return bytes(resvg_py.svg_to_bytes(svg_string=svg, width=width, height=height, skip_system_fonts=True))
