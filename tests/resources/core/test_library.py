"""The library on a folder and on a remote root: media once by content, recipes by their inputs, nothing half there."""

import os
from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from uuid import uuid4

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import Field
from upath import UPath

from resources.core.errors import MediaError
from resources.core.library import Library, media_of, recipe_key
from resources.core.values import Media, Value
from resources.core.values import Word as OtherShape

CONTENT = b"a film of eleven letters"
OpenLibrary = Callable[[], Library]


class Made(Value):
    """A result with media at every depth."""

    clip: Media | None = None
    more: Mapping[str, tuple[Media, ...]] = Field(default_factory=dict)


@pytest.fixture(params=["folder", "memory"])
def opened(request: pytest.FixtureRequest, tmp_path: Path) -> OpenLibrary:
    """Opens the library of one root, again and again, with one cache."""
    root = str(tmp_path / "library") if request.param == "folder" else f"memory://{uuid4().hex}"
    return lambda: Library(root, cache=tmp_path / "cache")


@pytest.fixture
def library(opened: OpenLibrary) -> Library:
    """One of them."""
    return opened()


@pytest.fixture
def film(tmp_path: Path) -> Path:
    """A file that is no library's own."""
    path = tmp_path / "Film.MP4"
    path.write_bytes(CONTENT)
    return path


def stored(library: Library, media: Media) -> UPath:
    """Where the library keeps a file, in either root's own terms."""
    return next(path for path in library.root.rglob("*") if path.name.startswith(media.sha256))


# Media


def test_what_is_put_is_known_by_its_content_and_found_by_whoever_opens_the_same_root(
    opened: OpenLibrary, film: Path
) -> None:
    media = opened().put(film)
    assert (media.suffix, media.size) == (".mp4", len(CONTENT))
    assert opened().has(media)
    assert opened().path(media).read_bytes() == CONTENT
    assert film.read_bytes() == CONTENT


def test_equal_content_is_one_file_whatever_it_was_called(library: Library, film: Path) -> None:
    assert library.put(film) == library.put_bytes(CONTENT, ".mp4")
    assert len([path for path in library.root.rglob("*.mp4") if path.is_file()]) == 1
    assert library.put(film, ".mov") != library.put(film)


def test_a_file_that_was_cut_short_is_not_there(library: Library, film: Path) -> None:
    media = library.put(film)
    stored(library, media).write_bytes(CONTENT[:-1])
    assert not library.has(media)
    with pytest.raises(MediaError, match=r"missing from the library") as refused:
        library.path(media)
    assert media.sha256[:12] in str(refused.value)


def test_what_was_never_put_is_refused_with_its_place(library: Library) -> None:
    absent = Media(sha256="ab" * 32, suffix=".wav", size=7)
    assert not library.has(absent)
    with pytest.raises(MediaError) as refused:
        library.path(absent)
    assert str(refused.value.where).endswith(f"media/ab/{absent.sha256}.wav")


def test_a_remote_file_is_fetched_once_and_again_when_its_copy_was_cut_short(tmp_path: Path) -> None:
    library = Library(f"memory://{uuid4().hex}", cache=tmp_path / "cache")
    media = library.put_bytes(CONTENT, ".mp4")
    copy = library.path(media)
    assert copy.is_relative_to(tmp_path / "cache")
    before = copy.stat()
    assert library.path(media).stat().st_mtime_ns == before.st_mtime_ns
    copy.write_bytes(CONTENT[:3])
    assert library.path(media).read_bytes() == CONTENT
    assert [path.name for path in copy.parent.iterdir()] == [copy.name]


def test_many_at_once_put_the_same_and_leave_one_whole_file(library: Library, film: Path) -> None:
    with ThreadPoolExecutor(8) as pool:
        found = set(pool.map(lambda _: library.put(film).sha256, range(32)))
    assert len(found) == 1
    assert [path.read_bytes() for path in library.root.rglob("*") if path.is_file()] == [CONTENT]


# Links


