"""What of a bundle would be refused or cut off by the platforms, by their limits."""

from collections.abc import Sequence
from typing import Literal

from resources.core.values import Value
from resources.quality.platforms import REELS, SHORTS, TIKTOK, YOUTUBE, Platform

_MB = 1_000_000
THUMBNAIL_BYTES = 2 * _MB  # YouTube, custom thumbnails


class Advice(Value):
    """Something to mend before uploading: an error is refused or cut off there, a warning is not."""

    level: Literal["error", "warning"]
    platform: str
    message: str


_UNVERIFIED_SECONDS = 900.0  # YouTube, of a channel whose telephone number is not verified
_SHORTEST_CHAPTER = 10.0  # seconds; YouTube shows chapters from three on, the first at 0:00
_LEAST_CHAPTERS = 3


def advise(
    *,
    upright: bool,
    title: str,
    description: str,
    tags: Sequence[str],
    seconds: float,
    size: int,
    chapters: Sequence[float] = (),
) -> tuple[Advice, ...]:
    """What to mend, over all platforms that fit. `upright`: 9:16 or square; `chapters`: their starts in seconds."""
    main, others = (SHORTS, (TIKTOK, REELS)) if upright else (YOUTUBE, ())
    found = _of(main, "error", title, description, tags, seconds, size)
    for other in others:
        found += _of(other, "warning", title, description, tags, seconds, size)
    if any(mark in title + description for mark in "<>"):
        found.append(Advice(level="error", platform=main.name, message="the title or description has '<' or '>'"))
    if not upright and seconds > _UNVERIFIED_SECONDS:
        message = f"the video lasts {seconds:.0f} s: over {_UNVERIFIED_SECONDS:.0f} s the channel must be verified"
        found.append(Advice(level="warning", platform=main.name, message=message))
    if not description.strip():
        found.append(Advice(level="warning", platform=main.name, message="the description is empty"))
    return (*found, *_of_chapters(main, chapters, seconds))


def _of(
    platform: Platform,
    level: Literal["error", "warning"],
    title: str,
    description: str,
    tags: Sequence[str],
    seconds: float,
    size: int,
) -> list[Advice]:
    units = {"bytes of UTF-8": len(description.encode()), "UTF-16 units": len(description.encode("utf-16-le")) // 2}
    text = units[platform.counts]
    letters = len(",".join(f'"{tag}"' if " " in tag else tag for tag in tags))
    measured = [
        (platform.title and len(title) > platform.title, f"the title has {len(title)} of {platform.title} letters"),
        (
            text > platform.description,
            f"the description has {text} of {platform.description} {platform.counts}",
        ),
        (platform.tags and letters > platform.tags, f"the tags have {letters} of {platform.tags} letters"),
        (seconds > platform.seconds, f"the video lasts {seconds:.0f} of {platform.seconds:.0f} s"),
        (size > platform.size, f"the file has {size / _MB:.0f} of {platform.size / _MB:.0f} MB"),
    ]
    return [Advice(level=level, platform=platform.name, message=message) for wrong, message in measured if wrong]


def _of_chapters(platform: Platform, starts: Sequence[float], seconds: float) -> list[Advice]:
    if not starts:
        return []
    lengths = [end - start for start, end in zip(starts, [*starts[1:], seconds], strict=True)]
    found = []
    if len(starts) < _LEAST_CHAPTERS:
        found.append(f"{len(starts)} chapters: fewer than {_LEAST_CHAPTERS} are not shown")
    if min(lengths) < _SHORTEST_CHAPTER:
        found.append(f"a chapter of {min(lengths):.0f} s: under {_SHORTEST_CHAPTER:.0f} s none are shown")
    return [Advice(level="warning", platform=platform.name, message=message) for message in found]
