"""The files that a shot is made from, in the form that its slots take, and what was measured of them.

A slot that wants a picture and is given a clip takes a frame of it: the last one to start from, else the first. A
picture that becomes a frame of the clip is cut to the episode's shape, because the clip takes its shape from it. What
can be seen through is laid on a plain background: models would turn it black.
"""

from pathlib import Path

from PIL import Image, UnidentifiedImageError

from resources.content.shots import Shot
from resources.content.show import Format
from resources.core.errors import ContentError
from resources.core.library import Library
from resources.core.text.diagnostics import shown_path
from resources.core.values import Media
from resources.media.endings import CLIPS
from resources.media.picture.entry.prepare import opaque, prepared, shape_of
from resources.media.picture.frames import frame_of
from resources.media.probe import video_facts
from resources.models.catalogue import MediaFacts


def is_clip(media: Media) -> bool:
    """Whether a file is a moving picture."""
    return media.suffix in CLIPS


def fitted(library: Library, shot: Shot, slot: str, media: Media, *, format: Format, where: str) -> Media:
    """A file as the slot of a shot takes it. Raises ContentError for one that cannot be used, naming `where`."""
    if slot in shot.clip_slots:
        return media
    picture = frame_of(library, media, last=slot == "start") if is_clip(media) else media
    if slot not in shot.frame_slots:
        return opaque(library, picture, where=where)
    width, height = format.size
    return prepared(library, picture, width=width, height=height, where=where)


def read_reference(library: Library, folder: Path, shot: Shot, slot: str, *, format: Format) -> Media:
    """The file of the show's folder that a slot refers to, as the slot takes it. Raises as `fitted`."""
    original, where = original_of(library, folder, shot, slot), shown_path(folder / shot.needs()[slot])
    return fitted(library, shot, slot, original, format=format, where=where)


def original_of(library: Library, folder: Path, shot: Shot, slot: str) -> Media:
    """The file of the show's folder that a slot refers to, as it is. Raises ContentError where there is none."""
    path = folder / shot.needs()[slot]
    if not path.is_file():
        raise ContentError(f"{slot}: there is no such file", where=shown_path(path), hint="put the file there")
    return library.put(path)


def form_of(shot: Shot, slot: str, original: Media, *, format: Format) -> str:
    """What `fitted` makes of a file, in words that no version of a tool changes: by them a key knows it."""
    taken = f"{'last' if slot == 'start' else 'first'} frame of " if is_clip(original) else ""
    shape = shape_of(*format.size) if slot in shot.frame_slots else "its own shape, opaque"
    return f"picture in {shape} of {taken}sha256:{original.sha256}"


def measured(library: Library, media: Media) -> MediaFacts:
    """What can be known of a file: its size, shape, and for a clip its length and rate. ContentError, MediaError."""
    path = library.path(media)
    if is_clip(media):
        facts = video_facts(path)
        return MediaFacts(
            suffix=media.suffix,
            size=media.size,
            seconds=facts.seconds,
            width=facts.width,
            height=facts.height,
            fps=facts.fps,
        )
    try:
        with Image.open(path) as picture:
            width, height = picture.size
    except (UnidentifiedImageError, OSError, Image.DecompressionBombError) as error:
        raise ContentError("a picture cannot be read", why=str(error), hint="save it as a PNG or JPEG again") from error
    return MediaFacts(suffix=media.suffix, size=media.size, width=width, height=height)
