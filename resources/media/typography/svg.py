"""SVG to pixels: a part of a drawing as a PNG, with the fonts that its words need and no others.

What is drawn is the business of `plates` and `overlays`. Two things cost here, both by measure: writing the PNG, by its
area whatever is on it (80 ms for an empty picture of 1080 x 1920), and reading fonts (30 ms for all of them).
"""

import resvg_py

from resources.media.typography.fonts import FONTS, Font

View = tuple[float, float, float, float]  # left, top, width, height in the drawing's units


def png_of(drawn: str, view: View, width: int, height: int) -> bytes:
    """What a drawing has in `view`, as a PNG (RGBA) of `width` x `height` pixels."""
    box = " ".join(f"{each:.6g}" for each in view)
    # resvg keeps the ratio of the sides that a drawing names, else that of its box.
    size = f'width="{width}" height="{height}" viewBox="{box}"'
    root = f'<svg xmlns="http://www.w3.org/2000/svg" {size} preserveAspectRatio="none">'
    return bytes(
        resvg_py.svg_to_bytes(
            svg_string=f"{root}{drawn}</svg>",
            width=width,
            height=height,
            skip_system_fonts=True,
            font_files=[str(font.path) for font in _needed(drawn)],
        )
    )


def _needed(drawn: str) -> list[Font]:
    """The fonts that a drawing names, and for what those lack the first that has it, as `fonts.font_for` chooses."""
    if "<text" not in drawn:
        return []
    needed = [font for font in FONTS if f'"{font.family}"' in drawn]
    for letter in sorted(set(drawn)):
        if not letter.isspace() and not any(font.has(letter) for font in needed):
            needed += [font for font in FONTS if font.has(letter)][:1]
    return needed
