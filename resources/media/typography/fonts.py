"""The fonts of captions and name tags: from wheels or `typefaces`, never from the system, chosen by what a text needs.

A new script (Cyrillic, CJK, …) is a line in `FONTS`, not a change of code. How text is drawn is the business of
`captions` and `overlays`.
"""

import shutil
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import font_fredoka_one
import font_manrope
import noto_cjk_sans_jp_bold
from fontTools.ttLib import TTFont
from PIL import ImageFont

from resources.core.errors import ContentError

_SHAPING = "\u200c\u200e\u200f"  # no glyphs: keep Persian letters apart, give a line its direction
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


def undrawable(text: str) -> str | None:
    """Why a text cannot be drawn, as it is written or in capitals; None for one that can."""
    try:
        font_for(text)
        font_for(text.upper())
    except ContentError as error:
        return error.why
    return None


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
