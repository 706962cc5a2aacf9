import unicodedata

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from resources.content.lines.speech import clean_speech, estimate_seconds, leans_on, sentences


@pytest.mark.parametrize(
    ("written", "performance", "spoken"),
    [
        ("[excited] What's up, ninjas!", "[excited] What's up, ninjas!", "What's up, ninjas!"),
        ("Oh [laughs harder], no [sighs].", "Oh [laughs harder], no [sighs].", "Oh, no."),
        ("*[whispers] hey*[gasps]you", "[whispers] hey [gasps] you", "hey you"),
        ("[] hello [ ] there", "hello there", "hello there"),
        ("[a tag\nover two lines] hi", "[a tag over two lines] hi", "hi"),
        ("\\[not a tag\\] &#91;nor this&#93; `a[0]`", "(not a tag) (nor this) a(0)", "(not a tag) (nor this) a(0)"),
        ("see [the store](https://x.example/a_(b)) ![picture](a.png)now", "see the store now", "see the store now"),
    ],
)
def test_tags_are_performed_and_never_spoken(written: str, performance: str, spoken: str) -> None:
    speech = clean_speech(written)
    assert (speech.performance, speech.spoken, speech.loose_bracket) == (performance, spoken, False)


@pytest.mark.parametrize(
    ("written", "spoken"),
    [
        ("**What** a *day*, __really__ ~~gone~~ `code`", "What a day, really gone code"),
        ("***all*** of **it", "all of it"),
        ("- one\n* two\n> three\n# four\n---\nfive", "one two three four five"),
        ("# head\n>> deep", "head deep"),
        ("bold<b>er</b> a<br>b", "bolder a b"),
        ("fish &amp; chips &lt;3 &quot;yes&quot; AT&T", 'fish & chips <3 "yes" AT&T'),
        ("a\u00a0b \t c\u3000d&nbsp;e", "a b c d e"),
        ("shy\u00ad and zero\u200bwidth\ufeff", "shy and zerowidth"),
        ("\\*starred\\* NOTE\\: x", "*starred* NOTE: x"),
    ],
)
def test_marks_of_markdown_and_html_are_not_spoken(written: str, spoken: str) -> None:
    assert clean_speech(written).spoken == spoken


@pytest.mark.parametrize(
    "written",
    [
        "$499.99",
        "3*4*5 is 60, 3 * 4 is 12",
        "snake_case and a_b_c",
        "C# is #1, and #gaming",
        "~60 fps, x<y, I <3 you",
        "It's “smart” ‘quotes’ — and an ellipsis… isn't it?",
        "中文测试，很好。",
        "مرحبا می‌خواهم שלום",
        "™ © ‼ 〰",
        "1. one",
        "Ça coûte 5 €, déjà !",
    ],
)
def test_words_numbers_and_scripts_stay_as_written(written: str) -> None:
    assert clean_speech(written).spoken == written


@pytest.mark.parametrize(
    "emoji",
    [
        "🎉",
        "👨‍👩‍👧‍👦",
        "👍🏽",
        "🇩🇪",
        "1️⃣",
        "❤️",
        "❤",
        "☎",
        "🏴󠁧󠁢󠁥󠁮󠁧󠁿",
        "🏳️‍🌈",
        "▶️",
        "🇩",
        "🏽",
        "&#128512;",
    ],  # the last by its number
)
def test_emoji_leave_no_trace(emoji: str) -> None:
    assert clean_speech(f"wow {emoji}{emoji} {emoji}! ok{emoji} {emoji}").spoken == "wow! ok"


@pytest.mark.parametrize(
    ("written", "found"),
    [
        ("wow 🔥 that is 👍🏽", ((1, "🔥"), (3, "👍🏽"))),
        ("🎉🎉 Party", ((0, "🎉"), (0, "🎉"))),
        ("gr🔥eat! ok", ((1, "🔥"),)),
        ("great🔥!", ((1, "🔥"),)),
        ("[laughs 😂] so **be🏽 it** 🇩🇪.", ((3, "🇩🇪"),)),
        ("cafe\u0301 © ™ 🍰", ((3, "🍰"),)),
        ("no emoji", ()),
        ("&#128512; one", ((0, "😀"),)),
    ],
)
def test_emoji_are_known_by_the_words_before_them(written: str, found: tuple[tuple[int, str], ...]) -> None:
    assert clean_speech(written).emoji == found


