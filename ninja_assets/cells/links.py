"""Addresses of the server's own pages, as a cell's metadata links them. Relative: they hold under any name of it."""

from collections.abc import Iterable
from typing import Final
from urllib.parse import quote

import dagster as dg

from resources.core.names import CellKey, Mode
from resources.core.values import Media

DESK: Final = "/desk"
MEDIA: Final = f"{DESK}/media"


def episode_page(episode: str, mode: Mode) -> str:
    """The page of an episode in a mode."""
    return f"{DESK}/episodes/{quote(episode)}/{mode.value}"


def segment_page(cell: CellKey, mode: Mode, *, play: bool = False) -> str:
    """The page of an episode where it shows one segment; `play`: and plays it."""
    return f"{episode_page(cell.episode, mode)}{'?play=yes' if play else ''}#{cell.segment}"


def models_page(cell: CellKey, mode: Mode) -> str:
    """The page that shows a segment by several models, side by side."""
    return f"{episode_page(cell.episode, mode)}/models/{cell.segment}"


def media_file(media: Media) -> str:
    """A file of the library, by its content."""
    return f"{MEDIA}/{media.sha256}{media.suffix}"


def desk_links(episodes: Iterable[str], mode: Mode) -> dict[str, dg.UrlMetadataValue]:
    """Metadata that lead to the pages of episodes: one is called `desk`, several by their names."""
    names = list(dict.fromkeys(episodes))
    return {
        "desk" if len(names) == 1 else f"desk {name}": dg.MetadataValue.url(episode_page(name, mode)) for name in names
    }
