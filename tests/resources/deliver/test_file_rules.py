"""What platforms ask of a file, each met and each broken by one."""

import pytest

from resources.content.show import Format
from resources.deliver.file_rules import Written, advise_on_file
from resources.media.audio.voice_track import Loudness
from resources.media.layouts import Area
from resources.media.stream_facts import StreamFacts

GOOD = StreamFacts(
    size=60_000_000,
    seconds=60.0,
    width=1080,
    height=1920,
    fps=30,
    codec="h264",
    profile="High",
    pixels="yuv420p",
    cabac=True,
    hdr=False,
    group=15,
    closed=True,
    b_frames=2,
    kbps=9000,
    edit_lists=0,
    index_first=True,
    sound_codec="aac",
    sound_rate=48000,
    channels=2,
    sound_kbps=192,
)
HEARD = Loudness(integrated_lufs=-14.1, true_peak_dbtp=-1.2, range_lu=4)


def test_a_file_that_is_as_asked_needs_nothing() -> None:
    assert advise_on_file(GOOD, HEARD, Format.SHORT, ()) == ()
    assert advise_on_file(GOOD.model_copy(update={"width": 1920, "height": 1080}), HEARD, Format.LONG, ()) == ()


@pytest.mark.parametrize(
    ("change", "level", "message", "platforms"),
    [
        ({"codec": "hevc"}, "error", "hevc", 3),
        ({"profile": "Constrained Baseline"}, "warning", "asks for High", 1),
        ({"pixels": "yuv420p10le"}, "warning", "yuv420p10le", 3),
        ({"hdr": True}, "warning", "HDR", 3),
        ({"cabac": False}, "warning", "CABAC", 1),
        ({"group": 60}, "warning", "groups of 60 frames", 1),
        ({"closed": False}, "warning", "closed", 2),
        ({"b_frames": 0}, "warning", "asks for 2", 1),
        ({"edit_lists": 2}, "warning", "2 edit lists", 2),
        ({"index_first": False}, "warning", "in front", 2),
        ({"fps": 12.0, "group": 6}, "error", "12 frames", 3),
        ({"kbps": 26000}, "warning", "26000 kb/s", 1),
        ({"seconds": 2.0}, "warning", "2.0 s", 2),
        ({"width": 270, "height": 480}, "warning", "270", 2),
        ({"sound_codec": "mp3"}, "error", "mp3", 3),
        ({"sound_rate": 44100}, "warning", "48000", 1),
    ],
)
def test_each_rule_is_told_with_its_figure(change: dict[str, object], level: str, message: str, platforms: int) -> None:
    found = [
        each
        for each in advise_on_file(GOOD.model_copy(update=change), HEARD, Format.SHORT, ())
        if message in each.message
    ]
    assert len(found) == platforms
    assert found[0].level == level


@pytest.mark.parametrize(("lufs", "peak"), [(-16.0, -1.5), (-14.0, 0.2)])
def test_loudness_that_is_played_otherwise_is_told(lufs: float, peak: float) -> None:
    heard = Loudness(integrated_lufs=lufs, true_peak_dbtp=peak, range_lu=4)
    [found] = advise_on_file(GOOD, heard, Format.SHORT, ())
    assert f"{lufs:.1f} LUFS" in found.message


def test_what_the_app_covers_is_told_with_its_segment() -> None:
    low = Written(what="captions", segment="s02", area=Area(x=100, y=1500, width=800, height=150))
    fine = Written(what="captions", segment="s01", area=Area(x=80, y=836, width=850, height=150))
    [found] = advise_on_file(GOOD, HEARD, Format.SHORT, (fine, low))
    assert found.message.startswith("s02: captions")
    assert advise_on_file(GOOD, HEARD, Format.LONG, (low,)) == ()
