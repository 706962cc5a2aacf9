"""What each endpoint may be asked: one typed model of arguments for each schema, with its exact names and choices.

Source of names, choices and defaults: fal's generated types, `fal-ai/fal-js@381105e` (2026-08-02),
`libs/client/src/types/endpoints.ts`; the ranges of numbers are from fal's own model pages. Only what can be known from
the arguments alone is checked here; a file's length or size is `resources.catalogue.limits`.

`generate_audio` is off here unless it is asked for, also where the provider's own default is on: it doubles the price.
`payload()` sends every default in full, so that a provider who changes one cannot change what was bought.
"""

import re
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, model_validator

MAX_PROMPT = 2500  # characters; a longer one fails only at the result, after the wait (TanStack/ai#396)
MAX_SHOTS = (
    6  # shots of one multi-shot request (fal's v3 turbo page; the owner's document 000, "Multi-shot storyboarding")
)
MAX_SHOT_SECONDS = 15  # seconds of all shots together (same sources)
MAX_REFERENCES_WITH_VIDEO = 4  # elements and pictures together, where a video is among the inputs
DEFAULT_NEGATIVE = "blur, distort, and low quality"

# A purchase names its files by content; the address takes that name's place when the request is sent.
Url = Annotated[
    str, Field(pattern=r"^((https?|file)://\S+|sha256:[0-9a-f]{64})$", description="address of an uploaded file")
]
Prompt = Annotated[str, Field(min_length=1, max_length=MAX_PROMPT)]
NegativePrompt = Annotated[str, Field(max_length=MAX_PROMPT, description="what to avoid")]
Guidance = Annotated[float, Field(ge=0, le=1, description="0 is free, 1 keeps strictly to the prompt")]
FiveOrTen = Annotated[Literal["5", "10"], Field(description="seconds")]
ThreeToFifteen = Annotated[
    Literal["3", "4", "5", "6", "7", "8", "9", "10", "11", "12", "13", "14", "15"], Field(description="seconds")
]
OneToFifteen = Literal["1", "2", "3", "4", "5", "6", "7", "8", "9", "10", "11", "12", "13", "14", "15"]
VideoAspect = Literal["16:9", "9:16", "1:1"]
ShotType = Literal["customize", "intelligent"]
_VOICE = re.compile(r"<<<voice_(\d)>>>")


class Arguments(BaseModel):
    """The arguments of one request: immutable, and nothing that the schema does not have."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    def payload(self) -> dict[str, Any]:
        """What is sent: every default in full, nothing that was not given and has no default."""
        return self.model_dump(mode="json", exclude_none=True)

    def seconds(self) -> float | None:
        """The length of picture that these arguments order, in seconds; None where a file's length decides."""
        return None


# Avatars


class AvatarArguments(Arguments):
    """Kling Avatar v2: as long as the sound, in the picture's own shape. There is no other setting."""

    image_url: Url
    audio_url: Url
    prompt: Prompt = "."


class OmniHumanArguments(Arguments):
    """OmniHuman v1.5: the resolution decides how long the sound may be."""

    image_url: Url
    audio_url: Url
    prompt: Prompt | None = None
    resolution: Literal["1080p", "720p"] = "1080p"
    turbo_mode: bool = Field(False, description="faster, a little less good")
    mask_url: Url | None = Field(None, description="only the person in the mask's white area speaks")


class AuroraArguments(Arguments):
    """Creatify Aurora."""

    image_url: Url
    audio_url: Url
    prompt: Prompt | None = None
    resolution: Literal["480p", "720p"] = "720p"
    guidance_scale: float = Field(1, ge=0, description="how closely the prompt is followed")
    audio_guidance_scale: float = Field(2, ge=0, description="how closely the sound is followed")


class FabricArguments(Arguments):
    """VEED Fabric 1.0: a picture and a sound, no prompt."""

    image_url: Url
    audio_url: Url
    resolution: Literal["720p", "480p"]


# Image to video


class _FiveOrTenSeconds(Arguments):
    duration: FiveOrTen = "5"

    def seconds(self) -> float | None:
        return float(self.duration)


class ImageToVideoArguments(_FiveOrTenSeconds):
    """v2.1 Standard and Master, v2.5 Turbo Standard: no end frame."""

    prompt: Prompt
    image_url: Url
    negative_prompt: NegativePrompt = DEFAULT_NEGATIVE
    cfg_scale: Guidance = 0.5


class TailImageToVideoArguments(ImageToVideoArguments):
    """v2.1 Pro and v2.5 Turbo Pro: with an end frame."""

    tail_image_url: Url | None = Field(None, description="the last frame")


class V26ImageToVideoArguments(_FiveOrTenSeconds):
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


# Multi-shot models: v3 and O3


