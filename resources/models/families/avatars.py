"""Avatars: a picture and recorded speech become a clip as long as the sound."""

from typing import Literal

from pydantic import Field

from resources.models.endpoints.arguments import Arguments, Prompt, Url
from resources.models.endpoints.endpoint import Endpoint, Kind
from resources.models.endpoints.ids import (
    AURORA,
    AVATAR_PRO,
    AVATAR_STANDARD,
    FABRIC,
    HEYGEN_4,
    LTX_25_FAST,
    OMNIHUMAN,
    SYNC_3,
)
from resources.models.endpoints.limits import MEGABYTE, MediaLimit, Span
from resources.models.endpoints.sources import NEWS_DAY, READ_DAY, SEED_DAY, TYPES_DAY, news, seed, types
from resources.models.families.common import ANY, FRAME, PICTURES, SHAPE_OF_PICTURE, resolution

_PORTRAIT = MediaLimit(
    source="docs/sources/endpoints.md#avatar-v2",
    on=READ_DAY,
    suffixes=PICTURES,
    sides=Span(300, ANY),
    ratio=Span(0.4, 2.5),
    opaque=True,
    advice="512 px or more a side, the face 60-70 % of the frame, even light, facing the camera",
)
_KLING_VOICE_TRACK = MediaLimit(
    source="docs/sources/endpoints.md#avatar-v2",
    on=SEED_DAY,
    suffixes=frozenset({".mp3", ".wav"}),
    seconds=Span(2, 60),
    max_bytes=5 * MEGABYTE,
    advice="clear speech of 5-30 s",
)
_OMNIHUMAN_TRACK = MediaLimit(
    source="docs/sources/endpoints.md#other-avatars",
    on=TYPES_DAY,
    seconds_by=("resolution", {"1080p": Span(0, 30, under=True), "720p": Span(0, 60, under=True)}),
)
_AURORA_TRACK = MediaLimit(source="docs/sources/endpoints.md#other-avatars", on=SEED_DAY, seconds=Span(0, 60))
_FABRIC_TRACK = MediaLimit(source="docs/sources/endpoints.md#other-avatars", on=SEED_DAY, seconds=Span(0, 30))
_LTX_TRACK = MediaLimit(source="docs/sources/endpoints.md#newer-models", on=NEWS_DAY, seconds=Span(2, 20))
_OTHER_TRACK = MediaLimit(source="docs/sources/endpoints.md#newer-models", on=NEWS_DAY, seconds=Span(0, 60))

_NOT_AVATAR = {
    "duration": "the result is as long as the sound",
    "aspect_ratio": SHAPE_OF_PICTURE,
    "negative_prompt": "avatars have none: say what is wanted in the prompt",
    "cfg_scale": "avatars have none",
}


class SpokenArguments(Arguments):
    """What every avatar is asked with: a picture, and the sound that it speaks."""

    image_url: Url
    audio_url: Url


class AvatarArguments(SpokenArguments):
    """Kling Avatar v2: as long as the sound, in the picture's own shape. There is no other setting."""

    prompt: Prompt = "."


class OmniHumanArguments(SpokenArguments):
    """OmniHuman v1.5: the resolution decides how long the sound may be."""

    prompt: Prompt | None = None
    resolution: Literal["1080p", "720p"] = "1080p"
    turbo_mode: bool = Field(False, description="faster, a little less good")
    mask_url: Url | None = Field(None, description="only the person in the mask's white area speaks")


class AuroraArguments(SpokenArguments):
    """Creatify Aurora."""

    prompt: Prompt | None = None
    resolution: Literal["480p", "720p"] = "720p"
    guidance_scale: float = Field(1, ge=0, description="how closely the prompt is followed")
    audio_guidance_scale: float = Field(2, ge=0, description="how closely the sound is followed")


class FabricArguments(SpokenArguments):
    """VEED Fabric 1.0: a picture and a sound, no prompt."""

    resolution: Literal["720p", "480p"]


class SyncArguments(SpokenArguments):
    """Sync 3: a picture and a sound, nothing else."""


class HeyGenArguments(SpokenArguments):
    """HeyGen Avatar 4. Its `prompt` and `voice` are for speech of its own and are left out: here the sound speaks."""

    resolution: Literal["720p", "1080p"] = "720p"
    aspect_ratio: Literal["auto", "16:9", "9:16", "4:5", "5:4", "1:1"] = Field(
        "auto", description="auto is the picture's own; the provider's default is 16:9"
    )
    talking_style: Literal["stable", "expressive"] = Field("stable", description="how much it moves")
    expression: str | None = Field(None, min_length=1, description="of the face")


class LtxArguments(SpokenArguments):
    """LTX-2.5 from a sound and its first frame."""

    prompt: Prompt | None = None
    guidance_scale: float | None = Field(None, ge=1, le=50, description="how closely the prompt is followed")
    aspect_ratio: Literal["auto", "16:9", "9:16"] = "auto"


