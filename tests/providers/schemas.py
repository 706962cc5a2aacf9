"""The endpoints of fal.ai that the server sells, as data: input schema, kind of output, price.

Source: fal's own generated types (fal-ai/fal-js, `endpoints.ts`) and model pages. fal documents nothing about unknown
fields; this server refuses them, so that exactly the schema is sent. It bills as fal does: in units of its own, which
are no seconds for many models (recorded: 5 s of v3 Pro without sound are 4.0 units, of v3 Standard 3.0).
"""

from dataclasses import dataclass
from enum import StrEnum
from typing import Any


class Kind(StrEnum):
    """The type of an input field. The media kinds are URLs whose content is fetched and checked."""

    TEXT = "string"
    BOOL = "bool"
    NUMBER = "float"
    INTEGER = "int"
    IMAGE = "image"
    AUDIO = "audio"
    VIDEO = "video"
    OBJECT = "object"


class Output(StrEnum):
    """What an endpoint makes."""

    AVATAR = "avatar"  # a video as long as its audio
    CLIP = "clip"  # a video of the asked duration
    COPY = "copy"  # a video as long as its input video
    IMAGE = "image"
    VOICE = "voice"


@dataclass(frozen=True)
class Field:
    """One input field. `most` is a length for texts and lists, a value for numbers."""

    kind: Kind = Kind.TEXT
    required: bool = False
    default: Any = None
    choices: tuple[str, ...] = ()
    least: float | None = None
    most: float | None = None
    many: bool = False


@dataclass(frozen=True)
class Media:
    """The limits of an endpoint's media: seconds of sound, bytes of sound, pixels and shape of pictures."""

    audio_seconds: tuple[float, float] = (2.0, 60.0)
    audio_under: tuple[tuple[str, float], ...] = ()  # by resolution: the first length that is too much
    audio_bytes: int = 5_000_000
    audio_formats: tuple[str, ...] = ("mp3", "ogg", "wav", "mov,mp4,m4a,3gp,3g2,mj2", "aac")  # as libav names them
    video_seconds: tuple[float, float] = (0.0, 60.0)
    video_most: tuple[tuple[str, float], ...] = ()  # seconds by character_orientation
    side: int = 300
    ratio: float = 2.5
    alpha: bool = False  # transparent pictures come out black, so none is taken


@dataclass(frozen=True)
class Bill:
    """What the platform counts: `unit_usd` dollars for each of its own units, `rate` of them a second, image or voice.

    `sound` and `voice` are the rates with generated audio, and with given voices; `rates` those at a resolution, or
    what a setting adds (`enable_web_search`, `thinking_level=high`).
    """

    unit_usd: float
    unit: str = "seconds"
    rate: float = 1.0
    sound: float | None = None
    voice: float | None = None
    rates: tuple[tuple[str, float], ...] = ()


@dataclass(frozen=True)
class Endpoint:
    """One endpoint. `either` are fields of which exactly one is given."""

    id: str
    fields: dict[str, Field]
    output: Output
    bill: Bill
    either: tuple[str, ...] = ()
    media: Media = Media()


def _seconds(low: int, high: int) -> tuple[str, ...]:
    return tuple(str(second) for second in range(low, high + 1))


_PROMPT = Field(required=True, most=2500)
_FREE_PROMPT = Field(most=2500)
_IMAGE = Field(Kind.IMAGE, required=True)
_MORE_IMAGE = Field(Kind.IMAGE)
_SOUND = Field(Kind.AUDIO, required=True)
_FIVE_OR_TEN = Field(default="5", choices=("5", "10"))
_THREE_TO_FIFTEEN = Field(default="5", choices=_seconds(3, 15))
_NEGATIVE = Field(default="blur, distort, and low quality", most=2500)
_CFG = Field(Kind.NUMBER, default=0.5, least=0, most=1)
_SHAPE = Field(default="16:9", choices=("16:9", "9:16", "1:1"))
_SHOTS = Field(Kind.OBJECT, many=True)
_ELEMENTS = Field(Kind.OBJECT, many=True, most=4)
_SHOT_TYPE = Field(default="customize", choices=("customize", "intelligent"))
_VOICES = Field(many=True, most=2)
_K = "fal-ai/kling-video"


def _yes_or_no(default: bool) -> Field:
    return Field(Kind.BOOL, default=default)


