"""The fonts of captions and name tags: from wheels or `typefaces`, never from the system, chosen by what a text needs.

Each run of letters is drawn by a font that has them. A new script is a line in `FONTS`, not a change of code. How text
is drawn is the business of `captions` and `overlays`.
"""

import re
import shutil
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass, replace
from functools import cache, lru_cache
from pathlib import Path
from typing import Any, Literal

import font_fredoka_one
import font_manrope
import noto_cjk_sans_jp_bold
from fontTools.ttLib import TTFont, TTLibError
from PIL import ImageDraw, ImageFont

from resources.core.errors import ContentError
from resources.core.text.emoji_signs import is_emoji, replace_emoji

_SHAPING = "\u200c\u200e\u200f"  # no glyphs: keep Persian letters apart, give a line its direction
_BOLD = 600  # the weight from which on libass takes a font for a bold one
_MEASURE = 100  # pixels an em is measured at; widths scale linearly


@dataclass(frozen=True)
class Font:
    """A font file, and those that draw what it lacks. `family` and `bold` are what libass and resvg find it by."""

    family: str
    path: Path
    bold: bool = False
    others: tuple["Font", ...] = ()

    def has(self, character: str) -> bool:
        """Whether this one file has a glyph for this character."""
        return ord(character) in _coverage(self.path)

    def covers(self, character: str) -> bool:
        """Whether the character can be drawn, by this font or by one of the others (white space needs no glyph)."""
        return character.isspace() or any(font.has(character) for font in (self, *self.others))

    def runs(self, text: str) -> list[tuple["Font", str]]:
        """`text` in parts that one file draws each. White space, accents and joiners stay with what stands before."""
        if not self.others:
            return [(self, text)] if text else []
        parts: list[tuple[Font, str]] = []
        for character in text:
            before = parts[-1][0] if parts else self
            follows = character.isspace() or character in _SHAPING or unicodedata.category(character)[0] == "M"
            if follows and (character.isspace() or character in _SHAPING or before.has(character)):
                font = before
            else:
                font = next((each for each in (self, *self.others) if each.has(character)), self)
            if parts and font is before:
                parts[-1] = font, parts[-1][1] + character
            else:
                parts.append((font, character))
        return parts

    def width(self, text: str, size: float) -> float:
        """How wide `text` is at `size` pixels an em."""
        return sum(_length(font.path, part) for font, part in self.runs(text)) * size / _MEASURE

    @property
    def line(self) -> float:
        """Height of a line over its em: what libass takes for a font's size (its Windows ascent and descent)."""
        return _line(self.path)


_TYPEFACES = Path(__file__).with_name("typefaces")  # what no wheel has as a static font
# In order of preference. Fredoka One lacks č ş ğ, Cyrillic and Greek; Manrope has them, and the signs of currencies.
# Rubik has Hebrew and Arabic, Noto Sans CJK Chinese, Japanese and Korean, both with Latin, and the Noto Sans of a
# script that script. The last one's marks stand on charts and slates.
FONTS = (
    Font("Fredoka One", Path(font_fredoka_one.font_files["FredokaOne"])),
    Font("Manrope", Path(font_manrope.font_files["ManropeBold"]), bold=True),
    Font("Rubik", _TYPEFACES / "Rubik-Bold.ttf", bold=True),
    Font("Noto Sans Devanagari", _TYPEFACES / "NotoSansDevanagari-Bold.ttf", bold=True),
    Font("Noto Sans Thai", _TYPEFACES / "NotoSansThai-Bold.ttf", bold=True),
    Font("Noto Sans CJK JP", Path(str(noto_cjk_sans_jp_bold.FONT_PATH)), bold=True),
)


@lru_cache(maxsize=1024)
def font_for(text: str) -> Font:
    """The first font that has every letter and digit of `text`, with others for the signs that it lacks.

    Where no single one has them all, the one that has most, with others for the rest. Emoji are nobody's. Raises
    ContentError when letters would be lost.
    """
    normal = unicodedata.normalize("NFC", text)
    needed = {character for character in normal if _carries_meaning(character)}
    lost = sorted(character for character in needed if not any(font.has(character) for font in FONTS))
    if lost:
        raise ContentError(
            f"no font can show this text: {text[:60]!r}",
            why=f"no glyphs for {' '.join(lost[:20])}",
            hint="write it in letters that the fonts have, or add one to FONTS in resources/media/typography/fonts.py",
        )
    whole = next((font for font in FONTS if all(map(font.has, needed))), None)
    first = whole or max(FONTS, key=lambda font: sum(map(font.has, needed)))  # of equal ones the first
    wanted = {character for character in normal if unicodedata.category(character)[0] in "LNSP"}
    others: list[Font] = []
    for character in sorted(character for character in wanted if not is_emoji(character)):
        if not any(font.has(character) for font in (first, *others)):
            others += [font for font in FONTS if font.has(character)][:1]
    return replace(first, others=tuple(others)) if others else first


def base_font(text: str, own: Font | None = None) -> Font:
    """The font that a text is set in but for what it lacks: the first that has most of its letters."""
    letters = [character for character in text if _carries_meaning(character)]
    fonts = ([own] if own else []) + list(FONTS)
    return next((font for font in fonts if sum(map(font.has, letters)) * 2 > len(letters)), fonts[0])


