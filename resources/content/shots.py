"""Shots beside dialogue, as they stand in an episode file: `BROLL {seconds: 5, camera: dolly_in}: A city at night`.

What a shot is and which settings it has; how it becomes a request of a model is `resources.models.shot_arguments`. A
reference names a file of the show's folder (`sheets/ninja.png`), a segment of the episode (`s03`) or another shot by
its `name`, so that pipelines chain: an IMAGE that a MOTION animates.
"""

import re
from collections.abc import Mapping
from graphlib import CycleError, TopologicalSorter
from pathlib import PurePosixPath
from typing import Annotated, Any, ClassVar, Literal

from pydantic import AfterValidator, Field, ValidationError, field_validator, model_validator

from resources.content.settings.fields import Strict
from resources.content.show import Quality
from resources.core.errors import ContentError
from resources.core.names import SEGMENT_PATTERN
from resources.core.text.blank import is_blank
from resources.core.text.diagnostics import explain, nearest

MAX_SECONDS = 15  # the longest clip that any model of these shots sells
_NAME = re.compile(r"[a-z][a-z0-9_-]{0,31}")


def _check_name(value: str) -> str:
    if not _NAME.fullmatch(value) or SEGMENT_PATTERN.fullmatch(value):
        raise ValueError(f"{value!r} cannot be a name: use small letters, digits, '_' and '-', such as hero")
    return value


def _check_reference(value: str) -> str:
    path = PurePosixPath(value)
    if path.suffix:
        if path.is_absolute() or ".." in path.parts or "\\" in value:
            raise ValueError(f"{value!r} is outside the show's folder")
        return value
    if SEGMENT_PATTERN.fullmatch(value) or _NAME.fullmatch(value):
        return value
    raise ValueError(f"{value!r} refers to nothing: give a file, a segment (s03) or a shot's name")


def _split_terms(value: Any) -> Any:
    return tuple(term.strip() for term in value.split(",") if term.strip()) if isinstance(value, str) else value


Name = Annotated[str, AfterValidator(_check_name)]
Reference = Annotated[str, AfterValidator(_check_reference)]
Seconds = Annotated[int, Field(ge=3, le=MAX_SECONDS, description="how long the clip is")]


def is_file(reference: str) -> bool:
    """Whether a reference is a file of the show's folder."""
    return bool(PurePosixPath(reference).suffix)


def is_segment(reference: str) -> bool:
    """Whether a reference is a segment's finished clip."""
    return SEGMENT_PATTERN.fullmatch(reference) is not None


class Shot(Strict):
    """What every shot has. `prompt` is the text after the label; `kind` the label in small letters."""

    clip_slots: ClassVar[frozenset[str]] = frozenset()  # slots that take a moving picture; the others take a still
    frame_slots: ClassVar[frozenset[str]] = frozenset()  # slots whose picture becomes a frame of the clip: its shape

    kind: str
    prompt: str = Field(min_length=1)
    name: Name | None = Field(None, description="how other shots refer to it")
    take: int = Field(1, ge=1, le=999, description="a higher number makes, and pays for, the shot anew")
    model: str | None = Field(None, description="an endpoint; without it the decision tree chooses")
    quality: Quality | None = Field(None, description="draft, standard or best; without it, draft in draft mode")
    over: bool = Field(
        False, description="seen over the turn before it, whose sound goes on; else a segment of its own"
    )
    begins: float = Field(0, ge=0, le=60, description="with `over`: seconds into the turn at which it is first seen")
    shown: bool = Field(True, description="false: only made for other shots, which refer to it")
    style: str | None = Field(None, description="a style of prompts.yaml, or its words")

    @property
    def label(self) -> str:
        """The label as it stands in an episode file."""
        return self.kind.upper()

    @property
    def is_segment(self) -> bool:
        """Whether it has a place of its own in the cut."""
        return self.shown and not self.over

    @property
    def is_picture(self) -> bool:
        """Whether it becomes a still picture and not a clip."""
        return False

    def shown_seconds(self, made: float | None) -> float | None:
        """How long it is seen, where what was made of it lasts `made` seconds; None where nothing says it."""
        return made

    def needs(self) -> dict[str, str]:
        """What must be there before this shot can be ordered: slot -> reference."""
        return {}

    @model_validator(mode="after")
    def _it_lies_somewhere(self) -> "Shot":
        if self.begins and not self.over:
            raise ValueError("`begins` counts from the start of a turn: add `over: true`")
        if self.over and not self.shown:
            raise ValueError("it is seen over a turn, so it is shown: leave `over` or `shown` out")
        return self


