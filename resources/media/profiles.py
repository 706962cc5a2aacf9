"""How a mode's cut is encoded: fast where a person checks it, as the platforms ask for where it is published.

A segment is encoded once, with its mode's profile, and the cut copies it; so the profile is chosen before a composite
is made. What is asked for, and by whom: docs/sources/platforms.md#encoding.
"""

from typing import Any, Final

from pydantic import Field

from resources.core.names import Mode
from resources.core.values import Value


class Encoder(Value):
    """x264 settings; `bench.composite` measures them. `group`: frames between two that a player can start from."""

    preset: str
    crf: int
    group: int = 60  # players seek, and posters are picked, without a long decode
    b_frames: int | None = None  # as the preset has it
    most_kbps: int | None = None
    # What a player may have in store, in kilobits: how far a moment may go beyond `most_kbps`. None is a second's.
    store_kbits: int | None = Field(default=None, exclude_if=lambda store: store is None)
    # `crf` is the quantiser of every frame: x264 weighs none of them, which is a quarter of ultrafast's CPU
    # (docs/sources/media.md#encoder). For drawn pictures alone, which have no hard scenes. Left out of the keys of
    # orders without it, which are older.
    steady: bool = Field(default=False, exclude_if=lambda steady: not steady)
    # How much more x264 gives to even parts of a frame than to rough ones; None is its own measure, 1.
    evens: float | None = Field(default=None, exclude_if=lambda evens: evens is None)


class Profile(Value):
    """A mode's encoding. `quick_sound`: AAC without its searches, a third of the CPU, for ears that only check.

    `edit_lists`: the file says by them where its pictures and its sound begin, as MP4 files do unless they are told
    otherwise. Without them both begin at nought: what the codecs put before is cut off or told by offsets of frames.
    """

    encoder: Encoder
    edit_lists: bool = True
    quick_sound: bool = False


# On the bench's turn: SSIM .9981 at half the CPU of superfast crf 18 (.9976), for 28 % more bytes. Platforms encode
# again what they are given: bytes cost less here than another generation's loss.
ENCODER: Final = Encoder(preset="ultrafast", crf=19)
# From 8 to 12 Mb/s, drawn or grained, and no second over 12, as platforms ask: the limit says how much, and by `crf`
# clean pictures come close to it. With hard grain ENCODER's VMAF is 0.46 higher, at three times the bytes; by x264's
# own measure, grain would lose to even walls, and 1.0 of VMAF (docs/sources/media.md#encoder).
PUBLISHED: Final = Encoder(
    preset="faster", crf=14, group=15, b_frames=2, most_kbps=10_500, store_kbits=3_000, evens=0.5
)
# SSIM .994 of drawn pictures, at 10 Mb/s (ENCODER: .997 at 15).
REHEARSED: Final = Encoder(preset="ultrafast", crf=20, steady=True)
PROFILES: Final = {
    Mode.REHEARSAL: Profile(encoder=REHEARSED, quick_sound=True),
    Mode.DRAFT: Profile(encoder=ENCODER),
    Mode.FINAL: Profile(encoder=PUBLISHED, edit_lists=False),
}


def picture_coding(encoder: Encoder) -> dict[str, Any]:
    """ffmpeg's options for pictures that can be joined to those of any segment: all are encoded with these."""
    # ultrafast goes without deblocking, to be seen in even skies; it is 5 % of the encoding. Groups are closed: a
    # segment is joined to any other, and an editor cuts anywhere.
    inside = ["deblock=0,0", "open-gop=0"]
    if encoder.b_frames is not None:
        inside.append(f"bframes={encoder.b_frames}")
    if encoder.evens is not None:
        inside.append(f"aq-strength={encoder.evens}")
    most, store = encoder.most_kbps, encoder.store_kbits or encoder.most_kbps
    limit = {} if most is None else {"maxrate": f"{most}k", "bufsize": f"{store}k"}
    return {
        "c:v": "libx264",
        "preset": encoder.preset,
        "qp" if encoder.steady else "crf": encoder.crf,
        "x264-params": ":".join(inside),
        "g": encoder.group,
        **limit,
        "pix_fmt": "yuv420p",
        "colorspace": "bt709",
        "color_primaries": "bt709",
        "color_trc": "bt709",
    }
