"""Which model speaks or listens is told with who chose it: a line of the script or of show.yaml, or the tree."""

from pathlib import Path
from textwrap import dedent

import pytest

from resources.content.show import Show
from resources.core.names import Mode
from resources.models.casting import cast_listener, cast_speaker, models_of
from resources.models.endpoints import ids
from resources.models.loading import load_show, parse_script

SHOW = """\
    title: Casting
    characters:
      NINJA: {name: Ninja, puppet: ninja}
      GLITCH:
        name: Glitch
        puppet: glitch
        speaking: {model: veed/fabric-1.0}
    models:
      draft: {listener_plans: [loop]}
      final:
        speaker: fal-ai/kling-video/ai-avatar/v2/pro
        listener: fal-ai/kling-video/v2.5-turbo/pro/image-to-video
    """
EPISODE = "NINJA: Hi.\nGLITCH: Hi.\nNINJA {model: fal-ai/creatify/aurora}: Bye."


@pytest.fixture
def show(tmp_path: Path) -> Show:
    (tmp_path / "show.yaml").write_text(dedent(SHOW), encoding="utf-8")
    return load_show(tmp_path)


def reason(show: Show, folder: Path, mode: Mode, turn: int) -> tuple[str, str]:
    script = parse_script(EPISODE, episode="day", show=show, where="day.md")
    cast = cast_speaker(show, mode, script.turns[turn], folder=folder, episode="day")
    return cast.model, cast.reason


def test_the_show_the_character_and_the_turn_are_named_with_their_lines(show: Show, tmp_path: Path) -> None:
    by_show = reason(show, tmp_path, Mode.FINAL, 0)
    assert by_show[0] == ids.AVATAR_PRO
    assert "show.yaml:11, models.final.speaker; the decision tree agrees" in by_show[1]
    by_character = reason(show, tmp_path, Mode.FINAL, 1)
    assert by_character[0] == ids.FABRIC
    assert "show.yaml:7, characters.GLITCH.speaking.model; the decision tree has Avatar v2 Pro" in by_character[1]
    by_turn = reason(show, tmp_path, Mode.FINAL, 2)
    assert by_turn[0] == ids.AURORA
    assert "day.md:3" in by_turn[1]


def test_a_speaker_left_to_the_tree_is_chosen_by_the_mode_with_its_reason(show: Show, tmp_path: Path) -> None:
    model, why = reason(show, tmp_path, Mode.DRAFT, 0)
    models = models_of(show, Mode.DRAFT)
    assert models is not None
    assert model == models.speaker == ids.AVATAR_STANDARD
    assert why.startswith("chosen by the decision tree: recorded speech and a face, as a draft")


def test_a_listener_is_the_shows_or_the_cheapest(show: Show, tmp_path: Path) -> None:
    assert "show.yaml:12, models.final.listener" in cast_listener(show, Mode.FINAL, folder=tmp_path).reason
    assert "the cheapest listener" in cast_listener(show, Mode.DRAFT, folder=tmp_path).reason
