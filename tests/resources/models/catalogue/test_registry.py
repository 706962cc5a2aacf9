"""The catalogue's entries: their settings, their refusals, their price variants and what they bill."""

from typing import Any

import pytest

from resources.core.errors import ContentError
from resources.models import catalogue
from resources.models.catalogue import Kind
from resources.models.endpoints import ids
from resources.models.prices import PriceList

URL = "https://files.test/a.png"
SOUND = "https://files.test/a.mp3"
CLIP = "https://files.test/a.mp4"

# The least that each endpoint takes.
LEAST: dict[str, dict[str, Any]] = {
    ids.AVATAR_STANDARD: {"image_url": URL, "audio_url": SOUND},
    ids.AVATAR_PRO: {"image_url": URL, "audio_url": SOUND},
    ids.OMNIHUMAN: {"image_url": URL, "audio_url": SOUND},
    ids.AURORA: {"image_url": URL, "audio_url": SOUND},
    ids.FABRIC: {"image_url": URL, "audio_url": SOUND, "resolution": "480p"},
    ids.SYNC_3: {"image_url": URL, "audio_url": SOUND},
    ids.HEYGEN_4: {"image_url": URL, "audio_url": SOUND},
    ids.LTX_25_FAST: {"image_url": URL, "audio_url": SOUND},
    ids.I2V_V26_PRO: {"prompt": "p", "start_image_url": URL},
    ids.I2V_V25_STANDARD: {"prompt": "p", "image_url": URL},
    ids.I2V_V25_PRO: {"prompt": "p", "image_url": URL},
    ids.I2V_V21_STANDARD: {"prompt": "p", "image_url": URL},
    ids.I2V_V21_PRO: {"prompt": "p", "image_url": URL},
    ids.I2V_V21_MASTER: {"prompt": "p", "image_url": URL},
    ids.I2V_V3_STANDARD: {"prompt": "p", "start_image_url": URL},
    ids.I2V_V3_PRO: {"prompt": "p", "start_image_url": URL},
    ids.I2V_V3_TURBO: {"prompt": "p", "image_url": URL},
    ids.I2V_V3_4K: {"prompt": "p", "start_image_url": URL},
    ids.I2V_O3_4K: {"prompt": "p", "image_url": URL},
    ids.I2V_O3_STANDARD: {"prompt": "p", "image_url": URL},
    ids.I2V_O3_PRO: {"prompt": "p", "image_url": URL},
    ids.T2V_V25_PRO: {"prompt": "p"},
    ids.T2V_V3_STANDARD: {"prompt": "p"},
    ids.T2V_V3_PRO: {"prompt": "p"},
    ids.T2V_V3_TURBO: {"prompt": "p"},
    ids.T2V_V3_4K: {"prompt": "p"},
    ids.T2V_O3_4K: {"prompt": "p"},
    ids.T2V_O3_STANDARD: {"prompt": "p"},
    ids.T2V_O3_PRO: {"prompt": "p"},
    ids.R2V_O3_PRO: {"prompt": "p"},
    ids.R2V_O3_4K: {"prompt": "p"},
    ids.MOTION_V3_STANDARD: {"image_url": URL, "video_url": CLIP, "character_orientation": "image"},
    ids.MOTION_V3_PRO: {"image_url": URL, "video_url": CLIP, "character_orientation": "video"},
    ids.MOTION_STANDARD: {"image_url": URL, "video_url": CLIP, "character_orientation": "image"},
    ids.MOTION_PRO: {"image_url": URL, "video_url": CLIP, "character_orientation": "video"},
    ids.EDIT_O1: {"prompt": "p", "video_url": CLIP},
    ids.EDIT_O3_PRO: {"prompt": "p", "video_url": CLIP},
    ids.CREATE_VOICE: {"voice_url": SOUND},
    ids.FLUX_DEV: {"prompt": "p"},
    ids.NANO_PRO: {"prompt": "p"},
    ids.NANO_PRO_EDIT: {"prompt": "p", "image_urls": [URL]},
    ids.NANO_2: {"prompt": "p"},
    ids.NANO_2_EDIT: {"prompt": "p", "image_urls": [URL]},
}


def parse(endpoint: str, **settings: Any) -> Any:
    return catalogue.get(endpoint).parse(LEAST[endpoint] | settings)


def test_every_endpoint_is_in_this_test() -> None:
    assert {endpoint.id for endpoint in catalogue.all()} == set(LEAST)