def runs(text: str, base: Font) -> list[tuple[Font, str]]:
    """`text` in parts, each in one font: words that `base` lacks a letter of are set in a font that has them all.

    What no reader misses is left out (`drawable`). Raises ContentError when letters would be lost.
    """
    found: list[tuple[Font, str]] = []
    for word in re.findall(r"\s+|\S+", unicodedata.normalize("NFC", text)):
        for font, shown in _word_runs(word, base):
            if shown and found and (found[-1][0] == font or shown.isspace()):
                found[-1] = (found[-1][0], found[-1][1] + shown)
            elif shown:
                found.append((font, shown))
    return found


def set_width(text: str, base: Font, size: float) -> float:
    """How wide `text` is at `size` pixels an em, each run in its font."""
    return sum(font.width(part, size) for font, part in runs(text, base))


def set_ink(text: str, base: Font, size: float) -> float:
    """How high the ink of one line is at `size` pixels an em: a font's line has room for marks that few words have."""
    boxes = [_ruler(font.path).getbbox(part, anchor="ls") for font, part in runs(text, base)]
    above, below = (max((edge * box[side] for box in boxes), default=0.0) for edge, side in ((-1, 1), (1, 3)))
    return (above + below) * size / _MEASURE


def font_of_file(path: Path) -> Font:
    """A font from a file of a show. Raises ContentError for one that cannot be read."""
    try:
        with TTFont(path, lazy=True) as file:
            return Font(str(file["name"].getBestFamilyName()), path, bold=file["OS/2"].usWeightClass >= _BOLD)
    except (TTLibError, OSError, KeyError) as error:
        raise ContentError("a font cannot be read", where=str(path), why=str(error)) from error


@lru_cache(maxsize=4096)  # a caption's words are looked at in every line that they could stand in
def _word_runs(word: str, base: Font) -> tuple[tuple[Font, str], ...]:
    """A word in parts, each in one font, without what that font cannot draw."""
    parts = _word_font(word, base).runs(_without_emoji(word, base))
    alone = [(replace(font, others=()), part) for font, part in parts]
    return tuple(
        (font, "".join(sign for sign in part if font.covers(sign) or sign in _SHAPING)) for font, part in alone
    )


def _word_font(word: str, base: Font) -> Font:
    """The font of a whole word, with all others for what it lacks: signs, and letters of a word in two scripts."""
    letters = [character for character in word if _carries_meaning(character)]
    whole = next((font for font in (base, *FONTS) if all(map(font.has, letters))), None)
    if whole is None:
        font_for(word)  # raises for letters that no font has
    first = whole or base
    return replace(first, others=tuple(font for font in (base, *FONTS) if font != first))


def _without_emoji(word: str, base: Font) -> str:
    """A word without the emoji, joined ones too, that its font has no letters of."""
    return replace_emoji(word, lambda found, _: found if all(map(base.has, found)) else "")


def write_on(
    draw: ImageDraw.ImageDraw,
    at: tuple[float, float],
    text: str,
    font: Font,
    size: int,
    *,
    anchor: Literal["la", "lm", "ra", "mm"],
    **style: Any,
) -> None:
    """Draw a line with Pillow, at `size` pixels an em; `anchor` and `style` are those of `ImageDraw.text`."""
    runs = font.runs(text)
    if len(runs) == 1:
        draw.text(at, text, font=ImageFont.truetype(runs[0][0].path, size), anchor=anchor, **style)
        return
    left = at[0] - {"l": 0.0, "m": 0.5, "r": 1.0}[anchor[0]] * font.width(text, size)
    base = baseline(font, size, at[1], anchor)
    for one, part in runs:
        draw.text((left, base), part, font=ImageFont.truetype(one.path, size), anchor="ls", **style)
        left += one.width(part, size)


def baseline(font: Font, size: int, y: float, anchor: str) -> float:
    """Where the letters of a line stand that is anchored at `y` by its upper edge (a) or its middle (m)."""
    ascent, descent = ImageFont.truetype(font.path, size).getmetrics()
    return y + ascent - (0 if anchor[1] == "a" else (ascent + descent) / 2)


def undrawable(text: str) -> str | None:
    """Why a text cannot be drawn, as it is written or in capitals; None for one that can."""
    try:
        font_for(text)
        font_for(text.upper())
    except ContentError as error:
        return error.why
    return None


def drawable(text: str, font: Font, *, strip: bool = True) -> str:
    """`text` without what `font` cannot draw and no reader misses: emoji, their joiners, control characters."""
    normal = unicodedata.normalize("NFC", text)
    shown = "".join(character for character in normal if font.covers(character) or character in _SHAPING)
    return shown.strip() if strip else shown


def lay_out(fonts: Iterable[Font], folder: Path) -> None:
    """Copy the files of `fonts` into `folder`, and nothing else: libass tries to load whatever lies there."""
    folder.mkdir()
    for font in fonts:
        shutil.copyfile(font.path, folder / font.path.name)


def _carries_meaning(character: str) -> bool:
    return unicodedata.category(unicodedata.normalize("NFC", character))[0] in "LN" if len(character) == 1 else False


@cache
def _coverage(path: Path) -> frozenset[int]:
    with TTFont(path, lazy=True) as file:
        return frozenset(file.getBestCmap())


@cache
def _line(path: Path) -> float:
    with TTFont(path, lazy=True) as file:
        metrics = file["OS/2"]
        return float((metrics.usWinAscent + metrics.usWinDescent) / file["head"].unitsPerEm)


@lru_cache(maxsize=4096)  # joining letters takes milliseconds where a script combines them
def _length(path: Path, text: str) -> float:
    """How wide a text in one font is at the size that is measured at."""
    return float(_ruler(path).getlength(text))


@cache
def _ruler(path: Path) -> ImageFont.FreeTypeFont:
    return ImageFont.truetype(path, _MEASURE)
