"""Offline, nothing is uploaded: a file's address is its place in the library."""

from pathlib import Path

from resources.content.settings.characters import Character
from resources.core.library import Library
from resources.core.text.diagnostics import shown_path
from resources.core.values import Cell, Media, Upload
from resources.providers.offline.own_picture import open_picture


class OfflineUploads:
    """An `UploadDesk` whose URLs are addresses in the library. They never expire and cost nothing."""

    def __init__(self, library: Library, show_folder: Path) -> None:
        self._library = library
        self._show_folder = show_folder
        self._seen: set[tuple[str, int, int]] = set()  # pictures that can be drawn from, by content and pane

    def voice(self, track: Media, *, cell: Cell) -> Upload:  # noqa: ARG002  (no caps here to count by cell)
        """The address of a voice track, as it is."""
        return self._address(track)

    def portrait(
        self,
        character: Character,
        *,
        angle: str | None,
        width: int,
        height: int,
        cell: Cell,  # noqa: ARG002
    ) -> Upload | None:
        """The address of a character's picture; None for a puppet, which is drawn and needs none.

        Raises ContentError for a picture that cannot be drawn from: it is refused here, as by the paid desk, so that
        the cell that failed is the one that reads the file again.
        """
        picture = character.angles.get(angle) if angle else None
        picture = picture or (None if character.puppet else character.image)
        if picture is None:
            return None
        source = self._show_folder / picture
        media = self._library.put(source)
        shape = (media.sha256, width, height)
        if shape not in self._seen:
            open_picture(self._library.path(media), shown_path(source), width, height)
            self._seen.add(shape)
        return self._address(media)

    def reference(self, media: Media, *, cell: Cell) -> Upload:  # noqa: ARG002
        """The address of a file that a shot is made from."""
        return self._address(media)

    def _address(self, media: Media) -> Upload:
        return Upload(url=self._library.address(media), media=media)
