import re
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from resources.content.show import Format
from resources.core.errors import ContentError
from resources.core.values import Word
from resources.media.ffmpeg import run
from resources.media.layouts import Area, arrangement, canvas
from resources.media.typography.caption_styles import STYLES, CaptionChanges, changed, style
from resources.media.typography.captions import Sheet, ass
from resources.media.typography.colours import GOLD, INK, told_apart
from resources.media.typography.fonts import FONTS, drawable, font_for, lay_out
from resources.media.typography.phrases import spoken_phrases
from resources.media.typography.subtitles import Spoken, srt, vtt
from tests.resources.media.footage import words

AREA = Area(x=80, y=850, width=920, height=190)
SIZE = (1080, 1920)


def sheet(text: str, name: str = "karaoke") -> Sheet | None:
    look = style(name)
    assert look is not None
    return ass(words(text), look, color="#22d3ee", size=SIZE, places=[(0, AREA)], fps=30)


def document(text: str, name: str = "karaoke") -> str:
    made = sheet(text, name)
    return made.document if made else ""


def lines(text: str, name: str = "karaoke") -> list[str]:
    """What each caption event shows, without its tags. An emoji's place is a drawing: U+25A1."""
    events = [line.split(",", 4)[4] for line in document(text, name).splitlines() if line.startswith("Dialogue: 0")]
    events = [re.sub(r"\{\\pbo\d+\\p\d\}[^{]*\{\\p0\}", "□", event) for event in events]
    return [re.sub(r"(?<!\\)\{[^}]*\}", "", event) for event in events]


def drawn(folder: Path, text: str, name: str = "classic", *, fonts: bool = True) -> np.ndarray:
    """The picture that libass makes of a caption on grey, at the second in which its first word is spoken."""
    made = sheet(text, name)
    assert made is not None
    return picture_of(folder, made, fonts=fonts)


def picture_of(folder: Path, made: Sheet, *, fonts: bool = True) -> np.ndarray:
    folder.mkdir()
    (folder / "c.ass").write_text(made.document, encoding="utf-8")
    lay_out(made.fonts if fonts else [], folder / "fonts")
    [spot] = made.places
    graph = f"color=0x808080:s={made.width}x{made.height}:r=30:d=0.2,ass=filename=c.ass:fontsdir=fonts"
    graph += f",pad=1080:1920:{spot.x}:{spot.y}:0x808080"
    raw = run(["-f", "lavfi", "-i", graph, "-frames:v", "1", "-f", "rawvideo", "-pix_fmt", "rgb24", "-"], cwd=folder)
    return np.frombuffer(raw, dtype=np.uint8).reshape(1920, 1080, 3).astype(int)


def test_karaoke_lights_one_word_after_the_other() -> None:
    assert lines("Oh my, it is big") == ["Oh my,"] * 2 + ["it is big"] * 3
    events = [line for line in document("Three delays").splitlines() if line.startswith("Dialogue")]
    assert [event.split(",")[1:3] for event in events] == [["0:00:00.00", "0:00:00.28"], ["0:00:00.28", "0:00:00.91"]]
    assert r"{\1c&HEED322&}Three{\1c&HFFFFFF&} delays" in events[0]
    assert r"Three {\1c&HEED322&}delays{\1c&HFFFFFF&}" in events[1]


def test_pop_shows_one_word_at_a_time() -> None:
    assert lines("Three delays and", "pop") == ["Three", "delays", "and"]


def test_classic_has_two_balanced_lines_at_most_and_ends_with_the_sentence() -> None:
    shown = lines("The price is $499.99, and it's not even the deluxe one. Next!", "classic")
    assert shown == [r"The price is $499.99,\Nand it's not even the deluxe one.", "Next!"]


def test_a_line_is_parted_where_it_is_read_best() -> None:
    """Not after an article, not before a number, and no word stands alone where another division has none."""
    text = "Starfall Kingdoms patch 2.1 is live, and the whole meta is on fire! Lantern Fox announced Moonmarket."
    assert list(dict.fromkeys(lines(text))) == [
        "Starfall Kingdoms",
        "patch 2.1 is live,",
        "and the whole meta",
        "is on fire!",
        "Lantern Fox",
        "announced",
        "Moonmarket.",
    ]


