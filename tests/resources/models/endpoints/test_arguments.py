"""What can be asked of each endpoint, on both sides of every limit that the arguments alone decide."""

from typing import Any

import pytest

from resources.core.errors import ContentError
from resources.models import catalogue
from resources.models.endpoints import ids
from resources.models.endpoints.arguments import MAX_PROMPT
from tests.resources.models.catalogue.test_registry import CLIP, LEAST, SOUND, URL, parse

PICTURES = {"frontal_image_url": URL, "reference_image_urls": [URL]}
FIVE_OR_TEN = (
    ids.I2V_V26_PRO,
    ids.I2V_V25_STANDARD,
    ids.I2V_V25_PRO,
    ids.I2V_V21_STANDARD,
    ids.I2V_V21_PRO,
    ids.I2V_V21_MASTER,
    ids.T2V_V25_PRO,
)
THREE_TO_FIFTEEN = (
    ids.I2V_V3_STANDARD,
    ids.I2V_V3_PRO,
    ids.I2V_O3_STANDARD,
    ids.I2V_O3_PRO,
    ids.T2V_V3_STANDARD,
    ids.T2V_V3_PRO,
    ids.T2V_O3_STANDARD,
    ids.T2V_O3_PRO,
    ids.R2V_O3_PRO,
)
WITH_PROMPT_LIMIT = [
    endpoint
    for endpoint in LEAST
    if "prompt" in catalogue.get(endpoint).settings() and not endpoint.startswith("fal-ai/n")
]


def refused(endpoint: str, because: str, **settings: Any) -> None:
    with pytest.raises(ContentError, match="cannot be asked this") as caught:
        parse(endpoint, **settings)
    assert because in str(caught.value.why)


@pytest.mark.parametrize("endpoint", FIVE_OR_TEN)
def test_five_and_ten_seconds_are_sold_and_seven_are_not(endpoint: str) -> None:
    assert [parse(endpoint, duration=sold).seconds() for sold in ("5", "10")] == [5.0, 10.0]
    refused(endpoint, "duration", duration="7")


@pytest.mark.parametrize("endpoint", THREE_TO_FIFTEEN)
def test_three_to_fifteen_seconds_are_sold_and_two_or_sixteen_are_not(endpoint: str) -> None:
    assert [parse(endpoint, duration=sold).seconds() for sold in ("3", "15")] == [3.0, 15.0]
    refused(endpoint, "duration", duration="2")
    refused(endpoint, "duration", duration="16")


@pytest.mark.parametrize("endpoint", [id for id in WITH_PROMPT_LIMIT if id != ids.FLUX_DEV])
def test_a_prompt_has_2500_characters_and_not_one_more(endpoint: str) -> None:
    assert len(parse(endpoint, prompt="x" * MAX_PROMPT).prompt) == 2500
    refused(endpoint, "prompt", prompt="x" * (MAX_PROMPT + 1))
    refused(endpoint, "prompt", prompt="")


@pytest.mark.parametrize(
    ("endpoint", "name", "inside", "outside"),
    [
        (ids.I2V_V21_PRO, "cfg_scale", (0, 1), (-0.1, 1.1)),
        (ids.T2V_V25_PRO, "cfg_scale", (0, 1), (-0.1, 1.1)),
        (ids.T2V_V3_PRO, "cfg_scale", (0, 1), (-0.1, 1.1)),
        (ids.I2V_V21_PRO, "negative_prompt", ("", "x" * 2500), ("x" * 2501,)),
        (ids.T2V_V25_PRO, "aspect_ratio", ("16:9", "9:16", "1:1"), ("4:3",)),
        (ids.T2V_O3_PRO, "aspect_ratio", ("16:9", "9:16", "1:1"), ("auto",)),
        (ids.R2V_O3_PRO, "aspect_ratio", ("9:16",), ("2:3",)),
        (ids.OMNIHUMAN, "resolution", ("720p", "1080p"), ("480p",)),
        (ids.AURORA, "resolution", ("480p", "720p"), ("1080p",)),
        (ids.AURORA, "guidance_scale", (0, 1), (-0.1,)),
        (ids.AURORA, "audio_guidance_scale", (0, 2), (-0.1,)),
        (ids.FABRIC, "resolution", ("480p", "720p"), ("1080p",)),
        (ids.MOTION_PRO, "character_orientation", ("image", "video"), ("dance",)),
        (ids.T2V_O3_PRO, "shot_type", ("customize", "intelligent"), ("free",)),
        (ids.FLUX_DEV, "num_images", (1, 4), (0, 5)),
        (ids.FLUX_DEV, "num_inference_steps", (1, 50), (0, 51)),
        (ids.FLUX_DEV, "guidance_scale", (1, 20), (0.9, 20.1)),
        (
            ids.FLUX_DEV,
            "image_size",
            ("square_hd", {"width": 1, "height": 14142}),
            ({"width": 0, "height": 9}, {"width": 9, "height": 14143}, "9:16"),
        ),
        (ids.NANO_PRO, "num_images", (1, 4), (0, 5)),
        (ids.NANO_PRO, "resolution", ("1K", "4K"), ("0.5K",)),
        (ids.NANO_2, "resolution", ("0.5K", "4K"), ("8K",)),
        (ids.NANO_PRO, "aspect_ratio", ("auto", "9:16"), ("4:1",)),
        (ids.NANO_2, "aspect_ratio", ("4:1", "1:8"), ("7:1",)),
        (ids.NANO_2, "thinking_level", ("minimal", "high"), ("medium",)),
        (ids.NANO_PRO, "safety_tolerance", ("1", "6"), ("0", "7")),
        (ids.NANO_PRO, "output_format", ("png", "webp"), ("gif",)),
        (ids.NANO_PRO_EDIT, "image_urls", ([URL],), ([],)),
        (ids.AVATAR_PRO, "image_url", ("https://a.test/b.png", "file:///a/b.png"), ("portrait.png", "")),
    ],
)
def test_each_setting_has_its_limits(
    endpoint: str, name: str, inside: tuple[Any, ...], outside: tuple[Any, ...]
) -> None:
    for value in inside:
        parse(endpoint, **{name: value})
    for value in outside:
        refused(endpoint, name, **{name: value})


