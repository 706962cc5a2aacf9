"""A character's picture as it is bought with: its own, from an angle, or a puppet's; and what a key knows it by."""

from pathlib import Path

import pytest
from PIL import Image

from resources.content.settings.characters import Character
from resources.core.errors import ContentError
from resources.core.library import Library
from resources.core.values import Media
from resources.models.portraits import Portraits


@pytest.fixture
def portraits(tmp_path: Path) -> Portraits:
    for name, color in (("own", "#226688"), ("close", "#882266")):
        Image.new("RGB", (1024, 1024), color).save(tmp_path / f"{name}.png")
    return Portraits(Library(tmp_path / "library"), tmp_path)


def character(**changes: object) -> Character:
    return Character.model_validate({"name": "Ninja", "image": "own.png", "angles": {"close": "close.png"}, **changes})


def of(portraits: Portraits, who: Character, angle: str | None = None, size: tuple[int, int] = (540, 540)) -> Media:
    return portraits.of(who, angle=angle, width=size[0], height=size[1])


def test_it_is_prepared_once_for_a_shape_and_another_for_another(portraits: Portraits) -> None:
    assert of(portraits, character()) == of(portraits, character(), size=(1080, 1080))
    assert of(portraits, character()) != of(portraits, character(), size=(540, 960))


def test_an_angle_has_its_own_picture_and_one_that_is_not_given_is_the_characters(portraits: Portraits) -> None:
    assert of(portraits, character(), "close") != of(portraits, character())
    assert of(portraits, character(), "from-below") == of(portraits, character())


def test_a_character_that_is_seen_from_an_angle_alone_has_none_from_elsewhere(portraits: Portraits) -> None:
    only_close = character(image=None, puppet="ninja")
    assert of(portraits, only_close, "close")
    with pytest.raises(ContentError, match="Ninja has no picture that a model could animate"):
        of(portraits, only_close)


def test_a_picture_that_is_gone_is_told_with_its_place(portraits: Portraits, tmp_path: Path) -> None:
    (tmp_path / "own.png").unlink()
    with pytest.raises(ContentError, match="a character's picture is missing") as raised:
        of(portraits, character())
    assert str(raised.value.where).endswith("own.png")


def test_a_puppet_is_drawn_where_it_has_no_picture_and_only_there(portraits: Portraits, tmp_path: Path) -> None:
    drawn: list[tuple[int, int]] = []

    def still(_: Character, width: int, height: int) -> Media:
        drawn.append((width, height))
        return portraits.library.put(tmp_path / "close.png")

    drawing = Portraits(portraits.library, tmp_path, still)
    assert of(drawing, character(image=None, angles={}, puppet="ninja"))
    assert drawn == [(540, 540)]
    of(drawing, character())
    assert drawn == [(540, 540)]


def test_a_key_knows_it_by_the_picture_that_a_person_gave_and_its_shape(portraits: Portraits, tmp_path: Path) -> None:
    who, own = character(), portraits.library.put(tmp_path / "own.png")
    size = {"angle": None, "width": 540, "height": 960}
    origin = portraits.origin(portraits.of(who, **size), who, **size)  # type: ignore[arg-type]
    assert origin == f"picture in 9:16 of sha256:{own.sha256}"


def test_one_that_was_made_from_another_picture_is_not_known(portraits: Portraits, tmp_path: Path) -> None:
    before = of(portraits, character())
    Image.new("RGB", (1024, 1024), "#000000").save(tmp_path / "own.png")
    assert portraits.origin(before, character(), angle=None, width=540, height=540) is None
    close = of(portraits, character(), "close")
    assert portraits.origin(close, character(), angle=None, width=540, height=540) is None
