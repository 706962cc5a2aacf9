"""Shows and episodes as all else reads them: every mistake with its line, at once, and nothing that nobody sees."""

from pathlib import Path

import pytest

from resources.core.errors import ContentError
from resources.models.loading import files_of, load_script, load_show, load_written, parse_script
from tests.stage import SHOW, Stage, build_stage


@pytest.fixture
def stage(tmp_path: Path) -> Stage:
    return build_stage(tmp_path)


def refused(stage: Stage, show: str) -> ContentError:
    stage.write_show(show)
    with pytest.raises(ContentError) as raised:
        load_show(stage.show)
    return raised.value


def test_a_layout_that_there_is_not_is_told_where_it_is_named_with_the_nearest(stage: Stage) -> None:
    message = refused(stage, SHOW.replace("{close: {angle: close}}", "{close: {angle: close, layout: solo_}}"))
    assert "there is no layout 'solo_'" in message.what
    assert "layouts: " in str(message.hint)
    line = next(number for number, text in enumerate(SHOW.splitlines(), 1) if "cameras:" in text)
    assert str(message.where).endswith(f"show.yaml:{line}")


def test_mistakes_of_all_kinds_are_told_at_once(stage: Stage) -> None:
    show = SHOW.replace("{close: {angle: close}}", "{close: {angle: close, layout: nowhere}}")
    message = refused(stage, show.replace("image: characters/guest.png", "image: characters/nobody.png"))
    assert "there is no layout 'nowhere'" in str(message)
    assert "there is no picture" in str(message)
    assert len(message.parts) == 2


def test_a_prompt_in_components_is_written_out_and_one_in_words_stays(stage: Stage) -> None:
    lit = SHOW.replace('color: "#ffd166"', 'color: "#ffd166", speaking: {expression: excited}')
    stage.write_show(lit)
    show = load_show(stage.show)
    assert show.characters["GUEST"].speaking.prompt == "Excited."
    stage.write_show(SHOW.replace('color: "#ffd166"', 'color: "#ffd166", speaking: {prompt: As she is.}'))
    assert load_show(stage.show).characters["GUEST"].speaking.prompt == "As she is."


def test_a_template_that_there_is_not_is_told(stage: Stage) -> None:
    message = refused(stage, SHOW.replace('color: "#ffd166"', 'color: "#ffd166", speaking: {template: nobody}'))
    assert "nobody" in message.what


def test_an_episode_of_which_nothing_is_seen_is_refused_at_its_last_line(stage: Stage) -> None:
    show = load_show(stage.show)
    with pytest.raises(ContentError, match="nothing of this episode is seen") as raised:
        parse_script("\nIMAGE {name: map}: A map.\n", episode="x", show=show, where="x.md")
    assert raised.value.where == "x.md:2"


@pytest.mark.parametrize("name", ["../demo", "demo/..", "", ".", "a b", "nobody"])
def test_a_bad_name_or_one_without_a_file_is_told(stage: Stage, name: str) -> None:
    with pytest.raises(ContentError):
        load_script(stage.show, load_show(stage.show), name)


def test_an_episode_is_read_with_its_lines_and_has_no_mistakes(stage: Stage) -> None:
    written = load_written(stage.show, load_show(stage.show), "demo")
    assert written.mistakes.found == []
    assert written.script == load_script(stage.show, load_show(stage.show), "demo")


def test_its_files_are_all_that_it_is_read_and_made_from_and_no_more(stage: Stage) -> None:
    show = load_show(stage.show)
    plain = files_of(stage.show, show, load_script(stage.show, show, "demo"))
    assert {"show.yaml", "episodes/demo.md", "characters/guest.png"} <= {path.as_posix() for path in plain}
    assert all(not path.is_absolute() and (stage.show / path).is_file() for path in plain)
    (stage.show / "prices.toml").write_text("", encoding="utf-8")
    (stage.show / "episodes" / "other.md").write_text("NINJA: Hello.\n", encoding="utf-8")
    more = files_of(stage.show, show, load_script(stage.show, show, "demo"))
    assert {path.as_posix() for path in more} - {path.as_posix() for path in plain} == {"prices.toml"}
