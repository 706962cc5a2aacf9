"""Which models speak how long, and at which resolution."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from resources.core.errors import ContentError
from resources.models import speakers
from resources.models.endpoints import ids

FABRIC = speakers.option(ids.FABRIC, "480p")
PRO = speakers.option(ids.AVATAR_PRO)


def test_every_avatar_is_an_option_at_each_of_its_resolutions() -> None:
    assert [option.name for option in speakers.options()] == [
        "Avatar v2 Standard",
        "Avatar v2 Pro",
        "OmniHuman v1.5 at 1080p",
        "OmniHuman v1.5 at 720p",
        "Creatify Aurora at 720p",
        "Creatify Aurora at 480p",
        "VEED Fabric 1.0 at 720p",
        "VEED Fabric 1.0 at 480p",
        "Sync 3",
        "HeyGen Avatar 4 at 720p",
        "HeyGen Avatar 4 at 1080p",
        "LTX-2.5 Fast",
    ]


def test_a_model_that_takes_no_prompt_is_sent_none() -> None:
    files = {"image_url": "https://a.test/i.png", "audio_url": "https://a.test/s.mp3", "prompt": "excited"}
    assert FABRIC.arguments(**files).payload() == {
        "image_url": "https://a.test/i.png",
        "audio_url": "https://a.test/s.mp3",
        "resolution": "480p",
    }
    assert PRO.arguments(**files).payload()["prompt"] == "excited"


def test_a_model_that_does_not_speak_is_refused_with_those_that_do() -> None:
    with pytest.raises(ContentError, match="does not speak a recording") as caught:
        speakers.option(ids.T2V_O3_PRO)
    assert ids.AVATAR_PRO in str(caught.value.hint)


def test_a_resolution_that_a_model_has_not_is_refused() -> None:
    with pytest.raises(ContentError, match="it has 1080p, 720p"):
        speakers.option(ids.OMNIHUMAN, "4K")
    with pytest.raises(ContentError, match="offers no choice"):
        speakers.option(ids.AVATAR_PRO, "1080p")


@pytest.mark.parametrize(
    ("seconds", "names"),
    [
        (61.0, set()),
        (
            60.0,
            {"Avatar v2 Standard", "Avatar v2 Pro", "Creatify Aurora at 720p", "Creatify Aurora at 480p", "Sync 3"}
            | {"HeyGen Avatar 4 at 720p", "HeyGen Avatar 4 at 1080p"},
        ),
    ],
)
def test_the_models_that_take_a_length_are_told(seconds: float, names: set[str]) -> None:
    assert {option.name for option in speakers.able(seconds)} == names


def test_thirty_seconds_are_too_long_for_omnihuman_at_1080p_only() -> None:
    able = {option.name for option in speakers.able(30.0)}
    assert "OmniHuman v1.5 at 720p" in able
    assert "OmniHuman v1.5 at 1080p" not in able


@pytest.mark.parametrize(
    ("model", "seconds", "resolution"),
    [
        (ids.AVATAR_PRO, 2.0, ""),
        (ids.AVATAR_PRO, 60.0, ""),
        (ids.OMNIHUMAN, 29.99, "1080p"),
        (ids.OMNIHUMAN, 30.0, "720p"),
        (ids.OMNIHUMAN, 59.99, "720p"),
        (ids.AURORA, 60.0, "720p"),
        (ids.FABRIC, 30.0, "720p"),
    ],
)
def test_the_length_of_a_turn_decides_the_resolution(model: str, seconds: float, resolution: str) -> None:
    assert speakers.taking(model, seconds).resolution == resolution


@pytest.mark.parametrize(
    ("model", "seconds", "why"),
    [
        (ids.AVATAR_PRO, 60.01, "2-60 s"),
        (ids.OMNIHUMAN, 60.0, "0 to under 30 s at 1080p, 0 to under 60 s at 720p"),
        (ids.AURORA, 60.01, "0-60 s"),
        (ids.FABRIC, 30.01, "0-30 s"),
    ],
)
def test_a_turn_too_long_for_its_model_is_refused(model: str, seconds: float, why: str) -> None:
    with pytest.raises(ContentError, match="does not take a turn of") as caught:
        speakers.taking(model, seconds)
    assert caught.value.why == f"it takes {why}"
    assert str(caught.value.hint).startswith("make it two turns")


def test_the_refusal_names_the_models_that_can() -> None:
    with pytest.raises(ContentError) as caught:
        speakers.taking(ids.FABRIC, 45.0)
    names = ("AVATAR_STANDARD", "AVATAR_PRO", "OMNIHUMAN", "AURORA", "SYNC_3", "HEYGEN_4")
    others = ", ".join(getattr(ids, name) for name in names)
    assert caught.value.hint == f"make it two turns, or use {others}"


def test_a_turn_that_no_model_takes_is_to_become_two() -> None:
    with pytest.raises(ContentError) as caught:
        speakers.taking(ids.AVATAR_PRO, 90.0)
    assert caught.value.hint == "make it two turns"


def test_a_turn_shorter_than_its_model_takes_is_refused() -> None:
    with pytest.raises(ContentError, match=r"a turn of 1\.50 s") as caught:
        speakers.taking(ids.AVATAR_PRO, 1.5)
    assert str(caught.value.hint).startswith("say a few words more, or use")


def test_a_measured_length_may_lie_a_little_over_an_end_that_is_still_allowed() -> None:
    assert speakers.taking(ids.AVATAR_PRO, 60.04, slack=0.05).takes(60.04, slack=0.05)
    assert not PRO.takes(60.06, slack=0.05)
    assert PRO.takes(1.96, slack=0.05)
    assert speakers.taking(ids.OMNIHUMAN, 30.02, slack=0.05).resolution == "720p"


@given(st.floats(0.1, 70), st.sampled_from(sorted({choice.endpoint.id for choice in speakers.options()})))
def test_what_is_taken_lies_within_the_limits_and_what_is_refused_in_none(seconds: float, model: str) -> None:
    can = any(choice.takes(seconds) for choice in speakers.options() if choice.endpoint.id == model)
    try:
        assert speakers.taking(model, seconds).span().holds(seconds)
    except ContentError:
        assert not can
    else:
        assert can
