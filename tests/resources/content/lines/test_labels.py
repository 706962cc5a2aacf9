"""Lines that are almost labels, and lines that are none."""

from collections.abc import Mapping

import pytest

from resources.content.lines.labels import almost_label
from resources.content.settings.characters import Character
from resources.core.settings import ROOT
from resources.models.loading import load_show


@pytest.fixture(scope="module")
def cast() -> Mapping[str, Character]:
    return load_show(ROOT / "show").characters


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
def test_what_is_certain_is_known_as_it_was_meant(cast: Mapping[str, Character], line: str, mended: str) -> None:
    almost = almost_label(line, cast)
    assert almost is not None
    assert (almost.mended, almost.certain) == (mended, True)


@pytest.mark.parametrize(
    "line",
    [
        "NINJA -> GLITCH: Listen: it is late.",
        "NINJA → glitch: Listen: it is late.",
        "NINJA - GLITCH, NINJA: Listen: it is late.",
    ],
)
def test_to_whom_a_line_is_said_is_not_spoken_and_told_to_a_person(cast: Mapping[str, Character], line: str) -> None:
    almost = almost_label(line, cast)
    assert almost is not None
    assert (almost.mended, almost.certain) == ("NINJA: Listen: it is late.", False)


def test_a_name_before_a_dash_may_be_spoken(cast: Mapping[str, Character]) -> None:
    almost = almost_label("Ninja – listen to me.", cast)
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
def test_what_is_merely_spoken_is_no_label(cast: Mapping[str, Character], line: str) -> None:
    assert almost_label(line, cast) is None


@pytest.mark.parametrize("sign", ["*", "~", " ", "a "])
def test_a_line_of_any_length_is_seen_to_be_none_in_one_pass(cast: Mapping[str, Character], sign: str) -> None:
    assert almost_label(f"a{sign * 100_000}x", cast) is None