def test_v26_speaks_with_two_voices_and_not_three() -> None:
    voices = {"generate_audio": True, "voice_ids": ["a", "b"]}
    assert parse(ids.I2V_V26_PRO, **voices, prompt="<<<voice_2>>> says hi").voice_ids == ["a", "b"]
    refused(ids.I2V_V26_PRO, "voice_ids", generate_audio=True, voice_ids=["a", "b", "c"])
    refused(ids.I2V_V26_PRO, "names <<<voice_2>>>", generate_audio=True, voice_ids=["a"], prompt="<<<voice_2>>> hi")
    refused(ids.I2V_V26_PRO, "heard only with generate_audio", voice_ids=["a"])


@pytest.mark.parametrize("endpoint", THREE_TO_FIFTEEN)
def test_a_multi_shot_request_has_one_to_six_shots(endpoint: str) -> None:
    def ask(shots: int, duration: str) -> Any:
        settings = {key: value for key, value in LEAST[endpoint].items() if key != "prompt"}
        multi = [{"prompt": "p", "duration": "1"}] * shots
        return catalogue.get(endpoint).parse(settings | {"multi_prompt": multi, "duration": duration})

    assert len(ask(6, "6").multi_prompt) == 6
    for shots in (0, 7):
        with pytest.raises(ContentError, match="multi_prompt"):
            ask(shots, "7")


def test_the_shots_of_a_request_last_as_long_as_it_and_at_most_fifteen_seconds() -> None:
    def ask(*lengths: int, duration: str) -> dict[str, Any]:
        return {
            "prompt": None,
            "duration": duration,
            "multi_prompt": [{"prompt": "p", "duration": str(n)} for n in lengths],
        }

    assert parse(ids.T2V_O3_PRO, **ask(7, 8, duration="15")).seconds() == 15
    refused(ids.T2V_O3_PRO, "16 s together, and 15 s are sold", **ask(8, 8, duration="15"))
    refused(ids.T2V_O3_PRO, "9 s together, and duration says 5", **ask(4, 5, duration="5"))
    refused(ids.T2V_O3_PRO, "multi_prompt.0.duration", **ask(0, 5, duration="5"))


def test_a_prompt_and_shots_exclude_each_other() -> None:
    refused(ids.T2V_V3_PRO, "either prompt or multi_prompt", multi_prompt=[{"prompt": "p"}])
    with pytest.raises(ContentError, match="either prompt or multi_prompt"):
        catalogue.get(ids.T2V_V3_PRO).parse({})


def test_an_element_has_one_to_three_pictures_beside_its_frontal_one_or_a_video() -> None:
    def ask(**element: Any) -> Any:
        return {"elements": [element]}

    parse(ids.I2V_V3_PRO, **ask(frontal_image_url=URL, reference_image_urls=[URL] * 3))
    parse(ids.I2V_V3_PRO, **ask(video_url=CLIP))
    for count in (0, 4):
        refused(
            ids.I2V_V3_PRO,
            "reference_image_urls",
            **ask(frontal_image_url=URL, reference_image_urls=[URL] * count),
        )
    refused(ids.I2V_V3_PRO, "an element needs", **ask(frontal_image_url=URL))
    refused(ids.I2V_V3_PRO, "only one element", elements=[{"video_url": CLIP}] * 2)


def test_an_edit_has_four_references_and_not_five() -> None:
    for endpoint in (ids.EDIT_O1, ids.EDIT_O3_PRO):
        parse(endpoint, image_urls=[URL] * 2, elements=[PICTURES] * 2)
        refused(endpoint, "5 references: at most 4", image_urls=[URL] * 3, elements=[PICTURES] * 2)


def test_references_with_a_video_are_four_and_not_five() -> None:
    video = {"video_url": CLIP}
    parse(ids.R2V_O3_PRO, image_urls=[URL] * 3, elements=[video])
    parse(ids.R2V_O3_PRO, image_urls=[URL] * 5, elements=[PICTURES])
    refused(ids.R2V_O3_PRO, "at most 4", image_urls=[URL] * 4, elements=[video])
    refused(ids.R2V_O3_PRO, "needs start_image_url", end_image_url=URL)


def test_an_edit_of_nano_banana_2_needs_something_to_edit() -> None:
    entry = catalogue.get(ids.NANO_2_EDIT)
    assert entry.parse({"prompt": "p", "audio_url": SOUND}).payload()["audio_url"] == SOUND
    with pytest.raises(ContentError, match="give image_urls, or one of"):
        entry.parse({"prompt": "p"})


@pytest.mark.parametrize("named", ["https://a.test/i.png", "file:///a/i.png", f"sha256:{'0a' * 32}"])
def test_a_file_is_an_address_or_its_contents_name(named: str) -> None:
    assert parse(ids.AVATAR_PRO, image_url=named).payload()["image_url"] == named


@pytest.mark.parametrize("named", ["i.png", "sha256:0a", f"sha256:{'0A' * 32}", "data:image/png;base64,AAAA"])
def test_anything_else_is_no_file(named: str) -> None:
    refused(ids.AVATAR_PRO, "image_url", image_url=named)
