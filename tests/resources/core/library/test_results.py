"""Results of recipes: made once, recalled by their key, and made again where they cannot be used."""

import threading
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from resources.core.errors import MediaError
from resources.core.library import Library, media_of, recipe_key
from resources.core.recipes import Recipe
from resources.core.values import Media, Value
from tests.resources.core.library.on_disk import damage, opened_anew

JSON = st.sampled_from([None, True, 0, 1.5, "", "ä", [1, "a"], {"a": 1, "b": [None]}])


class Made(Value):
    """The result of a recipe."""

    media: Media
    words: str = ""


@given(inputs=st.dictionaries(st.sampled_from(["a", "b", "c"]), JSON, max_size=4), data=st.data())
def test_a_key_knows_no_order(inputs: dict[str, Any], data: st.DataObject) -> None:
    shuffled = dict(data.draw(st.permutations(list(inputs.items()))))
    assert recipe_key(Recipe.CUT, **shuffled) == recipe_key(Recipe.CUT, **inputs)
    assert recipe_key(Recipe.FRAME, **inputs) != recipe_key(Recipe.CUT, **inputs)


def test_keys_are_those_of_the_libraries_that_people_have() -> None:
    media = Media(sha256="ab" * 32, suffix=".wav", size=12)
    key = recipe_key(Recipe.UPLOAD_COPY, version=1, audio=media.sha256, path=Path("a/b"), media=media, none=None)
    assert key == "3b1907ee548b8d511dbfd93684dacf2a0971ef9055f44edd7fce25337d54ef2c"


def test_a_key_refuses_what_has_no_one_form() -> None:
    with pytest.raises(TypeError, match="set cannot be part of a recipe"):
        recipe_key(Recipe.CUT, value={1, 2})


def test_a_result_is_made_once_and_recalled(root: Path, library: Library) -> None:
    made: list[int] = []

    def make() -> Made:
        made.append(1)
        return Made(media=library.put_bytes(b"a", ".png"))

    first, again = library.memo("ab12", Made, make), opened_anew(root).memo("ab12", Made, make)
    assert first.value == again.value == opened_anew(root).recall("ab12", Made)
    assert (first.reused, again.reused, len(made)) == (False, True, 1)


@pytest.mark.parametrize("trouble", ["lost", "damaged", "other shape", "not JSON", "empty"])
def test_a_result_that_cannot_be_used_is_made_again(root: Path, library: Library, trouble: str) -> None:
    def make() -> Made:
        return Made(media=library.put_bytes(b"a", ".png"), words="new")

    media = library.memo("ab12", Made, make).value.media
    recipe = root / "recipes" / "ab" / "ab12.json"
    if trouble == "lost":
        library.path(media).unlink()
    elif trouble == "damaged":
        damage(library.path(media))
    else:
        recipe.write_text({"other shape": '{"video": 1}', "not JSON": "{", "empty": ""}[trouble])
    again = library.memo("ab12", Made, make)
    assert (again.value.words, again.reused) == ("new", False)
    assert library.path(media).read_bytes() == b"a"
    assert library.recall("ab12", Made) == again.value


def test_what_a_maker_raises_is_not_remembered(library: Library) -> None:
    def fail() -> Made:
        raise MediaError("it cannot be made")

    with pytest.raises(MediaError):
        library.memo("ab12", Made, fail)
    assert library.recall("ab12", Made) is None
    assert not library.memo("ab12", Made, lambda: Made(media=library.put_bytes(b"a", ".png"))).reused


def test_threads_that_want_the_same_wait_for_one_to_make_it(library: Library) -> None:
    together, made = threading.Barrier(6), []

    def ask(number: int) -> tuple[str, bool]:
        def make() -> Made:
            made.append(number)
            return Made(media=library.put_bytes(b"a", ".png"), words=str(number))

        together.wait()
        found = library.memo("ab12", Made, make)
        return found.value.words, found.reused

    with ThreadPoolExecutor(6) as pool:
        results = list(pool.map(ask, range(6)))
    assert len(made) == 1
    assert {words for words, _ in results} == {str(made[0])}
    assert sorted(reused for _, reused in results) == [False] + [True] * 5


def test_a_maker_may_ask_for_other_results(library: Library) -> None:
    def outer() -> Made:
        return library.memo("cd34", Made, lambda: Made(media=library.put_bytes(b"a", ".png"))).value

    assert library.memo("ab12", Made, outer).value == library.recall("cd34", Made)


@pytest.mark.parametrize("broken", [False, True])
def test_of_two_processes_that_make_the_same_the_first_is_remembered(
    root: Path, library: Library, broken: bool
) -> None:
    other = opened_anew(root)
    if broken:
        (root / "recipes" / "ab").mkdir(parents=True)
        (root / "recipes" / "ab" / "ab12.json").write_text("{")

    def slow() -> Made:
        media = library.put_bytes(b"slow", ".png")
        other.memo("ab12", Made, lambda: Made(media=other.put_bytes(b"quick", ".png"), words="quick"))
        return Made(media=media, words="slow")

    found = library.memo("ab12", Made, slow)
    assert (found.value.words, found.reused) == ("quick", False)
    assert library.recall("ab12", Made) == other.recall("ab12", Made) == found.value


def test_a_value_that_changes_is_remembered_over_the_one_before(library: Library) -> None:
    media = library.put_bytes(b"a", ".png")
    for words in ("one", "two"):
        library.remember("ab12", Made(media=media, words=words))
    assert library.recall("ab12", Made) == Made(media=media, words="two")


def test_media_are_found_at_any_depth() -> None:
    one, two = (Media(sha256=name * 32, suffix=".png", size=1) for name in ("ab", "cd"))
    assert media_of({"a": [Made(media=one), (two, "text", None)]}) == [one, two]
