"""Pictures of what was made, for Dagster's pages and the output folder: drawn once, kept in the library."""

from collections.abc import Callable, Sequence

import dagster as dg
from PIL import Image

from ninja_assets.cells.links import media_file
from resources.core.library import Library, recipe_key
from resources.core.recipes import Recipe
from resources.core.values import Media, Value, Word
from resources.media.picture.stills import poster, webp

# Pictures of another version are drawn anew. Raise it when `resources.media.picture.stills` draws otherwise, or when
# other words choose a poster's frame.
_VERSION = 4
_FILE_LIMIT = 1_000_000  # bytes of a picture that is opened as a file


class _Still(Value):
    picture: Media


def poster_of(library: Library, video: Media, words: Sequence[Word]) -> Media:
    """A good frame of a segment as WebP."""
    return kept(library, Recipe.POSTER, [video.sha256], lambda: poster(library.path(video), words))


def kept(
    library: Library,
    kind: Recipe,
    made_from: Sequence[object],
    draw: Callable[[], Image.Image],
    limit: int = _FILE_LIMIT,
) -> Media:
    """A picture by what it was made from: found in the library, or drawn and kept as WebP of at most `limit` bytes."""
    key = recipe_key(kind, version=_VERSION, made_from=list(made_from))
    still = library.memo(key, _Still, lambda: _Still(picture=library.put_bytes(webp(draw(), limit), ".webp")))
    return still.value.picture


def linked(picture: Media, name: str, leads_to: str) -> dg.MarkdownMetadataValue:
    """A picture as Dagster shows it inline: by its address on the same server, and where a click on it leads."""
    return dg.MetadataValue.md(f"[![{name}]({media_file(picture)})]({leads_to})")
