"""A character's picture as it is bought with: found in the show, or drawn, and prepared for the models.

Nothing is sent: an upload, a quote and an import all get the same file here.
"""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from resources.content.show import Character
from resources.core.errors import ContentError
from resources.core.library import Library
from resources.core.values import Media
from resources.media.picture.prepare import prepared

Still = Callable[[Character, int, int], Media]


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
        picture = (character.angles.get(angle) if angle else None) or character.image
        if picture is not None:
            source = self.show_folder / picture
            if not source.is_file():
                raise ContentError("a character's picture is missing", where=str(source), mend="put the file there")
            media, where = self.library.put(source), str(source)
        elif self.still is not None:
            media, where = self.still(character, width, height), f"the puppet of {character.name}"
        else:
            raise ContentError(
                f"{character.name} has no picture that a model could animate",
                where="show.yaml, characters",
                mend="give the character an `image` (a PNG or JPEG of at least 512 x 512 pixels)",
            )
        return prepared(self.library, media, width=width, height=height, where=where)
