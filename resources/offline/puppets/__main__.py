"""`python -m resources.offline.puppets [FOLDER]`: draw the puppets' portraits, as the avatar models are given them."""

import sys
from pathlib import Path

from PIL import Image

from resources.offline.puppets import PUPPETS, portrait

_SIDE = 1200  # pixels: enough to be cropped to 1080 x 960 and to 960 x 1080
_COLORS = 256  # a palette keeps a portrait under 500 kB


def main(folder: Path) -> None:
    """Write one PNG for each puppet into `folder`."""
    folder.mkdir(parents=True, exist_ok=True)
    for name in PUPPETS:
        portrait(name, _SIDE, _SIDE).quantize(_COLORS, dither=Image.Dither.FLOYDSTEINBERG).save(
            folder / f"{name}.png", optimize=True
        )


if __name__ == "__main__":
    main(Path(sys.argv[1]) if len(sys.argv) > 1 else Path("show/characters"))