class Shot(BaseModel):
    """One shot of a multi-shot request."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    prompt: Prompt
    duration: OneToFifteen = "5"


class Element(BaseModel):
    """A character or thing that is shown from references: pictures (a frontal one and 1-3 more), or a video."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    frontal_image_url: Url | None = None
    reference_image_urls: Annotated[list[Url], Field(min_length=1, max_length=3)] | None = None
    video_url: Url | None = None
    voice_id: str | None = None

    @model_validator(mode="after")
    def _shows_something(self) -> "Element":
        if self.video_url is None and (self.frontal_image_url is None or self.reference_image_urls is None):
            raise ValueError("an element needs frontal_image_url with 1-3 reference_image_urls, or video_url")
        return self


class ImageElement(BaseModel):
    """A character or thing of an edit: pictures only."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    frontal_image_url: Url
    reference_image_urls: Annotated[list[Url], Field(min_length=1, max_length=3)]


class _MultiShot(Arguments):
    prompt: Prompt | None = None
    multi_prompt: Annotated[list[Shot], Field(min_length=1, max_length=MAX_SHOTS)] | None = None
    duration: ThreeToFifteen = "5"
    shot_type: ShotType = "customize"
    generate_audio: bool = Field(False, description="sound made by the model, at a higher price")

    def seconds(self) -> float | None:
        return float(self.duration)

    @model_validator(mode="after")
    def _one_prompt_of_one_length(self) -> "_MultiShot":
        if (self.prompt is None) == (self.multi_prompt is None):
            raise ValueError("give either prompt or multi_prompt, not both")
        if self.multi_prompt is None:
            return self
        total = sum(int(shot.duration) for shot in self.multi_prompt)
        if total > MAX_SHOT_SECONDS:
            raise ValueError(f"the shots last {total} s together, and {MAX_SHOT_SECONDS} s are sold")
        if total != int(self.duration):
            raise ValueError(f"the shots last {total} s together, and duration says {self.duration}")
        return self


def _check_elements(elements: list[Element] | None) -> None:
    if sum(element.video_url is not None for element in elements or ()) > 1:
        raise ValueError("only one element of a request may be a video")


class V3TextToVideoArguments(_MultiShot):
    """v3 Standard and Pro from text."""

    aspect_ratio: VideoAspect = "16:9"
    negative_prompt: NegativePrompt = DEFAULT_NEGATIVE
    cfg_scale: Guidance = 0.5


class V3ImageToVideoArguments(_MultiShot):
    """v3 Standard and Pro from a picture: the picture's own shape."""

    start_image_url: Url
    end_image_url: Url | None = None
    elements: list[Element] | None = Field(None, description="referred to as @Element1, @Element2")
    negative_prompt: NegativePrompt = DEFAULT_NEGATIVE
    cfg_scale: Guidance = 0.5

    @model_validator(mode="after")
    def _one_video(self) -> "V3ImageToVideoArguments":
        _check_elements(self.elements)
        return self


class O3TextToVideoArguments(_MultiShot):
    """O3 Standard and Pro from text."""

    aspect_ratio: VideoAspect = "16:9"


class O3ImageToVideoArguments(_MultiShot):
    """O3 Standard and Pro from a picture. Its name is `image_url`, not `start_image_url` as in v3."""

    image_url: Url
    end_image_url: Url | None = None


class O3ReferenceArguments(_MultiShot):
    """O3 Pro from several labelled references: the Omni Reference of the documents."""

    image_urls: Annotated[list[Url], Field(min_length=1)] | None = Field(None, description="@Image1, @Image2")
    elements: Annotated[list[Element], Field(min_length=1)] | None = Field(None, description="@Element1, @Element2")
    start_image_url: Url | None = None
    end_image_url: Url | None = None
    aspect_ratio: VideoAspect = "16:9"

    @model_validator(mode="after")
    def _references_fit_together(self) -> "O3ReferenceArguments":
        _check_elements(self.elements)
        with_video = any(element.video_url for element in self.elements or ())
        count = len(self.elements or ()) + len(self.image_urls or ())
        if with_video and count > MAX_REFERENCES_WITH_VIDEO:
            raise ValueError(f"{count} references with a video: at most {MAX_REFERENCES_WITH_VIDEO}")
        if self.end_image_url and not self.start_image_url:
            raise ValueError("end_image_url needs start_image_url")
        return self


# Text to video


class TextToVideoArguments(_FiveOrTenSeconds):
    """v2.5 Turbo Pro. There is no `camera_control`: the camera is said in the prompt."""

    prompt: Prompt
    aspect_ratio: VideoAspect = "16:9"
    negative_prompt: NegativePrompt = DEFAULT_NEGATIVE
    cfg_scale: Guidance = 0.5


# From a video


class MotionControlArguments(Arguments):
    """v2.6 motion control: the picture's character does what the video shows. The prompt must not describe motion."""

    image_url: Url
    video_url: Url
    character_orientation: Literal["image", "video"]
    prompt: Prompt | None = None
    keep_original_sound: bool = Field(True, description="keep the reference video's sound")


