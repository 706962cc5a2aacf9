"""The generated page of shots, and that its examples are what it says."""

import re
from pathlib import Path

import pytest

from docs.write import shots
from resources.content.shots import SHOTS, Shot, parse_shot
from resources.content.show import Format
from resources.core.text.diagnostics import Mistakes
from resources.core.text.located_yaml import read_yaml
from resources.models.catalogue import MediaFacts
from resources.quality.lint import lint_shot

WRITTEN = Path(__file__).resolve().parents[2] / "docs" / "shots.md"
EXAMPLES = [(label, example) for label, examples in shots.EXAMPLES.items() for example in examples]


def read(example: str) -> Shot:
    found = re.fullmatch(r"([A-Z]+) (\{.*?\}):(?= |\n)(.*)", example, re.DOTALL)
    assert found
    mistakes = Mistakes("docs/shots.md")
    settings = read_yaml(found[2], mistakes)
    mistakes.settle()
    assert settings
    return parse_shot(found[1], settings.value, found[3])


def test_the_written_page_is_what_the_shots_say() -> None:
    assert WRITTEN.read_text(encoding="utf-8") == shots.page(), "run python -m docs.write.shots"


def test_every_shot_has_an_example() -> None:
    assert set(shots.EXAMPLES) == set(SHOTS)


@pytest.mark.parametrize(("label", "example"), EXAMPLES)
def test_every_example_is_a_shot_without_findings(label: str, example: str) -> None:
    shot = read(example)
    measured = {slot: MediaFacts(suffix=".mp4", seconds=6.0) for slot in shot.needs() if slot in ("video", "clip")}
    assert shot.kind == label.lower()
    assert lint_shot(shot, where="docs/shots.md", format=Format.SHORT, measured=measured) == []