def test_no_picture_is_without_a_caption_for_a_moment() -> None:
    """A caption stays until the next one where the pause is short, and a shot's first one is there from its start."""
    times = [(0.2, 0.6), (1.2, 1.6), (2.1, 2.4), (3.2, 3.4)]
    spoken = [Word(text=f"{number}.", start=start, end=end) for number, (start, end) in enumerate(times)]
    look = STYLES["minimal"]
    made = ass(spoken, look, color="#22d3ee", size=SIZE, places=[(0, AREA), (60, AREA)], fps=30)
    assert made is not None
    assert made.redrawn == (0, 36, 59, 60, 83, 96, 113)


SENTENCES = st.lists(
    st.sampled_from(["I", "see,", "a", "long-winded", "Donaudampfschifffahrt", "end.", "新しい猫"]), max_size=40
).map(" ".join)


@pytest.mark.parametrize("name", list(STYLES))
@given(SENTENCES)
def test_no_caption_ever_has_a_third_line(name: str, text: str) -> None:
    shown = lines(text, name)
    assert max((line.count(r"\N") for line in shown), default=0) < STYLES[name].lines <= 2


@given(SENTENCES)
def test_no_subtitle_ever_has_a_third_line(text: str) -> None:
    turn = Spoken(start=0, name="Ninja", words=tuple(words(text)))
    for block in srt([turn]).split("\n\n"):
        assert len(block.strip().splitlines()) <= 2 + 2  # number, times, two lines
    for block in vtt([turn]).split("\n\n"):
        assert len(block.strip().splitlines()) <= 1 + 2


def test_off_is_a_style_and_an_unknown_one_is_refused_with_the_known_ones() -> None:
    assert style("off") is None
    with pytest.raises(ContentError, match="comic") as refusal:
        style("comic")
    assert "karaoke, pop, classic, box, word, keywords, typewriter, minimal, off" in str(refusal.value)


@pytest.mark.parametrize("name", list(STYLES))
@pytest.mark.parametrize(
    "text",
    [
        r"it's {\b1} 100% a:b \N \h {} \{ \} \\ end",
        "W" * 60 + " after",
        "Supercalifragilisticexpialidocious antidisestablishmentarianism 1,234,567,890.00",
    ],
)
def test_no_text_leaves_its_area(tmp_path: Path, name: str, text: str) -> None:
    changed = (np.abs(drawn(tmp_path / "page", text, name) - 128).max(axis=2) > 20).nonzero()
    margin = 30  # outline, or the plate's margin
    assert changed[0].size
    assert AREA.y - margin <= changed[0].min() <= changed[0].max() <= AREA.y + AREA.height + margin
    assert AREA.x - margin <= changed[1].min() <= changed[1].max() <= AREA.x + AREA.width + margin


def test_braces_and_backslashes_are_drawn_and_change_nothing_else(tmp_path: Path) -> None:
    tagged = drawn(tmp_path / "tagged", r"{\fs400}A")
    plain = drawn(tmp_path / "plain", "A")

    def size(picture: np.ndarray) -> tuple[int, int]:
        rows, columns = (np.abs(picture - 128).max(axis=2) > 20).nonzero()
        return int(np.ptp(rows)), int(np.ptp(columns))

    assert size(tagged)[0] == size(plain)[0]  # no taller: the tag was not obeyed
    assert size(tagged)[1] > size(plain)[1] * 3  # wider: its letters are there


def test_the_font_comes_from_the_wheel_and_not_from_the_system(tmp_path: Path) -> None:
    ours = drawn(tmp_path / "ours", "Handgloves", "pop")
    columns = np.flatnonzero(((ours[..., 1] > 180) & (ours[..., 0] < 90)).any(axis=0))
    em = STYLES["pop"].size * 1080
    expected = FONTS[0].width("Handgloves", em * 0.78)  # the first frame of the pop is at 78 %
    assert np.ptp(columns) == pytest.approx(expected, rel=0.04)
    assert (drawn(tmp_path / "none", "Handgloves", "pop", fonts=False) != ours).any()


