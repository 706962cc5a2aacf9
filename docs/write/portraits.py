"""`python -m docs.write.portraits [FOLDER]`: the puppets' portraits, which avatar models are given."""

import sys
from pathlib import Path

from PIL import Image

from resources.providers.offline.puppets import PUPPETS, portrait

_SIDE = 1200  # pixels: enough to be cropped to 1080 x 960 and to 960 x 1080
_KEPT = 0b11111100  # six bits of each colour keep a portrait under 500 kB, without the bands of a palette
_MIDDLE = 0b00000010


def coarse(picture: Image.Image) -> Image.Image:
    """A picture with six bits a colour."""
    return picture.point([value & _KEPT | _MIDDLE for value in range(256)] * 3)


def main(folder: Path, side: int = _SIDE) -> None:
    """Write one PNG of `side` x `side` pixels for each puppet into `folder`."""
    folder.mkdir(parents=True, exist_ok=True)
    for name in PUPPETS:
        coarse(portrait(name, side, side)).save(folder / f"{name}.png", optimize=True)


if __name__ == "__main__":
    main(Path(sys.argv[1]) if len(sys.argv) > 1 else Path("show/characters"))
