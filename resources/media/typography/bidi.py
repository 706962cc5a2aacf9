"""Which way a text is read. Hebrew and Arabic run leftwards, and so do the points, brackets and Latin words in them.

Who draws takes a line for one that runs rightwards, or goes by its first letter: what is said here is written into the
text, by marks that have no glyph.
"""

import unicodedata
from typing import Final

MARK: Final = "\u200f"  # a letter of a leftward script that is not seen: what follows is read from the right
_EMBED, _END = "\u202b", "\u202c"
_LEFTWARD: Final = ("R", "AL")


def leftwards(text: str) -> bool:
    """Whether a text is read from the right: its first letter or most of its letters are of such a script."""
    ways = [way for way in map(unicodedata.bidirectional, text) if way == "L" or way in _LEFTWARD]
    return bool(ways) and (ways[0] in _LEFTWARD or sum(way in _LEFTWARD for way in ways) * 2 > len(ways))


def embedded(text: str, *, leftward: bool | None = None) -> str:
    """A text as it is drawn by who takes every line for one that runs rightwards.

    `leftward`: how the line that it is a part of is read; else as it is read by itself.
    """
    return f"{_EMBED}{text}{_END}" if (leftwards(text) if leftward is None else leftward) else text


def marked(line: str, *, leftward: bool) -> str:
    """A line of a text that is read from the right, or not, for who goes by the first letter of each line."""
    first = next((way for way in map(unicodedata.bidirectional, line) if way == "L" or way in _LEFTWARD), None)
    return MARK + line if leftward and first not in _LEFTWARD else line
