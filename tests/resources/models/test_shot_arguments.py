"""Each kind of shot as the request that is sent for it."""

from typing import Any

import pytest

from resources.content.shots import parse_shot
from resources.content.show import Format
from resources.core.errors import ContentError
from resources.models.catalogue import MediaFacts
from resources.models.endpoints import ids
from resources.models.prices import PriceList
from resources.models.prompts.book import shipped
from resources.models.shot_arguments import Given, ShotOrder, order

BOOK = shipped()
PRICES = PriceList.load()
PICTURE = MediaFacts(suffix=".png", size=1000, width=1080, height=1920, transparent=False)
CLIP = MediaFacts(suffix=".mp4", size=1000, width=1080, height=1920, seconds=6.5, fps=30)


def url(slot: str) -> str:
    return f"https://files.test/{slot}"


def make(
    label: str, text: str, format: Format = Format.SHORT, facts: dict[str, MediaFacts] | None = None, **settings: Any
) -> ShotOrder:
    shot = parse_shot(label, settings, text)
    clips = {"video", "clip"}
    given = {slot: Given(url(slot), CLIP if slot in clips else PICTURE) for slot in shot.needs()}
    given |= {slot: Given(url(slot), measured) for slot, measured in (facts or {}).items()}
    return order(shot, given, BOOK, format)


def test_broll_from_words_is_scam_in_the_episodes_shape() -> None:
    made = make("BROLL", "A city at night", camera="low_angle, dolly_in", action="rain starts", mood="neon", seconds=10)
    assert made.endpoint.id == ids.T2V_V25_PRO
    payload = made.arguments.payload()
    assert payload["prompt"] == (
        "A city at night. Low angle, camera slowly dollies in. Rain starts. Neon lighting in pink and blue."
    )
    assert (payload["duration"], payload["aspect_ratio"]) == ("10", "9:16")
    assert "watermark" in payload["negative_prompt"]
    assert "generate_audio" not in payload
    assert made.estimate(PRICES).usd == pytest.approx(0.70)


@pytest.mark.parametrize(("format", "aspect"), [(Format.SHORT, "9:16"), (Format.LONG, "16:9"), (Format.SQUARE, "1:1")])
def test_the_format_decides_the_shape(format: Format, aspect: str) -> None:
    assert make("BROLL", "x", format).arguments.payload()["aspect_ratio"] == aspect
    assert make("OMNI", "@a", format, references={"a": "a.png"}).arguments.payload()["aspect_ratio"] == aspect


def test_a_recipe_writes_the_prompt_about_the_texts_subject_and_what_to_avoid() -> None:
    payload = make("BROLL", "an abandoned arcade.", recipe="drone_fpv", avoid="people").arguments.payload()
    assert payload["prompt"].startswith("FPV drone racing through an abandoned arcade, camera banks hard")
    assert payload["negative_prompt"].startswith("people, slow motion, static, flat movement")
    edited = make("EDIT", "The studio", clip="s03", recipe="vintage_film").arguments.payload()
    assert edited["prompt"].startswith("The studio shot on Super 8mm film")
    with pytest.raises(ContentError, match="'vintage_film' is one for video-edit") as refused:
        make("BROLL", "x", recipe="vintage_film")
    assert "drone_fpv" in str(refused.value.hint)
    with pytest.raises(ContentError, match="no recipe 'drone'"):
        make("BROLL", "x", recipe="drone")


def test_broll_from_a_picture_says_the_picture_first_and_takes_its_shape() -> None:
    made = make(
        "BROLL", "she turns her head", image="a.png", picture="a woman in a garden", style="anime", avoid="bees"
    )
    payload = made.arguments.payload()
    assert made.endpoint.id == ids.I2V_V21_PRO
    assert payload["prompt"] == (
        "A woman in a garden. She turns her head. Rendered in anime style, cel shading, vibrant colors."
    )
    assert payload["image_url"] == url("image")
    assert payload["negative_prompt"].startswith("bees, bad anatomy")
    assert "aspect_ratio" not in payload