class _Directed(Shot):
    """What clips made from a prompt have in common."""

    camera: str | None = Field(None, description="names of prompts.yaml and own words: low_angle, dolly_in")
    mood: str | None = Field(None, description="a mood of prompts.yaml, or its words")
    avoid: tuple[str, ...] = Field((), description="what must not be seen: added to the negative prompt")
    guidance: float | None = Field(None, ge=0, le=1, description="how strictly the prompt is followed (cfg_scale)")

    @field_validator("avoid", mode="before")
    @classmethod
    def _avoid_is_a_list(cls, value: Any) -> Any:
        return _split_terms(value)


class _ByRecipe(Shot):
    """Shots that a ready prompt can be written for."""

    recipe: str | None = Field(None, description="a ready prompt of prompts.yaml; the text is only its subject")


class BrollShot(_Directed, _ByRecipe):
    """A clip from words, or from a picture that it begins with; with timestamps, several shots; `[Name]: …` speaks."""

    frame_slots: ClassVar[frozenset[str]] = frozenset({"image"})

    kind: Literal["broll"] = "broll"

    seconds: Seconds | None = Field(None, description="3 to 15; 5 unless said or told by timestamps")
    action: str | None = Field(None, description="what happens, where the text is only the subject")
    image: Reference | None = Field(None, description="the first frame")
    picture: str | None = Field(None, description="what the first frame shows, said before the motion")
    audio: bool = Field(False, description="sound made by the model; it costs more")

    def needs(self) -> dict[str, str]:
        return {"image": self.image} if self.image else {}

    @model_validator(mode="after")
    def _the_picture_is_there(self) -> "BrollShot":
        if self.picture and not self.image:
            raise ValueError("`picture` says what `image` shows: give the image")
        return self


class TransitionShot(_Directed):
    """A clip from a start frame to an end frame. The text says what happens between them."""

    frame_slots: ClassVar[frozenset[str]] = frozenset({"start", "end"})

    kind: Literal["transition"] = "transition"

    start: Reference = Field(description="the first frame")
    end: Reference = Field(description="the last frame")
    seconds: Seconds = 5

    def needs(self) -> dict[str, str]:
        return {"start": self.start, "end": self.end}


class MotionShot(_ByRecipe):
    """A character of a picture does what a video shows. The text says who and where, never the motion."""

    clip_slots: ClassVar[frozenset[str]] = frozenset({"video"})

    kind: Literal["motion"] = "motion"

    image: Reference = Field(description="the character")
    video: Reference = Field(description="the motion")
    scene: str | None = Field(None, description="where it is")
    orientation: Literal["image", "video"] | None = Field(None, description="without it, the decision tree chooses")
    full_body: bool = Field(True, description="the whole body moves; false for a portrait")
    keep_sound: bool = Field(False, description="keep the motion video's sound")

    def needs(self) -> dict[str, str]:
        return {"image": self.image, "video": self.video}


class EditShot(_ByRecipe):
    """An existing clip, changed by describing the result."""

    clip_slots: ClassVar[frozenset[str]] = frozenset({"clip"})

    kind: Literal["edit"] = "edit"

    clip: Reference = Field(description="what is changed: a file, a segment or a shot")
    keep: tuple[str, ...] = Field((), description="what stays exactly as it is")
    references: dict[Name, Reference] = Field(
        default_factory=dict, max_length=4, description="pictures, as @name in the text"
    )
    keep_sound: bool = Field(False, description="keep the clip's sound")

    def needs(self) -> dict[str, str]:
        return {"clip": self.clip} | _prefixed(self.references)

    @field_validator("keep", mode="before")
    @classmethod
    def _keep_is_a_list(cls, value: Any) -> Any:
        return _split_terms(value)


class OmniShot(Shot):
    """A scene from labelled references: `The man from @ninja walks through @forest`."""

    frame_slots: ClassVar[frozenset[str]] = frozenset({"start"})

    kind: Literal["omni"] = "omni"

    references: dict[Name, Reference] = Field(min_length=1, description="label -> picture; the first is the scene's")
    frame: Name | None = Field(None, description="the label of the scene's picture, in which the clip ends")
    ending: str | None = Field(None, description="what they do at the end: continuing down the path")
    start: Reference | None = Field(None, description="the first frame")
    seconds: Seconds = 5
    audio: bool = Field(False, description="sound made by the model; it costs more")

    def needs(self) -> dict[str, str]:
        return _prefixed(self.references) | ({"start": self.start} if self.start else {})

    @model_validator(mode="after")
    def _the_frame_is_a_reference(self) -> "OmniShot":
        if self.frame is not None and self.frame not in self.references:
            raise ValueError(f"frame: there is no reference {self.frame!r}; there are {', '.join(self.references)}")
        return self


