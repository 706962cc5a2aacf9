"""An endpoint in words."""

from resources.models import catalogue
from resources.models.catalogue.wording import lengths, limit_text, price_text
from resources.models.endpoints import ids
from resources.models.prices import PriceList

PRICES = PriceList.load()


def test_prices_are_told_by_variant_and_unit() -> None:
    assert price_text(catalogue.get(ids.I2V_V26_PRO), PRICES) == ("$0.07 silent, $0.14 audio, $0.168 voice a second")
    assert price_text(catalogue.get(ids.NANO_2_EDIT), PRICES).endswith(
        "$0.16 4K an image, $0.015 more with web search, $0.002 more with high thinking"
    )
    assert price_text(catalogue.get(ids.EDIT_O3_PRO), PRICES).startswith("not known")


def test_a_length_is_that_of_the_sound_or_a_choice() -> None:
    assert list(lengths(catalogue.get(ids.AVATAR_PRO))) == ["as long as audio_url"]
    assert list(lengths(catalogue.get(ids.I2V_V26_PRO))) == ["5, 10 seconds"]
    assert list(lengths(catalogue.get(ids.T2V_V3_PRO))) == ["3 … 15 seconds"]
    assert list(lengths(catalogue.get(ids.FLUX_DEV))) == []


def test_limits_are_told_with_their_units() -> None:
    assert limit_text(catalogue.get(ids.AVATAR_PRO).media["audio_url"]) == ".mp3, .wav, 2-60 s, at most 5 MB"
    assert "30 s with `character_orientation` video" in limit_text(catalogue.get(ids.MOTION_PRO).media["video_url"])
