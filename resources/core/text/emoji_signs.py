"""Emoji in a text. The library that knows them all is loaded for a text that may hold one: it takes 6 MB.

What an emoji means for what is said or drawn is known where it is said or drawn.
"""

import re
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from emoji import Token

# All emoji hold one of these: © and ®, or something from ‼ on; keycaps have U+20E3. Quotes, dashes and … are none.
_PERHAPS: Final = re.compile("[\u00a9\u00ae\u203c-\U0010ffff]")


def is_emoji(sign: str) -> bool:
    """Whether a sign is an emoji, whole."""
    if not _PERHAPS.search(sign):
        return False
    import emoji  # noqa: PLC0415

    return bool(emoji.is_emoji(sign))


def replace_emoji(text: str, by: Callable[[str, dict[str, Any]], str]) -> str:
    """The text with `by` of each emoji and of what is known of it in the emoji's place."""
    if not _PERHAPS.search(text):
        return text
    import emoji  # noqa: PLC0415

    return emoji.replace_emoji(text, by)


def analyze(text: str) -> "Iterator[Token]":
    """The emoji of a text, and what stands between them: a token whose `value` is its `chars`."""
    import emoji  # noqa: PLC0415

    return emoji.analyze(text, non_emoji=True)
