"""A version of what an episode is made from: its files by content in the library, and a folder laid out from them.

Its manifest says which file lies where, below the folder of show.yaml; the hash of the manifest is the version's name.
Which files an episode needs is the caller's matter (`resources.models.loading`).
"""

import shutil
import tempfile
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path

from pydantic import BaseModel

from resources.core.copied_folders import stand_for
from resources.core.errors import ContentError
from resources.core.files import linked
from resources.core.library import Library
from resources.core.values import Media

_SUFFIX = ".json"


class Manifest(BaseModel):
    """The files of a version by their paths below the folder of show.yaml, with forward slashes."""

    files: dict[str, Media]


def keep(library: Library, folder: Path, files: Iterable[Path]) -> str:
    """Store files of a show's folder, and the manifest of them; returns the version's name. Raises MediaError, OSError.

    `files`: paths below `folder`.
    """
    listed = {path.as_posix(): library.put(folder / path) for path in sorted(set(files))}
    return library.put_bytes(Manifest(files=listed).model_dump_json().encode(), _SUFFIX).sha256


@contextmanager
def laid_out(library: Library, version: str, origin: str) -> Iterator[Path]:
    """A folder with the files of a version, to be read; it is gone afterwards. `origin`: whose copy it is, for errors.

    Raises ContentError for a version that is not in the library, MediaError for a file of it that is not whole.
    """
    media = library.media_named(version, _SUFFIX)
    if media is None:
        raise ContentError(
            f"the version {version[:12]} of the show is not in the library",
            where=origin,
            hint="materialize script again, with the episode",
        )
    manifest = Manifest.model_validate_json(library.path(media).read_bytes())
    with tempfile.TemporaryDirectory(prefix="ninja-show-") as temporary:
        folder = Path(temporary).resolve() / version[:12]
        folder.mkdir()
        stand_for(folder, origin)
        for name, file in manifest.files.items():
            target, source = folder / name, library.path(file)
            target.parent.mkdir(parents=True, exist_ok=True)
            if not linked(source, target):  # another disk
                shutil.copyfile(source, target)
        yield folder