def test_a_font_is_chosen_by_what_the_text_needs() -> None:
    assert font_for("Hello, ninjas! 🎮").family == "Fredoka One"
    assert font_for("Привет, čšğ").family == "Manrope"
    assert "Fontname" in document("Привет")
    assert "Style: Words,Manrope," in document("Привет")
    assert "Style: Words,Fredoka One," in document("One čaj more")  # a foreign word changes nobody else's face
    assert r"{\fnManrope\fs" in document("One čaj more")
    with pytest.raises(ContentError, match="no font can show") as refusal:
        font_for("ሰላም")
    assert "ላ ም ሰ" in str(refusal.value)


@pytest.mark.parametrize(
    ("text", "family"),
    [("שלום Patch", "Rubik"), ("مرحبا", "Rubik"), ("你好 1", "Noto Sans CJK JP"), ("안녕", "Noto Sans CJK JP")],
)
def test_other_scripts_have_fonts_too(text: str, family: str) -> None:
    assert font_for(text).family == family


def test_hebrew_runs_from_right_to_left_and_arabic_letters_join(tmp_path: Path) -> None:
    hebrew = drawn(tmp_path / "hebrew", "שלום לכולם", "karaoke")
    lit = np.flatnonzero(((hebrew[..., 1] > 180) & (hebrew[..., 0] < 90)).any(axis=0))
    white = np.flatnonzero((hebrew.min(axis=2) > 240).any(axis=0))
    assert lit.min() > white.max()  # the word that is spoken first stands on the right
    joined, apart = (
        drawn(tmp_path / name, text, "pop") for name, text in (("joined", "بيت"), ("apart", "ب\u200cي\u200cت"))
    )
    widths = [np.ptp(np.flatnonzero((picture[..., 1] > 180).any(axis=0))) for picture in (joined, apart)]
    assert widths[0] < 0.8 * widths[1]


def test_a_chinese_sentence_is_broken_into_phrases_without_spaces() -> None:
    shown = lines("今天我们来聊聊最新的游戏新闻，价格是449美元！", "classic")
    assert shown == [r"今天我们来聊聊最新的游戏\N新闻，价格是449美元！"]
    assert lines("今日は天気です。", "pop") == ["今日は", "天気です。"]
    assert "今天" in srt(
        [Spoken(start=0.0, name="Ninja", words=words("今天我们来聊聊最新的游戏新闻，价格是449美元！"))]
    )


def test_a_quiet_style_shows_no_emoji_and_a_word_of_emoji_alone_is_no_caption() -> None:
    assert drawable("wow🎮!", font_for("wow")) == "wow!"
    assert lines("Play 🎮 now 👩‍💻", "classic") == ["Play now"]
    assert "Dialogue" not in document("🎮 👾")
    assert "Dialogue" not in document("🎮 👾", "classic")


@pytest.mark.parametrize("place", ["top", "middle", "bottom"])
@pytest.mark.parametrize("shape", list(Format))
def test_a_large_caption_stands_in_its_room_wherever_in_it(tmp_path: Path, place: str, shape: Format) -> None:
    """A room of one line has no edge to move to: beside it are the headline and the names."""
    area, size = arrangement("videochat", shape).captions, canvas(shape)
    made = ass(words("HEY"), STYLES["word"], color="#22d3ee", size=size, places=[(0, area)], fps=30, place=place)
    assert made is not None
    [spot] = made.places
    moved = made.model_copy(update={"places": (spot.model_copy(update={"y": 800}),)})  # the band itself, in any picture
    white = picture_of(tmp_path / "band", moved).min(axis=2) > 240
    rows = np.flatnonzero(white.any(axis=1)) - 800 + spot.y
    assert area.y <= rows[0]
    assert rows[-1] < area.y + area.height


def test_an_emoji_has_its_place_beside_its_word_and_ends_no_sentence() -> None:
    assert lines("Play 🎮 now 👩‍💻", "keywords") == ["PLAY □ NOW □"]
    assert lines("Hot! 🔥🔥 So hot", "word") == ["HOT! □□", "SO", "HOT"]
    assert lines("🔥 So", "pop") == ["□ So"]