@pytest.mark.parametrize("endpoint", LEAST)
def test_the_least_settings_are_taken_and_sent_with_every_default(endpoint: str) -> None:
    payload = parse(endpoint).payload()
    assert payload.items() >= LEAST[endpoint].items()
    assert None not in payload.values()


@pytest.mark.parametrize(("endpoint", "name"), [(endpoint, name) for endpoint in LEAST for name in LEAST[endpoint]])
def test_each_required_setting_is_required(endpoint: str, name: str) -> None:
    less = {key: value for key, value in LEAST[endpoint].items() if key != name}
    with pytest.raises(ContentError, match="cannot be asked this"):
        catalogue.get(endpoint).parse(less)


@pytest.mark.parametrize("endpoint", LEAST)
def test_an_unknown_setting_is_refused_with_the_names_that_exist(endpoint: str) -> None:
    with pytest.raises(ContentError, match="has no setting 'wobble'") as caught:
        parse(endpoint, wobble=1)
    assert all(name in str(caught.value.hint) for name in catalogue.get(endpoint).settings())


def test_the_settings_that_the_old_documents_gave_to_the_avatar_are_refused_with_the_reason() -> None:
    with pytest.raises(ContentError) as caught:
        parse(ids.AVATAR_PRO, aspect_ratio="9:16")
    assert caught.value.why == "the result has the shape of the picture: give a picture of that shape"
    assert "image_url, audio_url, prompt" in str(caught.value.hint)


def test_a_mistyped_setting_is_told_its_right_name() -> None:
    with pytest.raises(ContentError, match="did you mean 'negative_prompt'"):
        parse(ids.I2V_V21_PRO, negativ_prompt="blur")


def test_a_setting_of_a_sister_model_is_told_its_name_here() -> None:
    with pytest.raises(ContentError, match=r"its name is start_image_url"):
        catalogue.get(ids.I2V_V26_PRO).parse({"prompt": "p", "image_url": URL})


def test_an_unknown_model_is_refused_with_the_nearest() -> None:
    with pytest.raises(ContentError, match=r"fal-ai/creatify/aurora"):
        catalogue.get("creatify/aurora")
    with pytest.raises(ContentError, match=r"v2\.1/pro/image-to-video"):
        catalogue.get("fal-ai/kling-video/v2.1/pros/image-to-video")


def test_kinds_select_endpoints() -> None:
    avatars = catalogue.by_kind(Kind.AVATAR)
    assert [endpoint.id for endpoint in avatars][:2] == [ids.AVATAR_STANDARD, ids.AVATAR_PRO]
    assert len(avatars) == 8


def test_sound_is_off_unless_it_is_asked_for() -> None:
    assert parse(ids.I2V_V26_PRO).payload()["generate_audio"] is False
    assert parse(ids.T2V_V3_PRO).payload()["generate_audio"] is False


@pytest.mark.parametrize(
    ("endpoint", "settings", "variant"),
    [
        (ids.I2V_V26_PRO, {}, "silent"),
        (ids.I2V_V26_PRO, {"generate_audio": True}, "audio"),
        (ids.I2V_V26_PRO, {"generate_audio": True, "voice_ids": ["v"]}, "voice"),
        (ids.I2V_V3_STANDARD, {"elements": [{"video_url": CLIP, "voice_id": "v"}]}, "silent"),
        (ids.I2V_V3_STANDARD, {"generate_audio": True, "elements": [{"video_url": CLIP}]}, "audio"),
        (
            ids.I2V_V3_PRO,
            {"generate_audio": True, "elements": [{"video_url": CLIP, "voice_id": "v"}]},
            "voice",
        ),
        (ids.T2V_O3_PRO, {"generate_audio": True}, "audio"),
        (ids.I2V_O3_STANDARD, {}, "silent"),
        (ids.FABRIC, {"resolution": "720p"}, "720p"),
        (ids.AURORA, {}, "720p"),
        (ids.T2V_V3_4K, {"generate_audio": True}, None),  # with sound or without
        (ids.NANO_2, {"resolution": "4K"}, "4K"),
        (ids.AVATAR_PRO, {}, None),
    ],
)
def test_arguments_choose_the_price_variant(endpoint: str, settings: dict[str, Any], variant: str | None) -> None:
    entry = catalogue.get(endpoint)
    assert entry.variant(parse(endpoint, **settings)) == variant
    assert variant in entry.variants


