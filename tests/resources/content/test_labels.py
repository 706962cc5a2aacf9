"""Lines that are almost labels, and lines that are none."""

import pytest

from resources.content.labels import almost_label
from resources.content.show import Show
from resources.core.settings import ROOT
from resources.models.loading import load_show


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
