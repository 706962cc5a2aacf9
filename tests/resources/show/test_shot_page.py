"""The generated page of shots, and that its examples are what it says."""

import re
from pathlib import Path

import pytest

from resources.catalogue import MediaFacts
from resources.lint import lint_shot
from resources.show import shot_page
from resources.show.marked import read_yaml
from resources.show.mistakes import Mistakes
from resources.show.model import Format
from resources.show.shots import SHOTS, Shot, parse_shot

WRITTEN = Path(__file__).resolve().parents[3] / "docs" / "shots.md"
EXAMPLES = [(label, example) for label, examples in shot_page.EXAMPLES.items() for example in examples]


def read(example: str) -> Shot:
    found = re.fullmatch(r"([A-Z]+) (\{.*?\}):(?= |\n)(.*)", example, re.DOTALL)
    assert found
    mistakes = Mistakes("docs/shots.md")
    settings = read_yaml(found[2], mistakes)
    mistakes.settle()
    assert settings
    return parse_shot(found[1], settings.value, found[3])


def test_the_written_page_is_what_the_shots_say() -> None:
    assert WRITTEN.read_text(encoding="utf-8") == shot_page.page(), "run python -m resources.show.shot_page"


def test_every_shot_has_an_example() -> None:
    assert set(shot_page.EXAMPLES) == set(SHOTS)


@pytest.mark.parametrize(("label", "example"), EXAMPLES)
def test_every_example_is_a_shot_without_findings(label: str, example: str) -> None:
    shot = read(example)
    measured = {slot: MediaFacts(suffix=".mp4", seconds=6.0) for slot in shot.needs() if slot in ("video", "clip")}
    assert shot.kind == label.lower()
    assert lint_shot(shot, where="docs/shots.md", format=Format.SHORT, measured=measured) == []