@pytest.mark.parametrize("name", [name for name, look in STYLES.items() if look.emoji and look.moves != "typed"])
def test_an_emoji_is_drawn_in_its_own_colours(tmp_path: Path, name: str) -> None:
    letters, emoji = drawn(tmp_path / "1", "a", name), drawn(tmp_path / "2", "a 🥶", name)  # blue and white
    blue = emoji[..., 2] - emoji[..., 0]
    assert ((blue > 60) & (emoji[..., 1] > 100)).sum() > 300 + ((letters[..., 2] - letters[..., 0]) > 60).sum()
    left, right = np.flatnonzero((np.abs(emoji - 128).max(axis=2) > 40).any(axis=0))[[0, -1]]
    assert abs((left + right) / 2 - 540) < 12  # it is set with its word


def test_an_emoji_is_typed_after_its_word() -> None:
    events = [line for line in document("So hot 🔥 now", "typewriter").splitlines() if line.startswith("Dialogue")]
    begun = {line.split(",")[1] for line in events if not line.startswith("Dialogue: 0")}
    assert begun == {"0:00:00.88"}  # when what stands for it ends


def test_every_shape_of_an_emoji_stands_in_one_place(tmp_path: Path) -> None:
    """Whichever way the line runs, its outline is even: where it were displaced, one side would have none."""
    for number, text in enumerate(("wow 🟥", "שלום 🟥")):
        picture = drawn(tmp_path / str(number), text, "keywords")
        red = (picture[..., 0] > 180) & (picture[..., 1] < 90) & (picture[..., 2] < 110)
        rows, columns = np.flatnonzero(red.any(axis=1)), np.flatnonzero(red.any(axis=0))
        row, column = (rows[0] + rows[-1]) // 2, (columns[0] + columns[-1]) // 2
        dark = picture.max(axis=2) < 60
        edges = [
            dark[row, columns[0] - 12 : columns[0]].sum(),
            dark[row, columns[-1] + 1 : columns[-1] + 13].sum(),
            dark[rows[0] - 12 : rows[0], column].sum(),
            dark[rows[-1] + 1 : rows[-1] + 13, column].sum(),
        ]
        assert min(edges) >= 4
        assert max(edges) - min(edges) <= 2


def test_a_pause_ends_a_caption() -> None:
    spoken = (Word(text="Wait", start=0.0, end=0.3), Word(text="what?", start=2.0, end=2.4))
    look = STYLES["karaoke"]
    made = ass(spoken, look, color="#22d3ee", size=SIZE, places=[(0, AREA)], fps=30)
    assert made is not None
    events = [line.split(",")[1:3] for line in made.document.splitlines() if line.startswith("Dialogue")]
    assert events == [["0:00:00.00", "0:00:00.65"], ["0:00:01.98", "0:00:02.75"]]  # half a frame early
    assert made.redrawn == (0, 20, 60, 83)


TURNS = [
    Spoken(start=0.0, name="Ninja", words=words("Patch 2.1 is <here> & it breaks the whole meta wide open tonight")),
    Spoken(start=3661.5, name="Glitch", words=words("Привет 🎮 No refunds.")),
]


def test_srt_counts_its_captions_in_the_time_of_the_whole_cut() -> None:
    blocks = srt(TURNS).strip().split("\n\n")
    assert blocks[0].splitlines()[:2] == ["1", "00:00:00,000 --> 00:00:04,220"]
    assert blocks[-1] == "2\n01:01:01,500 --> 01:01:03,020\nПривет 🎮 No refunds."
    assert all(len(line) <= 42 for block in blocks for line in block.splitlines()[2:])


def test_a_caption_ends_where_the_next_turns_first_one_begins() -> None:
    turns = [Spoken(start=start, name="Ninja", words=words("one two", start=0.06)) for start in (0.0, 0.7)]
    first, second = srt(turns).strip().split("\n\n")
    assert first.splitlines()[1] == "00:00:00,060 --> 00:00:00,760"
    assert second.splitlines()[1].startswith("00:00:00,760 --> ")


def test_vtt_says_who_speaks_and_escapes_what_it_must() -> None:
    page = vtt(TURNS)
    assert page.startswith("WEBVTT\n\n00:00:00.000 --> ")
    assert "<v Ninja>Patch 2.1 is &lt;here&gt; &amp; it" in page
    assert "01:01:01.500 --> 01:01:03.020\n<v Glitch>" in page


