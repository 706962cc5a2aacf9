from resources.core.names import Mode
from resources.media.profiles import ENCODER, PROFILES, PUBLISHED, REHEARSED, picture_coding


def test_the_keys_of_pictures_that_are_kept_know_no_newer_setting() -> None:
    """An encoder is part of a composite's key: those of older shows are found again."""
    assert set(ENCODER.model_dump(mode="json")) == {"preset", "crf", "group", "b_frames", "most_kbps"}


def test_grain_does_not_lose_to_even_walls_in_what_is_published() -> None:
    assert "aq-strength=0.5" in picture_coding(PUBLISHED)["x264-params"]
    assert "aq-strength" not in picture_coding(ENCODER)["x264-params"]


def test_drawn_pictures_alone_have_one_quantiser() -> None:
    assert PROFILES[Mode.REHEARSAL].encoder == REHEARSED
    assert "crf" not in picture_coding(REHEARSED)
    assert picture_coding(REHEARSED)["qp"] == REHEARSED.crf
    for mode in (Mode.DRAFT, Mode.FINAL):
        assert "qp" not in picture_coding(PROFILES[mode].encoder)


def test_what_is_published_has_a_limit_and_what_is_checked_has_none() -> None:
    coded = picture_coding(PUBLISHED)
    assert (coded["maxrate"], coded["bufsize"]) == ("10500k", "3000k")
    assert "maxrate" not in picture_coding(ENCODER)


def test_groups_are_closed_in_every_profile() -> None:
    assert all("open-gop=0" in picture_coding(profile.encoder)["x264-params"] for profile in PROFILES.values())
