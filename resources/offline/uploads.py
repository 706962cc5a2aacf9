"""Offline, nothing is uploaded: a file's address is its place in the library."""

from pathlib import Path

from resources.library import Library
from resources.seams import Cell, Media, Upload
from resources.show.model import Character


class OfflineUploads:
    """An `UploadDesk` whose URLs are `file:` addresses of the library. They never expire and cost nothing."""

    def __init__(self, library: Library, show_folder: Path) -> None:
        self._library = library
        self._show_folder = show_folder

    def voice(self, track: Media, *, cell: Cell) -> Upload:  # noqa: ARG002  (no caps here to count by cell)
        """The address of a voice track, as it is."""
        return self._address(track)

    def portrait(
        self,
        character: Character,
        *,
        angle: str | None,
        width: int,  # noqa: ARG002  (a puppet or a picture is framed when it is drawn)
        height: int,  # noqa: ARG002
        cell: Cell,  # noqa: ARG002
    ) -> Upload | None:
        """The address of a character's picture; None for a puppet, which is drawn and needs none."""
        picture = character.angles.get(angle) if angle else None
        picture = picture or (None if character.puppet else character.image)
        return self._address(self._library.put(self._show_folder / picture)) if picture else None

    def _address(self, media: Media) -> Upload:
        return Upload(url=self._library.path(media).as_uri(), media=media)
