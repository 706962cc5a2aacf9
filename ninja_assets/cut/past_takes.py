"""Earlier performances of a segment, kept beside the current one: `sNN/takes.json` and `sNN/takes/<number>/`.

A take is another voice, another clip of the speaker or another shot; a new caption style is none. Files are links
into the library.
"""

import json
from pathlib import Path

from pydantic import TypeAdapter

from ninja_assets.cut.ingredients import SegmentMaterials, ShotMaterials
from resources.core.library import Library, recipe_key
from resources.core.values import Value
from resources.deliver.review_page import Take
from resources.media.escapes import write_text

FILE = "takes.json"


class KeptTake(Value):
    """A performance in the list. Its number counts from 1 in the order in which they were first in a cut."""

    number: int
    performance: str
    shown: Take


_LIST = TypeAdapter(list[KeptTake])


def keep_take(library: Library, folder: Path, materials: SegmentMaterials) -> tuple[Take, ...]:
    """Add the current performance to the list of its segment, and return the others, newest first.

    `folder` is the segment's; the paths of takes count from the episode's folder above it.
    """
    listed = read_takes(folder)
    performance = _performance(materials)
    if performance not in {each.performance for each in listed}:
        listed.append(_new(library, folder, materials, performance, len(listed) + 1))
        text = json.dumps([each.model_dump(mode="json") for each in listed], indent=1, ensure_ascii=False)
        write_text(folder / FILE, text + "\n")
    return tuple(each.shown for each in reversed(listed) if each.performance != performance)


def read_takes(folder: Path) -> list[KeptTake]:
    """The takes of a segment's folder; none where no cut was made yet."""
    path = folder / FILE
    return _LIST.validate_json(path.read_bytes()) if path.exists() else []


def _performance(materials: SegmentMaterials) -> str:
    """What tells one performance from another: the voice and the speaker's clip, or the shot's own file."""
    if isinstance(materials, ShotMaterials):
        return recipe_key("performance", shot=materials.footage.media)
    return recipe_key("performance", voice=materials.voice.audio, speaker=materials.speaker.video)


def _new(library: Library, folder: Path, materials: SegmentMaterials, performance: str, number: int) -> KeptTake:
    place = folder / "takes" / str(number)
    video = library.link(materials.composite.video, place / "segment.mp4")
    if isinstance(materials, ShotMaterials):
        source = library.link(materials.footage.media, place / f"shot{materials.footage.media.suffix}")
    else:
        source = library.link(materials.speaker.video, place / "speaker.mp4")
    return KeptTake(
        number=number,
        performance=performance,
        shown=Take(
            take=materials.take,
            text=materials.content.text,
            seconds=materials.composite.seconds,
            cost_usd=materials.worth_usd,
            video=video.relative_to(folder.parent).as_posix(),
            speaker=source.relative_to(folder.parent).as_posix(),
        ),
    )
