"""What endpoints of several families share: a frame's limits, price variants by sound, what people wrongly write."""

from typing import Any

from resources.models.endpoints.limits import MEGABYTE, MediaLimit, Span
from resources.models.endpoints.sources import TYPES_DAY

ANY = float("inf")
PICTURES = frozenset({".jpg", ".jpeg", ".png", ".webp", ".gif", ".avif"})
FRAME = MediaLimit(
    source="docs/sources/endpoints.md#frames",
    on=TYPES_DAY,
    suffixes=PICTURES,
    sides=Span(300, ANY),
    ratio=Span(0.4, 2.5),
    max_bytes=10 * MEGABYTE,
    advice="1080p or more, evenly lit, the subject more than 5 % of the frame, nothing hidden",
)

SHAPE_OF_PICTURE = "the result has the shape of the picture: give a picture of that shape"
O3_NOT = {"negative_prompt": "O3 has none", "cfg_scale": "O3 has none"}
SOUNDS = ("silent", "audio", "voice")


def sound(arguments: Any) -> str:
    """The price variant of models that can speak with given voices."""
    voiced = getattr(arguments, "voice_ids", None) or any(
        element.voice_id for element in getattr(arguments, "elements", None) or ()
    )
    if not arguments.generate_audio:
        return "silent"
    return "voice" if voiced else "audio"


def silent_or_audio(arguments: Any) -> str:
    """The price variant of models with sound."""
    return "audio" if arguments.generate_audio else "silent"


def resolution(arguments: Any) -> str:
    """The price variant of models that are paid by resolution."""
    return str(arguments.resolution)
