"""Every endpoint this project knows, with its limits, its use and where each statement comes from.

Adding a model is adding an entry here and a price in `resources/prices/prices.toml`; `docs/models.md` follows.
Where sources contradict each other the safe reading is taken (narrower limit), and the fact says so.
"""

import math
from collections.abc import Mapping
from datetime import date
from typing import Any

from resources.catalogue import arguments as a
from resources.catalogue.endpoint import Endpoint, Fact, Kind
from resources.catalogue.limits import MEGABYTE, MediaLimit, Span
from resources.errors import ContentError
from resources.prices import Unit

_TYPES_DAY = date(2026, 8, 2)
_SEED_DAY = date(2026, 2, 28)
_GUIDE_DAY = date(2026, 1, 26)
_READ_DAY = date(2026, 11, 21)  # the day fal's pages were read as stored copies
_ANY = float("inf")

KLING = "fal-ai/kling-video"
AVATAR_STANDARD = f"{KLING}/ai-avatar/v2/standard"
AVATAR_PRO = f"{KLING}/ai-avatar/v2/pro"
OMNIHUMAN = "fal-ai/bytedance/omnihuman/v1.5"
AURORA = "fal-ai/creatify/aurora"
FABRIC = "veed/fabric-1.0"
I2V_V26_PRO = f"{KLING}/v2.6/pro/image-to-video"
I2V_V25_STANDARD = f"{KLING}/v2.5-turbo/standard/image-to-video"
I2V_V25_PRO = f"{KLING}/v2.5-turbo/pro/image-to-video"
I2V_V21_STANDARD = f"{KLING}/v2.1/standard/image-to-video"
I2V_V21_PRO = f"{KLING}/v2.1/pro/image-to-video"
I2V_V21_MASTER = f"{KLING}/v2.1/master/image-to-video"
I2V_V3_STANDARD = f"{KLING}/v3/standard/image-to-video"
I2V_V3_PRO = f"{KLING}/v3/pro/image-to-video"
I2V_O3_STANDARD = f"{KLING}/o3/standard/image-to-video"
I2V_O3_PRO = f"{KLING}/o3/pro/image-to-video"
T2V_V25_PRO = f"{KLING}/v2.5-turbo/pro/text-to-video"
T2V_V3_STANDARD = f"{KLING}/v3/standard/text-to-video"
T2V_V3_PRO = f"{KLING}/v3/pro/text-to-video"
T2V_O3_STANDARD = f"{KLING}/o3/standard/text-to-video"
T2V_O3_PRO = f"{KLING}/o3/pro/text-to-video"
R2V_O3_PRO = f"{KLING}/o3/pro/reference-to-video"
MOTION_STANDARD = f"{KLING}/v2.6/standard/motion-control"
MOTION_PRO = f"{KLING}/v2.6/pro/motion-control"
EDIT_O1 = f"{KLING}/o1/video-to-video/edit"
EDIT_O3_PRO = f"{KLING}/o3/pro/video-to-video/edit"
CREATE_VOICE = f"{KLING}/create-voice"
FLUX_DEV = "fal-ai/flux/dev"
NANO_PRO = "fal-ai/nano-banana-pro"
NANO_PRO_EDIT = "fal-ai/nano-banana-pro/edit"
NANO_2 = "fal-ai/nano-banana-2"
NANO_2_EDIT = "fal-ai/nano-banana-2/edit"

# Limits of files