class _Edit(Arguments):
    prompt: Prompt
    video_url: Url
    image_urls: list[Url] | None = Field(None, description="referred to as @Image1, @Image2")
    elements: list[ImageElement] | None = Field(None, description="referred to as @Element1, @Element2")

    @model_validator(mode="after")
    def _at_most_four_references(self) -> "_Edit":
        count = len(self.elements or ()) + len(self.image_urls or ())
        if count > MAX_REFERENCES_WITH_VIDEO:
            raise ValueError(f"{count} references: at most {MAX_REFERENCES_WITH_VIDEO} beside the video")
        return self


class O1EditArguments(_Edit):
    """O1 edit: the clip's length and shape are the source's."""

    keep_audio: bool = False


class O3EditArguments(_Edit):
    """O3 edit. The provider's own default keeps the sound."""

    keep_audio: bool = True
    shot_type: ShotType = "customize"


# Voice and pictures


class CreateVoiceArguments(Arguments):
    """A voice for `voice_ids` and `voice_id`, made from 5-30 s of one clean voice."""

    voice_url: Url


class ImageSize(BaseModel):
    """A picture's size in pixels."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    width: int = Field(gt=0, le=14142)
    height: int = Field(gt=0, le=14142)


FLUX_SIZES = {  # pixels; fal's presets
    "square_hd": ImageSize(width=1024, height=1024),
    "square": ImageSize(width=512, height=512),
    "portrait_4_3": ImageSize(width=768, height=1024),
    "portrait_16_9": ImageSize(width=576, height=1024),
    "landscape_4_3": ImageSize(width=1024, height=768),
    "landscape_16_9": ImageSize(width=1024, height=576),
}


class _Image(Arguments):
    prompt: Annotated[str, Field(min_length=1)]
    num_images: int = Field(1, ge=1, le=4)
    seed: int | None = Field(None, ge=0, description="the same seed and prompt give the same picture")


class FluxArguments(_Image):
    """Flux dev."""

    image_size: (
        Literal["square_hd", "square", "portrait_4_3", "portrait_16_9", "landscape_4_3", "landscape_16_9"] | ImageSize
    ) = "landscape_4_3"
    num_inference_steps: int = Field(28, ge=1, le=50)
    guidance_scale: float = Field(3.5, ge=1, le=20)
    output_format: Literal["jpeg", "png"] = "jpeg"
    acceleration: Literal["none", "regular", "high"] = "none"
    enable_safety_checker: bool = True

    def size(self) -> ImageSize:
        """The ordered size in pixels."""
        return FLUX_SIZES[self.image_size] if isinstance(self.image_size, str) else self.image_size


class _NanoBanana(_Image):
    output_format: Literal["png", "jpeg", "webp"] = "png"
    safety_tolerance: Literal["1", "2", "3", "4", "5", "6"] = Field("4", description="1 blocks most, 6 least")
    system_prompt: str | None = None
    enable_web_search: bool = Field(
        False, description="costs extra: its own variant in the price list, such as `1K web`"
    )
    limit_generations: bool = True


_ProAspect = Literal["auto", "21:9", "16:9", "3:2", "4:3", "5:4", "1:1", "4:5", "3:4", "2:3", "9:16"]
_WideAspect = Literal[
    "auto", "21:9", "16:9", "3:2", "4:3", "5:4", "1:1", "4:5", "3:4", "2:3", "9:16", "4:1", "1:4", "8:1", "1:8"
]


class NanoBananaProArguments(_NanoBanana):
    """Nano Banana Pro from text."""

    aspect_ratio: _ProAspect = "1:1"
    resolution: Literal["1K", "2K", "4K"] = "1K"


class NanoBananaProEditArguments(NanoBananaProArguments):
    """Nano Banana Pro on pictures: the first is the target, the others are references (document 000)."""

    aspect_ratio: _ProAspect = "auto"
    image_urls: Annotated[list[Url], Field(min_length=1)]


class NanoBanana2Arguments(_NanoBanana):
    """Nano Banana 2 from text."""

    aspect_ratio: _WideAspect = "auto"
    resolution: Literal["0.5K", "1K", "2K", "4K"] = "1K"
    thinking_level: Literal["minimal", "high"] | None = None


class NanoBanana2EditArguments(NanoBanana2Arguments):
    """Nano Banana 2 on pictures, a video, a sound or a PDF."""

    image_urls: Annotated[list[Url], Field(min_length=1)] | None = None
    video_url: Url | None = None
    audio_url: Url | None = None
    pdf_url: Url | None = None

    @model_validator(mode="after")
    def _has_something_to_edit(self) -> "NanoBanana2EditArguments":
        if not (self.image_urls or self.video_url or self.audio_url or self.pdf_url):
            raise ValueError("give image_urls, or one of video_url, audio_url, pdf_url")
        return self