def shown_words(name: str, text: str) -> list[str]:
    """Every word that a style's captions show, once, in order, as it is written."""
    seen: list[str] = []
    for line in lines(text, name):
        for word in line.replace(r"\N", " ").split():
            if STYLES[name].moves != "still" and STYLES[name].words > 1 and word in seen:
                continue
            seen.append(word)
    return seen


def test_a_word_wider_than_a_line_of_subtitles_is_hyphenated_by_the_language_of_the_show() -> None:
    word = "Rindfleischetikettierungsüberwachungsaufgabenübertragungsgesetz"
    turn = Spoken(start=0, name="N", words=words(word))
    german, english = srt([turn], "de").splitlines()[2], srt([turn]).splitlines()[2]
    assert german == "Rindfleischetikettierungsüberwachungsauf-"
    assert german != english
    assert german in vtt([turn], "de")


@pytest.mark.parametrize("name", list(STYLES))
def test_picture_and_subtitles_say_the_same(name: str) -> None:
    text = "Wait — the price? It is $499.99, not “free” ... and 12 more words 🔥 follow!"
    if not STYLES[name].emoji:  # whose show has none in its words
        text = text.replace("🔥 ", "")
    said = " ".join(
        line
        for block in srt([Spoken(start=0, name="N", words=words(text))]).split("\n\n")
        for line in block.strip().splitlines()[2:]
    )
    seen = " ".join(shown_words(name, text))
    assert seen.lower().replace("□", "🔥") == said.lower() == text.lower()


@pytest.mark.parametrize("name", list(STYLES))
def test_punctuation_never_stands_alone(name: str) -> None:
    for line in lines("Well — no ! And « so » it goes …", name):
        for word in re.split(r"\\N", line):
            assert any(letter.isalnum() for letter in word)
    assert lines("Well — no !", "word") == ["WELL —", "NO !"]


def test_a_word_too_long_for_its_line_is_hyphenated_between_syllables() -> None:
    shown = lines("antidisestablishmentarianism", "pop")
    assert len(shown) > 1
    assert all(part.endswith("-") for part in shown[:-1])
    assert "".join(shown).replace("-", "") == "antidisestablishmentarianism"


def test_a_japanese_phrase_too_long_for_its_line_has_no_hyphen() -> None:
    narrow = AREA.model_copy(update={"width": 400})
    shown = ass(words("九十ギガバイトも"), STYLES["pop"], color="#22d3ee", size=SIZE, places=[(0, narrow)], fps=30)
    assert shown is not None
    assert "-" not in shown.document.split("[Events]")[1]


def test_a_sentence_without_spaces_goes_on_in_the_next_shot() -> None:
    sentence = [Word(text="今日は天気です。", start=0, end=4)]
    low = AREA.model_copy(update={"y": 1200})
    made = ass(sentence, STYLES["pop"], color="#22d3ee", size=SIZE, places=[(0, AREA), (60, low)], fps=30)
    assert made is not None
    events = [line for line in made.document.splitlines() if line.startswith("Dialogue")]
    assert [line.endswith(text) for line, text in zip(events, ("今日は", "天気です。"), strict=True)] == [True, True]
    assert [(phrase.text, phrase.start, phrase.end) for phrase in spoken_phrases(sentence[0])] == [
        ("今日は", 0, 1.5),
        ("天気です。", 1.5, 4),
    ]


def test_the_first_caption_is_there_from_the_first_frame_on() -> None:
    look = STYLES["karaoke"]
    made = ass(words("Hello there", start=0.2), look, color="#22d3ee", size=SIZE, places=[(0, AREA)], fps=30)
    assert made is not None
    assert "Dialogue: 0,0:00:00.00," in made.document


def test_the_typewriter_has_its_first_word_typed_when_a_picture_begins() -> None:
    look = STYLES["typewriter"]
    made = ass(words("Hello there", start=0.2), look, color="#22d3ee", size=SIZE, places=[(0, AREA)], fps=30)
    assert made is not None
    first = next(line for line in made.document.splitlines() if line.startswith("Dialogue"))
    assert first.split(",")[1] == "0:00:00.00"
    assert first.split(r"{\alpha&HFF&}")[0].endswith("Hello ")
    late = ass(words("Hello there", start=0.6), look, color="#22d3ee", size=SIZE, places=[(0, AREA)], fps=30)
    assert late is not None
    assert "Dialogue: 0,0:00:00.00," not in late.document  # who is silent for longer says nothing yet