_PICTURES = frozenset({".jpg", ".jpeg", ".png", ".webp", ".gif", ".avif"})
_PORTRAIT = MediaLimit(
    source="fal page of Avatar v2 (forms), field reports (300 px, 1:2.5 to 2.5:1, transparency comes out black)",
    on=_READ_DAY,
    suffixes=_PICTURES,
    sides=Span(300, _ANY),
    ratio=Span(0.4, 2.5),
    opaque=True,
    advice="512 px or more a side, the face 60-70 % of the frame, even light, facing the camera (document 000)",
)
_FRAME = MediaLimit(
    source="fal docs of Kling elements (300 px, 0.40 to 2.50, 10 MB), the owner's document 003 (forms)",
    on=_TYPES_DAY,
    suffixes=_PICTURES,
    sides=Span(300, _ANY),
    ratio=Span(0.4, 2.5),
    max_bytes=10 * MEGABYTE,
    advice="1080p or more, evenly lit, the subject more than 5 % of the frame, nothing hidden (document 002)",
)
_KLING_VOICE_TRACK = MediaLimit(
    source="document 000 (2-60 s, 5 MB), agreed by field reports; it also says no hard cap: the narrower",
    on=_SEED_DAY,
    suffixes=frozenset({".mp3", ".wav"}),
    seconds=Span(2, 60),
    max_bytes=5 * MEGABYTE,
    advice="clear speech of 5-30 s (document 000)",
)
_OMNIHUMAN_TRACK = MediaLimit(
    source="fal types: under 30 s for 1080p, under 60 s for 720p",
    on=_TYPES_DAY,
    seconds_by=("resolution", {"1080p": Span(0, 30, under=True), "720p": Span(0, 60, under=True)}),
)
_AURORA_TRACK = MediaLimit(source="the owner's document 000: about 60 s", on=_SEED_DAY, seconds=Span(0, 60))
_FABRIC_TRACK = MediaLimit(source="the owner's document 000: 30 s", on=_SEED_DAY, seconds=Span(0, 30))
_MOTION_VIDEO = MediaLimit(
    source="fal types (10 s and 30 s), the owner's document 003 (from 2 s, forms)",
    on=_TYPES_DAY,
    suffixes=frozenset({".mp4", ".mov", ".webm", ".m4v", ".gif"}),
    seconds_by=("character_orientation", {"image": Span(2, 10), "video": Span(2, 30)}),
    advice="one realistic person, head and upper body in view, steady and sharp, no complex hands (document 003)",
)
_EDIT_VIDEO = MediaLimit(
    source="fal types and docs of O1 edit",
    on=_TYPES_DAY,
    suffixes=frozenset({".mp4", ".mov"}),
    seconds=Span(3, 10.05),
    sides=Span(720, 2160),
    fps=Span(24, 60),
    max_bytes=200 * MEGABYTE,
)
_O3_EDIT_VIDEO = MediaLimit(
    source="fal page of O3 edit; fal types of 2026-08 say 3-15 s, 720-3840 px: the narrower is taken",
    on=_READ_DAY,
    suffixes=frozenset({".mp4", ".mov"}),
    seconds=Span(3, 10),
    sides=Span(720, 2160),
    max_bytes=200 * MEGABYTE,
)
_VOICE_SAMPLE = MediaLimit(
    source="fal page of create-voice",
    on=_READ_DAY,
    suffixes=frozenset({".mp3", ".wav", ".mp4", ".mov"}),
    seconds=Span(5, 30),
    advice="one clean voice, nothing else",
)

# What people write that these endpoints do not have, and what to do instead

_SHAPE_OF_PICTURE = "the result has the shape of the picture: give a picture of that shape"
_NOT_AVATAR = {
    "duration": "the result is as long as the sound",
    "aspect_ratio": _SHAPE_OF_PICTURE,
    "negative_prompt": "avatars have none: say what is wanted in the prompt",
    "cfg_scale": "avatars have none",
}
_NOT_IMAGE_TO_VIDEO = {
    "aspect_ratio": _SHAPE_OF_PICTURE,
    "static_mask_url": "masks do not exist here: write 'static background, only the subject moves'",
    "dynamic_mask_url": "masks do not exist here: say in the prompt what moves",
    "special_fx": "effects do not exist here: describe the motion in the prompt",
    "input_image_urls": f"several pictures are taken by {R2V_O3_PRO} as image_urls",
}
_NOT_TEXT_TO_VIDEO = {
    "camera_control": "presets do not exist here: write the camera's movement in the prompt",
    "advanced_camera_control": "presets do not exist here: write the camera's movement in the prompt",
}
_NOT_IMAGE = {
    "sync_mode": "a picture sent inline is in no request history: it could not be found again after a crash",
    "negative_prompt": "there is none: say what is wanted",
}
_NOT_EDIT = {
    "input_image_urls": "its name is image_urls",
    "cfg_scale": "edits have none: describe the result more exactly",
    "duration": "the result is as long as the clip",
}


# Price variants and amounts


def _sound(arguments: Any) -> str:
    voiced = getattr(arguments, "voice_ids", None) or any(
        element.voice_id for element in getattr(arguments, "elements", None) or ()
    )
    if not arguments.generate_audio:
        return "silent"
    return "voice" if voiced else "audio"


def _silent_or_audio(arguments: Any) -> str:
    return "audio" if arguments.generate_audio else "silent"


def _resolution(arguments: Any) -> str:
    return str(arguments.resolution)


