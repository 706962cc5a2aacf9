"""Files that a person names: inside the show's folder, there, and what they should be; each mistake with its line."""

from pathlib import Path

import pytest
from PIL import Image

from resources.content.named_files import below, check_overlay, named_file
from resources.core.copied_folders import stand_for
from resources.core.text.diagnostics import Mistakes
from tests.paid.bad_inputs import vast


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    show = tmp_path.resolve() / "show"
    (show / "pictures").mkdir(parents=True)
    (show / "pictures" / "a.png").write_bytes(b"a")
    (show.parent / "secret.png").write_bytes(b"s")
    return show


def message_of(folder: Path, name: str) -> str:
    """What is wrong with a name; nothing for a file that may be used."""
    mistakes = Mistakes("show.yaml")
    named_file(folder, Path(name), "picture", 7, mistakes)
    return "; ".join(f"{each.line}: {each.what}" for each in mistakes.found)


@pytest.mark.parametrize(
    "name", ["pictures/a.png", "./pictures/a.png", "pictures/../pictures/a.png", "{show}/pictures/a.png"]
)
def test_a_file_of_the_show_is_taken_however_its_place_is_written(folder: Path, name: str) -> None:
    mistakes = Mistakes("show.yaml")
    path = named_file(folder, Path(name.format(show=folder)), "picture", 7, mistakes)
    assert mistakes.found == []
    assert path.resolve() == folder / "pictures" / "a.png"


@pytest.mark.parametrize(
    ("name", "what"),
    [
        ("pictures/b.png", "7: there is no picture pictures/b.png"),
        ("pictures", "7: there is no picture pictures"),
        ("../secret.png", "7: the picture ../secret.png is outside the show's folder"),
        ("/etc/passwd", "7: the picture /etc/passwd is outside the show's folder"),
        ("https://example.com/a.png", "7: the picture https:/example.com/a.png is an address"),
        ("S3://bucket/a.png", "7: the picture S3:/bucket/a.png is an address"),
        ("x" * 300, "cannot be read"),
    ],
)
def test_what_cannot_be_used_is_told_with_its_line(folder: Path, name: str, what: str) -> None:
    assert what in message_of(folder, name)


def test_a_link_out_of_the_folder_is_outside(folder: Path) -> None:
    (folder / "link.png").symlink_to(folder.parent / "secret.png")
    assert "outside the show's folder" in message_of(folder, "link.png")


def test_a_link_in_a_circle_is_told_and_nothing_breaks(folder: Path) -> None:
    (folder / "round.png").symlink_to(folder / "round.png")
    assert "round.png" in message_of(folder, "round.png")


def test_a_folder_with_a_like_name_is_not_the_shows(folder: Path) -> None:
    (folder.parent / "show-2").mkdir()
    (folder.parent / "show-2" / "a.png").write_bytes(b"a")
    assert "outside the show's folder" in message_of(folder, "../show-2/a.png")


def test_in_a_copy_a_name_speaks_of_the_shows_own_folder(folder: Path, tmp_path: Path) -> None:
    copy = tmp_path / "copy"
    copy.mkdir()
    stand_for(copy, str(folder))
    assert below(copy, folder / "pictures" / "a.png") == copy / "pictures" / "a.png"
    assert below(copy, Path("../show/pictures/a.png")) == copy / "pictures" / "a.png"
    assert below(copy, Path("pictures/a.png")) == copy / "pictures" / "a.png"


def overlay(folder: Path, mode: str, size: tuple[int, int], form: str, alpha: int = 128) -> str:
    path = folder / "overlay.png"
    picture = Image.new(mode, size, (10, 20, 30, alpha)[: len(mode)])
    picture.save(path, form)
    mistakes = Mistakes("show.yaml")
    check_overlay(path, (20, 40), 3, mistakes)
    return "; ".join(f"{each.what} ({each.why})" for each in mistakes.found)


def test_an_overlay_is_a_png_of_the_pictures_size_through_which_something_is_seen(folder: Path) -> None:
    assert overlay(folder, "RGBA", (20, 40), "PNG") == ""
    assert "it is PNG of 40x20" in overlay(folder, "RGBA", (40, 20), "PNG")
    assert "it is JPEG of 20x40" in overlay(folder, "RGB", (20, 40), "JPEG")
    assert "nothing is seen through" in overlay(folder, "RGB", (20, 40), "PNG")
    assert "nothing is seen through" in overlay(folder, "RGBA", (20, 40), "PNG", alpha=255)


@pytest.mark.parametrize("content", [b"", b"no picture", b"\x89PNG\r\n\x1a\n"])
def test_an_overlay_that_is_no_picture_is_told(folder: Path, content: bytes) -> None:
    (folder / "overlay.png").write_bytes(content)
    mistakes = Mistakes("show.yaml")
    check_overlay(folder / "overlay.png", (20, 40), 3, mistakes)
    assert [each.what for each in mistakes.found] == ["the overlay overlay.png is no picture"]


def test_an_overlay_that_breaks_off_is_told(folder: Path) -> None:
    path = folder / "overlay.png"
    Image.effect_noise((20, 40), 80).convert("RGBA").save(path, "PNG")
    path.write_bytes(path.read_bytes()[:-200])
    mistakes = Mistakes("show.yaml")
    check_overlay(path, (20, 40), 3, mistakes)
    assert [each.what for each in mistakes.found] == ["the overlay overlay.png is no picture"]


def test_an_overlay_of_more_pixels_than_are_opened_is_told(folder: Path) -> None:
    path = folder / "overlay.png"
    path.write_bytes(vast(20_000))
    mistakes = Mistakes("show.yaml", "show-wrong")
    check_overlay(path, (20, 40), 3, mistakes)
    assert [each.what for each in mistakes.found] == ["the overlay overlay.png does not fit"]