_AVATAR = {"image_url": _IMAGE, "audio_url": _SOUND, "prompt": Field(default=".", most=2500)}
_V2 = {
    "prompt": _PROMPT,
    "image_url": _IMAGE,
    "duration": _FIVE_OR_TEN,
    "negative_prompt": _NEGATIVE,
    "cfg_scale": _CFG,
}
_V2_TAIL = {**_V2, "tail_image_url": _MORE_IMAGE}
_V3_TEXT = {
    "prompt": _FREE_PROMPT,
    "multi_prompt": _SHOTS,
    "duration": _THREE_TO_FIFTEEN,
    "negative_prompt": _NEGATIVE,
    "cfg_scale": _CFG,
    "generate_audio": _yes_or_no(True),
    "shot_type": _SHOT_TYPE,
}
_V3_IMAGE = {
    **_V3_TEXT,
    "start_image_url": _IMAGE,
    "end_image_url": _MORE_IMAGE,
    "elements": _ELEMENTS,
    "voice_ids": _VOICES,
}
_O3_TEXT = {
    "prompt": _FREE_PROMPT,
    "multi_prompt": _SHOTS,
    "duration": _THREE_TO_FIFTEEN,
    "aspect_ratio": _SHAPE,
    "generate_audio": _yes_or_no(False),
    "shot_type": _SHOT_TYPE,
}
_O3_IMAGE = {
    "prompt": _FREE_PROMPT,
    "multi_prompt": _SHOTS,
    "image_url": _IMAGE,
    "end_image_url": _MORE_IMAGE,
    "duration": _THREE_TO_FIFTEEN,
    "generate_audio": _yes_or_no(False),
    "shot_type": _SHOT_TYPE,
}
_TURBO_IMAGE = {
    "prompt": _FREE_PROMPT,
    "multi_prompt": _SHOTS,
    "image_url": _IMAGE,
    "duration": _THREE_TO_FIFTEEN,
}
_TURBO_TEXT = {
    "prompt": _FREE_PROMPT,
    "multi_prompt": _SHOTS,
    "aspect_ratio": _SHAPE,
    "duration": _THREE_TO_FIFTEEN,
}
_MOTION = {
    "image_url": _IMAGE,
    "video_url": Field(Kind.VIDEO, required=True),
    "character_orientation": Field(required=True, choices=("image", "video")),
    "prompt": _FREE_PROMPT,
    "keep_original_sound": _yes_or_no(True),
}
_REFERENCE = {
    "prompt": _FREE_PROMPT,
    "multi_prompt": _SHOTS,
    "image_urls": Field(Kind.IMAGE, many=True, most=7),
    "elements": _ELEMENTS,
    "start_image_url": _MORE_IMAGE,
    "end_image_url": _MORE_IMAGE,
    "aspect_ratio": _SHAPE,
    "duration": _THREE_TO_FIFTEEN,
    "generate_audio": _yes_or_no(False),
    "shot_type": _SHOT_TYPE,
}
_BANANA = {
    "prompt": Field(required=True, most=50_000),
    "num_images": Field(Kind.INTEGER, default=1, least=1, most=4),
    "output_format": Field(default="png", choices=("jpeg", "png", "webp")),
    "safety_tolerance": Field(default="4", choices=_seconds(1, 6)),
    "seed": Field(Kind.INTEGER),
    "system_prompt": Field(),
    "enable_web_search": _yes_or_no(False),
    "limit_generations": _yes_or_no(False),
    "sync_mode": _yes_or_no(False),
}
_RATIOS = ("21:9", "16:9", "3:2", "4:3", "5:4", "1:1", "4:5", "3:4", "2:3", "9:16")
_WIDE = ("4:1", "1:4", "8:1", "1:8")
_BANANA_WIDE = Field(default="auto", choices=("auto", *_RATIOS, *_WIDE))
_BANANA_SHAPE = Field(default="1:1", choices=("auto", *_RATIOS))
_BANANA_AUTO = Field(default="auto", choices=("auto", *_RATIOS))
_EDIT_IMAGES = Field(Kind.IMAGE, required=True, many=True, most=14)
_PRO_SIZE = Field(default="1K", choices=("1K", "2K", "4K"))
_SECOND_SIZE = Field(default="1K", choices=("0.5K", "1K", "2K", "4K"))
_THINKING = Field(choices=("minimal", "high"))
_PICTURE = Media(alpha=True, side=64, ratio=8)

