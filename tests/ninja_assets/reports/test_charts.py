"""Bars are as high as what they stand for, over an axis of round numbers."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import ImageColor

from ninja_assets.reports.charts import StackedBar, axis_step, columns, picture

CYAN, PINK = (np.array(ImageColor.getrgb(color)) for color in ("#22d3ee", "#ff4fd8"))


@given(st.floats(0.0001, 100_000))
def test_an_axis_has_at_most_five_lines_of_a_round_number(most: float) -> None:
    step = axis_step(most)
    assert step * 5 >= most
    assert step * 1.9 <= most or step <= 0.0001
    assert float(f"{step:.1e}") == pytest.approx(step)


def test_a_bar_is_as_high_as_its_parts() -> None:
    bars = [StackedBar("2026-11-20", {"a": 2.0, "b": 1.0}), StackedBar("2026-11-21", {"b": 4.0})]
    pixels = np.asarray(picture("dollars", bars).convert("RGB"))[:, 112:1000]
    left, right = pixels[:, :444], pixels[:, 444:]
    cyan, pink = ((left == color).all(axis=2).sum() for color in (CYAN, PINK))
    assert cyan == pytest.approx(2 * pink, rel=0.02)
    assert (right == PINK).all(axis=2).sum() == pytest.approx(2 * cyan, rel=0.02)


def test_words_of_people_are_no_markup_and_nothing_is_drawn_of_nothing() -> None:
    assert "<b>" not in columns([StackedBar("<b>", {"<b>": 1.0, "c": 1.0})])
    assert columns([]) == columns([StackedBar("2026-11", {"a": 0.0})]) == ""