def test_captions_stand_where_each_shot_has_room_and_none_outlasts_its_shot() -> None:
    low = AREA.model_copy(update={"y": 1200})
    look = STYLES["classic"]
    made = ass(
        words("one two three four five six"), look, color="#22d3ee", size=SIZE, places=[(0, AREA), (27, low)], fps=30
    )
    assert made is not None
    assert [spot.first for spot in made.places] == [0, 27]
    assert made.places[1].y - made.places[0].y == 1200 - AREA.y
    events = [line.split(",")[1:3] for line in made.document.splitlines() if line.startswith("Dialogue")]
    assert events == [["0:00:00.00", "0:00:00.88"], ["0:00:00.88", "0:00:02.11"]]


def test_a_show_has_its_own_colours_case_size_and_stroke() -> None:
    own = changed(
        STYLES["karaoke"], CaptionChanges(scale=0.5, upper=True, accent="#ff0000", stroke=0.0, color="#00ff00")
    )
    made = ass(words("Hello there"), own, color="#22d3ee", size=SIZE, places=[(0, AREA)], fps=30)
    assert made is not None
    assert r"{\1c&H0000FF&}HELLO{\1c&H00FF00&} THERE" in made.document
    assert own.size == STYLES["karaoke"].size / 2


def test_a_characters_colour_that_cannot_be_told_from_the_outline_is_made_lighter_or_darker() -> None:
    dark = ass(words("Three delays"), STYLES["karaoke"], color="#050505", size=SIZE, places=[(0, AREA)], fps=30)
    assert dark is not None
    assert r"{\1c&H050505&}" not in dark.document


def test_a_box_stands_behind_the_spoken_word_alone(tmp_path: Path) -> None:
    picture = drawn(tmp_path / "box", "Three delays", "box")
    filled = (np.abs(picture - np.array([0x22, 0xD3, 0xEE])).max(axis=2) < 12).nonzero()
    assert np.ptp(filled[1]) < 0.6 * (np.ptp((np.abs(picture - 128).max(axis=2) > 20).nonzero()[1]))


def test_the_typewriter_shows_what_was_spoken_and_keeps_room_for_the_rest() -> None:
    first = next(line for line in document("Hello there", "typewriter").splitlines() if line.startswith("Dialogue"))
    assert first.split(",", 4)[4].index("H") < first.split(",", 4)[4].index(r"{\alpha&HFF&}")
    assert lines("Hello there", "typewriter")[0] == "Hello there"


def test_captions_end_where_the_cut_goes_over_into_another_picture() -> None:
    spoken, look = words("Hello there", start=0.2), STYLES["karaoke"]
    made = ass(spoken, look, color="#22d3ee", size=SIZE, places=[(0, AREA), (13, AREA)], fps=30, until=26)
    assert made is not None
    assert max(made.redrawn) == 26


def captions(text: str, *, border: int, until: int | None = None, name: str = "classic") -> list[tuple[int, int, str]]:
    """From which frame up to which each caption is seen, where the picture changes at frame `border`."""
    places = [(0, AREA), (border, AREA.model_copy(update={"y": 300}))]
    made = ass(words(text), STYLES[name], color="#22d3ee", size=SIZE, places=places, fps=30, until=until)
    assert made is not None
    found = []
    for line in made.document.splitlines():
        if line.startswith("Dialogue: 0"):
            start, end, _, shown = line.removeprefix("Dialogue: 0,").split(",", 3)
            begins, ends = (round(float(at[5:]) * 30 + 0.5) for at in (start, end))
            found.append((begins, ends, re.sub(r"\{[^}]*\}", "", shown)))
    return found


def test_a_phrase_that_begins_as_the_picture_changes_is_shown_from_then_on() -> None:
    """B-roll ends wherever its clip does."""
    said = "It was so. Then all of it went on and on."
    whole = captions(said, border=1000)
    begins = whole[1][0]
    for late in (3, 6, 10):  # frames of the phrase that are heard before the change
        shown = captions(said, border=begins + late)
        assert [text for _, _, text in shown] == [text for _, _, text in whole], late
        assert shown[1][0] == begins + late