def test_a_link_shows_the_content_takes_the_place_of_what_was_there_and_may_be_made_again(
    library: Library, film: Path, tmp_path: Path
) -> None:
    first, second = library.put(film), library.put_bytes(b"another", ".mp4")
    target = tmp_path / "output" / "s01" / "speaker.mp4"
    for media, content in ((first, CONTENT), (first, CONTENT), (second, b"another")):
        assert library.link(media, target) == target
        assert target.read_bytes() == content
    assert [path.name for path in target.parent.iterdir()] == ["speaker.mp4"]


def test_a_file_system_without_hard_links_gets_a_copy(
    library: Library, film: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*_: object) -> None:
        raise OSError("no hard links here")

    monkeypatch.setattr(os, "link", refuse)
    target = library.link(library.put(film), tmp_path / "output" / "film.mp4")
    assert target.read_bytes() == CONTENT
    assert target.stat().st_nlink == 1


# Recipes


def test_a_recipe_is_found_by_whoever_asks_with_the_same_inputs(opened: OpenLibrary, film: Path) -> None:
    made = Made(clip=opened().put(film))
    opened().remember(recipe_key("made", size=3), made)
    assert opened().recall(recipe_key("made", size=3), Made) == made
    assert opened().recall(recipe_key("made", size=4), Made) is None
    assert opened().recall(recipe_key("other", size=3), Made) is None


def test_the_newest_answer_of_a_recipe_counts(library: Library, film: Path) -> None:
    key = recipe_key("made")
    library.remember(key, Made())
    library.remember(key, Made(clip=library.put(film)))
    found = library.recall(key, Made)
    assert found is not None
    assert found.clip is not None


def test_a_recipe_of_another_shape_or_that_cannot_be_read_was_never_made(library: Library, film: Path) -> None:
    key = recipe_key("made")
    library.remember(key, Made(clip=library.put(film)))
    assert library.recall(key, OtherShape) is None
    next(library.root.rglob("*.json")).write_text("{half of a docu", encoding="utf-8")
    assert library.recall(key, Made) is None


@pytest.mark.parametrize("place", ["clip", "more"])
@pytest.mark.parametrize("spoiled", ["gone", "cut short"])
def test_a_recipe_whose_file_is_gone_or_cut_short_was_never_made(
    library: Library, film: Path, place: str, spoiled: str
) -> None:
    media, key = library.put(film), recipe_key("made")
    library.remember(key, Made(clip=media) if place == "clip" else Made(more={"a": (media,)}))
    path = stored(library, media)
    path.unlink() if spoiled == "gone" else path.write_bytes(CONTENT[:5])
    assert library.recall(key, Made) is None
    assert library.put(film) == media  # heals it
    assert library.recall(key, Made) is not None
    assert library.path(media).read_bytes() == CONTENT


@given(st.dictionaries(st.text(min_size=1).filter(lambda name: name != "kind"), st.integers() | st.text(), min_size=2))
def test_a_recipes_key_does_not_depend_on_the_order_of_its_inputs(inputs: dict[str, int | str]) -> None:
    backwards = dict(reversed(inputs.items()))
    assert recipe_key("made", **inputs) == recipe_key("made", **backwards)
    name = next(iter(inputs))
    assert recipe_key("made", **inputs) != recipe_key("made", **{**inputs, name: "something else, longer than any"})


def test_only_values_that_are_the_same_tomorrow_can_be_part_of_a_recipe() -> None:
    assert recipe_key("a", at=Path("x/y")) == recipe_key("a", at="x/y")
    with pytest.raises(TypeError, match="cannot be part of a recipe"):
        recipe_key("a", of=object())


def test_media_are_found_in_a_value_at_any_depth() -> None:
    one, two = (Media(sha256=name * 64, suffix=".mp4", size=1) for name in "ab")
    assert media_of(Made(clip=one, more={"x": (two, one)})) == [one, two, one]
    assert media_of([{"deep": (Made(clip=two),)}]) == [two]
    assert media_of("no media") == []
