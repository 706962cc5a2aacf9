"""Earlier performances of a segment, kept beside the current one: `sNN/takes.json` and `sNN/takes/<number>/`.

A take is another voice, another clip of the speaker or another shot; a new caption style is none. Its files are those
of the segment's folder while it is the current one, and stay when another takes their places there.
"""

import json
from pathlib import Path

from pydantic import TypeAdapter

from ninja_assets.cut.ingredients import Ingredients
from resources.core.files import write_text
from resources.core.library import Library, recipe_key
from resources.core.recipes import Recipe
from resources.core.values import Media, Value
from resources.deliver.review_page import Take

FILE = "takes.json"


class KeptTake(Value):
    """A performance in the list. Its number counts from 1 in the order in which they were first in a cut."""

    number: int
    performance: str
    shown: Take


_LIST = TypeAdapter(list[KeptTake])


def keep_take(library: Library, folder: Path, materials: Ingredients) -> None:
    """Add the current performance to the list of its segment; while it is current, its files are laid out each time.

    `folder` is the segment's, in which the files of the current take lie; `materials` are of the script's own format.
    """
    listed = read_takes(folder)
    performance = _performance(materials)
    known = next((each.number for each in listed if each.performance == performance), None)
    number = known or len(listed) + 1
    video, source = _laid_out(library, folder, materials, number)
    if known is None:
        take = Take(
            take=materials.take,
            text=materials.content.text,
            seconds=materials.composite.seconds,
            cost_usd=materials.worth_usd,
            video=video.relative_to(folder.parent).as_posix(),
            speaker=source.relative_to(folder.parent).as_posix(),
        )
        listed.append(KeptTake(number=number, performance=performance, shown=take))
        text = json.dumps([each.model_dump(mode="json") for each in listed], indent=1, ensure_ascii=False)
        write_text(folder / FILE, text + "\n")


def other_takes(folder: Path, materials: Ingredients) -> tuple[Take, ...]:
    """The performances of a segment besides the current one, newest first.

    `folder` is the segment's; the paths of takes count from the episode's folder above it.
    """
    current = _performance(materials)
    return tuple(each.shown for each in reversed(read_takes(folder)) if each.performance != current)


def read_takes(folder: Path) -> list[KeptTake]:
    """The takes of a segment's folder; none where no cut was made yet."""
    path = folder / FILE
    return _LIST.validate_json(path.read_bytes()) if path.exists() else []


def _performance(materials: Ingredients) -> str:
    """What tells one performance from another: the voice and the speaker's clip, or the shot's own file."""
    if materials.voice is None:
        return recipe_key(Recipe.PERFORMANCE, shot=materials.picture.media)
    return recipe_key(Recipe.PERFORMANCE, voice=materials.voice.audio, speaker=materials.picture.media)


def _laid_out(library: Library, folder: Path, materials: Ingredients, number: int) -> tuple[Path, Path]:
    """The files of a take: the segment as it is seen, and the speaker's clip or the shot."""
    place = folder / "takes" / str(number)

    def copied(media: Media, name: str) -> Path:
        return library.copy_to(media, place / name, beside=folder / name)

    video = copied(materials.composite.video, "segment.mp4")
    picture = materials.picture.media
    return video, copied(picture, f"{materials.kind_of_file}{picture.suffix}")
