"""Lines that are almost labels, what is rewritten of an episode file, and what is left as it is."""

from pathlib import Path

import pytest

from resources.content.fixes import fixed
from resources.content.labels import almost_label
from resources.content.show import Show
from resources.core.settings import ROOT
from resources.models.loading import load_show, parse_script


@pytest.fixture(scope="module")
def show() -> Show:
    return load_show(ROOT / "show")


@pytest.mark.parametrize(
    ("line", "mended"),
    [
        ("GLITCH (laughing): No way.", "GLITCH: [laughing] No way."),
        ("NINJA {take: 2} (sad): No way.", "NINJA {take: 2}: [sad] No way."),
        ("[GLITCH] No way.", "GLITCH: No way."),
        ("1. NINJA: No way.", "NINJA: No way."),
        ("NІNJA: No way.", "NINJA: No way."),
        ("NINJA -> No way.", "NINJA: No way."),
        ("GLITCH", "GLITCH:"),
    ],
)
def test_what_is_certain_is_known_as_it_was_meant(show: Show, line: str, mended: str) -> None:
    almost = almost_label(line, show)
    assert almost is not None
    assert (almost.mended, almost.certain) == (mended, True)


def test_a_name_before_a_dash_may_be_spoken(show: Show) -> None:
    almost = almost_label("Ninja – listen to me.", show)
    assert almost is not None
    assert not almost.certain


@pytest.mark.parametrize(
    "line",
    [
        "Remember: it is Friday.",
        "Ninja, listen to me.",
        "Glitch is right: we lost.",
        "[laughing] No way.",
        "[Glitch] was here.",
        "NINJA\\: is my name.",
        "See https://example.com: it is there.",
        "",
    ],
)
def test_what_is_merely_spoken_is_no_label(show: Show, line: str) -> None:
    assert almost_label(line, show) is None


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