def test_broll_with_timestamps_is_one_clip_of_several_shots() -> None:
    made = make("BROLL", "[0:00-0:04] a face\n[0:04-0:09] a desk", style="pixar")
    payload = made.arguments.payload()
    assert made.endpoint.id == ids.T2V_V3_STANDARD
    assert [(shot["duration"], shot["prompt"].split(".")[0]) for shot in payload["multi_prompt"]] == [
        ("4", "A face"),
        ("5", "A desk"),
    ]
    assert payload["duration"] == "9"
    assert "prompt" not in payload
    assert made.estimate(PRICES).usd == pytest.approx(9 * 0.084)


def test_a_model_without_a_list_of_shots_is_sent_timestamps() -> None:
    made = make("BROLL", "[0:00-0:02] a face\n[0:02-0:05] a desk", model=ids.T2V_V25_PRO)
    assert made.arguments.payload()["prompt"].startswith("Shot 1 [0:00-0:02] A face.")
    assert made.reason == "the shot names it"


def test_broll_that_speaks_has_voices_and_sound() -> None:
    made = make("BROLL", "The desk.\n[Ninja]: Hello!", audio=True, seconds=4)
    payload = made.arguments.payload()
    assert made.endpoint.id == ids.T2V_O3_STANDARD
    assert '[Ninja, energetic male voice]: "Hello!"' in payload["prompt"]
    assert payload["generate_audio"] is True
    assert made.estimate(PRICES).usd == pytest.approx(4 * 0.112)
    with pytest.raises(ContentError, match="a line is spoken, and audio is off"):
        make("BROLL", "[Ninja]: Hello!")


def test_a_transition_has_a_start_and_an_end() -> None:
    made = make("TRANSITION", "the camera flies through", start="a.png", end="b.png", camera="fpv_drone")
    payload = made.arguments.payload()
    assert made.endpoint.id == ids.I2V_V21_PRO
    assert (payload["image_url"], payload["tail_image_url"]) == (url("start"), url("end"))
    assert payload["negative_prompt"].startswith("blurry, distort, deform, warp")
    assert make("TRANSITION", "x", start="a.png", end="b.png", seconds=7).arguments.payload()["end_image_url"] == url(
        "end"
    )


def test_a_motion_is_billed_by_its_video_and_its_prompt_ends_in_consistency() -> None:
    made = make("MOTION", "Rumi, purple braid", image="hero", video="dance.mp4", scene="concert stage")
    assert made.arguments.payload() == {
        "image_url": url("image"),
        "video_url": url("video"),
        "character_orientation": "video",
        "prompt": "Rumi, purple braid. Concert stage. Consistent character appearance throughout.",
        "keep_original_sound": False,
    }
    assert made.estimate(PRICES).usd == pytest.approx(6.5 * 0.112)
    assert (
        make("MOTION", "x", image="a.png", video="b.mp4", orientation="image").arguments.payload()[
            "character_orientation"
        ]
        == "image"
    )


def test_an_edit_says_the_result_what_stays_and_its_references() -> None:
    made = make("EDIT", "A street like @look", clip="s03", keep="the man", references={"look": "look.png"})
    payload = made.arguments.payload()
    assert made.endpoint.id == ids.EDIT_O1
    assert payload["prompt"] == (
        "A street like @Image1. The man remains unchanged, maintaining its exact appearance and motion."
    )
    assert (payload["video_url"], payload["image_urls"]) == (url("clip"), [url("references.look")])
    assert made.estimate(PRICES).usd == pytest.approx(6.5 * 0.168)


def test_an_omni_shot_has_labelled_references_and_its_last_line() -> None:
    made = make(
        "OMNI",
        "The man from @ninja walks through @forest",
        references={"forest": "f.png", "ninja": "hero"},
        ending="standing still",
        seconds=8,
        start="f2.png",
    )
    payload = made.arguments.payload()
    assert made.endpoint.id == ids.R2V_O3_PRO
    assert payload["prompt"] == (
        "The man from @Image2 walks through @Image1. The scene ends with them standing still in @Image1."
    )
    assert payload["image_urls"] == [url("references.forest"), url("references.ninja")]
    assert (payload["duration"], payload["generate_audio"], payload["start_image_url"]) == ("8", False, url("start"))


