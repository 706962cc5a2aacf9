"""Files that a person names in `show.yaml` or in an episode: they must be there, inside the show's folder."""

import re
from os.path import normpath
from pathlib import Path
from typing import Final

from PIL import Image

from resources.content.settings.fields import NO_SOUND
from resources.content.show import SoundChoice
from resources.core.copied_folders import origin_of
from resources.core.text.diagnostics import Mistakes, shorten
from resources.core.text.located_yaml import Marked

_ADDRESS: Final = re.compile(r"[a-z][a-z0-9+.-]+:/", re.IGNORECASE)  # a path keeps one slash of `https://`


def named_file(folder: Path, name: Path, what: str, line: int, mistakes: Mistakes) -> Path:
    """The absolute path of a file below `folder` (absolute, resolved); a mistake is added when it is not there.

    `what` is the kind of file as an error calls it: picture, sound.
    """
    path = below(folder, name)
    shown = shorten(name.as_posix(), 80)[1:-1]
    if _ADDRESS.match(name.as_posix()):
        mistakes.add(
            line, f"the {what} {shown} is an address", hint="copy the file into the show's folder, and name it"
        )
        return path
    try:
        outside, there = not path.resolve().is_relative_to(folder), path.is_file()
    except (OSError, RuntimeError) as error:  # links in a circle are a RuntimeError before Python 3.13
        why = getattr(error, "strerror", None) or "its links go round in a circle"
        mistakes.add(line, f"the {what} {shown} cannot be read", why=why, hint="name a file of the show")
        return path
    if outside:
        mistakes.add(line, f"the {what} {shown} is outside the show's folder", hint="copy it into it")
    elif not there:
        mistakes.add(line, f"there is no {what} {shown}", why="paths start at the folder of show.yaml")
    return path


def below(folder: Path, name: Path) -> Path:
    """Where a file lies below `folder`, also where its name is absolute, or leaves the folder and comes back.

    In a copy of a show's folder such a name speaks of the show's own.
    """
    own = Path(origin_of(folder) or folder)
    if name.is_absolute() or ".." in name.parts:
        for place in (Path(normpath(own / name)), (own / name).resolve()):
            for root in (own, own.resolve()):
                if place.is_relative_to(root):
                    return folder / place.relative_to(root)
    return folder / name


def check_overlay(path: Path, size: tuple[int, int], line: int, mistakes: Mistakes) -> None:
    """Add a mistake for an overlay that is not a PNG of the picture's size through which something is seen."""
    hint = f"save it as a PNG of {size[0]}x{size[1]} pixels with a transparent background"
    try:
        with Image.open(path) as picture:
            if picture.format != "PNG" or picture.size != size:
                found = f"it is {picture.format} of {picture.width}x{picture.height}"
                mistakes.add(line, f"the overlay {path.name} does not fit", why=found, hint=hint)
            elif picture.convert("RGBA").getchannel("A").getextrema()[0] == 255:
                mistakes.add(line, f"nothing is seen through the overlay {path.name}", hint=hint)
    except Image.DecompressionBombError:
        mistakes.add(line, f"the overlay {path.name} does not fit", why="it has more pixels than are opened", hint=hint)
    except (OSError, SyntaxError, ValueError):  # a damaged PNG is any of them
        mistakes.add(line, f"the overlay {path.name} is no picture", hint=hint)


def check_sounds(choice: SoundChoice, folder: Path, marked: Marked, mistakes: Mistakes) -> None:
    """Add a mistake for each sound file that is not there. Settings stand under `sound` of `marked`."""
    for name in SoundChoice.model_fields:
        path = getattr(choice, name)
        if path is not None and path != NO_SOUND:
            named_file(folder, path, "sound", marked.line(("sound", name)), mistakes)
