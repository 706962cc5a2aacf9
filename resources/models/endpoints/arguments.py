"""What every request has in common: the base of all arguments, and the settings that several families share.

Source of names, choices and defaults: fal's generated types, `fal-ai/fal-js@381105e` (2026-08-02),
`libs/client/src/types/endpoints.ts`; the ranges of numbers are from fal's own model pages. Each family's schemas are
in `families`. Only what can be known from the arguments alone is checked there; a file's length or size is
`resources.models.endpoints.limits`.

`generate_audio` is off here unless it is asked for, also where the provider's own default is on: it doubles the price.
`payload()` sends every default in full, so that a provider who changes one cannot change what was bought.
"""

from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, model_validator

MAX_PROMPT = (
    2500  # characters; a longer one fails only at the result, after the wait (docs/sources/fal-queue.md#states)
)
MAX_SHOTS = (
    6  # shots of one multi-shot request (docs/sources/endpoints.md#text-to-video, docs/sources/avatars.md#kling-3)
)
MAX_SHOT_SECONDS = 15  # seconds of all shots together (the same)
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


class Arguments(BaseModel):
    """The arguments of one request: immutable, and nothing that the schema does not have."""

    model_config = ConfigDict(extra="forbid", frozen=True, defer_build=True)

    def payload(self) -> dict[str, Any]:
        """What is sent: every default in full, nothing that was not given and has no default."""
        return self.model_dump(mode="json", exclude_none=True)

    def seconds(self) -> float | None:
        """The length of picture that these arguments order, in seconds; None where a file's length decides."""
        return None


class FiveOrTenSeconds(Arguments):
    """Models before v3: two lengths are sold."""

    duration: FiveOrTen = "5"

    def seconds(self) -> float | None:
        """The ordered length."""
        return float(self.duration)


class Shot(BaseModel):
    """One shot of a multi-shot request."""

    model_config = ConfigDict(extra="forbid", frozen=True, defer_build=True)

    prompt: Prompt
    duration: OneToFifteen = "5"


class Element(BaseModel):
    """A character or thing that is shown from references: pictures (a frontal one and 1-3 more), or a video."""

    model_config = ConfigDict(extra="forbid", frozen=True, defer_build=True)

    frontal_image_url: Url | None = None
    reference_image_urls: Annotated[list[Url], Field(min_length=1, max_length=3)] | None = None
    video_url: Url | None = None
    voice_id: str | None = None

    @model_validator(mode="after")
    def _shows_something(self) -> "Element":
        if self.video_url is None and (self.frontal_image_url is None or self.reference_image_urls is None):
            raise ValueError("an element needs frontal_image_url with 1-3 reference_image_urls, or video_url")
        return self


class MultiPrompt(Arguments):
    """v3 Turbo, and v3 and O3: one prompt, or several shots, of 3-15 s together."""

    prompt: Prompt | None = None
    multi_prompt: Annotated[list[Shot], Field(min_length=1, max_length=MAX_SHOTS)] | None = None
    duration: ThreeToFifteen = "5"

    def seconds(self) -> float | None:
        """The ordered length."""
        return float(self.duration)

    @model_validator(mode="after")
    def _one_prompt_of_one_length(self) -> "MultiPrompt":
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


class MultiShot(MultiPrompt):
    """v3 and O3: with sound if it is asked for."""

    shot_type: ShotType = "customize"
    generate_audio: bool = Field(False, description="sound made by the model, at a higher price except in 4K")


def check_elements(elements: list[Element] | None) -> None:
    """Raise ValueError for more than one video among the references."""
    if sum(element.video_url is not None for element in elements or ()) > 1:
        raise ValueError("only one element of a request may be a video")
