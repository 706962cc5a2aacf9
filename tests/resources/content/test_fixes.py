"""What is certain in an episode file is rewritten once; front matter, comments and shots stay as they are."""

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from resources.content.fixes import fixed
from resources.content.show import Show
from resources.core.settings import ROOT
from resources.models.loading import load_show, parse_script

SHOW = load_show(ROOT / "show")


@pytest.fixture
def show() -> Show:
    return SHOW


def test_an_episode_is_fixed_so_that_it_parses_and_nothing_else_changes(show: Show) -> None:
    before = (
        '---\ntitle: "(laughs) at **NINJA:**"\n---\nNINJA: Hi (laughs) there.\nGLITCH (sad): No *sighs* way.\n'
        "It is *really* fine (or is it).\n<!-- NINJA (x): a note (laughs) -->\n1. NINJA: Bye.\n"
        "BROLL {seconds: 5}: A street (laughs)\n"
    )
    after = fixed(before, show)
    assert after == (
        '---\ntitle: "(laughs) at **NINJA:**"\n---\nNINJA: Hi [laughs] there.\nGLITCH: [sad] No [sighs] way.\n'
        "It is *really* fine (or is it).\n<!-- NINJA (x): a note (laughs) -->\nNINJA: Bye.\n"
        "BROLL {seconds: 5}: A street (laughs)\n"
    )
    script = parse_script(after, episode="demo", show=show, where="demo.md")
    assert [turn.speaker for turn in script.turns] == ["NINJA", "GLITCH", "NINJA"]
    assert fixed(after, show) == after


@pytest.mark.parametrize("name", [path.stem for path in sorted((ROOT / "show" / "episodes").glob("*.md"))])
def test_the_examples_need_no_fix(show: Show, name: str) -> None:
    text = Path(ROOT / "show" / "episodes" / f"{name}.md").read_text(encoding="utf-8")
    assert fixed(text, show) == text


@pytest.mark.parametrize(
    "comment",
    [
        "<!-- NINJA (x): (laughs)\n(sighs) -->",
        "<!-- one --> and <!-- another,\n(sighs) that goes on -->",
        "<!-- never closed\nNINJA (x): (laughs)",
    ],
)
def test_a_comment_stays_as_it_is(show: Show, comment: str) -> None:
    text = f"NINJA: Hello.\n{comment}\n"
    assert fixed(text, show) == text


@pytest.mark.parametrize(
    ("text", "after"),
    [
        ("GLITCH (sad): No.\r\nNINJA: (laughs) Yes.\r\n", "GLITCH: [sad] No.\r\nNINJA: [laughs] Yes.\r\n"),
        ("\n\n---\ntitle: (laughs)\n---\nNINJA: (laughs)\n", "\n\n---\ntitle: (laughs)\n---\nNINJA: [laughs]\n"),
        ("---\nNINJA: (laughs)\n", "---\nNINJA: [laughs]\n"),  # a line of a script, for nothing closes it
        ("NINJA: Hi\u202e there\ufffc.\n", "NINJA: Hi there.\n"),
        ("NINJA: (LAUGHS softly) **sighs** _grins_\n", "NINJA: [LAUGHS softly] [sighs] [grins]\n"),
        ("NINJA: (laughing stock) 2*sigh*2 (or *really*)\n", "NINJA: (laughing stock) 2*sigh*2 (or *really*)\n"),
        (
            "BROLL {seconds: 5}: A street\n(laughs)\nNINJA: (laughs)\n",
            "BROLL {seconds: 5}: A street\n(laughs)\nNINJA: [laughs]\n",
        ),
        ("", ""),
        ("\n", "\n"),
    ],
)
def test_line_ends_front_matter_shots_and_asides(show: Show, text: str, after: str) -> None:
    assert fixed(text, show) == after


PIECES = [
    "NINJA",
    "GLITCH (sad)",
    "BROLL",
    ":",
    " ",
    "\n",
    "\r\n",
    "---",
    "<!--",
    "-->",
    "(laughs)",
    "*sighs*",
    "[",
    "]",
    "1. ",
    "x",
]


@given(st.lists(st.sampled_from(PIECES), max_size=14).map("".join))
def test_a_second_fix_finds_nothing_and_no_line_is_lost(text: str) -> None:
    once = fixed(text, SHOW)
    assert fixed(once, SHOW) == once
    assert once.count("\n") == text.count("\n")