_XOR = ("prompt", "multi_prompt")
_MOTION_MEDIA = Media(video_seconds=(2.0, 30.0), video_most=(("image", 10.0), ("video", 30.0)))

_SECOND_BILL = Bill(
    0.08,
    "images",
    rates=(("0.5K", 0.75), ("2K", 1.5), ("4K", 2.0), ("enable_web_search", 0.015 / 0.08), ("high", 0.002 / 0.08)),
)

_ALL = (
    Endpoint(f"{_K}/ai-avatar/v2/standard", _AVATAR, Output.AVATAR, Bill(0.0562)),
    Endpoint(f"{_K}/ai-avatar/v2/pro", _AVATAR, Output.AVATAR, Bill(0.115)),
    Endpoint(f"{_K}/v1/standard/ai-avatar", _AVATAR, Output.AVATAR, Bill(0.0562)),
    Endpoint(f"{_K}/v1/pro/ai-avatar", _AVATAR, Output.AVATAR, Bill(0.115)),
    Endpoint(
        f"{_K}/v2.6/pro/image-to-video",
        {
            "prompt": _PROMPT,
            "start_image_url": _IMAGE,
            "end_image_url": _MORE_IMAGE,
            "duration": _FIVE_OR_TEN,
            "generate_audio": _yes_or_no(True),
            "negative_prompt": _NEGATIVE,
            "voice_ids": _VOICES,
        },
        Output.CLIP,
        Bill(0.07, sound=2.0, voice=2.4),
    ),
    Endpoint(f"{_K}/v2.5-turbo/standard/image-to-video", _V2, Output.CLIP, Bill(0.042)),
    Endpoint(f"{_K}/v2.5-turbo/pro/image-to-video", _V2_TAIL, Output.CLIP, Bill(0.07)),
    Endpoint(f"{_K}/v2.1/standard/image-to-video", _V2, Output.CLIP, Bill(0.056)),
    Endpoint(f"{_K}/v2.1/pro/image-to-video", _V2_TAIL, Output.CLIP, Bill(0.098)),
    Endpoint(f"{_K}/v2.1/master/image-to-video", _V2, Output.CLIP, Bill(0.28)),
    Endpoint(f"{_K}/v3/standard/image-to-video", _V3_IMAGE, Output.CLIP, Bill(0.14, "units", 0.6, 0.9, 1.1), _XOR),
    Endpoint(f"{_K}/v3/pro/image-to-video", _V3_IMAGE, Output.CLIP, Bill(0.14, "units", 0.8, 1.2, 1.4), _XOR),
    Endpoint(f"{_K}/o3/standard/image-to-video", _O3_IMAGE, Output.CLIP, Bill(0.14, "units", 0.6, 0.8), _XOR),
    Endpoint(f"{_K}/o3/pro/image-to-video", _O3_IMAGE, Output.CLIP, Bill(0.14, "units", 0.8, 1.0), _XOR),
    Endpoint(f"{_K}/v2.6/standard/motion-control", _MOTION, Output.COPY, Bill(0.07), media=_MOTION_MEDIA),
    Endpoint(f"{_K}/v2.6/pro/motion-control", _MOTION, Output.COPY, Bill(0.112), media=_MOTION_MEDIA),
    *(
        Endpoint(
            f"{_K}/v3/{tier}/motion-control",
            {**_MOTION, "elements": Field(Kind.OBJECT, many=True, most=1)},
            Output.COPY,
            Bill(0.14, "units", rate),
            media=_MOTION_MEDIA,
        )
        for tier, rate in (("standard", 0.9), ("pro", 1.2))
    ),
    *(
        Endpoint(f"{_K}/{kind}/4k/{what}", fields, Output.CLIP, Bill(0.42), _XOR)
        for kind, what, fields in (
            ("v3", "image-to-video", _V3_IMAGE),
            ("v3", "text-to-video", {**_V3_TEXT, "aspect_ratio": _SHAPE}),
            ("o3", "image-to-video", _O3_IMAGE),
            ("o3", "text-to-video", _O3_TEXT),
            ("o3", "reference-to-video", _REFERENCE),
        )
    ),
    Endpoint(f"{_K}/v3/turbo/standard/image-to-video", _TURBO_IMAGE, Output.CLIP, Bill(0.112), _XOR),
    Endpoint(f"{_K}/v3/turbo/standard/text-to-video", _TURBO_TEXT, Output.CLIP, Bill(0.112), _XOR),
    Endpoint(
        "fal-ai/sync-lipsync/v3/image-to-video",
        {"image_url": _IMAGE, "audio_url": _SOUND},
        Output.AVATAR,
        Bill(8.0, "minutes", 1 / 60),
        media=Media(audio_seconds=(0.0, 600.0)),
    ),
    Endpoint(
        "fal-ai/heygen/avatar4/image-to-video",
        {
            "image_url": _IMAGE,
            "audio_url": _SOUND,  # optional at fal, which then lets a voice of HeyGen's say the prompt
            "prompt": Field(),
            "voice": Field(),
            "aspect_ratio": Field(default="16:9", choices=("16:9", "9:16", "4:5", "5:4", "1:1", "auto")),
            "background": Field(Kind.OBJECT),
            "caption": _yes_or_no(False),
            "expression": Field(),
            "resolution": Field(default="720p", choices=("360p", "480p", "540p", "720p", "1080p")),
            "talking_style": Field(default="stable", choices=("stable", "expressive")),
        },
        Output.AVATAR,
        Bill(0.1),
        media=Media(audio_seconds=(0.0, 600.0)),
    ),
    Endpoint(
        "lightricks/ltx-2.5/audio-to-video/fast",
        {
            "audio_url": _SOUND,
            "image_url": _MORE_IMAGE,
            "prompt": Field(most=5000),
            "guidance_scale": Field(Kind.NUMBER, least=1, most=50),
            "aspect_ratio": Field(default="auto", choices=("auto", "16:9", "9:16")),
        },
        Output.AVATAR,
        Bill(0.13),
        media=Media(audio_seconds=(2.0, 20.1)),
    ),
    Endpoint(
        f"{_K}/v2.5-turbo/pro/text-to-video",
        {
            "prompt": _PROMPT,
            "duration": _FIVE_OR_TEN,
            "aspect_ratio": _SHAPE,
            "negative_prompt": _NEGATIVE,
            "cfg_scale": _CFG,
        },
        Output.CLIP,
        Bill(0.07),
    ),
    Endpoint(
        f"{_K}/o1/video-to-video/edit",
        {
            "prompt": _PROMPT,
            "video_url": Field(Kind.VIDEO, required=True),
            "image_urls": Field(Kind.IMAGE, many=True, most=4),
            "elements": _ELEMENTS,
            "keep_audio": _yes_or_no(False),
        },
        Output.COPY,
        Bill(0.168),
        media=Media(video_seconds=(3.0, 10.05)),
    ),
    Endpoint(
        f"{_K}/o3/pro/video-to-video/edit",
        {
            "prompt": _PROMPT,
            "video_url": Field(Kind.VIDEO, required=True),
            "image_urls": Field(Kind.IMAGE, many=True, most=4),
            "elements": _ELEMENTS,
            "keep_audio": _yes_or_no(True),
            "shot_type": _SHOT_TYPE,
        },
        Output.COPY,
        Bill(0.14),
        media=Media(video_seconds=(3.0, 15.0)),
    ),
    Endpoint(f"{_K}/o3/standard/text-to-video", _O3_TEXT, Output.CLIP, Bill(0.14, "units", 0.6, 0.8), _XOR),
    Endpoint(f"{_K}/o3/pro/text-to-video", _O3_TEXT, Output.CLIP, Bill(0.14, "units", 0.8, 1.0), _XOR),
    Endpoint(f"{_K}/o3/pro/reference-to-video", _REFERENCE, Output.CLIP, Bill(0.14, "units", 0.8, 1.0), _XOR),
    Endpoint(
        f"{_K}/v3/standard/text-to-video",
        {**_V3_TEXT, "aspect_ratio": _SHAPE},
        Output.CLIP,
        Bill(0.14, "units", 0.6, 0.9, 1.1),
        _XOR,
    ),
    Endpoint(
        f"{_K}/v3/pro/text-to-video",
        {**_V3_TEXT, "aspect_ratio": _SHAPE},
        Output.CLIP,
        Bill(0.14, "units", 0.8, 1.2, 1.4),
        _XOR,
    ),
    Endpoint(
        f"{_K}/create-voice",
        {"voice_url": Field(Kind.AUDIO, required=True)},
        Output.VOICE,
        Bill(0.007, "generations"),
        media=Media(audio_seconds=(5.0, 30.0)),
    ),
    Endpoint(
        "fal-ai/bytedance/omnihuman/v1.5",
        {
            **_AVATAR,
            "prompt": _FREE_PROMPT,
            "resolution": Field(default="1080p", choices=("1080p", "720p")),
            "turbo_mode": _yes_or_no(False),
            "mask_url": Field(Kind.IMAGE),
        },
        Output.AVATAR,
        Bill(0.16),
        media=Media(audio_seconds=(0.0, 60.0), audio_under=(("1080p", 30.0), ("720p", 60.0))),
    ),
    Endpoint(
        "fal-ai/creatify/aurora",
        {
            **_AVATAR,
            "prompt": _FREE_PROMPT,
            "resolution": Field(default="720p", choices=("480p", "720p")),
            "guidance_scale": Field(Kind.NUMBER, default=1, least=0, most=5),
            "audio_guidance_scale": Field(Kind.NUMBER, default=2, least=0, most=5),
        },
        Output.AVATAR,
        Bill(1.0, "units", 0.14, rates=(("480p", 0.07),)),
        media=Media(audio_seconds=(0.0, 60.1)),
    ),
    Endpoint(
        "veed/fabric-1.0",
        {
            "image_url": _IMAGE,
            "audio_url": _SOUND,
            "resolution": Field(required=True, choices=("720p", "480p")),
        },
        Output.AVATAR,
        Bill(0.08, rates=(("720p", 1.875),)),
        media=Media(audio_seconds=(0.0, 30.1)),
    ),
    Endpoint(
        "fal-ai/flux/dev",
        {
            "prompt": Field(required=True),
            "image_size": Field(
                default="landscape_4_3",
                choices=(
                    "square_hd",
                    "square",
                    "portrait_4_3",
                    "portrait_16_9",
                    "landscape_4_3",
                    "landscape_16_9",
                ),
            ),
            "num_images": Field(Kind.INTEGER, default=1, least=1, most=4),
            "num_inference_steps": Field(Kind.INTEGER, default=28, least=1, most=50),
            "guidance_scale": Field(Kind.NUMBER, default=3.5, least=1, most=20),
            "seed": Field(Kind.INTEGER),
            "output_format": Field(default="jpeg", choices=("jpeg", "png")),
            "acceleration": Field(default="none", choices=("none", "regular", "high")),
            "enable_safety_checker": _yes_or_no(True),
            "sync_mode": _yes_or_no(False),
        },
        Output.IMAGE,
        Bill(0.025, "megapixels"),
        media=_PICTURE,
    ),
    Endpoint(
        "fal-ai/nano-banana-pro",
        {**_BANANA, "aspect_ratio": _BANANA_SHAPE, "resolution": _PRO_SIZE},
        Output.IMAGE,
        Bill(0.15, "images", rates=(("4K", 2.0), ("enable_web_search", 0.1))),
        media=_PICTURE,
    ),
    Endpoint(
        "fal-ai/nano-banana-pro/edit",
        {**_BANANA, "aspect_ratio": _BANANA_AUTO, "resolution": _PRO_SIZE, "image_urls": _EDIT_IMAGES},
        Output.IMAGE,
        Bill(0.15, "images", rates=(("4K", 2.0), ("enable_web_search", 0.1))),
        media=_PICTURE,
    ),
    Endpoint(
        "fal-ai/nano-banana-2",
        {**_BANANA, "aspect_ratio": _BANANA_WIDE, "resolution": _SECOND_SIZE, "thinking_level": _THINKING},
        Output.IMAGE,
        _SECOND_BILL,
        media=_PICTURE,
    ),
    Endpoint(
        "fal-ai/nano-banana-2/edit",
        {
            **_BANANA,
            "aspect_ratio": _BANANA_WIDE,
            "resolution": _SECOND_SIZE,
            "thinking_level": _THINKING,
            "image_urls": Field(Kind.IMAGE, many=True, most=14),
            "video_url": Field(Kind.VIDEO),
            "audio_url": Field(Kind.AUDIO),
            "pdf_url": Field(),
        },
        Output.IMAGE,
        _SECOND_BILL,
        media=_PICTURE,
    ),
)

ENDPOINTS: dict[str, Endpoint] = {endpoint.id: endpoint for endpoint in _ALL}
