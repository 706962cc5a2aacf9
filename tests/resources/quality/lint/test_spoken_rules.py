"""Words that nobody would say: each form is found, and what people do say is left alone."""

from pathlib import Path

import pytest

from resources.models.loading import load_show, load_written
from resources.quality.lint import lint_script
from tests.resources.quality.lint.test_script_rules import DEFAULTS, SHOW, portrait

SPOKEN = {"label-almost", "direction-spoken", "ssml-unread", "link-unsafe", "code-spoken", "sign-hidden"}


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A show whose pictures are there."""
    folder = tmp_path_factory.mktemp("show")
    (folder / "show.yaml").write_text(SHOW.format(**DEFAULTS), encoding="utf-8")
    for name in ("ninja", "glitch"):
        (folder / f"{name}.png").write_bytes(portrait((1080, 960)))
    (folder / "episodes").mkdir()
    return folder


def found(folder: Path, line: str) -> set[str]:
    """What is found of a turn whose second line this is."""
    file = folder / "episodes" / "day.md"
    file.write_text(f"NINJA: One two three.\n{line}\nGLITCH: Four.\n", encoding="utf-8")
    show = load_show(folder)
    written = load_written(folder, show, "day")
    findings = lint_script(show, written.script, folder, said=written.said)
    assert all(finding.where.endswith("day.md:2") for finding in findings if finding.rule in SPOKEN)
    return {finding.rule for finding in findings} & SPOKEN


@pytest.mark.parametrize(
    ("line", "rule"),
    [
        ("GLITCH (to Ninja): No way.", "label-almost"),
        ("G L I T C H: No way.", "label-almost"),
        ("GLITCH = No way.", "label-almost"),
        ("**GLITCH** No way.", "label-almost"),
        ("Speaker 2: No way.", "label-almost"),
        ("(laughs)", "direction-spoken"),
        ("CUT TO:", "direction-spoken"),
        ("SMASH CUT TO:", "direction-spoken"),
        ("FADE TO BLACK.", "direction-spoken"),
        ("INT. STUDIO - DAY", "direction-spoken"),
        ("Wait. <break time='1s'/> Now.", "ssml-unread"),
        ("So {mood} today.", "code-spoken"),
        ("That is %s dollars.", "code-spoken"),
        ("No \u202eway.", "sign-hidden"),
    ],
)
def test_what_nobody_would_say_is_found(folder: Path, line: str, rule: str) -> None:
    assert found(folder, line) == {rule}


@pytest.mark.parametrize(
    "line",
    [
        "CUT TO THE CHASE.",
        "Cut to the chase.",
        "BACK TO BASICS.",
        "FADE OUT",
        "INTERNAL AFFAIRS.",
        "It is 100% sure, and 5% down.",
        "Speaker for the dead: a book.",
        "A B C: that is the alphabet.",
        "**Nobody** knows.",
        "Glitch knows, and so does Ninja.",
        "Two plus two is four.",
    ],
)
def test_what_people_say_is_left_alone(folder: Path, line: str) -> None:
    assert found(folder, line) == set()