ENDPOINTS = (
    Endpoint(
        id=AVATAR_STANDARD,
        name="Avatar v2 Standard",
        kind=Kind.AVATAR,
        arguments=AvatarArguments,
        best_for="Drafts: checking performance and timing. Its eyes stay dead where Pro's are alive.",
        resolution="720p, measured after delivery",
        media={"image_url": _PORTRAIT, "audio_url": _KLING_VOICE_TRACK},
        length_of="audio_url",
        not_settings=_NOT_AVATAR,
        facts=(types(1215, 71317), seed("use, resolution, sound limits", "avatars.md#line-up")),
    ),
    Endpoint(
        id=AVATAR_PRO,
        name="Avatar v2 Pro",
        kind=Kind.AVATAR,
        arguments=AvatarArguments,
        best_for="What is published: expressive animated characters, proven on Pixar-style and masked ones.",
        resolution="1080p, measured after delivery",
        media={"image_url": _PORTRAIT, "audio_url": _KLING_VOICE_TRACK},
        length_of="audio_url",
        not_settings=_NOT_AVATAR,
        facts=(types(1215, 71314), seed("use, A/B test, sound limits", "avatars.md#comparison")),
    ),
    Endpoint(
        id=OMNIHUMAN,
        name="OmniHuman v1.5",
        kind=Kind.AVATAR,
        arguments=OmniHumanArguments,
        best_for="The most body movement and emotion; puts a mouth on masked characters, so not for a mask.",
        resolution="720p or 1080p, 25 frames a second",
        media={"image_url": _PORTRAIT, "audio_url": _OMNIHUMAN_TRACK, "mask_url": FRAME},
        length_of="audio_url",
        not_settings=_NOT_AVATAR,
        facts=(types(44314), seed("use, frame rate", "avatars.md#comparison")),
    ),
    Endpoint(
        id=AURORA,
        name="Creatify Aurora",
        kind=Kind.AVATAR,
        arguments=AuroraArguments,
        best_for="The closest lip sync, made for advertising; unproven on cartoon characters, slow.",
        resolution="480p or 720p, 24 frames a second",
        media={"image_url": _PORTRAIT, "audio_url": _AURORA_TRACK},
        length_of="audio_url",
        variants=("480p", "720p"),
        variant=resolution,
        not_settings=_NOT_AVATAR,
        facts=(types(8104), seed("use, length, frame rate", "avatars.md#comparison")),
    ),
    Endpoint(
        id=FABRIC,
        name="VEED Fabric 1.0",
        kind=Kind.AVATAR,
        arguments=FabricArguments,
        best_for="The fastest, cheap at 480p, strong on cartoons; little movement, no prompt, short turns only.",
        resolution="480p or 720p",
        media={"image_url": _PORTRAIT, "audio_url": _FABRIC_TRACK},
        length_of="audio_url",
        variants=("480p", "720p"),
        variant=resolution,
        not_settings=_NOT_AVATAR | {"prompt": "this model takes none"},
        facts=(types(11344), seed("use, length", "avatars.md#comparison")),
    ),
    Endpoint(
        id=SYNC_3,
        name="Sync 3",
        kind=Kind.AVATAR,
        arguments=SyncArguments,
        best_for="A stylized character who speaks to the camera; no prompt. Not tried here yet.",
        resolution="as the picture, measured after delivery",
        media={"image_url": _PORTRAIT, "audio_url": _OTHER_TRACK},
        length_of="audio_url",
        not_settings=_NOT_AVATAR | {"prompt": "this model takes none"},
        facts=(types(72716, 44304), news("price, use", "fal.ai/models/fal-ai/sync-lipsync/v3/llms.txt")),
    ),
    Endpoint(
        id=HEYGEN_4,
        name="HeyGen Avatar 4",
        kind=Kind.AVATAR,
        arguments=HeyGenArguments,
        best_for="Human presenters, steady or expressive; no prompt. Not tried here yet.",
        resolution="720p or 1080p",
        media={"image_url": _PORTRAIT, "audio_url": _OTHER_TRACK},
        length_of="audio_url",
        not_settings={
            **{name: why for name, why in _NOT_AVATAR.items() if name != "aspect_ratio"},
            "prompt": "it is what a voice of HeyGen's own would say: here the sound speaks",
            "voice": "here the sound speaks",
            "caption": "captions are drawn by the composite",
        },
        facts=(types(18770), news("price", "fal.ai/models/fal-ai/heygen/avatar4/digital-twin/llms.txt")),
    ),
    Endpoint(
        id=LTX_25_FAST,
        name="LTX-2.5 Fast",
        kind=Kind.AVATAR,
        arguments=LtxArguments,
        best_for="A whole scene that moves and speaks to the sound, from its first frame. Not tried here yet.",
        resolution="1080p",
        media={"image_url": _PORTRAIT, "audio_url": _LTX_TRACK},
        length_of="audio_url",
        not_settings={name: why for name, why in _NOT_AVATAR.items() if name != "aspect_ratio"},
        facts=(news("settings, price, limits", "fal.ai/models/lightricks/ltx-2.5/audio-to-video/fast/llms.txt"),),
    ),
)
