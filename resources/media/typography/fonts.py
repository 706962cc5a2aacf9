"""The fonts of captions and name tags: from wheels or `typefaces`, never from the system, chosen by what a text needs.

A new script (Cyrillic, CJK, …) is a line in `FONTS`, not a change of code. How text is drawn is the business of
`captions` and `overlays`.
"""

import re
import shutil
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import font_fredoka_one
import font_manrope
import noto_cjk_sans_jp_bold
from fontTools.ttLib import TTFont, TTLibError
from PIL import ImageFont

from resources.core.errors import ContentError

_SHAPING = "\u200c\u200e\u200f"  # no glyphs: keep Persian letters apart, give a line its direction
_BOLD = 600  # the weight from which on libass takes a font for a bold one
_MEASURE = 100  # pixels an em is measured at; widths scale linearly


@dataclass(frozen=True)
class Font:
    """A font file. `family` and `bold` are what libass and resvg find it by."""

    family: str
    path: Path
    bold: bool = False

    def covers(self, character: str) -> bool:
        """Whether the font has a glyph for this character (white space needs none)."""
        return character.isspace() or ord(character) in _coverage(self.path)

    def width(self, text: str, size: float) -> float:
        """How wide `text` is at `size` pixels an em."""
        return float(_ruler(self.path).getlength(text)) * size / _MEASURE

    @property
    def line(self) -> float:
        """Height of a line over its em: what libass takes for a font's size (its Windows ascent and descent)."""
        return _line(self.path)


# In order of preference. Fredoka One lacks č ş ğ, Cyrillic and Greek; Manrope has them. Rubik has Hebrew and Arabic,
# Noto Sans CJK Chinese, Japanese and Korean, both with Latin. `typefaces` holds what no wheel has as a static font.
FONTS = (
    Font("Fredoka One", Path(font_fredoka_one.font_files["FredokaOne"])),
    Font("Manrope", Path(font_manrope.font_files["ManropeBold"]), bold=True),
    Font("Rubik", Path(__file__).with_name("typefaces") / "Rubik-Bold.ttf", bold=True),
    Font("Noto Sans CJK JP", Path(str(noto_cjk_sans_jp_bold.FONT_PATH)), bold=True),
)


def font_for(text: str) -> Font:
    """The first font that has every letter and digit of `text`.

    Characters that are no letters (emoji, rare symbols) do not decide: `drawable` leaves them out. Raises ContentError
    when letters would be lost.
    """
    needed = {character for character in text if _carries_meaning(character)}
    for font in FONTS:
        if all(font.covers(character) for character in needed):
            return font
    lost = sorted(character for character in needed if not any(font.covers(character) for font in FONTS))
    raise ContentError(
        f"no font can show this text: {text[:60]!r}",
        why=f"no glyphs for {' '.join(lost[:20])}" if lost else "its letters are of scripts that no one font covers",
        mend="write it in letters that the fonts have, or add a font to FONTS in resources/media/fonts.py",
    )


def base_font(text: str, own: Font | None = None) -> Font:
    """The font that a text is set in but for what it lacks: the first that has most of its letters."""
    letters = [character for character in text if _carries_meaning(character)]
    fonts = ([own] if own else []) + list(FONTS)
    return next((font for font in fonts if sum(map(font.covers, letters)) * 2 > len(letters)), fonts[0])


def runs(text: str, base: Font) -> list[tuple[Font, str]]:
    """`text` in parts, each in one font: words that `base` lacks a letter of are set in a font that has them all.

    What no reader misses is left out (`drawable`). Raises ContentError when letters would be lost.
    """
    found: list[tuple[Font, str]] = []
    for word in re.findall(r"\s+|\S+", unicodedata.normalize("NFC", text)):
        for font, part in _in_one_font(word, base):
            shown = "".join(character for character in part if font.covers(character) or character in _SHAPING)
            if shown and found and found[-1][0] == font:
                found[-1] = (font, found[-1][1] + shown)
            elif shown:
                found.append((font, shown))
    return found


def set_width(text: str, base: Font, size: float) -> float:
    """How wide `text` is at `size` pixels an em, each run in its font."""
    return sum(font.width(part, size) for font, part in runs(text, base))


def font_of_file(path: Path) -> Font:
    """A font from a file of a show. Raises ContentError for one that cannot be read."""
    try:
        with TTFont(path, lazy=True) as file:
            return Font(str(file["name"].getBestFamilyName()), path, bold=file["OS/2"].usWeightClass >= _BOLD)
    except (TTLibError, OSError, KeyError) as error:
        raise ContentError("a font cannot be read", where=str(path), why=str(error)) from error


def _in_one_font(word: str, base: Font) -> list[tuple[Font, str]]:
    needed = [character for character in word if _carries_meaning(character)]
    for font in (base, *FONTS):
        if all(map(font.covers, needed)):
            return [(font, word)]
    return [(font_for(character) if _carries_meaning(character) else base, character) for character in word]


def drawable(text: str, font: Font) -> str:
    """`text` without what `font` cannot draw and no reader misses: emoji, their joiners, control characters."""
    normal = unicodedata.normalize("NFC", text)
    return "".join(character for character in normal if font.covers(character) or character in _SHAPING).strip()


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


@cache
def _ruler(path: Path) -> ImageFont.FreeTypeFont:
    return ImageFont.truetype(path, _MEASURE)
