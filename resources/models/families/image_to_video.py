"""Image to video: a picture is animated, up to an end frame where the model has one."""

import re
from typing import Annotated, Any

from pydantic import Field, model_validator

from resources.models.endpoints.arguments import (
    DEFAULT_NEGATIVE,
    Arguments,
    Element,
    FiveOrTenSeconds,
    Guidance,
    MultiPrompt,
    MultiShot,
    NegativePrompt,
    Prompt,
    Url,
    check_elements,
)
from resources.models.endpoints.endpoint import Endpoint, Fact, Kind
from resources.models.endpoints.ids import (
    I2V_O3_4K,
    I2V_O3_PRO,
    I2V_O3_STANDARD,
    I2V_V3_4K,
    I2V_V3_PRO,
    I2V_V3_STANDARD,
    I2V_V3_TURBO,
    I2V_V21_MASTER,
    I2V_V21_PRO,
    I2V_V21_STANDARD,
    I2V_V25_PRO,
    I2V_V25_STANDARD,
    I2V_V26_PRO,
    R2V_O3_PRO,
)
from resources.models.endpoints.sources import guide, news, page, seed, types
from resources.models.families.common import FRAME, O3_NOT, SHAPE_OF_PICTURE, SOUNDS, silent_or_audio, sound

_VOICE = re.compile(r"<<<voice_(\d)>>>")
_NOT_IMAGE_TO_VIDEO = {
    "aspect_ratio": SHAPE_OF_PICTURE,
    "static_mask_url": "masks do not exist here: write 'static background, only the subject moves'",
    "dynamic_mask_url": "masks do not exist here: say in the prompt what moves",
    "special_fx": "effects do not exist here: describe the motion in the prompt",
    "input_image_urls": f"several pictures are taken by {R2V_O3_PRO} as image_urls",
}


class ImageToVideoArguments(FiveOrTenSeconds):
    """v2.1 Standard and Master, v2.5 Turbo Standard: no end frame."""

    prompt: Prompt
    image_url: Url
    negative_prompt: NegativePrompt = DEFAULT_NEGATIVE
    cfg_scale: Guidance = 0.5


class TailImageToVideoArguments(ImageToVideoArguments):
    """v2.1 Pro and v2.5 Turbo Pro: with an end frame."""

    tail_image_url: Url | None = Field(None, description="the last frame")


class V26ImageToVideoArguments(FiveOrTenSeconds):
    """v2.6 Pro: sound and up to two voices, no `cfg_scale`."""

    prompt: Prompt
    start_image_url: Url
    end_image_url: Url | None = Field(None, description="the last frame")
    generate_audio: bool = Field(False, description="the provider's own default is on, at twice the price")
    negative_prompt: NegativePrompt = DEFAULT_NEGATIVE
    voice_ids: (
        Annotated[list[str], Field(max_length=2, description="spoken as <<<voice_1>>>, <<<voice_2>>>")] | None
    ) = None

    @model_validator(mode="after")
    def _voices_are_heard(self) -> "V26ImageToVideoArguments":
        voices = len(self.voice_ids or ())
        if voices and not self.generate_audio:
            raise ValueError("voice_ids are heard only with generate_audio: true")
        named = {int(number) for number in _VOICE.findall(self.prompt)}
        if named and max(named) > voices:
            raise ValueError(f"the prompt names <<<voice_{max(named)}>>>, but voice_ids has {voices}")
        return self


class V3ImageToVideoArguments(MultiShot):
    """v3 Standard and Pro from a picture: the picture's own shape."""

    start_image_url: Url
    end_image_url: Url | None = None
    elements: list[Element] | None = Field(None, description="referred to as @Element1, @Element2")
    negative_prompt: NegativePrompt = DEFAULT_NEGATIVE
    cfg_scale: Guidance = 0.5

    @model_validator(mode="after")
    def _one_video(self) -> "V3ImageToVideoArguments":
        check_elements(self.elements)
        return self


class O3ImageToVideoArguments(MultiShot):
    """O3 Standard and Pro from a picture. Its name is `image_url`, not `start_image_url` as in v3."""

    image_url: Url
    end_image_url: Url | None = None


class V3TurboImageToVideoArguments(MultiPrompt):
    """v3 Turbo Standard from a picture: one prompt or several shots, nothing else."""

    image_url: Url


def _image_to_video(
    id: str, name: str, arguments: type[Arguments], best_for: str, *facts: Fact, **more: Any
) -> Endpoint:
    frames = ("image_url", "start_image_url", "end_image_url", "tail_image_url")
    return Endpoint(
        id=id,
        name=name,
        kind=Kind.IMAGE_TO_VIDEO,
        arguments=arguments,
        best_for=best_for,
        resolution=more.pop("resolution", "1080p"),
        media={field: FRAME for field in frames if field in arguments.model_fields},
        not_settings=_NOT_IMAGE_TO_VIDEO | more.pop("not_settings", {}),
        facts=facts,
        **more,
    )


_END = {"tail_image_url": "its name is end_image_url"}
_TAIL = {"end_image_url": "its name is tail_image_url", "start_image_url": "its name is image_url"}
_NO_END = dict.fromkeys(
    ("tail_image_url", "end_image_url"), f"this model has no end frame; {I2V_V25_PRO} and {I2V_V21_PRO} have"
)