def _picture(arguments: Any) -> str:
    # A web search costs extra (0.015 a picture on Nano Banana 2): never estimated by the price without one.
    return f"{arguments.resolution} web" if arguments.enable_web_search else str(arguments.resolution)


def _megapixels(arguments: a.FluxArguments) -> float:
    size = arguments.size()
    return float(arguments.num_images * math.ceil(size.width * size.height / 1_000_000))


def _images(arguments: Any) -> float:
    return float(arguments.num_images)


_SOUNDS = ("silent", "audio", "voice")


# Sources


def _types(*lines: int) -> Fact:
    places = ", ".join(str(line) for line in lines)
    return Fact("settings, choices and defaults", f"fal-ai/fal-js@381105e, endpoints.ts line {places}", _TYPES_DAY)


def _seed(what: str, where: str) -> Fact:
    return Fact(what, f"the owner's document {where}", _SEED_DAY)


def _guide(what: str, where: str) -> Fact:
    return Fact(what, f"the owner's document {where}", _GUIDE_DAY)


def _page(what: str, page: str) -> Fact:
    return Fact(what, page, _READ_DAY)


_AVATARS = (
    Endpoint(
        id=AVATAR_STANDARD,
        name="Avatar v2 Standard",
        kind=Kind.AVATAR,
        arguments=a.AvatarArguments,
        best_for="Drafts: checking performance and timing. Its eyes stay dead where Pro's are alive.",
        resolution="720p, measured after delivery",
        media={"image_url": _PORTRAIT, "audio_url": _KLING_VOICE_TRACK},
        length_of="audio_url",
        not_settings=_NOT_AVATAR,
        facts=(_types(1215, 71317), _seed("use, resolution, sound limits", "000, Model Lineup, API Parameters")),
    ),
    Endpoint(
        id=AVATAR_PRO,
        name="Avatar v2 Pro",
        kind=Kind.AVATAR,
        arguments=a.AvatarArguments,
        best_for="What is published: expressive animated characters, proven on Pixar-style and masked ones.",
        resolution="1080p, measured after delivery",
        media={"image_url": _PORTRAIT, "audio_url": _KLING_VOICE_TRACK},
        length_of="audio_url",
        not_settings=_NOT_AVATAR,
        facts=(_types(1215, 71314), _seed("use, A/B test, sound limits", "000, A/B Test Results")),
    ),
    Endpoint(
        id=OMNIHUMAN,
        name="OmniHuman v1.5",
        kind=Kind.AVATAR,
        arguments=a.OmniHumanArguments,
        best_for="The most body movement and emotion; puts a mouth on masked characters, so not for a mask.",
        resolution="720p or 1080p, 25 frames a second",
        media={"image_url": _PORTRAIT, "audio_url": _OMNIHUMAN_TRACK, "mask_url": _FRAME},
        length_of="audio_url",
        not_settings=_NOT_AVATAR,
        facts=(_types(44314), _seed("use, frame rate", "000, A/B Test Results")),
    ),
    Endpoint(
        id=AURORA,
        name="Creatify Aurora",
        kind=Kind.AVATAR,
        arguments=a.AuroraArguments,
        best_for="The closest lip sync, made for advertising; unproven on cartoon characters, slow.",
        resolution="480p or 720p, 24 frames a second",
        media={"image_url": _PORTRAIT, "audio_url": _AURORA_TRACK},
        length_of="audio_url",
        variants=("480p", "720p"),
        variant=_resolution,
        not_settings=_NOT_AVATAR,
        facts=(_types(8104), _seed("use, length, frame rate", "000, A/B Test Results")),
    ),
    Endpoint(
        id=FABRIC,
        name="VEED Fabric 1.0",
        kind=Kind.AVATAR,
        arguments=a.FabricArguments,
        best_for="The fastest, cheap at 480p, strong on cartoons; little movement, no prompt, short turns only.",
        resolution="480p or 720p",
        media={"image_url": _PORTRAIT, "audio_url": _FABRIC_TRACK},
        length_of="audio_url",
        variants=("480p", "720p"),
        variant=_resolution,
        not_settings=_NOT_AVATAR | {"prompt": "this model takes none"},
        facts=(_types(11344), _seed("use, length", "000, A/B Test Results")),
    ),
)


