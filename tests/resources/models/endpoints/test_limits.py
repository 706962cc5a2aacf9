"""Every limit of a file, on both sides."""

from dataclasses import replace

import pytest

from resources.core.errors import ContentError
from resources.models import catalogue
from resources.models.catalogue import MediaFacts, Span
from resources.models.endpoints import ids
from tests.resources.models.catalogue.test_registry import parse

TRACK = MediaFacts(suffix=".mp3", size=100_000, seconds=10)
PORTRAIT = MediaFacts(suffix=".png", size=100_000, width=960, height=1080, transparent=False)
CLIP = MediaFacts(suffix=".mp4", size=1_000_000, seconds=5, width=1080, height=1920, fps=30)


def problems(endpoint: str, name: str, facts: MediaFacts, **settings: object) -> list[str]:
    return catalogue.get(endpoint).problems(parse(endpoint, **settings), {name: facts})


@pytest.mark.parametrize(
    ("endpoint", "settings", "name", "inside", "outside"),
    [
        (ids.AVATAR_STANDARD, {}, "audio_url", (2.0, 60.0), (1.99, 60.01)),
        (ids.AVATAR_PRO, {}, "audio_url", (2.0, 60.0), (1.99, 60.01)),
        (ids.OMNIHUMAN, {"resolution": "1080p"}, "audio_url", (0.1, 29.99), (30.0,)),
        (ids.OMNIHUMAN, {"resolution": "720p"}, "audio_url", (30.0, 59.99), (60.0,)),
        (ids.AURORA, {}, "audio_url", (0.1, 60.0), (60.01,)),
        (ids.FABRIC, {}, "audio_url", (0.1, 30.0), (30.01,)),
        (ids.MOTION_PRO, {"character_orientation": "image"}, "video_url", (2.0, 10.0), (1.9, 10.1)),
        (ids.MOTION_PRO, {"character_orientation": "video"}, "video_url", (2.0, 30.0), (1.9, 30.1)),
        (ids.MOTION_STANDARD, {"character_orientation": "video"}, "video_url", (2.0, 30.0), (1.9, 30.1)),
        (ids.EDIT_O1, {}, "video_url", (3.0, 10.05), (2.99, 10.06)),
        (ids.EDIT_O3_PRO, {}, "video_url", (3.0, 10.0), (2.99, 10.01)),
        (ids.CREATE_VOICE, {}, "voice_url", (5.0, 30.0), (4.99, 30.01)),
    ],
)
def test_each_length_has_two_ends(
    endpoint: str, settings: dict[str, str], name: str, inside: tuple[float, ...], outside: tuple[float, ...]
) -> None:
    for seconds in inside:
        assert problems(endpoint, name, MediaFacts(seconds=seconds), **settings) == []
    for seconds in outside:
        (problem,) = problems(endpoint, name, MediaFacts(seconds=seconds), **settings)
        assert problem.startswith(f"{name} lasts {seconds:.2f} s and must last ")


@pytest.mark.parametrize("endpoint", [ids.AVATAR_STANDARD, ids.AVATAR_PRO])
def test_an_avatar_takes_five_megabytes_of_mp3_or_wav(endpoint: str) -> None:
    assert problems(endpoint, "audio_url", replace(TRACK, size=5_000_000)) == []
    assert problems(endpoint, "audio_url", replace(TRACK, suffix=".wav")) == []
    assert "is 5.00 MB and may be 5 MB" in problems(endpoint, "audio_url", replace(TRACK, size=5_000_001))[0]
    assert "is a .flac and must be .mp3, .wav" in problems(endpoint, "audio_url", replace(TRACK, suffix=".flac"))[0]


def test_a_portrait_has_300_pixels_a_side_and_is_not_transparent() -> None:
    assert problems(ids.AVATAR_PRO, "image_url", replace(PORTRAIT, width=300, height=300)) == []
    assert "each side must be 300 or more" in problems(ids.AVATAR_PRO, "image_url", replace(PORTRAIT, width=299))[0]
    assert "come out black" in problems(ids.AVATAR_PRO, "image_url", replace(PORTRAIT, transparent=True))[0]
    assert "is a .bmp" in problems(ids.AVATAR_PRO, "image_url", replace(PORTRAIT, suffix=".bmp"))[0]


