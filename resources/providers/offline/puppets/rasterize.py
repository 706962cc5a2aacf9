"""SVGs drawn as PNG files; run as a program, those that it reads. It imports the renderer and nothing else of size.

`python rasterize.py` reads a JSON list of SVGs, and writes the lengths of their PNG files as a line of JSON, and the
files after it.
"""

import json
import sys
from functools import lru_cache

import resvg_py


@lru_cache(maxsize=64)
def png_of(svg: str) -> bytes:
    """Draw an SVG as a PNG file. It may hold no text: no font is looked for."""
    return bytes(resvg_py.svg_to_bytes(svg_string=svg, skip_system_fonts=True))


def main() -> None:
    """Draw the SVGs of stdin."""
    pngs = [png_of(svg) for svg in json.load(sys.stdin)]
    out = sys.stdout.buffer
    out.write(json.dumps([len(png) for png in pngs]).encode() + b"\n" + b"".join(pngs))


if __name__ == "__main__":
    main()