def test_speech_is_composed_text() -> None:
    assert clean_speech("cafe\u0301").spoken == "caf\u00e9"


@pytest.mark.parametrize("written", ["[open", "closed]", "[[nested] tag]"])
def test_a_bracket_without_its_other_half_is_noticed(written: str) -> None:
    assert clean_speech(written).loose_bracket


@pytest.mark.parametrize("written", ["", "  ", "🎉", "[laughs]", "***", "... !?", "![x](y.png)", "<b></b>", "---"])
def test_nothing_to_say_has_no_words(written: str) -> None:
    assert not clean_speech(written).has_words


@settings(max_examples=150, deadline=None)
@given(st.text(st.characters(exclude_categories=("Cs", "Cc"), include_characters="\n"), max_size=120))
def test_speech_of_any_text_is_one_plain_line(written: str) -> None:
    speech = clean_speech(written)
    for text in (speech.performance, speech.spoken):
        assert text == " ".join(text.split())
        assert unicodedata.is_normalized("NFC", text)
        assert not any(unicodedata.category(char) == "Cc" for char in text)
    assert "[" not in speech.spoken
    assert "]" not in speech.spoken
    assert all(0 <= number <= len(speech.spoken.split()) for number, _ in speech.emoji)


@settings(max_examples=150, deadline=None)
@given(st.text("ab3 *_[]()!`~<>&;#\\:-🎉\n", max_size=60))
def test_any_mixture_of_marks_leaves_no_bracket_in_speech(written: str) -> None:
    speech = clean_speech(written)
    assert not set("[]🎉") & set(speech.spoken)
    assert "🎉" not in speech.performance
    assert len(speech.emoji) <= written.count("🎉")
    assert [number for number, _ in speech.emoji] == sorted(number for number, _ in speech.emoji)


def test_an_estimate_counts_words_over_the_rate() -> None:
    assert estimate_seconds("one two three", 180) == pytest.approx(1.0)
    assert estimate_seconds("", 180) == 0


def test_an_estimate_knows_digits_long_words_and_scripts_without_spaces() -> None:
    assert estimate_seconds("$499.99", 60) == pytest.approx(5)
    assert estimate_seconds("a" * 120, 60) == pytest.approx(10)
    assert estimate_seconds("你好世界", 60) == pytest.approx(2.4)


@pytest.mark.parametrize(
    ("spoken", "parts"),
    [
        ("It is No. 5 on the list. Wow.", ["It is No. 5 on the list.", "Wow."]),
        ("Dr. Smith came at 5 p.m. on Monday. He left.", ["Dr. Smith came at 5 p.m. on Monday.", "He left."]),
        ("We left at 5 p.m. They stayed.", ["We left at 5 p.m.", "They stayed."]),
        ("I said no. He left.", ["I said no.", "He left."]),
        ("So did I. She left.", ["So did I.", "She left."]),
        ("J. R. R. Tolkien wrote it.", ["J. R. R. Tolkien wrote it."]),
        ("Das ist z.B. gut. Ja.", ["Das ist z.B. gut.", "Ja."]),
        ("he came. and went.", ["he came.", "and went."]),
        ("He came... and went.", ["He came...", "and went."]),
    ],
)
def test_a_point_of_a_word_ends_no_sentence(spoken: str, parts: list[str]) -> None:
    assert sentences(spoken) == parts


def test_a_small_word_leans_on_the_next_one_and_a_noun_on_its_number() -> None:
    leaning = [("the", "meta"), ("it's", "big"), ("I’m", "out"), ("patch", "2.1"), ("zu", "Hause")]
    assert all(leans_on(*pair) for pair in leaning)
    apart = [("live,", "and"), ("USA", "wins"), ("patch", "notes"), ("Fox", "announced"), ("…", "2")]
    assert not any(leans_on(*pair) for pair in apart)
