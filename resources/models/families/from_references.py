"""From references and clips: Omni Reference, motion control, and edits of a clip."""

from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, model_validator

from resources.models.endpoints.arguments import (
    MAX_REFERENCES_WITH_VIDEO,
    Arguments,
    Element,
    MultiShot,
    Prompt,
    ShotType,
    Url,
    VideoAspect,
    check_elements,
)
from resources.models.endpoints.endpoint import Endpoint, Kind
from resources.models.endpoints.ids import (
    EDIT_O1,
    EDIT_O3_PRO,
    MOTION_PRO,
    MOTION_STANDARD,
    MOTION_V3_PRO,
    MOTION_V3_STANDARD,
    R2V_O3_4K,
    R2V_O3_PRO,
)
from resources.models.endpoints.limits import MEGABYTE, MediaLimit, Span
from resources.models.endpoints.sources import READ_DAY, TYPES_DAY, guide, news, page, seed, types
from resources.models.families.common import FRAME, O3_NOT, SHAPE_OF_PICTURE, SOUNDS, silent_or_audio

_MOTION_VIDEO = MediaLimit(
    source="docs/sources/endpoints.md#motion-control",
    on=TYPES_DAY,
    suffixes=frozenset({".mp4", ".mov", ".webm", ".m4v", ".gif"}),
    seconds_by=("character_orientation", {"image": Span(2, 10), "video": Span(2, 30)}),
    advice="one realistic person, head and upper body in view, steady and sharp, no complex hands",
)
_EDIT_VIDEO = MediaLimit(
    source="docs/sources/endpoints.md#edits",
    on=TYPES_DAY,
    suffixes=frozenset({".mp4", ".mov"}),
    seconds=Span(3, 10.05),
    sides=Span(720, 2160),
    fps=Span(24, 60),
    max_bytes=200 * MEGABYTE,
)
_O3_EDIT_VIDEO = MediaLimit(
    source="docs/sources/endpoints.md#edits",
    on=READ_DAY,
    suffixes=frozenset({".mp4", ".mov"}),
    seconds=Span(3, 10),
    sides=Span(720, 2160),
    max_bytes=200 * MEGABYTE,
)

_NOT_EDIT = {
    "input_image_urls": "its name is image_urls",
    "cfg_scale": "edits have none: describe the result more exactly",
    "duration": "the result is as long as the clip",
}


class O3ReferenceArguments(MultiShot):
    """O3 Pro from several labelled references (docs/sources/avatars.md#omni-reference)."""

    image_urls: Annotated[list[Url], Field(min_length=1)] | None = Field(None, description="@Image1, @Image2")
    elements: Annotated[list[Element], Field(min_length=1)] | None = Field(None, description="@Element1, @Element2")
    start_image_url: Url | None = None
    end_image_url: Url | None = None
    aspect_ratio: VideoAspect = "16:9"

    @model_validator(mode="after")
    def _references_fit_together(self) -> "O3ReferenceArguments":
        check_elements(self.elements)
        with_video = any(element.video_url for element in self.elements or ())
        count = len(self.elements or ()) + len(self.image_urls or ())
        if with_video and count > MAX_REFERENCES_WITH_VIDEO:
            raise ValueError(f"{count} references with a video: at most {MAX_REFERENCES_WITH_VIDEO}")
        if self.end_image_url and not self.start_image_url:
            raise ValueError("end_image_url needs start_image_url")
        return self


class ImageElement(BaseModel):
    """A character or thing of an edit: pictures only."""

    model_config = ConfigDict(extra="forbid", frozen=True, defer_build=True)

    frontal_image_url: Url
    reference_image_urls: Annotated[list[Url], Field(min_length=1, max_length=3)]


class MotionControlArguments(Arguments):
    """v2.6 motion control: the picture's character does what the video shows. The prompt must not describe motion."""

    image_url: Url
    video_url: Url
    character_orientation: Literal["image", "video"]
    prompt: Prompt | None = None
    keep_original_sound: bool = Field(True, description="keep the reference video's sound")


