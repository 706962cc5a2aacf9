"""Pictures of what was made, for Dagster's pages and the output folder: drawn once, kept in the library."""

from collections.abc import Callable, Sequence

import dagster as dg
from PIL import Image

from resources.core.library import Library, recipe_key
from resources.core.values import Media, Value, Word
from resources.media.picture.stills import METADATA_LIMIT, data_uri, poster, webp

# Pictures of another version are drawn anew. Raise it when `resources.media.picture.stills` draws otherwise.
_VERSION = 2
_FILE_LIMIT = 1_000_000  # bytes of a picture that is opened as a file


class _Still(Value):
    picture: Media


def poster_of(library: Library, video: Media, words: Sequence[Word]) -> Media:
    """A good frame of a segment as WebP."""
    return kept(library, "poster", [video.sha256], lambda: poster(library.path(video), words))


def kept(
    library: Library,
    kind: str,
    made_from: Sequence[object],
    draw: Callable[[], Image.Image],
    limit: int = _FILE_LIMIT,
) -> Media:
    """A picture by what it was made from: found in the library, or drawn and kept as WebP of at most `limit` bytes."""
    key = recipe_key(kind, version=_VERSION, made_from=list(made_from))
    still = library.memo(key, _Still, lambda: _Still(picture=library.put_bytes(webp(draw(), limit), ".webp")))
    return still.value.picture


def inline(library: Library, picture: Media, name: str) -> dg.MarkdownMetadataValue:
    """A picture as Dagster shows it inline: smaller than its file, where that is large."""
    shown, large = picture, library.path(picture)
    if picture.size > METADATA_LIMIT:
        shown = kept(library, "inline", [picture.sha256], lambda: Image.open(large), limit=METADATA_LIMIT)
    return dg.MetadataValue.md(f"![{name}]({data_uri(library.path(shown).read_bytes())})")
