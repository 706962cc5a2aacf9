"""Images: pictures from words, and from pictures."""

import math
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, model_validator

from resources.models.endpoints.arguments import Arguments, Url
from resources.models.endpoints.endpoint import Endpoint, Kind
from resources.models.endpoints.ids import FLUX_DEV, NANO_2, NANO_2_EDIT, NANO_PRO, NANO_PRO_EDIT
from resources.models.endpoints.sources import page, seed, types
from resources.models.families.common import resolution
from resources.models.prices import Unit

_NOT_IMAGE = {
    "sync_mode": "a picture sent inline is in no request history: it could not be found again after a crash",
    "negative_prompt": "there is none: say what is wanted",
}


class ImageSize(BaseModel):
    """A picture's size in pixels."""

    model_config = ConfigDict(extra="forbid", frozen=True, defer_build=True)

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
    enable_web_search: bool = Field(False, description="costs extra")
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
    """Nano Banana Pro on pictures: first the target, then references (docs/sources/avatars.md#upscaling)."""

    aspect_ratio: _ProAspect = "auto"
    image_urls: Annotated[list[Url], Field(min_length=1)]


class NanoBanana2Arguments(_NanoBanana):
    """Nano Banana 2 from text."""

    aspect_ratio: _WideAspect = "auto"
    resolution: Literal["0.5K", "1K", "2K", "4K"] = "1K"
    thinking_level: Literal["minimal", "high"] | None = Field(None, description="high costs extra")


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


WEB_SEARCH, HIGH_THINKING = "web search", "high thinking"


def _added(arguments: Any) -> tuple[str, ...]:
    """What costs more on top of the resolution: never estimated by the price without it."""
    asked = {
        WEB_SEARCH: arguments.enable_web_search,
        HIGH_THINKING: getattr(arguments, "thinking_level", None) == "high",
    }
    return tuple(name for name, wanted in asked.items() if wanted)


def _megapixels(arguments: FluxArguments) -> float:
    size = arguments.size()
    return float(arguments.num_images * math.ceil(size.width * size.height / 1_000_000))


def _images(arguments: Any) -> float:
    return float(arguments.num_images)


ENDPOINTS = (
    Endpoint(
        id=FLUX_DEV,
        name="Flux dev",
        kind=Kind.IMAGE,
        arguments=FluxArguments,
        best_for="Character pictures to animate, cheaply, with a seed.",
        resolution="by image_size",
        unit=Unit.MEGAPIXEL,
        amount=_megapixels,
        not_settings=_NOT_IMAGE | {"aspect_ratio": "its name is image_size, such as portrait_16_9"},
        facts=(
            types(13588),
            page(
                "ranges, presets, billing by the megapixel rounded up",
                "fal.ai/docs, flux-dev; fal.ai/models/fal-ai/flux-1/dev",
            ),
        ),
    ),
    *(
        Endpoint(
            id=id,
            name=name,
            kind=kind,
            arguments=arguments,
            best_for=best_for,
            resolution=", ".join(variants),
            unit=Unit.IMAGE,
            amount=_images,
            variants=variants,
            variant=resolution,
            additions=(WEB_SEARCH, HIGH_THINKING)
            if arguments in (NanoBanana2Arguments, NanoBanana2EditArguments)
            else (),
            added=_added,
            not_settings=_NOT_IMAGE | {"image_size": "its name is aspect_ratio, with resolution"},
            facts=(types(line), seed("reference sheets, upscaling", "avatars.md#upscaling")),
        )
        for id, name, kind, arguments, best_for, variants, line in (
            (
                NANO_PRO,
                "Nano Banana Pro",
                Kind.IMAGE,
                NanoBananaProArguments,
                "Starting frames, thumbnails, text in pictures.",
                ("1K", "2K", "4K"),
                43379,
            ),
            (
                NANO_PRO_EDIT,
                "Nano Banana Pro edit",
                Kind.IMAGE_EDIT,
                NanoBananaProEditArguments,
                "Sharpening a soft picture: first the target, then a close-up of the same character.",
                ("1K", "2K", "4K"),
                43318,
            ),
            (
                NANO_2,
                "Nano Banana 2",
                Kind.IMAGE,
                NanoBanana2Arguments,
                "Reference sheets of a character, frames and thumbnails at a low price.",
                ("0.5K", "1K", "2K", "4K"),
                43042,
            ),
            (
                NANO_2_EDIT,
                "Nano Banana 2 edit",
                Kind.IMAGE_EDIT,
                NanoBanana2EditArguments,
                "Reference sheets and new angles from a character's picture.",
                ("0.5K", "1K", "2K", "4K"),
                42961,
            ),
        )
    ),
)
