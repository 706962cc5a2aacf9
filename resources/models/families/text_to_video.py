"""Text to video: a clip from words alone; v3 and O3 make several shots and native sound."""

from typing import Any

from resources.models.endpoints.arguments import (
    DEFAULT_NEGATIVE,
    Arguments,
    FiveOrTenSeconds,
    Guidance,
    MultiPrompt,
    MultiShot,
    NegativePrompt,
    Prompt,
    VideoAspect,
)
from resources.models.endpoints.endpoint import Endpoint, Kind
from resources.models.endpoints.ids import (
    T2V_O3_4K,
    T2V_O3_PRO,
    T2V_O3_STANDARD,
    T2V_V3_4K,
    T2V_V3_PRO,
    T2V_V3_STANDARD,
    T2V_V3_TURBO,
    T2V_V25_PRO,
)
from resources.models.endpoints.sources import guide, seed, types
from resources.models.families.common import O3_NOT, SOUNDS, silent_or_audio, sound

_NOT_TEXT_TO_VIDEO = {
    "camera_control": "presets do not exist here: write the camera's movement in the prompt",
    "advanced_camera_control": "presets do not exist here: write the camera's movement in the prompt",
}


class TextToVideoArguments(FiveOrTenSeconds):
    """v2.5 Turbo Pro. There is no `camera_control`: the camera is said in the prompt."""

    prompt: Prompt
    aspect_ratio: VideoAspect = "16:9"
    negative_prompt: NegativePrompt = DEFAULT_NEGATIVE
    cfg_scale: Guidance = 0.5


class V3TextToVideoArguments(MultiShot):
    """v3 Standard and Pro from text."""

    aspect_ratio: VideoAspect = "16:9"
    negative_prompt: NegativePrompt = DEFAULT_NEGATIVE
    cfg_scale: Guidance = 0.5


class O3TextToVideoArguments(MultiShot):
    """O3 Standard and Pro from text."""

    aspect_ratio: VideoAspect = "16:9"


class V3TurboTextToVideoArguments(MultiPrompt):
    """v3 Turbo Standard from text: one prompt or several shots."""

    aspect_ratio: VideoAspect = "16:9"


def _multi_shot_text(id: str, name: str, arguments: type[Arguments], best_for: str, line: int, **more: Any) -> Endpoint:
    return Endpoint(
        id=id,
        name=name,
        kind=Kind.TEXT_TO_VIDEO,
        arguments=arguments,
        best_for=best_for,
        resolution=more.pop("resolution"),
        facts=(types(line), seed("several shots, voice syntax, native sound", "avatars.md#kling-3")),
        not_settings=_NOT_TEXT_TO_VIDEO | more.pop("not_settings", {}),
        **more,
    )


ENDPOINTS = (
    Endpoint(
        id=T2V_V25_PRO,
        name="Text-to-video v2.5 Turbo Pro",
        kind=Kind.TEXT_TO_VIDEO,
        arguments=TextToVideoArguments,
        best_for="B-roll from words alone: fast, without sound.",
        resolution="1080p",
        not_settings=_NOT_TEXT_TO_VIDEO,
        facts=(types(27568), guide("use", "video.md#choosing")),
    ),
    _multi_shot_text(
        T2V_V3_STANDARD,
        "Text-to-video v3 Standard",
        V3TextToVideoArguments,
        "3-15 s, several shots in one clip, native sound, at a low price.",
        27959,
        resolution="720p",
        variants=SOUNDS,
        variant=sound,
    ),
    _multi_shot_text(
        T2V_V3_PRO,
        "Text-to-video v3 Pro",
        V3TextToVideoArguments,
        "The best B-roll from words; several shots keep one scene, small details may drift.",
        27959,
        resolution="1080p",
        variants=SOUNDS,
        variant=sound,
    ),
    _multi_shot_text(
        T2V_O3_STANDARD,
        "Text-to-video O3 Standard",
        O3TextToVideoArguments,
        "Scenes of several characters who speak, by scene direction.",
        43991,
        resolution="1080p",
        variants=SOUNDS[:2],
        variant=silent_or_audio,
        not_settings=O3_NOT,
    ),
    _multi_shot_text(
        T2V_O3_PRO,
        "Text-to-video O3 Pro",
        O3TextToVideoArguments,
        "Cinematic scenes of several characters who speak.",
        43991,
        resolution="1080p",
        variants=SOUNDS[:2],
        variant=silent_or_audio,
        not_settings=O3_NOT,
    ),
    _multi_shot_text(
        T2V_V3_TURBO,
        "Text-to-video v3 Turbo Standard",
        V3TurboTextToVideoArguments,
        "3-15 s and several shots, fast.",
        28064,
        resolution="720p",
        not_settings={"negative_prompt": "v3 Turbo has none", "cfg_scale": "v3 Turbo has none"},
    ),
    _multi_shot_text(
        T2V_V3_4K,
        "Text-to-video v3 4K",
        V3TextToVideoArguments,
        "As v3 Pro, in 4K of its own; with sound at the same price.",
        27959,
        resolution="4K",
    ),
    _multi_shot_text(
        T2V_O3_4K,
        "Text-to-video O3 4K",
        O3TextToVideoArguments,
        "As O3 Pro, in 4K of its own; with sound at the same price.",
        71345,
        resolution="4K",
        not_settings=O3_NOT,
    ),
)