@pytest.mark.parametrize(
    ("endpoint", "settings", "seconds", "units"),
    [
        (ids.AVATAR_PRO, {}, 7.25, 7.25),
        (ids.I2V_V21_PRO, {"duration": "10"}, None, 10.0),
        (ids.T2V_O3_PRO, {"duration": "7"}, None, 7.0),
        (ids.MOTION_PRO, {}, 12.5, 12.5),
        (ids.EDIT_O1, {}, 5.04, 5.04),
        (ids.CREATE_VOICE, {}, None, 1.0),
        (ids.FLUX_DEV, {"image_size": "square"}, None, 1.0),
        (ids.FLUX_DEV, {"image_size": "square_hd"}, None, 2.0),  # 1.05 megapixels
        (ids.FLUX_DEV, {"image_size": {"width": 1000, "height": 1000}, "num_images": 3}, None, 3.0),
        (ids.NANO_PRO, {"num_images": 4}, None, 4.0),
    ],
)
def test_units_are_what_the_provider_bills(
    endpoint: str, settings: dict[str, Any], seconds: float | None, units: float
) -> None:
    assert catalogue.get(endpoint).units(parse(endpoint, **settings), media_seconds=seconds) == units


def test_an_avatar_is_not_priced_without_the_length_of_its_sound() -> None:
    with pytest.raises(ContentError, match="follows from the length of audio_url"):
        catalogue.get(ids.AVATAR_PRO).units(parse(ids.AVATAR_PRO))


# Models whose price is not known, for sources that conflict: not bought before a person adds it or fal is asked.
UNPRICED = {ids.EDIT_O3_PRO}


@pytest.mark.parametrize(
    ("endpoint", "variant"), [(entry, variant) for entry in catalogue.all() for variant in entry.variants]
)
def test_every_variant_has_a_price_in_the_unit_that_is_counted(
    endpoint: catalogue.Endpoint, variant: str | None
) -> None:
    prices = PriceList.load()
    if endpoint.id in UNPRICED:
        with pytest.raises(ContentError, match="no price is known"):
            prices.price(endpoint.id, variant)
    else:
        price = prices.price(endpoint.id, variant)
        assert (price.unit, price.variant) == (endpoint.unit, variant)


def test_a_request_is_estimated_by_its_units_and_variant() -> None:
    entry = catalogue.get(ids.I2V_V26_PRO)
    prices = PriceList.load()
    assert entry.estimate(prices, parse(entry.id, duration="10")).usd == pytest.approx(0.70)
    assert entry.estimate(prices, parse(entry.id, duration="5", generate_audio=True)).usd == pytest.approx(0.70)
    speaker = catalogue.get(ids.AVATAR_PRO)
    assert speaker.estimate(prices, parse(speaker.id), media_seconds=60).usd == pytest.approx(6.90)


def test_what_is_added_is_added_to_the_price_of_each_picture() -> None:
    entry, prices = catalogue.get(ids.NANO_2_EDIT), PriceList.load()
    asked = {"resolution": "4K", "num_images": 2, "enable_web_search": True, "thinking_level": "high"}
    assert entry.estimate(prices, parse(entry.id, **asked)).usd == pytest.approx(2 * (0.16 + 0.015 + 0.002))
    assert entry.estimate(prices, parse(entry.id, thinking_level="minimal")).usd == pytest.approx(0.08)


def test_a_web_search_is_not_bought_at_the_price_without_one() -> None:
    entry = catalogue.get(ids.NANO_PRO)
    with pytest.raises(ContentError, match="no price is known for web search of fal-ai/nano-banana-pro") as caught:
        entry.estimate(PriceList.load(), parse(entry.id, enable_web_search=True))
    assert "adds = true" in str(caught.value.hint)


@pytest.mark.parametrize("endpoint", catalogue.all(), ids=lambda endpoint: endpoint.id)
def test_every_entry_says_where_it_comes_from_and_limits_only_what_it_has(endpoint: catalogue.Endpoint) -> None:
    assert endpoint.facts
    assert all(fact.source and fact.on.year == 2026 for fact in endpoint.facts)
    assert set(endpoint.media) <= set(endpoint.settings())
    assert not set(endpoint.not_settings) & set(endpoint.settings())
    assert endpoint.length_of is None or endpoint.length_of in endpoint.media
