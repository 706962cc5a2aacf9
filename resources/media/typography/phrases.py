"""Where text that is written without spaces may be broken: Chinese and Japanese sentences into phrases."""

import re
import unicodedata
from functools import cache

import budoux

_KANA = re.compile(r"[\u3040-\u30ff]")
_UNSPACED = re.compile(r"[\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff]")  # kana and Han; Hangul has spaces


def phrases_of(text: str) -> list[str]:
    """`text` in parts that may stand on different lines; one part where its script has spaces."""
    if not _UNSPACED.search(text):
        return [text]
    return list(_parser(japanese=bool(_KANA.search(text))).parse(text))


def columns(text: str) -> int:
    """How wide a text is in a player's captions: a Chinese letter counts for two."""
    return sum(2 if unicodedata.east_asian_width(letter) in "WF" else 1 for letter in text)


@cache
def _parser(*, japanese: bool) -> budoux.Parser:
    return budoux.load_default_japanese_parser() if japanese else budoux.load_default_simplified_chinese_parser()