class V3MotionControlArguments(MotionControlArguments):
    """v3 motion control: with one element that holds the face, where the video gives the orientation."""

    elements: Annotated[list[ImageElement], Field(min_length=1, max_length=1)] | None = Field(
        None, description="referred to as @Element1"
    )

    @model_validator(mode="after")
    def _an_element_needs_the_orientation_of_the_video(self) -> "V3MotionControlArguments":
        if self.elements and self.character_orientation != "video":
            raise ValueError("elements need character_orientation: video")
        return self


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


ENDPOINTS = (
    Endpoint(
        id=R2V_O3_PRO,
        name="Reference-to-video O3 Pro (Omni Reference)",
        kind=Kind.REFERENCE_TO_VIDEO,
        arguments=O3ReferenceArguments,
        best_for="Scenes in which characters stay themselves: reference sheets and a starting frame, by label.",
        resolution="1080p",
        media={"start_image_url": FRAME, "end_image_url": FRAME, "image_urls": FRAME},
        variants=SOUNDS[:2],
        variant=silent_or_audio,
        not_settings=O3_NOT | {"input_image_urls": "its name is image_urls"},
        facts=(types(43889), seed("use, closing line", "avatars.md#omni-reference")),
    ),
    Endpoint(
        id=R2V_O3_4K,
        name="Reference-to-video O3 4K",
        kind=Kind.REFERENCE_TO_VIDEO,
        arguments=O3ReferenceArguments,
        best_for="As Omni Reference, in 4K of its own; with sound at the same price.",
        resolution="4K",
        media={"start_image_url": FRAME, "end_image_url": FRAME, "image_urls": FRAME},
        not_settings=O3_NOT | {"input_image_urls": "its name is image_urls"},
        facts=(
            types(71343, 43889),
            news("price", "fal.ai/models/fal-ai/kling-video/o3/4k/reference-to-video/llms.txt"),
        ),
    ),
    *(
        Endpoint(
            id=id,
            name=name,
            kind=Kind.MOTION_CONTROL,
            arguments=arguments,
            best_for=best_for,
            resolution=resolution,
            media={"image_url": FRAME, "video_url": _MOTION_VIDEO},
            length_of="video_url",
            not_settings={
                "duration": "the result is as long as the reference video",
                "aspect_ratio": SHAPE_OF_PICTURE,
                "negative_prompt": "motion control has none",
                "cfg_scale": "motion control has none",
            },
            facts=(types(line), guide("use, from 2 s, forms", "video.md#motion-control")),
        )
        for id, name, arguments, best_for, resolution, line in (
            (
                MOTION_STANDARD,
                "Motion control v2.6 Standard",
                MotionControlArguments,
                "Testing that a motion transfers.",
                "720p",
                27831,
            ),
            (
                MOTION_PRO,
                "Motion control v2.6 Pro",
                MotionControlArguments,
                "Dance and gesture of a video, by a character of a picture.",
                "1080p",
                27831,
            ),
            (
                MOTION_V3_STANDARD,
                "Motion control v3 Standard",
                V3MotionControlArguments,
                "As v2.6, with an element that holds the face.",
                "720p",
                71437,
            ),
            (
                MOTION_V3_PRO,
                "Motion control v3 Pro",
                V3MotionControlArguments,
                "As v2.6 Pro, with an element that holds the face.",
                "1080p",
                28007,
            ),
        )
    ),
    Endpoint(
        id=EDIT_O1,
        name="O1 edit",
        kind=Kind.VIDEO_EDIT,
        arguments=O1EditArguments,
        best_for="Changing a clip by describing the result: background, clothes, weather, style.",
        resolution="as the clip",
        media={"video_url": _EDIT_VIDEO, "image_urls": FRAME},
        length_of="video_url",
        not_settings=_NOT_EDIT,
        facts=(types(44368), guide("use", "video.md#what-not-how")),
    ),
    Endpoint(
        id=EDIT_O3_PRO,
        name="O3 edit Pro",
        kind=Kind.VIDEO_EDIT,
        arguments=O3EditArguments,
        best_for="The same with better characters; the clip is @Video1 in the prompt.",
        resolution="as the clip",
        media={"video_url": _O3_EDIT_VIDEO, "image_urls": FRAME},
        length_of="video_url",
        not_settings=_NOT_EDIT,
        facts=(
            types(71353),
            page("limits, use", "fal.ai/models/fal-ai/kling-video/o3/pro/video-to-video/edit/llms.txt"),
        ),
    ),
)
