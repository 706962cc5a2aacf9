"""The prompt book: what is shipped, and how a show's own file is laid over it."""

from pathlib import Path

import pytest

from resources.core.errors import ContentError
from resources.models.prompts.book import Book, load_book, shipped


def own(folder: Path, text: str) -> Book:
    (folder / "prompts.yaml").write_text(text, encoding="utf-8")
    return load_book(folder)


def test_without_a_file_of_its_own_a_show_has_the_shipped_book(tmp_path: Path) -> None:
    assert load_book(tmp_path) is shipped()
    assert load_book() is shipped()


def test_a_camera_word_stands_in_one_list_only() -> None:
    camera = shipped().camera
    assert len(camera.terms()) == len(camera.movements) + len(camera.angles) + len(camera.lenses) + len(camera.focus)


def test_a_show_adds_to_mappings_and_replaces_lists_and_texts(tmp_path: Path) -> None:
    book = own(
        tmp_path,
        "voices:\n  Guest: calm old voice\ncamera:\n  angles:\n    knee: {words: knee level}\n"
        "negative:\n  universal: [blur]\nlint:\n  severity: {image-transparent: error}\n  limits: {crop_percent: 50}\n",
    )
    assert book.voices == {**shipped().voices, "Guest": "calm old voice"}
    assert book.camera.angles["knee"].words == "knee level"
    assert book.camera.movements == shipped().camera.movements
    assert book.negative.universal == ("blur",)
    assert book.lint.severity == {"image-transparent": "error"}
    assert (book.lint.limits.crop_percent, book.lint.limits.portrait_side) == (50, 512)


@pytest.mark.parametrize(
    ("text", "line", "said"),
    [
        ("voices: {}\nmouds:\n  a: b\n", 2, "there is no setting 'mouds'"),
        ("lint:\n  limits:\n    avatar_aspects: many\n", 3, "'many' is not what is expected"),
        ("camera:\n  angles:\n    knee: {effect: low}\n", 3, "`camera.angles.knee.words` is missing"),
        ("lint:\n  severity: {x: fatal}\n", 2, "'fatal' is not what is expected"),
        ("recipes:\n  mine: {kind: image-to-video, prompt: no place}\n", 2, "a recipe says {subject} once"),
        ("voices: [\n", 1, "this is not YAML"),
        ("negative:\n  styles:\n    anime: blur\n", 3, "a list"),
    ],
)
def test_a_mistake_in_a_shows_file_is_told_with_its_line(tmp_path: Path, text: str, line: int, said: str) -> None:
    with pytest.raises(ContentError) as caught:
        own(tmp_path, text)
    assert said in str(caught.value)
    assert str(caught.value.where).endswith(f"prompts.yaml:{line}")


def test_an_unknown_name_is_told_with_the_nearest() -> None:
    with pytest.raises(ContentError, match="did you mean 'gaming_news'"):
        shipped().template("gaming_new")
    with pytest.raises(ContentError, match="there is no recipe 'x'"):
        shipped().recipe("x")
