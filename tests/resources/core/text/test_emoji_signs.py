import subprocess
import sys

import emoji
from hypothesis import given
from hypothesis import strategies as st

from resources.core.text.emoji_signs import is_emoji, replace_emoji


def test_every_emoji_is_known_as_one() -> None:
    assert [sign for sign in emoji.EMOJI_DATA if not is_emoji(sign)] == []
    assert not any(map(is_emoji, ["", "a", "7", "#", "…", "“", "—", "नि", "漢"]))


@given(
    st.text() | st.lists(st.sampled_from([*list(emoji.EMOJI_DATA)[::50], "a", "7", "…", "é", "\u200d"])).map("".join)
)
def test_each_is_replaced_as_by_the_library_that_knows_them(text: str) -> None:
    assert replace_emoji(text, lambda sign, _: f"<{sign}>") == emoji.replace_emoji(text, lambda sign, _: f"<{sign}>")


def test_a_text_of_letters_and_points_loads_no_library() -> None:
    seen = (
        "import sys; from resources.core.text.emoji_signs import replace_emoji, is_emoji;"
        "assert replace_emoji('“Well…” – 3 × 4, naïve', None) and not is_emoji('é'); print('emoji' in sys.modules)"
    )
    assert subprocess.check_output([sys.executable, "-c", seen], text=True).strip() == "False"
