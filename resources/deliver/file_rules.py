"""What platforms ask of the file itself, as data, and what of a finished one they would refuse or spoil.

Where each was looked up, and when: docs/sources/platforms.md#encoding, #covered-edges, #loudness-of-playback. Limits of
words, length and size: `platform_limits`.
"""

from collections.abc import Callable, Sequence
from typing import Final, Literal

from resources.content.show import Format
from resources.core.values import Value
from resources.deliver.platform_limits import Advice
from resources.media.audio.mastering import TARGET_LUFS
from resources.media.audio.voice_track import Loudness
from resources.media.layouts import COVERED, Area
from resources.media.stream_facts import StreamFacts
from resources.quality.checks.cut_checks import plays_as_mastered


class Written(Value):
    """A place where something is written: what, in which segment, and where, in pixels of the published size."""

    what: str
    segment: str
    area: Area


class _Rule(Value):
    """What a platform asks: `message` has the figure, in the words of a sentence about the file."""

    level: Literal["error", "warning"]
    met: Callable[[StreamFacts], bool]
    message: Callable[[StreamFacts], str]


def _rule(level: Literal["error", "warning"], met: Callable[[StreamFacts], bool], message: str) -> _Rule:
    return _Rule(level=level, met=met, message=lambda facts: message.format(**facts.model_dump()))


_PICTURE = (
    _rule("error", lambda f: f.codec == "h264", "the picture is {codec}: H.264 is taken"),
    _rule("warning", lambda f: f.pixels == "yuv420p", "the picture is {pixels}: 8 bits in 4:2:0 are shown everywhere"),
    _rule("warning", lambda f: not f.hdr, "the picture is HDR: it is shown grey where that is not known"),
    _rule("error", lambda f: f.sound_codec == "aac", "the sound is {sound_codec}: AAC is taken"),
    _rule("warning", lambda f: f.sound_rate <= 48_000, "the sound has {sound_rate} Hz: at most 48000 are taken"),
    _rule("error", lambda f: 23 <= f.fps <= 60, "{fps:g} frames a second: 23 to 60 are taken"),
)
_WHOLE = (
    _rule("warning", lambda f: not f.edit_lists, "{edit_lists} edit lists: it asks for none"),
    _rule("warning", lambda f: f.index_first, "the index stands at the file's end: it asks for it in front"),
    _rule("warning", lambda f: f.closed, "its groups of frames are open: it asks for closed ones"),
)
_YOUTUBE = (
    *_PICTURE,
    *_WHOLE,
    _rule("warning", lambda f: f.profile == "High", "the profile is {profile}: it asks for High"),
    _rule("warning", lambda f: f.cabac, "the coding is CAVLC: it asks for CABAC"),
    _rule("warning", lambda f: f.b_frames == 2, "{b_frames} B-frames in a row at most: it asks for 2"),
    _rule("warning", lambda f: f.group <= f.fps / 2, "groups of {group} frames: it asks for half the frame rate"),
    _rule("warning", lambda f: f.sound_rate == 48_000 and f.channels == 2, "the sound: it asks for 48000 Hz in stereo"),
)
_TIKTOK = (
    *_PICTURE,
    _rule("error", lambda f: min(f.width, f.height) >= 360, "{width}x{height}: it takes 360 pixels a side and more"),
    _rule("error", lambda f: f.seconds >= 3, "{seconds:.1f} s: it takes 3 s and more"),
)
_REELS = (
    *_PICTURE,
    *_WHOLE,
    _rule("error", lambda f: 540 <= f.width <= 1920, "{width} pixels wide: it takes 540 to 1920"),
    _rule("error", lambda f: f.kbps <= 25_000, "{kbps:.0f} kb/s: it takes at most 25000"),
    _rule("error", lambda f: f.seconds >= 3, "{seconds:.1f} s: it takes 3 s and more"),
)
_PLATFORMS: Final = {
    Format.SHORT: (("YouTube Shorts", _YOUTUBE), ("TikTok", _TIKTOK), ("Instagram Reels", _REELS)),
    Format.SQUARE: (("YouTube Shorts", _YOUTUBE), ("TikTok", _TIKTOK), ("Instagram Reels", _REELS)),
    Format.LONG: (("YouTube", _YOUTUBE),),
}


def advise_on_file(
    facts: StreamFacts, heard: Loudness, shape: Format, written: Sequence[Written]
) -> tuple[Advice, ...]:
    """What of a finished file is otherwise than the platforms of its format ask, each with its figure.

    The first platform is the one that a format is made for; what another refuses is a warning.
    """
    found: list[Advice] = []
    for place, (name, rules) in enumerate(_PLATFORMS[shape]):
        found += [
            Advice(level=rule.level if place == 0 else "warning", platform=name, message=rule.message(facts))
            for rule in rules
            if not rule.met(facts)
        ]
    main = _PLATFORMS[shape][0][0]
    if not plays_as_mastered(heard):
        message = f"{heard.integrated_lufs:.1f} LUFS with peaks of {heard.true_peak_dbtp:.1f} dBTP: it plays at"
        found.append(Advice(level="warning", platform=main, message=f"{message} {TARGET_LUFS:g} LUFS, peaks under -1"))
    found += [
        Advice(level="warning", platform=main, message=f"{each.segment}: {each.what} under what the app lays over it")
        for each in written
        if any(_touch(each.area, covered) for covered in COVERED[shape])
    ]
    return tuple(found)


def _touch(one: Area, other: Area) -> bool:
    return (
        one.x < other.x + other.width
        and other.x < one.x + one.width
        and one.y < other.y + other.height
        and other.y < one.y + one.height
    )
