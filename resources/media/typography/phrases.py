"""Where text that is written without spaces may be broken: Chinese, Japanese and Thai sentences into phrases."""

import re
import unicodedata
from collections.abc import Iterator, Sequence
from functools import cache

import budoux

from resources.core.values import Word

_KANA = re.compile(r"[\u3040-\u30ff]")
_THAI = re.compile(r"[\u0e00-\u0e7f]")
# Kana, Han and Thai; Hangul has spaces.
_UNSPACED = re.compile(r"[\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\u0e00-\u0e7f]")


def phrases_of(text: str) -> list[str]:
    """`text` in parts that may stand on different lines; one part where its script has spaces."""
    if not unspaced(text):
        return [text]
    language = "th" if _THAI.search(text) else "ja" if _KANA.search(text) else "zh"
    return list(_parser(language).parse(text))


def unspaced(text: str) -> bool:
    """Whether a text is in a script that is written without spaces, and without hyphens."""
    return bool(_UNSPACED.search(text))


def spoken_phrases(word: Word) -> Iterator[Word]:
    """A word, or the phrases of a sentence that is one by its spaces, each for its share of the letters."""
    parts = phrases_of(word.text)
    yield from (
        word.model_copy(update={"text": text, **times}) for text, times in zip(parts, shares(word, parts), strict=True)
    )


def shares(word: Word, parts: Sequence[str]) -> Iterator[dict[str, float]]:
    """When each part of a word is spoken, by its share of the letters."""
    letters, start = max(1, sum(map(len, parts))), word.start
    for number, part in enumerate(parts):
        end = word.end if number == len(parts) - 1 else start + (word.end - word.start) * len(part) / letters
        yield {"start": start, "end": end}
        start = end


def columns(text: str) -> int:
    """How wide a text is in a player's captions: a Chinese letter counts for two."""
    if text.isascii():
        return len(text)
    return sum(2 if unicodedata.east_asian_width(letter) in "WF" else 1 for letter in text)


@cache
def _parser(language: str) -> budoux.Parser:
    return {
        "th": budoux.load_default_thai_parser,
        "ja": budoux.load_default_japanese_parser,
        "zh": budoux.load_default_simplified_chinese_parser,
    }[language]()
