"""Where text that is written without spaces may be broken: Chinese, Japanese and Thai sentences into phrases."""

import re
import unicodedata
from functools import cache

import budoux

_KANA = re.compile(r"[\u3040-\u30ff]")
_THAI = re.compile(r"[\u0e00-\u0e7f]")
# Kana, Han and Thai; Hangul has spaces.
_UNSPACED = re.compile(r"[\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\u0e00-\u0e7f]")


def phrases_of(text: str) -> list[str]:
    """`text` in parts that may stand on different lines; one part where its script has spaces."""
    if not _UNSPACED.search(text):
        return [text]
    language = "th" if _THAI.search(text) else "ja" if _KANA.search(text) else "zh"
    return list(_parser(language).parse(text))


def columns(text: str) -> int:
    """How wide a text is in a player's captions: a Chinese letter counts for two."""
    return sum(2 if unicodedata.east_asian_width(letter) in "WF" else 1 for letter in text)


@cache
def _parser(language: str) -> budoux.Parser:
    return {
        "th": budoux.load_default_thai_parser,
        "ja": budoux.load_default_japanese_parser,
        "zh": budoux.load_default_simplified_chinese_parser,
    }[language]()