def test_a_picture_from_words_is_flux_and_from_pictures_nano_banana() -> None:
    flux = make("IMAGE", "A ninja, full body visible", style="pixar", seed=7)
    assert flux.endpoint.id == ids.FLUX_DEV
    assert (flux.arguments.payload()["image_size"], flux.arguments.payload()["seed"]) == ("portrait_16_9", 7)
    sheet = make("IMAGE", "eight views of @ninja", references={"ninja": "n.png"}, resolution="2K")
    assert sheet.endpoint.id == ids.NANO_2_EDIT
    assert sheet.arguments.payload()["prompt"] == "Eight views of image 1."
    assert sheet.estimate(PRICES).usd == pytest.approx(0.12)


@pytest.mark.parametrize(
    ("label", "settings", "said"),
    [
        ("BROLL", {"model": ids.AVATAR_PRO}, "Avatar v2 Pro cannot make this broll"),
        ("BROLL", {"model": ids.I2V_V21_PRO}, "it is image-to-video"),
        ("BROLL", {"model": ids.T2V_V25_PRO, "seconds": 7}, "does not sell 7 s"),
        ("BROLL", {"model": ids.T2V_V25_PRO, "audio": True}, "has no setting 'generate_audio'"),
        ("BROLL", {"model": ids.T2V_O3_PRO, "avoid": "rain"}, "O3 has none"),
        ("BROLL", {"model": ids.T2V_O3_PRO, "guidance": 0.3}, "O3 has none"),
        (
            "TRANSITION",
            {"start": "a.png", "end": "b.png", "model": ids.I2V_V21_MASTER},
            "this model has no end frame",
        ),
        ("IMAGE", {"resolution": "2K"}, "Flux dev has no setting 'resolution'"),
        ("OMNI", {"references": {"a": "a.png"}, "model": ids.T2V_O3_PRO}, "cannot make this omni"),
    ],
)
def test_what_a_model_cannot_do_is_refused(label: str, settings: dict[str, Any], said: str) -> None:
    with pytest.raises(ContentError, match=said):
        make(label, "x", **settings)


def test_a_length_that_a_model_does_not_sell_names_those_that_do() -> None:
    with pytest.raises(ContentError) as caught:
        make("BROLL", "x", model=ids.T2V_V25_PRO, seconds=7)
    assert "`seconds:` 5, 10" in str(caught.value.hint)
    assert "Text-to-video v3 Pro" in str(caught.value.hint)


def test_files_outside_their_limits_are_refused_before_anything_is_bought() -> None:
    long = MediaFacts(suffix=".mp4", seconds=12.0)
    with pytest.raises(ContentError, match="video_url lasts 12"):
        make("MOTION", "x", image="a.png", video="b.mp4", orientation="image", facts={"video": long})
    assert make("MOTION", "x", image="a.png", video="b.mp4", facts={"video": long}).media_seconds == 12.0
    tiny = MediaFacts(width=20, height=20)
    with pytest.raises(ContentError, match=r"image_urls\[1\] is 20x20"):
        make("OMNI", "x", references={"a": "a.png", "b": "b.png"}, facts={"references.b": tiny})


def test_seconds_that_disagree_with_timestamps_are_refused() -> None:
    with pytest.raises(ContentError, match="the shots last 9 s, and seconds says 5"):
        make("BROLL", "[0:00-0:04] a\n[0:04-0:09] b", seconds=5)


def test_a_shot_waits_for_its_files() -> None:
    with pytest.raises(ContentError, match="image must be there"):
        order(parse_shot("BROLL", {"image": "a.png"}, "x"), {}, BOOK, Format.SHORT)
