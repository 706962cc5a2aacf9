"""Hebrew and Arabic are read from the right, with their points, brackets and Latin words: on plates and in captions."""

import io
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from resources.core.values import Word
from resources.media.layouts import Area
from resources.media.typography.bidi import MARK, leftwards, marked
from resources.media.typography.plates import Banner, draw_card
from resources.media.typography.subtitles import Spoken, srt
from tests.resources.media.typography.test_captions import drawn


@pytest.mark.parametrize(
    ("text", "leftward"),
    [
        ("העדכון ה-2.1 שובר את המשחק!", True),
        ("2.1, והוא", True),
        ("PlayStation: מה דעתכם על המשחק הזה, חברים?", True),
        ("مرحبا Sony", True),
        ("Sony.", False),
        ("Шалом, שלום", False),
        ("15 %", False),
    ],
)
def test_a_text_is_read_from_the_right_by_its_first_letter_or_by_most(text: str, leftward: bool) -> None:
    assert leftwards(text) is leftward


def test_a_line_is_marked_where_its_own_first_letter_would_mislead() -> None:
    assert marked("Sony.", leftward=True) == f"{MARK}Sony."
    assert marked("שלום", leftward=True) == "שלום"
    assert marked("Sony.", leftward=False) == "Sony."


def test_a_latin_word_that_begins_a_hebrew_caption_stands_on_its_right(tmp_path: Path) -> None:
    picture = drawn(tmp_path / "mixed", "Pro; מה דעתכם?", "karaoke")
    lit = np.flatnonzero(((picture[..., 1] > 180) & (picture[..., 0] < 90)).any(axis=0))
    white = np.flatnonzero((picture.min(axis=2) > 240).any(axis=0))
    assert lit.min() > white.max()  # it is spoken first


def test_the_last_point_of_a_hebrew_title_stands_on_its_left() -> None:
    words = drawn_title("שלום לכולם!")
    assert words[0] < 0.5 * words[-1]  # the widths of its letters from left to right: a point is narrow
    latin = drawn_title("Hello there, all!")
    assert latin[-1] < 0.5 * latin[0]


def drawn_title(text: str) -> list[int]:
    """How wide each part of a title is that stands by itself, from left to right."""
    banner = Banner(kind="card", text=text, color="#ffffff", seconds=1)
    card = draw_card(banner, Area(x=0, y=0, width=900, height=400), 1)
    ink = np.asarray(Image.open(io.BytesIO(card.steps[-1])).convert("RGBA")).astype(int)
    columns = np.flatnonzero(((ink[..., 3] > 200) & (ink[..., :3].max(axis=2) < 120)).any(axis=0))
    parts = np.split(columns, np.flatnonzero(np.diff(columns) > 1) + 1)
    return [len(part) for part in parts]


def test_subtitles_of_a_hebrew_turn_are_read_from_the_right_in_each_line() -> None:
    spoken = ["שלום", "לכולם.", "Sony."]
    words = tuple(Word(text=text, start=3.0 * at, end=3.0 * at + 0.9) for at, text in enumerate(spoken))
    assert f"\n{MARK}Sony.\n" in srt([Spoken(start=0.0, name="Dana", words=words)])
    assert MARK not in srt([Spoken(start=0.0, name="Dana", words=words[2:])])
