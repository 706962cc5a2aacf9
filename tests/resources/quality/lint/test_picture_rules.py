"""What is measured of a picture, with real files."""

from pathlib import Path

import numpy as np
import pytest
from PIL import Image, ImageDraw

from resources.core.errors import ContentError
from resources.media.picture.entry.faces import can_find
from resources.media.picture.entry.opening import open_picture
from resources.media.picture.entry.prepare import portrait
from resources.models.prompts.book import shipped
from resources.quality.lint import picture_rules
from resources.quality.lint.finding import Report
from resources.quality.lint.picture_rules import Figure, Picture
from resources.quality.lint.table import RULES, Severity
from tests.faces import drawn_face

PANE = (1080, 960)


def draw(
    path: Path, size: tuple[int, int], box: tuple[float, float, float, float], background: str | None = "#334455"
) -> Path:
    """A figure, as shares of the picture, before a plain background or none."""
    image = Image.new("RGBA", size, background or (0, 0, 0, 0))
    ImageDraw.Draw(image).rectangle(
        [box[0] * size[0], box[1] * size[1], box[2] * size[0], box[3] * size[1]], fill="#ff8800"
    )
    image.save(path)
    return path


def portrait_rules(picture: Picture, pane: tuple[int, int] = PANE) -> list[str]:
    report = Report(shipped())
    picture_rules.check_portrait(picture, pane, "here", report)
    return [finding.rule for finding in report.findings]


def picture(width: int, height: int, figure: Figure | None = None, transparent: bool = False) -> Picture:
    return Picture(width, height, transparent, figure, 1000, ".png")


@pytest.mark.parametrize("background", ["#334455", None])
def test_the_figure_is_measured_before_a_plain_background_and_before_none(
    tmp_path: Path, background: str | None
) -> None:
    found = picture_rules.measure(draw(tmp_path / "a.png", (1000, 800), (0.25, 0.25, 0.75, 0.75), background))
    assert (found.width, found.height, found.transparent) == (1000, 800, background is None)
    assert found.figure is not None
    assert found.figure.width == pytest.approx(0.5, abs=0.02)
    assert found.figure.share == pytest.approx(0.25, abs=0.02)
    assert found.facts.suffix == ".png"


def test_nothing_is_measured_before_a_busy_background(tmp_path: Path) -> None:
    Image.effect_noise((600, 600), 120).save(tmp_path / "noise.png")
    assert picture_rules.measure(tmp_path / "noise.png").figure is None


def test_an_opaque_alpha_channel_is_not_transparent(tmp_path: Path) -> None:
    Image.new("RGBA", (64, 64), (9, 9, 9, 255)).save(tmp_path / "a.png")
    Image.new("RGB", (64, 64)).save(tmp_path / "b.jpg")
    assert not picture_rules.measure(tmp_path / "a.png").transparent
    assert not picture_rules.measure(tmp_path / "b.jpg").transparent


def test_a_picture_is_measured_as_it_is_seen(tmp_path: Path) -> None:
    exif = Image.Exif()
    exif[0x0112] = 6  # turned by a quarter
    Image.new("RGB", (300, 100)).save(tmp_path / "a.jpg", exif=exif)
    assert picture_rules.measure(tmp_path / "a.jpg").width == 100