def test_a_phrase_that_ends_as_the_picture_changes_is_shown_until_then() -> None:
    said = "It was so and on it went. Then all of it went on."
    whole = captions(said, border=1000)
    ends = whole[1][0]
    for early in (4, 8, 11):
        shown = captions(said, border=ends - early)
        assert [text for _, _, text in shown] == [text for _, _, text in whole], early
        assert shown[0][1] == ends - early


@given(st.integers(1, 150), st.lists(st.integers(2, 9), min_size=4, max_size=14))
def test_no_change_of_the_picture_loses_or_turns_round_a_word(border: int, letters: list[int]) -> None:
    said = " ".join(chr(97 + number) * size + "." * (size == 5) for number, size in enumerate(letters))
    shown = captions(said, border=border)
    assert " ".join(text for _, _, text in shown).replace(r"\N", " ") == said
    assert all(before[1] <= after[0] for before, after in pairwise(shown))


@pytest.mark.parametrize(("color", "accent"), [("#ff4fd8", "#ff4fd8"), ("#0a0a12", GOLD), ("#ffffff", GOLD)])
@pytest.mark.parametrize("look", ["karaoke", "keywords"])
def test_the_spoken_word_of_who_is_black_or_white_stands_out_among_white_ones(
    look: str, color: str, accent: str
) -> None:
    said = (Word(text="Hello", start=0.0, end=0.5), Word(text="TECHNOLOGY", start=0.5, end=1.5))
    made = ass(said, STYLES[look], color=color, size=SIZE, places=[(0, AREA)], fps=30)
    assert made is not None
    assert f"\\1c&H{accent[5:7]}{accent[3:5]}{accent[1:3]}&".upper() in made.document.upper()


def test_the_box_behind_the_spoken_word_of_who_is_nearly_black_is_seen() -> None:
    said = (Word(text="Hello", start=0.0, end=0.5), Word(text="there", start=0.5, end=1.0))
    made = ass(said, STYLES["box"], color="#0a0a12", size=SIZE, places=[(0, AREA)], fps=30)
    assert made is not None
    box = next(line for line in made.document.splitlines() if line.startswith("Style: Boxed")).split(",")[4]
    assert told_apart(f"#{box[8:10]}{box[6:8]}{box[4:6]}", INK)


def test_the_last_words_of_who_is_fallen_in_with_are_read_though_they_are_heard_over_the_next_picture() -> None:
    said = (
        Word(text="Cannot", start=0.06, end=0.4),
        Word(text="what,", start=0.45, end=0.8),
        Word(text="ever", start=0.9, end=1.2),
    )
    made = ass(said, STYLES["karaoke"], color="#22d3ee", size=SIZE, places=[(0, AREA)], fps=30, until=16)
    assert made is not None
    events = [line for line in made.document.splitlines() if line.startswith("Dialogue")]
    assert all("Cannot" in event and "what," in event and "ever" not in event for event in events)
    assert re.findall(r"0:00:00\.\d\d", events[-1])[1] == "0:00:00.51"  # with its picture


@pytest.mark.parametrize("name", ["pop", "word", "typewriter"])
@pytest.mark.parametrize("until", [14, 16, 20, 29])
def test_words_that_come_one_by_one_are_all_seen_of_who_is_fallen_in_with(name: str, until: int) -> None:
    said = tuple(
        Word(text=text, start=start, end=start + 0.2) for text, start in (("You", 0.0), ("cannot", 0.25), ("say", 0.5))
    )
    made = ass(said, STYLES[name], color="#22d3ee", size=SIZE, places=[(0, AREA)], fps=30, until=until)
    assert made is not None
    seen = [line.split(",", 4) for line in made.document.splitlines() if line.startswith("Dialogue: 0")]
    spelled = " ".join(re.sub(r"\{\\alpha&HFF&\}.*|\{[^}]*\}", "", event[4]) for event in seen).lower()
    assert [word for word in ("you", "cannot", "say") if word in spelled] == ["you", "cannot", "say"]
    lengths = [float(end[5:]) - float(start[5:]) for _, start, end, *_ in seen]
    assert min(lengths) > (0.08 if name != "typewriter" else 0.02)
    assert max(float(event[2][5:]) for event in seen) <= until / 30
