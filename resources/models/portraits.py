"""A character's picture as it is bought with: found in the show, or drawn, and prepared for the models.

Nothing is sent: an upload, a quote and an import all get the same file here.
"""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from resources.content.settings.characters import Character
from resources.core.errors import ContentError
from resources.core.library import Library
from resources.core.text.diagnostics import shown_path
from resources.core.values import Media
from resources.media.picture.entry.prepare import SHORTEST_SIDE, prepared, shape_of

Still = Callable[[Character, int, int], Media]
IMAGE_HINT: Final = (
    f"give the character an `image` (a PNG or JPEG of at least {SHORTEST_SIDE} x {SHORTEST_SIDE} pixels)"
)


@dataclass(frozen=True)
class Portraits:
    """The characters' prepared pictures. `still` draws a puppet's portrait (character, width, height), if there is one.

    Nothing is sent: an upload, a quote and an import all get the same file here.
    """

    library: Library
    show_folder: Path
    still: Still | None = None

    def of(self, character: Character, *, angle: str | None, width: int, height: int) -> Media:
        """A character's picture for a `width` x `height` pane. ContentError if it has none that can be used."""
        original, where = self._original(character, angle, width, height)
        return prepared(self.library, original, width=width, height=height, where=where)

    def origin(self, image: Media, character: Character, *, angle: str | None, width: int, height: int) -> str | None:
        """What a prepared picture was made from, in words that no version of a tool changes: by them a key knows it.

        None for one that was made from another picture than the character has now.
        """
        if self.of(character, angle=angle, width=width, height=height) != image:
            return None
        original, _ = self._original(character, angle, width, height)
        return f"picture in {shape_of(width, height)} of sha256:{original.sha256}"

    def _original(self, character: Character, angle: str | None, width: int, height: int) -> tuple[Media, str]:
        """The picture as it lies in the show, or is drawn, and where that is."""
        picture = (character.angles.get(angle) if angle else None) or character.image
        if picture is not None:
            source = self.show_folder / picture
            if not source.is_file():
                raise ContentError(
                    "a character's picture is missing", where=shown_path(source), hint="put the file there"
                )
            return self.library.put(source), shown_path(source)
        if self.still is not None:
            return self.still(character, width, height), f"the puppet of {character.name}"
        raise ContentError(
            f"{character.name} has no picture that a model could animate",
            where="show.yaml, characters",
            hint=IMAGE_HINT,
        )
