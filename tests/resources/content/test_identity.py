"""What is one line wherever it stands, and what is another."""

from pathlib import Path

import pytest

from resources.content.identity import line_in
from resources.models.loading import load_show, parse_script
from tests.stage import Stage, build_stage

HEAD = "---\ntitle: Lines\n---\n"
YES, NO = "NINJA: Yes.\n", "NINJA: No.\n"


@pytest.fixture
def stage(tmp_path: Path) -> Stage:
    return build_stage(tmp_path)


def keys(stage: Stage, text: str) -> list[str]:
    script = parse_script(HEAD + text, episode="demo", show=load_show(stage.show), where="demo.md")
    return [line_in(script, each).key for each in script.segments]


def test_a_line_is_the_same_wherever_it_stands_and_equal_ones_are_told_by_their_order(stage: Stage) -> None:
    yes, no = keys(stage, YES + NO)
    assert keys(stage, NO + YES) == [no, yes]
    assert keys(stage, NO + YES + YES) == [no, yes, f"{yes}#2"]


@pytest.mark.parametrize("other", ["GLITCH: Yes.\n", "NINJA: [laughs] Yes.\n", "NINJA: Yes!\n"])
def test_another_speaker_another_tag_and_other_words_are_another_line(stage: Stage, other: str) -> None:
    assert len({*keys(stage, YES + other)}) == 2


def test_its_take_and_a_doubled_blank_change_no_line(stage: Stage) -> None:
    assert keys(stage, "NINJA {take: 2}: Well  then.\n") == keys(stage, "NINJA: Well then.\n")
