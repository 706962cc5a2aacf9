"""Requests and shots: settings that do not exist or do nothing, files outside limits, references, closing lines."""

from typing import Any

import pytest

from resources.content.settings.characters import LISTENING_NEGATIVE_PROMPT, LISTENING_PROMPT
from resources.content.shots import parse_shot
from resources.content.show import Format
from resources.models.catalogue import MediaFacts
from resources.models.endpoints import ids
from resources.quality.lint import Finding, Severity, lint_request, lint_shot
from resources.quality.lint.picture_rules import Figure, Picture
from resources.quality.lint.text_rules import Role

URL = "https://files.test/a.png"
SCENE = "A ninja with digital goggles waits in a neon street, low angle, rain falls."


def by_rule(findings: list[Finding]) -> dict[str, Finding]:
    return {finding.rule: finding for finding in findings}


def request(endpoint: str, **arguments: Any) -> dict[str, Finding]:
    return by_rule(lint_request(endpoint, arguments))


def shot(label: str, text: str, measured: dict[str, Any] | None = None, **settings: Any) -> dict[str, Finding]:
    found = lint_shot(parse_shot(label, settings, text), where="a.md:7", format=Format.SHORT, measured=measured)
    assert all(finding.where == "a.md:7" for finding in found)
    return by_rule(found)


def test_a_clean_request_has_no_findings() -> None:
    assert request(ids.T2V_V25_PRO, prompt=SCENE, duration="5") == {}
    assert request(ids.AVATAR_PRO, image_url=URL, audio_url=URL) == {}


def test_a_setting_that_the_documents_invented_is_an_error_with_its_reason() -> None:
    found = request(ids.AVATAR_PRO, image_url=URL, audio_url=URL, aspect_ratio="9:16", cfg_scale=0.5)
    finding = found["setting-unknown"]
    assert finding.severity is Severity.ERROR
    assert finding.where == ids.AVATAR_PRO
    assert "it has: image_url, audio_url, prompt" in finding.hint
    assert (
        len(lint_request(ids.AVATAR_PRO, {"image_url": URL, "audio_url": URL, "aspect_ratio": "x", "cfg_scale": 1}))
        == 2
    )


def test_a_value_that_a_model_does_not_take_is_an_error() -> None:
    finding = request(ids.T2V_V25_PRO, prompt=SCENE, duration="7")["setting-refused"]
    assert "duration" in finding.message


def test_an_unknown_model_is_an_error() -> None:
    assert list(request("fal-ai/kling-video/ai-avatar/v3/pro", prompt="x")) == ["model-unknown"]


@pytest.mark.parametrize(
    ("endpoint", "arguments", "ignored"),
    [
        (ids.T2V_O3_PRO, {"shot_type": "intelligent"}, True),
        (ids.T2V_O3_PRO, {"shot_type": "customize"}, False),
        (ids.I2V_V26_PRO, {"start_image_url": URL, "generate_audio": True, "voice_ids": ["a"]}, True),
        (ids.T2V_O3_PRO, {"prompt": SCENE + '\n[Ninja, calm voice]: "Hi"'}, True),
        (ids.T2V_O3_PRO, {"prompt": SCENE + '\n[Ninja, calm voice]: "Hi"', "generate_audio": True}, False),
        (ids.T2V_V3_PRO, {"prompt": SCENE + ' He says "welcome back".'}, True),
    ],
)
def test_settings_without_effect_are_told(endpoint: str, arguments: dict[str, Any], ignored: bool) -> None:
    assert ("setting-ignored" in request(endpoint, **{"prompt": SCENE} | arguments)) is ignored


def test_files_outside_their_limits_are_errors() -> None:
    arguments = {"image_url": URL, "audio_url": URL}
    files = {"audio_url": MediaFacts(seconds=61), "image_url": MediaFacts(width=800, height=900)}
    (finding,) = lint_request(ids.AVATAR_PRO, arguments, files=files, where="s03")
    assert (finding.rule, finding.where) == ("file-unfit", "s03")
    assert "lasts 61.00 s and must last 2-60 s" in finding.message


