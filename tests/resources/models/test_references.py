"""The files that a shot is made from, in the form that its slots take."""

import io
from pathlib import Path

import pytest
from PIL import Image

from resources.content.shots import BrollShot, EditShot, MotionShot, TransitionShot
from resources.content.show import Format
from resources.core.errors import ContentError
from resources.core.library import Library
from resources.core.values import Media
from resources.media.ffmpeg import run
from resources.models.references import fitted, is_clip, measured, read_reference

RED, BLUE = (200, 0, 0), (0, 0, 200)


@pytest.fixture
def library(tmp_path: Path) -> Library:
    """An empty one."""
    return Library(tmp_path / "library")


@pytest.fixture
def clip(library: Library, tmp_path: Path) -> Media:
    """One second of red, then one of blue, 640 x 960 at 24 frames a second."""
    colours = [f"color=0x{red:02x}{green:02x}{blue:02x}:s=640x960:r=24:d=1" for red, green, blue in (RED, BLUE)]
    made = tmp_path / "clip.mp4"
    sources = [part for colour in colours for part in ("-f", "lavfi", "-i", colour)]
    run([*sources, "-filter_complex", "[0:v][1:v]concat", "-pix_fmt", "yuv420p", str(made)])
    return library.put(made)


def picture(library: Library, size: tuple[int, int], color: tuple[int, ...]) -> Media:
    """A PNG of the library; with four colours it can be seen through."""
    drawn = io.BytesIO()
    Image.new("RGBA" if len(color) == 4 else "RGB", size, color).save(drawn, "PNG")
    return library.put_bytes(drawn.getvalue(), ".png")


def seen(library: Library, media: Media) -> tuple[tuple[int, int], tuple[int, ...]]:
    """A picture's size and the colour of its middle."""
    with Image.open(library.path(media)) as image:
        found = image.convert("RGB").getpixel((image.width // 2, image.height // 2))
        assert isinstance(found, tuple)
        return image.size, found


def near(found: tuple[int, ...], wanted: tuple[int, ...]) -> bool:
    return all(abs(one - other) < 12 for one, other in zip(found, wanted, strict=True))


FLIGHT = TransitionShot(kind="transition", prompt="A flight.", start="a.png", end="b.png")
BROLL = BrollShot(kind="broll", prompt="A hall.", image="a.png")
EDIT = EditShot(kind="edit", prompt="A storm.", clip="a.mp4")
MOTION = MotionShot(kind="motion", prompt="A ninja.", image="a.png", video="b.mp4")


def test_where_a_clip_is_wanted_it_is_taken_as_it_is(library: Library, clip: Media) -> None:
    assert fitted(library, EDIT, "clip", clip, format=Format.SHORT, where="s01") == clip
    assert fitted(library, MOTION, "video", clip, format=Format.SHORT, where="s01") == clip


def test_a_start_is_a_clips_last_frame_and_any_other_picture_its_first_in_the_episodes_shape(
    library: Library, clip: Media
) -> None:
    for shot, slot, color in ((FLIGHT, "start", BLUE), (FLIGHT, "end", RED), (BROLL, "image", RED)):
        size, found = seen(library, fitted(library, shot, slot, clip, format=Format.SHORT, where="s01"))
        assert size[0] / size[1] == pytest.approx(9 / 16, abs=0.01), slot
        assert near(found, color), slot


def test_a_picture_that_is_no_frame_keeps_its_shape_and_nothing_of_it_can_be_seen_through(library: Library) -> None:
    solid, clear = picture(library, (800, 600), RED), picture(library, (800, 600), (*RED, 0))
    assert fitted(library, MOTION, "image", solid, format=Format.SHORT, where="a.png") == solid
    size, found = seen(library, fitted(library, MOTION, "image", clear, format=Format.SHORT, where="a.png"))
    assert size == (800, 600)
    assert not near(found, RED)


def test_a_file_of_the_show_that_is_gone_or_no_picture_is_refused_with_its_place(
    library: Library, tmp_path: Path
) -> None:
    with pytest.raises(ContentError, match="image: there is no such file") as gone:
        read_reference(library, tmp_path, BROLL, "image", format=Format.SHORT)
    assert gone.value.where == str(tmp_path / "a.png")
    (tmp_path / "a.png").write_bytes(b"no picture")
    with pytest.raises(ContentError, match="cannot be read") as broken:
        read_reference(library, tmp_path, BROLL, "image", format=Format.SHORT)
    assert broken.value.where == str(tmp_path / "a.png")


def test_a_file_is_measured_as_what_it_is(library: Library, clip: Media) -> None:
    moving, still = measured(library, clip), measured(library, picture(library, (800, 600), RED))
    assert (moving.width, moving.height, moving.fps) == (640, 960, 24)
    assert moving.seconds == pytest.approx(2, abs=0.05)
    assert (still.width, still.height, still.fps, still.seconds) == (800, 600, None, None)
    assert (is_clip(clip), moving.suffix, still.suffix) == (True, ".mp4", ".png")
    with pytest.raises(ContentError, match="cannot be read"):
        measured(library, library.put_bytes(b"no picture", ".png"))