class ImageShot(Shot):
    """A picture: a reference sheet, a starting frame, a thumbnail."""

    kind: Literal["image"] = "image"

    references: dict[Name, Reference] = Field(
        default_factory=dict, max_length=14, description="pictures to start from, in order"
    )
    resolution: Literal["0.5K", "1K", "2K", "4K"] | None = Field(None, description="of Nano Banana models")
    seed: int | None = Field(None, ge=0, description="the same seed and text give the same picture")
    seconds: float | None = Field(
        None, ge=0.1, le=60, description="shown as a still for so long; else only made for others"
    )

    @property
    def is_segment(self) -> bool:
        return super().is_segment and self.seconds is not None

    @property
    def is_picture(self) -> bool:
        return True

    def shown_seconds(self, made: float | None) -> float | None:  # noqa: ARG002  (a picture has no length of its own)
        return self.seconds

    def needs(self) -> dict[str, str]:
        return _prefixed(self.references)


_Kinds = BrollShot | TransitionShot | MotionShot | EditShot | OmniShot | ImageShot
AnyShot = Annotated[_Kinds, Field(discriminator="kind")]

SHOTS: Mapping[str, type[_Kinds]] = {
    "BROLL": BrollShot,
    "TRANSITION": TransitionShot,
    "MOTION": MotionShot,
    "EDIT": EditShot,
    "OMNI": OmniShot,
    "IMAGE": ImageShot,
}
_NOT_SETTINGS = frozenset({"kind", "prompt"})  # the label and the text after it


def settings_of(kind: type[Shot]) -> tuple[str, ...]:
    """The names of the settings that may stand in a shot's braces."""
    return tuple(name for name in kind.model_fields if name not in _NOT_SETTINGS)


def is_shot(label: str) -> bool:
    """Whether a label of an episode file stands for a shot and not for a character."""
    return label in SHOTS


def parse_shot(label: str, settings: Mapping[str, Any], text: str) -> AnyShot:
    """The shot of a label, its settings and the text after it. Raises ContentError without a line: the caller knows it.

    Settings may be typed or the text that a person wrote.
    """
    kind = SHOTS.get(label)
    if kind is None:
        raise ContentError(f"there is no shot {label}", hint=f"{nearest(label, SHOTS)}shots: {', '.join(SHOTS)}")
    if is_blank(text):
        raise ContentError(
            f"{label} has no text", hint=f"say after the colon what is seen: `{label} {{…}}: A city at night`"
        )
    known = settings_of(kind)
    for name in settings:
        if name not in known:
            raise ContentError(
                f"{label} has no setting {name!r}", hint=f"{nearest(name, known)}it has: {', '.join(known)}"
            )
    try:
        return kind.model_validate({**settings, "kind": label.lower(), "prompt": text.strip()})
    except ValidationError as error:
        raise ContentError(f"{label} cannot be shot like this", why=explain(error)) from error


def check_waits(shots: Mapping[str, Shot]) -> None:
    """Raise ContentError for shots (by segment) that cannot be made one after the other, each after what it refers to.

    So for a name given twice, a name that nobody has, and a circle.
    """
    owners: dict[str, str] = {}
    for segment, shot in shots.items():
        if shot.name is not None and owners.setdefault(shot.name, segment) != segment:
            raise ContentError(
                f"two shots are called {shot.name!r}", where=segment, why=f"the other is {owners[shot.name]}"
            )
    after = {segment: _waits_for(segment, shot, shots, owners) for segment, shot in shots.items()}
    try:
        TopologicalSorter(after).prepare()
    except CycleError as error:
        circle = ", ".join(segment for segment in shots if segment in error.args[1])
        hint = "let one of them start from a file"
        raise ContentError(f"these shots wait for each other: {circle}", hint=hint) from None


def _waits_for(segment: str, shot: Shot, shots: Mapping[str, Shot], owners: Mapping[str, str]) -> set[str]:
    found = set()
    for slot, reference in shot.needs().items():
        if is_file(reference):
            continue
        if not is_segment(reference) and reference not in owners:
            raise ContentError(
                f"{slot}: no shot is called {reference!r}",
                where=segment,
                hint=f"{nearest(reference, owners)}names: {', '.join(owners) or 'none'}",
            )
        owner = reference if is_segment(reference) else owners[reference]
        if owner in shots:  # a segment of dialogue is made before any shot
            found.add(owner)
    return found


def _prefixed(references: Mapping[str, str]) -> dict[str, str]:
    return {f"references.{name}": reference for name, reference in references.items()}
