"""Each branch of the decision tree, with its reason."""

import pytest

from resources.content.show import Quality
from resources.core.errors import ContentError
from resources.models.choice import Have, choose, choose_image
from resources.models.endpoints import ids

DRAFT, STANDARD, BEST = Quality.DRAFT, Quality.STANDARD, Quality.BEST


@pytest.mark.parametrize(
    ("have", "quality", "endpoint", "because"),
    [
        (Have(text=True), STANDARD, ids.T2V_V25_PRO, "fast"),
        (Have(text=True), BEST, ids.T2V_V3_PRO, "best quality"),
        (Have(text=True, shots=3), STANDARD, ids.T2V_V3_STANDARD, "several shots"),
        (Have(text=True, shots=3), BEST, ids.T2V_V3_PRO, "several shots"),
        (Have(text=True, dialogue=True), STANDARD, ids.T2V_O3_STANDARD, "speak"),
        (Have(text=True, dialogue=True), BEST, ids.T2V_O3_PRO, "speak"),
        (Have(text=True, image=True), DRAFT, ids.I2V_V25_STANDARD, "cheapest"),
        (Have(text=True, image=True), STANDARD, ids.I2V_V21_PRO, "animate"),
        (Have(text=True, image=True), BEST, ids.I2V_V21_MASTER, "highest quality"),
        (Have(text=True, image=True, shots=2), DRAFT, ids.I2V_V3_STANDARD, "several shots"),
        (Have(text=True, image=True, dialogue=True), STANDARD, ids.I2V_V3_PRO, "spoken words"),
        (Have(text=True, image=True, end_image=True), DRAFT, ids.I2V_V25_PRO, "cheapest with both"),
        (Have(text=True, image=True, end_image=True), STANDARD, ids.I2V_V21_PRO, "transitions"),
        (Have(text=True, seconds=7), STANDARD, ids.T2V_V3_STANDARD, "a length of 7 s"),
        (Have(text=True, seconds=10), STANDARD, ids.T2V_V25_PRO, "fast"),
        (Have(text=True, image=True, seconds=7), STANDARD, ids.I2V_V3_PRO, "a length of 7 s"),
        (Have(text=True, image=True, end_image=True, seconds=3), DRAFT, ids.I2V_V3_STANDARD, "a length of 3 s"),
        (Have(text=True, references=3), STANDARD, ids.R2V_O3_PRO, "3 labelled references"),
        (Have(image=True, audio=True), DRAFT, ids.AVATAR_STANDARD, "half of Pro's price"),
        (Have(image=True, audio=True), STANDARD, ids.AVATAR_PRO, "A/B test"),
        (Have(image=True, motion_video=True), DRAFT, ids.MOTION_STANDARD, "whether the motion transfers"),
        (Have(image=True, motion_video=True), BEST, ids.MOTION_PRO, "finished clip"),
        (Have(text=True, clip=True, image=True), STANDARD, ids.EDIT_O1, "keeps its motion"),
        (Have(text=True, clip=True), BEST, ids.EDIT_O3_PRO, "best quality"),
    ],
)
def test_what_there_is_decides_the_model(have: Have, quality: Quality, endpoint: str, because: str) -> None:
    choice = choose(have, quality)
    assert choice.endpoint.id == endpoint
    assert because in choice.reason


@pytest.mark.parametrize(
    ("have", "orientation", "because"),
    [
        (Have(image=True, motion_video=True), "video", "the whole body moves"),
        (Have(image=True, motion_video=True, full_body=False, motion_seconds=10), "image", "a portrait keeps its pose"),
        (Have(image=True, motion_video=True, full_body=False, motion_seconds=10.1), "video", "longer than 10 s"),
    ],
)
def test_the_motion_decides_the_orientation(have: Have, orientation: str, because: str) -> None:
    choice = choose(have)
    assert choice.settings == {"character_orientation": orientation}
    assert because in choice.reason


@pytest.mark.parametrize(
    ("have", "missing"),
    [
        (Have(), "nothing to make a picture of"),
        (Have(audio=True), "needs a face"),
        (Have(motion_video=True), "needs a character"),
        (Have(end_image=True), "needs a start frame"),
    ],
)
def test_what_is_missing_is_said(have: Have, missing: str) -> None:
    with pytest.raises(ContentError, match=missing):
        choose(have)


@pytest.mark.parametrize(
    ("references", "quality", "endpoint"),
    [
        (0, DRAFT, ids.FLUX_DEV),
        (0, BEST, ids.NANO_PRO),
        (2, STANDARD, ids.NANO_2_EDIT),
        (2, BEST, ids.NANO_PRO_EDIT),
    ],
)
def test_a_picture_has_its_own_choice(references: int, quality: Quality, endpoint: str) -> None:
    assert choose_image(references, quality).endpoint.id == endpoint
