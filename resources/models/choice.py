"""Which model fits: the owner's decision tree as a pure function. Every answer carries its reason.

The tree is docs/sources/video.md#choosing; avatars, several shots and Omni Reference are docs/sources/avatars.md.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field

from resources.content.show import Quality
from resources.core.errors import ContentError
from resources.models.catalogue import registry
from resources.models.endpoints import ids
from resources.models.endpoints.endpoint import Endpoint

WHOLE_CLIPS = (5, 10)  # seconds that models before v3 sell
IMAGE_ORIENTATION_SECONDS = 10  # motion control in "image" orientation follows no more than this (fal types)


@dataclass(frozen=True)
class Have:
    """What a turn or shot brings along. `motion_seconds` is the length of the motion video."""

    text: bool = False
    image: bool = False
    end_image: bool = False
    motion_video: bool = False
    clip: bool = False  # an existing clip, to be changed
    audio: bool = False  # recorded speech
    references: int = 0  # labelled reference pictures
    shots: int = 1  # camera shots in one clip
    dialogue: bool = False  # the model itself is to speak, from the prompt
    full_body: bool = True  # the motion is of the whole body: dance, sport
    motion_seconds: float | None = None
    seconds: int | None = None  # how long the clip is to be, where that is chosen and not measured

    @property
    def odd_length(self) -> bool:
        """Whether the clip is to have a length that only v3 and O3 sell."""
        return self.seconds is not None and self.seconds not in WHOLE_CLIPS


@dataclass(frozen=True)
class Choice:
    """The model, why, and the settings that the decision includes."""

    endpoint: Endpoint
    reason: str
    settings: Mapping[str, str] = field(default_factory=dict)


def choose(have: Have, quality: Quality = Quality.STANDARD) -> Choice:
    """The model for what there is. Raises ContentError if nothing can be made of it, saying what is missing."""
    branches = (
        (have.clip, _edit),
        (have.motion_video, _motion),
        (have.audio, _speaker),
        (have.references, _omni),
        (have.end_image, _transition),
        (have.image, _animate),
        (have.text, _from_text),
    )
    branch = next((branch for there, branch in branches if there), None)
    if branch is None:
        raise ContentError(
            "there is nothing to make a picture of", hint="give a prompt, a picture, a sound, or a clip to edit"
        )
    return branch(have, quality)


def _pick(endpoint: str, reason: str, **settings: str) -> Choice:
    return Choice(registry.get(endpoint), reason, settings)


def _omni(have: Have, _: Quality) -> Choice:
    return _pick(
        ids.R2V_O3_PRO, f"{have.references} labelled references: only Omni Reference keeps each character itself"
    )


def _edit(_: Have, quality: Quality) -> Choice:
    if quality is Quality.BEST:
        return _pick(ids.EDIT_O3_PRO, "a clip to change, at best quality: O3 edit holds characters better than O1")
    return _pick(ids.EDIT_O1, "a clip to change: O1 edit keeps its motion and light")


def _motion(have: Have, quality: Quality) -> Choice:
    if not have.image:
        raise ContentError("a motion video needs a character to move", hint="give the picture of the character")
    long = have.motion_seconds is not None and have.motion_seconds > IMAGE_ORIENTATION_SECONDS
    orientation = "video" if have.full_body or long else "image"
    why = {
        (True, True): "the whole body moves",
        (True, False): "the whole body moves",
        (False, True): f"the video is longer than {IMAGE_ORIENTATION_SECONDS} s",
        (False, False): "a portrait keeps its pose",
    }[have.full_body, long]
    model, tier = (
        (ids.MOTION_STANDARD, "Standard shows whether the motion transfers")
        if quality is Quality.DRAFT
        else (ids.MOTION_PRO, "Pro is for the finished clip")
    )
    return _pick(
        model,
        f"a picture and a motion video: motion control; {tier}; orientation {orientation!r}, since {why}",
        character_orientation=orientation,
    )


def _speaker(have: Have, quality: Quality) -> Choice:
    if not have.image:
        raise ContentError("recorded speech needs a face", hint="give the picture of the character who speaks")
    if quality is Quality.DRAFT:
        return _pick(ids.AVATAR_STANDARD, "recorded speech and a face, as a draft: Standard is half of Pro's price")
    return _pick(
        ids.AVATAR_PRO, "recorded speech and a face: Pro won the A/B test, and v3/O3 do not follow a recording"
    )


def _transition(have: Have, quality: Quality) -> Choice:
    if not have.image:
        raise ContentError("an end frame needs a start frame", hint="give the picture that the shot begins with")
    if have.odd_length or have.shots > 1 or have.dialogue:
        return _v3_from_image(have, quality, "a start and an end frame")
    if quality is Quality.DRAFT:
        return _pick(ids.I2V_V25_PRO, "a start and an end frame, as a draft: v2.5 Turbo Pro is the cheapest with both")
    return _pick(ids.I2V_V21_PRO, "a start and an end frame: v2.1 Pro is proven for transitions")


def _animate(have: Have, quality: Quality) -> Choice:
    if have.odd_length or have.shots > 1 or have.dialogue:
        return _v3_from_image(have, quality, "a picture")
    if quality is Quality.DRAFT:
        return _pick(ids.I2V_V25_STANDARD, "a picture to animate, as a draft: v2.5 Turbo Standard is the cheapest")
    if quality is Quality.BEST:
        return _pick(ids.I2V_V21_MASTER, "a picture to animate at the highest quality: v2.1 Master")
    return _pick(ids.I2V_V21_PRO, "a picture to animate: v2.1 Pro")


def _v3_from_image(have: Have, quality: Quality, what: str) -> Choice:
    if quality is Quality.DRAFT:
        return _pick(ids.I2V_V3_STANDARD, f"{what} and {_v3_only(have)}, as a draft: v3 Standard")
    return _pick(ids.I2V_V3_PRO, f"{what} and {_v3_only(have)}: v3 Pro makes it in one clip")


def _v3_only(have: Have) -> str:
    if have.shots > 1:
        return "several shots"
    return "spoken words" if have.dialogue else f"a length of {have.seconds} s"


def _from_text(have: Have, quality: Quality) -> Choice:
    if have.dialogue:
        if quality is Quality.BEST:
            return _pick(ids.T2V_O3_PRO, "characters who speak, from words alone, at best quality: O3 Pro")
        return _pick(ids.T2V_O3_STANDARD, "characters who speak, from words alone: O3 follows scene direction")
    if have.shots > 1 or have.odd_length:
        if quality is Quality.BEST:
            return _pick(ids.T2V_V3_PRO, f"{_v3_only(have)} from words alone, at best quality: v3 Pro")
        return _pick(ids.T2V_V3_STANDARD, f"{_v3_only(have)} from words alone: v3 makes it in one clip")
    if quality is Quality.BEST:
        return _pick(ids.T2V_V3_PRO, "words alone, at best quality: v3 Pro follows the v2.6 Pro of the guides")
    return _pick(ids.T2V_V25_PRO, "words alone: v2.5 Turbo Pro is fast and cheap")


def choose_image(references: int = 0, quality: Quality = Quality.STANDARD) -> Choice:
    """The model for a picture: from words, or from `references` pictures (docs/sources/avatars.md#reference-sheets)."""
    if references:
        if quality is Quality.BEST:
            return _pick(ids.NANO_PRO_EDIT, "a picture from pictures, at best quality: Nano Banana Pro edit")
        return _pick(ids.NANO_2_EDIT, "a picture from pictures: Nano Banana 2 edit keeps the character")
    if quality is Quality.BEST:
        return _pick(ids.NANO_PRO, "a picture from words, at best quality: Nano Banana Pro")
    return _pick(ids.FLUX_DEV, "a picture from words: Flux dev, as in the owner's pipeline")
