"""Kinds of recipes are frozen: a renamed one would make, or buy, everything of it anew."""

from resources.core.library import recipe_key
from resources.core.recipes import Recipe

FROZEN = """
    upload-copy silent-tone voice-track voice-pieces portrait opaque frame retakes
    ping-pong joined-pieces entered composite full-frame cut performance
    offline-voice speaker likeness listener sheet stand-in
    poster storyboard waveform
    price-looked-at
    watched-speaker watched-listener checked-composite checked-cut
"""


def test_every_kind_has_the_name_that_it_always_had() -> None:
    assert sorted(Recipe) == sorted(FROZEN.split())


def test_a_kind_has_the_key_that_it_always_had() -> None:
    key = recipe_key(Recipe.PORTRAIT, version=1, picture="ab" * 32, shape=[9, 8])
    assert key == "d120c99fc88ca43965dee1e6cc873eec2150b0ecd8d22446e203c6df603da040"