@pytest.mark.parametrize(
    ("width", "height", "fits"), [(1000, 400, True), (400, 1000, True), (1001, 400, False), (399, 1000, False)]
)
def test_a_picture_is_at_most_two_and_a_half_times_as_long_as_wide(width: int, height: int, fits: bool) -> None:
    for endpoint, name in ((ids.AVATAR_PRO, "image_url"), (ids.I2V_V26_PRO, "start_image_url")):
        found = problems(endpoint, name, replace(PORTRAIT, width=width, height=height))
        assert (found == []) is fits


def test_a_frame_has_ten_megabytes() -> None:
    assert problems(ids.I2V_V21_PRO, "image_url", replace(PORTRAIT, size=10_000_000)) == []
    assert "may be 10 MB" in problems(ids.I2V_V21_PRO, "image_url", replace(PORTRAIT, size=10_000_001))[0]


def test_an_edited_clip_has_limits_of_side_rate_size_and_form() -> None:
    fit = [
        replace(CLIP, width=720, height=2160),
        replace(CLIP, fps=24),
        replace(CLIP, fps=60),
        replace(CLIP, size=200_000_000),
    ]
    unfit = [
        replace(CLIP, width=719),
        replace(CLIP, height=2161),
        replace(CLIP, fps=23.9),
        replace(CLIP, fps=60.1),
        replace(CLIP, size=200_000_001),
        replace(CLIP, suffix=".webm"),
    ]
    assert [problems(ids.EDIT_O1, "video_url", facts) for facts in fit] == [[]] * len(fit)
    assert [len(problems(ids.EDIT_O1, "video_url", facts)) for facts in unfit] == [1] * len(unfit)
    # Its frame rate is limited by no source.
    assert [len(problems(ids.EDIT_O3_PRO, "video_url", facts)) for facts in unfit] == [1, 1, 0, 0, 1, 1]


@pytest.mark.parametrize(
    ("endpoint", "name", "inside", "outside"),
    [
        (ids.MOTION_PRO, "video_url", (".mp4", ".mov", ".webm", ".m4v", ".gif"), ".avi"),
        (ids.CREATE_VOICE, "voice_url", (".mp3", ".wav", ".mp4", ".mov"), ".flac"),
        (ids.I2V_V21_PRO, "image_url", (".jpg", ".png", ".webp", ".gif", ".avif"), ".tiff"),
    ],
)
def test_each_form_of_file_is_taken_or_refused_by_its_name(
    endpoint: str, name: str, inside: tuple[str, ...], outside: str
) -> None:
    assert [problems(endpoint, name, MediaFacts(suffix=suffix)) for suffix in inside] == [[]] * len(inside)
    (problem,) = problems(endpoint, name, MediaFacts(suffix=outside))
    assert f"is a {outside}" in problem


def test_each_picture_of_a_list_is_checked_by_its_place() -> None:
    found = problems(ids.EDIT_O1, "image_urls[1]", replace(PORTRAIT, width=10, height=10))
    assert found[0].startswith("image_urls[1] is 10x10")


def test_what_was_not_measured_is_not_judged() -> None:
    assert problems(ids.AVATAR_PRO, "audio_url", MediaFacts()) == []
    assert problems(ids.AVATAR_PRO, "image_url", MediaFacts(width=10)) == []


def test_a_file_outside_its_limits_is_refused_with_every_reason() -> None:
    entry = catalogue.get(ids.AVATAR_PRO)
    with pytest.raises(ContentError, match="Avatar v2 Pro does not take this") as caught:
        entry.check(parse(ids.AVATAR_PRO), {"audio_url": replace(TRACK, seconds=61, size=6_000_000)})
    assert "61.00 s" in str(caught.value.why)
    assert "6.00 MB" in str(caught.value.why)
    entry.check(parse(ids.AVATAR_PRO), {"audio_url": TRACK, "image_url": PORTRAIT})


def test_without_arguments_the_widest_length_is_told() -> None:
    assert catalogue.get(ids.OMNIHUMAN).media["audio_url"].length() == Span(0, 60, under=True)
