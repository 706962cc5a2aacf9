"""Captions before they are burned in: a word that is wider than its area is named, and no captions are no fault."""

import pytest

from resources.core.errors import ContentError
from resources.core.values import Word
from resources.media.layouts import Area
from resources.media.typography.caption_styles import CaptionChanges
from resources.media.typography.fonts import FONTS, Font
from resources.quality.checks.caption_checks import judge_captions
from resources.quality.checks.report import CAPTIONS

SIZE = (1080, 1920)
WIDE, NARROW = Area(x=0, y=1400, width=1080, height=300), Area(x=0, y=1400, width=100, height=300)


def words(*texts: str) -> list[Word]:
    return [Word(text=text, start=float(number), end=number + 0.8) for number, text in enumerate(texts)]


def test_captions_that_stand_in_their_area_tell_its_width() -> None:
    found = judge_captions("s01", words("Hello", "there."), look="karaoke", size=SIZE, places=[(0, WIDE)])
    assert (found.check, found.segment, found.passed) == (CAPTIONS.name, "s01", True)
    assert found.message.endswith("of 1080 pixels")


def test_a_word_that_does_not_fit_is_named() -> None:
    found = judge_captions("s01", words("a", "WWW"), look="karaoke", size=SIZE, places=[(0, NARROW)])
    assert not found.passed
    assert found.message == "too large for its area: WWW"


def test_an_area_that_is_narrow_only_later_counts_for_what_is_said_then() -> None:
    spoken = words("WWW", "on")
    late = [(0, WIDE), (10_000, NARROW)]
    found = judge_captions("s01", spoken, look="karaoke", size=SIZE, places=late)
    assert found.passed
    assert found.message.endswith("of 100 pixels")


def test_larger_letters_need_more_room() -> None:
    spoken, area = words("WWWW"), [(0, Area(x=0, y=1400, width=400, height=300))]
    passed = [
        judge_captions("s01", spoken, look="karaoke", size=SIZE, places=area, changes=changes).passed
        for changes in (CaptionChanges(scale=0.5), CaptionChanges(scale=2.0))
    ]
    assert passed == [True, False]


def test_captions_are_judged_in_the_letters_that_the_show_has() -> None:
    spoken, area = words("mum"), [(0, Area(x=0, y=1400, width=204, height=300))]

    def passed(upper: bool | None = None, own: Font | None = None) -> bool:
        changes = CaptionChanges(upper=upper)
        return judge_captions("s01", spoken, look="karaoke", size=SIZE, places=area, changes=changes, own=own).passed

    assert (passed(), passed(upper=True)) == (True, False)
    assert not passed(own=FONTS[1])


@pytest.mark.parametrize(("look", "spoken"), [("off", ["Hello"]), ("karaoke", [])])
def test_no_captions_are_no_fault(look: str, spoken: list[str]) -> None:
    found = judge_captions("s01", words(*spoken), look=look, size=SIZE, places=[(0, NARROW)])
    assert (found.passed, found.message) == (True, "no captions")


def test_a_style_that_is_not_known_is_refused() -> None:
    with pytest.raises(ContentError, match="sparkle"):
        judge_captions("s01", words("Hello"), look="sparkle", size=SIZE, places=[(0, WIDE)])