def _image_to_video(
    id: str, name: str, arguments: type[a.Arguments], best_for: str, *facts: Fact, **more: Any
) -> Endpoint:
    frames = ("image_url", "start_image_url", "end_image_url", "tail_image_url")
    return Endpoint(
        id=id,
        name=name,
        kind=Kind.IMAGE_TO_VIDEO,
        arguments=arguments,
        best_for=best_for,
        resolution=more.pop("resolution", "1080p"),
        media={field: _FRAME for field in frames if field in arguments.model_fields},
        not_settings=_NOT_IMAGE_TO_VIDEO | more.pop("not_settings", {}),
        facts=facts,
        **more,
    )


_END = {"tail_image_url": "its name is end_image_url"}
_TAIL = {"end_image_url": "its name is tail_image_url", "start_image_url": "its name is image_url"}
_NO_END = dict.fromkeys(
    ("tail_image_url", "end_image_url"), f"this model has no end frame; {I2V_V25_PRO} and {I2V_V21_PRO} have"
)

_IMAGE_TO_VIDEO = (
    _image_to_video(
        I2V_V26_PRO,
        "Image-to-video v2.6 Pro",
        a.V26ImageToVideoArguments,
        "Reaction clips, B-roll from a picture; can make sound and speak with two voices.",
        _types(27801),
        _seed("use", "000, Model Lineup"),
        variants=_SOUNDS,
        variant=_sound,
        not_settings=_END | {"image_url": "its name is start_image_url", "cfg_scale": "v2.6 has none"},
    ),
    _image_to_video(
        I2V_V25_STANDARD,
        "Image-to-video v2.5 Turbo Standard",
        a.ImageToVideoArguments,
        "The cheapest listener.",
        _types(71414),
        _page("use", "fal.ai/models/fal-ai/kling-video/v2.5-turbo/standard/image-to-video/llms.txt"),
        resolution="720p",
        not_settings=_NO_END | {"start_image_url": "its name is image_url"},
    ),
    _image_to_video(
        I2V_V25_PRO,
        "Image-to-video v2.5 Turbo Pro",
        a.TailImageToVideoArguments,
        "Fast; with an end frame, so a listener can end where it began and loop.",
        _types(71408),
        not_settings=_TAIL,
    ),
    _image_to_video(
        I2V_V21_STANDARD,
        "Image-to-video v2.1 Standard",
        a.ImageToVideoArguments,
        "A cheap check of a motion before v2.1 Pro.",
        _types(71405),
        resolution="720p",
        not_settings=_NO_END | {"start_image_url": "its name is image_url"},
    ),
    _image_to_video(
        I2V_V21_PRO,
        "Image-to-video v2.1 Pro",
        a.TailImageToVideoArguments,
        "Animating a picture, and transitions from a start frame to an end frame.",
        _types(27774),
        _guide("use", "002, Model Selection Decision Tree"),
        not_settings=_TAIL,
    ),
    _image_to_video(
        I2V_V21_MASTER,
        "Image-to-video v2.1 Master",
        a.ImageToVideoArguments,
        "The highest quality of one animated picture.",
        _types(27880),
        _guide("use", "002, Model Selection Decision Tree"),
        not_settings=_NO_END | {"start_image_url": "its name is image_url"},
    ),
    *(
        _image_to_video(
            id,
            name,
            a.V3ImageToVideoArguments,
            best_for,
            _types(27903),
            resolution=resolution,
            variants=_SOUNDS,
            variant=_sound,
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
            a.O3ImageToVideoArguments,
            best_for,
            _types(43846),
            resolution=resolution,
            variants=_SOUNDS[:2],
            variant=_silent_or_audio,
            not_settings=_END
            | {
                "start_image_url": "its name is image_url here",
                "negative_prompt": "O3 has none",
                "cfg_scale": "O3 has none",
                "elements": f"elements are taken by {R2V_O3_PRO}",
            },
        )
        for id, name, best_for, resolution in (
            (I2V_O3_STANDARD, "Image-to-video O3 Standard", "3-15 s with start and end frame, several shots.", "720p"),
            (I2V_O3_PRO, "Image-to-video O3 Pro", "3-15 s with start and end frame at best quality.", "1080p"),
        )
    ),
)


def _multi_shot_text(
    id: str, name: str, arguments: type[a.Arguments], best_for: str, line: int, **more: Any
) -> Endpoint:
    return Endpoint(
        id=id,
        name=name,
        kind=Kind.TEXT_TO_VIDEO,
        arguments=arguments,
        best_for=best_for,
        resolution=more.pop("resolution"),
        facts=(_types(line), _seed("several shots, voice syntax, native sound", "000, What V3/O3 Actually Offers")),
        not_settings=_NOT_TEXT_TO_VIDEO | more.pop("not_settings", {}),
        **more,
    )


