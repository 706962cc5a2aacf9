"""Each run of letters is drawn by a font that has them; signs that carry meaning are drawn as they are written."""

import pytest
from PIL import Image, ImageDraw

from resources.content.new_show import first_words
from resources.core.errors import ContentError
from resources.core.values import Word
from resources.media.layouts import LAYOUTS, Area
from resources.media.typography.caption_styles import STYLES
from resources.media.typography.captions import ass, overflows
from resources.media.typography.fonts import FONTS, drawable, font_for, write_on
from resources.media.typography.phrases import phrases_of

_SCRIPTS = {
    "de": "Fredoka One",
    "pl": "Fredoka One, Manrope",
    "el": "Manrope",
    "uk": "Manrope",
    "hi": "Noto Sans Devanagari",
    "th": "Noto Sans Thai",
    "ar": "Rubik",
    "he": "Rubik",
    "ja": "Noto Sans CJK JP",
    "ko": "Noto Sans CJK JP",
    "zh": "Noto Sans CJK JP",
}


@pytest.mark.parametrize("language", _SCRIPTS)
def test_a_language_is_drawn_whole_in_the_font_of_its_script(language: str) -> None:
    for line in first_words(language):
        font = font_for(line)
        assert font.family in _SCRIPTS[language]
        assert drawable(line, font) == line


@pytest.mark.parametrize("sign", "₹₩₽₿≈≥≤→√№★€°½")
@pytest.mark.parametrize("words", ["costs 5", "kosztuje ś", "कीमत", "ราคา", "السعر", "値段", "가격"])
def test_a_sign_is_drawn_as_it_is_written_in_every_script(sign: str, words: str) -> None:
    text = f"{words} {sign}5"
    font = font_for(text)
    assert drawable(text, font) == text
    assert "".join(part for _, part in font.runs(text)) == text
    assert all(one.has(letter) or letter.isspace() for one, part in font.runs(text) for letter in part)


def test_emoji_are_nobodys_and_change_no_font() -> None:
    assert font_for("Hi 🎉❤️👩‍🚀") is FONTS[0]
    assert drawable("Hi 🎉", FONTS[0]) == "Hi"


def test_several_scripts_of_one_line_each_have_their_font() -> None:
    font = font_for("हिन्दी und สวัสดี, 日本")
    assert [(one.family, part) for one, part in font.runs("हिन्दी und สวัสดี, 日本")] == [
        ("Noto Sans Devanagari", "हिन्दी und "),
        ("Noto Sans Thai", "สวัสดี"),
        ("Noto Sans Devanagari", ", "),
        ("Noto Sans CJK JP", "日本"),
    ]
    assert font.width("हि日", 100) == pytest.approx(font_for("हि").width("हि", 100) + font_for("日").width("日", 100))


def test_letters_that_no_font_has_are_refused() -> None:
    with pytest.raises(ContentError, match="no font can show"):
        font_for("አዲስ")


def test_captions_name_the_font_of_each_run() -> None:
    words = [Word(text="कीमत", start=0, end=1), Word(text="₿5", start=1, end=2)]
    area = Area(x=0, y=0, width=900, height=300)
    sheet = ass(words, STYLES["classic"], color="#22d3ee", size=(1080, 1920), places=[(0, area)], fps=30)
    assert sheet is not None
    assert r"{\fnManrope\fs" in sheet.document
    assert r"}5" in sheet.document


def test_a_thai_sentence_is_broken_between_phrases() -> None:
    text = "วันนี้อากาศดีมากและเราจะพูดถึงเรื่องเกมใหม่ที่น่าสนใจ"
    assert len(phrases_of(text)) > 2
    words = [Word(text=text, start=0, end=4)]
    assert (
        overflows(
            words, STYLES["classic"], size=(1080, 1920), places=[(0, Area(x=0, y=0, width=700, height=400))], fps=30
        )
        == ()
    )


@pytest.mark.parametrize("language", _SCRIPTS)
def test_captions_of_a_language_stand_in_every_layout_by_their_ink(language: str) -> None:
    words = [Word(text=text, start=at, end=at + 1) for at, text in enumerate(" ".join(first_words(language)).split())]
    for layout in LAYOUTS.values():
        for shape, arrangement in layout.formats.items():
            places = [(0, arrangement.captions)]
            assert overflows(words, STYLES["karaoke"], size=shape.size, places=places, fps=30, language=language) == ()
            flat = [(0, arrangement.captions.model_copy(update={"height": 40}))]
            assert overflows(words, STYLES["karaoke"], size=shape.size, places=flat, fps=30, language=language)


@pytest.mark.parametrize("anchor", ["la", "ra", "mm"])
def test_a_line_of_several_fonts_stands_where_one_of_a_single_font_would(anchor: str) -> None:
    boxes = []
    for text in ("Price A5", "Price ★5"):
        picture = Image.new("L", (600, 200))
        font = font_for(text)
        write_on(ImageDraw.Draw(picture), (300, 100), text, font, 40, anchor=anchor, fill=255)  # type: ignore[arg-type]
        boxes.append(picture.getbbox())
    plain, mixed = boxes
    assert plain is not None
    assert mixed is not None
    assert abs(plain[1] - mixed[1]) < 16
    assert abs(plain[3] - mixed[3]) < 16
