"""The platforms' limits, as data: what each takes of a video and of what is written beside it.

Where each was looked up, and when: docs/sources/platforms.md#limits.
"""

from typing import Literal

from resources.core.values import Value

_GB = 1_000_000_000
_MB = 1_000_000


class Platform(Value):
    """What a platform takes. Seconds and bytes; a title of 0 letters: it has none."""

    name: str
    title: int  # letters
    description: int  # units of `counts`
    counts: Literal["bytes of UTF-8", "UTF-16 units"]  # how it measures a description
    tags: int  # letters of all tags, with their commas; 0: it has none
    seconds: float
    size: int


YOUTUBE = Platform(
    name="YouTube",
    title=100,
    description=5000,
    counts="bytes of UTF-8",
    tags=500,
    seconds=12 * 3600,
    size=256 * _GB,
)
SHORTS = YOUTUBE.model_copy(update={"name": "YouTube Shorts", "seconds": 180.0})
TIKTOK = Platform(name="TikTok", title=0, description=2200, counts="UTF-16 units", tags=0, seconds=600, size=4 * _GB)
REELS = Platform(
    name="Instagram Reels", title=0, description=2200, counts="UTF-16 units", tags=0, seconds=900, size=300 * _MB
)
UPRIGHT = (SHORTS, TIKTOK, REELS)  # of videos of 9:16, or square