@pytest.mark.parametrize("content", [b"", b"not a picture", b"\x89PNG\r\n\x1a\n broken"])
def test_a_file_that_is_no_picture_is_refused(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "a.png"
    path.write_bytes(content)
    with pytest.raises(ContentError, match="a picture cannot be read"):
        picture_rules.measure(path)


def test_what_is_left_in_the_panes_shape_has_512_pixels_a_side() -> None:
    assert portrait_rules(picture(576, 512)) == []
    assert portrait_rules(picture(576, 511)) == ["image-small"]
    assert portrait_rules(picture(575, 960)) == ["image-small", "image-cropped"]


def test_a_pane_that_cuts_off_more_than_a_third_is_told() -> None:
    assert portrait_rules(picture(1080, 1476)) == []  # 35.0 % lost
    assert portrait_rules(picture(1080, 1478)) == ["image-cropped"]


def test_a_see_through_picture_is_told() -> None:
    assert portrait_rules(picture(1080, 960, transparent=True)) == ["image-transparent"]


def test_a_figure_fills_half_of_a_portraits_height() -> None:
    assert portrait_rules(picture(1080, 960, Figure(0.5, 0.50))) == []
    assert portrait_rules(picture(1080, 960, Figure(0.5, 0.49))) == ["subject-small"]


def test_a_figure_fills_a_twentieth_of_a_frame() -> None:
    def frame_rules(figure: Figure, transparent: bool = False) -> list[str]:
        report = Report(shipped())
        picture_rules.check_frame(picture(1000, 1000, figure, transparent), "here", report)
        return [finding.rule for finding in report.findings]

    assert frame_rules(Figure(0.25, 0.20)) == []
    assert frame_rules(Figure(0.25, 0.19)) == ["subject-small"]
    assert frame_rules(Figure(0.5, 0.5), transparent=True) == ["image-transparent"]


@pytest.mark.parametrize(
    ("text", "size", "expected"),
    [
        ("A vertical video of a fox", (900, 1600), False),
        ("A vertical video of a fox", (1600, 900), True),
        ("16:9, a fox", (900, 1600), True),
        ("16:9, a fox", (1600, 900), False),
        ("A square frame", (1000, 1000), False),
        ("A square frame", (1000, 1200), True),
        ("A wide shot of a fox", (900, 1600), False),
    ],
)
def test_a_prompt_that_calls_for_another_shape_is_told(text: str, size: tuple[int, int], expected: bool) -> None:
    report = Report(shipped())
    picture_rules.check_form(text, picture(*size), "here", report)
    assert [finding.rule for finding in report.findings] == ["form-contradicted"] * expected


def prepared_rules(path: Path, *, faces: bool = True) -> list[str]:
    report = Report(shipped())
    picture_rules.check_prepared(path, (960, 1088), "here", report, faces=faces)
    return [finding.rule for finding in report.findings]


@pytest.mark.skipif(not can_find(), reason="the detector has no wheel for macOS")
def test_a_portrait_without_a_face_and_one_with_a_small_face_are_told_as_they_are_prepared(tmp_path: Path) -> None:
    path = tmp_path / "portrait.png"
    drawn_face(0.6, (960, 1088)).save(path)
    assert prepared_rules(path) == []
    drawn_face(0.12, (960, 1088)).save(path)
    assert prepared_rules(path) == ["face-small"]
    draw(path, (960, 1088), (0.2, 0.2, 0.8, 0.9))
    assert prepared_rules(path) == ["face-missing"]
    assert prepared_rules(path, faces=False) == []
    Image.new("RGB", (960, 1088)).save(path)
    assert prepared_rules(path) == ["image-blank"]  # there is one thing to say of it


@pytest.mark.parametrize(
    "blank",
    [
        pytest.param(Image.new("RGB", (960, 1088)), id="black"),
        pytest.param(Image.new("L", (960, 1088), 255), id="white"),
        pytest.param(Image.new("RGB", (960, 1088), "#a3e635"), id="a field"),
        pytest.param(Image.new("I;16", (960, 1088), 40_000), id="a field of 16 bits"),
        pytest.param(Image.new("RGBA", (960, 1088), (255, 0, 0, 0)), id="see-through everywhere"),
        pytest.param(Image.new("P", (960, 1088), 3), id="one colour of a palette"),
    ],
)
def test_a_portrait_of_one_colour_is_refused(tmp_path: Path, blank: Image.Image) -> None:
    blank.save(tmp_path / "blank.png")
    assert prepared_rules(tmp_path / "blank.png", faces=False) == ["image-blank"]
    assert RULES["image-blank"].severity is Severity.ERROR


@pytest.mark.skipif(not can_find(), reason="the detector has no wheel for macOS")
def test_a_face_in_sixteen_bits_of_grey_is_prepared_as_it_is_seen_and_nothing_is_found(tmp_path: Path) -> None:
    face = drawn_face(0.6, (960, 1088)).convert("L")
    levels = np.asarray(face, dtype=np.uint16)
    Image.fromarray(levels * 257).save(tmp_path / "deep.png")
    assert prepared_rules(tmp_path / "deep.png") == []
    made = portrait(open_picture(tmp_path / "deep.png", "deep.png"), width=960, height=1088, where="deep.png")
    assert made.mode == "RGB"
    assert all(np.array_equal(np.asarray(made)[..., channel], levels) for channel in range(3))


def test_a_picture_is_measured_again_when_its_file_has_changed(tmp_path: Path) -> None:
    """Both are found again otherwise, as the gate is asked several times on the way to a run."""
    path = draw(tmp_path / "a.png", (1000, 800), (0.25, 0.25, 0.75, 0.75))
    first = picture_rules.measure(path)
    assert picture_rules.measure(path) is first
    assert "image-blank" not in prepared_rules(path)
    Image.new("RGB", (640, 640), "#123456").save(path)
    assert picture_rules.measure(path).width == 640
    assert prepared_rules(path) == ["image-blank"]