_O3_NOT = {"negative_prompt": "O3 has none", "cfg_scale": "O3 has none"}

_TEXT_TO_VIDEO = (
    Endpoint(
        id=T2V_V25_PRO,
        name="Text-to-video v2.5 Turbo Pro",
        kind=Kind.TEXT_TO_VIDEO,
        arguments=a.TextToVideoArguments,
        best_for="B-roll from words alone: fast, without sound.",
        resolution="1080p",
        not_settings=_NOT_TEXT_TO_VIDEO,
        facts=(_types(27568), _guide("use", "002, Model Selection Decision Tree")),
    ),
    _multi_shot_text(
        T2V_V3_STANDARD,
        "Text-to-video v3 Standard",
        a.V3TextToVideoArguments,
        "3-15 s, several shots in one clip, native sound, at a low price.",
        27959,
        resolution="720p",
        variants=_SOUNDS,
        variant=_sound,
    ),
    _multi_shot_text(
        T2V_V3_PRO,
        "Text-to-video v3 Pro",
        a.V3TextToVideoArguments,
        "The best B-roll from words; several shots keep one scene, small details may drift.",
        27959,
        resolution="1080p",
        variants=_SOUNDS,
        variant=_sound,
    ),
    _multi_shot_text(
        T2V_O3_STANDARD,
        "Text-to-video O3 Standard",
        a.O3TextToVideoArguments,
        "Scenes of several characters who speak, by scene direction.",
        43991,
        resolution="1080p",
        variants=_SOUNDS[:2],
        variant=_silent_or_audio,
        not_settings=_O3_NOT,
    ),
    _multi_shot_text(
        T2V_O3_PRO,
        "Text-to-video O3 Pro",
        a.O3TextToVideoArguments,
        "Cinematic scenes of several characters who speak.",
        43991,
        resolution="1080p",
        variants=_SOUNDS[:2],
        variant=_silent_or_audio,
        not_settings=_O3_NOT,
    ),
)

_FROM_REFERENCES = (
    Endpoint(
        id=R2V_O3_PRO,
        name="Reference-to-video O3 Pro (Omni Reference)",
        kind=Kind.REFERENCE_TO_VIDEO,
        arguments=a.O3ReferenceArguments,
        best_for="Scenes in which characters stay themselves: reference sheets and a starting frame, by label.",
        resolution="1080p",
        media={"start_image_url": _FRAME, "end_image_url": _FRAME, "image_urls": _FRAME},
        variants=_SOUNDS[:2],
        variant=_silent_or_audio,
        not_settings=_O3_NOT | {"input_image_urls": "its name is image_urls"},
        facts=(_types(43889), _seed("use, closing line", "000, Omni Reference for Character Consistency")),
    ),
    *(
        Endpoint(
            id=id,
            name=name,
            kind=Kind.MOTION_CONTROL,
            arguments=a.MotionControlArguments,
            best_for=best_for,
            resolution=resolution,
            media={"image_url": _FRAME, "video_url": _MOTION_VIDEO},
            length_of="video_url",
            not_settings={
                "duration": "the result is as long as the reference video",
                "aspect_ratio": _SHAPE_OF_PICTURE,
                "negative_prompt": "motion control has none",
                "cfg_scale": "motion control has none",
            },
            facts=(_types(27831), _guide("use, from 2 s, forms", "003, Motion Control")),
        )
        for id, name, best_for, resolution in (
            (MOTION_STANDARD, "Motion control v2.6 Standard", "Testing that a motion transfers.", "720p"),
            (
                MOTION_PRO,
                "Motion control v2.6 Pro",
                "Dance and gesture of a video, by a character of a picture.",
                "1080p",
            ),
        )
    ),
    Endpoint(
        id=EDIT_O1,
        name="O1 edit",
        kind=Kind.VIDEO_EDIT,
        arguments=a.O1EditArguments,
        best_for="Changing a clip by describing the result: background, clothes, weather, style.",
        resolution="as the clip",
        media={"video_url": _EDIT_VIDEO, "image_urls": _FRAME},
        length_of="video_url",
        not_settings=_NOT_EDIT,
        facts=(_types(44368), _guide("use", "002, Video Editing (O1)")),
    ),
    Endpoint(
        id=EDIT_O3_PRO,
        name="O3 edit Pro",
        kind=Kind.VIDEO_EDIT,
        arguments=a.O3EditArguments,
        best_for="The same with better characters, at twice the price; the clip is @Video1 in the prompt.",
        resolution="as the clip",
        media={"video_url": _O3_EDIT_VIDEO, "image_urls": _FRAME},
        length_of="video_url",
        not_settings=_NOT_EDIT,
        facts=(
            _types(71353),
            _page("limits, use", "fal.ai/models/fal-ai/kling-video/o3/pro/video-to-video/edit/llms.txt"),
        ),
    ),
)