_O3_NOT_FROM_PICTURE = {
    **O3_NOT,
    "start_image_url": "its name is image_url here",
    "elements": f"elements are taken by {R2V_O3_PRO}",
}

ENDPOINTS = (
    _image_to_video(
        I2V_V26_PRO,
        "Image-to-video v2.6 Pro",
        V26ImageToVideoArguments,
        "Reaction clips, B-roll from a picture; can make sound and speak with two voices.",
        types(27801),
        seed("use", "avatars.md#line-up"),
        variants=SOUNDS,
        variant=sound,
        not_settings=_END | {"image_url": "its name is start_image_url", "cfg_scale": "v2.6 has none"},
    ),
    _image_to_video(
        I2V_V25_STANDARD,
        "Image-to-video v2.5 Turbo Standard",
        ImageToVideoArguments,
        "The cheapest listener.",
        types(71414),
        page("use", "fal.ai/models/fal-ai/kling-video/v2.5-turbo/standard/image-to-video/llms.txt"),
        resolution="720p",
        not_settings=_NO_END | {"start_image_url": "its name is image_url"},
    ),
    _image_to_video(
        I2V_V25_PRO,
        "Image-to-video v2.5 Turbo Pro",
        TailImageToVideoArguments,
        "Fast; with an end frame, so a listener can end where it began and loop.",
        types(71408),
        not_settings=_TAIL,
    ),
    _image_to_video(
        I2V_V21_STANDARD,
        "Image-to-video v2.1 Standard",
        ImageToVideoArguments,
        "A cheap check of a motion before v2.1 Pro.",
        types(71405),
        resolution="720p",
        not_settings=_NO_END | {"start_image_url": "its name is image_url"},
    ),
    _image_to_video(
        I2V_V21_PRO,
        "Image-to-video v2.1 Pro",
        TailImageToVideoArguments,
        "Animating a picture, and transitions from a start frame to an end frame.",
        types(27774),
        guide("use", "video.md#choosing"),
        not_settings=_TAIL,
    ),
    _image_to_video(
        I2V_V21_MASTER,
        "Image-to-video v2.1 Master",
        ImageToVideoArguments,
        "The highest quality of one animated picture.",
        types(27880),
        guide("use", "video.md#choosing"),
        not_settings=_NO_END | {"start_image_url": "its name is image_url"},
    ),
    _image_to_video(
        I2V_V3_TURBO,
        "Image-to-video v3 Turbo Standard",
        V3TurboImageToVideoArguments,
        "Any length of 3-15 s and several shots, fast; no end frame.",
        types(71445, 28033),
        news("price", "fal.ai/models/fal-ai/kling-video/v3/turbo/standard/image-to-video"),
        resolution="720p",
        not_settings=_NO_END
        | {"start_image_url": "its name is image_url", "negative_prompt": "v3 Turbo has none", "cfg_scale": "none"},
    ),
    *(
        _image_to_video(
            id,
            name,
            V3ImageToVideoArguments,
            best_for,
            types(27903),
            resolution=resolution,
            variants=SOUNDS,
            variant=sound,
            not_settings=_END | {"image_url": "its name is start_image_url"},
        )
        for id, name, best_for, resolution in (
            (I2V_V3_STANDARD, "Image-to-video v3 Standard", "Any length of 3-15 s, several shots, elements.", "720p"),
            (
                I2V_V3_PRO,
                "Image-to-video v3 Pro",
                "Any length of 3-15 s at best quality, several shots, elements.",
                "1080p",
            ),
        )
    ),
    *(
        _image_to_video(
            id,
            name,
            O3ImageToVideoArguments,
            best_for,
            types(43846),
            resolution=resolution,
            variants=SOUNDS[:2],
            variant=silent_or_audio,
            not_settings=_END | _O3_NOT_FROM_PICTURE,
        )
        for id, name, best_for, resolution in (
            (I2V_O3_STANDARD, "Image-to-video O3 Standard", "3-15 s with start and end frame, several shots.", "720p"),
            (I2V_O3_PRO, "Image-to-video O3 Pro", "3-15 s with start and end frame at best quality.", "1080p"),
        )
    ),
    _image_to_video(
        I2V_V3_4K,
        "Image-to-video v3 4K",
        V3ImageToVideoArguments,
        "As v3 Pro, in 4K of its own; with sound at the same price.",
        types(27903),
        news("price", "fal.ai/models/fal-ai/kling-video/v3/4k/image-to-video/llms.txt"),
        resolution="4K",
        not_settings=_END | {"image_url": "its name is start_image_url"},
    ),
    _image_to_video(
        I2V_O3_4K,
        "Image-to-video O3 4K",
        O3ImageToVideoArguments,
        "As O3 Pro, in 4K of its own; with sound at the same price.",
        types(71341, 43846),
        news("price", "fal.ai/models/fal-ai/kling-video/o3/4k/image-to-video/llms.txt"),
        resolution="4K",
        not_settings=_END | _O3_NOT_FROM_PICTURE,
    ),
)
