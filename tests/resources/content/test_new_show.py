"""A new show's files: what they say is read without a mistake, whatever names and languages were chosen."""

from contextlib import suppress
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from resources.content.new_show import NewShow, label_of, languages, new_episode, show_files
from resources.content.show import Format
from resources.core.errors import ContentError
from resources.core.names import is_label
from resources.models.loading import load_script, load_show


def laid_out(folder: Path, new: NewShow) -> Path:
    for path, text in show_files(new).items():
        (folder / path).parent.mkdir(parents=True, exist_ok=True)
        (folder / path).write_text(text, encoding="utf-8")
    return folder


@pytest.mark.parametrize("language", [*languages(), "fi"])
def test_every_language_has_a_show_and_a_first_episode_without_a_mistake(tmp_path: Path, language: str) -> None:
    new = NewShow('Say: "#1"', "mine", ["Anna", "Käthe", "Dr. No"], [Format.SHORT, Format.LONG], language)
    show = load_show(laid_out(tmp_path, new))
    assert (show.title, show.id, show.language) == ('Say: "#1"', "mine", language)
    assert list(show.characters) == ["ANNA", "KÄTHE", "DR-NO"]
    assert None not in (show.caps, show.approval)  # a limit, and a price to be asked at
    script = load_script(tmp_path, show, "welcome")
    assert [turn.speaker for turn in script.turns] == ["ANNA", "KÄTHE", "DR-NO"]
    assert script.formats == (Format.SHORT, Format.LONG)


def test_the_episode_that_the_readme_begins_with_is_one_of_a_new_show(tmp_path: Path) -> None:
    """Its mood and its camera are there, and its picture is directed and titled as the example's."""
    readme = Path(__file__).parents[3] / "README.md"
    written = readme.read_text(encoding="utf-8").partition("An episode is a text file")[2].split("```\n")[1]
    new = NewShow("My show", "my-show", ["Ninja", "Glitch"], [Format.SHORT, Format.LONG], "en")
    show = load_show(laid_out(tmp_path, new))
    (tmp_path / "episodes" / "patch.md").write_text(written, encoding="utf-8")
    assert "{mood: " in written
    assert "camera: " in written
    assert len(load_script(tmp_path, show, "patch").turns) == 4
    assert show.look.direction.style == "lively"
    assert show.look.titles.card_seconds > 0 < show.look.titles.lower_third_seconds


def test_one_anchor_says_all_of_it_and_another_episode_starts_with_the_same_words(tmp_path: Path) -> None:
    show = load_show(laid_out(tmp_path, NewShow("Solo", "solo", ["Anna"], [Format.SHORT], "en")))
    (tmp_path / "episodes" / "2.md").write_text(new_episode(show, "2"), encoding="utf-8")
    assert [turn.speaker for turn in load_script(tmp_path, show, "2").turns] == ["ANNA"] * 3


@given(st.text(max_size=40))
def test_a_label_is_one_or_is_refused(name: str) -> None:
    with suppress(ContentError):
        assert is_label(label_of(name))


def test_what_cannot_be_a_show_is_refused() -> None:
    with pytest.raises(ContentError, match="same label"):
        show_files(NewShow("T", "t", ["Anna", "anna"], [Format.SHORT], "en"))
    with pytest.raises(ContentError, match="id"):
        show_files(NewShow("T", "Not An Id", ["Anna"], [Format.SHORT], "en"))
    with pytest.raises(ContentError, match="no label"):
        show_files(NewShow("T", "t", ["あんな"], [Format.SHORT], "ja"))