_SOUND_AND_PICTURES = (
    Endpoint(
        id=CREATE_VOICE,
        name="Create voice",
        kind=Kind.VOICE,
        arguments=a.CreateVoiceArguments,
        best_for="A voice id for the models that speak by prompt.",
        resolution="none",
        unit=Unit.GENERATION,
        media={"voice_url": _VOICE_SAMPLE},
        amount=lambda _: 1.0,
        facts=(_types(71318), _page("limits", "fal.ai/models/fal-ai/kling-video/create-voice/llms.txt")),
    ),
    Endpoint(
        id=FLUX_DEV,
        name="Flux dev",
        kind=Kind.IMAGE,
        arguments=a.FluxArguments,
        best_for="Character pictures to animate, cheaply, with a seed.",
        resolution="by image_size",
        unit=Unit.MEGAPIXEL,
        amount=_megapixels,
        not_settings=_NOT_IMAGE | {"aspect_ratio": "its name is image_size, such as portrait_16_9"},
        facts=(
            _types(13588),
            _page(
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
            variant=_picture,
            not_settings=_NOT_IMAGE | {"image_size": "its name is aspect_ratio, with resolution"},
            facts=(_types(line), _seed("reference sheets, upscaling", "000, NB Pro Upscaling Trick, Omni Reference")),
        )
        for id, name, kind, arguments, best_for, variants, line in (
            (
                NANO_PRO,
                "Nano Banana Pro",
                Kind.IMAGE,
                a.NanoBananaProArguments,
                "Starting frames, thumbnails, text in pictures.",
                ("1K", "2K", "4K"),
                43379,
            ),
            (
                NANO_PRO_EDIT,
                "Nano Banana Pro edit",
                Kind.IMAGE_EDIT,
                a.NanoBananaProEditArguments,
                "Sharpening a soft picture: first the target, then a close-up of the same character.",
                ("1K", "2K", "4K"),
                43318,
            ),
            (
                NANO_2,
                "Nano Banana 2",
                Kind.IMAGE,
                a.NanoBanana2Arguments,
                "Reference sheets of a character, frames and thumbnails at a low price.",
                ("0.5K", "1K", "2K", "4K"),
                43042,
            ),
            (
                NANO_2_EDIT,
                "Nano Banana 2 edit",
                Kind.IMAGE_EDIT,
                a.NanoBanana2EditArguments,
                "Reference sheets and new angles from a character's picture.",
                ("0.5K", "1K", "2K", "4K"),
                42961,
            ),
        )
    ),
)

_ALL: Mapping[str, Endpoint] = {
    endpoint.id: endpoint
    for endpoint in (*_AVATARS, *_IMAGE_TO_VIDEO, *_TEXT_TO_VIDEO, *_FROM_REFERENCES, *_SOUND_AND_PICTURES)
}


def get(endpoint: str) -> Endpoint:
    """The entry of an endpoint id. Raises ContentError that names the nearest ids."""
    found = _ALL.get(endpoint)
    if found is not None:
        return found
    mistaken = {
        "creatify/aurora": AURORA,
        f"{KLING}/ai-avatar/v3/pro": AVATAR_PRO,
        f"{KLING}/ai-avatar/v3/standard": AVATAR_PRO,
    }
    near = [mistaken[endpoint]] if endpoint in mistaken else _nearest(endpoint)
    raise ContentError(
        f"there is no model {endpoint!r} in the catalogue",
        mend="did you mean " + " or ".join(near) + "? `ninja models` lists all",
    )


def _nearest(endpoint: str) -> list[str]:
    words = set(endpoint.replace("-", "/").split("/"))
    return sorted(_ALL, key=lambda known: -len(words & set(known.replace("-", "/").split("/"))))[:2]


def all() -> tuple[Endpoint, ...]:
    """Every endpoint, in the order of the docs."""
    return tuple(_ALL.values())


def by_kind(*kinds: Kind) -> tuple[Endpoint, ...]:
    """The endpoints of these kinds, in the order of the docs."""
    return tuple(endpoint for endpoint in _ALL.values() if endpoint.kind in kinds)
