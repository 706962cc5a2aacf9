"""Whether anything is seen of a text. Signs that nobody sees come along when a text is copied from a page."""

import unicodedata
from typing import Final

# White space, control characters, and those that only tell how others are set: joiners, directions, tags.
_UNSEEN: Final = frozenset({"Zs", "Zl", "Zp", "Cc", "Cf"})
# What Unicode has among letters, marks and signs, and is drawn as nothing: fillers, selectors, the empty Braille cell.
_FILLERS: Final = frozenset(
    [*"\u034f\u115f\u1160\u17b4\u17b5\u2800\u3164\uffa0", *map(chr, (*range(0x180B, 0x1810), *range(0xFE00, 0xFE10)))]
    + [chr(code) for code in range(0xE0100, 0xE01F0)]
)


def is_blank(text: str) -> bool:
    """Whether nothing is seen of a text: it is empty, or has blanks and invisible signs only."""
    return all(sign in _FILLERS or unicodedata.category(sign) in _UNSEEN for sign in text)