def test_the_role_decides_what_is_looked_for() -> None:
    arguments = {"prompt": "She nods, amused, with LED eyes that blink naturally.", "image_url": URL}
    assert lint_request(ids.I2V_V25_STANDARD, arguments, role=Role.SHOT) == []
    rules = [finding.rule for finding in lint_request(ids.I2V_V25_STANDARD, arguments, role=Role.LISTENER)]
    assert rules == ["mouth-open"]
    clean = arguments | {"prompt": LISTENING_PROMPT, "negative_prompt": LISTENING_NEGATIVE_PROMPT}
    assert lint_request(ids.I2V_V25_STANDARD, clean, role=Role.LISTENER) == []


def test_each_of_several_shots_is_read() -> None:
    shots = [{"prompt": "A nice street", "duration": "2"}, {"prompt": "Bright day, dark night", "duration": "3"}]
    found = request(ids.T2V_V3_PRO, multi_prompt=shots, duration="5")
    assert set(found) == {"vague", "contradiction"}


def test_a_reference_sheet_is_kept_out_of_the_last_frame() -> None:
    ending = " The scene ends with them waiting in @Image1."
    clean = {"prompt": "The man from @Image2 walks slowly through @Image1." + ending, "image_urls": [URL, URL]}
    assert request(ids.R2V_O3_PRO, **clean) == {}
    without = request(
        ids.R2V_O3_PRO, prompt="The man from @Image1 walks slowly through the forest.", image_urls=[URL, URL]
    )
    assert set(without) == {"ending-missing", "reference-unused"}
    assert "@Image2" in without["reference-unused"].message


def test_a_clean_shot_has_no_findings() -> None:
    assert shot("BROLL", SCENE, camera="low_angle, dolly_in", mood="neon") == {}
    assert (
        shot("OMNI", "The man from @ninja walks through @street.", references={"street": "s.png", "ninja": "hero"})
        == {}
    )
    assert shot("EDIT", "A winter street with thick snow and soft light", clip="s03", keep="the man") == {}
    assert shot("MOTION", "A ninja with goggles, neon stage, film grain", image="hero", video="s04") == {}


def test_what_is_wrong_with_a_shot_has_its_line() -> None:
    found = shot("MOTION", "A ninja dancing on a neon stage, film grain", image="hero", video="a.mp4")
    assert found["motion-described"].severity is Severity.ERROR
    assert "camera-unknown" in shot("BROLL", SCENE, camera="doly_in")
    assert "process-described" in shot("EDIT", "Remove the dog from the quiet winter street", clip="s03")
    assert "setting-refused" in shot("BROLL", SCENE, model=ids.T2V_V25_PRO, seconds=7)
    assert "reference-unused" in shot(
        "OMNI", "The man from @b runs.", references={"a": "a.png", "b": "b.png", "c": "c.png"}
    )


def test_the_pictures_of_a_shot_are_held_to_its_prompt_and_its_model() -> None:
    small = Picture(1600, 900, True, Figure(0.1, 0.1), 1000, ".png")
    found = shot("BROLL", SCENE + " Vertical video.", {"image": small}, image="a.png")
    assert {"subject-small", "image-transparent", "form-contradicted"} <= set(found)
    tiny = Picture(100, 100, False, None, 1000, ".png")
    assert "file-unfit" in shot("TRANSITION", SCENE, {"end": tiny}, start="a.png", end="b.png")


def test_the_video_of_a_motion_is_held_to_its_orientation() -> None:
    video = {"video": MediaFacts(suffix=".mp4", seconds=12)}
    prompt = "A ninja with goggles, neon stage, film grain"
    assert shot("MOTION", prompt, video, image="a.png", video="b.mp4") == {}
    found = shot("MOTION", prompt, video, image="a.png", video="b.mp4", orientation="image")
    assert "lasts 12.00 s" in found["file-unfit"].message
